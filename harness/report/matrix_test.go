package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// compared are two runs with clients under test, one with a server, by another contract, and one that is a part.
func compared() *comparison.Matrix {
	broken := row("RSZ-CLIENT-007", "what | is asked for", journal.Fail)
	broken.Finding = &journal.Finding{Wanted: "<b>this</b>", Got: "\x1b[31mthat", Exchange: 7, Count: 3}
	anywhere := row("RSZ-CLIENT-007", "every call of the run", journal.Pass)
	anywhere.Kind = journal.KindMonitor
	run := func(start journal.RunStart, results ...journal.Result) *journal.Run {
		events := []journal.Event{{Time: noon(), Start: &start}}
		for _, r := range results {
			events = append(events, journal.Event{Time: noon(), Result: &r})
		}
		return journal.NewRun(append(events, journal.Event{Time: noon(), End: &journal.RunEnd{}})...)
	}
	about := func(client, hash string) journal.RunStart {
		return journal.RunStart{
			JournalVersion: journal.Version, Client: client, ClientUnderTest: client != "built-in", Target: "http://127.0.0.1:9000", Profile: "intl", ContractHash: hash, SuiteVersion: "0.1.0",
			Families: map[string]string{"RSZ-CLIENT": "What a <client> sends"},
		}
	}
	part := about("one 2.0", "aaaaaaaaaaaaaaaa")
	part.Filter = "requirement RSZ-CLIENT-007"
	return comparison.MatrixOf([]*journal.Run{
		run(about("one 1.0", "aaaaaaaaaaaaaaaa"), row("RSZ-CLIENT-001", "the way of asking", journal.Pass), broken, anywhere),
		run(part, row("RSZ-CLIENT-007", "what | is asked for", journal.Pass)),
		run(about("built-in", "bbbbbbbbbbbbbbbb"), row("RSZ-URI-001", "the path", journal.Pass), row("RSZ-CLIENT-007", "what | is asked for", journal.NotApplicable)),
	}, nil)
}

func TestMatrixInEveryForm(t *testing.T) {
	o := report.MatrixOptions{Now: noon().Add(72 * time.Hour), Pages: []string{"one/report.html", "", ""}}
	all := o
	all.All = true
	for name, k := range map[string]struct {
		render func(*strings.Builder) error
		want   []string
		not    string
	}{
		"terminal": {func(b *strings.Builder) error { return report.Matrix(b, compared(), o) }, []string{
			"A  one 1.0  DOES NOT CONFORM", "B  one 2.0  CONFORMS", "intl aaaaaaaaaaaa¹ · suite 0.1.0 · 2026-11-23 12:00 UTC, 3 days old", "only a part: the run was",
			"1 pass, 2 not tried", "requirement       A     B     C", "RSZ-CLIENT-007    FAIL  ·~    n/a²  clause of RSZ-CLIENT-007", `RSZ-CLIENT-007 A  wanted <b>this</b>; got \x1b[31mthat (in 3 exchanges)`,
			"2 requirements that nobody breaks, 2 of them not tried by all", "judged by another contract: ² by intl bbbbbbbbbbbb", "? not tried, so neither kept nor broken",
		}, "RSZ-URI-001"},
		"terminal, all": {func(b *strings.Builder) error { return report.Matrix(b, compared(), all) }, []string{"RSZ-URI-001       ?     ?     ·²", "RSZ-CLIENT-001    ·     ?     ?"}, "nobody breaks"},
		"markdown": {func(b *strings.Builder) error { return report.MatrixMarkdown(b, compared(), o) }, []string{
			`| **A** | one 1.0 | ❌ DOES NOT CONFORM | intl aaaaaaaaaaaa¹ | suite 0.1.0; 2026-11-23 12\:00 UTC, 3 days old |`, "**RSZ-CLIENT** What a &lt;client&gt; sends",
			`| RSZ-CLIENT-007 MUST | clause of RSZ-CLIENT-007 | **FAIL** | ✓\~ | n/a² |`, "- **RSZ-CLIENT-007** A FAIL: wanted &lt;b&gt;this&lt;/b&gt;; got",
		}, "RSZ-URI-001"},
		"html": {func(b *strings.Builder) error { return report.MatrixHTML(b, compared(), o) }, []string{
			`<details class="row family" id="family-RSZ-CLIENT" open>`, `<details class="row family" id="family-RSZ-URI">`, `href="#A-RSZ-CLIENT-007"`, `id="A-RSZ-CLIENT-007"`, `<a href="one/report.html#RSZ-CLIENT-007">the evidence, exchange 7</a>`,
			"wanted &lt;b&gt;this&lt;/b&gt;", "3 days old", "default-src &#39;none&#39;", "B: not tried, the run was asked for requirement RSZ-CLIENT-007 only", "A: not tried, a client was put to the test",
		}, "<script"},
	} {
		var b strings.Builder
		if err := k.render(&b); err != nil {
			t.Fatal(err)
		}
		for _, text := range k.want {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%s: wanted %q in\n%s", name, text, head(b.String()))
			}
		}
		if strings.Contains(b.String(), k.not) || strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s: did not want %q, nor an escape, in\n%s", name, k.not, head(b.String()))
		}
	}
}

// On a narrow terminal the columns follow in several tables, and nothing is wider than it.
func TestMatrixOnANarrowTerminal(t *testing.T) {
	var runs []*journal.Run
	for range 20 {
		runs = append(runs, runOf([]journal.Result{row("RSZ-STATE-001", "title", journal.Fail)}))
	}
	var b strings.Builder
	if err := report.Matrix(&b, comparison.MatrixOf(runs, nil), report.MatrixOptions{Style: report.Style{Width: 60}}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\nrequirement "); n < 2 || strings.Count(b.String(), "FAIL") < 20 || !strings.Contains(b.String(), "and 5 cells more") {
		t.Errorf("%d tables:\n%s", n, &b)
	}
	for line := range strings.Lines(b.String()) {
		if len([]rune(strings.TrimSuffix(line, "\n"))) > 60 {
			t.Errorf("%q is wider than 60 columns", line)
		}
	}
}

func TestMatrixJSON(t *testing.T) {
	var b strings.Builder
	if err := report.MatrixJSON(&b, compared(), report.MatrixOptions{Now: noon().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Runs []struct {
			Letter, Verdict, Part string
			AgeSeconds            int `json:"age_seconds"`
			NotTried              int `json:"not_tried"`
		}
		Requirements []struct {
			Requirement string
			Cells       []struct {
				Run, Verdict, Absence, Why string
				Part                       bool
				OtherContract              bool `json:"other_contract"`
				Evidence                   []struct{ Wanted, Got string }
			}
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Runs) != 3 || len(doc.Requirements) != 3 || doc.Runs[0].Verdict != "does-not-conform" || doc.Runs[1].NotTried != 2 || doc.Runs[1].Part == "" || doc.Runs[0].AgeSeconds != 3600 {
		t.Fatalf("got %+v", doc)
	}
	for _, r := range doc.Requirements {
		if c := r.Cells; r.Requirement == "RSZ-CLIENT-007" && (c[0].Verdict != "FAIL" || len(c[0].Evidence) != 1 || c[0].Evidence[0].Wanted != "<b>this</b>" || !c[1].Part || !c[2].OtherContract) {
			t.Errorf("got %+v", r)
		}
		if c := r.Cells; r.Requirement == "RSZ-URI-001" && (c[1].Verdict != "" || c[1].Absence != "not-tried" || c[1].Why == "") {
			t.Errorf("got %+v", r)
		}
	}
}
