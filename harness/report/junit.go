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

// outcomeOfRow is how JUnit says a row. What counts for nothing is never a failure; a result whose entry of the baseline has fallen always is one.
func outcomeOfRow(row journal.Result, strict bool) outcome {
	o := outcomeOf(row.Verdict, strict)
	switch {
	case row.Apart() && o != passed:
		return skipped
	case row.Apart():
		return passed
	case !row.Stands() && o != errored:
		return failure
	}
	return o
}

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
	// What is left behind comes first, as in every report.
	slices.SortStableFunc(rows, func(a, b journal.Result) int { return leftFirst(a) - leftFirst(b) })
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
		suites[family] = append(suites[family], testcase{row, name, outcomeOfRow(row, o.Strict)})
	}
	j := &junit{run: run, dialect: dialect, limit: limit, o: o, texts: textLimit}
	// Without any screen to see what the cases themselves need: texts are cut until they fit. What is left of the limit is for screens.
	j.render(families, suites)
	for j.Len() > limit && j.texts > leastText {
		j.texts /= 4
		j.Reset()
		j.render(families, suites)
	}
	j.room = limit - j.Len()
	j.Reset()
	j.render(families, suites)
	_, err = out.Write(j.Bytes())
	return err
}

func leftFirst(row journal.Result) int {
	if row.Requirement == journal.CleanupRequirement {
		return 0
	}
	return 1
}

// junit is a JUnit file in the making.
type junit struct {
	xmlWriter
	run     *journal.Run
	dialect Dialect
	o       Options
	limit   int
	texts   int // bytes that one text may have
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
		{"baseline", baselineOf(s)}, {"pin", s.Pin},
		{"warning", strings.Join(s.Warnings, "; ")},
		{"left_behind", strings.Join(leftBehind(j.run), "; ")}, {"folded", j.folded()},
	})
	for _, c := range cases {
		j.testcase(c)
	}
	j.close(1, "testsuite")
}

// folded says that texts were cut, "" when they were not.
func (j *junit) folded() string {
	if j.texts == textLimit {
		return ""
	}
	return fmt.Sprintf("texts are cut to %d bytes to keep this file under %d bytes; %s has them whole", j.texts, j.limit, journal.FileName)
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
		j.empty(indent+1, "property", attribute{"name", p.name}, attribute{"value", printable(head(p.value, j.texts))})
	}
	j.close(indent, "properties")
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
