package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// How much of what can be endless the head of the page shows.
const (
	htmlCauses = 25
	htmlLinks  = 12 // to rows that failed in the same way
	htmlNotes  = 200
)

func newHTMLPage(run *journal.Run, o Options) *htmlPage {
	all := run.Rows()
	counting, _ := shownRows(journal.Counting(all))
	conclusion := journal.Conclude(run, o.Strict)
	p := &htmlPage{Class: "bad", Left: texts(leftBehind(run)), Problems: texts(run.Problems), Warnings: texts(run.Start.Warnings)}
	if conclusion.Conforms() {
		p.Class = "good"
	}
	var sentence string
	p.Word, sentence = verdictOf(run, counting, o.Strict)
	p.Sentence = text(sentence, textLimit)
	p.Title = p.Word + ": " + oneLine(putToTheTest(run.Start), 80)
	p.Facts, p.Config = factsOfRun(run, o), configOf(run)

	builder := newHTMLBuilder(run, o)
	p.Sections = builder.sections(all)
	p.matrix(run, all, builder)
	p.causes(all, builder, o)
	p.baseline(all, builder)
	p.notes(run)
	for _, s := range p.Sections {
		p.Shown += len(s.Rows)
	}
	p.Folded = builder.foldedWords()
	return p
}

// factsOfRun says what was run against what; facts that are empty are left out.
func factsOfRun(run *journal.Run, o Options) []htmlFact {
	s := run.Start
	facts := []htmlFact{{Label: "Target", Value: s.Target, Code: strings.Contains(s.Target, "://")}}
	client := s.Client
	if s.ClientUnderTest {
		client += " (put to the test)"
	}
	facts = append(facts, htmlFact{Label: "Client", Value: client}, htmlFact{Label: "Profile", Value: s.Profile},
		htmlFact{Label: "Contract", Value: strings.TrimSpace(s.ContractFile + " " + s.ContractHash), Code: true},
		htmlFact{Label: "Suite", Value: strings.TrimSpace(s.SuiteVersion + " (" + s.GoVersion + ")")})
	if !run.Started.IsZero() {
		facts = append(facts, htmlFact{Label: "Started", Value: run.Started.UTC().Format("2006-01-02 15:04:05") + " UTC", Time: run.Started.UTC().Format(time.RFC3339)})
	}
	facts = append(facts, htmlFact{Label: "Took", Value: millis(wall(run))})
	exchanges := strconv.Itoa(len(run.Exchanges))
	if n := retried(run); n > 0 {
		exchanges += fmt.Sprintf(", %d of them repeated a look", n)
	}
	facts = append(facts, htmlFact{Label: "Exchanges", Value: exchanges}, htmlFact{Label: "Shard", Value: s.Shard}, htmlFact{Label: "Filter", Value: s.Filter, Code: true},
		htmlFact{Label: "Baseline", Value: baselineOf(s)})
	if s.Pin != "" {
		facts = append(facts, htmlFact{Label: "Pinned to", Value: s.Pin + "; what is newer is shown and does not count"})
	}
	if o.Strict {
		facts = append(facts, htmlFact{Label: "Strict", Value: "a WARN counts as a failure"})
	}
	if run.End != nil && run.End.Interrupted != "" {
		facts = append(facts, htmlFact{Label: "Interrupted", Value: run.End.Interrupted})
	}
	facts = append(facts, htmlFact{Label: "Exit code", Value: strconv.Itoa(journal.ExitCode(run, o.Strict))}, htmlFact{Label: "Command", Value: s.Command, Code: true})
	return fitFacts(facts)
}

func configOf(run *journal.Run) []htmlFact {
	s := run.Start
	facts := []htmlFact{{Label: "capabilities", Value: strings.Join(s.Capabilities, ", ")}, {Label: "seed", Value: strconv.FormatInt(s.Seed, 10)}, {Label: "journal", Value: strings.Join(run.Files, ", ")}}
	for _, key := range slices.Sorted(maps.Keys(s.Config)) {
		facts = append(facts, htmlFact{Label: text(key, 200), Value: s.Config[key], Code: true})
	}
	return fitFacts(facts)
}

func fitFacts(facts []htmlFact) []htmlFact {
	facts = slices.DeleteFunc(facts, func(f htmlFact) bool { return f.Value == "" })
	for i := range facts {
		facts[i].Value = text(facts[i].Value, 2000)
	}
	return facts
}

