package emulator

import "net/http"

// acceptedView is the answer to accepted work: a job, and of a yearly/monthly resize an order as well.
type acceptedView struct {
	OrderID string `json:"order_id,omitempty"`
	JobID   string `json:"job_id"`
}

// resize answers POST /{version}/{project_id}/cloudservers/{server_id}/resize. A dry run passes the same rules as the
// real thing and stops where that would begin.
func (e *Emulator) resize(r *Request, version string) Answer {
	q := e.readResize(r, version)
	for _, rule := range e.rules {
		if refusal := rule.Check(q); refusal != nil {
			return refusal.answer()
		}
	}
	if q.DryRun {
		return Answer{Status: http.StatusAccepted, Body: object{}}
	}
	if !e.world.admit(1, e.maxTasks) {
		return e.overloaded().answer()
	}
	return e.accept(q)
}

// acceptResize is the faithful Accepter. It can also be given what the rules would have refused: a server or a flavor that does not
// exist gives a job that fails.
func (e *Emulator) acceptResize(q *ResizeRequest) Answer {
	o := Order{Kind: OrderResize, ServerID: q.ServerID, Target: q.Target, CPUThreads: q.CPUThreads, StopFirst: q.Mode == withStopServer}
	var bought *order
	switch {
	case q.Server == nil:
		o.Refused = &Failure{"Ecs.0114", "the server does not exist"}
	case q.Target == nil:
		o.Refused = &Failure{"Ecs.0029", "the flavor does not exist"}
	default:
		o.Restart = o.StopFirst && q.Server.Status == StatusActive
		if q.Server.Host != "" {
			o.Host = q.HostID
		}
		if q.Server.Billing == PrePaid && q.Version != "v1" {
			bought = e.newOrder(q.AutoPay)
		}
	}
	j := e.newJob(q.Project, jobResize, "", q.Now, bought, o)
	return ok(acceptedView{OrderID: j.orderID, JobID: j.id})
}

// Accept carries the request out whatever the rules say; for rules and accepters put in through the seams.
func (q *ResizeRequest) Accept() Answer { return q.e.acceptResize(q) }
