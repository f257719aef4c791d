package conduct

import (
	"encoding/json"
	"fmt"
	"net/http"

	"resize-conformance/harness/driver"
)

// server judges what was told of a server: its status and its flavor.
func (b *breaches) server(c Call, a *answer) {
	shown := object(a.object["server"])
	status, flavor := shown.text("status"), object(shown["flavor"]).text("id")
	if a.Status != http.StatusOK || status == "" || flavor == "" {
		return
	}
	told := c.Told.Result.Server
	if told == nil {
		told = &driver.Server{}
	}
	if !isTold(told.Status, status) || !isTold(told.Flavor, flavor) {
		b.add(Breach{
			Requirement: "RSZ-CLIENT-135", Exchange: a.ID,
			Wanted: fmt.Sprintf("the user to be told that the server is %s with flavor %q", status, flavor),
			Got:    fmt.Sprintf("told of status %s and flavor %s", says(told.Status), says(told.Flavor)),
		})
	}
}

// job judges what was told of a job that was asked for once.
func (b *breaches) job(c Call, a *answer) {
	told := c.Told.Result.Job
	if told == nil {
		told = &driver.Job{}
	}
	if a.Status != http.StatusOK || a.object.text("status") == "" {
		return
	}
	for _, member := range []struct {
		name string
		told *string
	}{{"status", told.Status}, {"error_code", told.ErrorCode}, {"fail_reason", told.FailReason}} {
		if came := a.object.text(member.name); came != "" && !isTold(member.told, came) {
			b.add(Breach{
				Requirement: "RSZ-CLIENT-142", Exchange: a.ID, Wanted: fmt.Sprintf("the user to be told that %s of the job is %q", member.name, came), Got: "told of " + says(member.told),
			})
		}
	}
}

// flavors judges what was told of a page of a list. A client may have asked for more pages, so more flavors may be told.
func (b *breaches) flavors(c Call, a *answer) {
	listed, ok := a.object.list("flavors")
	if a.Status != http.StatusOK || !ok {
		return
	}
	told := map[string]bool{}
	for _, f := range c.Told.Result.Flavors {
		told[f.ID] = true
	}
	for _, item := range listed {
		if id := object(item).text("id"); id != "" && !told[id] {
			b.add(Breach{
				Requirement: "RSZ-CLIENT-136", Exchange: a.ID, Wanted: fmt.Sprintf("all %d flavors of the list to be told", len(listed)),
				Got: fmt.Sprintf("told of %d; %s is missing", len(c.Told.Result.Flavors), says(&id)),
			})
			return
		}
	}
}

// promised are the promises that a good answer of each operation is told.
func promised(c Call, o members) string {
	switch _, flavors := o.list("flavors"); {
	case c.Asked.Operation == driver.ShowServer && object(o["server"]).text("status") != "":
		return "RSZ-CLIENT-135"
	case c.Asked.Operation == driver.ShowJob && o.text("status") != "":
		return "RSZ-CLIENT-142"
	case c.Asked.Operation == driver.ListResizeFlavors && flavors:
		return "RSZ-CLIENT-136"
	case !accepts(c.Asked.Operation) || o.text("job_id") == "" || dryRun(c):
		return ""
	case !resizes(c.Asked.Operation):
		return "RSZ-CLIENT-138"
	}
	return "RSZ-CLIENT-101"
}

// unread judges an error that was told of an answer which keeps the contract: that the client cannot read it, or takes its status for a refusal. What a script
// answered in the server's place is left out: it was meant to be hard to read.
func (b *breaches) unread(c Call, a *answer) {
	e := c.Told.Error
	unreadable := e.Kind == driver.DecodeError || e.Kind == driver.APIError && e.Status == a.Status
	if !unreadable || c.Whole && resizes(c.Asked.Operation) || a.Substitute != "" || a.Status != http.StatusOK || len(a.Judgement.Response)+len(a.Judgement.Information) > 0 || late(c, a) {
		return
	}
	if row := promised(c, a.object); row != "" {
		body, _ := json.Marshal(a.object) // it was read from JSON
		b.add(Breach{Requirement: row, Exchange: a.ID, Wanted: "the user to be told what the answer says: " + shortened(string(body)), Got: "told: " + Describe(c.Told)})
	}
}

// late says whether the answer took so long that the client may have given it up before it came.
func late(c Call, a *answer) bool {
	limit := c.Asked.Timeout()
	return limit > 0 && a.Duration >= limit/2
}
