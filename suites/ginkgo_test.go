package suites

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// tally stands in for *testing.T, because a scenario that fails on purpose must not fail the test.
type tally struct{ failed bool }

func (t *tally) Fail() { t.failed = true }

// runGinkgo runs scenarios as the product does and returns their rows in the order in which they were given, and what Ginkgo saw.
func runGinkgo(t *testing.T, env *Env, scenarios []Scenario) ([]journal.Result, []types.SpecReport, bool) {
	t.Helper()
	stdout := formatter.ColorableStdOut
	formatter.ColorableStdOut = io.Discard
	globals.Reset()
	defer func() {
		globals.Reset()
		formatter.ColorableStdOut = stdout
	}()
	var (
		rows    []journal.Result
		reports []types.SpecReport
		outer   tally
	)
	run := (&Pack{}).Register(env, scenarios)
	ginkgo.ReportAfterEach(func(report ginkgo.SpecReport) {
		rows = append(rows, run.Conclude(report)...)
		reports = append(reports, report)
	})
	suite, reporter := types.NewDefaultSuiteConfig(), types.NewDefaultReporterConfig()
	suite.RandomSeed, suite.GracePeriod = 1, 50*time.Millisecond
	ginkgo.RunSpecs(&outer, "suites", suite, reporter)
	return rows, reports, outer.failed
}

func TestTheGinkgoTreeTellsWhatTheScenariosFound(t *testing.T) {
	bodies := []struct {
		id    string
		level journal.Level
		run   func(context.Context, *Exercise)
		want  journal.Verdict
		state types.SpecState
	}{
		{"RSZ-ONE-001", journal.Must, func(context.Context, *Exercise) {}, journal.Pass, types.SpecStatePassed},
		{"RSZ-ONE-002", journal.Must, func(_ context.Context, x *Exercise) { x.Fail(Place{}, "this", "that") }, journal.Fail, types.SpecStateFailed},
		{"RSZ-ONE-003", journal.Should, func(_ context.Context, x *Exercise) { x.Fail(Place{}, "this", "that") }, journal.Warn, types.SpecStatePassed},
		{"RSZ-TWO-001", journal.Must, func(_ context.Context, x *Exercise) { x.NotApplicable("no") }, journal.NotApplicable, types.SpecStateSkipped},
		{"RSZ-TWO-002", journal.Must, func(_ context.Context, x *Exercise) { x.NotTestable("no") }, journal.NotTestable, types.SpecStateFailed},
		{"RSZ-TWO-003", journal.Must, func(_ context.Context, x *Exercise) { x.setUp("it", errors.New("no")) }, journal.Blocked, types.SpecStateSkipped},
		{"RSZ-TWO-004", journal.Must, func(context.Context, *Exercise) { panic("oh") }, journal.HarnessError, types.SpecStateFailed},
	}
	var scenarios []Scenario
	for i, b := range bodies {
		scenarios = append(scenarios, Scenario{
			Requirement: contract.Requirement{ID: b.id, Level: b.level, Operation: "resizeServer"}, Title: "made up", Family: familyOf(b.id), File: "suites/made_up.go", Line: 10 + i, id: b.id, run: b.run,
		})
	}
	var begun []string
	env := &Env{Target: &target.Target{}, Begin: func(s Scenario) { begun = append(begun, s.Requirement.ID) }}
	rows, reports, failed := runGinkgo(t, env, scenarios)
	if !failed {
		t.Error("the run passed for Ginkgo, although scenarios failed")
	}
	if len(rows) != len(bodies) || len(reports) != len(bodies) || len(begun) != len(bodies) {
		t.Fatalf("wanted %d rows, got %d of %d reports, %d begun", len(bodies), len(rows), len(reports), len(begun))
	}
	for i, b := range bodies {
		if rows[i].Requirement != b.id || rows[i].Verdict != b.want || reports[i].State != b.state {
			t.Errorf("%s: wanted %s (%s for Ginkgo), got %s %s (%s)", b.id, b.want, b.state, rows[i].Requirement, rows[i].Verdict, reports[i].State)
		}
		if at := reports[i].LeafNodeLocation; at.FileName != "suites/made_up.go" || at.LineNumber != 10+i {
			t.Errorf("%s: Ginkgo places it at %s, wanted the scenario's own line", b.id, at)
		}
		if got := strings.Join(reports[i].ContainerHierarchyTexts, "/"); got != familyOf(b.id) {
			t.Errorf("%s: wanted it in its family's container, got %q", b.id, got)
		}
	}
}

func TestGinkgoReleasesWhateverBecameOfTheScenario(t *testing.T) {
	s := scenarioOf(journal.Must, func(ctx context.Context, x *Exercise) {
		x.Server(ctx, fixture.Stopped)
		x.Fail(Place{}, "this", "that")
	})
	rows, _, _ := runGinkgo(t, &Env{Target: &target.Target{Servers: shelf{release: errors.New("still busy")}}}, []Scenario{s})
	if len(rows) != 2 || rows[0].Verdict != journal.Fail || rows[1].Kind != journal.KindCleanup || rows[1].Verdict != journal.Blocked {
		t.Errorf("wanted the failure and the cleanup, got %+v", rows)
	}
}

// A body that ignores its context is given up, told as our own fault, and holds nobody up.
func TestGinkgoGivesUpOnABodyThatNeverEnds(t *testing.T) {
	over := make(chan struct{})
	defer close(over)
	s := scenarioOf(journal.Must, func(ctx context.Context, x *Exercise) {
		x.Server(ctx, fixture.Stopped)
		<-over
	})
	env := &Env{Target: &target.Target{Servers: shelf{release: errors.New("still busy")}}, Timeout: 50 * time.Millisecond, CleanupTimeout: 100 * time.Millisecond}
	rows, _, _ := runGinkgo(t, env, []Scenario{s})
	if len(rows) != 2 || rows[0].Verdict != journal.HarnessError || !strings.Contains(rows[0].Reason, "ignored the end of its time") || rows[1].Kind != journal.KindCleanup {
		t.Errorf("wanted HARNESS_ERROR and the cleanup, got %+v", rows)
	}
}

// TestThePackRunsUnderGinkgo is the default run without its reports.
func TestThePackRunsUnderGinkgo(t *testing.T) {
	racedetector.LeaveOut(t)
	tg := open(t, "intl")
	pack := packOf(t, tg)
	rows, _, failed := runGinkgo(t, &Env{Target: tg}, pack.Scenarios())
	if failed {
		t.Error("Ginkgo says that the run failed")
	}
	wanted := len(pack.Scenarios())
	for _, s := range pack.Scenarios() {
		wanted += len(s.Cases)
	}
	if len(rows) != wanted {
		t.Errorf("wanted a row for each scenario and each case, %d in all, got %d", wanted, len(rows))
	}
	for _, r := range rows {
		if r.Verdict != journal.Pass && r.Verdict != journal.NotApplicable {
			t.Errorf("%s: %s %s", r.Key(), r.Verdict, r.Reason)
		}
	}
}
