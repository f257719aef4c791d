package report_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// twoRuns differ in what newly fails, with a text that wants to be more than a text.
func twoRuns() (older, newer *journal.Run) {
	bad := row("RSZ-STATE-002", "a | running <script>alert(1)</script> server", journal.Fail)
	bad.Reason, bad.Signature = "got \x1b[31m<b>200</b>", []string{"wanted 400; got 200"}
	ok := bad
	ok.Verdict, ok.Reason, ok.Signature = journal.Pass, "", nil
	return runOf([]journal.Result{ok, row("RSZ-URI-001", "the path", journal.Fail)}), runOf([]journal.Result{bad, row("RSZ-URI-001", "the path", journal.Pass)})
}

func TestDiffInEveryForm(t *testing.T) {
	older, newer := twoRuns()
	c := comparison.Of(older, newer, comparison.Options{})
	o := report.DiffOptions{Gate: comparison.Gate()}
	forms := map[string]func(*strings.Builder) error{
		"terminal": func(b *strings.Builder) error { return report.Diff(b, c, o) },
		"markdown": func(b *strings.Builder) error { return report.DiffMarkdown(b, c, o) },
		"html":     func(b *strings.Builder) error { return report.DiffHTML(b, c, o) },
		"json":     func(b *strings.Builder) error { return report.DiffJSON(b, c, o) },
	}
	for name, want := range map[string][]string{
		"terminal": {"1 newly failing\n  FAIL RSZ-STATE-002", `it was PASS; got \x1b[31m<b>200</b>`, "1 fixed", "WORSE 1 newly failing, 1 fixed, 0 as before", "for the gate: newly-failing"},
		"markdown": {"### ❌ WORSE: 1 newly failing, 1 fixed", `<details open><summary>1 newly failing`, `**RSZ-STATE-002** a \| running &lt;script&gt;`, "  - now: wanted 400; got 200"},
		"html":     {"<span class=\"word\">WORSE</span>", "default-src &#39;none&#39;", `id="newly-failing"`, "running &lt;script&gt;", "fails the gate", "<ins>wanted 400; got 200</ins>"},
		"json":     {`"verdict": "worse"`, `"kind": "newly-failing"`, `"old": "PASS"`, `"new": "FAIL"`},
	} {
		var b strings.Builder
		if err := forms[name](&b); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%s: wanted %q in\n%s", name, text, head(b.String()))
			}
		}
		if name != "json" && (name != "terminal" && strings.Contains(b.String(), "<script") || strings.Contains(b.String(), "\x1b")) {
			t.Errorf("%s: what a server answered has become more than text", name)
		}
	}
	var b strings.Builder
	if err := report.DiffJSON(&b, c, o); err != nil || !json.Valid([]byte(b.String())) {
		t.Errorf("no JSON: %v", err)
	}
}

// What is newer than the pinned set stops no gate, and what fails of it is shown all the same.
func TestDiffShowsWhatIsNewerAndFails(t *testing.T) {
	older, newer := twoRuns()
	c := comparison.Of(older, newer, comparison.Options{Pinned: map[string]bool{"RSZ-URI-001": true}, Since: func(string) string { return "0.2.0" }})
	var b strings.Builder
	if err := report.Diff(&b, c, report.DiffOptions{Gate: comparison.Gate()}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "1 newer requirements\n  FAIL RSZ-STATE-002") || !strings.Contains(b.String(), "there is it since 0.2.0") || !strings.Contains(b.String(), "NOT WORSE") || len(c.Stopped(comparison.Gate())) > 0 {
		t.Errorf("got\n%s", &b)
	}
}

// head is as much as a test has to show.
func head(s string) string {
	if i := strings.Index(s, "<body>"); i > 0 {
		s = s[i:]
	}
	return s[:min(len(s), 4000)]
}

// A diff of many changes still fits on a screen, and says how many it leaves out.
func TestDiffFitsOnAScreen(t *testing.T) {
	var olds, news []journal.Result
	for i := range 300 {
		id := "RSZ-A-" + string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10))
		verdicts := [][2]journal.Verdict{{journal.Pass, journal.Fail}, {journal.Fail, journal.Pass}, {journal.Pass, journal.NotApplicable}, {journal.NotApplicable, journal.Pass}}[i%4]
		olds, news = append(olds, row(id, "title", verdicts[0])), append(news, row(id, "title", verdicts[1]))
	}
	var b strings.Builder
	if err := report.Diff(&b, comparison.Of(runOf(olds), runOf(news), comparison.Options{}), report.DiffOptions{}); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(b.String(), "\n"); lines > 60 || !strings.Contains(b.String(), "75 newly failing") || !strings.Contains(b.String(), "and 63 more") {
		t.Errorf("got %d lines:\n%s", lines, &b)
	}
}

// What results.json tells of a run is what its journal tells, as far as a comparison goes.
func TestReadRunFromResults(t *testing.T) {
	_, run := twoRuns()
	dir := t.TempDir()
	if err := report.Write(dir, run, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, report.ResultsFile)} {
		read, err := report.ReadRun(path)
		if err != nil {
			t.Fatal(err)
		}
		c := comparison.Of(run, read, comparison.Options{})
		if len(c.Changes) != 0 || c.Same != 2 || len(c.Notes) != 0 || read.Start.Target != run.Start.Target || !read.Whole() {
			t.Errorf("%s: got %d changes, %d the same, notes %q", path, len(c.Changes), c.Same, c.Notes)
		}
	}
	for name, content := range map[string]string{"other.json": `{"a": 1}`, "future.json": `{"schema_version": 99, "results": []}`, "text": "hello", "empty": ""} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if run, err := report.ReadRun(path); err == nil || run != nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want an error that names the file", name, err)
		}
	}
	if _, err := report.ReadRun(t.TempDir()); err == nil || !strings.Contains(err.Error(), "neither") {
		t.Errorf("an empty directory: got %v", err)
	}
}
