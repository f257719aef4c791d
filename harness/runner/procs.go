package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
	"resize-conformance/harness/worker"
	"resize-conformance/suites"
)

// Crew says by which processes the scenarios of a run are carried out.
type Crew struct {
	Size    int
	Command func(ctx context.Context, n int) *exec.Cmd // of worker n, which counts from 1; it calls Work
	// Weigh says how long each scenario takes compared with others, by the id of its requirement. What takes longest is begun first, so that it is not left for the end,
	// when the other workers have nothing more to do. nil: as Scenario.Weight.
	Weigh func(context.Context, []suites.Scenario) (map[string]int, error)
}

// Lead is Run with the scenarios carried out by workers, several at the same time. It plans, keeps the journal and judges what is judged over all exchanges. A scenario
// whose worker died has the verdict HARNESS_ERROR, and so has one that no worker was left for.
func Lead(ctx context.Context, t *target.Target, rec *Recorder, o Options, crew Crew) (journal.RunEnd, error) {
	r, err := begin(ctx, t, rec, o)
	if err != nil {
		return journal.RunEnd{}, err
	}
	l := &leader{running: r, claimed: map[string]int{}, known: make([]map[int64]int64, crew.Size), conducts: map[string]journal.Result{}}
	for i := range l.known {
		l.known[i] = map[int64]int64{}
	}
	order, err := crew.order(ctx, r.chosen, o.Seed)
	if err != nil {
		return journal.RunEnd{}, &HarnessError{err.Error()}
	}
	work := worker.Crew{Order: order, Command: crew.Command, Claim: l.claim, Event: l.take, Patience: r.env(rec).CleanupLimit() + time.Minute}
	ends := work.Work(ctx, crew.Size)

	l.mu.Lock() // all have ended; it is for the race detector's peace, and the reader's
	defer l.mu.Unlock()
	interrupted := l.interrupted(ctx, ends)
	l.lost(ends, interrupted)
	r.leaveOut(interrupted)
	// Workers remove what they made; what those made that died stands in the ledger.
	if t.Adopt != nil {
		if err := t.Adopt(); err != nil {
			r.note(journal.Note{Text: "what workers that died have made cannot be read: " + err.Error(), Left: true})
		}
	}
	tidy(ctx, t, r.note, r.give)
	for _, key := range l.conductOrder {
		r.conduct = append(r.conduct, l.conducts[key])
	}
	return r.finish(interrupted)
}

// leader is a run with workers.
type leader struct {
	*running

	mu           sync.Mutex
	claimed      map[string]int // requirement -> worker
	failed       bool           // with FailFast: no more are begun
	known        []map[int64]int64
	conducts     map[string]journal.Result
	conductOrder []string
}

// claim gives a scenario to the first who asks.
func (l *leader) claim(n int, requirement string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed || l.claimed[requirement] != 0 {
		return false
	}
	l.claimed[requirement] = n
	return true
}

// take puts an event of a worker into the journal. Its exchanges get ids that are the only ones of the run.
func (l *leader) take(n int, e journal.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.known[n-1]
	if e.Exchange != nil {
		known[e.Exchange.ID] = l.t.Recorder.Next() // the leader makes some itself
	}
	e = e.Renumbered(func(id int64) int64 { return known[id] })
	if e.Result == nil {
		return l.rec.Write(e)
	}
	r := *e.Result
	if r.Kind == journal.KindMonitor { // over all calls of this worker's client; see finish
		if was, there := l.conducts[r.Key()]; there {
			r = journal.Worse(was, r)
		} else {
			l.conductOrder = append(l.conductOrder, r.Key())
		}
		l.conducts[r.Key()] = r
		return nil
	}
	if r.Fails() {
		l.failed = l.failed || l.o.FailFast && r.Kind == journal.KindScenario
	}
	l.give(r) // the worker has judged it, together with its cases
	return nil
}

// interrupted says why scenarios were not begun.
func (l *leader) interrupted(ctx context.Context, ends []worker.End) string {
	for _, e := range ends {
		if e.Interrupted != "" {
			return e.Interrupted
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx).Error()
	}
	return ""
}

