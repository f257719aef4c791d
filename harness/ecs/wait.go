package ecs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/pace"
)

// History is what a wait saw: every change of what was watched, in order.
type History struct {
	Steps  []Step
	Polls  int
	Waited time.Duration
}

// Step is a status that was seen, from the first poll that saw it to the last one in a row.
type Step struct {
	Status   string
	Exchange int64         // id of the first exchange that showed it
	After    time.Duration // since the wait began
	Until    time.Duration // the last poll that showed it
}

// Statuses lists the statuses in the order in which they were seen, each once in a row.
func (h *History) Statuses() []string {
	all := make([]string, len(h.Steps))
	for i, s := range h.Steps {
		all[i] = s.Status
	}
	return all
}

func (h *History) saw(status string, exchange int64, after time.Duration) {
	if n := len(h.Steps); n > 0 && h.Steps[n-1].Status == status {
		h.Steps[n-1].Until = after
		return
	}
	h.Steps = append(h.Steps, Step{Status: status, Exchange: exchange, After: after, Until: after})
}

// WaitError says what was waited for in vain: how long, what was seen last, how many polls.
type WaitError struct {
	What    string // "job ff80… to end"
	Limit   string // name and value of the timeout, "" when the wait ended for another reason
	History History
	Reason  string // why the wait ended
	Cause   error
}

func (e *WaitError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "waited %s for %s; ", about(e.History.Waited), e.What)
	if n := len(e.History.Steps); n > 0 {
		last := e.History.Steps[n-1]
		fmt.Fprintf(&b, "last seen %s since %s into the wait", last.Status, about(last.After))
		if n > 1 {
			fmt.Fprintf(&b, " (before: %s)", strings.Join(e.History.Statuses()[:n-1], ", "))
		}
	} else {
		b.WriteString("nothing was seen of it")
	}
	plural := "s"
	if e.History.Polls == 1 {
		plural = ""
	}
	fmt.Fprintf(&b, ", %d poll%s", e.History.Polls, plural)
	if e.Reason != "" {
		b.WriteString("; " + e.Reason)
	}
	if e.Limit != "" {
		b.WriteString("; the limit is " + e.Limit)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *WaitError) Unwrap() error { return e.Cause }

func about(d time.Duration) time.Duration {
	if d >= time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}

// WaitOption changes one wait.
type WaitOption func(*wait)

// Within limits the wait instead of the timeout of its kind.
func Within(d time.Duration) WaitOption {
	return func(w *wait) { w.limit, w.limitName = d, "as the scenario asks" }
}

// ForPower, ForCreate and ForDelete say which kind of job is waited for: Timeouts.Power, Create or Delete is the limit instead of Timeouts.Job.
func ForPower() WaitOption {
	return func(w *wait) { w.limit, w.limitName = w.timeouts.Power, "Timeouts.Power" }
}

// ForCreate is for the job of createServers.
func ForCreate() WaitOption {
	return func(w *wait) { w.limit, w.limitName = w.timeouts.Create, "Timeouts.Create" }
}

// ForDelete is for the job of deleteServers.
func ForDelete() WaitOption {
	return func(w *wait) { w.limit, w.limitName = w.timeouts.Delete, "Timeouts.Delete" }
}

// Until ends a wait for a job at these statuses too, e.g. PENDING_PAYMENT, in which a job may stay for good.
func Until(statuses ...string) WaitOption {
	return func(w *wait) { w.until = append(w.until, statuses...) }
}

// EachPoll is called after every poll with what it saw, so that a scenario can look at something else at that moment. An error ends the wait.
func EachPoll(f func(ctx context.Context, status string) error) WaitOption {
	return func(w *wait) { w.each = f }
}

// EachAnswer is called with every whole answer of a wait, those that ask to come back later included, before anything is made of it.
func EachAnswer(f func(*Answer)) WaitOption {
	return func(w *wait) { w.answered = f }
}

// Tolerant goes on when a look is answered by a service that fails, a few times in a row: for setting servers right, on which no verdict rests.
func Tolerant() WaitOption {
	return func(w *wait) { w.tolerant = true }
}

