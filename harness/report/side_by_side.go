package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"resize-conformance/harness/journal"
)

// Beside is a recorded exchange and what came of it when it was sent again.
type Beside struct {
	Then        *journal.Exchange
	Also        int                 // how many more of the record it stands for, which were answered alike
	Now         *journal.Exchange   // nil when it was not sent
	Skipped     string              // why not
	Moot        string              // why the answers were not compared; "" when they were
	Looks       int                 // how often it was sent
	ThenBroke   []journal.Violation // by the contract that Now was judged by
	Differences []BesideDifference
}

// BesideDifference is one point in which the answers differ.
type BesideDifference struct {
	Part    string `json:"part"`
	Pointer string `json:"pointer,omitempty"`
	Wanted  string `json:"then"`
	Got     string `json:"now"`
}

// SideBySideOptions of what is shown on a terminal.
type SideBySideOptions struct {
	Style
	Whole func(*Beside) bool // which are shown with their messages; nil: those that differ
}

// narrow is the width below which the two messages stand below each other.
const narrow = 90

// besideLines of a message are shown.
const besideLines = 60

// SideBySide shows exchanges of a record beside those that they were answered with when they were sent again: a line for each, and the messages of those that differ. In
// a narrow terminal what is new stands below what is old.
func SideBySide(out io.Writer, all []Beside, o SideBySideOptions) error {
	t := &terminal{screen: screen{Style: o.Style}}
	for i := range all {
		b := &all[i]
		t.add(besideLine(b, o.Style))
		whole := len(b.Differences) > 0
		if o.Whole != nil {
			whole = o.Whole(b)
		}
		if b.Skipped != "" {
			t.hanging("        ", oneLine(b.Skipped, 400))
		}
		if b.Moot != "" {
			t.hanging("        ", "not compared: "+oneLine(b.Moot, 400))
		}
		for _, d := range b.Differences {
			where := strings.TrimSpace(d.Part + " " + d.Pointer)
			t.hanging("        ", t.paint(red, "differs")+"  "+oneLine(where, 200)+": then "+oneLine(d.Wanted, 200)+", now "+oneLine(d.Got, 200))
		}
		t.broke("then", b.ThenBroke)
		if b.Now != nil {
			t.broke("now", b.Now.Violations)
		}
		if whole && b.Now != nil {
			t.beside(b)
		}
	}
	_, err := io.WriteString(out, strings.Join(t.lines, "\n")+"\n")
	return err
}

func besideLine(b *Beside, s Style) string {
	word, c := "same", green
	now := ""
	switch {
	case b.Now == nil:
		word, c, now = "not sent", yellow, "-"
	case b.Moot != "":
		word, c, now = "sent", yellow, statusOf(b.Now)
	case len(b.Differences) > 0:
		word, c, now = "differs", red, statusOf(b.Now)
	default:
		now = statusOf(b.Now)
	}
	line := fmt.Sprintf("%6d  %s  %s -> %s  %s %s", b.Then.ID, s.paint(c, fmt.Sprintf("%-8s", word)), statusOf(b.Then), now, oneLine(b.Then.Method, 20), "")
	used := 6 + 2 + 8 + 2 + columns(statusOf(b.Then)) + 4 + columns(now) + 2 + columns(b.Then.Method) + 1
	notes := ""
	if b.Also > 0 {
		notes += fmt.Sprintf("  (%d looks then)", b.Also+1)
	}
	if b.Looks > 1 {
		notes += fmt.Sprintf("  (%d looks now)", b.Looks)
	}
	return line + cut(pathOf(b.Then), max(20, s.width()-used-len(notes))) + notes
}

// broke lists what an exchange breaks.
func (t *terminal) broke(when string, all []journal.Violation) {
	for i, v := range all {
		if i == 6 {
			t.add(fmt.Sprintf("        and %d more", len(all)-i))
			return
		}
		id := v.Requirement
		if id == "" {
			id = "the contract"
		}
		t.hanging("        ", fmt.Sprintf("%-4s breaks %s (%s, %s): wanted %s, got %s", when, id, v.Blame, oneLine(strings.TrimSpace(v.Part+" "+v.Pointer), 120), oneLine(v.Wanted, 160), oneLine(v.Got, 160)))
	}
}

