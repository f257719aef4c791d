package report

import (
	"encoding/json"
	"io"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// MatrixVersion is the version of the JSON form of runs side by side; it changes when a reader of the old form would misread the new.
const MatrixVersion = 1

type matrixDoc struct {
	SchemaVersion int              `json:"schema_version"`
	Runs          []matrixRun      `json:"runs"`
	Requirements  []matrixPromises `json:"requirements"` // all of them, those that everybody keeps too
}

type matrixRun struct {
	Letter       string         `json:"letter"`
	Name         string         `json:"name"`
	Verdict      string         `json:"verdict"` // as results.json has it
	ExitCode     int            `json:"exit_code"`
	Started      time.Time      `json:"started"`
	AgeSeconds   int64          `json:"age_seconds,omitempty"`
	Target       string         `json:"target"`
	Client       string         `json:"client"`
	Profile      string         `json:"profile"`
	ContractHash string         `json:"contract_hash"`
	SuiteVersion string         `json:"suite_version"`
	Part         string         `json:"part,omitempty"` // why it tried only a part
	Files        []string       `json:"files"`
	Counts       map[string]int `json:"counts"` // requirements by verdict
	NotTried     int            `json:"not_tried"`
	NoPromise    int            `json:"no_promise"`
}

type matrixPromises struct {
	Requirement string        `json:"requirement"`
	Family      string        `json:"family"`
	Title       string        `json:"title"`
	Level       journal.Level `json:"level,omitempty"`
	Side        journal.Side  `json:"side,omitempty"`
	Differs     bool          `json:"differs"` // the contracts of the runs put it in different ways
	Cells       []matrixCell  `json:"cells"`   // in the order of the runs
}

type matrixCell struct {
	Run           string             `json:"run"`                // its letter
	Verdict       journal.Verdict    `json:"verdict,omitempty"`  // the worst of what the run says
	Absence       comparison.Absence `json:"absence,omitempty"`  // where there is no verdict: not-tried, no-promise, nothing-seen
	Why           string             `json:"why,omitempty"`      // of an absence
	OtherContract bool               `json:"other_contract"`     // than that of most runs
	Part          bool               `json:"part"`               // kept as far as it was tried
	Newer         bool               `json:"newer"`              // than the version that the run is pinned to: it does not count there
	Evidence      []matrixEvidence   `json:"evidence,omitempty"` // of what is not kept
}

type matrixEvidence struct {
	Title    string          `json:"title"`
	Verdict  journal.Verdict `json:"verdict"`
	Wanted   string          `json:"wanted,omitempty"`
	Got      string          `json:"got,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Exchange int64           `json:"exchange,omitempty"`
	Rerun    string          `json:"rerun,omitempty"`
}

// MatrixJSON writes runs side by side for programs.
func MatrixJSON(out io.Writer, m *comparison.Matrix, o MatrixOptions) error {
	doc := matrixDoc{SchemaVersion: MatrixVersion, Runs: []matrixRun{}, Requirements: []matrixPromises{}}
	for _, c := range m.Columns {
		s := c.Run.Start
		run := matrixRun{
			Letter: c.Letter, Name: c.Name, ExitCode: journal.ExitCode(c.Run, s.Strict), Started: c.Run.Started, Target: s.Target, Client: s.Client, Profile: s.Profile,
			ContractHash: s.ContractHash, SuiteVersion: s.SuiteVersion, Part: c.Part, Files: listed(c.Run.Files), Counts: map[string]int{}, NotTried: c.NotTried, NoPromise: c.NoPromise,
		}
		run.Verdict = wordFor(journal.Conclude(c.Run, s.Strict), journal.Counting(c.Run.Rows()), s.Strict)
		if !o.Now.IsZero() && !c.Run.Started.IsZero() {
			run.AgeSeconds = int64(o.Now.Sub(c.Run.Started) / time.Second)
		}
		for _, v := range journal.Verdicts() {
			run.Counts[string(v)] = c.Counts[v]
		}
		doc.Runs = append(doc.Runs, run)
	}
	for _, f := range m.Families {
		for _, r := range f.Rows {
			p := matrixPromises{Requirement: r.Requirement, Family: f.Name, Title: r.Title, Level: r.Level, Side: r.Side, Differs: r.Differs}
			for i, c := range r.Cells {
				cell := matrixCell{Run: m.Columns[i].Letter, Verdict: c.Verdict, Absence: c.Absence, Why: c.Why, OtherContract: c.Other, Part: c.Part, Newer: c.Newer}
				for _, b := range c.Broken {
					e := matrixEvidence{Title: b.Title, Verdict: b.Verdict, Reason: head(b.Reason, textLimit), Rerun: b.Rerun}
					if b.Finding != nil {
						e.Wanted, e.Got, e.Exchange = head(b.Finding.Wanted, textLimit), head(b.Finding.Got, textLimit), b.Finding.Exchange
					}
					cell.Evidence = append(cell.Evidence, e)
				}
				p.Cells = append(p.Cells, cell)
			}
			doc.Requirements = append(doc.Requirements, p)
		}
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}
