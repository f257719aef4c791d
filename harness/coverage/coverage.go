// Package coverage says what of a contract the exchanges of runs have exercised.
//
// The contract is taken apart into elements: operations, statuses of their answers, media types, parameters, headers, fields of bodies, each constraint on one
// of these, and the requirements. A journal then shows of each how it was exercised:
//
//   - of a request positively, when a request that the contract has nothing against had it and was accepted, that is, answered 2xx;
//   - of a request negatively, when a request broke this one constraint and nothing else, and was answered. What it was answered is judged by the
//     scenarios. Only constraints, and the media type, have a negative;
//   - of an answer positively, when an answer that the contract has nothing against had it. There is no negative: a server that conforms never shows one. That an
//     answer which breaks the constraint is found is shown with servers that have known defects, not by a run;
//   - a requirement, when the run has a verdict on it that the side it is about earned: PASS, FAIL, WARN, or one of these that a baseline expected. One on
//     clients need not be exercised by runs that put none to the test.
//
// An element is covered when it was exercised positively and, if it is a constraint that a request can break, negatively as well. An exchange whose answer did not
// come shows nothing, nor does one that a fault of the suite's own answered in the server's place. A body that is not whole in the record shows nothing of its members.
//
// A request's elements count for each operation. Those of an answer's body count once for each schema that a response names, whichever operation and status
// carried it; that an operation gives a status counts by itself. That a member of an answer may be null is leave that the server has, and no element.
//
// What cannot be exercised says so in the contract, with its reason: x-not-exercised (excuse.go), or tested: no and its reason where a requirement is concerned.
package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// Kind is what an element is.
type Kind string

// The kinds of element.
const (
	KindOperation   Kind = "operation"
	KindStatus      Kind = "status"
	KindMediaType   Kind = "media-type"
	KindParameter   Kind = "parameter"
	KindHeader      Kind = "header" // of an answer
	KindField       Kind = "field"
	KindConstraint  Kind = "constraint"
	KindRequirement Kind = "requirement"
)

// Kinds lists the kinds in the order of reports.
func Kinds() []Kind {
	return []Kind{KindOperation, KindStatus, KindMediaType, KindParameter, KindHeader, KindField, KindConstraint, KindRequirement}
}

// Element is one thing of the contract that a run can exercise.
type Element struct {
	Kind        Kind   `json:"kind"`
	Operation   string `json:"operation,omitempty"`   // "" for what several operations share
	In          string `json:"in,omitempty"`          // request, response
	Part        string `json:"part,omitempty"`        // path, query, header, body
	Status      string `json:"status,omitempty"`      // as the contract writes it
	Schema      string `json:"schema,omitempty"`      // name of the schema of an answer's body
	Alternative string `json:"alternative,omitempty"` // of a oneOf, anyOf or allOf, within which it stands
	Pointer     string `json:"pointer,omitempty"`     // into the body, * for any item or any other member; or a name
	Keyword     string `json:"keyword,omitempty"`     // of a constraint
	Value       string `json:"value,omitempty"`       // of an enum, as JSON; an alternative's number
	SpecPointer string `json:"spec_pointer"`
	SpecLine    string `json:"spec_line"`
	// TwoSided says that breaking it counts, too: a constraint on a request that can be broken.
	TwoSided bool  `json:"two_sided,omitempty"`
	Positive int   `json:"positive"`        // how many exchanges kept it
	Negative int   `json:"negative"`        // how many broke it, and nothing else
	First    int64 `json:"first,omitempty"` // the first exchange that exercised it, in the first run that did
	// Reason says why it need not be exercised; empty when it must.
	Reason string `json:"reason,omitempty"`
	// NegativeReason says why breaking it need not be exercised, where keeping it must.
	NegativeReason string `json:"negative_reason,omitempty"`
}

// Eligible says whether a run is to exercise it.
func (e *Element) Eligible() bool { return e.Reason == "" }

// Exercised says whether all that is to be exercised of it was.
func (e *Element) Exercised() bool {
	return e.Positive > 0 && (!e.TwoSided || e.NegativeReason != "" || e.Negative > 0)
}

// Missing says what was not exercised: "", "positive", "negative" or "both".
func (e *Element) Missing() string {
	negative := e.TwoSided && e.NegativeReason == "" && e.Negative == 0
	switch {
	case e.Positive == 0 && negative:
		return "both"
	case e.Positive == 0:
		return "positive"
	case negative:
		return "negative"
	}
	return ""
}

