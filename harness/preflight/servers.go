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
	if len(c.asListed) > 0 {
		c.say(OK, "servers", "", "as listed, or to be made so: %s", strings.Join(c.asListed, ", "))
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
		c.asListed = append(c.asListed, fmt.Sprintf("%s %s", of, state))
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

func summaryOf(a *ecs.Answer, err error) string {
	if err != nil {
		return err.Error()
	}
	return a.Summary()
}
