package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
)

// How much a row shows.
const (
	htmlOpen     = 3   // rows that stand open from the beginning
	htmlCaseRows = 40  // cases of a scenario that are shown with what they rest on
	htmlWays     = 8   // ways in which a row fails
	htmlSteps    = 40  // that lead to a finding, the last ones
	htmlNames    = 400 // names of cases that passed
)

// htmlRow is a result, or a case of one.
type htmlRow struct {
	ID                          string
	Requirement, Title, Family  string
	Verdict, Class, Level, Side string
	Kind, Took, Line            string
	Open                        bool
	Clause, Source              string
	Facts                       []htmlFact
	Reason, Wanted, Got         string
	Seen                        string
	Where, SpecPlace, SpecText  string
	Diff                        *htmlDiff
	Ways                        []string
	MoreWays                    int
	Listed                      *htmlListed
	StepsBefore                 int
	Steps                       []htmlStep
	States                      *htmlStates
	Changes                     []htmlDiff
	Exchanges                   []htmlPassage
	Made                        int // exchanges
	Cases                       []*htmlRow
	CasesLine, CaseNames        string
	Again                       string
}

// FirstStep is the number of the first step that is shown.
func (r *htmlRow) FirstStep() int { return r.StepsBefore + 1 }

// htmlStep is a step that leads to a finding, with a link to its exchange.
type htmlStep struct {
	htmlLink
	Exchange int64
}

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

func (b *htmlBuilder) row(r journal.Result, cases []journal.Result) *htmlRow {
	row := &htmlRow{
		ID: b.idOf(r), Requirement: text(r.Requirement, 100), Title: text(r.Title, 500), Family: text(journal.Family(r.Requirement), 100), Verdict: string(knownVerdict(r.Verdict)), Class: htmlClass(r.Verdict),
		Level: text(string(r.Level), 40), Side: text(string(r.Side), 40), Kind: string(r.Kind), Took: millis(r.Duration), Clause: text(r.Clause, textLimit), Source: text(r.Source, textLimit),
		Again: text(r.Rerun, 2000),
	}
	tells := showsScreen(r.Verdict)
	if tells || r.Reason != "" {
		row.Line = oneLine(message(r), 300)
	}
	if tells && r.Verdict != journal.XFail && r.Verdict != journal.Warn && b.opened < htmlOpen {
		row.Open = true
		b.opened++
	}
	place := ""
	if r.File != "" {
		place = fmt.Sprintf("%s:%d", r.File, r.Line)
	}
	bearing := ""
	if r.Bearing > 0 {
		bearing = counted(r.Bearing, "exchange") + " could have broken it"
	}
	newer := ""
	if r.Apart() {
		newer = "there is this requirement since " + r.Newer + "; it does not count for the pinned version"
	}
	row.Facts = fitFacts([]htmlFact{{Label: "Operation", Value: r.Operation, Code: true}, {Label: "Judged by", Value: judgedBy(r.Kind)}, {Label: "Scenario", Value: place, Code: true}, {Label: "Bearing", Value: bearing}, {Label: "Newer", Value: newer}})
	b.finding(row, r)
	b.evidence(row, r, len(cases) > 0)
	b.cases(row, cases)
	return row
}

// judgedBy says how a result was come by.
func judgedBy(k journal.Kind) string {
	switch k {
	case journal.KindScenario:
		return "a scenario"
	case journal.KindCase:
		return "one request of a scenario"
	case journal.KindSchema:
		return "the schemas, over every exchange of the run"
	case journal.KindMonitor:
		return "a monitor over every exchange of the run"
	case journal.KindCleanup:
		return "leaving the server as it was found"
	case journal.KindRecord:
		return "the record of the run"
	}
	return string(k)
}

// finding shows what the result rests on in words.
func (b *htmlBuilder) finding(row *htmlRow, r journal.Result) {
	if f := r.Finding; f != nil {
		row.Wanted, row.Got = text(f.Wanted, textLimit), text(f.Got, textLimit)
		if !strings.Contains(r.Reason, f.Got) || f.Got == "" {
			row.Reason = text(r.Reason, textLimit)
		}
		x, _ := evidenceOf(b.run, r)
		place := journal.Result{Requirement: r.Requirement, Finding: &journal.Finding{Pointer: f.Pointer, In: f.In}}
		row.Where = text(whereOf(x, place), 1000)
		row.SpecText = text(f.SpecText, 500)
		row.SpecPlace = text(strings.TrimSpace(f.SpecLine+" "+f.SpecPointer), 1000)
		row.Diff = diffOf("", "wanted", "got", f.Wanted, f.Got)
		if f.Count > 1 {
			row.Seen = fmt.Sprintf("in %d exchanges; this is the first", f.Count)
		}
		row.StepsBefore = max(0, len(f.Steps)-htmlSteps)
		for _, s := range f.Steps[row.StepsBefore:] {
			step := htmlStep{htmlLink: htmlLink{Text: text(s.Text, 1000)}, Exchange: s.Exchange}
			if s.Exchange != 0 {
				step.ID = exchangeID(s.Exchange)
			}
			row.Steps = append(row.Steps, step)
		}
	} else if showsScreen(r.Verdict) || r.Reason != "" {
		row.Reason = text(message(r), textLimit)
	}
	row.Ways = texts(r.Signature[:min(len(r.Signature), htmlWays)])
	row.MoreWays = len(r.Signature) - len(row.Ways)
	if l := r.Listed; l != nil {
		row.Listed = &htmlListed{
			Standing: text(strings.TrimSpace(standingWord(l.Standing)), 40), Bad: !l.Standing.Stands(), Entry: text(l.Entry, 300), Owner: text(l.Owner, 200), Expires: text(l.Expires, 40),
			Reason: text(l.Reason, 1000), Ticket: text(l.Link, 500), Next: text(l.Next, 1000),
		}
	}
}

// cases shows those that failed each by itself, and names the others.
func (b *htmlBuilder) cases(row *htmlRow, cases []journal.Result) {
	if len(cases) == 0 {
		return
	}
	row.CasesLine = counted(len(cases), "case") + ": " + inWords(countsOf(cases), columnsOf())
	var names []string
	for _, c := range cases {
		switch {
		case showsScreen(c.Verdict) && len(row.Cases) < htmlCaseRows:
			row.Cases = append(row.Cases, b.caseRow(c))
		case len(names) < htmlNames:
			name := oneLine(c.Title, 200)
			if c.Verdict != journal.Pass {
				name += "  (" + string(c.Verdict) + ")"
			}
			if showsScreen(c.Verdict) {
				name += "  " + oneLine(message(c), 200)
				b.casesShort++
			}
			names = append(names, name)
		}
	}
	if left := len(cases) - len(row.Cases) - len(names); left > 0 {
		names = append(names, fmt.Sprintf("… %d more in %s", left, ResultsFile))
	}
	row.CaseNames = strings.Join(names, "\n")
}

// caseRow is a case that failed. Its clause and source are those of its scenario.
func (b *htmlBuilder) caseRow(c journal.Result) *htmlRow {
	row := &htmlRow{
		ID: b.idOf(c), Title: text(c.Title, 500), Verdict: string(knownVerdict(c.Verdict)), Class: htmlClass(c.Verdict), Line: oneLine(message(c), 200), Kind: string(c.Kind),
		Again: text(c.Rerun, 2000), Took: millis(c.Duration),
	}
	b.finding(row, c)
	b.evidence(row, c, false)
	return row
}

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
