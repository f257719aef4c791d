package editions

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// Trial is the pack of one edition against the emulator of another, which claims to be of that one.
type Trial struct {
	Server  string             // the edition that the emulator keeps
	Judge   *contract.Contract // by which it is judged
	Results []journal.Result   // of scenarios and of what is judged over all exchanges
	// Uses is what the scenarios sent, by requirement.
	Uses map[string]Use

	cases map[string][]cases.Case // of the scenarios, by requirement
}

// Use is what a scenario sends.
type Use struct {
	Operations []string // operationIds
	DryRun     bool     // a resize with dry_run true
}

// atOnce is how many scenarios of a trial run at the same time, and jobs how long a resize takes in one: no longer than it takes to see it run.
const (
	atOnce  = 4
	jobs    = 16 * time.Millisecond
	looks   = 16
	closing = 10 * time.Second
)

// Try runs the pack, or those scenarios of it that only admits (nil: all), without exploring. Clients are none of its business.
func Try(ctx context.Context, server string, judge *contract.Contract, only func(suites.Scenario) bool) (t *Trial, err error) {
	t = &Trial{Server: server, Judge: judge, Uses: map[string]Use{}, cases: map[string][]cases.Case{}}
	pack, err := suites.New(judge)
	if err != nil {
		return nil, err
	}
	seen := &sink{watch: monitor.New(judge), uses: t.Uses}
	tg, err := target.Open(ctx, target.Config{JobDuration: jobs}, seen, target.WithContract(judge), target.WithoutCurl(), target.WithClaims(judge.Profile),
		target.WithEmulator(func(c *emulator.Config) {
			c.Profile, c.Now = server, emulator.PatientClock(max(c.JobDuration/looks, time.Millisecond))
		}))
	if err != nil {
		return nil, err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		if closeErr := tg.Close(end); err == nil {
			err = closeErr
		}
	}()
	env := &suites.Env{Target: tg, Explore: -1, Shorten: -1}
	var (
		mu    sync.Mutex
		group errgroup.Group
	)
	group.SetLimit(atOnce)
	for _, s := range pack.OfServers().Scenarios() {
		if s.Family == sequences || only != nil && !only(s) {
			continue
		}
		t.cases[s.Requirement.ID] = s.Cases
		group.Go(func() error {
			rows := s.Perform(ctx, env)
			mu.Lock()
			defer mu.Unlock()
			t.Results = append(t.Results, slices.DeleteFunc(rows, func(r journal.Result) bool { return r.Kind == journal.KindCase && r.Verdict != journal.HarnessError })...)
			return nil
		})
	}
	_ = group.Wait() // what goes wrong in a scenario is in its rows
	t.Results = append(t.Results, seen.watch.Results(true)...)
	return t, ctx.Err()
}

// sequences is the family of what is explored.
const sequences = "RSZ-SEQ"

// Red lists the requirements that the server is found to break.
func (t *Trial) Red() []string {
	var ids []string
	for _, r := range t.Results {
		if (r.Verdict == journal.Fail || r.Verdict == journal.Warn) && !slices.Contains(ids, r.Requirement) {
			ids = append(ids, r.Requirement)
		}
	}
	slices.Sort(ids)
	return ids
}

// Amiss lists results that say something of the suite and not of the server.
func (t *Trial) Amiss() []journal.Result {
	return slices.DeleteFunc(slices.Clone(t.Results), func(r journal.Result) bool {
		return r.Verdict != journal.HarnessError && r.Verdict != journal.NotTestable
	})
}

// Explains says by which differences a server of another edition may break a requirement: what the registers tell, and what the scenario of the requirement
// sends in the judge's own edition and the server does not understand.
func (t *Trial) Explains(server *contract.Contract, id string) []string {
	r, _ := t.Judge.Requirement(id)
	letters := owed(server, t.Judge, r)
	use := t.Uses[id]
	for _, op := range t.Judge.Operations() {
		if letter := missing(server, op); letter != "" && slices.Contains(use.Operations, op.ID) {
			letters = append(letters, letter)
		}
	}
	noDryRun := len(server.Behaviour().DryRun) == 0 && len(t.Judge.Behaviour().DryRun) > 0
	if noDryRun && (use.DryRun || r.Tested != contract.ByScenario) {
		letters = append(letters, dryRun)
	}
	letters = append(letters, t.unknownMembers(server, id)...)
	if waits(server, t.Judge) && (id == "RSZ-JOB-002" || slices.Contains(r.Needs, "yearly-monthly")) {
		letters = append(letters, pending)
	}
	slices.Sort(letters)
	return slices.Compact(letters)
}

// unknownMembers says by which differences the cases of a requirement, which are about single members of a request, mean nothing to a server.
func (t *Trial) unknownMembers(server *contract.Contract, id string) []string {
	b := server.Behaviour()
	var letters []string
	for _, c := range t.cases[id] {
		switch version := map[bool]string{true: "v1.1", false: "v1"}[c.Operation == "resizeServer"]; {
		case strings.HasPrefix(c.Pointer, "/resize/mode") && !b.ModeSupported:
			letters = append(letters, mode)
		case strings.HasPrefix(c.Pointer, "/resize/cpu_options") && !slices.Contains(b.CPUOptions, version):
			letters = append(letters, cpu)
		case strings.HasPrefix(c.Pointer, "/resize/dedicated_host_id") && !b.DeH:
			letters = append(letters, host)
		case strings.HasPrefix(c.Pointer, "/resize/extendparam") && !b.Prepaid:
			letters = append(letters, prepaid)
		case c.Pointer == "/dry_run" && !slices.Contains(b.DryRun, version):
			letters = append(letters, dryRun)
		}
	}
	return letters
}

// sink is what a trial's recorder writes to: the monitors see everything, and of what scenarios send is kept which operations they use.
type sink struct {
	watch *monitor.Watch
	mu    sync.Mutex
	uses  map[string]Use
}

// Write hands an event on (exchange.Sink).
func (s *sink) Write(e journal.Event) error {
	if x := e.Exchange; x != nil && x.Scenario != "" {
		id, _, _ := strings.Cut(x.Scenario, " ")
		s.mu.Lock()
		use := s.uses[id]
		if x.Operation != "" && !slices.Contains(use.Operations, x.Operation) {
			use.Operations = append(use.Operations, x.Operation)
		}
		use.DryRun = use.DryRun || strings.Contains(strings.ReplaceAll(x.RequestBody.Text, " ", ""), `"dry_run":true`)
		s.uses[id] = use
		s.mu.Unlock()
	}
	return s.watch.Write(e)
}
