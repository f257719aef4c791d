package journal_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

func lines(t *testing.T, events ...journal.Event) []string {
	t.Helper()
	raw, err := os.ReadFile(record(t, t.TempDir(), events...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(string(raw), "\n"), "\n")
}

// A run can be killed at any byte: wherever it is, what is whole before it is read, and it never looks whole.
func TestAJournalCutAnywhereTellsWhatItHas(t *testing.T) {
	whole := strings.Join(lines(t, start(scenarios("A-1", "A-2")...), sent(1), result("A-1", journal.Pass, 1), result("A-2", journal.Pass), end()), "")
	firstLine := strings.Index(whole, "\n")
	for cut := firstLine; cut < len(whole); cut++ {
		run, err := journal.Read(strings.NewReader(whole[:cut]), "j")
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if run.Whole() {
			t.Fatalf("cut at %d of %d: the run looks whole", cut, len(whole))
		}
		if code := journal.ExitCode(run, false); code != 4 {
			t.Fatalf("cut at %d: exit code %d", cut, code)
		}
		if got := len(run.Rows()); got < 2 {
			t.Fatalf("cut at %d: %d rows, both scenarios must stay in sight", cut, got)
		}
		if atLineEnd := whole[cut-1] == '\n' || whole[cut] == '\n'; (run.Torn > 0) == atLineEnd {
			t.Fatalf("cut at %d: torn line is %d", cut, run.Torn)
		}
	}
	if run, err := journal.Read(strings.NewReader(whole), "j"); err != nil || !run.Whole() {
		t.Fatalf("the whole journal: %v", err)
	}
}

func TestATornJournalTellsWhatWasUnderWay(t *testing.T) {
	underWay := journal.Event{Scenario: &journal.ScenarioStart{Requirement: "A-2", Title: "title of A-2"}}
	run := journal.NewRun(start(scenarios("A-1", "A-2", "A-3")...), result("A-1", journal.Pass), underWay)
	if got := run.UnderWay(); len(got) != 1 || got[0].Requirement != "A-2" {
		t.Errorf("under way: %v", got)
	}
	reasons := map[string]string{}
	for _, r := range run.Rows() {
		reasons[r.Requirement] = r.Reason
	}
	if reasons["A-2"] != "no result: the run ended while it was under way" || reasons["A-3"] != "no result: the run ended before it" {
		t.Errorf("%v", reasons)
	}
}

func TestAGarbageLineIsNamedAndWhatCameBeforeIsKept(t *testing.T) {
	good := lines(t, start(scenarios("A-1", "A-2")...), result("A-1", journal.Fail), result("A-2", journal.Pass), end())
	for name, garbage := range map[string]string{
		"no JSON":          "garbage\n",
		"no event":         `{"seq":3,"type":"result"}` + "\n",
		"another type":     `{"seq":3,"type":"note","result":{"requirement":"A-2"}}` + "\n",
		"unknown type":     `{"seq":3,"type":"resullt","result":{"requirement":"A-2"}}` + "\n",
		"two of them":      `{"seq":3,"type":"result","result":{},"note":{"text":""}}` + "\n",
		"wrong shape":      `{"seq":"three","type":"result","result":{}}` + "\n",
		"two on one line":  strings.TrimSuffix(good[1], "\n") + good[2],
		"empty line":       "\n",
		"null":             "null\n",
		"a line of zeroes": "\x00\x00\x00\n",
	} {
		t.Run(name, func(t *testing.T) {
			run, err := journal.Read(strings.NewReader(good[0]+good[1]+garbage+good[2]+good[3]), "some/journal.jsonl")
			var lineErr *journal.LineError
			if !errors.As(err, &lineErr) || lineErr.Line != 3 || !strings.HasPrefix(err.Error(), "some/journal.jsonl:3: ") {
				t.Fatalf("got %v, want an error at line 3", err)
			}
			got := verdicts(run.Rows())
			if got["A-1"] != journal.Fail || got["A-2"] != journal.HarnessError || journal.ExitCode(run, false) != 4 {
				t.Errorf("rows %v", got)
			}
		})
	}
	_, err := journal.Read(strings.NewReader(good[0]+`{"seq":3,"type":"resullt","result":{}}`+"\n"), "j")
	if err == nil || !strings.Contains(err.Error(), `did you mean "result"`) {
		t.Errorf("no nearest name in %v", err)
	}
}

func TestALineThatIsLostIsNoticed(t *testing.T) {
	good := lines(t, start(scenarios("A-1")...), result("A-9", journal.Fail), result("A-1", journal.Pass), end())
	run, err := journal.Read(strings.NewReader(good[0]+good[2]+good[3]), "j")
	if err != nil {
		t.Fatal(err)
	}
	if run.Whole() || journal.ExitCode(run, false) != 4 {
		t.Error("a journal without its second line looks whole")
	}
}

func TestAJournalFromTheFutureIsRefusedClearly(t *testing.T) {
	line := fmt.Sprintf(`{"seq":1,"type":"run-start","start":{"journal_version":%d,"planned":"another shape"}}`+"\n", journal.Version+1)
	_, err := journal.Read(strings.NewReader(line), "j")
	var version *journal.VersionError
	if !errors.As(err, &version) || version.Got != journal.Version+1 || version.Known != journal.Version {
		t.Errorf("got %v, want a VersionError", err)
	}
}

func TestAFieldFromALaterWriterIsHarmless(t *testing.T) {
	good := lines(t, start(scenarios("A-1")...), result("A-1", journal.Pass), end())
	good[1] = strings.Replace(good[1], `"result":{`, `"later":1,"result":{"later":{},`, 1)
	run, err := journal.Read(strings.NewReader(strings.Join(good, "")), "j")
	if err != nil || !run.Whole() {
		t.Errorf("%v %v", err, run.Problems)
	}
}

func TestWhatIsNoJournal(t *testing.T) {
	if _, err := journal.Read(strings.NewReader(""), "j"); !errors.Is(err, journal.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	var lineErr *journal.LineError
	for _, text := range []string{"<testsuites/>", `{"seq":1,"type":"note","note":{"text":""}}` + "\n", `{"seq":1,"type":"run-sta`, "\x00"} {
		if _, err := journal.Read(strings.NewReader(text), "j"); !errors.As(err, &lineErr) || lineErr.Line != 1 {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, err := journal.ReadFile(t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	broken := io.MultiReader(strings.NewReader(lines(t, start())[0]+"\n"), brokenReader{})
	if run, err := journal.Read(broken, "j"); !errors.Is(err, errBroken) || run.Start.Profile != "intl" {
		t.Errorf("a disk that fails: %v", err)
	}
}

type brokenReader struct{}

var errBroken = errors.New("input/output error")

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestRowsAreInTheOrderOfThePlan(t *testing.T) {
	cleanup := result("A-2", journal.Blocked)
	cleanup.Result.Kind = journal.KindCleanup
	run := journal.NewRun(start(scenarios("A-1", "A-2", "A-3")...), result("A-3", journal.Pass), result("A-2", journal.Pass), cleanup, result("A-1", journal.Fail), end())
	var got []string
	for _, r := range run.Rows() {
		got = append(got, r.Name()+" "+string(r.Verdict))
	}
	want := "A-1 title of A-1 FAIL|A-2 title of A-2 PASS|A-3 title of A-3 PASS|A-2 title of A-2 (cleanup) BLOCKED"
	if strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
}

func TestWhatAKilledRunHasSeenIsNotForgotten(t *testing.T) {
	plan := append(scenarios("A-1"), journal.Planned{Requirement: "S-1", Title: "title of S-1", Kind: journal.KindSchema}, journal.Planned{Requirement: "S-2", Title: "title of S-2", Kind: journal.KindSchema})
	broken := journal.Violation{Requirement: "S-1", Level: journal.Should, Blame: journal.Server, Wanted: "w", Got: "g", Pointer: "/p"}
	own := journal.Violation{Requirement: "S-2", Blame: journal.Client}
	one, two, three := sent(1), sent(2), sent(3)
	one.Exchange.Violations = []journal.Violation{own}
	two.Exchange.Violations = []journal.Violation{own, broken, broken}
	three.Exchange.Violations = []journal.Violation{broken}
	rows := journal.NewRun(start(plan...), one, two, three).Rows()
	s1, s2 := rows[1], rows[2]
	if s1.Verdict != journal.HarnessError || s1.Finding == nil || s1.Finding.Exchange != 2 || s1.Finding.Count != 2 || s1.Finding.Got != "g" || s1.Level != journal.Should {
		t.Errorf("%+v %+v", s1, s1.Finding)
	}
	if s1.Reason != "no result: the run ended before it; what it recorded shows it broken: exchange 2" {
		t.Errorf("reason %q", s1.Reason)
	}
	if s2.Finding != nil {
		t.Errorf("what the client broke is laid to the server: %+v", s2.Finding)
	}
}
