package explore

import (
	"context"
	"fmt"
)

// ended is a job that has been seen to end.
type ended struct{ id, status string }

// oldJob looks at a job that has ended: it stays as it ended.
func (w *walk) oldJob(ctx context.Context, back int) error {
	if len(w.ended) == 0 {
		w.note("there is none")
		return nil
	}
	return w.jobStays(ctx, w.ended[max(0, len(w.ended)-1-back)])
}

// allJobs looks at every job once more when a sequence is over.
func (w *walk) allJobs(ctx context.Context) error {
	if len(w.ended) < 2 { // of a single one there was nothing in between
		return nil
	}
	w.done = append(w.done, Done{Text: "look at all jobs"})
	for _, job := range w.ended[:len(w.ended)-1] {
		if err := w.jobStays(ctx, job); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) jobStays(ctx context.Context, job ended) error {
	a, err := w.c.Client.ShowJob(ctx, job.id)
	if err := w.saw(ctx, a, err, "showJob to tell about a job that has ended"); err != nil {
		return err
	}
	wanted := fmt.Sprintf("job %s to be shown as it ended, %s", job.id, job.status)
	shown, err := a.Job()
	if a.Status != 200 || err != nil {
		return w.broken(a, "ended job", "", wanted, answer(a), Expected{})
	}
	w.note("%s", shown.Status)
	if shown.Status != job.status {
		return w.broken(a, "ended job", "/status", wanted, shown.Status, Expected{})
	}
	return nil
}
