package preflight

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/target"
)

// limits is the answer to GET /v1/{project_id}/cloudservers/limits, which the contract does not describe: published clients read it, and every edition that was looked
// at documents it. -1 is no limit.
type limits struct {
	Absolute struct {
		Servers     *int `json:"maxTotalInstances"`
		ServersUsed int  `json:"totalInstancesUsed"`
		VCPUs       *int `json:"maxTotalCores"`
		VCPUsUsed   int  `json:"totalCoresUsed"`
		RAM         *int `json:"maxTotalRAMSize"`
		RAMUsed     int  `json:"totalRAMUsed"`
	} `json:"absolute"`
}

// quota asks whether the project has room for what the run does. A service that does not tell keeps the contract.
func (c *check) quota(ctx context.Context) {
	a, err := c.t.Client.Raw(ctx, http.MethodGet, "/v1/"+url.PathEscape(c.t.ProjectID)+"/cloudservers/limits", ecs.Outside(), ecs.Patient())
	if ctx.Err() != nil {
		return
	}
	var told limits
	if err != nil || a.Status != http.StatusOK || json.Unmarshal(a.Body, &told) != nil || told.Absolute.Servers == nil {
		c.say(OK, "quota", "", "the service does not tell (%s)", summaryOf(a, err))
		return
	}
	q := told.Absolute
	left := func(limit *int, used int) (int, bool) {
		if limit == nil || *limit < 0 {
			return 0, false
		}
		return max(0, *limit-used), true
	}
	short := false
	if n, limited := left(q.Servers, q.ServersUsed); limited && n < 1 && c.t.Capabilities[target.CapCreate] {
		short = true
		c.say(Warning, "quota", "have it raised, or do not declare create", "all of the %d servers that the project may have are used: what makes one cannot be tested", *q.Servers)
	}
	// The smallest room that the largest of the flavors needs, if the server gave up nothing; what it has now makes the need smaller, never larger.
	for _, part := range []struct {
		what        string
		limit       *int
		used, least int
	}{{"vCPUs", q.VCPUs, q.VCPUsUsed, c.most(func(f ecs.Flavor) int { return f.VCPUs })}, {"MiB of memory", q.RAM, q.RAMUsed, c.most(func(f ecs.Flavor) int { return f.RAM })}} {
		if n, limited := left(part.limit, part.used); limited && n < part.least {
			short = true
			c.say(Warning, "quota", "have it raised, or name smaller flavors", "%d %s of %d are left, and a flavor that the inventory names has %d: a resize to it may be refused", n, part.what, *part.limit, part.least)
		}
	}
	if !short {
		c.say(OK, "quota", "", "%d servers, %d vCPUs and %d MiB of memory are used, and there is room", q.ServersUsed, q.VCPUsUsed, q.RAMUsed)
	}
}

func (c *check) most(of func(ecs.Flavor) int) (n int) {
	for _, f := range c.room {
		n = max(n, of(f))
	}
	return n
}