// matrix counts verdicts by family, as the terminal does. What counts for nothing is not in it.
func (p *htmlPage) matrix(run *journal.Run, all []journal.Result, b *htmlBuilder) {
	rows := journal.Counting(withoutCases(all))
	total := countsOf(rows)
	shown := slices.DeleteFunc(columnsOf(), func(c column) bool {
		return total[string(c.verdict)] == 0 && c.verdict != journal.Pass && c.verdict != journal.Fail
	})
	for _, c := range shown {
		p.Columns = append(p.Columns, htmlColumn{string(c.verdict), c.word, htmlClass(c.verdict)})
	}
	line := func(name, title string, rows []journal.Result) htmlFamily {
		counts := countsOf(rows)
		f := htmlFamily{Name: text(name, 100), Title: text(title, 200)}
		for _, c := range shown {
			cell := htmlCount{N: counts[string(c.verdict)], Verdict: string(c.verdict), Class: htmlClass(c.verdict)}
			if i := slices.IndexFunc(rows, func(r journal.Result) bool { return knownVerdict(r.Verdict) == c.verdict }); i >= 0 {
				cell.Href = "#" + b.idOf(rows[i])
			}
			f.Cells = append(f.Cells, cell)
		}
		return f
	}
	for _, f := range byFamily(rows) {
		p.Families = append(p.Families, line(f.name, run.Start.Families[f.name], f.rows))
	}
	p.Total = line("total", "", rows)
	p.Counts = slices.DeleteFunc(slices.Clone(p.Total.Cells), func(c htmlCount) bool { return c.N == 0 })
	if cases := journal.Counting(onlyCases(all)); len(cases) > 0 {
		p.CasesLine = counted(len(cases), "case") + " of these scenarios: " + inWords(countsOf(cases), columnsOf())
	}
}

// causes groups the failures: a server that is down makes many of them.
func (p *htmlPage) causes(all []journal.Result, b *htmlBuilder, o Options) {
	rows, _ := shownRows(journal.Counting(all))
	groups := grouped(rows, func(r journal.Result) bool {
		out := outcomeOfRow(r, o.Strict)
		return out == failure || out == errored || r.Verdict == journal.Blocked
	})
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(len(b), len(a)) })
	if len(groups) < 2 && len(rows) < 2 {
		return
	}
	for i, g := range groups {
		if i == htmlCauses {
			p.MoreCauses = len(groups) - htmlCauses
			break
		}
		c := htmlCause{N: len(g), Verdict: string(knownVerdict(g[0].Verdict)), Class: htmlClass(g[0].Verdict), Text: oneLine(message(g[0]), 300)}
		for k, row := range g {
			if k == htmlLinks {
				c.More = len(g) - htmlLinks
				break
			}
			c.Links = append(c.Links, htmlLink{b.idOf(row), text(row.Requirement, 100)})
		}
		p.Causes = append(p.Causes, c)
	}
}

// baseline lists the entries that have fallen, and those that hold.
func (p *htmlPage) baseline(all []journal.Result, b *htmlBuilder) {
	rows := listedRows(all)
	for _, standing := range standings() {
		for _, row := range rows {
			l := row.Listed
			if l.Standing != standing {
				continue
			}
			entry := htmlListed{
				Standing: text(strings.TrimSpace(standingWord(standing)), 40), Bad: !standing.Stands(), Link: htmlLink{b.idOf(row), text(row.Requirement, 100)}, Entry: text(l.Entry, 300),
				Owner: text(l.Owner, 200), Expires: text(l.Expires, 40), Reason: text(l.Reason, 1000), Ticket: text(l.Link, 500), Next: text(l.Next, 1000),
			}
			if entry.Bad {
				p.Fallen = append(p.Fallen, entry)
			} else {
				p.Accepted = append(p.Accepted, entry)
			}
		}
	}
}

// notes are what a reader should know beside the verdicts; what is left behind was said first.
func (p *htmlPage) notes(run *journal.Run) {
	for _, n := range run.Notes {
		switch {
		case n.Left:
		case len(p.Notes) == htmlNotes:
			p.MoreNotes++
		default:
			lead := ""
			if n.Scenario != "" {
				lead = strings.SplitN(n.Scenario, " ", 2)[0] + ": "
			}
			p.Notes = append(p.Notes, text(lead+n.Text, 2000))
		}
	}
	for _, d := range run.Disagreements {
		if d.Known == "" && len(p.Disagreements) < htmlNotes {
			p.Disagreements = append(p.Disagreements, fmt.Sprintf("exchange %d, %s: kin says %s; libopenapi says %s", d.Exchange, text(d.In, 40), text(d.Kin, 500), text(d.Lib, 500)))
		}
	}
}
