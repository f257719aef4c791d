package suites

import (
	"context"
	"fmt"
	"time"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/proxy"
	"resize-conformance/harness/target"
)

// clientFaults is what a client does when something goes wrong on the way.
func clientFaults(w *writer) {
	clientRepeats(w)
	clientConnections(w)
	clientBodies(w)
	clientCertificates(w)
}

// meeting is a script in which the resize meets an act, as often as it is sent.
func (x *Exercise) meeting(act director.Act) []director.Step {
	return []director.Step{{Operation: x.resizeOperation(), Act: act}, {Operation: x.resizeOperation(), Nth: 2, Onwards: true, Spare: true, Act: act}}
}

// mostConnections is how many connections of a call meet a fault that comes before its request, should the client make that many.
const mostConnections = 16

// unread is a script in which connections are reset before anything is read.
func unread() []director.Step {
	var steps []director.Step
	for n := range mostConnections {
		steps = append(steps, director.Step{Connection: n + 1, Spare: n > 0, Act: director.ResetUnread()})
	}
	return steps
}

// clientConnections is what a client does when the connection breaks, or nothing comes over it.
func clientConnections(w *writer) {
	w.scenario("RSZ-CLIENT-206", "a lost connection is an error", func(ctx context.Context, x *Exercise) {
		told := func(fault string, c *Called) {
			x.Tells(c, "an error when the connection was "+fault, c.Told.Error != nil)
		}
		x.together(
			func() {
				refuses := target.Stage{Opened: func(p *proxy.Port) { _ = p.StopListening() }}
				told("refused", x.CallOnStage(ctx, nil, refuses, x.resizing(ecs.Grace(x.grace()))))
			},
			func() {
				told("reset before the request was read", x.Call(ctx, unread(), x.resizing(ecs.Grace(x.grace()))))
			},
			func() { told("reset after the request was read", x.faulty(ctx, director.Reset())) },
			func() { told("closed without an answer", x.faulty(ctx, director.Close())) },
			func() { told("half-closed without an answer", x.faulty(ctx, director.HalfClose())) },
		)
	})
	// A body that comes byte by byte never lets a client wait long for the next one, and would take twice as long as it is waited for.
	w.scenario("RSZ-CLIENT-207", "a call ends when its time is up", func(ctx context.Context, x *Exercise) {
		pieces := 40
		late := func(what string, act director.Act) {
			c := x.Call(ctx, x.meeting(act), x.resizing(ecs.Timeout(x.patience()), ecs.Grace(x.grace())))
			x.Tells(c, "an error when "+what+" within the time of the call", c.Told.Error != nil)
		}
		x.together(
			func() { late("no answer came", director.Stall()) },
			func() { late("only a part of the answer came", director.StallInBody(jobMade())) },
			func() {
				late("the answer came too slowly", director.SlowBody(pieces, 2*(x.patience()+x.grace())/time.Duration(pieces), jobMade()))
			},
		)
	})
	w.scenario("RSZ-CLIENT-211", "an answer that comes slowly, but in time, is told", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		const pieces = 4
		pause := x.patience() / 2 / pieces
		slow := func(what string, act director.Act) {
			c := x.Call(ctx, x.answeredBy(act), x.resizing(ecs.Given(4*x.patience()), ecs.Grace(x.grace())))
			x.Tells(c, fmt.Sprintf("job %s, whose answer had a slow %s and was whole after %v, to be told: the time was %v", someJob, what, x.patience()/2, 4*x.patience()),
				c.Told.Result != nil && is(c.Told.Result.JobID, someJob))
		}
		x.together(
			func() { slow("header", director.SlowHeader(pieces, pause, jobMade())) },
			func() { slow("body", director.SlowBody(pieces, pause, jobMade())) },
		)
	})
	w.scenario("RSZ-CLIENT-213", "whether a client works after a fault", func(ctx context.Context, x *Exercise) {
		x.faulty(ctx, director.Reset())
		c := x.Call(ctx, x.answering(jobMade()), x.resizing())
		x.Note("after a connection that was reset, the next call was told: %s", told(c.Answer))
	})
}

// answeredBy is a script in which the first resize meets an act.
func (x *Exercise) answeredBy(act director.Act) []director.Step {
	return director.InOrder(x.resizeOperation(), act)
}

// faulty has the client resize and meet a fault, however often it tries.
func (x *Exercise) faulty(ctx context.Context, act director.Act) *Called {
	return x.Call(ctx, x.meeting(act), x.resizing(ecs.Grace(x.grace())))
}

// clientBodies is what a client makes of an answer that does not end where it says that it does.
func clientBodies(w *writer) {
	// The body of the first is whole: the client may be able to read it, and can still not know that nothing is missing.
	w.scenario("RSZ-CLIENT-208", "an answer that is too short is an error", func(ctx context.Context, x *Exercise) {
		for _, act := range []director.Act{director.Short(jobMade()), director.CutOff(jobMade())} {
			c := x.faulty(ctx, act)
			x.Tells(c, fmt.Sprintf("an error for an answer that is %s", act.Name), c.Told.Error != nil)
		}
	})
	// A client that finds the surplus and gives the connection up has taken it for nothing. One that cannot read the answer has taken it for a part.
	w.scenario("RSZ-CLIENT-209", "what follows an answer is no part of it", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		const other = `{"job_id":"ff80808288d41e1b0189902609559999"}`
		for _, surplus := range []string{other, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(other), other)} {
			c := x.Call(ctx, x.answeredBy(director.Long(surplus, jobMade())), x.resizing(ecs.Grace(x.grace())))
			e := c.Told.Error
			x.Tells(c, fmt.Sprintf("job %s to be told, which the answer is about, or that the connection is not in order", someJob),
				e == nil && is(c.Told.Result.JobID, someJob) || e != nil && e.Kind != driver.DecodeError)
		}
	})
	w.scenario("RSZ-CLIENT-210", "an answer whose chunks do not end is an error", func(ctx context.Context, x *Exercise) {
		for _, act := range []director.Act{director.ChunkLost(jobMade()), director.BadChunk(jobMade())} {
			c := x.faulty(ctx, act)
			x.Tells(c, fmt.Sprintf("an error for an answer in chunks, %s", act.Name), c.Told.Error != nil)
		}
	})
}
