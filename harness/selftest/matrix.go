package selftest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// Matrix is what a selftest has shown: which defect is found by which requirement.
type Matrix struct {
	Duration     time.Duration
	Exchanges    int64 // of all trials
	Trials       int
	Requirements []Requirement // every one that is tested in some profile, in the order of the contract
	Defects      []Tried       // in the order of the catalogue
	Variants     []Tried
	Untested     []string // defects of which nothing that they break is put to the test: they were not tried
	Orders       []Order
	Problems     []Problem // empty: the suite holds what it promises
}

// Requirement is a column of the matrix.
type Requirement struct {
	ID       string
	Level    journal.Level
	Tested   contract.Tested
	Side     journal.Side // whom it binds
	Clause   string
	FoundOut []string // the defects that break it and that it found
	Informs  bool     // it is a MAY: it never accuses, so no defect can be found by it
}

// Tried is a row of the matrix: one server or client, and who says what against it.
type Tried struct {
	Name      string
	Title     string
	Side      journal.Side
	Kind      string // of a server's defect
	Freedom   string // of a variant
	Profile   string
	Breaks    []string // what a defect breaks, as far as it is tested
	Found     bool     // by one of them
	Accusers  []Accusation
	Exchanges int64
	Duration  time.Duration
}

// Accusation is what one requirement says against a server or a client.
type Accusation struct {
	Requirement string
	Verdict     journal.Verdict
	Reason      string
	Declared    bool // the defect breaks this requirement; the others follow from it
	InPassing   bool // some call of the trial shows it, and the requirement's own scenario does not
}

// Order is the emulator or the reference client as it is, in one order of the scenarios.
type Order struct {
	Side     journal.Side
	Profile  string
	Order    int64
	Counts   map[journal.Verdict]int
	Duration time.Duration
}

// Holds says that nothing stands against the suite.
func (m *Matrix) Holds() bool { return len(m.Problems) == 0 }

// Found counts the defects that were found.
func (m *Matrix) Found() int { return count(m.Defects, func(d Tried) bool { return d.Found }) }

// FalseAlarms counts the variants that were accused.
func (m *Matrix) FalseAlarms() int { return count(m.Variants, Tried.accused) }

func (t Tried) accused() bool { return len(t.Accusers) > 0 }

func count(rows []Tried, is func(Tried) bool) int {
	n := 0
	for _, t := range rows {
		if is(t) {
			n++
		}
	}
	return n
}

// sumUp makes the matrix of what the trials gave.
func sumUp(o *Options, editions map[string]edition, trials []trial) *Matrix {
	m := &Matrix{Trials: len(trials), Requirements: columns(editions)}
	byName := map[string]*trial{}
	for i := range trials {
		t := &trials[i]
		m.Exchanges += t.exchanges
		m.ownFaults(t)
		if d := t.deviation(); d.name != "" {
			byName[d.name] = t
			continue
		}
		m.Orders = append(m.Orders, Order{Side: t.side, Profile: t.contract.Profile, Order: t.order, Counts: journal.Counts(verdictRows(t.rows)), Duration: t.took})
	}
	defects, untested := o.defects(editions)
	for _, d := range defects {
		m.addDefect(byName[d.name])
	}
	for _, d := range untested {
		m.Untested = append(m.Untested, d.name)
	}
	for _, v := range o.variants() {
		m.addVariant(byName[v.name])
	}
	for _, side := range o.whole {
		m.idle(side)
	}
	m.unstable(trials)
	return m
}

// columns lists every requirement that is tested in some profile: in the order of the base profile, then those that only others have.
func columns(editions map[string]edition) []Requirement {
	var out []Requirement
	known := map[string]bool{}
	for _, profile := range slices.Concat([]string{contract.BaseProfile}, contract.Profiles()) {
		c := editions[profile].contract
		if c == nil {
			continue
		}
		for _, r := range c.Requirements() {
			if r.Tested == contract.NotTested || known[r.ID] {
				continue
			}
			known[r.ID] = true
			out = append(out, Requirement{ID: r.ID, Level: r.Level, Tested: r.Tested, Side: r.Side, Clause: r.Clause, Informs: r.Level == journal.May})
		}
	}
	return out
}

