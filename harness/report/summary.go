package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// TerminalOptions of what a terminal shows after a run.
type TerminalOptions struct {
	Style
	Strict  bool     // a WARN is a failure, and shown as one
	Screens int      // failures shown in full, the others in one line each; 0: 10
	Reports []string // where the reports are, see Paths
}

// Terminal writes what a person wants to know when a run is over: each failure on a screen (many that are the same on one), the warnings, a table by
// requirement family, the verdict, and where the reports are.
func Terminal(out io.Writer, run *journal.Run, o TerminalOptions) error {
	t := &terminal{screen: screen{Style: o.Style}, o: o, run: run}
	t.all = run.Rows()
	t.rows, t.cases = shownRows(journal.Counting(t.all))
	t.left()
	t.fallen()
	t.failures()
	t.oneLiners()
	t.accepted()
	t.newer()
	t.notes()
	t.table()
	t.warnings()
	t.verdict()
	t.reports()
	var b bytes.Buffer
	for _, line := range t.lines {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	_, err := out.Write(b.Bytes())
	return err
}

type terminal struct {
	screen
	o    TerminalOptions
	run  *journal.Run
	all  []journal.Result // every row, cases and what does not count included
	rows []journal.Result

	cases []journal.Result // their scenarios' rows tell of them
}

// shownRows are those that a terminal shows. A case is among them only when it is worse than its scenario says, which no run of this suite leaves.
func shownRows(all []journal.Result) (rows, cases []journal.Result) {
	cases = onlyCases(all)
	told := map[string]bool{}
	for _, r := range withoutCases(all) {
		told[r.Requirement] = told[r.Requirement] || r.Verdict != journal.Pass && r.Verdict != journal.NotApplicable
	}
	rows = slices.DeleteFunc(slices.Clone(all), func(r journal.Result) bool {
		return isCase(r) && (told[r.Requirement] || r.Verdict == journal.Pass || r.Verdict == journal.NotApplicable)
	})
	return rows, cases
}

// left says first what the run left behind or changed: somebody has to set it right, or pays for it.
func (t *terminal) left() {
	for _, text := range leftBehind(t.run) {
		lead := "LEFT BEHIND  "
		for _, line := range wrap(oneLine(text, 6*t.width()), t.width()-len(lead)) {
			t.add(t.paint(red, lead) + line)
			lead = strings.Repeat(" ", len(lead))
		}
	}
}

// leftBehind lists what a run left behind or changed.
func leftBehind(run *journal.Run) []string {
	var texts []string
	for _, n := range run.Notes {
		if n.Left {
			texts = append(texts, n.Text)
		}
	}
	return texts
}

// incidental is what differs between two findings of one cause: ids, ports, how long or how often something was waited for, and which line of which scenario asked.
// Statuses and codes must stay.
var incidental = regexp.MustCompile(` \(suites/\w+\.go:[0-9]+\)|\b(?:[0-9]+m)?[0-9]+(?:\.[0-9]+)?(?:ns|µs|ms|s)\b|\b[0-9]+ polls?\b|[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{16,}|:[0-9]{4,5}\b`)

// notes shows a few; all of them are in results.json.
func (t *terminal) notes() {
	const most = 8
	notes := slices.DeleteFunc(slices.Clone(t.run.Notes), func(n journal.Note) bool { return n.Left }) // those were told first
	for i, n := range notes {
		if i == 0 {
			t.add("")
		}
		if i == most {
			t.add(fmt.Sprintf("note  … %d more in %s", len(notes)-most, ResultsFile))
			break
		}
		text := n.Text
		if n.Scenario != "" {
			text = strings.SplitN(n.Scenario, " ", 2)[0] + ": " + text
		}
		t.hanging("note  ", oneLine(text, 3*t.width()))
	}
	unknown := 0
	for _, d := range t.run.Disagreements {
		if d.Known == "" {
			unknown++
		}
	}
	if unknown > 0 {
		t.hanging("note  ", fmt.Sprintf("the two schema oracles disagree over %s in a way that is not in the table of known differences; see oracle_disagreements in %s", counted(unknown, "message"), ResultsFile))
	}
}

// counted is "1 exchange", "2 exchanges".
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// The words for a whole run, as results.json has them.
const (
	conforms       = "conforms"
	doesNotConform = "does-not-conform"
	notShown       = "not-shown"
	noVerdict      = "no-verdict"
)

// warnings say what a reader has to know before he trusts the verdict.
func (t *terminal) warnings() {
	for i, text := range t.run.Start.Warnings {
		if i == 0 {
			t.add("")
		}
		for j, line := range wrap("WARNING  "+printable(head(text, textLimit)), t.width()) {
			if j == 0 {
				line = t.paint(red, "WARNING") + strings.TrimPrefix(line, "WARNING")
			}
			t.add(line)
		}
	}
}

// retried counts the exchanges that repeat another.
func retried(run *journal.Run) (n int) {
	for _, x := range run.Exchanges {
		if x.Retry != nil {
			n++
		}
	}
	return n
}

func (t *terminal) reports() {
	for i, path := range t.o.Reports {
		lead := "reports  "
		if i > 0 {
			lead = "         "
		}
		t.add(t.paint(faint, lead) + printable(path))
	}
}
