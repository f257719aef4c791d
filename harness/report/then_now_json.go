package report

import (
	"encoding/json"
	"io"

	"resize-conformance/harness/journal"
)

// AgainVersion is the version of the JSON form of a record that was judged again; it changes when a reader of the old form would misread the new.
const AgainVersion = 1

type againDoc struct {
	SchemaVersion int             `json:"schema_version"`
	Then          diffSide        `json:"then"`
	Now           diffSide        `json:"now"`
	Changed       int             `json:"changed"` // results
	Same          int             `json:"same"`
	First         int             `json:"first"` // judged for the first time, and not found broken
	Unjudged      int             `json:"unjudged"`
	Results       []thenNowDoc    `json:"results"`   // all of them
	Exchanges     []againExchange `json:"exchanges"` // those that are judged otherwise
}

type thenNowDoc struct {
	Requirement string          `json:"requirement"`
	Title       string          `json:"title"`
	Kind        journal.Kind    `json:"kind"`
	Then        journal.Verdict `json:"then,omitempty"` // absent where the run had no such result
	Now         journal.Verdict `json:"now"`
	Judged      bool            `json:"judged"` // false: now says only why it cannot be judged from a record
	Changed     bool            `json:"changed"`
	Reason      string          `json:"reason,omitempty"` // of now
}

type againExchange struct {
	ID            int64               `json:"id"`
	Method        string              `json:"method"`
	URL           string              `json:"url"`
	ThenOperation string              `json:"then_operation,omitempty"`
	NowOperation  string              `json:"now_operation,omitempty"`
	ThenJudged    bool                `json:"then_judged"` // false: not described by the contract
	NowJudged     bool                `json:"now_judged"`
	Came          []journal.Violation `json:"came"`
	Gone          []journal.Violation `json:"gone"`
	Unknown       []journal.Violation `json:"unknown"` // found then in what the record has not kept
}

// ThenNowJSON writes all results, those that say the same included, and the exchanges that are judged otherwise.
func ThenNowJSON(out io.Writer, a Again) error {
	told := a.tell()
	doc := againDoc{SchemaVersion: AgainVersion, Then: diffSideOf(a.Then), Now: diffSideOf(a.Now), Changed: len(told.changed), Same: len(told.same), Results: []thenNowDoc{}, Exchanges: []againExchange{}}
	doc.First = told.first
	doc.Unjudged = len(a.Results) - doc.Changed - doc.Same - doc.First
	for _, p := range a.Results {
		d := thenNowDoc{Requirement: p.Now.Requirement, Title: p.Now.Title, Kind: p.Now.Kind, Now: p.Now.Verdict, Judged: p.Judged, Changed: p.differs(), Reason: head(p.Now.Reason, textLimit)}
		if p.Then != nil {
			d.Then = p.Then.Verdict
		}
		doc.Results = append(doc.Results, d)
	}
	for _, x := range a.Exchanges {
		doc.Exchanges = append(doc.Exchanges, againExchange{
			ID: x.Now.ID, Method: x.Now.Method, URL: x.Now.URL, ThenOperation: x.Then.Operation, NowOperation: x.Now.Operation, ThenJudged: !x.Then.Outside, NowJudged: !x.Now.Outside,
			Came: listed(x.Came), Gone: listed(x.Gone), Unknown: listed(x.Unknown),
		})
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}
