package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// suites is junit.xml as a CI system reads it.
type suites struct {
	Tests    int     `xml:"tests,attr"`
	Failures int     `xml:"failures,attr"`
	Errors   int     `xml:"errors,attr"`
	Skipped  int     `xml:"skipped,attr"`
	Suites   []suite `xml:"testsuite"`
}

type suite struct {
	Name     string  `xml:"name,attr"`
	Tests    int     `xml:"tests,attr"`
	Failures int     `xml:"failures,attr"`
	Errors   int     `xml:"errors,attr"`
	Skipped  int     `xml:"skipped,attr"`
	Cases    []tcase `xml:"testcase"`
}

type tcase struct {
	Classname  string     `xml:"classname,attr"`
	Name       string     `xml:"name,attr"`
	File       string     `xml:"file,attr"`
	Line       int        `xml:"line,attr"`
	Time       string     `xml:"time,attr"`
	Properties []property `xml:"properties>property"`
	Failure    *told      `xml:"failure"`
	Error      *told      `xml:"error"`
	Skipped    *told      `xml:"skipped"`
	Out        string     `xml:"system-out"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type told struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (c tcase) property(name string) string {
	for _, p := range c.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// said is the element that a case has, and what it tells.
func (c tcase) said() (string, told) {
	switch {
	case c.Failure != nil:
		return "failure", *c.Failure
	case c.Error != nil:
		return "error", *c.Error
	case c.Skipped != nil:
		return "skipped", *c.Skipped
	}
	return "", told{}
}

func junit(t testing.TB, run *journal.Run, o report.Options) (suites, string) {
	t.Helper()
	var b bytes.Buffer
	if err := report.JUnit(&b, run, o); err != nil {
		t.Fatal(err)
	}
	var parsed suites
	if err := xml.Unmarshal(b.Bytes(), &parsed); err != nil {
		t.Fatalf("junit.xml does not parse: %v\n%s", err, b.String())
	}
	return parsed, b.String()
}

func cases(s suites) map[string]tcase {
	byName := map[string]tcase{}
	for _, suite := range s.Suites {
		for _, c := range suite.Cases {
			byName[c.Name] = c
		}
	}
	return byName
}

func TestVerdictsInJUnit(t *testing.T) {
	table := []struct {
		verdict journal.Verdict
		strict  bool
		want    string
	}{
		{journal.Pass, false, ""}, {journal.Pass, true, ""},
		{journal.Fail, false, "failure"}, {journal.Fail, true, "failure"},
		{journal.Warn, false, ""}, {journal.Warn, true, "failure"},
		{journal.NotTestable, false, "failure"}, {journal.NotTestable, true, "failure"},
		{journal.XPass, false, "failure"}, {journal.XPass, true, "failure"},
		{journal.HarnessError, false, "error"}, {journal.HarnessError, true, "error"},
		{journal.NotApplicable, false, "skipped"}, {journal.NotApplicable, true, "skipped"},
		{journal.Blocked, false, "skipped"}, {journal.Blocked, true, "skipped"},
		{journal.XFail, false, "skipped"}, {journal.XFail, true, "skipped"},
		{"SOMETHING_NEW", false, "error"}, {"", false, "error"},
	}
	seen := map[journal.Verdict]bool{}
	for _, c := range table {
		seen[c.verdict] = true
		for _, dialect := range []report.Dialect{report.Rich, report.XSD} {
			t.Run(fmt.Sprintf("%s strict %v %s", c.verdict, c.strict, dialect), func(t *testing.T) {
				parsed, raw := junit(t, runOf([]journal.Result{row("RSZ-URI-001", "title", c.verdict)}), report.Options{Strict: c.strict, JUnit: dialect})
				got, what := cases(parsed)["RSZ-URI-001 title"].said()
				if got != c.want {
					t.Fatalf("got <%s>, want <%s>\n%s", got, c.want, raw)
				}
				if got == "" {
					return
				}
				// GitLab reads the text, most others the attribute: both must tell.
				if what.Type != string(c.verdict) || what.Message != "reason of RSZ-URI-001" || !strings.Contains(what.Text, "reason of RSZ-URI-001") {
					t.Errorf("it tells %+v", what)
				}
			})
		}
	}
	for _, v := range journal.Verdicts() {
		if !seen[v] {
			t.Errorf("%s is not in the table", v)
		}
	}
}

// A verdict that is no PASS is never silent: neither the attribute nor the text may be empty, whatever the runner forgot.
func TestNoReasonIsStillAReason(t *testing.T) {
	for _, v := range journal.Verdicts() {
		r := row("RSZ-URI-001", "title", v)
		r.Reason = ""
		parsed, _ := junit(t, runOf([]journal.Result{r}), report.Options{})
		if element, what := cases(parsed)["RSZ-URI-001 title"].said(); element != "" && (what.Message == "" || what.Text == "") {
			t.Errorf("%s: <%s> tells nothing: %+v", v, element, what)
		}
	}
}

func TestJUnitSaysWhatTheResultsSay(t *testing.T) {
	torn := everyVerdict()
	killed := journal.NewRun(torn.Events[:8]...)
	for name, run := range map[string]*journal.Run{"whole": torn, "killed": killed, "nothing": journal.NewRun()} {
		for _, strict := range []bool{false, true} {
			for _, dialect := range []report.Dialect{report.Rich, report.XSD} {
				t.Run(fmt.Sprintf("%s strict %v %s", name, strict, dialect), func(t *testing.T) {
					o := report.Options{Strict: strict, JUnit: dialect}
					parsed, _ := junit(t, run, o)
					compare(t, parsed, resultsOf(t, run, o), dialect)
				})
			}
		}
	}
}

// compare wants the same counts and the same verdict for each case on both sides.
func compare(t *testing.T, j suites, r resultsDoc, dialect report.Dialect) {
	t.Helper()
	kinds := map[string]int{}
	byName := cases(j)
	n := 0
	for _, s := range j.Suites {
		here := map[string]int{}
		for _, c := range s.Cases {
			element, _ := c.said()
			here[element]++
			kinds[element]++
			n++
			if c.Classname != "conformance."+s.Name {
				t.Errorf("%s has the class name %s in suite %s", c.Name, c.Classname, s.Name)
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != here["failure"] || s.Errors != here["error"] || s.Skipped != here["skipped"] {
			t.Errorf("suite %s counts %d/%d/%d/%d, has %v", s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, here)
		}
	}
	if n != len(byName) {
		t.Errorf("%d cases have %d names", n, len(byName))
	}
	if j.Tests != n || j.Failures != kinds["failure"] || j.Errors != kinds["error"] || dialect == report.Rich && j.Skipped != kinds["skipped"] {
		t.Errorf("the file counts %d/%d/%d/%d, has %v", j.Tests, j.Failures, j.Errors, j.Skipped, kinds)
	}
	c, failures := r.Counts, 0
	failures = c["FAIL"] + c["NOT_TESTABLE"] + c["XPASS"]
	if r.Run.Strict {
		failures += c["WARN"]
	}
	if n != len(r.Results) || kinds["failure"] != failures || kinds["error"] != c["HARNESS_ERROR"] || kinds["skipped"] != c["NOT_APPLICABLE"]+c["BLOCKED"]+c["XFAIL"] {
		t.Errorf("%d cases %v, results count %v", n, kinds, c)
	}
	for _, res := range r.Results {
		name := res.Requirement + " " + res.Title
		if res.Kind == "cleanup" {
			name += " (cleanup)"
		}
		got, there := byName[name]
		if !there {
			t.Errorf("%s is not in junit.xml", name)
			continue
		}
		_, what := got.said()
		if what.Type != "" && (what.Type != res.Verdict || what.Message != res.Reason) {
			t.Errorf("%s: junit.xml says %+v, results.json %s %s", name, what, res.Verdict, res.Reason)
		}
		if dialect == report.Rich {
			for property, want := range map[string]string{
				"id": res.Requirement, "verdict": res.Verdict, "level": res.Level, "side": res.Side, "clause": res.Clause, "source": res.Source, "operation": res.Operation, "rerun": res.Rerun,
			} {
				if got.property(property) != want {
					t.Errorf("%s: property %s is %q, results.json has %q", name, property, got.property(property), want)
				}
			}
			if got.File != res.File || got.Line != res.Line {
				t.Errorf("%s is at %s:%d, results.json has %s:%d", name, got.File, got.Line, res.File, res.Line)
			}
		} else if !strings.Contains(got.Out, "verdict: "+res.Verdict) {
			t.Errorf("%s: system-out does not tell the verdict: %s", name, got.Out)
		}
		if want := strconv.FormatFloat(res.DurationMS/1000, 'f', 3, 64); got.Time != want {
			t.Errorf("%s took %s s, results.json has %s", name, got.Time, want)
		}
	}
	if (kinds["failure"]+kinds["error"] == 0) != (r.ExitCode == 0 || r.Verdict == "not-shown") {
		t.Errorf("junit.xml has %v and the exit code is %d (%s)", kinds, r.ExitCode, r.Verdict)
	}
}

func TestAFindingIsInTheProperties(t *testing.T) {
	parsed, _ := junit(t, everyVerdict(), report.Options{})
	c := cases(parsed)["RSZ-BODY-001 gives FAIL"]
	for name, want := range map[string]string{"pointer": "/job_id", "spec_pointer": "#/paths/~1v1.1/post", "spec_line": "spec/openapi.yaml:123", "exchange": "1", "count": "3"} {
		if got := c.property(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, want := range []string{"curl -X POST", `"job_id": 17`, "conformance run --requirement RSZ-BODY-001"} {
		if !strings.Contains(c.Out, want) {
			t.Errorf("system-out lacks %q:\n%s", want, c.Out)
		}
	}
	if _, what := c.said(); !strings.Contains(what.Text, "\nat suites.RSZ-BODY-001(state.go:42)") || !strings.Contains(what.Text, "wanted: a string\ngot: 17") {
		t.Errorf("the failure's text is\n%s", what.Text)
	}
	warn := cases(parsed)["RSZ-JOB-005 gives WARN"]
	if element, _ := warn.said(); element != "" || warn.property("verdict") != "WARN" || warn.property("reason") != "reason of RSZ-JOB-005" {
		t.Errorf("a warning is %+v", warn)
	}
}

// What a server sends comes into the file: it must stay XML for every byte there is.
func TestAnythingAServerSendsStaysXML(t *testing.T) {
	var all strings.Builder
	for b := range 256 {
		all.WriteByte(byte(b))
	}
	for _, r := range []rune{0x85, 0x200b, 0x2028, 0x202e, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x10ffff} {
		all.WriteRune(r)
	}
	hostile := all.String() + "]]><![CDATA[ &amp; </system-out> <!-- \r\n"
	r := row("RSZ-URI-001", "title "+hostile, journal.Fail)
	r.Reason, r.Clause, r.Source, r.Rerun, r.File = hostile, hostile, hostile, hostile, hostile
	r.Finding = &journal.Finding{Wanted: hostile, Got: hostile, Pointer: hostile, SpecLine: hostile, Exchange: 1}
	x := wrongJobID(1)
	x.ResponseBody.Text, x.Curl, x.URL = hostile, hostile, hostile
	x.ResponseHeader = append(x.ResponseHeader, journal.Header{Name: hostile, Value: hostile})
	run := runOf([]journal.Result{r}, journal.Event{Exchange: x})
	run.Start.Target = hostile
	for _, dialect := range []report.Dialect{report.Rich, report.XSD} {
		parsed, raw := junit(t, run, report.Options{JUnit: dialect})
		if !utf8.ValidString(raw) {
			t.Error("not UTF-8")
		}
		for _, r := range raw {
			if r < ' ' && r != '\n' || r == 0xfffe || r == 0xffff || r == 0x202e || r >= 0x7f && r < 0xa0 {
				t.Errorf("%s: character %U is in the file", dialect, r)
			}
		}
		if len(parsed.Suites) != 1 || len(parsed.Suites[0].Cases) != 1 {
			t.Fatalf("%+v", parsed)
		}
		_, what := parsed.Suites[0].Cases[0].said()
		if !strings.Contains(what.Text, `\x00\x01`) || !strings.Contains(what.Text, `]]><![CDATA[ &amp; </system-out> <!--`) || !strings.Contains(what.Text, `\x80\x81`) {
			t.Errorf("what the server sent cannot be read any more: %s", what.Text)
		}
	}
}

func TestTheFileStaysUnderItsLimit(t *testing.T) {
	var results []journal.Result
	var more []journal.Event
	for i := range 100 {
		r := row("RSZ-URI-001", fmt.Sprintf("title %d", i), journal.Fail)
		r.Finding = &journal.Finding{Wanted: "x", Got: strings.Repeat("y", 1<<16), Exchange: int64(i + 1)}
		x := wrongJobID(int64(i + 1))
		x.ResponseBody.Text = strings.Repeat("z <&>\n", 1<<12)
		more = append(more, journal.Event{Exchange: x})
		results = append(results, r)
	}
	run := runOf(results, more...)
	_, whole := junit(t, run, report.Options{})
	limit := len(whole) - 100_000
	parsed, raw := junit(t, run, report.Options{JUnitLimit: limit})
	if len(raw) > limit {
		t.Errorf("%d bytes, the limit is %d", len(raw), limit)
	}
	with, without := 0, 0
	for _, c := range parsed.Suites[0].Cases {
		if element, _ := c.said(); element != "failure" {
			t.Fatalf("%s is a %s", c.Name, element)
		}
		if strings.Contains(c.Out, fmt.Sprintf("left out to keep this file under %d bytes", limit)) {
			without++
		} else {
			with++
			if without > 0 {
				t.Fatal("a later screen is there, an earlier one is left out")
			}
		}
	}
	if with == 0 || without == 0 || with+without != 100 {
		t.Errorf("%d screens, %d left out", with, without)
	}
}

func TestTwoCasesNeverShareAName(t *testing.T) {
	twice := row("RSZ-URI-001", "title", journal.Fail)
	run := runOf([]journal.Result{row("RSZ-URI-001", "title", journal.Pass), twice})
	parsed, _ := junit(t, run, report.Options{})
	byName := cases(parsed)
	if element, _ := byName["RSZ-URI-001 title (2)"].said(); element != "failure" || len(byName) != 3 {
		t.Errorf("%v", byName)
	}
	if element, what := byName["HARNESS-RECORD the record of the run is whole"].said(); element != "error" || !strings.Contains(what.Message, "two results") {
		t.Errorf("a scenario with two results is no flaw of the record: %+v", what)
	}
}

func TestTimesHaveThreeDecimals(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0.000", -1: "0.000", 76 * time.Microsecond: "0.000", 1234567: "0.001", 90 * time.Minute: "5400.000"} {
		r := row("RSZ-URI-001", "title", journal.Pass)
		r.Duration = d
		parsed, raw := junit(t, runOf([]journal.Result{r}), report.Options{})
		if got := parsed.Suites[0].Cases[0].Time; got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
		if regexp.MustCompile(`time="[^"]*[^0-9."]`).MatchString(raw) {
			t.Errorf("a time is no plain number:\n%s", raw)
		}
	}
}

