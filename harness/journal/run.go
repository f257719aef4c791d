package journal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Run is everything that a journal tells, put together. It is a value to read; make one with Read, ReadFile, NewRun or Merge.
type Run struct {
	Files         []string // the journals it was read from
	Events        []Event  // all of them, in the order of the journal; what the other fields hold comes from here
	Start         RunStart
	Started       time.Time
	Results       []Result // as given; Rows adds what is missing
	Exchanges     []*Exchange
	Disagreements []Disagreement
	Notes         []Note
	End           *RunEnd // nil when the run was killed
	Ended         time.Time
	Torn          int      // number of the last line when it is cut off in the middle, else 0
	Problems      []string // what is wrong with the record itself; a run with any is not whole

	scenarios []ScenarioStart
	byID      map[int64]*Exchange
	named     map[string]bool // Result.Name of every result
	seq       int64
}

// NewRun puts a run together from events.
func NewRun(events ...Event) *Run {
	r := &Run{}
	for _, e := range events {
		if e.Type == "" {
			e.Type, _ = e.payload()
		}
		r.add(e)
	}
	return r
}

func (r *Run) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

func (r *Run) add(e Event) {
	// Lines are missing when the numbers jump, unless the exchanges in between were only counted, as a Writer's own tally does.
	if e.Seq > 0 && r.Files != nil && e.Seq != r.seq+1 {
		r.problem("%s: line number %d follows %d: the lines between them are lost", r.Files[0], e.Seq, r.seq)
	}
	r.seq = e.Seq
	if r.End != nil {
		r.problem("a %s event follows the end of the run", e.Type)
	}
	r.Events = append(r.Events, e)
	switch {
	case e.Start != nil:
		if !r.Started.IsZero() {
			r.problem("the run starts twice")
			return
		}
		r.Start, r.Started = *e.Start, e.Time
	case e.Scenario != nil:
		r.scenarios = append(r.scenarios, *e.Scenario)
	case e.Exchange != nil:
		if r.byID == nil {
			r.byID = map[int64]*Exchange{}
		}
		if r.byID[e.Exchange.ID] != nil {
			r.problem("exchange %d is recorded twice", e.Exchange.ID)
		}
		r.byID[e.Exchange.ID] = e.Exchange
		r.Exchanges = append(r.Exchanges, e.Exchange)
	case e.Disagreement != nil:
		r.Disagreements = append(r.Disagreements, *e.Disagreement)
	case e.Note != nil:
		r.Notes = append(r.Notes, *e.Note)
	case e.Result != nil:
		r.addResult(*e.Result)
	case e.End != nil:
		r.End, r.Ended = e.End, e.Time
	}
}

func (r *Run) addResult(res Result) {
	if r.named == nil {
		r.named = map[string]bool{}
	}
	name := res.Name()
	if r.named[name] {
		r.problem("%s has two results", name)
	}
	if !slices.Contains(Verdicts(), res.Verdict) {
		r.problem("%s has the unknown verdict %q", name, res.Verdict)
	}
	r.named[name] = true
	r.Results = append(r.Results, res)
}

// Exchange finds an exchange by its id; nil when the journal does not have it.
func (r *Run) Exchange(id int64) *Exchange { return r.byID[id] }

// Missing lists what was planned and has no result, in the order of the plan.
func (r *Run) Missing() []Planned {
	var missing []Planned
	for _, p := range r.Start.Planned {
		if !r.named[p.Key()] {
			missing = append(missing, p)
		}
	}
	return missing
}

// UnderWay lists the scenarios that had begun and have no result: what a killed run was doing.
func (r *Run) UnderWay() []ScenarioStart {
	var open []ScenarioStart
	for _, s := range r.scenarios {
		if !r.named[s.Key()] && !slices.Contains(open, s) {
			open = append(open, s)
		}
	}
	return open
}

// RecordRequirement stands in the place of a requirement id in the row that Rows adds for the record itself.
const RecordRequirement = "HARNESS-RECORD"

