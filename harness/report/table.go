package report

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// column is a verdict with the word that heads it.
type column struct {
	verdict journal.Verdict
	word    string
}

func columnsOf() []column {
	return []column{
		{journal.Pass, "pass"}, {journal.Fail, "fail"}, {journal.Warn, "warn"}, {journal.NotApplicable, "n/a"}, {journal.NotTestable, "untestable"},
		{journal.Blocked, "blocked"}, {journal.XFail, "xfail"}, {journal.XPass, "xpass"}, {journal.HarnessError, "error"},
	}
}

// table counts verdicts by family. Verdicts that did not occur have no column, but pass and fail always have one. A terminal that is too narrow for
// the columns gets the counts as words.
func (t *terminal) table() {
	total := countsOf(t.rows)
	shownColumns := slices.DeleteFunc(columnsOf(), func(c column) bool {
		return total[string(c.verdict)] == 0 && c.verdict != journal.Pass && c.verdict != journal.Fail
	})
	families := byFamily(t.rows)
	nameWidth := len("family")
	for _, f := range families {
		nameWidth = max(nameWidth, len(f.name))
	}
	need := nameWidth
	for _, c := range shownColumns {
		need += 2 + max(len(c.word), 4)
	}
	t.add("")
	if need > t.width() {
		for _, f := range families {
			t.hanging(fmt.Sprintf("%-*s  ", nameWidth, f.name), inWords(countsOf(f.rows), shownColumns))
		}
		t.hanging(fmt.Sprintf("%-*s  ", nameWidth, "total"), inWords(total, shownColumns))
		return
	}
	head := fmt.Sprintf("%-*s", nameWidth, "family")
	for _, c := range shownColumns {
		head += fmt.Sprintf("  %*s", max(len(c.word), 4), c.word)
	}
	t.add(t.paint(faint, head))
	for _, f := range families {
		line := t.tableLine(fmt.Sprintf("%-*s", nameWidth, f.name), countsOf(f.rows), shownColumns)
		if title := t.run.Start.Families[f.name]; title != "" && t.width()-need > 12 {
			line += "  " + t.paint(faint, cut(oneLine(title, 200), t.width()-need-2))
		}
		t.add(line)
	}
	t.add(t.tableLine(t.paint(bold, fmt.Sprintf("%-*s", nameWidth, "total")), total, shownColumns))
}

func (t *terminal) tableLine(name string, counts map[string]int, shown []column) string {
	for _, c := range shown {
		n := counts[string(c.verdict)]
		cell, paint := fmt.Sprint(n), verdictColor(c.verdict)
		if n == 0 {
			cell, paint = "·", faint
		}
		// Padding by bytes would count the dot twice.
		name += strings.Repeat(" ", 2+max(len(c.word), 4)-columns(cell)) + t.paint(paint, cell)
	}
	return name
}

func inWords(counts map[string]int, shown []column) string {
	var words []string
	for _, c := range shown {
		if n := counts[string(c.verdict)]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, c.word))
		}
	}
	return strings.Join(words, ", ")
}
