package suites

import (
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

// A scenario ends as the worst of its parts did; what a client cannot be asked for in one leaves the others standing.
func TestWorstOfParts(t *testing.T) {
	t.Parallel()
	as := func(verdicts ...journal.Verdict) []any {
		ends := make([]any, len(verdicts))
		for i, v := range verdicts {
			if v != journal.Pass {
				ends[i] = stop{outcome{verdict: v, reason: string(rune('a' + i))}}
			}
		}
		return ends
	}
	const pass, fail, not, untestable, blocked = journal.Pass, journal.Fail, journal.NotApplicable, journal.NotTestable, journal.Blocked
	for _, c := range []struct {
		ends []any
		want string // verdict and reason
	}{
		{nil, "PASS "}, {as(pass, pass), "PASS "}, {as(pass, not), "PASS "}, {as(not, not), "NOT_APPLICABLE a"}, {as(not, fail), "FAIL b"},
		{as(pass, fail, fail), "FAIL b"}, {as(untestable, fail), "FAIL b"}, {as(untestable, not), "NOT_TESTABLE a"}, {as(untestable, blocked), "BLOCKED b"},
	} {
		got := "PASS "
		if s, stopped := worstOf(c.ends).(stop); stopped {
			got = string(s.verdict) + " " + s.reason
		}
		if got != c.want {
			t.Errorf("%v: wanted %q, got %q", c.ends, c.want, got)
		}
	}
}

// All parts are carried out, whatever becomes of the others, and one that panics is the harness's own fault.
func TestTogether(t *testing.T) {
	t.Parallel()
	x := begin(&Env{Target: withReference(t, "", nil)}, Scenario{id: "RSZ-CLIENT-101"})
	carried := make([]bool, 3)
	defer func() {
		s, stopped := recover().(stop)
		if !stopped || s.verdict != journal.HarnessError || !strings.Contains(s.reason, "the very fault") || !strings.Contains(s.reason, "together_test.go") {
			t.Errorf("got %+v", s)
		}
		if !carried[0] || !carried[1] || !carried[2] {
			t.Errorf("carried out: %v", carried)
		}
	}()
	x.together(
		func() { carried[0] = true; x.NotApplicable("it cannot") },
		func() { carried[1] = true; panic("the very fault") },
		func() { carried[2] = true; x.Fail(Place{}, "this", "that") },
	)
}
