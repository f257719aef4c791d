package report_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// annotation is a workflow command as GitHub's runner reads it.
type annotation struct {
	kind, file, title, text string
	line                    int
}

// annotationsOf reads what a step printed as the runner does: a command is a line that begins with "::", and the escapes are undone after it is taken apart.
func annotationsOf(t testing.TB, printed []byte) []annotation {
	t.Helper()
	undo := func(s string) string {
		return strings.NewReplacer("%3A", ":", "%2C", ",", "%0D", "\r", "%0A", "\n", "%25", "%").Replace(s)
	}
	var all []annotation
	for line := range strings.SplitSeq(strings.TrimSuffix(string(printed), "\n"), "\n") {
		m := regexp.MustCompile(`^::(\w+) (.*?)::(.*)$`).FindStringSubmatch(line)
		if m == nil {
			t.Errorf("this is no command: %q", line)
			continue
		}
		a := annotation{kind: m[1], text: undo(m[3])}
		for property := range strings.SplitSeq(m[2], ",") {
			name, value, _ := strings.Cut(property, "=")
			switch value = undo(value); name {
			case "file":
				a.file = value
			case "line":
				n, err := strconv.Atoi(value)
				if err != nil {
					t.Errorf("%q: %v", line, err)
				}
				a.line = n
			case "title":
				a.title = value
			default:
				t.Errorf("property %q in %q", name, line)
			}
		}
		all = append(all, a)
	}
	return all
}

func TestAnnotationsAreAtTheContract(t *testing.T) {
	warned := row("RSZ-RSP-001", "warned", journal.Warn)
	got := annotationsOf(t, rendered(t, report.Annotations, runOf([]journal.Result{broken(), warned, row("RSZ-URI-001", "kept", journal.Pass)}), report.Options{}))
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	if a := got[0]; a.kind != "error" || a.file != "spec/openapi.yaml" || a.line != 1234 || a.title != "FAIL RSZ-BODY-001 the job id is an opaque string" || !strings.Contains(a.text, "wanted a string\ngot 17, a number") || !strings.Contains(a.text, "again: conformance run --requirement RSZ-BODY-001") {
		t.Errorf("%+v", a)
	}
	if a := got[1]; a.kind != "warning" || a.file != "suites/state.go" || a.line != 42 {
		t.Errorf("what has no line of the contract is at its scenario: %+v", a)
	}
	if a := got[2]; a.kind != "notice" || a.title != "DOES NOT CONFORM" || a.file != "" {
		t.Errorf("the verdict is %+v", a)
	}
	if a := annotationsOf(t, rendered(t, report.Annotations, green(), report.Options{})); len(a) != 1 || a[0].kind != "notice" || a[0].title != "CONFORMS" {
		t.Errorf("a green run says %+v", a)
	}
}

// GitHub keeps ten annotations of a type of one step: the last says how many more there are, and none is forgotten in the sum.
func TestAnnotationsKeepTheLimitOfAStep(t *testing.T) {
	for _, failures := range []int{1, 9, 10, 11, 100} {
		var results []journal.Result
		for i := range failures {
			r := row(fmt.Sprintf("RSZ-URI-%04d", i), "title", journal.Fail)
			r.Reason = "reason " + strings.Repeat("x", i+1) // each its own cause
			results = append(results, r)
		}
		got := annotationsOf(t, rendered(t, report.Annotations, runOf(results), report.Options{}))
		byKind := map[string]int{}
		sum := 0
		for _, a := range got {
			byKind[a.kind]++
			if n, more := strings.CutSuffix(a.title, " more results"); more {
				left, err := strconv.Atoi(n)
				if err != nil || !strings.Contains(a.text, report.HTMLFile) {
					t.Errorf("%+v", a)
				}
				sum += left
			} else if a.kind == "error" {
				sum++
			}
		}
		if byKind["error"] > 10 || sum != failures || byKind["notice"] != 1 {
			t.Errorf("%d failures: %v annotations tell of %d", failures, byKind, sum)
		}
	}
	// One cause is one annotation, however many promises it breaks.
	var same []journal.Result
	for i := range 100 {
		r := broken()
		r.Requirement = fmt.Sprintf("RSZ-URI-%04d", i)
		same = append(same, r)
	}
	if got := annotationsOf(t, rendered(t, report.Annotations, runOf(same), report.Options{})); len(got) != 2 || !strings.Contains(got[0].text, "99 more with the same finding: RSZ-URI-0001") {
		t.Errorf("%+v", got)
	}
}