// wait is one wait under way.
type wait struct {
	what      string
	limit     time.Duration
	limitName string
	timeouts  Timeouts
	until     []string
	each      func(context.Context, string) error
	answered  func(*Answer)
	tolerant  bool
	history   History
}

// transportRetries is how many polls in a row may fail without an answer of the service before the wait gives up: none came, or the gateway says that it did not
// reach it. Only reads are repeated so, never a request that changes something.
const transportRetries = 2

// tolerance is how many failures in a row a tolerant wait outlasts.
const tolerance = 5

// hintMax bounds what a server may ask for with Retry-After.
const hintMax = 2 * time.Minute

var errLimit = errors.New("the time is up")

// poll reads again and again until look is content. look says what it saw ("" for nothing) and whether that is the end.
func (w *wait) poll(parent context.Context, read func(context.Context) (*Answer, error), look func(*Answer) (seen string, done bool, err error)) error {
	start := time.Now()
	ctx, cancel := context.WithTimeoutCause(parent, w.limit, errLimit)
	defer cancel()
	give := func(reason string, cause error) error {
		w.history.Waited = time.Since(start)
		e := &WaitError{What: w.what, History: w.history, Reason: reason, Cause: cause}
		switch {
		case parent.Err() != nil:
			e.Reason, e.Cause = "given up because "+context.Cause(parent).Error(), context.Cause(parent)
		case ctx.Err() != nil:
			e.Cause, e.Limit = context.DeadlineExceeded, fmt.Sprintf("%s (%s)", w.limit, w.limitName)
		}
		return e
	}
	pause, lost := w.timeouts.Poll, 0
	var repeated *journal.Retry // what the next read repeats
	for {
		reading := ctx
		if repeated != nil {
			reading = exchange.Again(ctx, *repeated)
		}
		answer, err := read(reading)
		w.history.Polls++
		if err == nil && w.answered != nil {
			w.answered(answer)
		}
		var hint time.Duration
		toldNothing := true
		switch {
		case err != nil:
			var (
				inexpressible *NotExpressible
				broken        *driver.Failure
			)
			if lost++; lost > transportRetries || ctx.Err() != nil || answer == nil || errors.As(err, &inexpressible) || errors.As(err, &broken) {
				return give(err.Error(), err)
			}
		case answer.Busy():
			lost, hint = 0, max(retryAfter(answer.Header, time.Now()), pause)
		case answer.lost() && lost < transportRetries, w.tolerant && answer.Status >= 500 && lost < tolerance:
			lost++
		default:
			lost, toldNothing = 0, false
			seen, done, err := look(answer)
			if seen != "" {
				w.history.saw(seen, answer.ID, time.Since(start))
			}
			if err == nil && w.each != nil {
				err = w.each(ctx, seen)
			}
			if err != nil {
				return give(err.Error(), err)
			}
			if done {
				w.history.Waited = time.Since(start)
				return nil
			}
		}
		repeated = again(repeated, answer, toldNothing, max(pause, hint))
		if err := pace.Sleep(ctx, max(pause, hint)); err != nil {
			reason := ""
			if hint > 0 {
				reason = fmt.Sprintf("the last answer was %s, to be repeated after %s", answer.Summary(), about(max(pause, hint)))
			}
			return give(reason, err)
		}
		pause = min(pause*3/2, w.timeouts.PollMax)
	}
}

// again marks the next read as a repetition of the last one, if that told nothing.
func again(last *journal.Retry, a *Answer, toldNothing bool, pause time.Duration) *journal.Retry {
	if !toldNothing || a == nil || a.Exchange == nil {
		return nil
	}
	r := &journal.Retry{Of: a.ID, Attempt: 2, Why: a.Summary(), Pause: pause}
	if last != nil {
		r.Of, r.Attempt = last.Of, last.Attempt+1
	}
	return r
}

// retryAfter reads the header of that name: seconds or a date. 0 when it is missing or cannot be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(time.Duration(max(0, min(seconds, int(hintMax/time.Second))))*time.Second, hintMax)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, at.Sub(now)), hintMax)
	}
	return 0
}
