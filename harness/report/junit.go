package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
)

// Dialect is a flavour of JUnit XML. There is no one schema that all consumers agree on.
type Dialect string

// The dialects.
const (
	// Rich has file, line and properties on each test case, which GitLab, GitHub's actions and Jenkins' own JUnit step read or ignore.
	Rich Dialect = "rich"
	// XSD keeps to junit-10.xsd of Jenkins' xUnit plugin, which refuses whole files for attributes it does not know. What the rich dialect has
	// in properties stands at the head of system-out there.
	XSD Dialect = "xsd"
)

// ParseDialect reads a dialect's name; empty is Rich.
func ParseDialect(name string) (Dialect, error) {
	switch d := Dialect(name); d {
	case "":
		return Rich, nil
	case Rich, XSD:
		return d, nil
	}
	return "", fmt.Errorf("JUnit dialect %q is unknown%s; there are %s and %s", name, nearest.Hint(name, []string{string(Rich), string(XSD)}), Rich, XSD)
}

// DefaultJUnitLimit is what junit.xml is kept under: GitLab reads at most 30 MB of one report file (docs.gitlab.com, "Unit test reports").
const DefaultJUnitLimit = 30_000_000

// outcome is how JUnit says a verdict.
type outcome int

const (
	passed outcome = iota
	failure
	errored
	skipped
)

// element is the element that says it, "" when none does.
func (o outcome) element() string { return [...]string{"", "failure", "error", "skipped"}[o] }

// outcomeOf maps verdicts to JUnit. A verdict that nobody thought of is an error there, never a pass.
func outcomeOf(v journal.Verdict, strict bool) outcome {
	switch v {
	case journal.Pass:
		return passed
	case journal.Warn:
		if strict {
			return failure
		}
		return passed
	case journal.Fail, journal.NotTestable, journal.XPass:
		return failure
	case journal.NotApplicable, journal.Blocked, journal.XFail:
		return skipped
	}
	return errored
}

// testcase is one row on its way to XML.
type testcase struct {
	row     journal.Result
	name    string
	outcome outcome
}

// JUnit renders a run as JUnit XML: one test suite per requirement family, one test case per row.
func JUnit(out io.Writer, run *journal.Run, o Options) error {
	dialect, err := ParseDialect(string(o.JUnit))
	if err != nil {
		return err
	}
	limit := o.JUnitLimit
	if limit <= 0 {
		limit = DefaultJUnitLimit
	}
	rows := run.Rows()
	var families []string
	suites := map[string][]testcase{}
	names := map[string]int{}
	for _, row := range rows {
		family := journal.Family(row.Requirement)
		if suites[family] == nil {
			families = append(families, family)
		}
		name := oneLine(row.Name(), 500)
		if names[name]++; names[name] > 1 {
			// GitLab drops the later of two cases with one name.
			name += fmt.Sprintf(" (%d)", names[name])
		}
		suites[family] = append(suites[family], testcase{row, name, outcomeOf(row.Verdict, o.Strict)})
	}
	j := &junit{run: run, dialect: dialect, limit: limit}
	// Once without any screen to see what the cases themselves need; what is left of the limit is for screens.
	j.render(families, suites)
	j.room = limit - j.Len()
	j.Reset()
	j.render(families, suites)
	_, err = out.Write(j.Bytes())
	return err
}

// junit is a JUnit file in the making.
type junit struct {
	xmlWriter
	run     *journal.Run
	dialect Dialect
	limit   int
	room    int // bytes that screens may still take
}

func (j *junit) render(families []string, suites map[string][]testcase) {
	j.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	var all []testcase
	for _, family := range families {
		all = append(all, suites[family]...)
	}
	root := append([]attribute{{"name", "conformance"}}, tallied(all, j.dialect == Rich)...)
	root = append(root, attribute{"time", seconds(wall(j.run))})
	if j.dialect == Rich {
		root = append(root, attribute{"timestamp", timestamp(j.run.Started)})
	}
	j.open(0, "testsuites", root...)
	for _, family := range families {
		j.suite(family, suites[family])
	}
	j.close(0, "testsuites")
}

func (j *junit) suite(family string, cases []testcase) {
	var sum time.Duration
	for _, c := range cases {
		sum += c.row.Duration
	}
	attributes := append([]attribute{{"name", family}}, tallied(cases, true)...)
	attributes = append(attributes, attribute{"time", seconds(sum)}, attribute{"timestamp", timestamp(j.run.Started)})
	j.open(1, "testsuite", attributes...)
	s := j.run.Start
	j.properties(2, []attribute{
		{"title", s.Families[family]}, {"target", s.Target}, {"client", s.Client}, {"profile", s.Profile}, {"contract", s.ContractHash},
		{"suite_version", s.SuiteVersion}, {"seed", strconv.FormatInt(s.Seed, 10)}, {"shard", s.Shard}, {"filter", s.Filter},
	})
	for _, c := range cases {
		j.testcase(c)
	}
	j.close(1, "testsuite")
}

// tallied are the totals of some cases.
func tallied(cases []testcase, withSkipped bool) []attribute {
	var n [4]int
	for _, c := range cases {
		n[c.outcome]++
	}
	totals := []attribute{{"tests", strconv.Itoa(len(cases))}, {"failures", strconv.Itoa(n[failure])}, {"errors", strconv.Itoa(n[errored])}}
	if withSkipped {
		totals = append(totals, attribute{"skipped", strconv.Itoa(n[skipped])})
	}
	return totals
}

