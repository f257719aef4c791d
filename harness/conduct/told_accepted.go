package conduct

import (
	"cmp"
	"fmt"
	"net/http"

	"resize-conformance/harness/driver"
)

// accepted judges what was told as a success of a resize, a start or a stop.
func (b *breaches) accepted(c Call, a *answer) {
	r := c.Told.Result
	if resizes(c.Asked.Operation) && r.Job != nil && isTold(r.Job.Status, "SUCCESS") && !followed(c) {
		b.add(Breach{
			Requirement: "RSZ-CLIENT-104", Exchange: a.ID,
			Wanted: "an accepted resize not to be told as done: nobody looked at its job", Got: "told: " + Describe(c.Told),
		})
	}
	job, order := a.object.text("job_id"), ""
	if c.Asked.Operation == driver.ResizeServer {
		order = a.object.text("order_id")
	}
	told := r.JobID
	if told == nil && r.Job != nil {
		told = r.Job.ID
	}
	switch {
	case job != "":
		b.jobID(c, a, job, told, order != "")
	case order != "" && told != nil && *told != "":
		b.add(Breach{
			Requirement: "RSZ-CLIENT-103", Exchange: a.ID,
			Wanted: "no job to be told of: the answer has an order alone", Got: "told of job " + says(told),
		})
	case order == "":
		b.nothing(c, a, told)
	}
	if order != "" && !isTold(r.OrderID, order) && !(r.OrderID == nil && followed(c)) {
		row := "RSZ-CLIENT-103"
		if job != "" {
			row = "RSZ-CLIENT-102"
		}
		b.add(Breach{Requirement: row, Exchange: a.ID, Wanted: fmt.Sprintf("the user to be told of order %q", order), Got: "told of order " + says(r.OrderID)})
	}
}

// jobID judges what was told of a job that the answer names.
func (b *breaches) jobID(c Call, a *answer, job string, told *string, ordered bool) {
	row := "RSZ-CLIENT-101" // for any other id
	if told == nil {
		switch {
		case followed(c), dryRun(c):
			return // there is nothing left to follow
		case ordered:
			row = "RSZ-CLIENT-102"
		case !resizes(c.Asked.Operation):
			row = "RSZ-CLIENT-138"
		}
	}
	if !isTold(told, job) {
		b.add(Breach{Requirement: row, Exchange: a.ID, Wanted: fmt.Sprintf("the user to be told of job %q", job), Got: "told of job " + says(told)})
	}
}

// nothing judges what was told of an answer without any id.
func (b *breaches) nothing(c Call, a *answer, told *string) {
	r := c.Told.Result
	if !resizes(c.Asked.Operation) || dryRun(c) || a.Status != http.StatusOK || followed(c) {
		return
	}
	_, job := a.object["job_id"]
	_, order := a.object["order_id"]
	nameless := a.isEmpty() || a.object != nil && !job && !order
	tells := r.Job != nil || r.Server != nil || r.Flavors != nil || r.OrderID != nil && *r.OrderID != ""
	if !nameless || tells || told != nil && *told != "" {
		return
	}
	b.add(Breach{
		Requirement: "RSZ-CLIENT-108", Exchange: a.ID,
		Wanted: "an answer 200 without any id not to be told as success", Got: "told: " + Describe(c.Told) + ", of the answer " + cmp.Or(shortened(string(a.Body)), "without a body"),
	})
}

func dryRun(c Call) bool { return c.Asked.Params.DryRun != nil && *c.Asked.Params.DryRun }
