package explore

import (
	"context"
	"fmt"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

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
