package explore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// errSilent ends a sequence where the contract says nothing of what follows.
var errSilent = errors.New("the contract is silent on what follows")

// Trouble is what keeps a sequence from being carried out and is no fault of the promise: flow control, no server, the end of the run.
type Trouble struct{ Err error }

func (e *Trouble) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *Trouble) Unwrap() error { return e.Err }

// walk is one sequence being carried out on one server.
type walk struct {
	c      *Config
	began  time.Time
	server *fixture.Server
	state  State

	under  []work   // accepted, and not yet seen to end
	before State    // the state in which the first of them was accepted
	events []Event  // since then
	ended  []ended  // jobs, oldest first
	order  string   // that is not paid
	orders []string // all that were placed and not seen to be paid
	unpaid *work
	done   []Done
}

// work is an accepted operation.
type work struct {
	kind    EventKind
	job     string
	ask     Ask
	certain bool // nothing speaks against its success
	call    time.Duration
}

// carryOut leases a server, lets it go through a sequence and gives it back. The error is nil, a *Violation, errSilent or a *Trouble.
func (c *Config) carryOut(ctx context.Context, s Sequence) (steps []Done, err error) {
	server, err := c.Lease(ctx, s.On)
	if err != nil {
		return nil, &Trouble{fmt.Errorf("no %s server could be had: %w", s.On, err)}
	}
	w := &walk{c: c, began: time.Now(), server: server}
	defer func() {
		w.payAll(ctx)
		c.Release(ctx, server)
	}()
	w.state = State{On: s.On, First: server.Flavor, Flavor: server.Flavor, Parts: server.Flavors, Power: Stopped}
	if s.On == fixture.Running {
		w.state.Power = Running
	}
	defer func() { steps = w.done }()
	for _, step := range s.Steps {
		w.done = append(w.done, Done{Text: step.String()})
		if err := w.step(ctx, step); err != nil {
			return nil, err
		}
		if step.Overlap || !step.ends() {
			continue
		}
		if err := w.settle(ctx); err != nil {
			return nil, err
		}
	}
	if err := w.settle(ctx); err != nil {
		return nil, err
	}
	return nil, w.allJobs(ctx)
}

func (w *walk) step(ctx context.Context, s Step) error {
	switch s.Do {
	case Resize, DryRun:
		return w.resize(ctx, s)
	case Start, Stop:
		return w.power(ctx, s)
	case LookAtJob:
		return w.oldJob(ctx, s.Back)
	case ListFlavors:
		return w.listed(ctx)
	case Pay:
		return w.pay(ctx)
	}
	return w.settle(ctx)
}

// now is the time since the sequence began.
func (w *walk) now() time.Duration { return time.Since(w.began) }

// note adds what came of the step under way.
func (w *walk) note(format string, args ...any) {
	w.done[len(w.done)-1].Text += ": " + fmt.Sprintf(format, args...)
}

// saw takes an answer into the step under way. Where none came the target failed, unless the run is being ended.
func (w *walk) saw(ctx context.Context, a *ecs.Answer, err error, wanted string) error {
	last := &w.done[len(w.done)-1]
	var exchange int64
	if a != nil && a.Exchange != nil {
		exchange = a.Exchange.ID
		last.Exchanges = append(last.Exchanges, exchange)
	}
	var inexpressible *ecs.NotExpressible
	switch {
	case err == nil && a.FlowControlled():
		return &Trouble{fmt.Errorf("the target throttles (%s)", answer(a))}
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return &Trouble{ctx.Err()}
	case errors.As(err, &inexpressible):
		return &Trouble{err}
	}
	return &Violation{Check: "an answer", Wanted: wanted, Got: err.Error(), Exchange: exchange}
}

func (w *walk) power(ctx context.Context, s Step) error {
	send, kind := w.c.Client.StartServers, Starts
	if s.Do == Stop {
		send, kind = w.c.Client.StopServers, Stops
	}
	call := w.now()
	ids := []string{w.server.ID}
	a, err := send(ctx, ids)
	if err := w.saw(ctx, a, err, "an answer to the request"); err != nil {
		return err
	}
	needed := w.state.Power == Stopped && s.Do == Start || w.state.Power == Running && s.Do == Stop
	expected := Expected{Accept: true, Refuse: !needed || w.state.Busy || w.state.Unpaid}
	if expected.Refuse && w.state.Busy {
		expected.Statuses = append(refusalStatuses(), 501)
	}
	if busy(a) && !expected.Allows(false, a.Status, a.ErrorCodes()) {
		if a, err = w.repeat(ctx, func() (*ecs.Answer, error) { return send(ctx, ids) }); err != nil {
			return err
		}
	}
	w.note("%s", answer(a))
	if !expected.Allows(a.Accepted(), a.Status, a.ErrorCodes()) {
		return w.broken(a, "answer to "+string(s.Do), "", expected.Words(), answer(a), expected)
	}
	if !a.Accepted() {
		return w.look(ctx)
	}
	return w.accepted(ctx, a, work{kind: kind, certain: !expected.Refuse, call: call}, s)
}
