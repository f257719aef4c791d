package suites

import (
	"context"
	"errors"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// Perform carries one scenario out, gives its servers back and returns its result, then those of its cases, and one of kind cleanup when something could not be left
// as found.
// It needs no Ginkgo, so that any number of runs can be made in one process.
func (s Scenario) Perform(ctx context.Context, env *Env) []journal.Result {
	x := begin(env, s)
	x.perform(ctx)
	// The servers are given back even when the run was interrupted; the cleanup has its own time limit.
	x.release(context.WithoutCancel(ctx))
	return x.results()
}

// results are the rows for the journal: the scenario's, one for each of its cases, and one for what could not be left as found.
func (x *Exercise) results() []journal.Result {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.scenario.resultOf(journal.KindScenario)
	r.Verdict, r.Reason, r.Finding = x.outcome.verdict, x.outcome.reason, x.outcome.finding
	r.Exchanges, r.Start, r.Duration = x.scope.Exchanges(), x.began, x.took
	cases := x.scenario.caseRows(x.cases, r)
	r.Servers = slices.Clone(x.given)
	r.Signature = failing(cases, r)
	rows := append([]journal.Result{r}, cases...)
	if len(x.unclean) > 0 {
		c := x.scenario.resultOf(journal.KindCleanup)
		c.Verdict = journal.Blocked
		c.Reason = "not left as found: " + strings.ReplaceAll(errors.Join(x.unclean...).Error(), "\n", "; ")
		c.Exchanges, c.Start, c.Duration = x.tidying.Exchanges(), x.cleaning, x.tidied
		rows = append(rows, c)
	}
	return rows
}

// NotRun are the results of a scenario that was chosen and then left out on purpose, and of its cases; why is one phrase.
func (s Scenario) NotRun(why string) []journal.Result {
	r := s.resultOf(journal.KindScenario)
	r.Verdict, r.Reason = journal.Blocked, "not run: "+why
	return append([]journal.Result{r}, s.caseRows(nil, r)...)
}

// Lost are the results of a scenario whose end nobody saw, and of its cases; why is one phrase. That is the suite's own fault, whatever the target did. The servers
// that were in use for it are told of in a row of kind cleanup.
func (s Scenario) Lost(why string, servers ...string) []journal.Result {
	r := s.resultOf(journal.KindScenario)
	r.Verdict, r.Reason = journal.HarnessError, why
	rows := append([]journal.Result{r}, s.caseRows(nil, r)...)
	if len(servers) > 0 {
		c := s.resultOf(journal.KindCleanup)
		c.Verdict, c.Reason = journal.Blocked, "perhaps not left as found: "+strings.Join(servers, ", ")+": "+why
		rows = append(rows, c)
	}
	return rows
}
