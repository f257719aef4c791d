package replay

import (
	"context"
	"slices"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// moot is why a difference is none.
const moot = "it depends on whether what was under way on the server had ended by then, which was another moment now"

// parted knows the servers whose way has parted from that of the record for a reason that is no difference: a request came while a job was under way, and met it in another
// moment. What such a server is shown as and answers from then on is not compared.
type parted struct {
	servers   map[string]bool     // of the record
	contested map[string][]string // jobs of the record that began while another one was under way -> their servers
}

func newParted() *parted {
	return &parted{servers: map[string]bool{}, contested: map[string][]string{}}
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
	has := func(id string) bool { return p.parted.servers[id] }
	switch {
	case slices.ContainsFunc(servers, has):
	case x.Operation == "showJob" && len(p.parted.contested[recording.JobNamed(x)]) > 0:
	case recording.Changes(x) && busy(x) && pair.Now.Status/100 == 2 && len(before) > 0 && p.allOver(ctx, before):
	default:
		return
	}
	for _, id := range servers {
		p.parted.servers[id] = true
	}
	pair.Differences, pair.Moot = nil, moot
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
