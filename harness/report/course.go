package report

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// course is what is known of a run under way. It takes events, cheaply: an exchange is only kept here, and looked into when somebody wants to see.
type course struct {
	began    time.Time
	planned  map[string]float64 // by requirement: how much there is to do, in any one unit
	expected map[string]float64 // the same, from somebody who knows better; see Progress.Expect
	total    int
	done     int
	failed   int
	fallen   []string // what failed since it was last told
	finished map[string]bool
	underWay []*step // in the order in which they began
	over     bool
}

// step is a scenario under way.
type step struct {
	requirement string
	key         string
	began       time.Time
	last        *journal.Exchange // that was made for it
	same        time.Time         // when the first of the exchanges in a row began that ask for the same as last
	asked       int               // how many those are
}

// casesAScenario is how many cases take as long as what else a scenario does.
const casesAScenario = 8

func (c *course) take(e journal.Event, now time.Time) {
	switch {
	case e.Start != nil:
		c.start(e.Start, now)
	case e.Scenario != nil:
		c.underWay = append(c.underWay, &step{requirement: e.Scenario.Requirement, key: e.Scenario.Key(), began: now})
	case e.Exchange != nil:
		c.exchange(e.Exchange)
	case e.Result != nil && e.Result.Kind != journal.KindCase: // of a case its scenario's result tells
		c.result(*e.Result)
	case e.End != nil:
		c.over = true
	}
}

func (c *course) start(s *journal.RunStart, now time.Time) {
	c.began, c.planned, c.finished = now, map[string]float64{}, map[string]bool{}
	if s.Watched {
		return // what comes to a proxy, nobody has planned
	}
	for _, p := range s.Planned {
		switch p.Kind {
		case journal.KindCase:
			c.planned[p.Requirement] += 1. / casesAScenario
		case journal.KindScenario:
			c.planned[p.Requirement]++
			c.total++
		default:
			c.total++ // what is judged over all exchanges takes no time of its own
		}
	}
}

func (c *course) exchange(x *journal.Exchange) {
	at := slices.IndexFunc(c.underWay, func(s *step) bool { return s.key == x.Scenario })
	if at < 0 {
		return
	}
	s := c.underWay[at]
	if s.last != nil && s.last.Method == x.Method && s.last.URL == x.URL {
		s.asked++
	} else {
		s.same, s.asked = x.Start, 1
	}
	s.last = x
}

func (c *course) result(r journal.Result) {
	// A cleanup has no place in the plan and must not count the run beyond its end.
	if r.Kind != journal.KindCleanup {
		c.done++
	}
	if r.Kind == journal.KindScenario {
		c.finished[r.Requirement] = true
		c.underWay = slices.DeleteFunc(c.underWay, func(s *step) bool { return s.key == r.Key() })
	}
	if o := outcomeOfRow(r, false); o == failure || o == errored {
		c.failed++
		c.fallen = append(c.fallen, r.Requirement)
	}
}

// What must be known before a time left is worth telling.
const (
	leftAfter = 3 * time.Second
	leftShare = 0.04 // of all there is to do
)

// left estimates how long the run still takes: what is done took so long, and so much is left. ok is false while too little is known.
func (c *course) left(now time.Time) (d time.Duration, ok bool) {
	took := now.Sub(c.began)
	weights := c.planned
	if c.expected != nil {
		weights = c.expected
	}
	var done, all float64
	for requirement := range c.planned {
		w := weights[requirement]
		all += w
		if c.finished[requirement] {
			done += w
		}
	}
	if took < leftAfter || done == 0 || done < leftShare*all {
		return 0, false
	}
	return time.Duration(float64(took) * (all - done) / done), true
}

// waitedLong is from when on a wait is worth a word.
const waitedLong = time.Second

// waiting says for what a scenario under way waits, and since when: "job ff808082…", "server 616fb98f…", "a turn (429)". "": for nothing that is known.
func (s *step) waiting(now time.Time) (what string, since time.Time) {
	x := s.last
	if x == nil || now.Sub(s.same) < waitedLong {
		return "", since
	}
	if x.Status == 429 {
		return "a turn (429)", s.same
	}
	path, _, _ := strings.Cut(x.URL, "?")
	id := path[strings.LastIndexByte(path, '/')+1:]
	switch x.Operation {
	case "showJob":
		var answer struct {
			Status string `json:"status"`
		}
		_ = json.Unmarshal([]byte(x.ResponseBody.Text), &answer) // an answer that is none tells that the job is asked for all the same
		if answer.Status != "SUCCESS" && answer.Status != "FAIL" {
			return "job " + shortID(id), s.same
		}
	case "showServer":
		if s.asked > 1 {
			return "server " + shortID(id), s.same
		}
	}
	return "", since
}

// shortID is as much of an id as tells it from others on a screen.
func shortID(id string) string {
	const enough = 10
	if len(id) <= enough+2 {
		return oneLine(id, enough+2)
	}
	return oneLine(id[:enough], enough) + "…"
}

// longest is the scenario under way that has waited longest for something, else the one that began last; nil when none is under way.
func (c *course) longest(now time.Time) (s *step, what string, since time.Time) {
	for _, candidate := range c.underWay {
		w, from := candidate.waiting(now)
		if w != "" && (what == "" || from.Before(since)) {
			s, what, since = candidate, w, from
		}
	}
	if s == nil && len(c.underWay) > 0 {
		s = c.underWay[len(c.underWay)-1]
	}
	return s, what, since
}
