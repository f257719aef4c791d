package suites

import (
	"context"
	"errors"
	"fmt"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
)

// unheard ends a scenario about clients where a call did not come to the point of telling anything.
func (x *Exercise) unheard(ctx context.Context, a *ecs.Answer, err error) {
	var (
		unsent   *ecs.Unsent
		failure  *exchange.Failure
		breaking *driver.Failure
	)
	switch {
	case err == nil, errors.As(err, &unsent), errors.As(err, &failure) && a != nil && a.Told != nil:
		return
	case x.neverCameBack(ctx, a, err):
		x.noAnswer(a, err)
	case errors.As(err, &breaking):
		x.end(journal.Blocked, err.Error(), nil)
	}
	x.unanswered(ctx, a, err, "the client under test to make its call")
}

// neverCameBack says whether a client made no end of a call that it had begun. Where a driver is silent, that is its client's doing when it sent its request and heeds
// a time limit by its own account.
func (x *Exercise) neverCameBack(ctx context.Context, a *ecs.Answer, err error) bool {
	if err == nil || ctx.Err() != nil || a == nil || a.Asked == nil || a.Told != nil {
		return false
	}
	var breaking *driver.Failure
	return !errors.As(err, &breaking) || breaking.Cause == driver.Silent && len(a.Sent) > 0 && x.env.Target.Under.Driver.Hello().Timeout
}

// noAnswer is a call that the client never came back from: it was told how long it may take and given much longer.
func (x *Exercise) noAnswer(a *ecs.Answer, err error) {
	x.Fail(Place{Exchange: a.Exchange, Steps: storyOf(a)}, fmt.Sprintf("the call to end within the %v that the client was given for it", a.Asked.Timeout()), err.Error())
}

// metAll ends a scenario in which the client never met what was planned. Where it sent something else than it was asked for, that is why.
func (x *Exercise) metAll(c *Called) {
	missed := c.Account.NotMet()
	if missed == "" {
		return
	}
	for _, b := range c.Conduct {
		if b.Distorts {
			x.NotTestable((&Distorted{b}).Error() + "; " + missed)
		}
	}
	x.NotTestable(missed + ", and told its user " + told(c.Answer))
}
