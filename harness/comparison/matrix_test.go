package comparison_test

import (
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// cell is what stands in a matrix for a run and a requirement.
func cell(t *testing.T, m *comparison.Matrix, requirement string, column int) comparison.Cell {
	t.Helper()
	for _, f := range m.Families {
		for _, r := range f.Rows {
			if r.Requirement == requirement {
				return r.Cells[column]
			}
		}
	}
	t.Fatalf("there is no row for %s", requirement)
	return comparison.Cell{}
}

func about(profile, hash string) journal.RunStart {
	return journal.RunStart{Target: "https://ecs.example", Profile: profile, ContractHash: hash, SuiteVersion: "0.1.0"}
}

// The worst that a run says of a requirement stands in its cell, with what it rests on, worst first. What passes or does not apply rests on nothing.
func TestMatrixTakesTheWorst(t *testing.T) {
	another := row("RSZ-A-001", journal.Fail, "way")
	another.Title = "another scenario of it"
	warned := row("RSZ-A-001", journal.Warn, "way")
	warned.Title = "a third"
	m := comparison.MatrixOf([]*journal.Run{run(about("intl", "1"), warned, row("RSZ-A-001", journal.Pass), another, row("RSZ-B-001", journal.NotApplicable))}, nil)
	c := cell(t, m, "RSZ-A-001", 0)
	if c.Verdict != journal.Fail || len(c.Broken) != 2 || c.Broken[0].Title != another.Title || c.Other || c.Part {
		t.Errorf("got %+v", c)
	}
	if c := cell(t, m, "RSZ-B-001", 0); c.Verdict != journal.NotApplicable || len(c.Broken) != 0 {
		t.Errorf("got %+v", c)
	}
	if counts := m.Columns[0].Counts; counts[journal.Fail] != 1 || counts[journal.NotApplicable] != 1 || len(counts) != 2 || len(m.Families) != 2 {
		t.Errorf("counts %v, %d families", counts, len(m.Families))
	}
}

// What is newer than the version that a run is pinned to does not count in it, and is marked.
func TestMatrixMarksWhatIsNewer(t *testing.T) {
	newer := row("RSZ-A-002", journal.Fail, "way")
	newer.Newer = "0.2.0"
	m := comparison.MatrixOf([]*journal.Run{run(about("intl", "1"), row("RSZ-A-001", journal.Pass), newer)}, nil)
	if !cell(t, m, "RSZ-A-002", 0).Newer || cell(t, m, "RSZ-A-001", 0).Newer {
		t.Errorf("got %+v", m.Families)
	}
}

// What is about a run itself, and there only where something went wrong, is no promise that another run's contract lacks.
func TestMatrixOfWhatIsLeftBehind(t *testing.T) {
	left := row(journal.CleanupRequirement, journal.Blocked)
	left.Kind = journal.KindCleanup
	m := comparison.MatrixOf([]*journal.Run{run(about("intl", "1"), row("RSZ-A-001", journal.Pass)), run(about("intl", "1"), row("RSZ-A-001", journal.Pass), left)}, nil)
	if c := cell(t, m, journal.CleanupRequirement, 0); c.Absence != comparison.NothingSeen || c.Why == "" || m.Columns[0].NoPromise+m.Columns[0].NotTried != 0 {
		t.Errorf("got %+v, %d without a promise", c, m.Columns[0].NoPromise)
	}
	if c := cell(t, m, journal.CleanupRequirement, 1); c.Verdict != journal.Blocked || len(c.Broken) != 1 {
		t.Errorf("got %+v", c)
	}
}

// Why a run has no result: none of these is a pass.
func TestMatrixSaysWhatWasNotTried(t *testing.T) {
	client := row("RSZ-CLIENT-001", journal.Pass)
	client.Clause, client.Side = "clause", journal.Client
	server := row("RSZ-A-002", journal.Pass)
	server.Clause, server.Side = "clause", journal.Server
	whole := run(about("intl", "1"), row("RSZ-A-001", journal.Pass), server, client)
	with := func(change func(*journal.RunStart)) *journal.Run {
		s := about("intl", "1")
		change(&s)
		return run(s, row("RSZ-A-001", journal.Pass))
	}
	killed := with(func(s *journal.RunStart) {
		s.Planned = []journal.Planned{{Requirement: "RSZ-A-002", Title: server.Title, Kind: journal.KindScenario}}
	})
	knows := func(r *journal.Run, id string) (bool, bool) {
		return r.Start.Profile != "otc" || id != "RSZ-A-002", r.Start.Profile != "mine"
	}
	for name, c := range map[string]struct {
		run         *journal.Run
		requirement string
		absence     comparison.Absence
		why         string
		part        bool // the passes of the run are of a part
	}{
		"filtered":                 {with(func(s *journal.RunStart) { s.Filter = "requirement RSZ-A-001" }), "RSZ-A-002", comparison.NotTried, "asked for requirement RSZ-A-001 only", true},
		"a shard":                  {with(func(s *journal.RunStart) { s.Shard = "1/3" }), "RSZ-A-002", comparison.NotTried, "shard 1/3", true},
		"traffic":                  {with(func(s *journal.RunStart) { s.Watched = true }), "RSZ-A-002", comparison.NotTried, "passed between", true},
		"killed":                   {killed, "RSZ-A-002", comparison.NotTried, "the run ended before it", true},
		"another edition":          {with(func(s *journal.RunStart) { s.Profile, s.ContractHash = "otc", "2" }), "RSZ-A-002", comparison.NoPromise, "edition otc has no such promise", false},
		"another edition's part":   {with(func(s *journal.RunStart) { s.Profile, s.ContractHash, s.Filter = "otc", "2", "x" }), "RSZ-A-002", comparison.NoPromise, "edition otc", true},
		"an edition nobody knows":  {with(func(s *journal.RunStart) { s.Profile, s.ContractHash = "mine", "2" }), "RSZ-A-002", comparison.NotTried, "is not known", false},
		"the same contract":        {with(func(*journal.RunStart) {}), "RSZ-A-002", comparison.NotTried, "although its contract has the promise", false},
		"no client under test":     {with(func(*journal.RunStart) {}), "RSZ-CLIENT-001", comparison.NotTried, "no client was put to the test", false},
		"only a client under test": {with(func(s *journal.RunStart) { s.ClientUnderTest = true }), "RSZ-A-002", comparison.NotTried, "a client was put to the test", false},
	} {
		m := comparison.MatrixOf([]*journal.Run{whole, c.run}, knows)
		got := cell(t, m, c.requirement, 1)
		if got.Verdict != "" || got.Absence != c.absence || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: got %+v", name, got)
		}
		if passed := cell(t, m, "RSZ-A-001", 1); passed.Part != c.part || passed.Verdict != journal.Pass || passed.Other != (m.Columns[1].Contract == 1) {
			t.Errorf("%s: what it kept is %+v", name, passed)
		}
		if column := m.Columns[1]; column.NotTried+column.NoPromise != 2 {
			t.Errorf("%s: %d not tried, %d without a promise", name, column.NotTried, column.NoPromise)
		}
	}
}

