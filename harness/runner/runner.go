// Package runner makes one run: it chooses scenarios of the pack, has Ginkgo carry them out against a target, keeps the score of what is judged over all
// exchanges, and leaves the whole of it in the journal. What it returns is what the journal says.
package runner

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// DefaultTimeout is how long a run may take where nothing is said: Ginkgo's own.
const DefaultTimeout = time.Hour

// Options of a run.
type Options struct {
	Selection Selection
	Seed      int64         // 0: in the pack's order; any other number shuffles with it
	Explore   int           // how many sequences are explored (suites.Env)
	FailFast  bool          // begin no scenario after the first that failed
	Strict    bool          // count WARN as a failure
	Timeout   time.Duration // the whole run; 0: DefaultTimeout
	Terms     Terms
	Version   string // of the suite
	Command   string // the command line, without secrets
	// Rerun gives the command line that runs only one scenario again, or one of its cases: then requirement is the case's id.
	Rerun func(requirement, title string) string
	// Preflight looks at the target before the first of the chosen scenarios; what it returns becomes notes of the run, and an error ends the run before it began. nil: nothing is looked at.
	Preflight func(ctx context.Context, chosen []suites.Scenario) (notes []string, err error)
	// Watch is told of every event after it was written; nil: nobody is. It must not block.
	Watch func(journal.Event)
}

// Run carries out the chosen scenarios and closes the journal's account. The error is a *UsageError when the selection is wrong (nothing was run, nothing is
// recorded), a *HarnessError when the run could not be made. Everything else, also a failed write of the journal, is in the returned end and the journal.
func Run(ctx context.Context, t *target.Target, rec *Recorder, o Options) (journal.RunEnd, error) {
	r, err := begin(ctx, t, rec, o)
	if err != nil {
		return journal.RunEnd{}, err
	}
	env := r.env(rec)
	tidyUp := sync.OnceFunc(func() { tidy(ctx, t, env.Note, r.give) })
	defer tidyUp() // also when something panics, or the run cannot be made
	interrupted, err := carryOut(ctx, r.pack, env, r.chosen, o, func(rows []journal.Result) { r.giveAll(rows, false) })
	if err != nil {
		return journal.RunEnd{}, err
	}
	r.leaveOut(interrupted)
	if t.Under != nil {
		r.conduct = env.Conduct(nil)
	}
	tidyUp() // before the exchanges are summed up: what it sends is judged like all others
	return r.finish(interrupted)
}

// running is a run under way: what was chosen, and what was given for it.
type running struct {
	t      *target.Target
	rec    *Recorder
	o      Options
	pack   *suites.Pack
	chosen []suites.Scenario
	told   exchange.Sink // the journal, with secrets taken out: a finding quotes what the target answered, and that may be anything

	given   map[string]bool // by Key
	accused map[string]bool // requirements with a FAIL or WARN
	conduct []journal.Result
	judge   judging
}

