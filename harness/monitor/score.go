package monitor

import (
	"fmt"
	"slices"
	"strings"
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
	asked    map[meeting]int // how many requests of a client under test asked for which operation
	external bool            // there is a client under test
}

// meeting is what decides whether an exchange bears on a requirement.
type meeting struct {
	operation string
	status    int    // of what was answered
	unseen    unseen // of the message that is judged
}

// unseen says what a recording has not kept of a message, so that it proves nothing about it.
type unseen struct{ header, body bool }

// evidence is the first violation of a requirement, and every exchange that shows one.
type evidence struct {
	first     journal.Violation
	exchanges []int64
	others    []string // of requests that no requirement names: what else is wrong with them, each once
	ways      []string // in which the requirement is broken, each once (journal.Way)
}

func newScore() *score {
	return &score{broken: map[string]*evidence{}, met: map[meeting]int{}, asked: map[meeting]int{}}
}

// see takes note of an event that is on its way to the journal.
func (s *score) see(e journal.Event) {
	x := e.Exchange
	if x == nil || x.Outside || x.Status == 0 && !x.External {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !x.Lacks(journal.LostTimes) {
		if s.began.IsZero() || x.Start.Before(s.began) {
			s.began = x.Start
		}
		if end := x.Start.Add(x.Duration); end.After(s.latest) {
			s.latest = end
		}
	}
	if x.Status != 0 && x.Substitute == "" {
		s.met[meeting{x.Operation, x.Status, unseen{x.Lacks(journal.LostAnswerHeader), x.Lacks(journal.LostAnswerBody)}}]++
	}
	if x.External {
		s.asked[meeting{operation: x.Operation, unseen: unseen{x.Lacks(journal.LostRequestHeader), x.Lacks(journal.LostRequestBody)}}]++
	}
	for _, v := range x.Violations {
		switch {
		case v.In == "response" && x.Status != 0 && v.Requirement != "":
			s.blame(v.Requirement, v, x)
		case v.In == "request" && x.External:
			s.blame(v.Requirement, v, x)
		}
	}
}

// mostOthers is how many further findings of a row are told.
const mostOthers = 10

// mostWays is how many ways of breaking one requirement are told apart. One that is broken in more of them says only that: which ones is of no use to anybody.
const mostWays = 200

// signature is what is kept of the ways in which a requirement is broken.
func signature(ways []string) []string {
	if len(ways) > mostWays {
		return []string{fmt.Sprintf("in more than %d ways", mostWays)}
	}
	return slices.Sorted(slices.Values(ways))
}

// blame puts a violation down to a requirement.
func (s *score) blame(requirement string, v journal.Violation, x *journal.Exchange) {
	exchange := x.ID
	ev := s.broken[requirement]
	if ev == nil {
		ev = &evidence{first: v}
		s.broken[requirement] = ev
	}
	place := strings.Join(strings.Fields(x.Operation+" "+v.In+" "+v.Part+" "+v.Pointer), " ")
	if way := journal.Way(place, v.Wanted, v.Got); len(ev.ways) <= mostWays && !slices.Contains(ev.ways, way) {
		ev.ways = append(ev.ways, way)
	}
	if requirement == journal.RequestRequirement {
		what := strings.TrimSpace(v.Part + " " + v.Pointer + ": wanted " + v.Wanted + "; got " + v.Got)
		if len(ev.others) < mostOthers && (v.Pointer != ev.first.Pointer || v.Keyword != ev.first.Keyword) && !slices.Contains(ev.others, what) {
			ev.others = append(ev.others, what)
		}
	}
	if n := len(ev.exchanges); n == 0 || ev.exchanges[n-1] != exchange {
		ev.exchanges = append(ev.exchanges, exchange)
	}
}

// requests is the promise behind journal.RequestRequirement.
func requests() promise {
	return promise{contract.Requirement{
		ID: journal.RequestRequirement, Level: journal.Must, Side: journal.Client,
		Clause: "A request keeps to what the contract says of its path, query, headers and body.", Source: "the contract's description of requests",
	}}
}

// watchClient adds what a client under test is judged by.
func (s *score) watchClient() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.external {
		s.external = true
		s.promises = append(s.promises, requests())
	}
}

// promise says which contract's promises are kept score of.
func (s *score) promise(c *contract.Contract) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.contract = c
	s.promises, s.external = nil, false
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
			got := strings.Join(append([]string{ev.first.Got}, ev.others...), ". Also ")
			r.Reason = fmt.Sprintf("wanted %s; got %s", ev.first.Wanted, got)
			r.Exchanges, r.Signature = ev.exchanges, signature(ev.ways)
			r.Finding = &journal.Finding{
				Wanted: ev.first.Wanted, Got: got, Pointer: ev.first.Pointer, SpecPointer: ev.first.SpecPointer, SpecLine: ev.first.SpecLine, SpecText: ev.first.SpecText,
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
	for m, asked := range s.asked {
		if p.ID == journal.RequestRequirement || s.contract.BearsRequest(p.Requirement, m.operation, m.unseen.parts()...) {
			n += asked
		}
	}
	for m, exchanges := range s.met {
		if s.contract.Bears(p.Requirement, m.operation, m.status, m.unseen.parts()...) {
			n += exchanges
		}
	}
	return n
}

// parts are the parts of a message that are not known, as violations name them.
func (u unseen) parts() []string {
	var parts []string
	if u.header {
		parts = append(parts, "header", "media-type")
	}
	if u.body {
		parts = append(parts, "body")
	}
	return parts
}
