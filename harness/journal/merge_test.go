package journal_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/journal"
)

// shard records shard i/n of a run of the pack A-1 … A-6, dealt round, and one schema row that every shard gives.
func shard(t *testing.T, i, n int, change func(*journal.RunStart), schema journal.Verdict) string {
	t.Helper()
	var mine []journal.Planned
	for position := range 6 {
		if position%n == i-1 {
			mine = append(mine, scenarios(fmt.Sprintf("A-%d", position+1))...)
			mine[len(mine)-1].Place = position + 1
		}
	}
	s := start(append(mine, journal.Planned{Requirement: "S-1", Title: "title of S-1", Kind: journal.KindSchema})...)
	s.Start.Shard, s.Start.Dealing = fmt.Sprintf("%d/%d", i, n), "round"
	s.Start.Command = fmt.Sprintf("conformance run --shard %d/%d --seed 1", i, n)
	if change != nil {
		change(s.Start)
	}
	events := []journal.Event{s}
	for k, p := range mine {
		id := int64(k + 1)
		x := sent(id)
		x.Exchange.Scenario = p.Key()
		events = append(events, x, journal.Event{Disagreement: &journal.Disagreement{Exchange: id}}, result(p.Requirement, journal.Pass, id))
	}
	row := schemaRow("S-1", schema, int64(len(mine)))
	row.Result.Bearing = 10 * i
	events = append(events, row, end())
	return record(t, t.TempDir(), events...)
}

