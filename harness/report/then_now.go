package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// Again is a run beside what its record says when it is judged again.
type Again struct {
	Then, Now *journal.Run
	Results   []ThenNow
	Exchanges []comparison.Exchange // those of which something else is said
}

// ThenNow is what a result of a run was, and what its record says when it is judged again.
type ThenNow struct {
	Then *journal.Result // nil where the run had no such result
	Now  journal.Result  // NOT_TESTABLE or NOT_APPLICABLE, with the reason, where it cannot be judged from a record
	// Judged says that Now is what the record says; else it is only why it says nothing.
	Judged bool
}

func (p ThenNow) then() string {
	if p.Then == nil {
		return "no result"
	}
	return string(p.Then.Verdict)
}

// differs says that the record says something else now.
func (p ThenNow) differs() bool {
	if !p.Judged || p.Then == nil {
		return p.Judged && (p.Now.Found() == journal.Fail || p.Now.Found() == journal.Warn)
	}
	return p.Then.Found() != p.Now.Found() || p.Now.Verdict.Listable() && strings.Join(p.Then.Signature, "\n") != strings.Join(p.Now.Signature, "\n")
}

// tellings counts what has become of results.
type tellings struct {
	changed, same []ThenNow
	first         int                  // judged for the first time, and not found broken
	untold        map[string][]ThenNow // by reason, those that cannot be judged
	reasons       []string
}

// tell sorts the results; of what has changed the worst comes first.
func (a Again) tell() tellings {
	t := tellings{untold: map[string][]ThenNow{}}
	for _, p := range a.Results {
		switch {
		case p.differs():
			t.changed = append(t.changed, p)
		case p.Judged && p.Then == nil:
			t.first++
		case p.Judged:
			t.same = append(t.same, p)
		default:
			key := string(p.Now.Verdict) + ": " + p.Now.Reason
			if t.untold[key] == nil {
				t.reasons = append(t.reasons, key)
			}
			t.untold[key] = append(t.untold[key], p)
		}
	}
	order := journal.Verdicts()
	slices.SortStableFunc(t.changed, func(a, b ThenNow) int { return slices.Index(order, a.Now.Verdict) - slices.Index(order, b.Now.Verdict) })
	return t
}

func (t tellings) counts() string {
	text := fmt.Sprintf("%d judged over exchanges: %d changed, %d as before", len(t.changed)+len(t.same)+t.first, len(t.changed), len(t.same))
	if t.first > 0 {
		text += fmt.Sprintf(", %d without a result before and not broken", t.first)
	}
	return text
}

// accused lists the exchanges in which something has come, gone, or got lost that stands against somebody.
func (a Again) accused() []comparison.Exchange {
	var loud []comparison.Exchange
	for _, x := range a.Exchanges {
		if x = x.Accused(); len(x.Gone)+len(x.Came)+len(x.Unknown) > 0 {
			loud = append(loud, x)
		}
	}
	return loud
}

// byContract names a contract: "intl 0123456789ab".
func byContract(s journal.RunStart) string {
	return oneLine(strings.TrimSpace(s.Profile+" "+s.ContractHash[:min(12, len(s.ContractHash))]), 100)
}

// exchangeLine says which exchange it is, and what has changed about it as a whole.
func exchangeLine(x comparison.Exchange) string {
	operation := x.Now.Operation
	if operation == "" {
		operation = x.Then.Operation
	}
	line := strings.TrimSpace(fmt.Sprintf("exchange %d %s", x.Now.ID, operation)) + fmt.Sprintf(" %s %s", x.Now.Method, x.Now.URL)
	switch {
	case x.Now.Outside && !x.Then.Outside:
		line += ": this contract does not describe it, and it is not judged"
	case x.Then.Outside && !x.Now.Outside:
		line += ": it was not described then, and is judged now"
	case x.Then.Operation != x.Now.Operation:
		line += fmt.Sprintf(": taken for %s, was %s", orNothing(x.Now.Operation), orNothing(x.Then.Operation))
	}
	return oneLine(line, 600)
}

func orNothing(s string) string {
	if s == "" {
		return "no operation"
	}
	return s
}

// violationLine is a violation in a line.
func violationLine(v journal.Violation) string {
	return oneLine(strings.Join(slices.DeleteFunc([]string{v.Requirement, string(v.Level), v.In, v.Part, v.Pointer}, func(s string) bool { return s == "" }), " ")+": wanted "+v.Wanted+"; got "+v.Got, 600)
}

// longestAgain is how many exchanges a terminal shows; the files have all of them.
const longestAgain = 12

// ThenAndNow shows what a run said and what its record says now, on a terminal: only what differs, and how much cannot be said.
func ThenAndNow(out io.Writer, a Again, s Style) error {
	t := &terminal{screen: screen{Style: s}}
	told := a.tell()
	t.add("", t.paint(bold, fmt.Sprintf("THEN AND NOW  by %s, was %s", byContract(a.Now.Start), byContract(a.Then.Start))))
	for _, p := range told.changed {
		lead := fmt.Sprintf("%s, was %s", p.Now.Verdict, p.then())
		t.add("  " + t.paint(verdictColor(p.Now.Verdict), lead) + "  " + cut(oneLine(p.Now.Key(), 400), max(20, t.width()-len(lead)-4)))
		if p.Now.Reason != "" {
			t.hanging("    ", oneLine(p.Now.Reason, 2*t.width()))
		}
	}
	loud := a.accused()
	for i, x := range loud {
		if i == longestAgain {
			t.add(fmt.Sprintf("  and %s", counted(len(loud)-i, "more exchange")))
			break
		}
		t.add("  " + cut(exchangeLine(x), t.width()-2))
		for _, v := range x.Came {
			t.hanging("    + ", oneLine(violationLine(v), 2*t.width()))
		}
		for _, v := range x.Gone {
			t.hanging("    - ", oneLine(violationLine(v), 2*t.width()))
		}
		for _, v := range x.Unknown {
			t.hanging("    ? ", oneLine(violationLine(v), 2*t.width()))
		}
	}
	t.hanging("  ", told.counts())
	t.hanging("  ", a.exchangeCounts())
	for _, reason := range told.reasons {
		t.hanging("  ", fmt.Sprintf("%d %s", len(told.untold[reason]), oneLine(reason, 300)))
	}
	_, err := io.WriteString(out, strings.Join(t.lines, "\n")+"\n")
	return err
}

// exchangeCounts says what has become of the exchanges.
func (a Again) exchangeCounts() string {
	var worse, better, unknown, left, came int
	for _, x := range a.Exchanges {
		x = x.Accused()
		if len(x.Came) > 0 {
			worse++
		}
		if len(x.Gone) > 0 {
			better++
		}
		if len(x.Unknown) > 0 {
			unknown++
		}
		if x.Now.Outside && !x.Then.Outside {
			left++
		}
		if x.Then.Outside && !x.Now.Outside {
			came++
		}
	}
	parts := []string{fmt.Sprintf("%s: %d break something that they did not, %d no longer break something", counted(len(a.Now.Exchanges), "exchange"), worse, better)}
	for _, p := range []struct {
		n    int
		what string
	}{{unknown, "of which it is not known, because the record has not kept what broke it"}, {left, "that this contract does not describe any more"}, {came, "that it describes now"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}
