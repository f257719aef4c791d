package suites

import (
	"context"
	"fmt"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/pace"
)

// mostTries is how often a scenario is begun that flow control keeps from coming to a verdict. The pauses between, which double from one second and are two minutes at
// most, come to six minutes: more than the longest window of flow control that was seen (200 requests in 5 minutes), so that not all tries fall into one that is full.
const mostTries = 10

// beforeTry is how long to wait before a scenario is begun for the nth time, n being 2 at least. What was let through meanwhile, as looks may be, does not shorten it: flow
// control may count each operation by itself.
func (e *Env) beforeTry(n int) time.Duration {
	first := min(e.Target.Timeouts.Poll, pace.DefaultPause) // like the pause of a look
	return min(first<<(n-2), pace.DefaultMaxPause)
}

// untilHeard carries the body out, and begins the scenario anew when flow control stood in its way. A resize that was refused as one too many is not sent again: its
// servers are given back, the target is left alone, longer each time, and the promise is put to the test from the beginning. A verdict is never tried again.
func (x *Exercise) untilHeard(ctx context.Context) outcome {
	for try := 1; ; try++ {
		o := x.carryOutInTime(ctx)
		if !o.throttled || try == x.env.tries() || ctx.Err() != nil {
			return o
		}
		x.Note("begun anew, in try %d of %d: %s", try+1, x.env.tries(), o.reason)
		x.release(ctx)
		x.mu.Lock()
		x.cases = nil
		x.mu.Unlock()
		if pace.Sleep(ctx, x.env.beforeTry(try+1)) != nil {
			return o
		}
	}
}

func (x *Exercise) carryOutInTime(ctx context.Context) outcome {
	ctx, cancel := context.WithTimeout(ctx, x.env.timeoutOf(x.scenario))
	defer cancel()
	return x.carryOut(ctx)
}

// tries is how often a scenario is begun at most. The embedded emulator throttles nobody who does not ask for it, and what a client under test did can't be undone.
func (e *Env) tries() int {
	if e.Target.Embedded || e.Target.Under != nil {
		return 1
	}
	return mostTries
}

// allTriesOf is how long a scenario may take, those times included at which it is begun anew.
func (e *Env) allTriesOf(s Scenario) time.Duration {
	takes := e.timeoutOf(s)
	for try := 2; try <= e.tries(); try++ {
		takes += e.cleanupTimeout() + e.beforeTry(try) + e.timeoutOf(s)
	}
	return takes
}

// failures is how often in a row a look must fail to be held against the target.
const failures = 3

// well ends a scenario whose look at something was answered by a service that fails for a moment: of the promise at hand nothing is known then. A look that fails again
// and again is the target's own way to answer it, and is judged like any other. What a later look shows counts for nothing else.
func (x *Exercise) well(a *ecs.Answer, again func() (*ecs.Answer, error)) {
	for range failures - 1 {
		if a.Status < 500 {
			return
		}
		if b, err := again(); err == nil && b.Status < 500 {
			x.end(journal.Blocked, fmt.Sprintf("the target failed for a moment when it was looked at: %s was answered %s (exchange %d), and then %s; run again when the service is well",
				a.Operation, describe(a), a.ID, describe(b)), nil)
		}
	}
}

// The codes of requests that the project or the account cannot have now, whatever the server thinks of them.
const (
	quotaExhausted = "Ecs.0001"
	noOrder        = "Ecs.7000" // of the balance, of an order that waits for payment, of one under way
)

// affordable ends a scenario that asks for more than the project may have, or for an order that the account cannot place: an earlier run, or somebody else, may have
// left one that waits for payment.
func (x *Exercise) affordable(a *ecs.Answer) {
	switch {
	case a.HasCode(quotaExhausted):
		x.NotTestable(fmt.Sprintf("the quota of the project does not allow what the scenario asks for (%s, exchange %d); have it raised, or name smaller flavors", describe(a), a.ID))
	case a.HasCode(noOrder):
		x.NotTestable(fmt.Sprintf("no order can be placed for the server now (%s, exchange %d): is the balance enough, and does an earlier order wait for payment? Pay or cancel it where "+
			"orders are kept", describe(a), a.ID))
	}
}
