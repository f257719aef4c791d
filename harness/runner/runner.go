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
	// Watch is told of every event after it was written; nil: nobody is. It must not block.
	Watch func(journal.Event)
}

// Recorder is what a target's recorder writes to: the journal, with the monitors told on the way. It is made before the target, because the target is opened
// with it, and handed to Prepare afterwards.
type Recorder struct {
	record *journal.Writer
	watch  func(journal.Event)
	seen   *monitor.Watch
}

// NewRecorder wraps the journal of a run.
func NewRecorder(record *journal.Writer, watch func(journal.Event)) *Recorder {
	return &Recorder{record: record, watch: watch, seen: monitor.New(nil)}
}

var _ exchange.Sink = (*Recorder)(nil)

// Write tells the monitors, appends to the journal and tells the watcher.
func (r *Recorder) Write(e journal.Event) error {
	err := errors.Join(r.seen.Write(e), r.record.Write(e))
	if r.watch != nil {
		r.watch(e)
	}
	return err
}

// Run carries out the chosen scenarios and closes the journal's account. The error is a *UsageError when the selection is wrong (nothing was run, nothing is
// recorded), a *HarnessError when the run could not be made. Everything else, also a failed write of the journal, is in the returned end and the journal.
func Run(ctx context.Context, t *target.Target, rec *Recorder, o Options) (journal.RunEnd, error) {
	pack, err := suites.New(t.Contract)
	if err != nil {
		return journal.RunEnd{}, &HarnessError{err.Error()}
	}
	if t.Under == nil {
		if err := clientsWanted(pack, o.Selection); err != nil {
			return journal.RunEnd{}, err
		}
		pack = pack.OfServers()
	}
	chosen, err := Choose(pack, o.Selection)
	if err != nil {
		return journal.RunEnd{}, err
	}
	rec.seen.Promise(t.Contract)
	if t.Under != nil {
		rec.seen.WatchClient()
	}
	judge, err := o.Terms.judge(t.Contract, t.Recorder.Redactor())
	if err != nil {
		return journal.RunEnd{}, err
	}
	if err := rec.Write(journal.Event{Start: start(t, o, chosen, rec.seen.Planned())}); err != nil {
		return journal.RunEnd{}, &HarnessError{err.Error()}
	}
	// A finding quotes what the target answered, and a target may answer anything, also the caller's secrets.
	redacted := t.Recorder.Redactor().Sink(rec)
	env := &suites.Env{
		Target: t, Explore: o.Explore, Seed: o.Seed,
		Begin: func(s suites.Scenario) {
			_ = rec.Write(journal.Event{Scenario: &journal.ScenarioStart{Requirement: s.Requirement.ID, Title: s.Title}})
		},
		Note:  func(n journal.Note) { _ = redacted.Write(journal.Event{Note: &n}) },
		Judge: func(rows []journal.Result) []journal.Result { return judge(rows, false) },
	}
	given, accused := map[string]bool{}, map[string]bool{}
	give := func(r journal.Result) {
		given[r.Key()] = true
		if o.Rerun != nil && r.Kind == journal.KindScenario {
			r.Rerun = o.Rerun(r.Requirement, r.Title)
		}
		if o.Rerun != nil && r.Kind == journal.KindCase && r.Verdict != journal.Pass {
			r.Rerun = o.Rerun(r.Requirement+"/"+r.Title, r.Title)
		}
		// A failed write is sticky in the journal's writer; Finish and Close tell it.
		_ = redacted.Write(journal.Event{Result: &r})
	}
	giveAll := func(rows []journal.Result, partial bool) {
		for _, r := range rows {
			if r.Verdict == journal.Fail || r.Verdict == journal.Warn {
				accused[r.Requirement] = true
			}
		}
		for _, r := range judge(rows, partial) {
			give(r)
		}
	}
	interrupted := ""
	err = runGinkgo(ctx, o, func() {
		run := pack.Register(env, shuffled(chosen, o.Seed))
		ginkgo.ReportAfterEach(func(report ginkgo.SpecReport) {
			giveAll(run.Conclude(report), false)
		})
		ginkgo.ReportAfterSuite("how the run ended", func(report ginkgo.Report) {
			interrupted = strings.Join(report.SpecialSuiteFailureReasons, "; ")
		})
	})
	if err != nil {
		return journal.RunEnd{}, err
	}
	if o.FailFast && interrupted == "" {
		// They were left out on purpose. What a signal or a crash leaves out stays missing, and makes the record less than whole.
		for _, s := range chosen {
			if !given[s.Requirement.ID+" "+s.Title] {
				giveAll(s.NotRun("--fail-fast ended the run after the first failure"), true)
			}
		}
	}
	partial := o.Selection.partial() || o.FailFast || interrupted != ""
	giveAll(rec.seen.Results(o.Selection.partial()), partial)
	if t.Under != nil {
		giveAll(env.Conduct(accused), partial)
		giveAll(o.Terms.kept(given, accused, partial), partial)
		for _, text := range rec.seen.Unjudged() {
			_ = redacted.Write(journal.Event{Note: &journal.Note{Text: text}})
		}
	}
	lost := t.Recorder.Err()
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

// Choose applies a selection to the pack.
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
	return chosen, nil
}

func start(t *target.Target, o Options, chosen []suites.Scenario, watched []journal.Planned) *journal.RunStart {
	s := about(t.Contract)
	s.SuiteVersion, s.Target, s.Client, s.Config = o.Version, t.Endpoint, "built-in", t.Settings
	if t.Under != nil {
		s.Client, s.ClientUnderTest = t.Under.Name(), true
		s.Families[journal.Family(journal.RequestRequirement)] = requestFamily
	}
	s.Seed, s.Explore, s.Shard, s.Filter = o.Seed, o.Explore, o.Selection.Shard.String(), o.Selection.filter()
	s.Strict, s.Command = o.Strict, o.Command
	s.Baseline, s.Pin = o.Terms.Baseline, o.Terms.Pin
	for _, c := range slices.Sorted(maps.Keys(t.Capabilities)) {
		if t.Capabilities[c] {
			s.Capabilities = append(s.Capabilities, string(c))
		}
	}
	for _, sc := range chosen {
		s.Planned = append(s.Planned, journal.Planned{Requirement: sc.Requirement.ID, Title: sc.Title, Kind: journal.KindScenario})
		for _, c := range sc.Cases {
			s.Planned = append(s.Planned, journal.Planned{Requirement: c.Requirement.ID, Title: c.Title, Kind: journal.KindCase})
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
func (s Selection) partial() bool { return s.filter() != "" || s.Shard.Total > 0 }
