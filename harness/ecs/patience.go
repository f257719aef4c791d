package ecs

import (
	"context"
	"net/http"
	"slices"
	"time"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/pace"
)

// mostAttempts is how often a look is sent while the target is busy. With pauses that double from one second and end at two minutes that is ten minutes, twice the
// longest window of flow control that was seen (200 requests in 5 minutes).
const mostAttempts = 12

// patiently sends a call, and a patient one again while the target is busy. Only what reads is ever repeated: of what changes something a refusal says that nothing
// was done, but whether to ask anew is for those to say who know why it was asked for.
func (w *wire) patiently(ctx context.Context, c Call) (*Answer, error) {
	a, pause, err := w.once(ctx, c)
	sent := sentOf(a)
	for attempt := 2; w.repeats(c) && err == nil && a.Busy() && attempt <= mostAttempts; attempt++ {
		again := exchange.Again(ctx, journal.Retry{Of: sent[0].ID, Attempt: attempt, Why: a.Summary(), Pause: pause})
		next, rest, failed := w.once(again, c)
		if next == nil { // the time was up before it could be sent
			break
		}
		a, pause, err = next, rest, failed
		sent = append(sent, next.Sent...)
	}
	if a != nil {
		a.Sent = sent
	}
	return a, err
}

func sentOf(a *Answer) []*exchange.Exchange {
	if a == nil {
		return nil
	}
	return a.Sent
}

// repeats says whether a call may be sent again by itself.
func (w *wire) repeats(c Call) bool {
	return c.Patient && w.config.Pace != nil && c.reads() && !w.provokes(c)
}

// Withheld says that a request was not sent, because the time was up before the pace allowed it.
type Withheld struct {
	Operation Operation
	Err       error
}

func (e *Withheld) Error() string {
	name := string(e.Operation)
	if name == "" {
		name = "a request"
	}
	return name + " was not sent: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Withheld) Unwrap() error { return e.Err }

// reads says whether the call can change nothing.
func (c Call) reads() bool {
	switch c.Operation {
	case ShowJob, ShowServer, ListResizeFlavors:
		return c.Raw.Method == ""
	case Unnamed:
		return c.Raw.Method == http.MethodGet && !c.Raw.HasBody
	}
	return false
}

// provokes says whether the call is made to meet trouble.
func (w *wire) provokes(c Call) bool {
	return c.Credentials.Token != "" && slices.Contains(w.config.Provoking, c.Credentials.Token)
}

// tell tells the pace what came of a request, and returns how long the target is left alone.
func (w *wire) tell(turn *pace.Turn, c Call, a *Answer) time.Duration {
	switch {
	case a == nil || a.Exchange == nil || a.Status == 0 || w.provokes(c):
		return 0
	case a.FlowControlled():
		return turn.Refused(retryAfter(a.Header, time.Now()))
	case a.Busy() && c.reads(): // a change is not sent again, and a server that is busy with a command of ours asks nobody to wait but us
		return turn.Busy(retryAfter(a.Header, time.Now()))
	}
	turn.Passed()
	return 0
}
