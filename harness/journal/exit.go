package journal

import (
	"fmt"
	"slices"
)

// The exit codes of the program. 2 and 3 are given before scenarios run and never come from verdicts.
const (
	ExitConforms    = 0
	ExitNot         = 1 // does not conform, or was not shown to
	ExitUsage       = 2 // usage or configuration
	ExitUnreachable = 3 // target unreachable, or preflight failed
	ExitHarness     = 4 // our own fault, a record that is not whole, or a report that could not be written
)

// ExitCode is the verdict on a whole run as an exit code; strict counts WARN as a failure. See Conclude.
func ExitCode(run *Run, strict bool) int { return Conclude(run, strict).ExitCode }

// Conclusion is the verdict on a whole run.
type Conclusion struct {
	ExitCode int
	Reasons  []string // why it is not 0, one phrase each, gravest first; empty when the target conforms
}

// Conforms says that nothing stands against the target.
func (c Conclusion) Conforms() bool { return c.ExitCode == ExitConforms }

// Conclude judges a run:
//
//   - the code with which the runner ended a run whose target could not be used (2, 3) stands;
//   - a HARNESS_ERROR, a planned result that is missing or a record that is not whole is 4, whatever else was found: such a run cannot be trusted;
//   - FAIL, NOT_TESTABLE, XPASS, BLOCKED, and WARN when strict, is 1. BLOCKED belongs here although JUnit shows it as skipped: what could not be
//     set up was not shown to conform, and a failed cleanup left something behind;
//   - an entry of the baseline that does not stand (passing, expired, failing in another way) is 1, whatever its result would count for;
//   - a result for a requirement that is newer than the pinned version counts for nothing, a HARNESS_ERROR and a failed cleanup aside: those are about the run;
//   - a run in which no scenario was carried out is 1, never 0: nothing was shown. So is one without scenarios in which no exchange was judged.
func Conclude(run *Run, strict bool) Conclusion {
	if run.End != nil && (run.End.ExitCode == ExitUsage || run.End.ExitCode == ExitUnreachable) {
		reason := run.End.Interrupted
		if reason == "" {
			reason = "the target could not be used"
		}
		return Conclusion{ExitCode: run.End.ExitCode, Reasons: []string{reason}}
	}
	rows := run.Rows()
	counting := Counting(rows)
	counts := Counts(rows)
	// A case tells nothing that the result of its scenario does not, so that one cause is one reason; a case that failed although its scenario did not counts by itself.
	for verdict, n := range CaseCounts(counting) {
		if counts[verdict] == 0 {
			counts[verdict] = n
		}
	}
	c := Conclusion{}
	because := func(code, n int, one, many string) {
		if n == 0 {
			return
		}
		c.ExitCode = max(c.ExitCode, code)
		if n == 1 {
			c.Reasons = append(c.Reasons, "1 "+one)
			return
		}
		c.Reasons = append(c.Reasons, fmt.Sprintf("%d %s", n, many))
	}
	missing := len(run.Missing())
	because(ExitHarness, errorsGiven(run), "harness error", "harness errors")
	because(ExitHarness, missing, "planned result missing", "planned results missing")
	because(ExitNot, counts[Fail], "failure", "failures")
	because(ExitNot, counts[NotTestable], "not testable although declared", "not testable although declared")
	because(ExitNot, counts[XPass], "unexpected pass (the baseline expects a failure)", "unexpected passes (the baseline expects failures)")
	because(ExitNot, counts[Blocked], "blocked", "blocked")
	because(ExitNot, fallen(counting, Expired), "failure that was accepted until a day that is over", "failures that were accepted until a day that is over")
	because(ExitNot, fallen(counting, FailsOther), "failure in another way than the one accepted", "failures in another way than the one accepted")
	if strict {
		because(ExitNot, counts[Warn], "warning (strict)", "warnings (strict)")
	}
	switch {
	case run.Start.Watched && !judged(counting):
		c.ExitCode = max(c.ExitCode, ExitNot)
		c.Reasons = append(c.Reasons, "no exchange was judged"+of(run.Start.Pin))
	case !run.Start.Watched && !carriedOut(counting):
		c.ExitCode = max(c.ExitCode, ExitNot)
		c.Reasons = append(c.Reasons, "no scenario was carried out"+of(run.Start.Pin))
	}
	return c
}

// of names the requirements that count, where not all of them do.
func of(pin string) string {
	if pin == "" {
		return ""
	}
	return " for a requirement that version " + pin + " has"
}

// fallen counts the entries of the baseline that have such a standing.
func fallen(rows []Result, standing Standing) int {
	n := 0
	for _, r := range rows {
		if r.Kind != KindCase && r.Listed != nil && r.Listed.Standing == standing {
			n++
		}
	}
	return n
}

// errorsGiven counts harness errors, without those that stand for a missing result.
func errorsGiven(run *Run) int {
	n := Counts(run.Results)[HarnessError]
	if n == 0 {
		n = CaseCounts(run.Results)[HarnessError]
	}
	if len(run.flaws()) > 0 {
		n++
	}
	return n
}

// judged says whether anything was judged over the exchanges of a run.
func judged(rows []Result) bool {
	return slices.ContainsFunc(rows, func(r Result) bool {
		return (r.Kind == KindSchema || r.Kind == KindMonitor) && (r.Verdict == Pass || r.Verdict == Fail || r.Verdict == Warn)
	})
}

// carriedOut says whether any scenario came as far as an assertion.
func carriedOut(rows []Result) bool {
	for _, r := range rows {
		if r.Kind != KindScenario {
			continue
		}
		switch r.Found() {
		case Pass, Fail, Warn, XFail, XPass:
			return true
		}
	}
	return false
}
