package preflight

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
)

// fewLooks is how many servers of a state are looked at, without thoroughness, to find one that is what it is listed as.
const fewLooks = 3

// servers looks whether the servers are in the states that the inventory lists them under, as far as a run could not set that right itself.
func (c *check) servers(ctx context.Context) {
	// A server that every run needs can be used, or made, or it is not known that it cannot.
	plain := slices.Contains(c.t.Makes, fixture.Stopped) || slices.Contains(c.t.Makes, fixture.Running)
	for _, state := range fixture.States() {
		list := c.inventory.Servers[state]
		if state == fixture.Foreign || len(list) == 0 {
			continue
		}
		found := c.inState(ctx, state)
		if ctx.Err() != nil {
			return
		}
		if state == fixture.Stopped || state == fixture.Running {
			plain = plain || found
		}
	}
	if !plain {
		c.say(Stop, "servers", "set them right, or list others under servers.stopped or servers.running",
			"no server can be used that is listed as stopped or running, and without one next to nothing can be tested")
	}
	c.undeclared()
}

// inState looks at the servers of a state, and says whether one may do.
func (c *check) inState(ctx context.Context, state fixture.State) (may bool) {
	list := c.inventory.Servers[state]
	needed := state == fixture.Stopped || state == fixture.Running
	var wrong []string
	looked, good := 0, 0
	for i := range list {
		// Without a plain server there is no run: then all of them are looked at before that is said.
		if !c.o.Thorough && (good > 0 || looked == fewLooks && !needed) {
			break
		}
		looked++
		why, certain := c.unfit(ctx, &list[i], state)
		if ctx.Err() != nil {
			return true
		}
		if why == "" {
			if good++; good == 1 && certain {
				c.usable = append(c.usable, &list[i])
			}
			continue
		}
		wrong = append(wrong, list[i].ID+": "+why)
	}
	of := fmt.Sprintf("%d of %d", looked, len(list))
	switch {
	case len(wrong) == 0:
		c.say(OK, "servers", "", "%s listed as %s looked at: as listed, or to be made so", of, state)
	case good > 0:
		c.say(Warning, "servers", "set it right, or take it out of the inventory", "%s listed as %s looked at, and not as listed: %s", of, state, strings.Join(wrong, "; "))
	default:
		c.say(Warning, "servers", "set them right, or take them out of the inventory: then what wants one is not applicable",
			"%s listed as %s looked at, and none can be used: %s", of, state, strings.Join(wrong, "; "))
	}
	return good > 0
}

// unfit says why a server cannot be used. What cannot be read is not held against it: the run will say what is wrong with the answer.
func (c *check) unfit(ctx context.Context, l *fixture.Listed, state fixture.State) (why string, certain bool) {
	a, err := c.t.Client.ShowServer(ctx, l.ID, ecs.Patient())
	switch {
	case err != nil:
		return "", false
	case a.Status == http.StatusNotFound:
		return "there is no such server (" + a.Summary() + ")", true
	case a.Status != http.StatusOK:
		return "", false
	}
	s, err := a.Server()
	if err != nil {
		return "", false
	}
	c.seen[l.ID] = s
	if s.TaskState != "" {
		return "", false // it is busy with something; the run waits for that
	}
	if why = fixture.Unfit(fixture.ObservedOf(s), state); why != "" {
		return why, true
	}
	if flavors := c.inventory.FlavorsOf(l); flavors.Target == s.FlavorID && l.Flavor == "" {
		return fmt.Sprintf("it has the target flavor %q already, and the inventory does not say which one it is to begin with", s.FlavorID), true
	}
	return "", true
}

// undeclared names capabilities that were declared and have nothing to rest on.
func (c *check) undeclared() {
	for _, of := range target.Capabilities() {
		if c.t.Capabilities[of.Name] && of.State() != "" && of.State() != fixture.Foreign && !slices.Contains(c.t.Makes, of.State()) && len(c.inventory.Servers[of.State()]) == 0 {
			c.say(Warning, "capabilities", fmt.Sprintf("list one under servers.%s, or do not declare it", of.State()), "%s is declared, but the inventory lists no such server: what wants one is not testable", of.Name)
		}
	}
}

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
		case slices.Contains([]string{"sellout", "abandon", "obt_sellout"}, to.ExtraSpecs["cond:operation:status"]):
			good = false
			c.say(Warning, "flavors", offers(all), "flavor %s (%s) is not on sale: %s", part.id, part.name, to.ExtraSpecs["cond:operation:status"])
		default:
			c.room = append(c.room, *to)
		}
	}
	if to := find(f.Unreachable); to != nil {
		good = false
		c.say(Warning, "flavors", "name another under flavors.unreachable", "flavor %s (unreachable) is among those to which server %s can be changed", f.Unreachable, l.ID)
	}
	if good {
		c.say(OK, "flavors", "", "from %s to %s", s.FlavorID, f.Target)
	}
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

func summaryOf(a *ecs.Answer, err error) string {
	if err != nil {
		return err.Error()
	}
	return a.Summary()
}
