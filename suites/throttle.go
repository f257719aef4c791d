package suites

import (
	"context"
	"time"
)

// mostTries is how often a scenario is begun that flow control keeps from coming to a verdict.
const mostTries = 4

// untilHeard carries the body out, and begins the scenario anew when flow control stood in its way. A resize that was refused as one too many is not sent again: its
// servers are given back, the target is left alone as long as it asks for, and the promise is put to the test from the beginning. A verdict is never tried again.
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
	n := time.Duration(e.tries())
	return n*e.timeoutOf(s) + (n-1)*e.cleanupTimeout()
}
