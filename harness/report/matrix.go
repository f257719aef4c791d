package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// MatrixOptions of several runs side by side.
type MatrixOptions struct {
	Style
	All bool // also what every run keeps, or does not apply to; the page and the JSON always have it
	// Now is when it is looked at, for the age of the runs; zero: no ages.
	Now time.Time
	// Pages are where the pages of the runs are, as a link from the page that is made; "" for a run whose page is not known. Nil: of none.
	Pages []string
}

// putToTheTest names what a run is about: the client under test, or else the server.
func putToTheTest(s journal.RunStart) string {
	if s.ClientUnderTest {
		return s.Client
	}
	return s.Target
}

// What stands in a cell that has no result.
const (
	notTriedSign  = "?"
	noPromiseSign = "–"
)

// cellWord is what stands in a cell, without its marks.
func cellWord(c comparison.Cell) string {
	switch {
	case c.Absence == comparison.NoPromise, c.Absence == comparison.NothingSeen:
		return noPromiseSign
	case c.Verdict == "":
		return notTriedSign
	case c.Verdict == journal.Pass:
		return keptSign
	case c.Verdict == journal.Fail, c.Verdict == journal.XFail, c.Verdict == journal.XPass:
		return string(c.Verdict)
	case c.Verdict == journal.HarnessError:
		return "ERROR"
	case c.Verdict == journal.NotTestable:
		return "untest"
	}
	return verdictWord(c.Verdict)
}

// verdictWord is a verdict as the heads of tables have it.
func verdictWord(v journal.Verdict) string {
	for _, c := range columnsOf() {
		if c.verdict == v {
			return c.word
		}
	}
	return string(v)
}

// partSign marks a pass of a run that tried only a part.
const partSign = "~"

// newerSign marks what is newer than the version that the run is pinned to.
const newerSign = "⁺"

// cellMarks are the marks of a cell: by which contract it was judged where that is not the first, and that the run tried only a part.
func cellMarks(column comparison.Column, c comparison.Cell) string {
	marks := ""
	if c.Part {
		marks += partSign
	}
	if c.Newer {
		marks += newerSign
	}
	if c.Other {
		marks += superscript(column.Contract + 1)
	}
	return marks
}

