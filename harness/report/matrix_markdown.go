package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// MatrixMarkdown writes runs side by side as Markdown: the runs, a table of each family in which somebody breaks something, and how.
func MatrixMarkdown(out io.Writer, m *comparison.Matrix, o MatrixOptions) error {
	var b bytes.Buffer
	b.WriteString("| | what | verdict | contract | run | requirements |\n|---|---|---|---|---|---|\n")
	for _, c := range m.Columns {
		word, good := verdictOfColumn(c)
		mark := "❌"
		if good {
			mark = "✅"
		}
		facts := factsOfColumn(m, c, o.Now)
		fmt.Fprintf(&b, "| **%s** | %s | %s %s | %s | %s | %s |\n", c.Letter, inline(c.Name, 300), mark, word, inline(facts[0], 600), inline(strings.Join(facts[1:], "; "), 600), countsOfColumn(c))
	}
	families, hidden, untried := rowsShown(m, o.All)
	for _, f := range families {
		fmt.Fprintf(&b, "\n**%s**", inline(f.Name, 600))
		if f.Title != "" {
			b.WriteString(" " + inline(f.Title, 200))
		}
		b.WriteString("\n\n| requirement | |")
		for _, c := range m.Columns {
			b.WriteString(" " + c.Letter + " |")
		}
		b.WriteString("\n|---|---|" + strings.Repeat(":-:|", len(m.Columns)) + "\n")
		for _, r := range f.Rows {
			id := r.Requirement
			if r.Differs {
				id += " " + differsSign
			}
			fmt.Fprintf(&b, "| %s %s | %s |", inline(id, 600), inline(string(r.Level), 20), inline(r.Title, 300))
			for i, c := range r.Cells {
				word := pageWord(c)
				if c.Verdict == journal.Fail || c.Verdict == journal.HarnessError {
					word = "**" + word + "**"
				}
				b.WriteString(" " + word + strings.ReplaceAll(cellMarks(m.Columns[i], c), "~", `\~`) + " |")
			}
			b.WriteByte('\n')
		}
	}
	b.WriteByte('\n')
	if words := hiddenWords(hidden, untried); words != "" {
		b.WriteString(words + ".\n\n")
	}
	markdownEvidence(&b, m, families)
	for _, line := range legend(m, checkSign) {
		fmt.Fprintf(&b, "%s  \n", inline(line, 600))
	}
	_, err := out.Write(b.Bytes())
	return err
}

// markdownEvidence says of what is broken how, folded.
func markdownEvidence(b *bytes.Buffer, m *comparison.Matrix, families []comparison.Family) {
	var lines []string
	for _, f := range families {
		for _, r := range f.Rows {
			for i, c := range r.Cells {
				for _, broken := range c.Broken[:min(len(c.Broken), 1)] {
					lines = append(lines, fmt.Sprintf("- **%s** %s %s: %s", inline(r.Requirement, 600), m.Columns[i].Letter, inline(string(broken.Verdict), 30), inline(evidenceLine(broken), 600)))
				}
			}
		}
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "<details><summary>What was wanted, and what was got</summary>\n\n%s\n", strings.Join(lines[:min(len(lines), markdownMost)], "\n"))
	if more := len(lines) - markdownMost; more > 0 {
		fmt.Fprintf(b, "- and %d more\n", more)
	}
	b.WriteString("\n</details>\n\n")
}
