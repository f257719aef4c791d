package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// DiffOptions of a comparison of two runs.
type DiffOptions struct {
	Style
	Gate []comparison.Kind // what fails the gate; it is marked
	All  bool              // every change, however many lines that takes
}

// kindWord is a kind of change as a heading, and what colour bears.
func kindWord(k comparison.Kind) (word string, c color) {
	switch k {
	case comparison.NewlyFailing:
		return "newly failing", red
	case comparison.NewlyWarning:
		return "newly warning", yellow
	case comparison.NewlySkipped:
		return "newly skipped", yellow
	case comparison.Vanished:
		return "vanished", yellow
	case comparison.Changed:
		return "changed reason", yellow
	case comparison.Slower:
		return "slower", yellow
	case comparison.Newer:
		return "newer requirements", faint
	case comparison.Fixed:
		return "fixed", green
	case comparison.NewlyRun:
		return "newly run", green
	}
	return "new", faint
}

// verdictOfDiff is a comparison in a word and a sentence.
func verdictOfDiff(c *comparison.Comparison, gate []comparison.Kind) (word, sentence string, good bool) {
	var parts []string
	for _, k := range comparison.Kinds() {
		if n := c.Count(k); n > 0 {
			name, _ := kindWord(k)
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	same := fmt.Sprintf("%d as before", c.Same)
	if c.Failing > 0 {
		same += fmt.Sprintf(" (%d of them failing)", c.Failing)
	}
	sentence = strings.Join(append(parts, same), ", ")
	switch stopped := c.Stopped(gate); {
	case len(stopped) > 0:
		return "WORSE", sentence, false
	case len(parts) == 0:
		return "SAME", sentence, true
	}
	return "NOT WORSE", sentence, true
}

// sideLine says what a run was.
func sideLine(run *journal.Run) string {
	s := run.Start
	facts := []string{putToTheTest(s)}
	if s.Profile != "" {
		facts = append(facts, s.Profile+" "+s.ContractHash[:min(12, len(s.ContractHash))])
	}
	if s.SuiteVersion != "" {
		facts = append(facts, "suite "+s.SuiteVersion)
	}
	if !run.Started.IsZero() {
		facts = append(facts, run.Started.UTC().Format("2006-01-02 15:04 UTC"))
	}
	facts = append(facts, inWords(countsOf(withoutCases(run.Rows())), columnsOf()))
	return oneLine(strings.Join(facts, " · "), 400)
}

// longestDiff is how many changes of a kind are shown in full on a terminal, so that all kinds fit on one screen.
const longestDiff = 6

// Diff shows a comparison on a terminal, in one screen unless all of it is asked for.
func Diff(out io.Writer, c *comparison.Comparison, o DiffOptions) error {
	t := &terminal{screen: screen{Style: o.Style}}
	word, sentence, good := verdictOfDiff(c, o.Gate)
	t.add(t.paint(faint, "old  ") + cut(sideLine(c.Old), t.width()-5))
	t.add(t.paint(faint, "new  ") + cut(sideLine(c.New), t.width()-5))
	for _, n := range c.Notes {
		t.hanging("     ", oneLine(n, 2*t.width()))
	}
	for _, k := range comparison.Kinds() {
		t.diffKind(c, k, o)
	}
	paint := red
	if good {
		paint = green
	}
	t.add("")
	for i, line := range wrap(word+" "+sentence, t.width()) {
		if i == 0 {
			line = t.paint(paint, word) + strings.TrimPrefix(line, word)
		}
		t.add(line)
	}
	if stopped := c.Stopped(o.Gate); len(stopped) > 0 {
		t.add("for the gate: " + kindNames(stopped))
	}
	_, err := io.WriteString(out, strings.Join(t.lines, "\n")+"\n")
	return err
}

func kindNames(kinds []comparison.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// diffKind shows the changes of one kind.
func (t *terminal) diffKind(c *comparison.Comparison, k comparison.Kind, o DiffOptions) {
	changes, n := c.Of(k), c.Count(k)
	if n == 0 {
		return
	}
	word, colour := kindWord(k)
	t.add("", t.paint(colour, fmt.Sprintf("%d %s", n, word)))
	most := longestDiff
	if k == comparison.NewlyFailing {
		most = 2 * longestDiff
	}
	if o.All {
		most = len(changes)
	}
	brief := !o.All && (k == comparison.New || k == comparison.NewlyRun || k == comparison.Newer || k == comparison.Fixed && len(changes) > most)
	if brief {
		// What fails although it is newer stops no gate, and is to be seen all the same.
		var rows group
		loud := 0
		for _, change := range changes {
			if k == comparison.Newer && loud < most && (change.Fails(c.Strict) || change.Result().Found() == journal.Warn) {
				t.diffLine(change, false)
				loud++
				continue
			}
			rows = append(rows, *change.Result())
		}
		if len(rows) > 0 {
			t.hanging("  ", t.ids(rows, 2*t.width()))
		}
		return
	}
	for i, change := range changes {
		if i == most {
			t.hanging("  ", fmt.Sprintf("and %d more: ", len(changes)-most)+t.ids(rowsOfChanges(changes[most:]), t.width()))
			break
		}
		t.diffLine(change, o.All)
	}
	if k == comparison.Slower {
		for _, p := range c.Pace {
			t.add(fmt.Sprintf("  calls of %s: median %s, was %s (%d and more)", oneLine(p.Name, 60), millis(p.After), millis(p.Before), p.N))
		}
	}
}

func rowsOfChanges(changes []comparison.Change) group {
	var rows group
	for _, change := range changes {
		rows = append(rows, *change.Result())
	}
	return rows
}

// diffLine shows one change.
func (t *terminal) diffLine(change comparison.Change, all bool) {
	r := change.Result()
	verdict := ""
	if change.New != nil {
		verdict = t.paint(verdictColor(r.Verdict), string(r.Verdict)) + " "
	}
	t.add("  " + verdict + cut(oneLine(r.Name(), 400), t.width()-4-len(string(r.Verdict))))
	why := change.Why
	if change.Kind == comparison.Slower {
		why = fmt.Sprintf("%s, was %s (%.1f times as long)", millis(change.After), millis(change.Before), float64(change.After)/float64(max(change.Before, time.Microsecond)))
	}
	room := 2 * t.width()
	if all {
		room *= 4
	}
	if why != "" {
		t.hanging("    ", oneLine(why, room))
	}
	if change.Kind == comparison.Changed {
		for _, way := range change.Gone[:min(len(change.Gone), 2)] {
			t.hanging("    - ", oneLine(way, room))
		}
		for _, way := range change.Came[:min(len(change.Came), 2)] {
			t.hanging("    + ", oneLine(way, room))
		}
	}
}

// whyOf is the reason of a change in a sentence.
func whyOf(change comparison.Change) string {
	if change.Kind == comparison.Slower {
		return fmt.Sprintf("%s, was %s", millis(change.After), millis(change.Before))
	}
	return change.Why
}
