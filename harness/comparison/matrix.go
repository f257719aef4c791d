package comparison

import (
	"cmp"
	"slices"

	"resize-conformance/harness/journal"
)

// Matrix sets several runs side by side: a column for each run, a row for each requirement.
type Matrix struct {
	Columns   []Column
	Contracts []Contract // by which the runs were judged, the one of most runs first
	Families  []Family   // in the order of the runs
}

// Column is one run.
type Column struct {
	Letter   string // A, B, … Z, AA, …
	Name     string // what was put to the test, with what tells it from the others
	Run      *journal.Run
	Contract int    // index into Contracts
	Part     string // why the run tried only a part of what there is, in a phrase; "" when it tried all
	// Counts of requirements by verdict; those without a result are in none.
	Counts    map[journal.Verdict]int
	NotTried  int
	NoPromise int
}

// Contract is a contract by which runs were judged.
type Contract struct {
	Profile, Hash string
	Columns       int
}

// Family is the requirements of one family.
type Family struct {
	Name, Title string
	Rows        []Row
}

// Row is one requirement.
type Row struct {
	Requirement string
	Title       string // the clause, where one is known
	Level       journal.Level
	Side        journal.Side
	Cells       []Cell // one for each column
	// Differs says that the runs' contracts put the clause, or its level, in different ways: then the cells answer different questions.
	Differs bool
}

// Cell is what a run says of a requirement.
type Cell struct {
	Verdict journal.Verdict // the worst of what the run says; "" when it has no result
	Absence Absence         // where there is none
	Why     string          // of an absence, in a sentence
	Broken  []journal.Result
	Other   bool // judged by a contract that is not the first of Contracts
	Part    bool // a verdict of a run that tried only a part: another scenario of the requirement may not have been tried
	Newer   bool // than the version that the run is pinned to: it counts for nothing in the run
}

// Absence is why a run has no result for a requirement.
type Absence string

// The absences. Neither is a pass.
const (
	NotTried  Absence = "not-tried"  // the requirement may be kept or broken
	NoPromise Absence = "no-promise" // the contract of the run has no such requirement
	// NothingSeen is no pass of anything either: the row is about the run itself, and there only where something went wrong in it.
	NothingSeen Absence = "nothing-seen"
)

// Broken says that somebody breaks it, or that it could not be told.
func (r Row) Broken() bool {
	return slices.ContainsFunc(r.Cells, func(c Cell) bool { return len(c.Broken) > 0 })
}

// Promises says whether the contract of a run has a requirement; known is false when nobody can tell.
type Promises func(run *journal.Run, requirement string) (has, known bool)

// MatrixOf sets runs side by side. promises may be nil: nobody can tell.
func MatrixOf(runs []*journal.Run, promises Promises) *Matrix {
	m := &Matrix{}
	names := distinct(runs)
	for i, run := range runs {
		m.Columns = append(m.Columns, Column{Letter: letter(i), Name: names[i], Run: run, Part: partOf(run), Counts: map[journal.Verdict]int{}})
	}
	m.contracts()
	index := map[string]*Row{}
	families := map[string]string{}
	var order []string // families
	var rows []*Row
	for i, run := range runs {
		for _, r := range run.Rows() {
			if r.Kind == journal.KindCase {
				continue
			}
			family := journal.Family(r.Requirement)
			if !slices.Contains(order, family) {
				order = append(order, family)
			}
			if families[family] == "" {
				families[family] = run.Start.Families[family]
			}
			row := index[r.Requirement]
			if row == nil {
				row = &Row{Requirement: r.Requirement, Title: r.Title, Cells: make([]Cell, len(runs))}
				index[r.Requirement] = row
				rows = append(rows, row)
			}
			row.tell(r)
			row.Cells[i].tell(r)
		}
	}
	for _, row := range rows {
		for i := range row.Cells {
			m.conclude(row, i, promises)
		}
	}
	for _, name := range order {
		f := Family{Name: name, Title: families[name]}
		for _, row := range rows {
			if journal.Family(row.Requirement) == name {
				f.Rows = append(f.Rows, *row)
			}
		}
		slices.SortStableFunc(f.Rows, func(a, b Row) int { return cmp.Compare(a.Requirement, b.Requirement) })
		m.Families = append(m.Families, f)
	}
	return m
}

