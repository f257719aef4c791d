package explore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"resize-conformance/harness/ecs"
)

// look asks for the server and compares it with what is known. While something is under way what was seen is kept for the history.
func (w *walk) look(ctx context.Context) error {
	a, s, err := w.show(ctx)
	if err != nil {
		return err
	}
	if w.state.Busy {
		w.events = append(w.events, looked(a, s, w.began))
		return nil
	}
	return w.compare(a, s)
}

// looked is a look at the server in a history.
func looked(a *ecs.Answer, s *ecs.Server, began time.Time) Event {
	at := a.Start.Sub(began)
	return Event{Kind: Looked, Flavor: s.FlavorID, Status: s.Status, Call: at, Return: at + a.Duration}
}

func (w *walk) show(ctx context.Context) (*ecs.Answer, *ecs.Server, error) {
	a, err := w.c.Client.ShowServer(ctx, w.server.ID)
	if err := w.saw(ctx, a, err, "showServer to tell the server's state"); err != nil {
		return nil, nil, err
	}
	s, err := a.Server()
	if a.Status != 200 || err != nil {
		return nil, nil, w.broken(a, "server", "", "the details of the server (200)", answer(a), Expected{})
	}
	return a, s, nil
}

// compare asserts that a server at rest is as it is known to be.
func (w *walk) compare(a *ecs.Answer, s *ecs.Server) error {
	if s.FlavorID != w.state.Flavor {
		return w.broken(a, "flavor", "/server/flavor/id", fmt.Sprintf("the server to have flavor %s", w.state.Flavor), s.FlavorID, Expected{})
	}
	if w.state.Power != Unsure && s.Status != string(w.state.Power) {
		return w.broken(a, "status", "/server/status", fmt.Sprintf("the server to be %s", w.state.Power), s.State(), Expected{})
	}
	return nil
}

// settle waits until everything that is under way has come to its end, and compares.
func (w *walk) settle(ctx context.Context) error {
	if len(w.under) == 0 {
		return nil
	}
	one := len(w.under) == 1
	var last Event
	for _, k := range w.under {
		e, err := w.await(ctx, k, one)
		if err != nil {
			return err
		}
		w.events, last = append(w.events, e), e
	}
	k := w.under[0]
	w.under, w.state.Busy, w.state.Moving = nil, false, false
	if !one {
		return w.explain(ctx)
	}
	looked := len(w.events) > 1 // while it was under way
	if err := w.after(ctx, k, last.Done); err != nil || !looked {
		return err
	}
	return w.explain(ctx)
}

// await waits for the end of a job. alone: nothing else was under way, so that a job which had to succeed can be held to it.
func (w *walk) await(ctx context.Context, k work, alone bool) (Event, error) {
	e := Event{Kind: k.kind, Flavor: k.ask.Flavor, Mode: k.ask.Mode, Call: k.call}
	limit := ecs.Within(w.c.Client.Timeouts().Job)
	if k.kind != Resized {
		limit = ecs.ForPower()
	}
	h, after, before, err := awaited(ctx, w.c.Client, k.job, limit)
	e.Call, e.Return = max(e.Call, after.Sub(w.began)), before.Sub(w.began)
	if failed := w.saw(ctx, h.Answer, err, "job "+k.job+" to come to an end"); failed != nil {
		return e, failed
	}
	w.ended = append(w.ended, ended{k.job, h.Job.Status})
	if e.Done = h.Job.Status == ecs.JobSuccess; e.Done || !alone {
		return e, nil
	}
	wanted := fmt.Sprintf("job %s of the %s to succeed", k.job, k.kind)
	got := fmt.Sprintf("%s with error_code %q", h.Job.Status, h.Job.ErrorCode)
	certain := k.certain
	if k.kind == Resized && !certain && w.c.Model.Resize(w.before, k.ask).IfListed {
		w.state.Busy = false
		listed, err := w.lists(ctx, k.ask.Flavor)
		if err != nil {
			return e, err
		}
		certain = listed
	}
	if certain {
		return e, w.broken(h.Answer, "job of "+string(k.kind), "/status", wanted, got, Expected{})
	}
	return e, nil
}

