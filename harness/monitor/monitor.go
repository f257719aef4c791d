// Package monitor watches every exchange of a run, whichever scenario made it, and gives at the end what no single scenario can: one row for each requirement
// that the contract's judgement of messages can break (score.go), however many exchanges show it, and one for each that several exchanges break together
// (rules.go): a job that goes back, a flavor that changes before its time, an id that is given twice.
//
// A monitor accuses only of what exchanges prove. It knows when a request was sent and when its answer had come, and no more; so what overlaps is in no order, and
// a server that something unknown may have been done to is not judged from then on (history.go). What it keeps grows with the jobs and the servers of a run, not
// with its exchanges.
package monitor

import (
	"net/http"
	"sync"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
)

// title is fixed: such a requirement has one row in every run.
const title = "every exchange of the run"

// Watch keeps what the exchanges of one run show. The zero value is not ready; New makes one. It is safe for concurrent use.
type Watch struct {
	score *score

	passed passed

	mu       sync.Mutex
	history  *history
	contract *contract.Contract
	watched  []contract.Requirement // those that are tested by monitor, in the order of the contract
}

// New makes a watch. A nil contract is allowed until Promise names one: a recorder is there before the target that it records, and with it the contract.
func New(c *contract.Contract) *Watch {
	w := &Watch{score: newScore(), history: newHistory()}
	if c != nil {
		w.Promise(c)
	}
	return w
}

// Promise says whose promises are watched. Call it before Planned and Results.
func (w *Watch) Promise(c *contract.Contract) {
	w.score.promise(c)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.contract, w.watched = c, nil
	for _, r := range c.Requirements() {
		if r.Tested == contract.ByMonitor {
			w.watched = append(w.watched, r)
		}
	}
}

var _ exchange.Sink = (*Watch)(nil)

// Write takes note of an event (exchange.Sink). It never fails.
func (w *Watch) Write(e journal.Event) error {
	w.score.see(e)
	if e.Exchange != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.passed.see(e.Exchange)
		if x := ofTheServer(e.Exchange); x != nil {
			w.history.observe(x)
		}
	}
	return nil
}

// ofTheServer is what an exchange shows of the server. Where somebody else answered in its place that is the request alone, which may have reached it or not;
// of what the contract does not describe it is nothing, if it only reads.
func ofTheServer(x *journal.Exchange) *journal.Exchange {
	switch {
	case x.Outside && (x.Method == http.MethodGet || x.Method == http.MethodHead || x.Method == http.MethodOptions):
		return nil
	case x.Substitute != "":
		asked := *x
		asked.Status, asked.ResponseHeader, asked.ResponseBody, asked.Error = 0, nil, journal.Body{}, "answered in the server's place"
		return &asked
	}
	return x
}

// WatchClient says that the run has a client under test, whose requests are judged as well. Call it after Promise.
func (w *Watch) WatchClient() { w.score.watchClient() }

// Unjudged says, for a reader of the run, which exchanges of a client under test were not judged, or not in both directions, and why.
func (w *Watch) Unjudged() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.passed.tell()
}

// Planned lists the rows that Results will give, for the start of a journal.
func (w *Watch) Planned() []journal.Planned {
	var out []journal.Planned
	for _, p := range w.score.promised() {
		out = append(out, journal.Planned{Requirement: p.ID, Title: title, Kind: journal.KindSchema})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.watched {
		out = append(out, journal.Planned{Requirement: p.ID, Title: title, Kind: journal.KindMonitor})
	}
	return out
}

// Results gives a row for each of Planned. partial says that only a part of the pack was run, so that a promise that no exchange bears on is explained by that.
func (w *Watch) Results(partial bool) []journal.Result {
	out := w.score.results(partial)
	began, length := w.score.span()
	w.mu.Lock()
	defer w.mu.Unlock()
	v := &verdicts{history: w.history, contract: w.contract, changes: w.history.judgeChanges()}
	for _, p := range w.watched {
		r := v.judge(p, partial)
		r.Start, r.Duration = began, length
		out = append(out, r)
	}
	return out
}
