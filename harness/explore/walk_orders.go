package explore

import (
	"context"
	"fmt"
	"slices"

	"resize-conformance/harness/ecs"
)

// listed lists the target flavors, which changes nothing.
func (w *walk) listed(ctx context.Context) error {
	if _, err := w.lists(ctx, ""); err != nil {
		return err
	}
	return w.look(ctx)
}

// lists says whether the target's own list has a flavor for the server as it is now.
func (w *walk) lists(ctx context.Context, flavor string) (bool, error) {
	if w.c.Offers.NoList {
		return false, nil
	}
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
