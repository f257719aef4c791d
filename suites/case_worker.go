package suites

import (
	"context"
	"fmt"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/pace"
)

// caseWorker sends its part of the cases, one after the other, to a server of its own.
type caseWorker struct {
	*caseRun
	server *fixture.Server // nil where the requests are to none
	sent   []int           // to this server, and answered: they must have left it as it was
	passed bool            // this server has passed a dry run of which no source says how it is answered
	mute   int             // cases in a row that got no answer
}

// work sends first what is to leave the server as it was, looks whether it did, and then sends what is to be accepted.
func (w *caseWorker) work(ctx context.Context, mine []int) {
	for _, i := range mine {
		if w.list[i].Expect != cases.Accept {
			w.one(ctx, i)
		}
	}
	w.settle(ctx)
	for _, i := range mine {
		if w.list[i].Expect == cases.Accept {
			w.one(ctx, i)
		}
	}
}

func (w *caseWorker) one(ctx context.Context, i int) {
	o, a := w.send(ctx, w.list[i], w.server)
	if !o.decided() { // the run is being interrupted, or another worker has ended it
		return
	}
	w.give(i, o)
	if w.mute++; o.exchange == 0 || a != nil && a.Status > 0 {
		w.mute = 0
	}
	if w.mute > 1 { // one answer missing may be the case's doing; of a target that is gone each further one would cost a timeout
		w.x.end(o.verdict, o.reason, o.finding)
	}
	if w.server == nil {
		return
	}
	if w.list[i].Expect == cases.Sanity && w.list[i].DryRun() && a != nil && a.Accepted() && Text(a, "/job_id") == "" {
		w.passed = true // that a dry run changes nothing is a promise of its own
		return
	}
	w.sent = append(w.sent, i)
	if carriedOut(w.list[i], a) {
		w.renew(ctx)
	}
}

// carriedOut says that a resize was accepted which is no dry run, rightly or not: what its server shows from now on says nothing about other cases. One that was
// to be accepted is none where the edition has no dry run.
func carriedOut(c cases.Case, a *ecs.Answer) bool {
	if a == nil || !a.Accepted() || c.Method == "GET" {
		return false
	}
	return c.Expect != cases.Accept || !c.DryRun() && ofResize(c.Operation)
}

// ofResize says whether an operation is one of the two versions of the resize.
func ofResize(operation string) bool {
	return operation == string(ecs.ResizeServer) || operation == string(ecs.ResizePostPaidServer)
}

// renew goes on with another server, or with the same one restored where there is no other.
func (w *caseWorker) renew(ctx context.Context) {
	w.x.GiveBack(ctx, w.server)
	w.server, w.sent, w.passed = w.x.server(ctx, fixture.Stopped), nil, false
}

// settle looks whether the server is as it was. When it is not, the cases are sent once more, each to a fresh server, to find the one that did it; that a case does
// nothing when it is sent alone takes nothing back: the server was changed.
func (w *caseWorker) settle(ctx context.Context) {
	if len(w.sent) == 0 || ctx.Err() != nil {
		return
	}
	changed := w.look(ctx, 2)
	if changed.verdict == journal.Pass {
		w.sent = nil
		return
	}
	sent, passed := w.sent, w.passed
	found := false
	for _, i := range sent {
		w.renew(ctx)
		_, a := w.send(ctx, w.list[i], w.server)
		if a == nil || a.Accepted() {
			continue
		}
		if alone := w.look(ctx, patience); alone.verdict == journal.Fail {
			found = true
			o := w.results[i]
			o.outcome = alone
			o.reason = fmt.Sprintf("it is answered %s, and yet %s", describe(a), alone.reason)
			w.give(i, o)
		}
	}
	w.renew(ctx)
	if !found && !passed {
		w.x.end(changed.verdict, fmt.Sprintf("%s, after %s, none of which does it alone", changed.reason, w.titles(sent)), changed.finding)
	}
}

// patience is how many looks at a server are taken that is known to be changed by one of some cases: the pauses between them come to that of a dozen polls.
const patience = 6

// look looks at the server until it is seen changed, but no more often than that. What a target begins although it refuses shows only when its job gets to it.
func (w *caseWorker) look(ctx context.Context, often int) (o outcome) {
	pause := w.x.env.Target.Timeouts.Poll
	for n := range often {
		if n > 0 {
			_ = pace.Sleep(ctx, pause) // when ctx ends, the look says so
			pause = pause * 3 / 2
		}
		if o = w.x.attempt(func() { w.x.Unchanged(ctx, w.server) }); o.verdict != journal.Pass {
			return o
		}
	}
	return o
}

// titles names a few cases.
func (r *caseRun) titles(list []int) string {
	const most = 3
	text := ""
	for n, i := range list {
		if n == most {
			return fmt.Sprintf("%s and %d more", text, len(list)-most)
		}
		if n > 0 {
			text += ", "
		}
		text += r.list[i].Title
	}
	return text
}
