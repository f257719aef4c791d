package report

import (
	"fmt"
	"io"
	"strings"

	"resize-conformance/harness/comparison"
)

// mostEvidence is how many results a terminal gives reasons for, unless all is asked for.
const mostEvidence = 15

// Matrix shows runs side by side on a terminal. Where it is too narrow for all columns they follow in several tables.
func Matrix(out io.Writer, m *comparison.Matrix, o MatrixOptions) error {
	t := &terminal{screen: screen{Style: o.Style}}
	for _, c := range m.Columns {
		word, good := verdictOfColumn(c)
		paint := red
		if good {
			paint = green
		}
		room := t.width() - len(c.Letter) - len(word) - 4
		t.add(t.paint(bold, c.Letter) + "  " + cut(oneLine(c.Name, 200), max(room, 12)) + "  " + t.paint(paint, word))
		t.hanging("   ", strings.Join(factsOfColumn(m, c, o.Now), " · "))
		t.hanging("   ", countsOfColumn(c))
	}
	families, hidden, untried := rowsShown(m, o.All)
	if len(families) > 0 {
		t.bands(m, families)
	}
	t.evidence(m, families, o.All)
	if words := hiddenWords(hidden, untried); words != "" {
		t.add("", words)
	}
	t.add("")
	for _, line := range legend(m, keptSign) {
		t.hanging("", line)
	}
	_, err := io.WriteString(out, strings.Join(t.lines, "\n")+"\n")
	return err
}

// bands draws the table, in as many parts as the width takes.
func (t *terminal) bands(m *comparison.Matrix, families []comparison.Family) {
	idWidth, cellWidth := len("requirement"), 1
	for _, f := range families {
		for _, r := range f.Rows {
			idWidth = max(idWidth, columns(r.Requirement)+2)
			for i, c := range r.Cells {
				cellWidth = max(cellWidth, columns(cellWord(c)+cellMarks(m.Columns[i], c)))
			}
		}
	}
	most := max(1, (t.width()-idWidth)/(cellWidth+2))
	for from := 0; from < len(m.Columns); from += most {
		to := min(from+most, len(m.Columns))
		head := fmt.Sprintf("%-*s", idWidth, "requirement")
		for _, c := range m.Columns[from:to] {
			head += fmt.Sprintf("  %-*s", cellWidth, c.Letter)
		}
		t.add("", t.paint(faint, strings.TrimRight(head, " ")))
		room := t.width() - idWidth - (to-from)*(cellWidth+2) - 2
		for _, f := range families {
			for _, r := range f.Rows {
				id := r.Requirement
				if r.Differs {
					id += " " + differsSign
				}
				line := id + strings.Repeat(" ", idWidth-columns(id))
				for i, c := range r.Cells[from:to] {
					word := cellWord(c) + cellMarks(m.Columns[from+i], c)
					line += "  " + t.paint(cellPaint(c), word) + strings.Repeat(" ", cellWidth-columns(word))
				}
				if room > 12 {
					line += "  " + t.paint(faint, cut(oneLine(r.Title, 200), room))
				}
				t.add(strings.TrimRight(line, " "))
			}
		}
	}
}

// evidence says of what is broken how.
func (t *terminal) evidence(m *comparison.Matrix, families []comparison.Family, all bool) {
	left := mostEvidence
	more := 0
	for _, f := range families {
		for _, r := range f.Rows {
			for i, c := range r.Cells {
				if len(c.Broken) == 0 {
					continue
				}
				if left == 0 && !all {
					more++
					continue
				}
				if left == mostEvidence {
					t.add("")
				}
				left = max(left-1, 0)
				lead := fmt.Sprintf("%s %s  ", r.Requirement, m.Columns[i].Letter)
				lines := wrap(evidenceLine(c.Broken[0]), max(20, t.width()-len(lead)))
				t.add(t.paint(bold, r.Requirement) + " " + m.Columns[i].Letter + "  " + lines[0])
				for _, line := range lines[1:min(len(lines), 3)] {
					t.add(strings.Repeat(" ", len(lead)) + line)
				}
			}
		}
	}
	if more > 0 {
		t.add(fmt.Sprintf("and %s more; --all shows them", counted(more, "cell")))
	}
}
