package suites

import (
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"resize-conformance/harness/journal"
)

// Run is a Ginkgo tree of chosen scenarios and what became of them.
type Run struct {
	env      *Env
	attempts map[string]*Exercise // by requirement id
}

// Register builds the Ginkgo tree: a container for each family, an It for each of the chosen scenarios. Call it once before RunSpecs; it touches neither
// the target nor anything else of the process.
func (p *Pack) Register(env *Env, chosen []Scenario) *Run {
	run := &Run{env: env, attempts: map[string]*Exercise{}}
	// Ginkgo orders containers as it likes; a priority that falls from one scenario to the next keeps the order that was chosen (with RandomizeAllSpecs set,
	// which is what makes every scenario a group of its own in Ginkgo's ordering).
	priority := map[string]ginkgo.SpecPriority{}
	for i, s := range chosen {
		priority[s.id] = ginkgo.SpecPriority(len(chosen) - i)
	}
	for _, family := range byFamily(chosen) {
		ginkgo.Describe(family[0].Family, func() {
			for _, s := range family {
				run.register(s, priority[s.id])
			}
		})
	}
	return run
}

func (r *Run) register(s Scenario, order ginkgo.SpecPriority) {
	x := begin(r.env, s)
	r.attempts[s.id] = x
	ginkgo.It(s.Name(), ginkgo.Label(s.Labels()...), order, types.CodeLocation{FileName: s.File, LineNumber: s.Line},
		// The scenario keeps its own time and says what it was waiting for. Ginkgo's limits are the net below, for a body that ignores its context.
		ginkgo.SpecTimeout(r.env.allTriesOf(s)+r.env.cleanupTimeout()), ginkgo.NodeTimeout(r.env.allTriesOf(s)+r.env.cleanupTimeout()/2),
		func(ctx ginkgo.SpecContext) {
			if r.env.Claim != nil && !r.env.Claim(ctx, s) {
				ginkgo.Skip("another worker has it, or none is to begin it")
			}
			ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { x.release(ctx) }, ginkgo.NodeTimeout(r.env.cleanupTimeout()))
			o := x.perform(ctx)
			switch r := r.env.judged(x.results())[0]; {
			case r.Fails():
				ginkgo.Fail(o.reason)
			case r.Verdict == journal.NotApplicable, r.Verdict == journal.Blocked:
				ginkgo.Skip(o.reason)
			}
		})
}

// Conclude joins what the scenario found with what Ginkgo saw of it, for a ReportAfterEach: the result for the journal, and one of kind cleanup when something
// could not be left as found. It is empty for a node that is no scenario, and for a scenario that was never begun (after --fail-fast or a signal).
func (r *Run) Conclude(report types.SpecReport) []journal.Result {
	id, _, _ := strings.Cut(report.LeafNodeText, " ")
	x, ours := r.attempts[id]
	if !ours || !x.hasBegun() {
		return nil
	}
	x.mu.Lock()
	if !x.finished {
		// The body never came back: Ginkgo gave up on it.
		x.outcome = outcome{verdict: journal.HarnessError, reason: "the scenario ignored the end of its time and was abandoned; Ginkgo says: " + report.Failure.Message}
		if report.State.Is(types.SpecStateInterrupted | types.SpecStateAborted) {
			x.outcome = outcome{verdict: journal.Blocked, reason: "the run was interrupted while this scenario was under way"}
		}
		x.took = report.RunTime
	}
	x.mu.Unlock()
	return x.results()
}

func (e *Env) judged(rows []journal.Result) []journal.Result {
	if e.Judge == nil {
		return rows
	}
	return e.Judge(rows)
}

func (x *Exercise) hasBegun() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return !x.began.IsZero()
}
