package preflight

import (
	"fmt"
	"strings"
	"time"

	"resize-conformance/harness/target"
)

// ownRequests is how many requests a server of the run's own takes, looks at jobs aside: its creation, its flavors, a look, a stop, its deletion.
const ownRequests = 5

// Bounds are what a run is held to, beside its budget.
type Bounds struct {
	Procs   int           // 0 is 1
	Timeout time.Duration // of the whole run
}

// Lines tell the estimate, and hold it against what the run is allowed.
func (e Estimate) Lines(t *target.Target, b Bounds) []Line {
	procs := max(1, b.Procs)
	var lines []Line
	say := func(g Grade, about, next, format string, args ...any) {
		lines = append(lines, Line{g, about, fmt.Sprintf(format, args...), next})
	}
	switch {
	case e.Created > 0 && e.Made > 0:
		say(OK, "creates", "", "%s more by scenarios that make one, deleted again", plural(e.Created, "server"))
	case e.Created > 0:
		say(OK, "creates", "", "%s, deleted again", plural(e.Created, "server"))
	case e.Made == 0:
		say(OK, "creates", "", "no server")
	}
	if t.ReadOnly {
		say(OK, "changes", "", "nothing: the run is --read-only, and what changes something is not sent; the rest is an upper bound")
	} else {
		say(OK, "changes", "", "%s (there and back), %s", plural(e.Resizes, "resize"), plural(e.Power, "start or stop"))
	}
	lines = append(lines, e.orders(t)...)
	say(OK, "requests", "", "about %d, and %d looks at jobs", e.Requests, e.Polls)
	takes := e.Takes
	by := ""
	if procs > 1 {
		takes, by = e.with(procs), fmt.Sprintf(" by %d processes", procs)
	}
	say(OK, "takes", "", "about %s for %s%s, if a resize job takes %s (an estimate, from a rehearsal with the emulator)", rough(takes), plural(e.Scenarios, "scenario"), by, e.JobTakes)
	return append(lines, e.bounds(t, b, takes)...)
}

// with is how long several processes take at least: as long as the work takes that is divided, or the longest scenario.
func (e Estimate) with(procs int) time.Duration {
	longest := 0
	for _, pauses := range e.Weights {
		longest = max(longest, pauses)
	}
	poll := e.JobTakes / resizePolls
	return max(e.Takes/time.Duration(procs), time.Duration(longest)*poll)
}

// orders tells how many are placed, and what keeps them few.
func (e Estimate) orders(t *target.Target) []Line {
	if e.Orders == 0 {
		return nil
	}
	text := fmt.Sprintf("up to %s for yearly/monthly servers", plural(e.Orders, "order"))
	next := "cancel those that stay unpaid in the console, or list no such servers"
	if t.Capabilities[target.CapAutoPay] {
		text += ", paid from the account (--allow-orders)"
		next = "limit them with --budget orders=N, or list no such servers"
	}
	switch limit, limited := t.Budget[target.BudgetOrders]; {
	case t.ReadOnly || limited && limit == 0:
		return []Line{{OK, "orders", "none: " + map[bool]string{true: "the run is --read-only", false: "--budget orders=0"}[t.ReadOnly], ""}}
	case limited && limit < e.Orders:
		text += fmt.Sprintf("; no more than %d are placed (--budget orders=%d), and what needs more is not testable", limit, limit)
	}
	return []Line{{Warning, "orders", text, next}}
}

// bounds holds the estimate against the budget and the time that the run has.
func (e Estimate) bounds(t *target.Target, b Bounds, takes time.Duration) []Line {
	var lines []Line
	short := func(what, next string) {
		lines = append(lines, Line{Warning, "budget", what + ": the run is expected to end before all scenarios are begun", next})
	}
	var budget, told []string
	for _, kind := range []string{target.BudgetServers, target.BudgetOrders, target.BudgetRequests, target.BudgetMinutes} {
		limit, limited := t.Budget[kind]
		if !limited {
			continue
		}
		budget = append(budget, fmt.Sprintf("%s=%d", kind, limit))
		minutes := int((takes + time.Minute - 1) / time.Minute)
		switch {
		case kind == target.BudgetServers && limit < e.Created+e.Made*max(1, b.Procs) && e.Created > 0:
			lines = append(lines, Line{Warning, "budget", fmt.Sprintf("servers=%d, and %d are expected to be made: what wants more is not testable", limit, e.Created+e.Made*max(1, b.Procs)), "give more"})
		case kind == target.BudgetRequests && limit < e.Requests+e.Polls:
			short(fmt.Sprintf("requests=%d, and about %d are expected", limit, e.Requests+e.Polls), fmt.Sprintf("give --budget requests=%d, or choose fewer scenarios", nice(e.Requests+e.Polls)))
		case kind == target.BudgetMinutes && limit < minutes:
			short(fmt.Sprintf("minutes=%d, and about %d are expected", limit, minutes), fmt.Sprintf("give --budget minutes=%d, more --procs, or fewer scenarios", nice(minutes)))
		}
	}
	if b.Timeout > 0 && takes > b.Timeout {
		lines = append(lines, Line{Warning, "timeout", fmt.Sprintf("a run may take %s, and is expected to take %s: it would be broken off", b.Timeout, rough(takes)), "give a longer --timeout, more --procs, or fewer scenarios"})
	}
	if t.ReadOnly {
		told = append(told, "--read-only")
	}
	if len(budget) > 0 {
		told = append(told, "--budget "+strings.Join(budget, ",")+" (cleaning up may exceed it)")
	}
	if b.Timeout > 0 {
		told = append(told, "--timeout "+b.Timeout.String())
	}
	if len(told) == 0 {
		told = []string{"none: no --budget is given"}
	}
	return append(lines, Line{OK, "bounds", strings.Join(told, "; "), ""})
}

// nice is a little more than an estimate, for it is one.
func nice(n int) int { return n + n/4 + 1 }

func plural(n int, what string) string {
	if n != 1 {
		what = strings.ReplaceAll(what+"s", "start or stops", "starts and stops")
	}
	return fmt.Sprintf("%d %s", n, what)
}

// rough rounds a time to what an estimate is worth.
func rough(d time.Duration) time.Duration {
	switch {
	case d > time.Hour:
		return d.Round(10 * time.Minute)
	case d > 2*time.Minute:
		return d.Round(time.Minute)
	}
	return max(time.Second, d.Round(time.Second))
}