// beside shows the two answers, and the request that was sent.
func (t *terminal) beside(b *Beside) {
	request := strings.TrimSpace(printable(head(b.Now.RequestBody.Text, 2000)))
	if request != "" {
		t.hanging("        ", t.paint(faint, "sent  ")+oneLine(request, 4*t.width()))
	}
	then, now := answerLines(b.Then), answerLines(b.Now)
	if t.width() < narrow {
		for _, side := range []struct {
			title string
			lines []string
		}{{"THEN", then}, {"NOW", now}} {
			t.add("        " + t.paint(bold, side.title))
			for _, line := range side.lines {
				t.add("          " + cut(line, t.width()-10))
			}
		}
		return
	}
	room := (t.width() - 8 - 3) / 2
	t.add("        " + t.paint(bold, fmt.Sprintf("%-*s   %s", room, "THEN", "NOW")))
	for _, pair := range aligned(then, now) {
		mark, left, right := " ", cut(pair[0], room), cut(pair[1], room)
		if pair[0] != pair[1] {
			mark = "|"
		}
		t.add(strings.TrimRight("        "+left+strings.Repeat(" ", max(0, room-columns(left)))+" "+mark+" "+right, " "))
	}
}

// answerLines lays an answer out: status, the headers that say something, the body.
func answerLines(x *journal.Exchange) []string {
	lines := []string{statusOf(x)}
	if x.Error != "" {
		lines = append(lines, oneLine(x.Error, 300))
	}
	for _, h := range x.ResponseHeader {
		switch strings.ToLower(h.Name) {
		case "content-type", "retry-after", "location", "x-request-id":
			lines = append(lines, oneLine(h.Name+": "+h.Value, 300))
		}
	}
	body, _ := x.ResponseBody.Bytes()
	var laid bytes.Buffer
	if json.Indent(&laid, body, "", "  ") != nil {
		laid.Reset()
		laid.Write(body)
	}
	text := strings.Split(strings.TrimRight(printable(head(laid.String(), 1<<16)), "\n"), "\n")
	if len(text) > besideLines {
		text = append(text[:besideLines-1], fmt.Sprintf("… %d more lines", len(text)-besideLines+1))
	}
	if len(text) == 1 && text[0] == "" {
		return lines
	}
	return append(lines, text...)
}

// aligned puts lines with the same member beside each other: a longest common subsequence of what stands before the values.
func aligned(a, b []string) [][2]string {
	key := func(s string) string {
		before, _, found := strings.Cut(s, `": `)
		if found {
			return before
		}
		return s
	}
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if key(a[i]) == key(b[j]) {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var pairs [][2]string
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case key(a[i]) == key(b[j]):
			pairs = append(pairs, [2]string{a[i], b[j]})
			i, j = i+1, j+1
		case length[i+1][j] == length[i][j+1]: // neither has a place: side by side they show that one took the other's
			pairs = append(pairs, [2]string{a[i], b[j]})
			i, j = i+1, j+1
		case length[i+1][j] > length[i][j+1]:
			pairs = append(pairs, [2]string{a[i], ""})
			i++
		default:
			pairs = append(pairs, [2]string{"", b[j]})
			j++
		}
	}
	for ; i < len(a); i++ {
		pairs = append(pairs, [2]string{a[i], ""})
	}
	for ; j < len(b); j++ {
		pairs = append(pairs, [2]string{"", b[j]})
	}
	return pairs
}

// OneLine is a text made safe for a terminal, without line breaks, cut to so many columns.
func OneLine(s string, columns int) string { return cut(oneLine(s, 4*columns), columns) }

// Hanging is a text wrapped to the width of a style, its lines after the first beginning below its own beginning. It ends in a line feed.
func Hanging(lead, text string, s Style) string {
	t := &terminal{screen: screen{Style: s}}
	t.hanging(lead, oneLine(text, 20*s.width()))
	return strings.Join(t.lines, "\n") + "\n"
}

// Columns is how wide lines are.
func (s Style) Columns() int { return s.width() }