// lost gives the results of what workers took with them, and of what none was left for.
func (l *leader) lost(ends []worker.End, interrupted string) {
	why := make([]string, len(ends))
	left := 0
	for i, e := range ends {
		if why[i] = e.Lost; why[i] == "" {
			why[i] = e.Error
		}
		if why[i] == "" {
			left++
		}
	}
	for _, s := range l.missing() {
		n := l.claimed[s.Requirement.ID]
		switch {
		case n != 0 && why[n-1] != "":
			l.giveAll(s.Lost(why[n-1], ends[n-1].Held...), true)
		case n == 0 && left == 0 && interrupted == "" && !l.failed:
			l.giveAll(s.Lost("no worker was left for it: "+why[0]), true)
		}
	}
}

// Work is a worker's part of a run: it claims scenarios of the leader, one after the other, and carries them out against its own target, whose recorder and leases
// have to be the link. The error is what kept it from working, which the leader is told as well.
func Work(ctx context.Context, t *target.Target, link *worker.Link, o Options) error {
	err := work(ctx, t, link, o)
	if err != nil {
		_ = link.Done(worker.Done{Error: oneLine(err)}) // that it cannot be said shows by the worker's end
	}
	return err
}

func work(ctx context.Context, t *target.Target, link *worker.Link, o Options) error {
	c, err := choosing(t, o.Selection, o.Explore)
	if err != nil {
		return err
	}
	order, err := link.Order(ctx)
	if err != nil {
		return err
	}
	// That nobody leads any more is a signal like another: Ginkgo ends the run with it, and servers are given back.
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-link.Gone():
			interruptSelf()
		case <-ended:
		}
	}()
	o.FailFast = false // the leader gives nothing to claim any more
	judge, err := o.Terms.judge(t.Contract, t.Recorder.Redactor())
	if err != nil {
		return err
	}
	env := environment(t, o, link, judge)
	env.Claim = func(ctx context.Context, s suites.Scenario) bool { return link.Claim(ctx, s.Requirement.ID) }
	told := t.Recorder.Redactor().Sink(link)
	give := func(r journal.Result) {
		o.addRerun(&r)
		_ = told.Write(journal.Event{Result: &r}) // sticky in the link
	}
	tidyUp := sync.OnceFunc(func() { tidy(ctx, t, env.Note, give) })
	defer tidyUp() // also when something panics
	interrupted, err := carryOut(ctx, c.pack, env, inOrder(c.scenarios, order), o, func(rows []journal.Result) {
		for _, r := range judge(rows, false) {
			give(r)
		}
	})
	if err != nil {
		return err
	}
	tidyUp()
	if t.Under != nil {
		for _, r := range env.Conduct(nil) { // the leader judges them, when it has those of all workers
			give(r)
		}
	}
	if err := t.Recorder.Err(); err != nil {
		return err
	}
	return link.Done(worker.Done{Interrupted: interrupted})
}

// order is the order in which scenarios are begun. A seed asks for one of its own.
func (c Crew) order(ctx context.Context, chosen []suites.Scenario, seed int64) ([]string, error) {
	if seed == 0 {
		weights := map[string]int{}
		for _, s := range chosen {
			weights[s.Requirement.ID] = s.Weight()
		}
		if c.Weigh != nil {
			var err error
			if weights, err = c.Weigh(ctx, chosen); err != nil {
				return nil, err
			}
		}
		chosen = slices.Clone(chosen)
		slices.SortStableFunc(chosen, func(a, b suites.Scenario) int { return weights[b.Requirement.ID] - weights[a.Requirement.ID] })
	}
	order := make([]string, len(chosen))
	for i, s := range chosen {
		order[i] = s.Requirement.ID
	}
	return order, nil
}

// inOrder brings scenarios into an order of requirements.
func inOrder(chosen []suites.Scenario, order []string) []suites.Scenario {
	at := map[string]int{}
	for i, id := range order {
		at[id] = i
	}
	slices.SortStableFunc(chosen, func(a, b suites.Scenario) int { return at[a.Requirement.ID] - at[b.Requirement.ID] })
	return chosen
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// interruptSelf does to this process what a terminal's interrupt does.
func interruptSelf() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(os.Interrupt)
	}
	if err != nil { // a platform without signals: better gone than working for nobody
		fmt.Fprintln(os.Stderr, worker.ErrNobodyLeads)
		os.Exit(1)
	}
}
