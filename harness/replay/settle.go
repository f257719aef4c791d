package replay

import (
	"context"
	"strings"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/pace"
	"resize-conformance/harness/recording"
)

func sleep(ctx context.Context, d time.Duration) error { return pace.Sleep(ctx, d) }

// jobPassing says that a job has neither come to its end nor waits for its user.
func jobPassing(status string) bool { return status == "INIT" || status == "RUNNING" }

func jobOver(status string) bool { return status == "SUCCESS" || status == "FAIL" }

// serverPassing says that something is under way on a server.
func serverPassing(doc recording.Node) bool {
	status := strings.ToUpper(doc.At("server", "status").Text())
	return doc.At("server", "OS-EXT-STS:task_state").Text() != "" || strings.HasSuffix(status, "RESIZE") || status == "BUILD" || status == "REBOOT"
}

// patience is how long what a request looks at may take to come as far as it had in the record; 0 where nothing is waited for.
func (p *play) patience(x *journal.Exchange) time.Duration {
	limits := p.Target.Timeouts
	switch {
	case x.Status != 200:
		return 0
	case x.Operation == "showJob":
		return max(limits.Job, limits.Create)
	case x.Operation == "showServer":
		return limits.Power + limits.Status
	}
	return 0
}

// settled says that an answer has come as far as the recorded one had, or never will.
func (p *play) settled(ctx context.Context, then *journal.Exchange, a *ecs.Answer) bool {
	if then.Status != 200 || a.Status != 200 {
		return true
	}
	old, young := recording.Document(then.ResponseBody), recording.ParseDocument(a.Body)
	switch then.Operation {
	case "showJob":
		was, is := old.At("status").Text(), young.At("status").Text()
		if is == "PENDING_PAYMENT" && was != is && (jobOver(was) || jobPassing(was)) {
			return !p.pay(ctx, a) // it was paid in between
		}
		return !jobOver(was) || !jobPassing(is)
	case "showServer":
		return serverPassing(old) || !serverPassing(young)
	}
	return true
}

// pay settles the order that a look at a job of the record shows as settled, where the target lets a run do so.
func (p *play) pay(ctx context.Context, a *ecs.Answer) bool {
	if order := p.ids.orderOf(recording.ParseDocument(a.Body).At("job_id").Text()); order != "" {
		return p.Target.Servers.Pay(ctx, order) == nil
	}
	return false
}