// begin chooses, and writes the start of the run.
func begin(ctx context.Context, t *target.Target, rec *Recorder, o Options) (*running, error) {
	c, err := choosing(t, o.Selection, o.Explore)
	if err != nil {
		return nil, err
	}
	rec.seen.Promise(t.Contract)
	if t.Under != nil {
		rec.seen.WatchClient()
	}
	judge, err := o.Terms.judge(t.Contract, t.Recorder.Redactor())
	if err != nil {
		return nil, err
	}
	if err := rec.Write(journal.Event{Start: start(t, o, c, rec.seen.Planned())}); err != nil {
		return nil, &HarnessError{err.Error()}
	}
	r := &running{
		t: t, rec: rec, o: o, pack: c.pack, chosen: shuffled(c.scenarios, o.Seed), told: t.Recorder.Redactor().Sink(rec), given: map[string]bool{}, accused: map[string]bool{},
		judge: judge,
	}
	if len(t.LeftBefore) > 0 {
		r.note(leftBefore(t.LeftBefore))
	}
	if text := c.told(o.Selection.Shard); text != "" {
		r.note(journal.Note{Text: text})
	}
	if o.Preflight != nil {
		notes, err := o.Preflight(ctx, r.chosen)
		for _, text := range notes {
			r.note(journal.Note{Text: text})
		}
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

// env is what the scenarios have to do with; what they have to tell goes to sink.
func (r *running) env(sink exchange.Sink) *suites.Env { return environment(r.t, r.o, sink, r.judge) }

func environment(t *target.Target, o Options, sink exchange.Sink, judge judging) *suites.Env {
	redacted := t.Recorder.Redactor().Sink(sink)
	return &suites.Env{
		Target: t, Explore: o.Explore, Seed: o.Seed,
		Begin: func(s suites.Scenario) {
			_ = sink.Write(journal.Event{Scenario: &journal.ScenarioStart{Requirement: s.Requirement.ID, Title: s.Title}})
		},
		Note:  func(n journal.Note) { _ = redacted.Write(journal.Event{Note: &n}) },
		Judge: func(rows []journal.Result) []journal.Result { return judge(rows, false) },
		Over:  t.Over,
	}
}

// note records something that a reader of the run should know.
func (r *running) note(n journal.Note) { _ = r.told.Write(journal.Event{Note: &n}) } // as of give

// giveAll records results that were given together, by what they count for (judging).
func (r *running) giveAll(rows []journal.Result, partial bool) {
	for _, result := range r.judge(rows, partial) {
		r.give(result)
	}
}

// give records a result that was judged. A failed write is sticky in the journal's writer; Finish and Close tell it.
func (r *running) give(result journal.Result) {
	r.given[result.Key()] = true
	if found := result.Found(); found == journal.Fail || found == journal.Warn {
		r.accused[result.Requirement] = true
	}
	r.o.addRerun(&result)
	_ = r.told.Write(journal.Event{Result: &result})
}

// addRerun says how a scenario, or a case that did not pass, is run again by itself.
func (o Options) addRerun(r *journal.Result) {
	switch {
	case o.Rerun == nil:
	case r.Kind == journal.KindScenario:
		r.Rerun = o.Rerun(r.Requirement, r.Title)
	case r.Kind == journal.KindCase && r.Verdict != journal.Pass:
		r.Rerun = o.Rerun(r.Requirement+"/"+r.Title, r.Title)
	}
}

// carryOut has Ginkgo carry scenarios out, in their order. interrupted says why some were not begun.
func carryOut(ctx context.Context, pack *suites.Pack, env *suites.Env, chosen []suites.Scenario, o Options, give func([]journal.Result)) (interrupted string, err error) {
	err = runGinkgo(ctx, o, func() {
		run := pack.Register(env, chosen)
		ginkgo.ReportAfterEach(func(report ginkgo.SpecReport) {
			give(run.Conclude(report))
		})
		ginkgo.ReportAfterSuite("how the run ended", func(report ginkgo.Report) {
			interrupted = strings.Join(report.SpecialSuiteFailureReasons, "; ")
		})
	})
	return interrupted, err
}

// leaveOut gives the results of what --fail-fast left out, on purpose. What a signal or a crash leaves out stays missing, and makes the record less than whole.
func (r *running) leaveOut(interrupted string) {
	if !r.o.FailFast || interrupted != "" {
		return
	}
	for _, s := range r.missing() {
		r.giveAll(s.NotRun("--fail-fast ended the run after the first failure"), true)
	}
}

// missing are the scenarios without a result.
func (r *running) missing() []suites.Scenario {
	return slices.DeleteFunc(slices.Clone(r.chosen), func(s suites.Scenario) bool { return r.given[s.Name()] })
}

// finish gives what is judged over all exchanges and calls, and ends the journal.
func (r *running) finish(interrupted string) (journal.RunEnd, error) {
	rec := r.rec
	partial := r.o.Selection.partial() || r.o.FailFast || interrupted != "" || len(r.missing()) > 0
	r.giveAll(rec.seen.Results(r.o.Selection.partial()), partial)
	if r.t.Under != nil {
		for _, result := range r.conduct {
			if !r.accused[result.Requirement] { // else its own scenario says so already
				r.giveAll([]journal.Result{result}, partial)
			}
		}
		r.giveAll(r.o.Terms.kept(r.given, r.accused, partial), partial)
		for _, text := range rec.seen.Unjudged() {
			_ = r.told.Write(journal.Event{Note: &journal.Note{Text: text}})
		}
	}
	lost := r.t.Recorder.Err()
	end, err := rec.record.Finish(interrupted)
	if rec.watch != nil {
		rec.watch(journal.Event{Type: journal.RunEnded, Time: time.Now(), End: &end})
	}
	if !errors.Is(lost, err) { // a journal that takes no more keeps giving the error that an exchange was lost to; it is told once
		lost = errors.Join(lost, err)
	}
	if err = lost; err != nil {
		return end, &HarnessError{err.Error()}
	}
	return end, nil
}