// Rows lists the results of the run as every report shows them: in the order of the plan, however the run was shuffled, then those that no plan
// has (cleanups). What was planned and has no result is in it as a HARNESS_ERROR, and so is a record that is not whole, so that nothing can
// vanish from a report by not being recorded.
func (r *Run) Rows() []Result {
	position := make(map[string]int, len(r.Start.Planned))
	for i, p := range r.Start.Planned {
		position[p.Key()] = i
	}
	rows := slices.Clone(r.Results)
	underWay := r.UnderWay()
	for _, p := range r.Missing() {
		reason := noResult + "the run ended before it"
		if slices.Contains(underWay, ScenarioStart{Requirement: p.Requirement, Title: p.Title}) {
			reason = noResult + "the run ended while it was under way"
		}
		if r.End != nil && r.End.Interrupted != "" {
			reason += " (" + r.End.Interrupted + ")"
		}
		row := Result{Requirement: p.Requirement, Title: p.Title, Kind: p.Kind, Side: Harness, Verdict: HarnessError, Reason: reason, Start: r.Started}
		if p.Kind == KindSchema {
			r.judge(&row)
		}
		rows = append(rows, row)
	}
	last := len(r.Start.Planned)
	order := func(res Result) int {
		if i, planned := position[res.Key()]; planned && res.Kind != KindCleanup {
			return i
		}
		return last
	}
	slices.SortStableFunc(rows, func(a, b Result) int { return order(a) - order(b) })
	if flaws := r.flaws(); len(flaws) > 0 {
		rows = append(rows, FlawedRecord(strings.Join(flaws, "; "), r.Started))
	}
	return rows
}

// FlawedRecord is the row of a record that is not whole, and says why it is not.
func FlawedRecord(why string, at time.Time) Result {
	return Result{
		Requirement: RecordRequirement, Title: "the record of the run is whole", Kind: KindRecord, Level: Must, Side: Harness,
		Clause: "A run's journal tells everything from the run's start to its end.", Source: "this suite's own rule",
		Verdict: HarnessError, Reason: why, Start: at,
	}
}

const noResult = "no result: "

// NoResult says that a row stands for a result that a run was to give and has not given.
func NoResult(r Result) bool {
	return r.Verdict == HarnessError && strings.HasPrefix(r.Reason, noResult)
}

// judge gives a missing row of the schema kind what the recorded exchanges say about it. It stays a harness error: nobody summed up.
func (r *Run) judge(row *Result) {
	for _, x := range r.Exchanges {
		for _, v := range x.Violations {
			if v.Requirement != row.Requirement || v.Blame != Server && v.Blame != Both && !(x.External && v.Blame == Client) {
				continue
			}
			row.Exchanges = append(row.Exchanges, x.ID)
			if row.Finding == nil {
				row.Level = v.Level
				row.Reason += fmt.Sprintf("; what it recorded shows it broken: exchange %d", x.ID)
				row.Finding = &Finding{Wanted: v.Wanted, Got: v.Got, Pointer: v.Pointer, SpecPointer: v.SpecPointer, SpecLine: v.SpecLine, SpecText: v.SpecText, Exchange: x.ID}
			}
			row.Finding.Count++
			break
		}
	}
}

// flaws lists what makes the record less than whole.
func (r *Run) flaws() []string {
	flaws := slices.Clone(r.Problems)
	if r.End == nil {
		flaws = append(flaws, "the run did not come to its end: it was killed, or the journal is not all of it")
	}
	return flaws
}

// Whole says that the journal tells a run from start to end and every planned result is in it.
func (r *Run) Whole() bool { return len(r.flaws()) == 0 && len(r.Missing()) == 0 }

// Counts counts verdicts. Cases are left out: their scenario's verdict tells of all of them, and one cause is to count once. So is what does not count (Counting).
func Counts(rows []Result) map[Verdict]int {
	return countIf(Counting(rows), func(r Result) bool { return r.Kind != KindCase })
}

// Counting leaves out the results for requirements that are newer than the version the run is pinned to, as far as they are about the promise: that a server could
// not be left as it was found, or that the harness failed, is about the run.
func Counting(rows []Result) []Result {
	return slices.DeleteFunc(slices.Clone(rows), Result.Apart)
}

// Apart says that the result is shown and counts for nothing.
func (r Result) Apart() bool {
	return r.Newer != "" && r.Kind != KindCleanup && r.Verdict != HarnessError
}

// CaseCounts counts the verdicts of cases alone; nil when there are none.
func CaseCounts(rows []Result) map[Verdict]int {
	counts := countIf(rows, func(r Result) bool { return r.Kind == KindCase })
	if len(counts) == 0 {
		return nil
	}
	return counts
}

func countIf(rows []Result, counted func(Result) bool) map[Verdict]int {
	counts := map[Verdict]int{}
	for _, row := range rows {
		if counted(row) {
			counts[row.Verdict]++
		}
	}
	return counts
}

// finish says how the run would end at a time, everything counted.
func (r *Run) finish(at time.Time, interrupted string, exchanges int64) RunEnd {
	ended := *r
	ended.End = &RunEnd{Duration: at.Sub(r.Started), Exchanges: exchanges, Interrupted: interrupted}
	if r.Started.IsZero() {
		ended.End.Duration = 0
	}
	rows := ended.Rows()
	ended.End.Counts, ended.End.Cases = Counts(rows), CaseCounts(rows)
	ended.End.ExitCode = ExitCode(&ended, r.Start.Strict)
	return *ended.End
}
