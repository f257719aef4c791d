package explore

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// ended is a job that has been seen to end.
type ended struct{ id, status string }

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
	case err == nil && throttled(a):
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

// asked makes the request of a step.
func (w *walk) asked(s Step) (Ask, ecs.Resize, []ecs.Option) {
	a := Ask{Role: s.To, Flavor: w.state.Part(s.To), V1: w.c.Offers.OnlyV1 || s.Option == OverV1, Mode: s.Option == WithMode, DryRun: s.Do == DryRun}
	r := ecs.Resize{FlavorRef: a.Flavor}
	switch s.Option {
	case WithMode:
		r.Mode = "withStopServer"
	case AutoPayed:
		r.AutoPay = "true"
	case HandPayed:
		r.AutoPay = "false"
	case OneThread:
		a.Threads = 1
	case TwoThread:
		a.Threads = 2
	case NotDryRun:
		r.DryRun = new(false)
	}
	r.CPUThreads = a.Threads
	if a.DryRun {
		r.DryRun = new(true)
	}
	var how []ecs.Option
	if a.V1 {
		how = append(how, ecs.V1())
	}
	return a, r, how
}

func (w *walk) resize(ctx context.Context, s Step) error {
	ask, r, how := w.asked(s)
	if ask.Flavor == "" {
		w.note("no such flavor is named for this server")
		return nil
	}
	call := w.now()
	a, err := w.c.Client.Resize(ctx, w.server.ID, r, how...)
	if err := w.saw(ctx, a, err, "an answer to the resize request"); err != nil {
		return err
	}
	expected := w.c.Model.Resize(w.state, ask)
	if busy(a) && !expected.Allows(false, a.Status, a.ErrorCodes()) { // it may be repeated, at rest as well
		if a, err = w.repeat(ctx, func() (*ecs.Answer, error) { return w.c.Client.Resize(ctx, w.server.ID, r, how...) }); err != nil {
			return err
		}
	}
	w.note("%s (%s)", ask.Flavor, answer(a))
	if err := w.allowed(ctx, a, expected, ask.Flavor, s); err != nil {
		return err
	}
	if !a.Accepted() || ask.DryRun {
		return w.look(ctx)
	}
	return w.accepted(ctx, a, work{kind: Resized, ask: ask, certain: !expected.Refuse, call: call}, s)
}

// repeat sends a request again while the server says that it is busy, which it may say for a while after a job has ended.
func (w *walk) repeat(ctx context.Context, send func() (*ecs.Answer, error)) (*ecs.Answer, error) {
	limits := w.c.Client.Timeouts()
	for end := time.Now().Add(6 * limits.PollMax); ; {
		select {
		case <-time.After(limits.Poll):
		case <-ctx.Done():
			return nil, &Trouble{ctx.Err()}
		}
		a, err := send()
		if err := w.saw(ctx, a, err, "an answer to the repeated request"); err != nil || !busy(a) || time.Now().After(end) {
			return a, err
		}
	}
}

// allowed compares an answer to a resize request with what the model expects.
func (w *walk) allowed(ctx context.Context, a *ecs.Answer, e Expected, flavor string, s Step) error {
	if !e.Allows(a.Accepted(), a.Status, a.ErrorCodes()) {
		return w.broken(a, fmt.Sprintf("answer to %s", s.Do), "", e.Words(), answer(a), e)
	}
	if e.IfListed && !a.Accepted() {
		listed, err := w.lists(ctx, flavor)
		if err != nil {
			return err
		}
		if listed {
			return w.broken(a, "answer to "+string(s.Do), "", fmt.Sprintf("an acceptance (2xx), as the target's own list has flavor %s for this server", flavor), answer(a), e)
		}
	}
	return nil
}

func (w *walk) broken(a *ecs.Answer, check, pointer, wanted, got string, e Expected) *Violation {
	v := &Violation{Check: check, Wanted: wanted, Got: got, Pointer: pointer}
	if a != nil && a.Exchange != nil {
		v.Exchange = a.Exchange.ID
	}
	if len(e.Rows) == 1 {
		v.Requirement = e.Rows[0]
	}
	return v
}

