package selftest

import (
	"encoding/json"
	"io"

	"resize-conformance/harness/journal"
)

// FactsVersion is the version of selftest.json; it changes when a reader of the old form would misread the new. A field more is no such change.
const FactsVersion = 1

// facts is selftest.json.
type facts struct {
	SchemaVersion int                `json:"schema_version"`
	Holds         bool               `json:"holds"`
	Seeded        int                `json:"defects_seeded"`
	Found         int                `json:"defects_found"`
	Variants      int                `json:"variants_tried"`
	FalseAlarms   int                `json:"variants_accused"`
	Trials        int                `json:"trials"`
	Exchanges     int64              `json:"exchanges"`
	DurationMS    float64            `json:"duration_ms"`
	Problems      []problemFacts     `json:"problems"`
	Requirements  []requirementFacts `json:"requirements"`
	Defects       []triedFacts       `json:"defects"`
	Conforming    []triedFacts       `json:"variants"`
	Untested      []string           `json:"defects_untested"`
	Orders        []orderFacts       `json:"orders"`
}

type problemFacts struct {
	Kind    ProblemKind `json:"kind"`
	Subject string      `json:"subject"`
	Text    string      `json:"text"`
}

type requirementFacts struct {
	ID       string        `json:"id"`
	Level    journal.Level `json:"level"`
	Tested   string        `json:"tested"`
	Side     journal.Side  `json:"side"`
	FoundOut []string      `json:"found_out"`
}

type triedFacts struct {
	Name       string            `json:"name"`
	Title      string            `json:"title"`
	Side       journal.Side      `json:"side"`
	Kind       string            `json:"kind,omitempty"`
	Freedom    string            `json:"freedom,omitempty"`
	Profile    string            `json:"profile"`
	Breaks     []string          `json:"breaks,omitempty"`
	Found      *bool             `json:"found,omitempty"` // of a defect
	Accusers   []accusationFacts `json:"accusers"`
	Exchanges  int64             `json:"exchanges"`
	DurationMS float64           `json:"duration_ms"`
}

type accusationFacts struct {
	Requirement string          `json:"requirement"`
	Verdict     journal.Verdict `json:"verdict"`
	Declared    bool            `json:"declared"`
	InPassing   bool            `json:"in_passing,omitempty"`
	Reason      string          `json:"reason"`
}

type orderFacts struct {
	Side    journal.Side            `json:"side"`
	Profile string                  `json:"profile"`
	Order   int64                   `json:"order"`
	Counts  map[journal.Verdict]int `json:"counts"`
}

// JSON writes the matrix as selftest.json.
func (m *Matrix) JSON(w io.Writer) error {
	f := facts{
		SchemaVersion: FactsVersion, Holds: m.Holds(), Seeded: len(m.Defects), Found: m.Found(), Variants: len(m.Variants), FalseAlarms: m.FalseAlarms(),
		Trials: m.Trials, Exchanges: m.Exchanges, DurationMS: float64(m.Duration.Microseconds()) / 1000,
		Problems: []problemFacts{}, Requirements: []requirementFacts{}, Defects: []triedFacts{}, Conforming: []triedFacts{}, Orders: []orderFacts{},
		Untested: append([]string{}, m.Untested...),
	}
	for _, p := range m.Problems {
		f.Problems = append(f.Problems, problemFacts(p))
	}
	for _, r := range m.Requirements {
		f.Requirements = append(f.Requirements, requirementFacts{r.ID, r.Level, string(r.Tested), r.Side, append([]string{}, r.FoundOut...)})
	}
	for _, d := range m.Defects {
		row := d.facts()
		row.Found = &d.Found
		f.Defects = append(f.Defects, row)
	}
	for _, v := range m.Variants {
		f.Conforming = append(f.Conforming, v.facts())
	}
	for _, o := range m.Orders {
		f.Orders = append(f.Orders, orderFacts{o.Side, o.Profile, o.Order, o.Counts})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(f)
}

func (t *Tried) facts() triedFacts {
	f := triedFacts{
		Name: t.Name, Title: t.Title, Side: t.Side, Kind: t.Kind, Freedom: t.Freedom, Profile: t.Profile, Breaks: t.Breaks, Accusers: []accusationFacts{},
		Exchanges: t.Exchanges, DurationMS: float64(t.Duration.Microseconds()) / 1000,
	}
	for _, a := range t.Accusers {
		f.Accusers = append(f.Accusers, accusationFacts{a.Requirement, a.Verdict, a.Declared, a.InPassing, a.Reason})
	}
	return f
}
