package runner

import (
	"context"
	"fmt"
	"strings"
	"time"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// tidy removes what the run has made and brings back what it has changed, also when the run was interrupted or its budget is spent. What it cannot is told first in
// every report; where that is not what was to be expected, it is a result by itself.
func tidy(ctx context.Context, t *target.Target, note func(journal.Note), give func(journal.Result)) {
	source, can := t.Servers.(fixture.Tidier)
	if !can {
		return
	}
	limits := t.Timeouts
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*(limits.Create+limits.Delete+limits.Job+limits.Power)+time.Minute)
	defer cancel()
	scope := &exchange.Scope{Scenario: journal.CleanupRequirement + " the run leaves everything as it was found"}
	began := time.Now()
	for _, l := range source.Tidy(exchange.WithScope(ctx, scope)) {
		note(journal.Note{Text: l.Text, Left: true})
		if l.Expected {
			continue
		}
		name := l.ServerID
		if name == "" {
			name = l.Name
		}
		give(journal.Result{
			Requirement: journal.CleanupRequirement, Title: "server " + name + " is left as it was found, or removed if the run made it", Kind: journal.KindCleanup,
			Level: journal.Must, Side: journal.Harness, Clause: "A run leaves everything as it was found.", Source: "this suite's own rule",
			Verdict: journal.Blocked, Reason: l.Text, Start: began, Duration: time.Since(began),
		})
	}
}

// leftBefore tells of servers that an earlier run in the same folder noted down to have made, and not to have removed.
func leftBefore(left []fixture.Made) journal.Note {
	var names []string
	for _, m := range left {
		names = append(names, m.String())
	}
	return journal.Note{Text: fmt.Sprintf("an earlier run with the same reports folder made %s and did not remove it: `conformance sweep --prefix` with the beginning of the name does", strings.Join(names, ", ")), Left: true}
}