// verdictRows leaves the rows that are a requirement's verdict: not its single cases, and not the cleanup after it.
func verdictRows(rows []journal.Result) []journal.Result {
	return slices.DeleteFunc(slices.Clone(rows), func(r journal.Result) bool {
		return r.Kind != journal.KindScenario && r.Kind != journal.KindSchema && r.Kind != journal.KindMonitor
	})
}

// against lists what a trial's rows say against who is tried, in the order of the columns, and after them whatever has no column.
func (m *Matrix) against(t *trial, says func(journal.Verdict) bool) []Accusation {
	byID := map[string]journal.Result{}
	for _, r := range verdictRows(t.rows) {
		if says(r.Verdict) {
			byID[r.Requirement] = r
		}
	}
	var out []Accusation
	for _, c := range m.Requirements {
		r, accuses := byID[c.ID]
		if !accuses {
			continue
		}
		delete(byID, c.ID)
		a := accusation(r)
		a.InPassing = c.Tested == contract.ByScenario && r.Kind != journal.KindScenario
		a.Declared = t.defect != nil && !a.InPassing && slices.Contains(t.defect.breaks, c.ID)
		out = append(out, a)
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		out = append(out, accusation(byID[id]))
	}
	return out
}

func accusation(r journal.Result) Accusation {
	return Accusation{Requirement: r.Requirement, Verdict: r.Verdict, Reason: r.Reason}
}

func accusing(v journal.Verdict) bool { return v == journal.Fail || v == journal.Warn }

// conforming are the verdicts that a server or a client without fault may get.
func conforming(v journal.Verdict) bool { return v == journal.Pass || v == journal.NotApplicable }

func (m *Matrix) addDefect(t *trial) {
	d := t.defect
	row := t.row(m.against(t, accusing))
	var missing []string
	for _, id := range d.breaks {
		if !slices.ContainsFunc(row.Accusers, func(a Accusation) bool { return a.Declared && a.Requirement == id }) {
			missing = append(missing, id)
			continue
		}
		row.Found = true
		if i := slices.IndexFunc(m.Requirements, func(r Requirement) bool { return r.ID == id }); i >= 0 {
			m.Requirements[i].FoundOut = append(m.Requirements[i].FoundOut, d.name)
		}
	}
	m.Defects = append(m.Defects, row)
	switch {
	case len(row.Accusers) == 0:
		m.problem(Survivor, d.name, "%s: nobody finds it; it breaks %s", d.title, strings.Join(d.breaks, ", "))
	case !row.Found:
		m.problem(Misattributed, d.name, "%s: it breaks %s, but is found only by %s", d.title, strings.Join(d.breaks, ", "), names(row.Accusers))
	case len(missing) > 0:
		m.problem(Unseen, d.name, "%s: it breaks %s, which does not see it", d.title, strings.Join(missing, ", "))
	}
}

// row begins a row of the matrix.
func (t *trial) row(accusers []Accusation) Tried {
	d := t.deviation()
	return Tried{
		Name: d.name, Title: d.title, Side: t.side, Kind: d.kind, Freedom: d.freedom, Profile: t.contract.Profile, Breaks: d.breaks, Accusers: accusers,
		Exchanges: t.exchanges, Duration: t.took,
	}
}

func names(accusers []Accusation) string {
	var ids []string
	for _, a := range accusers {
		if a.InPassing {
			a.Requirement += " (in passing: some call shows it, its scenario does not)"
		}
		ids = append(ids, a.Requirement)
	}
	return strings.Join(ids, ", ")
}

func (m *Matrix) addVariant(t *trial) {
	row := t.row(m.against(t, func(v journal.Verdict) bool { return !conforming(v) }))
	m.Variants = append(m.Variants, row)
	for _, a := range row.Accusers {
		m.problem(FalseAlarm, row.Name, "%s: %s says %s: %s", row.Title, a.Requirement, a.Verdict, a.Reason)
	}
}
