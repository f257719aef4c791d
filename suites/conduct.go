package suites

import (
	"fmt"
	"slices"
	"sync"

	"resize-conformance/harness/conduct"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// EveryCall is the title of the row of what a client under test does in any scenario of a run.
const EveryCall = "every call of the run"

// conductScore keeps what a client under test breaks in any call of a run. The zero value is ready; it is safe for concurrent use.
type conductScore struct {
	mu  sync.Mutex
	all map[string]*misconduct
}

// misconduct is the first breach of a requirement, and where else it is broken.
type misconduct struct {
	first     conduct.Breach
	scenarios []string
	exchanges []int64
	ways      []string // each once (journal.Way)
	count     int
}

// mostMentioned bounds what a row lists.
const mostMentioned = 100

func (s *conductScore) note(scenario string, found []conduct.Breach) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range found {
		m := s.all[b.Requirement]
		if m == nil {
			if s.all == nil {
				s.all = map[string]*misconduct{}
			}
			m = &misconduct{first: b}
			s.all[b.Requirement] = m
		}
		m.count++
		if way := journal.Way(b.Pointer, b.Wanted, b.Got); len(m.ways) < mostMentioned && !slices.Contains(m.ways, way) {
			m.ways = append(m.ways, way)
		}
		if len(m.scenarios) < mostMentioned && !slices.Contains(m.scenarios, scenario) {
			m.scenarios = append(m.scenarios, scenario)
		}
		if len(m.exchanges) < mostMentioned && b.Exchange != 0 {
			m.exchanges = append(m.exchanges, b.Exchange)
		}
	}
}

// Conduct gives a row for each promise that the client under test broke in a call of the run and whose own scenario does not say so: accused are the requirements
// that have a FAIL or WARN already.
func (e *Env) Conduct(accused map[string]bool) []journal.Result {
	e.conduct.mu.Lock()
	defer e.conduct.mu.Unlock()
	var out []journal.Result
	for _, p := range e.Target.Contract.Requirements() {
		if m := e.conduct.all[p.ID]; m != nil && p.Applies && !accused[p.ID] && p.Level != journal.May {
			out = append(out, m.row(p))
		}
	}
	return out
}

func (m *misconduct) row(p contract.Requirement) journal.Result {
	r := journal.Result{
		Requirement: p.ID, Title: EveryCall, Kind: journal.KindMonitor, Level: p.Level, Side: p.Side, Clause: p.Clause, Source: p.Source, Operation: p.Operation,
		Verdict: journal.Fail, Exchanges: slices.Compact(slices.Sorted(slices.Values(m.exchanges))),
	}
	if p.Level != journal.Must {
		r.Verdict = journal.Warn
	}
	r.Reason = fmt.Sprintf("wanted %s; got %s (first seen in %s)", m.first.Wanted, m.first.Got, m.scenarios[0])
	r.Signature = slices.Sorted(slices.Values(m.ways))
	r.Finding = &journal.Finding{
		Wanted: m.first.Wanted, Got: m.first.Got, Pointer: m.first.Pointer, In: "request", Exchange: m.first.Exchange, Count: m.count, SpecLine: fmt.Sprintf("%s:%d", p.File, p.Line),
	}
	return r
}
