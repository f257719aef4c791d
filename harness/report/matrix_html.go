package report

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

type matrixPage struct {
	stillPage
	Title, Sentence, Class string
	Columns                []matrixColumn
	Families               []matrixFamily
	Legend                 []string
	Evidence               []matrixBreach
	Looked                 string // when
}

type matrixColumn struct {
	Letter, Name, Link   string
	Verdict, Class       string
	Profile, Contract    string
	Suite, When, Age     string
	Time, Counts, Part   string
	Client, Target, File string
}

type matrixFamily struct {
	ID, Name, Title string
	Open            bool
	Sums            []matrixSum // one for each column
	Rows            []matrixLine
}

// matrixSum is how a run fares in a family.
type matrixSum struct{ Letter, Class, Text, Label string }

type matrixLine struct {
	ID, Title, Level string
	Differs, Broken  bool
	Cells            []matrixSquare
}

type matrixSquare struct{ Class, Word, Marks, Label, Href string }

// matrixBreach is a requirement that somebody breaks, with how each does.
type matrixBreach struct {
	ID, Requirement, Title, Level string
	Differs                       bool
	Runs                          []matrixProof
}

type matrixProof struct {
	Anchor, Letter, Name   string
	Verdict, Class         string
	Wanted, Got, Reason    string
	Title, Link, Exchange  string
	Rerun                  string
	More                   int
	EditionOther, OnlyPart bool
}

// MatrixHTML renders runs side by side as one page that asks for nothing else and has no script: which target keeps which promise, family by family, and how each
// breaks what it breaks, with a link to the run's own page where one is known.
func MatrixHTML(out io.Writer, m *comparison.Matrix, o MatrixOptions) error {
	return still(out, "matrix.html.tmpl", func(p stillPage) any { return newMatrixPage(p, m, o) })
}

func newMatrixPage(p stillPage, m *comparison.Matrix, o MatrixOptions) *matrixPage {
	page := &matrixPage{stillPage: p, Class: "good", Legend: legend(m, checkSign)}
	if !o.Now.IsZero() {
		page.Looked = o.Now.UTC().Format("2006-01-02 15:04 UTC")
	}
	links := make([]*htmlBuilder, len(m.Columns))
	for i, c := range m.Columns {
		page.Columns = append(page.Columns, newMatrixColumn(m, c, o, i))
		if i < len(o.Pages) && o.Pages[i] != "" {
			links[i] = newHTMLBuilder(c.Run, Options{})
		}
	}
	kept, broken := 0, 0
	for _, f := range m.Families {
		family := matrixFamily{ID: "family-" + text(f.Name, 100), Name: text(f.Name, 100), Title: text(f.Title, 200)}
		for i, c := range m.Columns {
			family.Sums = append(family.Sums, sumOf(f, i, c))
		}
		for _, r := range f.Rows {
			line := matrixLine{ID: text(r.Requirement, 100), Title: text(r.Title, 1000), Level: string(r.Level), Differs: r.Differs, Broken: r.Broken()}
			breach := matrixBreach{ID: line.ID, Requirement: line.ID, Title: line.Title, Level: line.Level, Differs: r.Differs}
			for i, c := range r.Cells {
				square := matrixSquare{Class: squareClass(c), Word: pageWord(c), Marks: cellMarks(m.Columns[i], c), Label: squareLabel(m, i, c)}
				if len(c.Broken) > 0 {
					proof := newMatrixProof(m.Columns[i], r, c)
					if links[i] != nil {
						proof.Link = o.Pages[i] + "#" + (&url.URL{Fragment: links[i].idOf(c.Broken[0])}).EscapedFragment()
					}
					square.Href = "#" + proof.Anchor
					breach.Runs = append(breach.Runs, proof)
				}
				line.Cells = append(line.Cells, square)
			}
			if line.Broken {
				broken++
				family.Open = true
				page.Evidence = append(page.Evidence, breach)
			} else {
				kept++
			}
			family.Rows = append(family.Rows, line)
		}
		page.Families = append(page.Families, family)
	}
	page.Sentence = fmt.Sprintf("%s, %s: %d that somebody breaks, %d that nobody breaks", counted(len(m.Columns), "run"), counted(kept+broken, "requirement"), broken, kept)
	if broken > 0 {
		page.Class = "bad"
	}
	page.Title = "Compatibility: " + page.Sentence
	return page
}

