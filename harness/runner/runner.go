// Package runner makes one run: it chooses scenarios of the pack, has Ginkgo carry them out against a target, keeps the score of what is judged over all
// exchanges, and leaves the whole of it in the journal. What it returns is what the journal says.
package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// Options of a run.
type Options struct {
	Selection Selection
	Seed      int64         // 0: in the pack's order; any other number shuffles with it
	Explore   int           // how many sequences are explored (suites.Env)
	FailFast  bool          // begin no scenario after the first that failed
	Strict    bool          // count WARN as a failure
	Timeout   time.Duration // the whole run; 0: an hour
	Terms     Terms
	Version   string // of the suite
	Command   string // the command line, without secrets
	// Rerun gives the command line that runs only one scenario again, or one of its cases: then requirement is the case's id.
	Rerun func(requirement, title string) string
	// Preflight looks at the target before the first scenario; what it returns becomes notes of the run, and an error ends the run before it began. nil: nothing is looked at.
	Preflight func(context.Context) (notes []string, err error)
	// Watch is told of every event after it was written; nil: nobody is. It must not block.
	Watch func(journal.Event)
}

// Recorder is what a target's recorder writes to: the journal, with the monitors told on the way. It is made before the target, because the target is opened
// with it, and handed to Prepare afterwards.
type Recorder struct {
	record *journal.Writer
	watch  func(journal.Event)
	seen   *monitor.Watch

	mu      sync.Mutex
	started bool
	early   []journal.Event // what was recorded before the run started: signing in, say. A journal begins with the start
}

// NewRecorder wraps the journal of a run.
func NewRecorder(record *journal.Writer, watch func(journal.Event)) *Recorder {
	return &Recorder{record: record, watch: watch, seen: monitor.New(nil)}
}

var _ exchange.Sink = (*Recorder)(nil)

// Write tells the monitors, appends to the journal and tells the watcher.
func (r *Recorder) Write(e journal.Event) error {
	early, later := r.inTurn(e)
	if later {
		return nil
	}
	err := r.write(e)
	for _, e := range early {
		err = errors.Join(err, r.write(e))
	}
	return err
}

// inTurn keeps what comes before the start, and gives it back behind the start.
func (r *Recorder) inTurn(e journal.Event) (early []journal.Event, later bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.started:
		return nil, false
	case e.Start == nil:
		r.early = append(r.early, e)
		return nil, true
	}
	r.started, early, r.early = true, r.early, nil
	return early, false
}

func (r *Recorder) write(e journal.Event) error {
	err := errors.Join(r.seen.Write(e), r.record.Write(e))
	if r.watch != nil {
		r.watch(e)
	}
	return err
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
		notes, err := o.Preflight(ctx)
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

// shuffled is the order of the run: the pack's, or one that the seed decides.
func shuffled(chosen []suites.Scenario, seed int64) []suites.Scenario {
	order := slices.Clone(chosen)
	if seed != 0 {
		rand.New(rand.NewPCG(uint64(seed), 0)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}

// Choose applies a selection to the pack. A shard is dealt its scenarios as one of a run that has no servers to divide.
func Choose(pack *suites.Pack, s Selection) ([]suites.Scenario, error) {
	all := pack.Scenarios()
	candidates := make([]candidate, len(all))
	for i, sc := range all {
		candidates[i] = candidate{Requirement: sc.Requirement.ID, Title: sc.Title, Labels: sc.Labels()}
		for _, c := range sc.Cases {
			candidates[i].Cases = append(candidates[i].Cases, c.ID())
		}
	}
	taken, err := choose(candidates, s)
	if err != nil {
		return nil, err
	}
	chosen := make([]suites.Scenario, len(taken))
	for i, at := range taken {
		chosen[i] = all[at]
		if cases := s.casesOf(candidates[at]); cases != nil {
			chosen[i] = chosen[i].Only(cases...)
		}
	}
	if s.Shard.Total > 0 {
		h, err := dealScenarios(chosen, s.Shard, nil, 0, nil)
		if err != nil {
			return nil, err
		}
		chosen = pick(chosen, h.places)
	}
	return chosen, nil
}

func start(t *target.Target, o Options, c choice, watched []journal.Planned) *journal.RunStart {
	s := about(t.Contract)
	s.SuiteVersion, s.Target, s.Client, s.Config, s.Warnings = o.Version, t.Endpoint, "built-in", t.Settings, t.Warnings
	if t.Under != nil {
		s.Client, s.ClientUnderTest = t.Under.Name(), true
		s.Families[journal.Family(journal.RequestRequirement)] = requestFamily
	}
	s.Seed, s.Explore, s.Shard, s.Filter = o.Seed, o.Explore, o.Selection.Shard.String(), o.Selection.filter()
	s.ShardFrom, s.Dealing = o.Selection.Shard.From, c.hand.digest
	s.Strict, s.Command = o.Strict, o.Command
	s.Baseline, s.Pin = o.Terms.Baseline, o.Terms.Pin
	for _, has := range slices.Sorted(maps.Keys(t.Capabilities)) {
		if t.Capabilities[has] {
			s.Capabilities = append(s.Capabilities, string(has))
		}
	}
	for i, sc := range c.scenarios {
		plan := journal.Planned{Requirement: sc.Requirement.ID, Title: sc.Title, Kind: journal.KindScenario}
		if c.hand.places != nil {
			plan.Place = c.hand.places[i] + 1
		}
		s.Planned = append(s.Planned, plan)
		for _, one := range sc.Cases {
			s.Planned = append(s.Planned, journal.Planned{Requirement: one.Requirement.ID, Title: one.Title, Kind: journal.KindCase})
		}
	}
	s.Planned = append(s.Planned, watched...)
	return s
}

// about is what every run says of its contract.
func about(c *contract.Contract) *journal.RunStart {
	s := &journal.RunStart{GoVersion: runtime.Version(), ContractHash: c.Hash, ContractFile: c.File, Profile: c.Profile, Families: map[string]string{}}
	for _, f := range c.Families() {
		s.Families[f.Name] = f.Title
	}
	return s
}

// filter describes a selection for the record.
func (s Selection) filter() string {
	var parts []string
	if len(s.Requirements) > 0 {
		parts = append(parts, "requirement "+strings.Join(s.Requirements, ","))
	}
	for _, f := range s.Focus {
		parts = append(parts, fmt.Sprintf("focus %q", f))
	}
	if s.Labels != "" {
		parts = append(parts, fmt.Sprintf("label %q", s.Labels))
	}
	return strings.Join(parts, " and ")
}

// partial says that the run takes less than the whole pack, so that an exchange-judged requirement may well not be met by any exchange of it.
func (s Selection) partial() bool { return s.filter() != "" || s.Shard.Total > 1 }