// awaited waits for the end of a job. Between the two times it ended: the last look that saw it go on was sent at the first of them, and the look that saw its end
// had come back at the second. The first is the zero time when there was no such look.
func awaited(ctx context.Context, c *ecs.Client, job string, o ...ecs.WaitOption) (h *ecs.JobHistory, after, before time.Time, err error) {
	h, err = c.WaitForJob(ctx, job, append(o, ecs.EachAnswer(func(a *ecs.Answer) {
		before = a.Start.Add(a.Duration)
		if j, err := a.Job(); err == nil && a.Status == 200 && !j.Terminal() {
			after = a.Start
		}
	}))...)
	return h, after, before, err
}

// after says what one operation by itself has made of the server.
func (w *walk) after(ctx context.Context, k work, succeeded bool) error {
	if succeeded {
		switch k.kind {
		case Starts:
			w.state.Power = Running
		case Stops:
			w.state.Power = Stopped
		case Resized:
			w.state.Flavor = k.ask.Flavor
			if !k.ask.Mode || w.before.Power != Running {
				w.state.Power = Unsure // that it stays stopped is a SHOULD
			}
		}
	} else if !k.certain {
		w.state.Power = Unsure // it may have been stopped for nothing
	}
	a, s, err := w.show(ctx)
	if err != nil {
		return err
	}
	if w.state.Power == Unsure || s.Status == string(w.state.Power) {
		// The flavor is there when the job says so (RSZ-JOB-010); the last status on the way may be seen a little longer.
		if err := w.compare(a, s); err != nil {
			return err
		}
		if a, s, err = w.rest(ctx, a, s); err != nil {
			return err
		}
	}
	if err := w.compare(a, s); err != nil {
		return err
	}
	w.state.Power = Power(s.Status)
	if succeeded && k.ask.Threads != 0 && s.CPUThreads != k.ask.Threads {
		return w.broken(a, "threads", "/server/cpu_options/hw:cpu_threads", fmt.Sprintf("%d thread(s) a core", k.ask.Threads), fmt.Sprint(s.CPUThreads), Expected{})
	}
	return nil
}

// rest waits until nothing is under way on a server any more.
func (w *walk) rest(ctx context.Context, a *ecs.Answer, s *ecs.Server) (*ecs.Answer, *ecs.Server, error) {
	if s.TaskState == "" && (s.Status == string(Stopped) || s.Status == string(Running)) {
		return a, s, nil
	}
	h, err := w.c.Client.WaitForServer(ctx, w.server.ID, []string{string(Stopped), string(Running)})
	if failed := w.saw(ctx, h.Answer, err, "the server to come to rest"); failed != nil {
		return a, s, failed
	}
	return h.Answer, h.Server, nil
}

// explain asks whether some order of what overlapped leads to what was seen, and goes on from what the server is now.
func (w *walk) explain(ctx context.Context) error {
	a, s, err := w.show(ctx)
	if err != nil {
		return err
	}
	if a, s, err = w.rest(ctx, a, s); err != nil {
		return err
	}
	w.events = append(w.events, looked(a, s, w.began))
	first := condition{w.before.Flavor, w.before.Power}
	if ok, _ := explained(first, w.c.Model.promises(rowRunning), w.events); !ok {
		return w.broken(a, "order", "/server", "what some order of the accepted operations leads to: "+story(first, w.events[:len(w.events)-1]),
			fmt.Sprintf("flavor %s, %s", s.FlavorID, s.State()), Expected{})
	}
	w.state.Flavor, w.state.Power = s.FlavorID, Power(s.Status)
	return nil
}

// story tells a history in words.
func story(first condition, events []Event) string {
	words := fmt.Sprintf("%s, flavor %s", first.power, first.flavor)
	for _, e := range events {
		at := e.Return.Round(time.Millisecond)
		end := map[bool]string{true: "SUCCESS", false: "FAIL"}[e.Done]
		switch e.Kind {
		case Looked:
			words += fmt.Sprintf("; after %s seen %s with %s", at, e.Status, e.Flavor)
		case Resized:
			words += fmt.Sprintf("; resize to %s, %s after %s", e.Flavor, end, at)
		default:
			words += fmt.Sprintf("; %s, %s after %s", e.Kind, end, at)
		}
	}
	return words
}

// ending says which of the three ways a sequence ended in.
func ending(err error) (v *Violation, t *Trouble) {
	errors.As(err, &v)
	errors.As(err, &t)
	return v, t
}
