package monitor

import (
	"fmt"
	"sync"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// promise is a requirement that is judged over every exchange of a run.
type promise struct{ contract.Requirement }

// score keeps, for each requirement that the contract's judgement of exchanges can break, who broke it how often, so that one cause gives one row however
// many exchanges show it. It is safe for concurrent use.
type score struct {
	mu       sync.Mutex
	began    time.Time
	latest   time.Time
	contract *contract.Contract
	promises []promise // of the contract, in its order
	broken   map[string]*evidence
	met      map[meeting]int // how many exchanges were about what
}

// meeting is what decides whether an exchange bears on a requirement.
type meeting struct {
	operation string
	status    int
}

// evidence is the first violation of a requirement, and every exchange that shows one.
type evidence struct {
	first     journal.Violation
	exchanges []int64
}

func newScore() *score {
	return &score{broken: map[string]*evidence{}, met: map[meeting]int{}}
}

// see takes note of an event that is on its way to the journal.
func (s *score) see(e journal.Event) {
	if e.Exchange == nil || e.Exchange.Status == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := e.Exchange
	if s.began.IsZero() || x.Start.Before(s.began) {
		s.began = x.Start
	}
	if end := x.Start.Add(x.Duration); end.After(s.latest) {
		s.latest = end
	}
	s.met[meeting{x.Operation, x.Status}]++
	for _, v := range x.Violations {
		if v.In != "response" || v.Requirement == "" {
			continue
		}
		ev := s.broken[v.Requirement]
		if ev == nil {
			ev = &evidence{first: v}
			s.broken[v.Requirement] = ev
		}
		if n := len(ev.exchanges); n == 0 || ev.exchanges[n-1] != x.ID {
			ev.exchanges = append(ev.exchanges, x.ID)
		}
	}
}

// promise says which contract's promises are kept score of.
func (s *score) promise(c *contract.Contract) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.contract = c
	s.promises = nil
	for _, r := range c.Requirements() {
		if r.Tested == contract.BySchema {
			s.promises = append(s.promises, promise{r})
		}
	}
}

// promised lists what is to be judged over the exchanges of a run.
func (s *score) promised() []promise {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.promises
}

// results gives one row for each promise. One that no exchange of the run bears on is NOT_APPLICABLE, with the reason.
func (s *score) results(partial bool) []journal.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]journal.Result, 0, len(s.promises))
	for _, p := range s.promises {
		r := journal.Result{
			Requirement: p.ID, Title: title, Kind: journal.KindSchema, Level: p.Level, Side: p.Side, Clause: p.Clause, Source: p.Source,
			Operation: p.Operation, Start: s.began, Duration: s.latest.Sub(s.began),
		}
		if ev := s.broken[p.ID]; ev != nil {
			r.Verdict = journal.Fail
			if p.Level != journal.Must {
				r.Verdict = journal.Warn
			}
			r.Reason = fmt.Sprintf("wanted %s; got %s", ev.first.Wanted, ev.first.Got)
			r.Exchanges = ev.exchanges
			r.Finding = &journal.Finding{
				Wanted: ev.first.Wanted, Got: ev.first.Got, Pointer: ev.first.Pointer, SpecPointer: ev.first.SpecPointer, SpecLine: ev.first.SpecLine,
				Exchange: ev.exchanges[0], Count: len(ev.exchanges),
			}
			out = append(out, r)
			continue
		}
		if r.Verdict, r.Bearing = journal.Pass, s.bearing(p); r.Bearing == 0 {
			r.Verdict, r.Reason = journal.NotApplicable, "no exchange of this run bears on it"
			if partial {
				r.Reason += "; only a part of the pack was run"
			}
		}
		out = append(out, r)
	}
	return out
}

// span is when the exchanges of the run were made.
func (s *score) span() (began time.Time, length time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.began, s.latest.Sub(s.began)
}

// bearing counts the exchanges that could have broken a promise.
func (s *score) bearing(p promise) int {
	n := 0
	for m, exchanges := range s.met {
		if s.contract.Bears(p.Requirement, m.operation, m.status) {
			n += exchanges
		}
	}
	return n
}
