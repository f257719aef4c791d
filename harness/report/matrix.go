package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// MatrixOptions of a comparison of runs.
type MatrixOptions struct {
	Style
	Markdown bool // a table to paste somewhere, instead of one for a terminal
	All      bool // also what every run passes, or does not apply to
}

// Matrix writes which run says what of which requirement: a column for each run, a row for each requirement. Where a run says several things of a requirement, the
// worst one counts.
func Matrix(out io.Writer, runs []*journal.Run, o MatrixOptions) error {
	m := newMatrix(runs, o.All)
	var b bytes.Buffer
	if o.Markdown {
		m.markdown(&b)
	} else {
		m.terminal(&b, o.Style)
	}
	_, err := out.Write(b.Bytes())
	return err
}

// matrix is a comparison of runs.
type matrix struct {
	names  []string // of the columns
	rows   []matrixRow
	counts []map[string]int // of each column, over all requirements
	hidden int              // requirements that nobody breaks
}

type matrixRow struct {
	id, title string
	level     journal.Level
	cells     []journal.Verdict // "" where the run says nothing
}

func newMatrix(runs []*journal.Run, all bool) *matrix {
	m := &matrix{}
	at := map[string]int{}
	var rows []matrixRow
	for n, run := range runs {
		m.names = append(m.names, putToTheTest(run.Start))
		mine := map[string]journal.Verdict{}
		for _, r := range withoutCases(run.Rows()) {
			i, known := at[r.Requirement]
			if !known {
				i = len(rows)
				at[r.Requirement] = i
				rows = append(rows, matrixRow{id: r.Requirement, title: r.Title, level: r.Level, cells: make([]journal.Verdict, len(runs))})
			}
			if r.Kind == journal.KindScenario {
				rows[i].title = r.Title // says more than that of what is judged over all calls
			}
			mine[r.Requirement] = worse(mine[r.Requirement], r.Verdict)
			rows[i].cells[n] = mine[r.Requirement]
		}
		count := map[string]int{}
		for _, v := range mine {
			count[string(v)]++
		}
		m.counts = append(m.counts, count)
	}
	for _, r := range rows {
		if all || slices.ContainsFunc(r.cells, func(v journal.Verdict) bool { return v != "" && v != journal.Pass && v != journal.NotApplicable }) {
			m.rows = append(m.rows, r)
		} else {
			m.hidden++
		}
	}
	slices.SortFunc(m.rows, func(a, b matrixRow) int { return cmp.Compare(a.id, b.id) })
	return m
}

// putToTheTest names what a run is about: the client under test, or else the server.
func putToTheTest(s journal.RunStart) string {
	if s.ClientUnderTest {
		return s.Client
	}
	return s.Target
}

// worse is the graver of two verdicts; "" is none.
func worse(a, b journal.Verdict) journal.Verdict {
	order := journal.Verdicts()
	if a == "" || slices.Index(order, b) < slices.Index(order, a) {
		return b
	}
	return a
}

// cellWord is a verdict in a cell.
func cellWord(v journal.Verdict) string {
	switch v {
	case "":
		return ""
	case journal.Pass:
		return "·"
	case journal.NotApplicable:
		return "n/a"
	case journal.Warn:
		return "warn"
	}
	return string(v)
}

func (m *matrix) markdown(b *bytes.Buffer) {
	cell := func(s string) string { return strings.ReplaceAll(printable(s), "|", `\|`) }
	b.WriteString("| requirement | |")
	for _, name := range m.names {
		b.WriteString(" " + cell(name) + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(m.names)) + "\n")
	for _, r := range m.rows {
		fmt.Fprintf(b, "| %s %s | %s |", r.id, r.level, cell(r.title))
		for _, v := range r.cells {
			word := cellWord(v)
			if v == journal.Fail {
				word = "**FAIL**"
			}
			b.WriteString(" " + word + " |")
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "| all %d | |", len(m.rows)+m.hidden)
	for _, c := range m.counts {
		b.WriteString(" " + inWords(c, columnsOf()) + " |")
	}
	b.WriteByte('\n')
}

func (m *matrix) terminal(b *bytes.Buffer, s Style) {
	for i, name := range m.names {
		fmt.Fprintf(b, "%s  %s: %s\n", s.paint(bold, columnName(i)), oneLine(name, 60), inWords(m.counts[i], columnsOf()))
	}
	idWidth, cellWidth := len("requirement"), 4
	for _, r := range m.rows {
		idWidth = max(idWidth, len(r.id))
		for _, v := range r.cells {
			cellWidth = max(cellWidth, columns(cellWord(v)))
		}
	}
	b.WriteByte('\n')
	if len(m.rows) > 0 {
		head := fmt.Sprintf("%-*s", idWidth, "requirement")
		for i := range m.names {
			head += fmt.Sprintf("  %-*s", cellWidth, columnName(i))
		}
		b.WriteString(s.paint(faint, strings.TrimRight(head, " ")) + "\n")
	}
	for _, r := range m.rows {
		line := fmt.Sprintf("%-*s", idWidth, r.id)
		for _, v := range r.cells {
			word := cellWord(v)
			line += "  " + s.paint(verdictColor(v), word) + strings.Repeat(" ", cellWidth-columns(word))
		}
		room := s.width() - idWidth - len(r.cells)*(cellWidth+2) - 2
		if room > 12 {
			line += "  " + s.paint(faint, cut(oneLine(r.title, 200), room))
		}
		b.WriteString(line + "\n")
	}
	if m.hidden > 0 {
		fmt.Fprintf(b, "%s that nobody breaks\n", counted(m.hidden, "requirement"))
	}
}

// columnName is A, B, … Z, AA, …
func columnName(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnName(i/26-1) + columnName(i%26)
}
