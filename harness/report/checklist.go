package report

import (
	"fmt"
	"io"
	"strings"
)

// Check is a line of a checklist.
type Check struct {
	Grade string // "ok", "warning", "stop"
	About string // what it is about, in a word
	Text  string // what was found
	Next  string // what to do; "" when nothing is to be done
}

// The columns of a checklist.
const (
	gradeWidth = 9
	aboutWidth = 14
)

// Checklist writes lines for a person: the grade, what it is about, what was found, and below it what to do.
func Checklist(out io.Writer, s Style, checks []Check) error {
	var b strings.Builder
	lead := gradeWidth + aboutWidth
	for _, c := range checks {
		paint := map[string]color{"ok": green, "warning": yellow, "stop": red}[c.Grade]
		text := wrap(printable(c.Text), s.width()-lead)
		if c.Next != "" {
			for i, line := range wrap(printable(c.Next), s.width()-lead-2) {
				text = append(text, map[bool]string{true: "→ ", false: "  "}[i == 0]+line)
			}
		}
		b.WriteString(s.paint(paint, fmt.Sprintf("%-*s", gradeWidth, c.Grade)) + fmt.Sprintf("%-*s", aboutWidth, c.About) + text[0] + "\n")
		for _, more := range text[1:] {
			b.WriteString(strings.Repeat(" ", lead) + more + "\n")
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
