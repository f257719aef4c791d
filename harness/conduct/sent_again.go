package conduct

import (
	"encoding/json"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// again finds a resize that was sent once more although the one before had been answered as the user wished. Where anything else came of it something went
// wrong, and whether it may be repeated then is another question.
//
// The second one must have begun when the first answer was there: a client that gave up waiting a moment before it came is not meant.
func (b *breaches) again(c Call) {
	var before *exchange.Exchange
	for _, e := range c.Sent {
		if !readable(e) || e.Judgement.Operation != string(driver.ResizeServer) && e.Judgement.Operation != string(driver.ResizePostPaidServer) {
			continue
		}
		if before != nil && !e.Start.Before(before.Start.Add(before.Duration)) {
			b.add(Breach{
				Requirement: "RSZ-CLIENT-020", Wanted: "one resize, since nothing went wrong with it", Got: "another one after the first had been answered with success",
				Exchange: e.ID, Distorts: true,
			})
			return
		}
		if wentWell(c.Asked, e) {
			before = e
		}
	}
}

// wentWell says that a resize was answered with what the user wants: a job or an order, or that the check found nothing.
func wentWell(asked driver.Request, e *exchange.Exchange) bool {
	if e.Err != nil || e.Truncated || e.Status/100 != 2 {
		return false
	}
	if _, _, failed := contract.ErrorCode(e.Body); failed {
		return false
	}
	if asked.Params.DryRun != nil && *asked.Params.DryRun && e.Status == 202 {
		return true
	}
	var told struct {
		JobID   string `json:"job_id"`
		OrderID string `json:"order_id"`
	}
	return json.Unmarshal(e.Body, &told) == nil && told.JobID+told.OrderID != ""
}
