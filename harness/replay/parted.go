package replay

import (
	"context"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// Why a difference is none.
const (
	moot    = "it depends on whether what was under way on the server had ended by then, which was another moment now"
	unmoved = "a request that has changed the server in the record was not sent"
)

// parted knows the servers whose way has parted from that of the record for a reason that is no difference: a request came while a job was under way, and met it in another
// moment. What such a server is shown as and answers from then on is not compared.
type parted struct {
	servers   map[string]string   // of the record -> why
	contested map[string][]string // jobs of the record that began while another one was under way -> their servers
}

func newParted() *parted {
	return &parted{servers: map[string]string{}, contested: map[string][]string{}}
}

// without notes that a change was not sent.
func (p *parted) without(x *journal.Exchange) {
	if !recording.Changes(x) || x.Status/100 != 2 || strings.Contains(x.RequestBody.Text, `"dry_run":true`) {
		return
	}
	for _, id := range recording.ServersNamed(x) {
		p.servers[id] = unmoved
	}
}

// about lists the servers of the record that an exchange is about.
func (p *play) about(x *journal.Exchange) []string {
	if x.Operation == "showJob" {
		job := recording.JobNamed(x)
		return append(slices.Clone(p.parted.contested[job]), p.jobs[job]...)
	}
	return recording.ServersNamed(x)
}

// contest notes, before a change is sent, that something may be under way on its servers.
func (p *play) contest(x *journal.Exchange) {
	if !recording.Changes(x) {
		return
	}
	job := recording.Document(x.ResponseBody).At("job_id").Text()
	for _, server := range recording.ServersNamed(x) {
		if job == "" {
			continue
		}
		p.jobs[job] = append(p.jobs[job], server)
		if len(p.open.then[server])+len(p.open.now[server]) > 0 {
			p.parted.contested[job] = append(p.parted.contested[job], server)
		}
	}
}

// excuse takes differences back that are a matter of moments. before are the jobs of the target that had not been seen to end when the request was sent.
func (p *play) excuse(ctx context.Context, pair *Pair, before []string) {
	if len(pair.Differences) == 0 {
		return
	}
	x := pair.Then
	servers := p.about(x)
	why := moot
	for _, id := range servers {
		if known := p.parted.servers[id]; known != "" {
			why = known
		}
	}
	switch {
	case slices.ContainsFunc(servers, func(id string) bool { return p.parted.servers[id] != "" }):
	case x.Operation == "showJob" && len(p.parted.contested[recording.JobNamed(x)]) > 0:
	case recording.Changes(x) && busy(x) && pair.Now.Status/100 == 2 && len(before) > 0 && p.allOver(ctx, before):
	default:
		return
	}
	for _, id := range servers {
		p.parted.servers[id] = why
	}
	pair.Differences, pair.Moot = nil, why
}

// busy says that a request was refused because something else was under way.
func busy(x *journal.Exchange) bool {
	body, _ := x.ResponseBody.Bytes()
	return x.Status == 501 || slices.Contains([]string{"Ecs.0603", "Ecs.0100"}, codesOf(body))
}

// allOver says that jobs of the target have ended.
func (p *play) allOver(ctx context.Context, jobs []string) bool {
	for _, job := range jobs {
		a, _ := p.Target.Client.ShowJob(ctx, job)
		if a != nil && a.Status == 200 && jobPassing(recording.ParseDocument(a.Body).At("status").Text()) {
			return false
		}
	}
	return true
}
