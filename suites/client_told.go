package suites

import (
	"context"
	"fmt"

	"resize-conformance/harness/director"
)

// clientTold is what a client tells its user of what it was answered. The answers are scripted: none of these calls reaches the server.
func clientTold(w *writer) {
	// Ids with and without dashes, and one that looks like a number: a client that reads them as more than text tells another one.
	w.scenario("RSZ-CLIENT-101", "the id of a job is told as it came", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		for _, id := range []string{"ff80808288d41e1b018990260955686a", "ff808082-88d4-1e1b-0189-90260955686a", "20250323"} {
			c := x.Call(ctx, x.answering(director.JSON(200, fmt.Sprintf(`{"job_id":%q}`, id))), x.resizing())
			x.Tells(c, fmt.Sprintf("the user to be told of job %q", id), c.Told.Result != nil && is(c.Told.Result.JobID, id))
		}
	})
}
