package suites

import (
	"context"
	"slices"
	"time"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// withStopServer is the one documented value of mode.
const withStopServer = "withStopServer"

// state is what the state of the server has to do with a resize of it.
func state(w *writer) {
	// The control of every other scenario here: where this fails, a rejection below says nothing.
	w.scenario("RSZ-STATE-001", "a stopped server is resized", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.CarriedOut(ctx, x.good(s))
	})
	// The very same request is sent again when the server has been stopped: only its state differs. A dry run could not tell, it need not look at the state.
	w.scenario("RSZ-STATE-002", "a running server is not resized without mode", func(ctx context.Context, x *Exercise) {
		s := x.rejectsInState(ctx, fixture.Running)
		x.Preparing("stopping the server", func() { x.Stop(ctx, s) })
		x.Control(ctx, x.good(s))
	})
	w.takes(fixture.Stopped, fixture.Stopped)
	// Stopping alone, or resizing without starting again, is half of what was asked for; the end state shows all three.
	w.scenario("RSZ-STATE-003", "mode withStopServer stops a running server, resizes it and starts it again", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Running)
		r := x.good(s)
		r.what.Mode = withStopServer
		x.CarriedOut(ctx, r)
		_, after := x.Show(ctx, s.ID)
		x.Expect(after, serverStatus, gomega.Equal(statusActive), "the server to run again")
	})
	// One widely used client sends mode with every resize, whatever the state and the edition.
	w.scenario("RSZ-STATE-004", "mode withStopServer does not break the resize of a stopped server", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		r := x.good(s)
		r.what.Mode = withStopServer
		x.CarriedOut(ctx, r)
	})
	w.scenario("RSZ-STATE-007", "a locked server is not resized", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.Locked)
	})
	w.scenario("RSZ-STATE-008", "a frozen server is not resized", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.Frozen)
	})
	w.scenario("RSZ-STATE-009", "a stopped server is stopped again after its resize", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.CarriedOut(ctx, x.good(s))
		_, after := x.Show(ctx, s.ID)
		x.Expect(after, serverStatus, gomega.Equal(statusShutoff), "the server stopped, as it was")
		x.Expect(after, serverTask, isNothing(), "nothing under way any more")
	})
	// States pass too fast to see every one of them; whichever is seen must be a row of the documented table.
	w.scenario("RSZ-STATE-011", "during a resize the server is seen only in documented states", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		job := x.AcceptedAsJob(x.Resize(ctx, x.good(s)))
		x.InDocumentedState(x.Show(ctx, s.ID))
		x.AwaitEnd(ctx, job, func(*ecs.Answer) { x.InDocumentedState(x.Show(ctx, s.ID)) })
		x.InDocumentedState(x.Show(ctx, s.ID))
	})
}

// rejectsInState asserts that what a stopped server is granted is refused to one in another state. The twin is real and goes to a plain server, because a dry run need
// not look at the state.
//
// What a target begins although it refuses shows only when its job gets to it. By the time that the twin's job, which began later, has come to its end, it does; how that
// job ends is no business of this promise.
func (x *Exercise) rejectsInState(ctx context.Context, in fixture.State) *fixture.Server {
	s, plain := x.Server(ctx, in), x.Server(ctx, fixture.Stopped)
	accepted := x.MustReject(ctx, s, x.good(plain), x.good(s))
	if job, _ := accepted.JobID(); job != "" {
		began := time.Now()
		_, _ = x.poll(ctx, job, nil)
		if in == fixture.Running { // it would have to be stopped first and started afterwards, which takes about as long again
			_, _ = x.client().WaitForServer(ctx, s.ID, []string{statusResize}, ecs.Within(time.Since(began)))
		}
		x.Unchanged(ctx, s)
	}
	return s
}

// InDocumentedState asserts that status, vm_state and task_state stand together in a row of the contract's table. Case is no difference, and null, absent and empty are
// the same task_state: the sources disagree on both.
func (x *Exercise) InDocumentedState(s *ecs.Server, shown *ecs.Answer) {
	for _, row := range x.env.Target.Contract.ServerStates() {
		if row.Status == s.Status && slices.Contains(row.VMStates, s.VMState) && slices.Contains(row.TaskStates, s.TaskState) {
			return
		}
	}
	x.Fail(at(shown, serverStatus), "status, vm_state and task_state of one row of the documented table", s.State())
}
