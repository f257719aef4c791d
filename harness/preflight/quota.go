package preflight

import (
	"context"
	"encoding/json"
	"fmt"
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

// allowance is one part of a quota.
type allowance struct {
	what  string
	limit *int
	used  int
	each  int // what one server of the run's own takes
	grows int // what the largest flavor that a server is to be changed to has
}

// left is how much may still be had, where that is limited.
func (a allowance) left() (n int, limited bool) {
	if a.limit == nil || *a.limit < 0 {
		return 0, false
	}
	return max(0, *a.limit-a.used), true
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
	servers := allowance{what: "servers", limit: q.Servers, used: q.ServersUsed, each: 1}
	vcpus := allowance{what: "vCPUs", limit: q.VCPUs, used: q.VCPUsUsed, grows: c.most(func(f ecs.Flavor) int { return f.VCPUs })}
	ram := allowance{what: "MiB of memory", limit: q.RAM, used: q.RAMUsed, grows: c.most(func(f ecs.Flavor) int { return f.RAM })}
	if c.plan != nil {
		vcpus.each, ram.each = c.plan.Flavor.VCPUs, c.plan.Flavor.RAM
	}
	before := len(c.lines)
	if n, limited := servers.left(); limited && n < 1 && len(c.made) == 0 && c.t.Capabilities[target.CapCreate] {
		c.say(Warning, "quota", "have it raised, or do not declare create", "all of the %d servers that the project may have are used: what makes one cannot be tested", *q.Servers)
	}
	for _, part := range []allowance{servers, vcpus, ram} {
		c.fits(part)
	}
	if len(c.lines) == before {
		c.say(OK, "quota", "", "%d servers, %d vCPUs and %d MiB of memory are used, and there is room", q.ServersUsed, q.VCPUsUsed, q.RAMUsed)
	}
}

// fits says what does not fit into a part of the quota.
func (c *check) fits(a allowance) {
	n, limited := a.left()
	least, most := len(c.made)*a.each, total(c.made)*c.procs()*a.each
	switch {
	case !limited:
	case n < least:
		c.say(Stop, "quota", "have it raised, delete what is not needed, or make fewer with --provision",
			"%d %s of %d are left, and the servers that the run cannot do without (one each of %s) need %d", n, a.what, *a.limit, counted(ones(c.made), 1), least)
	case n < most:
		c.say(Warning, "quota", "have it raised, or delete what is not needed",
			"%d %s of %d are left, and the servers that the run would make (%s) need %d: what wants more is not testable", n, a.what, *a.limit, counted(c.made, c.procs()), most)
	case n-most < a.grows:
		// The smallest room that the largest of the flavors needs, if the server gave up nothing; what it has now makes the need smaller, never larger.
		with := ""
		if most > 0 {
			with = fmt.Sprintf(", %d of them for the run's own servers", most)
		}
		c.say(Warning, "quota", "have it raised, or name smaller flavors", "%d %s of %d are left%s, and a flavor that servers are to be changed to has %d: a resize to it may be refused", n, a.what, *a.limit, with, a.grows)
	}
}

func (c *check) most(of func(ecs.Flavor) int) (n int) {
	for _, f := range c.room {
		n = max(n, of(f))
	}
	return n
}