// properties writes those that have a value.
func (j *junit) properties(indent int, all []attribute) {
	all = slices.DeleteFunc(all, func(a attribute) bool { return a.value == "" })
	if len(all) == 0 {
		return
	}
	j.open(indent, "properties")
	for _, p := range all {
		j.empty(indent+1, "property", attribute{"name", p.name}, attribute{"value", printable(head(p.value, textLimit))})
	}
	j.close(indent, "properties")
}

// textLimit bounds one text of a report, in bytes; clauses and findings are a fraction of it, unless a server's answer got into one.
const textLimit = 10_000

func (j *junit) testcase(c testcase) {
	row := c.row
	attributes := []attribute{{"classname", "conformance." + journal.Family(row.Requirement)}, {"name", c.name}}
	facts := factsOf(row)
	if j.dialect == Rich {
		if row.File != "" {
			attributes = append(attributes, attribute{"file", row.File})
		}
		if row.Line > 0 {
			attributes = append(attributes, attribute{"line", strconv.Itoa(row.Line)})
		}
	}
	attributes = append(attributes, attribute{"time", seconds(row.Duration)})
	j.open(2, "testcase", attributes...)
	if j.dialect == Rich {
		j.properties(3, facts)
	}
	if element := c.outcome.element(); element != "" {
		j.text(3, element, explanation(row), attribute{"type", string(row.Verdict)}, attribute{"message", oneLine(message(row), 500)})
	}
	var output strings.Builder
	if j.dialect == XSD {
		for _, f := range facts {
			if f.value != "" {
				fmt.Fprintf(&output, "%s: %s\n", f.name, oneLine(f.value, 1000))
			}
		}
	}
	if showsScreen(row.Verdict) {
		if output.Len() > 0 {
			output.WriteByte('\n')
		}
		output.WriteString(j.screen(row))
	}
	if output.Len() > 0 {
		j.text(3, "system-out", output.String())
	}
	j.close(2, "testcase")
}

// screen is the one-screen failure of a row, or a word on where it is when there is no room for it.
func (j *junit) screen(row journal.Result) string {
	if j.room > 0 {
		screen := Screen(j.run, row, Style{})
		var escaped xmlWriter
		escaped.escape(screen, false)
		if j.room -= escaped.Len(); j.room >= 0 {
			return screen
		}
		j.room = 0 // from here on none: which ones are there must not depend on their sizes
	}
	return fmt.Sprintf("(left out to keep this file under %d bytes; `conformance report` shows it, and %s has its exchanges)\n", j.limit, journal.FileName)
}

// showsScreen says which verdicts come with the exchange that explains them.
func showsScreen(v journal.Verdict) bool {
	return v != journal.Pass && v != journal.NotApplicable
}

// factsOf are the properties of a row, in the order of a reader's interest.
func factsOf(row journal.Result) []attribute {
	facts := []attribute{
		{"id", row.Requirement}, {"verdict", string(row.Verdict)}, {"level", string(row.Level)}, {"side", string(row.Side)}, {"kind", string(row.Kind)},
		{"clause", row.Clause}, {"source", row.Source}, {"operation", row.Operation},
	}
	if row.Verdict != journal.Pass {
		facts = append(facts, attribute{"reason", row.Reason})
	}
	if row.Bearing > 0 {
		facts = append(facts, attribute{"bearing", strconv.Itoa(row.Bearing)})
	}
	if f := row.Finding; f != nil {
		facts = append(facts, attribute{"pointer", f.Pointer}, attribute{"spec_pointer", f.SpecPointer}, attribute{"spec_line", f.SpecLine})
		if f.Exchange != 0 {
			facts = append(facts, attribute{"exchange", strconv.FormatInt(f.Exchange, 10)})
		}
		if f.Count > 1 {
			facts = append(facts, attribute{"count", strconv.Itoa(f.Count)})
		}
	}
	return append(facts, attribute{"rerun", row.Rerun})
}

// message says in one sentence why a row is not a pass. It is never empty: some readers show nothing else.
func message(row journal.Result) string {
	switch f := row.Finding; {
	case row.Reason != "":
		return row.Reason
	case f != nil && (f.Wanted != "" || f.Got != ""):
		return "wanted " + f.Wanted + ", got " + f.Got
	}
	return string(row.Verdict)
}

// explanation is the text of failure, error and skipped: GitLab shows it and not the message.
func explanation(row journal.Result) string {
	lines := []string{message(row)}
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, label+": "+head(value, textLimit))
		}
	}
	if outcomeOf(row.Verdict, true) != skipped {
		add("clause", row.Clause)
		add("source", row.Source)
		if f := row.Finding; f != nil {
			add("wanted", f.Wanted)
			add("got", f.Got)
			add("pointer", f.Pointer)
			add("contract", strings.TrimSpace(f.SpecLine+" "+f.SpecPointer))
		}
		add("rerun", row.Rerun)
		if row.File != "" {
			// In the form of a Java stack frame, the one from which test reporters make a link.
			lines = append(lines, fmt.Sprintf("at conformance.%s(%s:%d)", row.Requirement, row.File, row.Line))
		}
	}
	return head(strings.Join(lines, "\n"), 6*textLimit)
}

// seconds is a duration with three decimals, never in scientific notation, which some schemas refuse.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 3, 64)
}

// timestamp is ISO 8601 without a zone, in UTC: the form of Ant, which every reader knows.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }

// wall is how long a run took; of a run that was killed, until its last event.
func wall(run *journal.Run) time.Duration {
	if run.End != nil {
		return run.End.Duration
	}
	if n := len(run.Events); n > 0 && !run.Started.IsZero() {
		return max(0, run.Events[n-1].Time.Sub(run.Started))
	}
	return 0
}
