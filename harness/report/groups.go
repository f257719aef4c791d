package report

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// group is rows that failed in the same way; one cause, such as a server that is down, makes many of them.
type group []journal.Result

// failures shows what stands against the target, worst first.
func (t *terminal) failures() {
	screens := t.o.Screens
	if screens <= 0 {
		screens = 10
	}
	groups := grouped(t.rows, func(r journal.Result) bool {
		o := outcomeOfRow(r, t.o.Strict)
		return o == failure || o == errored
	})
	for i, g := range groups {
		if i >= screens {
			if i == screens {
				t.add("", t.paint(bold, fmt.Sprintf("%d more; the screens of all are in %s:", len(groups)-screens, JUnitFile)))
			}
			t.oneLine(g)
			continue
		}
		t.add("", t.paint(faint, strings.Repeat("─", t.width())))
		t.add(strings.Split(strings.TrimSuffix(Screen(t.run, g[0], t.Style), "\n"), "\n")...)
		if len(g) > 1 {
			t.add("")
			t.hanging(fmt.Sprintf("%d more with the same finding: ", len(g)-1), t.ids(g[1:], 3*t.width()))
		}
	}
}

// oneLiners lists what does not break the target's neck: warnings, and what was blocked.
func (t *terminal) oneLiners() {
	groups := grouped(t.rows, func(r journal.Result) bool {
		return r.Stands() && (r.Verdict == journal.Blocked || r.Verdict == journal.Warn && !t.o.Strict)
	})
	if len(groups) == 0 {
		return
	}
	t.add("")
	for _, g := range groups {
		t.oneLine(g)
	}
}

func (t *terminal) oneLine(g group) {
	row := g[0]
	lead := string(row.Verdict) + "  "
	text := oneLine(row.Name()+" — "+message(row), 3*t.width())
	if len(g) > 1 {
		text += fmt.Sprintf(" (and %d more: %s)", len(g)-1, t.ids(g[1:], t.width()))
	}
	lines := wrap(text, t.width()-len(lead))
	t.add(t.paint(verdictColor(row.Verdict), string(row.Verdict)) + "  " + lines[0])
	for _, line := range lines[1:] {
		t.add(strings.Repeat(" ", len(lead)) + line)
	}
}

// ids lists the requirements of a group, as many as fit.
func (t *terminal) ids(g group, room int) string {
	var ids []string
	used := 0
	for i, row := range g {
		if used += len(row.Requirement) + 1; used > room {
			ids = append(ids, fmt.Sprintf("… (%d more)", len(g)-i))
			break
		}
		if !slices.Contains(ids, row.Requirement) {
			ids = append(ids, row.Requirement)
		}
	}
	return oneLine(strings.Join(ids, " "), 2*room)
}

// hanging wraps a text under its first word.
func (t *terminal) hanging(lead, text string) {
	for i, line := range wrap(text, max(20, t.width()-len(lead))) {
		if i > 0 {
			lead = strings.Repeat(" ", len(lead))
		}
		t.add(lead + line)
	}
}

// grouped collects rows of the wanted verdicts that failed in the same way, worst verdict first, each group in the order of the rows.
func grouped(rows []journal.Result, wanted func(journal.Result) bool) []group {
	var groups []group
	index := map[string]int{}
	for _, row := range rows {
		if !wanted(row) {
			continue
		}
		key := string(row.Verdict) + "\x00" + incidental.ReplaceAllString(head(message(row), textLimit), "#")
		if f := row.Finding; f != nil {
			key += "\x00" + incidental.ReplaceAllString(head(f.Wanted, textLimit)+"\x00"+head(f.Got, textLimit)+"\x00"+f.Pointer, "#") + "\x00" + f.SpecPointer
		}
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], row)
	}
	order := journal.Verdicts()
	slices.SortStableFunc(groups, func(a, b group) int { return slices.Index(order, a[0].Verdict) - slices.Index(order, b[0].Verdict) })
	return groups
}