func newMatrixColumn(m *comparison.Matrix, c comparison.Column, o MatrixOptions, i int) matrixColumn {
	s := c.Run.Start
	word, good := verdictOfColumn(c)
	column := matrixColumn{
		Letter: c.Letter, Name: text(c.Name, 300), Verdict: word, Class: "fail", Profile: text(s.Profile, 60), Contract: contractOfColumn(m, c), Suite: text(s.SuiteVersion, 60),
		Counts: countsOfColumn(c), Part: text(c.Part, 300), File: text(strings.Join(c.Run.Files, ", "), 300),
	}
	if good {
		column.Class = "pass"
	} else if word == "NOT SHOWN TO CONFORM" {
		column.Class = "warn"
	}
	if !c.Run.Started.IsZero() {
		column.When, column.Time = c.Run.Started.UTC().Format("2006-01-02 15:04 UTC"), c.Run.Started.UTC().Format(time.RFC3339)
		if !o.Now.IsZero() {
			column.Age = comparison.Age(c.Run.Started, o.Now)
		}
	}
	if i < len(o.Pages) {
		column.Link = o.Pages[i]
	}
	return column
}

// sumOf says how a run fares in a family: how much of what it says something of is kept.
func sumOf(f comparison.Family, i int, column comparison.Column) matrixSum {
	counts := map[string]int{}
	kept, told, absent, promised := 0, 0, 0, false
	worst := journal.Verdict("")
	order := journal.Verdicts()
	rank := func(v journal.Verdict) int {
		for n, known := range order {
			if known == v {
				return n
			}
		}
		return len(order)
	}
	for _, r := range f.Rows {
		c := r.Cells[i]
		promised = promised || c.Absence == comparison.NotTried || c.Verdict != ""
		switch {
		case c.Verdict == "":
			absent++
			continue
		case c.Verdict == journal.Pass:
			kept++
			told++
		case c.Verdict != journal.NotApplicable:
			told++
		}
		counts[string(c.Verdict)]++
		if c.Verdict != journal.NotApplicable && (worst == "" || rank(c.Verdict) < rank(worst)) {
			worst = c.Verdict
		}
	}
	sum := matrixSum{Letter: column.Letter, Class: "na", Text: notTriedSign}
	if told > 0 {
		sum.Class, sum.Text = htmlClass(worst), fmt.Sprintf("%d/%d", kept, told)
	} else if absent < len(f.Rows) {
		sum.Text = "n/a"
	} else if !promised {
		sum.Text = noPromiseSign
	}
	words := inWords(counts, columnsOf())
	if absent > 0 {
		words = strings.TrimPrefix(words+fmt.Sprintf(", %d without a result", absent), ", ")
	}
	sum.Label = column.Letter + ", " + f.Name + ": " + words
	return sum
}

// pageWord is what stands in a cell where there is room to see a pass.
func pageWord(c comparison.Cell) string {
	if c.Verdict == journal.Pass {
		return checkSign
	}
	return cellWord(c)
}

func squareClass(c comparison.Cell) string {
	if c.Verdict == "" {
		return "none"
	}
	return htmlClass(c.Verdict)
}

// squareLabel says a cell in words.
func squareLabel(m *comparison.Matrix, i int, c comparison.Cell) string {
	label := m.Columns[i].Letter + ": " + string(c.Verdict)
	if c.Verdict == "" {
		label = m.Columns[i].Letter + ": " + strings.ReplaceAll(string(c.Absence), "-", " ") + ", " + text(c.Why, 300)
	}
	if c.Part {
		label += ", as far as it was tried"
	}
	if c.Newer {
		label += ", newer than the version that the run is pinned to"
	}
	if c.Other {
		label += ", by contract " + contractOfColumn(m, m.Columns[i])
	}
	return label
}

func newMatrixProof(column comparison.Column, r comparison.Row, c comparison.Cell) matrixProof {
	b := c.Broken[0]
	proof := matrixProof{
		Anchor: text(column.Letter+"-"+r.Requirement, 100), Letter: column.Letter, Name: text(column.Name, 300), Verdict: string(knownVerdict(b.Verdict)), Class: htmlClass(b.Verdict), Title: text(b.Title, 500),
		Rerun: text(b.Rerun, 2000), More: len(c.Broken) - 1,
	}
	if f := b.Finding; f != nil && f.Wanted != "" {
		proof.Wanted, proof.Got = text(f.Wanted, 2000), text(f.Got, 2000)
		if f.Exchange > 0 {
			proof.Exchange = fmt.Sprintf("exchange %d", f.Exchange)
		}
	}
	if proof.Wanted == "" || b.Listed != nil {
		proof.Reason = text(message(b), 2000)
	}
	return proof
}
