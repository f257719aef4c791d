package report

import (
	"fmt"
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