// superscript is a number set high.
func superscript(n int) string {
	return strings.Map(func(r rune) rune { return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0'] }, fmt.Sprint(n))
}

func cellPaint(c comparison.Cell) color {
	if c.Verdict == "" {
		return faint
	}
	return verdictColor(c.Verdict)
}

// countsOfColumn says how a run fares, in words.
func countsOfColumn(c comparison.Column) string {
	counts := map[string]int{}
	for v, n := range c.Counts {
		counts[string(v)] = n
	}
	words := inWords(counts, columnsOf())
	for _, absent := range []struct {
		n    int
		what string
	}{{c.NotTried, "not tried"}, {c.NoPromise, "not in its contract"}} {
		if absent.n > 0 {
			words += fmt.Sprintf(", %d %s", absent.n, absent.what)
		}
	}
	return strings.TrimPrefix(words, ", ")
}

// verdictOfColumn is the verdict on a run in a word.
func verdictOfColumn(c comparison.Column) (word string, good bool) {
	run := c.Run
	word, _ = verdictOf(run, journal.Counting(run.Rows()), run.Start.Strict)
	return word, journal.Conclude(run, run.Start.Strict).Conforms()
}

// contractOfColumn names the contract of a run, with its number where there are several.
func contractOfColumn(m *comparison.Matrix, c comparison.Column) string {
	contract := m.Contracts[c.Contract]
	name := oneLine(strings.TrimSpace(contract.Profile+" "+contract.Hash[:min(12, len(contract.Hash))]), 80)
	if len(m.Contracts) > 1 {
		name += superscript(c.Contract + 1)
	}
	return name
}

// factsOfColumn say what a run was, when, and how much it tried.
func factsOfColumn(m *comparison.Matrix, c comparison.Column, now time.Time) []string {
	s := c.Run.Start
	facts := []string{contractOfColumn(m, c)}
	if s.SuiteVersion != "" {
		facts = append(facts, "suite "+oneLine(s.SuiteVersion, 40))
	}
	if !c.Run.Started.IsZero() {
		when := c.Run.Started.UTC().Format("2006-01-02 15:04 UTC")
		if !now.IsZero() {
			when += ", " + comparison.Age(c.Run.Started, now)
		}
		facts = append(facts, when)
	}
	if c.Part != "" {
		facts = append(facts, "only a part: "+oneLine(c.Part, 200))
	}
	return facts
}

// evidenceLine is why a result is what it is, in a line.
func evidenceLine(r journal.Result) string {
	if f := r.Finding; f != nil && f.Wanted != "" {
		line := "wanted " + f.Wanted + "; got " + f.Got
		if f.Count > 1 {
			line += fmt.Sprintf(" (in %d exchanges)", f.Count)
		}
		return oneLine(line, 600)
	}
	return oneLine(message(r), 600)
}

// keptSign is what stands for a pass on a terminal, where most of the table is that.
const keptSign = "·"

// checkSign is what stands for a pass where there is room to see it.
const checkSign = "✓"

// legend explains the signs that are used; kept is that for a pass.
func legend(m *comparison.Matrix, kept string) []string {
	var tried, promised, nothing, part, newer, differs, untestable, blocked bool
	for _, f := range m.Families {
		for _, r := range f.Rows {
			differs = differs || r.Differs
			for _, c := range r.Cells {
				tried = tried || c.Absence == comparison.NotTried
				promised = promised || c.Absence == comparison.NoPromise
				nothing = nothing || c.Absence == comparison.NothingSeen
				part = part || c.Part
				newer = newer || c.Newer
				untestable = untestable || c.Verdict == journal.NotTestable
				blocked = blocked || c.Verdict == journal.Blocked
			}
		}
	}
	var lines []string
	add := func(when bool, line string) {
		if when {
			lines = append(lines, line)
		}
	}
	add(true, kept+" kept")
	add(true, "n/a not put to the test: the target does not offer it, or nothing that happened bears on it")
	add(untestable, "untest the target declares it, and what it takes to try could not be had; counts as a failure")
	add(blocked, "blocked setting up or cleaning up did not succeed: the requirement itself may be kept; counts against the run")
	add(tried, notTriedSign+" not tried, so neither kept nor broken")
	add(promised, noPromiseSign+" no promise of its contract")
	add(nothing, noPromiseSign+" beside "+journal.CleanupRequirement+" or "+journal.RecordRequirement+": nothing of the kind was seen")
	add(part, partSign+" kept as far as it was tried: the run is only a part")
	add(newer, newerSign+" newer than the version that the run is pinned to, and counting for nothing in its verdict")
	if len(m.Contracts) > 1 {
		var others []string
		for i, c := range m.Contracts[1:] {
			others = append(others, superscript(i+2)+" by "+oneLine(c.Profile+" "+c.Hash[:min(12, len(c.Hash))], 80))
		}
		add(true, "judged by another contract: "+strings.Join(others, ", "))
	}
	add(differs, differsSign+" the contracts of the runs put it in different ways")
	return lines
}

// differsSign marks a requirement whose clause or level is not the same in all contracts.
const differsSign = "≠"

// rowsShown are the rows that are worth a line; the others are counted.
func rowsShown(m *comparison.Matrix, all bool) (families []comparison.Family, hidden, untried int) {
	for _, f := range m.Families {
		shown := f
		shown.Rows = nil
		for _, r := range f.Rows {
			if all || r.Broken() {
				shown.Rows = append(shown.Rows, r)
				continue
			}
			hidden++
			if slices.ContainsFunc(r.Cells, func(c comparison.Cell) bool { return c.Absence == comparison.NotTried }) {
				untried++
			}
		}
		if len(shown.Rows) > 0 {
			families = append(families, shown)
		}
	}
	return families, hidden, untried
}

// hiddenWords says what is not shown.
func hiddenWords(hidden, untried int) string {
	if hidden == 0 {
		return ""
	}
	words := counted(hidden, "requirement") + " that nobody breaks"
	if untried > 0 {
		words += fmt.Sprintf(", %d of them not tried by all", untried)
	}
	return words
}