// A server that sends workflow commands forges none: neither in the annotations nor in what is shown between the words that stop and start them.
func TestAServerForgesNoAnnotation(t *testing.T) {
	for _, a := range annotationsOf(t, rendered(t, report.Annotations, hostile(), report.Options{})) {
		if a.title == "forged" || a.kind != "error" && a.kind != "notice" {
			t.Errorf("%+v", a)
		}
		if a.kind == "error" && !strings.Contains(a.text, "\n::error file=a::forged\n") {
			t.Errorf("what was sent cannot be read any more: %q", a.text)
		}
	}
	words := map[string]bool{}
	for range 2 {
		var out bytes.Buffer
		if err := report.Guard(&out, func() error { _, err := out.WriteString("::error::forged\n"); return err }); err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(`^::stop-commands::(\S{20,})\n::error::forged\n::(\S+)::\n$`).FindStringSubmatch(out.String())
		if m == nil || m[1] != m[2] || words[m[1]] {
			t.Errorf("%q", out.String())
			continue
		}
		words[m[1]] = true
	}
}

// summary renders, and wants the whole to be under the limit.
func summary(t testing.TB, run *journal.Run, o report.Options) string {
	t.Helper()
	raw := rendered(t, report.Summary, run, o)
	if limit := max(o.SummaryLimit, 1); o.SummaryLimit > 0 && len(raw) > limit || len(raw) > report.SummaryLimit {
		t.Errorf("%d bytes, the limit is %d", len(raw), limit)
	}
	return string(raw)
}

func TestTheSummaryOfAStep(t *testing.T) {
	text := summary(t, everyVerdict(), report.Options{})
	for _, want := range []string{
		"## ❌ NO VERDICT\n", "| FAIL | **RSZ-BODY-001** gives FAIL | reason of RSZ-BODY-001 | spec/openapi.yaml\\:123 |", "<details><summary>FAIL RSZ-BODY-001 gives FAIL</summary>",
		`"job_id": 17`, "| RSZ-URI |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "<summary>PASS") {
		t.Error("what passed is shown in full")
	}
	if text := summary(t, green(), report.Options{}); !strings.HasPrefix(text, "## ✅ CONFORMS\n") || len(text) > 2000 {
		t.Errorf("a green run:\n%s", text)
	}
}

// What is too much is left out from the end, and the summary says how much and where it is.
func TestTheSummaryKeepsItsLimit(t *testing.T) {
	var results []journal.Result
	var more []journal.Event
	for i := range 200 {
		r := row(fmt.Sprintf("RSZ-URI-%03d", i), "title", journal.Fail)
		r.Reason = "reason " + strings.Repeat("x", i+1)
		r.Finding = &journal.Finding{Wanted: "a", Got: strings.Repeat("b", i+1), Exchange: int64(i + 1)}
		x := wrongJobID(int64(i + 1))
		x.ResponseBody.Text = strings.Repeat("long ", 2000)
		results, more = append(results, r), append(more, journal.Event{Exchange: x})
	}
	run := runOf(results, more...)
	for _, limit := range []int{100_000, 200_000} {
		text := summary(t, run, report.Options{SummaryLimit: limit})
		shown := strings.Count(text, "<details><summary>FAIL ")
		m := regexp.MustCompile(`(?m)^(\d+) causes left out here: the summary of a step holds (\d+) bytes\.`).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("limit %d: it does not say what is left out: …%s", limit, text[len(text)-300:])
		}
		if left, err := strconv.Atoi(m[1]); err != nil || shown+left != 200 || shown == 0 {
			t.Errorf("limit %d: %d causes are shown, %s left out", limit, shown, m[1])
		}
	}
}