// The contract of most runs is the first, whichever run it comes with; a clause that is not the same in all is marked.
func TestMatrixTellsContractsApart(t *testing.T) {
	must, should := row("RSZ-A-001", journal.Pass), row("RSZ-A-001", journal.Pass)
	must.Clause, should.Clause, should.Level = "clause", "clause", journal.Should
	m := comparison.MatrixOf([]*journal.Run{run(about("otc", "2"), should), run(about("intl", "1"), must), run(about("intl", "1"), must)}, nil)
	if len(m.Contracts) != 2 || m.Contracts[0].Profile != "intl" || m.Contracts[0].Columns != 2 || m.Columns[0].Contract != 1 || m.Columns[1].Contract != 0 {
		t.Errorf("contracts %+v, columns %+v", m.Contracts, m.Columns)
	}
	if r := m.Families[0].Rows[0]; !r.Differs || !r.Cells[0].Other || r.Cells[1].Other {
		t.Errorf("got %+v", r)
	}
	if m := comparison.MatrixOf([]*journal.Run{run(about("otc", "2"), must), run(about("intl", "1"), must)}, nil); m.Families[0].Rows[0].Differs {
		t.Error("a clause that is the same in both contracts is marked")
	}
}

// Runs of one target are told apart by what differs, and by no more.
func TestMatrixNames(t *testing.T) {
	later := run(about("intl", "1"))
	later.Started = noon().Add(time.Hour)
	other := about("intl", "1")
	other.Target = "https://other.example"
	client := about("intl", "1")
	client.Client, client.ClientUnderTest = "sdk 1.0", true
	var names []string
	for _, c := range comparison.MatrixOf([]*journal.Run{run(about("intl", "1")), later, run(about("otc", "2")), run(other), run(client)}, nil).Columns {
		names = append(names, c.Letter+" "+c.Name)
	}
	same(t, names, "A https://ecs.example, intl, 2026-11-23 12:00", "B https://ecs.example, intl, 2026-11-23 13:00", "C https://ecs.example, otc", "D https://other.example", "E sdk 1.0")
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "from the future", 30 * time.Second: "just made", time.Minute: "1 minute old", 90 * time.Minute: "1 hour old", 47 * time.Hour: "47 hours old", 49 * time.Hour: "2 days old",
	} {
		if got := comparison.Age(noon(), noon().Add(d)); got != want {
			t.Errorf("after %s: %q, want %q", d, got, want)
		}
	}
	if got := comparison.Age(time.Time{}, noon()); got != "" {
		t.Errorf("of no time: %q", got)
	}
}
