package preflight

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// flavors looks whether the servers can be changed to the flavors that the inventory names, once for each state and set of flavors.
func (c *check) flavors(ctx context.Context) {
	type set struct{ from, target, other string }
	var asked []set
	c.room = nil
	for _, l := range c.usable {
		s, f := c.seen[l.ID], c.inventory.FlavorsOf(l)
		of := set{s.FlavorID, f.Target, f.Other}
		if l.Flavor != "" && l.Flavor != s.FlavorID || slices.Contains(asked, of) { // the run resizes it back first
			continue
		}
		asked = append(asked, of)
		a, err := c.t.Client.ListResizeFlavors(ctx, ecs.FlavorQuery{InstanceUUID: l.ID}, ecs.Patient())
		if err != nil || a.Status != http.StatusOK {
			c.say(Warning, "flavors", "", "the flavors to which server %s can be changed cannot be listed (%s)", l.ID, summaryOf(a, err))
			continue
		}
		all, err := a.Flavors()
		if err != nil {
			c.say(Warning, "flavors", "", "the list of flavors for server %s cannot be read: %v", l.ID, err)
			continue
		}
		c.listed(l, s, f, all)
	}
}

// listed compares a list of flavors with what the inventory says of them. A flavor may be had that is not listed, so that its lack stops nothing.
func (c *check) listed(l *fixture.Listed, s *ecs.Server, f fixture.Flavors, all []ecs.Flavor) {
	find := func(id string) *ecs.Flavor {
		if i := slices.IndexFunc(all, func(of ecs.Flavor) bool { return of.ID == id }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	good := true
	for _, part := range []struct{ name, id string }{{"target", f.Target}, {"other", f.Other}, {"dedicated-cpu", f.Dedicated}} {
		switch to := find(part.id); {
		case part.id == "" || part.id == s.FlavorID && part.name != "target":
		case to == nil:
			good = false
			c.say(Warning, "flavors", offers(all), "flavor %s (%s) is not among those to which server %s, which has %s, can be changed", part.id, part.name, l.ID, s.FlavorID)
		case slices.Contains([]string{"sellout", "abandon", "obt_sellout"}, saleOf(to)):
			good = false
			c.say(Warning, "flavors", offers(all), "flavor %s (%s) is not on sale: %s", part.id, part.name, saleOf(to))
		default:
			c.room = append(c.room, *to)
		}
	}
	if to := find(f.Unreachable); to != nil {
		good = false
		c.say(Warning, "flavors", "name another under flavors.unreachable", "flavor %s (unreachable) is among those to which server %s can be changed", f.Unreachable, l.ID)
	}
	good = c.special(s, f, find) && good
	if good {
		c.say(OK, "flavors", "", "from %s to %s", s.FlavorID, f.Target)
	}
}

// saleOf is whether a flavor is sold; "" where nothing is said, which is as normal. Source: the table of extra_specs, cond:operation:status.
func saleOf(f *ecs.Flavor) string { return f.ExtraSpecs["cond:operation:status"] }

// special looks whether the flavors that stand for a capability are what they are named for, as far as the list tells: a flavor that is not sold need not be in it.
func (c *check) special(s *ecs.Server, f fixture.Flavors, find func(string) *ecs.Flavor) (good bool) {
	good = true
	wrong := func(name, id, format string, args ...any) {
		good = false
		c.say(Warning, "flavors", "name another under flavors."+name+", or none", "flavor %s (%s) is not: %s", id, name, fmt.Sprintf(format, args...))
	}
	for _, part := range []struct {
		name, id string
		states   []string
	}{{"sold-out", f.SoldOut, []string{"sellout", "obt_sellout"}}, {"abandoned", f.Abandoned, []string{"abandon"}}, {"open-beta", f.OpenBeta, []string{"obt", "obt_sellout"}}} {
		// A state of a zone goes before that of the region, and which zones count is for the target to say.
		if to := find(part.id); to != nil && to.ExtraSpecs["cond:operation:az"] == "" && !slices.Contains(part.states, saleOf(to)) {
			wrong(part.name, part.id, "the list says %q of it, wanted %s", cmp.Or(saleOf(to), "normal"), strings.Join(part.states, " or "))
		}
	}
	if to := find(f.Dedicated); to != nil && (to.ExtraSpecs["hw:cpu_policy"] != "dedicated" || to.ExtraSpecs["hw:cpu_threads"] != "2") {
		wrong("dedicated-cpu", f.Dedicated, "wanted hw:cpu_policy dedicated and hw:cpu_threads 2, got %q and %q", to.ExtraSpecs["hw:cpu_policy"], to.ExtraSpecs["hw:cpu_threads"])
	}
	if to, from := find(f.Smaller), find(s.FlavorID); to != nil && from != nil && to.VCPUs >= from.VCPUs && to.RAM >= from.RAM {
		wrong("smaller", f.Smaller, "it has %d vCPU and %d MiB, and %s has %d and %d", to.VCPUs, to.RAM, s.FlavorID, from.VCPUs, from.RAM)
	}
	return good
}

// offers tells of some flavors that could be named instead.
func offers(all []ecs.Flavor) string {
	const most = 4
	var ids []string
	for _, f := range all {
		if status := f.ExtraSpecs["cond:operation:status"]; status == "" || status == "normal" || status == "promotion" {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) == 0 {
		return "no flavor is offered for it"
	}
	return "name one that is, such as " + strings.Join(ids[:min(most, len(ids))], ", ")
}