func TestTheUnionOfAllShardsIsTheRun(t *testing.T) {
	// Given out of order, as a shell's glob does.
	merged, err := journal.MergeFiles([]string{shard(t, 2, 3, nil, journal.Fail), shard(t, 3, 3, nil, journal.Fail), shard(t, 1, 3, nil, journal.Pass)})
	if err != nil {
		t.Fatal(err)
	}
	if !merged.Whole() || merged.Start.Shard != "" || merged.Start.Command != "conformance run --seed 1" {
		t.Errorf("problems %v, missing %v, shard %q, command %q", merged.Problems, merged.Missing(), merged.Start.Shard, merged.Start.Command)
	}
	var order []string
	for _, r := range merged.Rows() {
		order = append(order, r.Requirement)
	}
	if diff := cmp.Diff([]string{"A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "S-1"}, order); diff != "" {
		t.Error(diff)
	}
	seen := map[int64]bool{}
	for _, r := range merged.Results {
		if r.Kind != journal.KindScenario {
			continue
		}
		if len(r.Exchanges) != 1 || seen[r.Exchanges[0]] {
			t.Fatalf("%s has the exchanges %v", r.Key(), r.Exchanges)
		}
		seen[r.Exchanges[0]] = true
		if got := merged.Exchange(r.Exchanges[0]).Scenario; got != r.Key() {
			t.Errorf("exchange %d belongs to %q, its result to %q", r.Exchanges[0], got, r.Key())
		}
	}
	if len(merged.Exchanges) != 6 || len(merged.Disagreements) != 6 || merged.End.Exchanges != 6 {
		t.Errorf("%d exchanges, %d disagreements", len(merged.Exchanges), len(merged.Disagreements))
	}
	for _, d := range merged.Disagreements {
		if merged.Exchange(d.Exchange) == nil {
			t.Errorf("a disagreement points at exchange %d", d.Exchange)
		}
	}
	schema := merged.Rows()[6]
	if schema.Verdict != journal.Fail || schema.Finding.Count != 2 || len(schema.Exchanges) != 3 || schema.Bearing != 60 {
		t.Errorf("schema row %+v %+v", schema, schema.Finding)
	}
	if x := merged.Exchange(schema.Finding.Exchange); x == nil || x.Scenario != "A-5 title of A-5" {
		t.Errorf("the schema row's evidence is %+v, want the second exchange of shard 2/3", x)
	}
	if merged.End.ExitCode != 1 || merged.End.Counts[journal.Pass] != 6 || merged.End.Counts[journal.Fail] != 1 {
		t.Errorf("end %+v", merged.End)
	}
}

func TestAMergedRunIsAJournalAgain(t *testing.T) {
	merged, err := journal.MergeFiles([]string{shard(t, 1, 2, nil, journal.Pass), shard(t, 2, 2, nil, journal.Pass)})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := journal.Save(dir, merged); err != nil {
		t.Fatal(err)
	}
	read, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(merged.Rows(), read.Rows()); diff != "" || !read.Whole() {
		t.Errorf("whole %v %v\n%s", read.Whole(), read.Problems, diff)
	}
	if diff := cmp.Diff(merged.End, read.End); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(merged.Exchanges, read.Exchanges); diff != "" {
		t.Error(diff)
	}
	if err := journal.Save(dir, read); err == nil || !strings.Contains(err.Error(), "would be overwritten") {
		t.Errorf("saving over its own source: %v", err)
	}
}

func TestContradictionsNameTheFiles(t *testing.T) {
	one := shard(t, 1, 2, nil, journal.Pass)
	two := shard(t, 2, 2, nil, journal.Pass)
	other := func(change func(*journal.RunStart)) []string {
		return []string{one, shard(t, 2, 2, change, journal.Pass)}
	}
	same := record(t, t.TempDir(), func() []journal.Event {
		s := start(scenarios("A-1")...)
		s.Start.Shard = "2/2"
		return []journal.Event{s, result("A-1", journal.Fail), end()}
	}()...)
	whole := record(t, t.TempDir(), start(), end())
	cases := []struct {
		name  string
		files []string
		want  string
	}{
		{"another contract", other(func(s *journal.RunStart) { s.ContractHash = "def" }), `contract hash: %0 has "abc", %1 has "def"`},
		{"another profile", other(func(s *journal.RunStart) { s.Profile = "otc" }), `profile: %0 has "intl", %1 has "otc"`},
		{"another target", other(func(s *journal.RunStart) { s.Target = "http://x" }), `target: %0 has "embedded emulator", %1 has "http://x"`},
		{"another client", other(func(s *journal.RunStart) { s.Client = "./driver" }), `client: %0`},
		{"another suite version", other(func(s *journal.RunStart) { s.SuiteVersion = "2" }), `suite version: %0 has "1.2.3", %1 has "2"`},
		{"other capabilities", other(func(s *journal.RunStart) { s.Capabilities = []string{"v1"} }), `capabilities: %0 has "", %1 has "v1"`},
		{"another filter", other(func(s *journal.RunStart) { s.Filter = "x" }), `filter: %0`},
		{"another strictness", other(func(s *journal.RunStart) { s.Strict = true }), `strictness: %0`},
		{"another inventory", other(func(s *journal.RunStart) { s.Dealing = "another way" }), `dealing of scenarios and servers (another inventory, or --shard-servers?): %0 has "round", %1 has "another way"`},
		{"a shard missing", []string{one, shard(t, 3, 3, nil, journal.Pass)}, "%1 is shard 3/3, others are shards of 2"},
		{"one shard only", []string{one}, "shard 2/2 is missing among %0"},
		{"a shard twice", []string{one, two, one}, "shard 1/2 is there twice: %0 and %2"},
		{"a whole run among shards", []string{one, two, whole}, "%2 is no shard but a whole run"},
		{"two whole runs", []string{whole, whole}, "%0 is no shard but a whole run"},
		{"a scenario in two shards", []string{one, same}, "A-1 title of A-1 has a result in %0 and in %1"},
		{"no shard at all", other(func(s *journal.RunStart) { s.Shard = "two" }), `%1: shard "two" is not of the form i/n`},
		{"nothing", nil, "no journal was given"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := journal.MergeFiles(c.files)
			var mergeErr *journal.MergeError
			if !errors.As(err, &mergeErr) {
				t.Fatalf("got %v, want a MergeError", err)
			}
			want := c.want
			for i, f := range c.files {
				want = strings.ReplaceAll(want, fmt.Sprintf("%%%d", i), f)
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestOneWholeJournalIsItsOwnMerge(t *testing.T) {
	merged, err := journal.MergeFiles([]string{record(t, t.TempDir(), start(scenarios("A-1")...), result("A-1", journal.Pass), end())})
	if err != nil || journal.ExitCode(merged, false) != 0 {
		t.Errorf("%v", err)
	}
}

func TestAKilledShardIsSeenInTheMergedRun(t *testing.T) {
	one, two := shard(t, 1, 2, nil, journal.Pass), shard(t, 2, 2, nil, journal.Pass)
	raw, err := os.ReadFile(two)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.SplitAfter(string(raw), "\n")
	torn := filepath.Join(t.TempDir(), "torn.jsonl")
	if err := os.WriteFile(torn, []byte(strings.Join(all[:5], "")+all[5][:20]), 0o644); err != nil {
		t.Fatal(err)
	}
	merged, err := journal.MergeFiles([]string{one, torn})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := journal.Save(dir, merged); err != nil {
		t.Fatal(err)
	}
	read, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]*journal.Run{"merged": merged, "saved and read": read} {
		if run.Whole() || journal.ExitCode(run, false) != 4 || len(run.Missing()) != 2 || len(run.Rows()) != 8 {
			t.Errorf("%s: whole %v, exit %d, missing %v, %d rows", name, run.Whole(), journal.ExitCode(run, false), run.Missing(), len(run.Rows()))
		}
	}
	if !strings.Contains(strings.Join(merged.Problems, "\n"), torn+": ") {
		t.Errorf("the problems do not name the torn journal: %v", merged.Problems)
	}
}

func TestAJournalThatBreaksOffCannotBeMerged(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(bad, []byte("no journal\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.MergeFiles([]string{shard(t, 1, 2, nil, journal.Pass), bad}); err == nil || !strings.Contains(err.Error(), bad) {
		t.Errorf("%v", err)
	}
}

func TestAShardWithoutEvidenceDoesNotOutvoteOneThatHasIt(t *testing.T) {
	for _, c := range []struct{ one, two, want journal.Verdict }{
		{journal.Pass, journal.NotTestable, journal.Pass},
		{journal.NotApplicable, journal.Pass, journal.Pass},
		{journal.NotApplicable, journal.NotTestable, journal.NotTestable},
		{journal.Warn, journal.Pass, journal.Warn},
		{journal.Pass, journal.Fail, journal.Fail},
		{journal.XPass, journal.XFail, journal.XFail},
		{journal.HarnessError, journal.Fail, journal.HarnessError},
	} {
		merged, err := journal.MergeFiles([]string{shard(t, 1, 2, nil, c.one), shard(t, 2, 2, nil, c.two)})
		if err != nil {
			t.Fatal(err)
		}
		if got := verdicts(merged.Rows())["S-1"]; got != c.want {
			t.Errorf("%s and %s make %s, want %s", c.one, c.two, got, c.want)
		}
	}
}
