package suites

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
)

// outcome is what became of one scenario. It is decided in this file only.
type outcome struct {
	verdict journal.Verdict
	reason  string
	finding *journal.Finding

	throttled bool // flow control stood in the way: nothing is known of the promise, and it can be put to the test anew
}

// stop ends a scenario's body; conclude turns it into the outcome. It is a panic value, so that an assertion deep in a body needs no return path.
type stop struct{ outcome }

// end leaves the scenario's body with an outcome.
func (x *Exercise) end(v journal.Verdict, reason string, f *journal.Finding) {
	panic(stop{outcome{verdict: v, reason: reason, finding: f}})
}

// conclude decides the outcome from how the body came to its end and from what was sent while it ran:
//
//	the harness sent a request that breaks the contract and did not say so,   HARNESS_ERROR, whatever else was seen:
//	or said so of one that does not, or panicked                              no verdict can rest on it
//	the run was interrupted                                                   BLOCKED
//	an assertion failed                                                       FAIL, or WARN where the requirement is no MUST
//	set-up failed                                                             BLOCKED
//	what is needed is not declared, or is declared and cannot be had          NOT_APPLICABLE, NOT_TESTABLE
//	otherwise                                                                 PASS
func (x *Exercise) conclude(ctx context.Context, recovered any) outcome {
	o := outcome{verdict: journal.Pass}
	switch r := recovered.(type) {
	case nil:
	case stop:
		o = r.outcome
	default:
		o = outcome{verdict: journal.HarnessError, reason: fmt.Sprintf("the scenario panicked: %v\n%s", r, ownFrames(debug.Stack()))}
	}
	if o.verdict == journal.HarnessError {
		return o
	}
	if bad := x.scope.Undeclared(); len(bad) > 0 {
		v := bad[0]
		return outcome{
			verdict: journal.HarnessError,
			reason:  fmt.Sprintf("the harness sent a request that breaks %s without declaring it malformed", orUnnamed(v.Requirement)),
			finding: &journal.Finding{Wanted: v.Wanted, Got: v.Got, Pointer: v.Pointer, SpecPointer: v.SpecPointer, SpecLine: v.SpecLine, SpecText: v.SpecText, Count: len(bad)},
		}
	}
	if valid := x.scope.NotMalformed(); len(valid) > 0 {
		return outcome{
			verdict: journal.HarnessError,
			reason:  "a request that the harness declared malformed keeps the contract",
			finding: &journal.Finding{Wanted: "a request that breaks the contract: " + valid[0].Why, Got: "a valid request", Exchange: valid[0].Exchange, Count: len(valid)},
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) && o.verdict != journal.Pass {
		return outcome{verdict: journal.Blocked, reason: "the run was interrupted: " + o.reason}
	}
	if o.verdict == journal.Fail && x.scenario.Requirement.Level != journal.Must {
		o.verdict = journal.Warn
	}
	return x.ofClient(o)
}

func orUnnamed(requirement string) string {
	if requirement == "" {
		return "the contract"
	}
	return requirement
}

// setUp ends the scenario when something that is no part of the promise could not be had.
func (x *Exercise) setUp(what string, err error) {
	var (
		notOffered  *fixture.NotOffered
		unavailable *fixture.Unavailable
	)
	x.unlessWithheld(err)
	switch {
	case errors.As(err, &notOffered):
		x.end(journal.NotApplicable, notOffered.Error(), nil)
	case errors.As(err, &unavailable):
		x.end(journal.NotTestable, unavailable.Error(), nil)
	default:
		x.end(journal.Blocked, fmt.Sprintf("%s: %v", what, err), nil)
	}
}

// unlessWithheld ends the scenario when an error says that the run may not send what it takes: that is nobody's fault.
func (x *Exercise) unlessWithheld(err error) {
	var w *exchange.Withheld
	switch {
	case !errors.As(err, &w):
	case w.Spent:
		x.NotTestable(w.Why)
	default:
		x.NotApplicable(w.Why)
	}
}

// Preparing does what is no part of the promise: where the target fails in it, nothing is known about the promise.
func (x *Exercise) Preparing(what string, do func()) {
	defer func() {
		r := recover()
		if s, isStop := r.(stop); isStop && s.verdict == journal.Fail {
			x.end(journal.Blocked, what+": "+s.reason, s.finding)
		}
		if r != nil {
			panic(r)
		}
	}()
	do()
}

// NotApplicable ends the scenario because the promise says nothing about this target; reason is one sentence.
func (x *Exercise) NotApplicable(reason string) { x.end(journal.NotApplicable, reason, nil) }

// NotTestable ends the scenario because something that the target declares, or ought to have, cannot be had.
func (x *Exercise) NotTestable(reason string) { x.end(journal.NotTestable, reason, nil) }

// Place says where in an answer something was seen.
type Place struct {
	Exchange *exchange.Exchange // nil when no exchange shows it
	Pointer  string             // JSON pointer into the answer's body, or the name of a header
	In       string             // "request" where Pointer is into the request
	Steps    []journal.Step     // that led there, where the exchange alone does not tell
	Way      string             // in which the promise is broken, where what was seen of that is a matter of moments (journal.Way); "" where it is not
}

// Fail ends the scenario: the target does not keep the promise.
func (x *Exercise) Fail(at Place, wanted, got string) {
	f := &journal.Finding{Wanted: wanted, Got: got, Pointer: at.Pointer, In: at.In, Steps: at.Steps, Way: at.Way, SpecLine: x.specLine()}
	if at.Exchange != nil {
		f.Exchange = at.Exchange.ID
	}
	x.end(journal.Fail, fmt.Sprintf("wanted %s; got %s%s", wanted, got, x.asserted()), f)
}

// specLine is where the promise stands.
func (x *Exercise) specLine() string {
	r := x.scenario.Requirement
	return fmt.Sprintf("%s:%d", r.File, r.Line)
}

// asserted names the line of the scenario that is being carried out, so that a body with several assertions tells which one it was.
func (x *Exercise) asserted() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if repositoryPath(f.File) == x.scenario.File {
			return fmt.Sprintf(" (%s:%d)", x.scenario.File, f.Line)
		}
		if !more {
			return ""
		}
	}
}

// ownFrames keeps the lines of a stack that name this module's files.
func ownFrames(stack []byte) string {
	var kept []string
	for line := range strings.Lines(string(stack)) {
		if strings.Contains(line, "/suites/") || strings.Contains(line, "/harness/") {
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	return strings.Join(kept, "\n")
}
