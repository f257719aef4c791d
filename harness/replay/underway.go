package replay

import (
	"context"
	"slices"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// underway knows which jobs have begun and have not been seen to end, in the record and now. While one has not, it is a matter of moments what its server is shown as.
type underway struct {
	then map[string][]string // server of the record -> its jobs, as the record names them
	now  map[string][]string // server of the record -> its jobs, as the target names them
}

func newUnderway() *underway {
	return &underway{then: map[string][]string{}, now: map[string][]string{}}
}

// see takes note of an exchange and of its answer now; a nil answer is none.
func (u *underway) see(then *journal.Exchange, a *ecs.Answer) {
	old, young := recording.Document(then.ResponseBody), recording.Node{}
	if a != nil {
		young = recording.ParseDocument(a.Body)
	}
	switch {
	case recording.Changes(then):
		for _, server := range recording.ServersNamed(then) {
			if job := old.At("job_id").Text(); job != "" && then.Status/100 == 2 {
				u.then[server] = append(u.then[server], job)
			}
			if job := young.At("job_id").Text(); job != "" && a != nil && a.Status/100 == 2 {
				u.now[server] = append(u.now[server], job)
			}
		}
	case then.Operation == "showJob":
		if jobOver(old.At("status").Text()) {
			end(u.then, old.At("job_id").Text())
		}
		if jobOver(young.At("status").Text()) {
			end(u.now, young.At("job_id").Text())
		}
	}
}

func end(open map[string][]string, job string) {
	for server, jobs := range open {
		open[server] = slices.DeleteFunc(jobs, func(j string) bool { return j == job })
	}
}

// lenient says that how far something had come is not to be compared: a server is shown whose job may have been under way in the record.
func (u *underway) lenient(x *journal.Exchange) bool {
	return x.Operation == "showServer" && slices.ContainsFunc(recording.ServersNamed(x), func(id string) bool { return len(u.then[id]) > 0 })
}

// openNow lists the jobs of the target that have not been seen to end, of the servers that a request names.
func (u *underway) openNow(x *journal.Exchange) (jobs []string) {
	for _, server := range recording.ServersNamed(x) {
		jobs = append(jobs, u.now[server]...)
	}
	return jobs
}

// succeeded lists the jobs of a record that were seen to succeed.
func succeeded(all []*journal.Exchange) map[string]bool {
	jobs := map[string]bool{}
	for _, x := range all {
		if x.Operation != "showJob" || x.Status != 200 {
			continue
		}
		if doc := recording.Document(x.ResponseBody); doc.At("status").Text() == "SUCCESS" {
			jobs[doc.At("job_id").Text()] = true
		}
	}
	return jobs
}

// hadToWait says that a request can only have succeeded because what was under way had ended: a start or a stop is taken whatever the server does, and fails in its job.
func (p *play) hadToWait(x *journal.Exchange) bool {
	return x.Operation == "batchStartOrStopServers" && x.Status/100 == 2 && p.succeeded[recording.Document(x.ResponseBody).At("job_id").Text()]
}

// await waits until the jobs of the servers that a request names have come to their ends, and says whether there was any to wait for. The target may have been slower or
// faster than it was in the record, and what it shows or refuses depends on that.
func (p *play) await(ctx context.Context, x *journal.Exchange) (waited bool, err error) {
	deadline, pause := time.Now().Add(p.Target.Timeouts.Job), p.Target.Timeouts.Poll
	for _, server := range recording.ServersNamed(x) {
		for _, job := range slices.Clone(p.open.now[server]) {
			for {
				a, _ := p.Target.Client.ShowJob(ctx, job)
				if ctx.Err() != nil {
					return waited, context.Cause(ctx)
				}
				if a == nil || a.Status != 200 || !jobPassing(recording.ParseDocument(a.Body).At("status").Text()) || !time.Now().Before(deadline) {
					break
				}
				if err := sleep(ctx, pause); err != nil {
					return waited, err
				}
				pause = min(2*pause, p.Target.Timeouts.PollMax)
			}
			end(p.open.now, job)
			waited = true
		}
	}
	return waited, nil
}
