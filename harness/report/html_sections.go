package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
)

// htmlBuilder lays rows out, worst first, and knows what room is left.
type htmlBuilder struct {
	run        *journal.Run
	o          Options
	limit      int               // bytes that exchanges may take in all
	room       int               // that they may still take
	ids        map[string]string // of rows by name
	scenarios  map[string][]*journal.Exchange
	anchored   map[int64]bool // exchanges that are shown in whole somewhere
	opened     int
	lined      int // exchanges that are shown as a line
	bodies     int // that are not shown to their end
	outOfRoom  int // rows whose exchanges found no room
	casesShort int
}

func newHTMLBuilder(run *journal.Run, o Options) *htmlBuilder {
	limit := o.HTMLLimit
	if limit <= 0 {
		limit = DefaultHTMLLimit
	}
	b := &htmlBuilder{run: run, o: o, limit: limit, room: limit, ids: map[string]string{}, scenarios: map[string][]*journal.Exchange{}, anchored: map[int64]bool{}}
	for _, x := range run.Exchanges {
		b.scenarios[x.Scenario] = append(b.scenarios[x.Scenario], x)
	}
	b.name(run.Rows())
	return b
}

// name gives every row an id that is the same in the report of every run: the requirement's, with the name of a case behind it. A requirement's scenario comes
// before what else tells of it.
func (b *htmlBuilder) name(rows []journal.Result) {
	taken := map[string]bool{}
	for _, scenarios := range []bool{true, false} {
		for _, r := range rows {
			if (r.Kind == journal.KindScenario) != scenarios {
				continue
			}
			id := text(r.Requirement, 100)
			switch r.Kind {
			case journal.KindCase:
				id += "/" + text(r.Title, 300)
			case journal.KindCleanup:
				if r.Requirement != journal.CleanupRequirement {
					id += "-cleanup"
				}
			}
			id = strings.Join(strings.Fields(id), "-")
			for n, base := 2, id; taken[id]; n++ {
				id = base + "-" + strconv.Itoa(n)
			}
			taken[id] = true
			b.ids[r.Name()] = id
		}
	}
}

func (b *htmlBuilder) idOf(r journal.Result) string { return b.ids[r.Name()] }

// sections sorts the rows by what a reader wants to know of first.
func (b *htmlBuilder) sections(all []journal.Result) []htmlSection {
	cases := map[string][]journal.Result{}
	told := map[string]bool{}
	for _, r := range all {
		if r.Kind == journal.KindScenario {
			told[r.Requirement] = true
		}
	}
	rows := slices.DeleteFunc(slices.Clone(all), func(r journal.Result) bool {
		if isCase(r) && told[r.Requirement] {
			cases[r.Requirement] = append(cases[r.Requirement], r)
			return true
		}
		return false
	})
	kinds := []struct {
		htmlSection
		has func(journal.Result) bool
	}{
		{htmlSection{ID: "against", Title: "What stands against it"}, func(r journal.Result) bool {
			o := outcomeOfRow(r, b.o.Strict)
			return !r.Apart() && (o == failure || o == errored || r.Verdict == journal.Blocked)
		}},
		{htmlSection{ID: "warnings", Title: "Warnings", Note: "A SHOULD or a MAY is broken."}, func(r journal.Result) bool { return !r.Apart() && r.Verdict == journal.Warn }},
		{htmlSection{ID: "accepted", Title: "Accepted failures", Note: "The baseline lists them, each with somebody who answers for it."}, func(r journal.Result) bool { return !r.Apart() && r.Verdict == journal.XFail }},
		{htmlSection{ID: "newer", Title: "Newer than the pinned version", Note: "Shown, and counting for nothing."}, journal.Result.Apart},
		{htmlSection{ID: "passed", Title: "Passed"}, func(r journal.Result) bool { return r.Verdict == journal.Pass }},
		{htmlSection{ID: "not-applicable", Title: "Not applicable"}, func(journal.Result) bool { return true }},
	}
	var sections []htmlSection
	for _, k := range kinds {
		var mine []journal.Result
		rows = slices.DeleteFunc(rows, func(r journal.Result) bool {
			if k.has(r) {
				mine = append(mine, r)
				return true
			}
			return false
		})
		if len(mine) == 0 {
			continue
		}
		if k.ID == "against" {
			slices.SortStableFunc(mine, func(x, y journal.Result) int {
				order := journal.Verdicts()
				return cmp.Or(leftFirst(x)-leftFirst(y), slices.Index(order, x.Verdict)-slices.Index(order, y.Verdict))
			})
		}
		s := k.htmlSection
		for _, r := range mine {
			s.Rows = append(s.Rows, b.row(r, cases[r.Requirement]))
			if r.Kind == journal.KindScenario {
				delete(cases, r.Requirement)
			}
		}
		sections = append(sections, s)
	}
	for _, s := range sections {
		for _, r := range s.Rows {
			b.unlink(r)
		}
	}
	return sections
}

// unlink takes the links away that lead to exchanges that are not shown, when all are laid out.
func (b *htmlBuilder) unlink(r *htmlRow) {
	for i, step := range r.Steps {
		if step.Exchange != 0 && !b.anchored[step.Exchange] {
			r.Steps[i].ID = ""
			r.Steps[i].Text += fmt.Sprintf(" (exchange %d)", step.Exchange)
		}
	}
	for _, c := range r.Cases {
		b.unlink(c)
	}
}

// exchangeID is the id of an exchange that is shown in whole.
func exchangeID(id int64) string { return "exchange-" + strconv.FormatInt(id, 10) }

// foldedWords says what the page does not show of the journal.
func (b *htmlBuilder) foldedWords() []string {
	var words []string
	if b.lined > 0 {
		words = append(words, counted(b.lined, "exchange")+" shown as a line each, without bytes: those that are no evidence of a failure")
	}
	if b.bodies > 0 {
		words = append(words, fmt.Sprintf("%d heads and bodies shown in part", b.bodies))
	}
	if b.casesShort > 0 {
		words = append(words, counted(b.casesShort, "failed case")+" shown as a line each")
	}
	if b.outOfRoom > 0 {
		words = append(words, fmt.Sprintf("%s without bytes and without a picture of states, because the page would get too big to open at once", counted(b.outOfRoom, "row")))
	}
	return words
}
