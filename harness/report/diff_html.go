package report

import (
	"bytes"
	"fmt"
	"html/template"
	"io"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// stillPolicy is the policy of pages without a script.
const stillPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

// stillPage is a page without a script.
type stillPage struct {
	CSS    template.CSS
	Policy string
}

// still renders a page that asks for nothing else and runs nothing. fill gives its data.
func still(out io.Writer, name string, fill func(stillPage) any) error {
	files, err := readHTMLFiles()
	if err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	var b bytes.Buffer
	if err := files.page.ExecuteTemplate(&b, name, fill(stillPage{CSS: files.css, Policy: stillPolicy})); err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	_, err = out.Write(b.Bytes())
	return err
}

type diffPage struct {
	stillPage
	Title, Word, Sentence, Class string
	Stopped                      string
	Sides                        []diffPageSide
	Notes                        []string
	Sections                     []diffSection
}

type diffPageSide struct {
	Name  string
	Facts []htmlFact
}

type diffSection struct {
	ID, Title, Class string
	Gate             bool
	N                int
	Changes          []diffRow
	Pace             []string
}

type diffRow struct {
	ID, Title, Level, Clause string
	Old, New                 string
	OldClass, NewClass       string
	Why                      string
	Gone, Came               []string
	Rerun                    string
}

// DiffHTML renders a comparison as one page that asks for nothing else and has no script.
func DiffHTML(out io.Writer, c *comparison.Comparison, o DiffOptions) error {
	return still(out, "diff.html.tmpl", func(p stillPage) any { return newDiffPage(p, c, o) })
}

func newDiffPage(p stillPage, c *comparison.Comparison, o DiffOptions) *diffPage {
	word, sentence, good := verdictOfDiff(c, o.Gate)
	page := &diffPage{stillPage: p, Word: word, Sentence: sentence, Class: "bad", Notes: texts(c.Notes), Stopped: kindNames(c.Stopped(o.Gate))}
	if good {
		page.Class = "good"
	}
	page.Title = word + ": " + oneLine(putToTheTest(c.New.Start), 80)
	page.Sides = []diffPageSide{{"Old", factsOfRun(c.Old, Options{Strict: c.Strict})}, {"New", factsOfRun(c.New, Options{Strict: c.Strict})}}
	stops := map[comparison.Kind]bool{}
	for _, k := range o.Gate {
		stops[k] = true
	}
	for _, k := range comparison.Kinds() {
		if c.Count(k) == 0 {
			continue
		}
		name, colour := kindWord(k)
		s := diffSection{ID: string(k), Title: name, N: c.Count(k), Gate: stops[k], Class: map[color]string{red: "fail", yellow: "warn", green: "pass"}[colour]}
		for _, change := range c.Of(k) {
			s.Changes = append(s.Changes, newDiffRow(change))
		}
		if k == comparison.Slower {
			for _, pace := range c.Pace {
				s.Pace = append(s.Pace, fmt.Sprintf("calls of %s: median %s, was %s", text(pace.Name, 100), millis(pace.After), millis(pace.Before)))
			}
		}
		page.Sections = append(page.Sections, s)
	}
	return page
}

func newDiffRow(change comparison.Change) diffRow {
	r := change.Result()
	row := diffRow{
		ID: text(r.Requirement, 100), Title: text(r.Title, 500), Level: string(r.Level), Clause: text(r.Clause, 2000), Why: text(whyOf(change), 2000), Gone: texts(change.Gone), Came: texts(change.Came),
		Rerun: text(r.Rerun, 2000),
	}
	side := func(r *journal.Result) (word, class string) {
		if r == nil {
			return "no result", "na"
		}
		return string(knownVerdict(r.Verdict)), htmlClass(r.Verdict)
	}
	row.Old, row.OldClass = side(change.Old)
	row.New, row.NewClass = side(change.New)
	return row
}
