package report

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// DiffVersion is the version of a comparison's JSON form; it changes when a reader of the old form would misread the new.
const DiffVersion = 1

type diffDoc struct {
	SchemaVersion int            `json:"schema_version"`
	Verdict       string         `json:"verdict"` // "worse", "not-worse", "same"
	Gate          []string       `json:"gate"`
	Stopped       []string       `json:"stopped"` // of the gate, what there is
	Counts        map[string]int `json:"counts"`  // every kind, those that did not occur too
	Same          int            `json:"same"`
	SameFailing   int            `json:"same_failing"`
	Notes         []string       `json:"notes"`
	Old           diffSide       `json:"old"`
	New           diffSide       `json:"new"`
	NewerIDs      []string       `json:"newer_requirements"`
	Changes       []diffChange   `json:"changes"`
	SlowerCalls   []diffPace     `json:"slower_calls"`
}

type diffSide struct {
	Started      time.Time      `json:"started"`
	Target       string         `json:"target"`
	Client       string         `json:"client"`
	Profile      string         `json:"profile"`
	ContractHash string         `json:"contract_hash"`
	SuiteVersion string         `json:"suite_version"`
	Files        []string       `json:"files"`
	Counts       map[string]int `json:"counts"`
}

type diffChange struct {
	Kind        comparison.Kind `json:"kind"`
	Requirement string          `json:"requirement"`
	Title       string          `json:"title"`
	ResultKind  journal.Kind    `json:"result_kind"`
	Old         journal.Verdict `json:"old,omitempty"`
	New         journal.Verdict `json:"new,omitempty"`
	Why         string          `json:"why,omitempty"`
	Gone        []string        `json:"gone,omitempty"`
	Came        []string        `json:"came,omitempty"`
	BeforeMS    float64         `json:"before_ms,omitempty"`
	AfterMS     float64         `json:"after_ms,omitempty"`
	Rerun       string          `json:"rerun,omitempty"`
}

type diffPace struct {
	Operation string  `json:"operation"`
	BeforeMS  float64 `json:"before_ms"` // median
	AfterMS   float64 `json:"after_ms"`
	N         int     `json:"n"`
}

// DiffJSON writes a comparison for programs.
func DiffJSON(out io.Writer, c *comparison.Comparison, o DiffOptions) error {
	doc := diffDoc{
		SchemaVersion: DiffVersion, Gate: []string{}, Stopped: []string{}, Counts: map[string]int{}, Same: c.Same, SameFailing: c.Failing, Notes: listed(c.Notes),
		Old: diffSideOf(c.Old), New: diffSideOf(c.New), NewerIDs: listed(c.NewRequirements()), Changes: []diffChange{}, SlowerCalls: []diffPace{},
	}
	word, _, _ := verdictOfDiff(c, o.Gate)
	doc.Verdict = map[string]string{"WORSE": "worse", "SAME": "same"}[word]
	if doc.Verdict == "" {
		doc.Verdict = "not-worse"
	}
	for _, k := range comparison.Kinds() {
		doc.Counts[string(k)] = c.Count(k)
	}
	for _, k := range o.Gate {
		doc.Gate = append(doc.Gate, string(k))
	}
	for _, k := range c.Stopped(o.Gate) {
		doc.Stopped = append(doc.Stopped, string(k))
	}
	for _, change := range sortedChanges(c) {
		r := change.Result()
		d := diffChange{
			Kind: change.Kind, Requirement: r.Requirement, Title: r.Title, ResultKind: r.Kind, Why: head(change.Why, textLimit), Gone: change.Gone, Came: change.Came,
			BeforeMS: ms(change.Before), AfterMS: ms(change.After), Rerun: r.Rerun,
		}
		if change.Old != nil {
			d.Old = change.Old.Verdict
		}
		if change.New != nil {
			d.New = change.New.Verdict
		}
		doc.Changes = append(doc.Changes, d)
	}
	for _, p := range c.Pace {
		doc.SlowerCalls = append(doc.SlowerCalls, diffPace{p.Name, ms(p.Before), ms(p.After), p.N})
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func diffSideOf(run *journal.Run) diffSide {
	s := run.Start
	return diffSide{
		Started: run.Started, Target: s.Target, Client: s.Client, Profile: s.Profile, ContractHash: s.ContractHash, SuiteVersion: s.SuiteVersion, Files: listed(run.Files),
		Counts: countsOf(journal.Counting(withoutCases(run.Rows()))),
	}
}

// sortedChanges lists all changes in the order of their ids within a kind.
func sortedChanges(c *comparison.Comparison) []comparison.Change {
	order := comparison.Kinds()
	all := slices.Clone(c.Changes)
	slices.SortStableFunc(all, func(a, b comparison.Change) int {
		return cmp.Or(slices.Index(order, a.Kind)-slices.Index(order, b.Kind), cmp.Compare(a.Result().Requirement, b.Result().Requirement))
	})
	return all
}
