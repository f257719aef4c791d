// Package monitor watches every exchange of a run, whichever scenario made it, and gives at the end what no single scenario can: one row for each requirement
// that the contract's judgement of messages can break (score.go), however many exchanges show it.
package monitor

import (
	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
)

// Watch keeps what the exchanges of one run show. The zero value is not ready; New makes one. It is safe for concurrent use.
type Watch struct{ score *score }

// New makes a watch. A nil contract is allowed until Promise names one: a recorder is there before the target that it records, and with it the contract.
func New(c *contract.Contract) *Watch {
	w := &Watch{score: newScore()}
	if c != nil {
		w.Promise(c)
	}
	return w
}

// Promise says whose promises are watched. Call it before Planned and Results.
func (w *Watch) Promise(c *contract.Contract) { w.score.promise(c) }

var _ exchange.Sink = (*Watch)(nil)

// Write takes note of an event (exchange.Sink). It never fails.
func (w *Watch) Write(e journal.Event) error {
	w.score.see(e)
	return nil
}

// Planned lists the rows that Results will give, for the start of a journal.
func (w *Watch) Planned() []journal.Planned {
	var out []journal.Planned
	for _, p := range w.score.promised() {
		out = append(out, journal.Planned{Requirement: p.ID, Title: p.title(), Kind: journal.KindSchema})
	}
	return out
}

// Results gives a row for each of Planned. partial says that only a part of the pack was run, so that a promise that no exchange bears on is explained by that.
func (w *Watch) Results(partial bool) []journal.Result { return w.score.results(partial) }
