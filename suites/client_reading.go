package suites

import (
	"context"
	"slices"
	"strings"

	"resize-conformance/harness/conduct"
	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/journal"
)

// sending is a call that a client is asked to make.
type sending func(context.Context, *ecs.Client) (*ecs.Answer, error)

// reading is an operation that a client may have or not, and how it is called.
type reading struct {
	operation driver.Operation
	contract  string // its operationId
	ask       sending
}

func showingJob() reading {
	return reading{driver.ShowJob, string(ecs.ShowJob), func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) { return c.ShowJob(ctx, someJob) }}
}

func showingServer() reading {
	return reading{driver.ShowServer, string(ecs.ShowServer), func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) { return c.ShowServer(ctx, nobody) }}
}

func listingFlavors() reading {
	return reading{driver.ListResizeFlavors, string(ecs.ListResizeFlavors), func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) {
		return c.ListResizeFlavors(ctx, ecs.FlavorQuery{SourceFlavorID: "s3.medium.2"})
	}}
}

func starting() reading {
	return reading{driver.StartServers, "batchStartOrStopServers", func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) {
		return c.StartServers(ctx, []string{nobody})
	}}
}

func stopping() reading {
	return reading{driver.StopServers, "batchStartOrStopServers", func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) {
		return c.StopServers(ctx, []string{nobody})
	}}
}

// resizingOnce is the resize of the scenario's version.
func (x *Exercise) resizingOnce() reading {
	return reading{driver.Operation(x.resizeOperation()), x.resizeOperation(), x.resizing()}
}

// canBeAsked says whether the client under test has an operation.
func (x *Exercise) canBeAsked(r reading) bool {
	x.needsClient()
	return x.env.Target.Under.Driver.Hello().Has(r.operation)
}

// whichever are those operations that the client has. It ends the scenario where there is none.
func (x *Exercise) whichever(all ...reading) []reading {
	offered := slices.DeleteFunc(slices.Clone(all), func(r reading) bool { return !x.canBeAsked(r) })
	if len(offered) == 0 {
		names := make([]string, len(all))
		for i, r := range all {
			names[i] = string(r.operation)
		}
		x.NotApplicable("the client has none of " + strings.Join(names, ", "))
	}
	return offered
}

// Told has the client make a call that is answered so, however often it asks.
func (x *Exercise) Told(ctx context.Context, r reading, answers ...director.Answer) *Called {
	return x.Call(ctx, []director.Step{{Operation: r.contract, Onwards: true, Act: director.Say(answers...)}}, r.ask)
}

// Refuses asserts that a call was not told as success.
func (x *Exercise) Refuses(c *Called, wanted string) { x.Tells(c, wanted, c.Told.Error != nil) }

// Reads asserts that a call was told as success, and its result is so.
func (x *Exercise) Reads(c *Called, wanted string, holds func(*driver.Result) bool) {
	x.Tells(c, wanted, c.Told.Result != nil && holds(c.Told.Result))
}

// tellsJob holds for a result with that job.
func tellsJob(id string) func(*driver.Result) bool {
	return func(r *driver.Result) bool {
		return is(r.JobID, id) || r.JobID == nil && r.Job != nil && is(r.Job.ID, id)
	}
}

// informs ends a scenario of a MAY: nobody is held to it, and the row says what was seen. Whatever is in missing was not told.
func (x *Exercise) informs(wanted string, missing []*Called) {
	if len(missing) == 0 {
		return
	}
	seen := make([]string, len(missing))
	for i, c := range missing {
		seen[i] = "told: " + told(c.Answer)
	}
	reason := "for information: it is not so that " + wanted + "; " + strings.Join(seen, "; ")
	x.Note("%s", reason)
	x.end(journal.Pass, reason, nil)
}

// tellsCode says whether the user can see a code: as the code, or in the text where the client tells none as such.
func tellsCode(e *driver.Error, code string) bool {
	return e.Code == code || e.Code == "" && strings.Contains(e.Message, code)
}

// tellsStatus is conduct.TellsStatus for what a scenario has the client answered.
func tellsStatus(e *driver.Error, status int) bool { return conduct.TellsStatus(e, status) }