// Nothing that a server sends is markup of the page, whichever Markdown it is: no HTML but our own, no link, no mention, no heading, and no fence that it ends.
func TestNoMarkdownIsTheServers(t *testing.T) {
	hostile := hostile()
	short := anyBytes() // what a line has room for
	short = short[strings.Index(short, "]]>"):]
	worse, better := row("RSZ-URI-001", short, journal.Fail), row("RSZ-URI-001", short, journal.Pass)
	worse.Reason, worse.Clause, worse.Signature = short, short, []string{short}
	worse.Finding = &journal.Finding{Wanted: short, Got: short}
	older, newer := runOf([]journal.Result{better}), runOf([]journal.Result{worse})
	newer.Start.Target, newer.Start.Profile, newer.Start.SuiteVersion = short, short, short
	x := comparison.Exchange{Then: wrongJobID(1), Now: wrongJobID(1)}
	x.Now.URL, x.Now.Operation = short, short
	x.Came = []journal.Violation{{Requirement: "RSZ-URI-001", Blame: journal.Server, Wanted: short, Got: short}}
	again := report.Again{Then: older, Now: newer, Results: []report.ThenNow{{Then: &better, Now: worse, Judged: true}}, Exchanges: []comparison.Exchange{x}}
	for name, render := range map[string]func(io.Writer) error{
		"summary": func(w io.Writer) error { return report.Summary(w, hostile, report.Options{}) },
		"diff": func(w io.Writer) error {
			return report.DiffMarkdown(w, comparison.Of(older, newer, comparison.Options{}), report.DiffOptions{Gate: comparison.Gate()})
		},
		"matrix": func(w io.Writer) error {
			return report.MatrixMarkdown(w, comparison.MatrixOf([]*journal.Run{older, newer}, nil), report.MatrixOptions{})
		},
		"then and now": func(w io.Writer) error { return report.ThenNowMarkdown(w, again) },
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := render(&b); err != nil {
				t.Fatal(err)
			}
			notTheServers(t, b.String())
		})
	}
}

// notTheServers looks at what stands outside of blocks of code.
func notTheServers(t *testing.T, markdown string) {
	t.Helper()
	fence, outside := "", []string{}
	for line := range strings.SplitSeq(markdown, "\n") {
		switch {
		case fence == "" && strings.HasPrefix(line, "```"):
			fence = strings.TrimSuffix(line, "text")
		case fence == "":
			outside = append(outside, line)
		case line == fence:
			fence = ""
		}
	}
	if fence != "" {
		t.Error("a block of code does not end")
	}
	text := strings.Join(outside, "\n")
	if !strings.Contains(text, "evil") {
		t.Fatal("nothing of what was sent is outside of code: this test looks at nothing")
	}
	for _, bad := range []string{"@somebody", "&#64;", "www.evil", "http://", "[a](", "\n# head"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q stands outside of code", bad)
		}
	}
	if left := strings.NewReplacer("<details>", "", "<details open>", "", "</details>", "", "<summary>", "", "</summary>", "", "<!-- -->", "").Replace(text); strings.Contains(left, "<") {
		t.Errorf("HTML that is not ours: …%.60s", left[strings.Index(left, "<"):])
	}
}

func TestTheSummaryIsAddedToWhatTheStepWrote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	before := strings.Repeat("x", report.SummaryLimit-100_000)
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := report.AppendSummary(path, big(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(got), before+"\n\n## ❌ DOES NOT CONFORM\n") || len(got) > report.SummaryLimit {
		t.Errorf("%d bytes of %d, %v", len(got), report.SummaryLimit, err)
	}
	// Now it is full. What would be refused with all the rest is not written, and the error says what to do.
	if err := report.AppendSummary(path, big(), report.Options{}); err == nil || !strings.Contains(err.Error(), "a step of its own") {
		t.Errorf("got %v", err)
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, got) {
		t.Errorf("the file was changed: %v", err)
	}
}