// tell takes over what a result says of its requirement.
func (r *Row) tell(result journal.Result) {
	if result.Clause == "" || result.Kind == journal.KindCleanup {
		return
	}
	if r.Level != "" && (r.Title != result.Clause || r.Level != result.Level) {
		r.Differs = true
		return
	}
	r.Title, r.Level, r.Side = result.Clause, result.Level, result.Side
}

// tell takes over what a result says.
func (c *Cell) tell(r journal.Result) {
	if journal.NoResult(r) {
		if c.Why == "" {
			c.Why = r.Reason
		}
		return
	}
	c.Newer = c.Newer || r.Apart()
	if order := journal.Verdicts(); c.Verdict == "" || slices.Index(order, r.Verdict) < slices.Index(order, c.Verdict) {
		c.Verdict = r.Verdict
	}
	if r.Verdict != journal.Pass && r.Verdict != journal.NotApplicable {
		c.Broken = append(c.Broken, r)
	}
}

// conclude says of a cell what it is worth, and counts it.
func (m *Matrix) conclude(row *Row, i int, promises Promises) {
	column, cell := &m.Columns[i], &row.Cells[i]
	order := journal.Verdicts()
	slices.SortStableFunc(cell.Broken, func(a, b journal.Result) int { return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict) })
	if cell.Verdict != "" {
		column.Counts[cell.Verdict]++
		cell.Why = "" // another scenario has a result
		cell.Other = column.Contract > 0
		cell.Part = column.Part != "" && cell.Verdict == journal.Pass
		return
	}
	cell.Absence, cell.Why = m.absence(row, column, cell.Why, promises)
	switch cell.Absence {
	case NoPromise:
		column.NoPromise++
	case NotTried:
		column.NotTried++
	}
}

// absence says why a run has no result for a requirement.
func (m *Matrix) absence(row *Row, column *Column, missing string, promises Promises) (Absence, string) {
	run := column.Run
	if missing != "" {
		return NotTried, missing
	}
	switch row.Requirement {
	case journal.RecordRequirement:
		return NothingSeen, "the record of this run is whole"
	case journal.CleanupRequirement:
		return NothingSeen, "this run left nothing behind that it says"
	}
	has, known := false, false
	if promises != nil {
		has, known = promises(run, row.Requirement)
	}
	s := run.Start
	switch {
	case known && !has:
		return NoPromise, "edition " + s.Profile + " has no such promise"
	case column.Part != "":
		return NotTried, column.Part
	case row.Side == journal.Client && !s.ClientUnderTest:
		return NotTried, "no client was put to the test"
	case row.Side == journal.Server && s.ClientUnderTest:
		return NotTried, "a client was put to the test"
	case !known && column.Contract > 0:
		return NotTried, "the run has no result; whether its contract has the promise is not known"
	case !known:
		return NotTried, "the run has no result"
	}
	return NotTried, "the run has no result, although its contract has the promise"
}

// partOf says why a run tried only a part of what there is.
func partOf(run *journal.Run) string {
	s := run.Start
	switch {
	case !run.Whole():
		return "the record of the run is not whole"
	case run.End != nil && run.End.Interrupted != "":
		return "the run was interrupted: " + run.End.Interrupted
	case s.Filter != "":
		return "the run was asked for " + s.Filter + " only"
	case s.Shard != "":
		return "this is shard " + s.Shard + " of a run"
	case s.Watched:
		return "only what passed between a client and a server was judged"
	}
	return ""
}

// contracts lists the contracts of the runs, the one of most runs first.
func (m *Matrix) contracts() {
	at := func(run *journal.Run) int {
		return slices.IndexFunc(m.Contracts, func(c Contract) bool {
			return c.Hash == run.Start.ContractHash && c.Profile == run.Start.Profile
		})
	}
	for _, c := range m.Columns {
		if i := at(c.Run); i >= 0 {
			m.Contracts[i].Columns++
			continue
		}
		m.Contracts = append(m.Contracts, Contract{c.Run.Start.Profile, c.Run.Start.ContractHash, 1})
	}
	slices.SortStableFunc(m.Contracts, func(a, b Contract) int { return b.Columns - a.Columns })
	for i := range m.Columns {
		m.Columns[i].Contract = at(m.Columns[i].Run)
	}
}
