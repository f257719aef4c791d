package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// making says how many servers of each group of states (fixture.State.Group) a process of the run makes: as many as the scenario that takes most of them holds at the same
// time, since they are kept for the next. With no scenarios: one of each that is to be made. nil: none.
func making(t *target.Target, scenarios []suites.Scenario) map[fixture.State]int {
	made := map[fixture.State]int{}
	for _, state := range t.Makes {
		group := state.Group()
		if listsAll(t.Inventory, group) {
			continue
		}
		n := 0
		for _, s := range scenarios {
			if applies(t, s) {
				n = max(n, s.Takes()[group])
			}
		}
		if scenarios == nil {
			n = 1
		}
		if n > 0 {
			made[group] = n
		}
	}
	if len(made) == 0 {
		return nil
	}
	return made
}

// listsAll says that the inventory has servers for every state of a group, so that none are made (fixture.Mixed).
func listsAll(inventory *fixture.Inventory, group fixture.State) bool {
	if inventory == nil {
		return false
	}
	for _, state := range fixture.States() {
		if state.Group() == group && len(inventory.Servers[state]) == 0 {
			return false
		}
	}
	return true
}

func applies(t *target.Target, s suites.Scenario) bool {
	return !slices.ContainsFunc(s.Requirement.Needs, func(need string) bool { return !t.Capabilities[target.Capability(need)] })
}

// groupName is a group of states in words.
func groupName(group fixture.State) string {
	if group == fixture.Stopped {
		return "stopped or running"
	}
	return string(group)
}

// counted tells of servers by group, in the order of the states.
func counted(of map[fixture.State]int, times int) string {
	var parts []string
	for _, state := range fixture.States() {
		if n := of[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n*times, groupName(state)))
		}
	}
	return strings.Join(parts, ", ")
}

func total(of map[fixture.State]int) (n int) {
	for _, more := range of {
		n += more
	}
	return n
}

// planned finds out of what the run's own servers would be made. Where none can be made the run is stopped: whoever asks for them expects what wants one to be tested.
func (c *check) planned(ctx context.Context) {
	c.made = making(c.t, c.o.Scenarios)
	planner, plans := c.t.Servers.(interface {
		Plan(context.Context) (*fixture.Plan, error)
	})
	if c.made == nil || !plans {
		return
	}
	plan, err := planner.Plan(ctx)
	if ctx.Err() != nil {
		return
	}
	var none *fixture.Unavailable
	var refused *fixture.Refused
	switch {
	case err == nil:
		c.plan = plan
	case errors.As(err, &none):
		c.say(Stop, "creates", none.Hint, "the servers that --provision asks for cannot be made: %s cannot be had: %s", none.What, none.Why)
	case errors.As(err, &refused) && refused.Status < 500 && !refused.Busy:
		c.say(Stop, "creates", "grant that flavors may be listed (ecs:cloudServers:listFlavors, ecs:cloudServers:listResizeFlavors), or leave --provision out",
			"the servers that --provision asks for cannot be made: %v", refused)
	default:
		c.say(Warning, "creates", "look again later", "of what the run's own servers are to be made cannot be found out now: %v", err)
	}
	if limit, limited := c.t.Budget[target.BudgetServers]; limited {
		switch least, most := len(c.made), total(c.made)*c.procs(); {
		case limit < least:
			c.say(Stop, "budget", fmt.Sprintf("give --budget servers=%d or more, or leave --provision out", most), "servers=%d is less than the %d that the run cannot do without (one each of %s)", limit, least, counted(ones(c.made), 1))
		case limit < most:
			c.say(Warning, "budget", fmt.Sprintf("give --budget servers=%d, or more", most), "servers=%d is less than the %d that are held at the same time (%s): what wants more is not testable", limit, most, counted(c.made, c.procs()))
		}
	}
}

func (c *check) procs() int { return max(1, c.o.Procs) }

// creates tells what is made.
func (c *check) creates(context.Context) {
	if len(c.t.Makes) == 0 {
		return
	}
	var idle []string
	for _, state := range c.t.Makes {
		if c.made[state.Group()] == 0 {
			idle = append(idle, string(state))
		}
	}
	if len(idle) > 0 {
		c.say(OK, "creates", "", "no %s server: the inventory lists some, or no chosen scenario takes one", strings.Join(idle, ", "))
	}
	if c.plan == nil {
		return
	}
	p := c.plan
	flavor := p.Flavor.ID
	if p.Flavor.VCPUs > 0 {
		flavor += fmt.Sprintf(" (%d vCPU, %d MiB)", p.Flavor.VCPUs, p.Flavor.RAM)
	}
	to := p.Parts.Target
	for _, more := range []struct{ id, as string }{{p.Parts.Other, ""}, {p.Parts.Smaller, " (smaller)"}} {
		if more.id != "" {
			to += ", " + more.id + more.as
		}
	}
	zone := ""
	if p.Zone != "" {
		zone = " in " + p.Zone
	}
	prefix := c.o.Prefix
	if prefix == "" {
		prefix = "rsz-NUMBER (made up for each run)"
	}
	c.say(OK, "creates", "", "%s, of flavor %s%s, changed to %s; named by the prefix %s, which is the value of their tag %s; deleted when the run is over",
		counted(c.made, c.procs()), flavor, zone, to, prefix, p.Tag.Key)
	if c.t.OneWay && !p.WayBack {
		c.say(Warning, "creates", "limit them with --budget servers=N, or name a flavor with --provision-flavor that has another of its size",
			"this edition refuses a smaller flavor, and %s is larger than %s: each server that was resized is deleted, and another one made", p.Parts.Target, p.Flavor.ID)
	}
	if missing := c.missingParts(); len(missing) > 0 {
		c.say(Warning, "creates", "name a flavor with --provision-flavor from which they can be had", "from flavor %s there is %s: what wants one is not applicable", p.Flavor.ID, strings.Join(missing, " and "))
	}
	if n := c.made[fixture.YearlyMonthly]; n > 0 {
		c.say(Warning, "creates", "cancel them in the console when the run is over", "a yearly/monthly server is paid for a month, and cannot be deleted through this API")
	}
}

func (c *check) missingParts() (missing []string) {
	if c.plan.Parts.Other == "" {
		missing = append(missing, "no second target")
	}
	if c.plan.Parts.Smaller == "" {
		missing = append(missing, "no smaller flavor")
	}
	return missing
}

// ones is one server of each group.
func ones(of map[fixture.State]int) map[fixture.State]int {
	one := map[fixture.State]int{}
	for group := range of {
		one[group] = 1
	}
	return one
}
