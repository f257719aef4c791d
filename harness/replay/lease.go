package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// lease has a server of the target stand in for each of the record that a request names.
func (p *play) lease(ctx context.Context, x *journal.Exchange) (why string, err error) {
	for _, s := range p.seq.Servers {
		if p.served[s.ID] || !names(x, s.ID) {
			continue
		}
		p.served[s.ID] = true
		server, err := p.Target.Servers.Lease(ctx, fixture.State(s.State))
		var none *fixture.NotOffered
		var gone *fixture.Unavailable
		switch {
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		case p.AsFound && err != nil:
			p.out.Notes = append(p.out.Notes, fmt.Sprintf("server %s is looked at as it is: %v", s.ID, err))
			continue
		case errors.As(err, &none), errors.As(err, &gone):
			p.lost[s.ID] = true
			continue
		case err != nil:
			return "", fmt.Errorf("a %s server to stand in for %s: %w", s.State, s.ID, err)
		}
		p.leased = append(p.leased, server)
		what := "server (" + s.State
		if s.Inferred {
			what += ", as the record shows it"
		}
		p.ids.add(what+")", s.ID, server.ID)
		p.flavors(s, server)
	}
	for id := range p.lost {
		if names(x, id) {
			return fmt.Sprintf("nothing stands in for %s, which the request names", id), nil
		}
	}
	return p.strange(x), nil
}

// strange says that a request names a server or a job which is not there, because the target is another than that of the record: what it would be answered tells nothing.
func (p *play) strange(x *journal.Exchange) string {
	if p.AsFound || !p.Target.Embedded && p.Target.Endpoint == p.Record.Target {
		return ""
	}
	for _, id := range recording.ServersNamed(x) {
		if !strings.HasPrefix(id, madeUp) && p.ids.now[strings.ToLower(id)] == "" {
			return fmt.Sprintf("nothing stands in for server %s: the record does not tell in which state it was", id)
		}
	}
	if job := recording.JobNamed(x); x.Operation == "showJob" && x.Status == 200 && p.ids.now[job] == "" {
		return fmt.Sprintf("nothing stands in for job %s: what has begun it is not sent with this request", job)
	}
	return ""
}

// flavors has flavors that play the same part stand in for each other.
func (p *play) flavors(then recording.Server, now *fixture.Server) {
	if then.Flavor != "" && now.Flavor != "" {
		p.ids.add("flavor (of the server)", then.Flavor, now.Flavor)
		if then.Inferred && then.Flavor != now.Flavor { // nothing tells which flavors play which part there: the two change places
			p.ids.add("flavor", now.Flavor, then.Flavor)
		}
	}
	p.ids.add("dedicated host", then.Host, now.DedicatedHostID)
	parts := now.Flavors.Parts()
	for _, part := range sortedKeys(then.Flavors) {
		if parts[part] != "" {
			p.ids.add("flavor ("+part+")", then.Flavors[part], parts[part])
		}
	}
}

// losing notes what the target has not made because a request was not sent.
func (p *play) losing(x *journal.Exchange) {
	if !recording.Changes(x) {
		return
	}
	doc := recording.Document(x.ResponseBody)
	for _, id := range append(doc.At("serverIds").Strings(), doc.At("job_id").Text(), doc.At("order_id").Text()) {
		if id != "" {
			p.lost[id] = true
		}
	}
}

// giveBack releases the servers as a run does, also when ctx has ended.
func (p *play) giveBack(ctx context.Context) {
	limits := p.Target.Timeouts
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*limits.Job+2*limits.Power+time.Minute)
	defer cancel()
	for _, s := range slices.Backward(p.leased) {
		if err := p.Target.Servers.Release(ctx, s); err != nil {
			p.out.Left = append(p.out.Left, fmt.Sprintf("server %s (%s): %v", s.ID, s.State, err))
		}
	}
}

func names(x *journal.Exchange, id string) bool {
	return strings.Contains(x.URL, id) || strings.Contains(x.RequestBody.Text, id)
}
