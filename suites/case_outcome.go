package suites

import (
	"context"
	"fmt"

	"resize-conformance/harness/journal"
)

// attempt carries an assertion out and gives what it came to, in place of ending the scenario with it. What stands in the way of every case still ends it.
func (x *Exercise) attempt(do func()) (o outcome) {
	defer func() {
		switch r := recover().(type) {
		case nil:
			o = outcome{verdict: journal.Pass}
		case stop:
			if r.verdict != journal.Fail {
				panic(r)
			}
			o = r.outcome
		default:
			panic(r)
		}
	}()
	do()
	return o
}

// conclude decides the scenario from its cases: one screen for all of them, with the exchange of the first that fails.
func (r *caseRun) conclude(ctx context.Context) {
	var failed []int
	for i, o := range r.results {
		switch o.verdict {
		case journal.HarnessError:
			r.x.end(journal.HarnessError, o.reason, o.finding)
		case journal.Fail, journal.Warn:
			failed = append(failed, i)
		}
	}
	if len(failed) == 0 {
		r.unsent(ctx)
		return
	}
	first := r.results[failed[0]]
	finding := *first.finding
	if len(failed) > 1 {
		finding.Count = len(failed)
	}
	reason := fmt.Sprintf("%d of %d cases are not answered as they are to be: %s; the first: %s", len(failed), len(r.list), r.titles(failed), first.reason)
	r.x.end(journal.Fail, reason, &finding)
}

// unsent ends a scenario of which not every case was sent.
func (r *caseRun) unsent(ctx context.Context) {
	applicable := false
	for i, o := range r.results {
		if !o.decided() {
			r.x.end(journal.Blocked, fmt.Sprintf("case %s was not sent: %v", r.list[i].Title, context.Cause(ctx)), nil)
		}
		applicable = applicable || o.verdict != journal.NotApplicable
	}
	if !applicable {
		r.x.NotApplicable(r.results[0].reason)
	}
}

// caseRows are the results of the cases. One that was not sent shares the fate of its scenario.
func (s Scenario) caseRows(r *caseRun, scenario journal.Result) []journal.Result {
	rows := make([]journal.Result, len(s.Cases))
	for i, c := range s.Cases {
		row := s.resultOf(journal.KindCase)
		row.Title, row.Operation, row.Start = c.Title, c.Operation, scenario.Start
		if r != nil {
			r.mu.Lock()
			o := r.results[i]
			r.mu.Unlock()
			if o.decided() {
				row.Verdict, row.Reason, row.Finding, row.Start, row.Duration = o.verdict, o.reason, o.finding, o.began, o.took
				if o.exchange != 0 {
					row.Exchanges = []int64{o.exchange}
				}
				rows[i] = row
				continue
			}
		}
		row.Verdict, row.Reason = notSent(scenario)
		rows[i] = row
	}
	return rows
}

// failing lists the ways in which the cases of a scenario fail; nil where it is not by its cases that it does.
func failing(cases []journal.Result, scenario journal.Result) (ways []string) {
	if !scenario.Verdict.Listable() {
		return nil
	}
	for _, c := range cases {
		if c.Verdict == journal.Fail || c.Verdict == journal.Warn {
			ways = append(ways, c.CaseWay())
		}
	}
	return ways
}

// notSent is the verdict of a case that was not sent.
func notSent(scenario journal.Result) (journal.Verdict, string) {
	switch scenario.Verdict {
	case journal.NotApplicable, journal.NotTestable, journal.Blocked, journal.HarnessError:
		return scenario.Verdict, scenario.Reason
	case journal.Pass:
		return journal.HarnessError, "the scenario passed without sending the case"
	}
	return journal.Blocked, "not sent: the scenario ended before: " + scenario.Reason
}