func TestDialectsByName(t *testing.T) {
	if d, err := report.ParseDialect(""); err != nil || d != report.Rich {
		t.Errorf("%q %v", d, err)
	}
	if d, err := report.ParseDialect("xsd"); err != nil || d != report.XSD {
		t.Errorf("%q %v", d, err)
	}
	if _, err := report.ParseDialect("xds"); err == nil || !strings.Contains(err.Error(), `did you mean "xsd"`) {
		t.Errorf("%v", err)
	}
	if err := report.JUnit(io.Discard, everyVerdict(), report.Options{JUnit: "ant"}); err == nil {
		t.Error("an unknown dialect was rendered")
	}
}

func TestJUnitGolden(t *testing.T) {
	_, rich := junit(t, everyVerdict(), report.Options{})
	golden(t, "junit-rich.xml", rich)
	_, xsd := junit(t, everyVerdict(), report.Options{JUnit: report.XSD})
	golden(t, "junit-xsd.xml", xsd)
}

// resultsDoc is results.json as a program reads it.
type resultsDoc struct {
	Verdict  string         `json:"verdict"`
	ExitCode int            `json:"exit_code"`
	Because  []string       `json:"because"`
	Counts   map[string]int `json:"counts"`
	Run      struct {
		Strict   bool     `json:"strict"`
		Whole    bool     `json:"whole"`
		UnderWay []string `json:"under_way"`
	} `json:"run"`
	Families []struct {
		Family string         `json:"family"`
		Counts map[string]int `json:"counts"`
	} `json:"families"`
	Results []struct {
		Requirement string  `json:"requirement"`
		Title       string  `json:"title"`
		Kind        string  `json:"kind"`
		Verdict     string  `json:"verdict"`
		Reason      string  `json:"reason"`
		Level       string  `json:"level"`
		Side        string  `json:"side"`
		Clause      string  `json:"clause"`
		Source      string  `json:"source"`
		Operation   string  `json:"operation"`
		File        string  `json:"file"`
		Line        int     `json:"line"`
		DurationMS  float64 `json:"duration_ms"`
		Rerun       string  `json:"rerun"`
	} `json:"results"`
	Evidence []struct {
		Exchange int64  `json:"exchange"`
		Curl     string `json:"curl"`
	} `json:"evidence"`
}

func resultsOf(t testing.TB, run *journal.Run, o report.Options) resultsDoc {
	t.Helper()
	var b bytes.Buffer
	if err := report.Results(&b, run, o); err != nil {
		t.Fatal(err)
	}
	validate(t, b.Bytes())
	var doc resultsDoc
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(len(doc.Results), sum(doc.Counts)); diff != "" {
		t.Errorf("counts and results differ: %s", diff)
	}
	return doc
}

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