// String names it on one line.
func (e *Element) String() string {
	s := e.Operation
	if s == "" {
		s = e.Schema
	}
	add := func(word string) {
		if word != "" {
			s += " " + word
		}
	}
	switch e.Kind {
	case KindRequirement:
		return e.Pointer
	case KindOperation:
		return s
	}
	add(e.In)
	add(e.Status)
	add(e.Alternative)
	if e.Part != "body" {
		add(e.Part)
	}
	if e.Part == "body" && e.Pointer == "" {
		add("/")
	}
	add(e.Pointer)
	add(e.Keyword)
	add(e.Value)
	return s
}

// Report is what runs have exercised of a contract.
type Report struct {
	Profile   string `json:"profile"`
	Hash      string `json:"contract_hash"`
	Runs      int    `json:"runs"`
	Exchanges int    `json:"exchanges"`
	// Problems says what is wrong with the records of the runs. A run that was killed has exercised more than its record tells.
	Problems []string   `json:"problems,omitempty"`
	Elements []*Element `json:"elements"` // in the order of the contract
	// Stale lists the excuses that hold for nothing: they stand on what is not there, or on what was exercised after all.
	Stale []string `json:"stale,omitempty"`
}

// Uncovered lists what is to be exercised and was not.
func (r *Report) Uncovered() []*Element {
	return r.pick(func(e *Element) bool { return e.Eligible() && !e.Exercised() })
}

// Ineligible lists what need not be exercised, or need not be broken.
func (r *Report) Ineligible() []*Element {
	return r.pick(func(e *Element) bool { return !e.Eligible() || e.NegativeReason != "" })
}

func (r *Report) pick(which func(*Element) bool) []*Element {
	var out []*Element
	for _, e := range r.Elements {
		if which(e) {
			out = append(out, e)
		}
	}
	return out
}

// MismatchError says that a journal was made against another contract: its exchanges were judged by other rules.
type MismatchError struct {
	File, Profile string // of the journal
	Got, Want     string // hashes
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s: the run was judged by another contract (sha256 %.12s, profile %s; this one has %.12s); "+
		"run again with this contract, or give --profile and --spec as the run had them", e.File, e.Got, e.Profile, e.Want)
}

// ErrNoRun says that there is no run to look at.
var ErrNoRun = errors.New("coverage: no run is given; what was exercised stands in the journal of one")

// Of says what the runs together have exercised of the contract. A run against another contract is a *MismatchError, and none at all ErrNoRun. A run whose
// record is not whole counts as far as it goes, and Report.Problems says so.
func Of(ctx context.Context, c *contract.Contract, runs ...*journal.Run) (*Report, error) {
	if len(runs) == 0 {
		return nil, ErrNoRun
	}
	for _, run := range runs {
		if run.Start.ContractHash != c.Hash {
			return nil, &MismatchError{File: fileOf(run), Profile: run.Start.Profile, Got: run.Start.ContractHash, Want: c.Hash}
		}
	}
	p, err := enumerate(ctx, c)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(runs, func(r *journal.Run) bool { return r.Start.ClientUnderTest }) {
		p.excuseClients()
	}
	report := &Report{Profile: c.Profile, Hash: c.Hash, Runs: len(runs)}
	for _, run := range runs {
		for _, x := range run.Exchanges {
			p.exchange(x)
		}
		p.results(run)
		report.Exchanges += len(run.Exchanges)
		report.Problems = append(report.Problems, problems(run)...)
	}
	report.Elements, report.Stale = p.elements, p.stale()
	return report, nil
}

// problems lists what makes the record of a run less than whole, each with the file's name.
func problems(run *journal.Run) []string {
	var out []string
	for _, row := range run.Rows() {
		if row.Kind == journal.KindRecord {
			out = append(out, fmt.Sprintf("%s: %s", fileOf(run), row.Reason))
		}
	}
	if missing := len(run.Missing()); missing > 0 {
		out = append(out, fmt.Sprintf("%s: %d results that were planned are not there", fileOf(run), missing))
	}
	return out
}

func fileOf(run *journal.Run) string {
	if len(run.Files) > 0 {
		return run.Files[0]
	}
	return "journal"
}
