package report

import (
	"fmt"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// Screen shows one row on one screen, everything that is needed to understand and repeat it, in this order: id and title, clause and source, what was
// wanted, what was got, where in the message and in the contract, the exchange with its times, a curl line, how to run only this again.
// Long messages are folded to fit; the whole of them is in the journal. The text ends in a line feed.
func Screen(run *journal.Run, row journal.Result, s Style) string {
	sc := &screen{Style: s}
	sc.title(row)
	sc.field("clause", row.Clause, 4)
	sc.field("source", row.Source, 2)
	evidence, note := evidenceOf(run, row)
	if f := row.Finding; f != nil {
		if !strings.Contains(row.Reason, f.Got) || f.Got == "" {
			sc.field("reason", row.Reason, 3)
		}
		sc.field("wanted", f.Wanted, 4)
		sc.field("got", f.Got, 5)
		sc.steps(f.Steps)
		sc.field("where", whereOf(evidence, row), 3)
		sc.signature(row)
		if f.Count > 1 {
			sc.field("seen", fmt.Sprintf("in %d exchanges; this is the first", f.Count), 1)
		}
	} else {
		sc.field("reason", message(row), 8)
		sc.signature(row)
	}
	tail := sc.tail(evidence, row)
	if evidence != nil {
		sc.add("")
		sc.exchange(evidence, row, note, s.height()-len(sc.lines)-tail.height(s.width()))
	}
	sc.lines = append(sc.lines, tail.lines...)
	return strings.Join(sc.lines, "\n") + "\n"
}

// screenHeight is what a failure takes in a report that has no window.
const screenHeight = 40

type screen struct {
	Style
	lines []string
}

func (s *screen) add(lines ...string) { s.lines = append(s.lines, lines...) }

// height is how many lines a terminal of some width takes for the text.
func (s *screen) height(width int) int {
	n := 0
	for _, line := range s.lines {
		n += max(1, (columns(line)+width-1)/width)
	}
	return n
}

func (s *screen) title(row journal.Result) {
	verdict := string(row.Verdict)
	text := wrap(printable(head(row.Name(), 1000)), s.width()-len(verdict)-2)
	for i, line := range text[:min(len(text), 3)] {
		if i == 0 {
			s.add(s.paint(verdictColor(row.Verdict), verdict) + "  " + s.paint(bold, line))
			continue
		}
		s.add(strings.Repeat(" ", len(verdict)+2) + s.paint(bold, line))
	}
}

const labelWidth = 8

// field shows a labelled text in at most so many lines.
func (s *screen) field(label, text string, most int) {
	if text == "" {
		return
	}
	room := s.width() - labelWidth - 2
	// A text can be an answer of megabytes: only what can be shown is looked at.
	lines := wrap(printable(head(text, 4*room*most)), room)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = strings.TrimRight(cut(lines[most-1], room-2), " …") + " …"
	}
	for i, line := range lines {
		if i > 0 {
			label = ""
		}
		s.add("  " + s.paint(faint, fmt.Sprintf("%-*s", labelWidth, label)) + line)
	}
}

// signature shows in which ways the row fails, to be copied into a baseline, and what the baseline says of it. What wanted and got tell already is left out.
func (s *screen) signature(row journal.Result) {
	const most = 3
	for i, way := range row.Signature[:min(len(row.Signature), most)] {
		label := ""
		if i == 0 {
			label = "way"
		}
		s.field(label, way, 3)
	}
	if more := len(row.Signature) - most; more > 0 {
		s.field("", fmt.Sprintf("and %d more in %s", more, ResultsFile), 1)
	}
	if l := row.Listed; l != nil {
		s.field("listed", fmt.Sprintf("%s: %s, until %s: %s (%s)", l.Entry, l.Owner, l.Expires, l.Reason, l.Link), 2)
		s.field("next", l.Next, 2)
	}
}

// longestStory is how many steps a screen has room for: the last ones, which end in what was found.
const longestStory = 8

// steps lists what led to the finding, each with the exchange in which the journal has its request and curl line.
func (s *screen) steps(all []journal.Step) {
	from := max(0, len(all)-longestStory)
	if from > 0 {
		s.field("steps", fmt.Sprintf("%d before these", from), 1)
	}
	for i, step := range all[from:] {
		label := ""
		if i == 0 && from == 0 {
			label = "steps"
		}
		text := fmt.Sprintf("%d. %s", from+i+1, step.Text)
		if step.Exchange != 0 {
			text += fmt.Sprintf(" · exchange %d", step.Exchange)
		}
		s.field(label, text, 2)
	}
}

// tail is the curl line and the command that runs only this again. They are never cut or wrapped: they are there to be copied.
func (s *screen) tail(x *journal.Exchange, row journal.Result) *screen {
	t := &screen{Style: s.Style}
	if x != nil && x.Curl != "" && x.Substitute == "" { // the server would answer something else
		t.add("")
		if len(x.Curl) > curlLimit {
			t.add(fmt.Sprintf("(the curl line has %d bytes: it is exchange %d in %s)", len(x.Curl), x.ID, journal.FileName))
		} else {
			t.add(strings.Split(printable(x.Curl), "\n")...)
		}
	}
	if row.Rerun != "" {
		t.add("", s.paint(faint, "again:  ")+printable(row.Rerun))
	}
	return t
}

// curlLimit is the length in bytes of a curl line that somebody may still want to copy from a screen.
const curlLimit = 2000

// evidenceOf is the exchange that a row rests on: the one its finding names, else the last that was made for it.
func evidenceOf(run *journal.Run, row journal.Result) (x *journal.Exchange, note string) {
	if row.Finding != nil && row.Finding.Exchange != 0 {
		return run.Exchange(row.Finding.Exchange), ""
	}
	if n := len(row.Exchanges); n > 0 {
		if n > 1 {
			note = fmt.Sprintf("the last of %d", n)
		}
		return run.Exchange(row.Exchanges[n-1]), note
	}
	return nil, ""
}

// sideOf says in which message of the exchange a finding is: the exchange's own violations know; without one it is the answer.
func sideOf(x *journal.Exchange, row journal.Result) (in, part string) {
	if x == nil || row.Finding == nil {
		return "", ""
	}
	for _, v := range x.Violations {
		if v.Requirement == row.Requirement && v.Pointer == row.Finding.Pointer {
			return v.In, v.Part
		}
	}
	if row.Finding.In != "" {
		return row.Finding.In, ""
	}
	return "response", ""
}

// whereOf is the place in the message and in the contract.
func whereOf(x *journal.Exchange, row journal.Result) string {
	var places []string
	f := row.Finding
	in, part := sideOf(x, row)
	switch {
	case f.Pointer != "" && part != "" && part != "body":
		places = append(places, fmt.Sprintf("%s %s of the %s", part, f.Pointer, in))
	case f.Pointer != "" && in != "":
		places = append(places, f.Pointer+" in the "+in)
	case f.Pointer != "":
		places = append(places, f.Pointer)
	case part != "":
		places = append(places, part+" of the "+in)
	}
	if f.SpecLine != "" {
		places = append(places, f.SpecLine)
	}
	if f.SpecPointer != "" {
		places = append(places, f.SpecPointer)
	}
	return strings.Join(places, "  ·  ")
}

// millis is a duration as people compare them.
func millis(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

func verdictColor(v journal.Verdict) color {
	switch v {
	case journal.Pass:
		return green
	case journal.Warn, journal.Blocked, journal.XFail, journal.NotApplicable:
		return yellow
	}
	return red
}