// accepted notes what is under way now.
func (w *walk) accepted(ctx context.Context, a *ecs.Answer, k work, s Step) error {
	k.job, _ = a.JobID()
	order, _ := a.OrderID()
	if k.job == "" && w.state.On == fixture.YearlyMonthly {
		return errSilent // an order can be all there is; then nothing tells when it is done
	}
	if k.job == "" {
		return w.broken(a, "job of "+string(s.Do), "/job_id", "a job_id to follow it by", answer(a), Expected{})
	}
	if w.state.On == fixture.YearlyMonthly && k.kind == Resized && s.Option != AutoPayed {
		w.orders = append(w.orders, order)
		if w.unpaid != nil || len(w.under) > 0 {
			return errSilent // what two orders of one server do to each other is not documented
		}
		w.unpaid, w.order, w.state.Unpaid = &k, order, true
		return w.look(ctx)
	}
	if w.unpaid != nil && k.kind == Resized {
		return errSilent
	}
	if len(w.under) == 0 {
		w.before, w.events = w.state, nil
	}
	w.under, w.state.Busy = append(w.under, k), true
	w.state.Moving = w.state.Moving || k.kind != Resized || k.ask.Mode
	if s.Overlap {
		return w.look(ctx)
	}
	return nil
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

// oldJob looks at a job that has ended: it stays as it ended.
func (w *walk) oldJob(ctx context.Context, back int) error {
	if len(w.ended) == 0 {
		w.note("there is none")
		return nil
	}
	return w.jobStays(ctx, w.ended[max(0, len(w.ended)-1-back)])
}

// allJobs looks at every job once more when a sequence is over.
func (w *walk) allJobs(ctx context.Context) error {
	if len(w.ended) < 2 { // of a single one there was nothing in between
		return nil
	}
	w.done = append(w.done, Done{Text: "look at all jobs"})
	for _, job := range w.ended[:len(w.ended)-1] {
		if err := w.jobStays(ctx, job); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) jobStays(ctx context.Context, job ended) error {
	a, err := w.c.Client.ShowJob(ctx, job.id)
	if err := w.saw(ctx, a, err, "showJob to tell about a job that has ended"); err != nil {
		return err
	}
	wanted := fmt.Sprintf("job %s to be shown as it ended, %s", job.id, job.status)
	shown, err := a.Job()
	if a.Status != 200 || err != nil {
		return w.broken(a, "ended job", "", wanted, answer(a), Expected{})
	}
	w.note("%s", shown.Status)
	if shown.Status != job.status {
		return w.broken(a, "ended job", "/status", wanted, shown.Status, Expected{})
	}
	return nil
}

// listed lists the target flavors, which changes nothing.
func (w *walk) listed(ctx context.Context) error {
	if _, err := w.lists(ctx, ""); err != nil {
		return err
	}
	return w.look(ctx)
}

// lists says whether the target's own list has a flavor for the server as it is now.
func (w *walk) lists(ctx context.Context, flavor string) (bool, error) {
	a, err := w.c.Client.ListResizeFlavors(ctx, ecs.FlavorQuery{InstanceUUID: w.server.ID})
	if err := w.saw(ctx, a, err, "an answer to the query for target flavors"); err != nil {
		return false, err
	}
	flavors, err := a.Flavors()
	if a.Status != 200 || err != nil {
		return false, w.broken(a, "list of target flavors", "", "the list of target flavors (200)", answer(a), Expected{})
	}
	for _, f := range flavors {
		if f.ID == flavor {
			return true, nil
		}
	}
	return false, nil
}

// pay settles the order that waits, so that its resize goes on.
func (w *walk) pay(ctx context.Context) error {
	if w.unpaid == nil || w.order == "" || w.c.Pay == nil {
		w.note("there is none")
		return nil
	}
	if w.state.Power != Stopped || w.state.Busy {
		return errSilent // what becomes of the resize of a server that was started meanwhile is not documented
	}
	if err := w.c.Pay(ctx, w.order); err != nil {
		return &Trouble{fmt.Errorf("order %s could not be paid: %w", w.order, err)}
	}
	w.orders = slices.DeleteFunc(w.orders, func(o string) bool { return o == w.order })
	k := *w.unpaid
	k.call, k.certain = w.now(), true
	w.unpaid, w.order, w.state.Unpaid = nil, "", false
	w.before, w.events, w.under = w.state, nil, []work{k}
	w.state.Busy = true
	return nil
}

// payAll settles what a sequence leaves unpaid: a server with an unpaid order is of no use to whoever leases it next. What cannot be paid its release tells.
func (w *walk) payAll(ctx context.Context) {
	for _, order := range w.orders {
		if w.c.Pay != nil && order != "" {
			_ = w.c.Pay(context.WithoutCancel(ctx), order)
		}
	}
}
