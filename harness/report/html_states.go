package report

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// Measures of the picture of states, in SVG units. The names of the lanes stand above them, so that it can be looked at on a narrow screen.
const (
	statesWidth  = 640
	statesMargin = 4
	statesRoom   = 140 // at the end, for the words of the last states
	laneHeight   = 38
	barTop       = 15 // within a lane
	barHeight    = 16
	letterWidth  = 6.7 // of the words in the bars, at most
)

// What a picture of states can hold.
const (
	statesLanes  = 6
	statesLooks  = 400      // exchanges that are looked at
	statesBody   = 64 << 10 // bytes of an answer that is looked into
	statesWrites = 30       // marks of what changed something
)

// htmlStates is a picture of what jobs and servers were seen in over time, and the same in words.
type htmlStates struct {
	Width, Height int
	Label         string
	Lanes         []htmlLane
	Writes        []htmlWrite
	WritesBottom  int
	Wrote         string // the writes in words
	From, To      string
	LanesLeft     int
}

type htmlLane struct {
	Name         string
	Y, BarY      int
	TextY, WordY int
	LookY        int
	Bars         []htmlBar
	Looks        string // an SVG path: a stroke for each look
	Words        string
}

type htmlBar struct {
	X, Width, TextX float64
	State, Class    string
	Word            string // the state, where it fits in
	Title           string
	Last            bool // when it ended is not known: nothing was looked at later
}

type htmlWrite struct {
	X     float64
	Title string
}

// sighting is a state in which something was seen.
type sighting struct {
	at    time.Duration // since the first exchange
	state string
	x     *journal.Exchange
}

// watched is something whose state was looked at.
type watched struct {
	name string
	seen []sighting
}

// lookAt draws the states of a row's jobs and servers, and says what its servers were changed in. Of a promise that is judged over all exchanges it looks at the
// scenario in which it was broken.
func (b *htmlBuilder) lookAt(row *htmlRow, r journal.Result, all []*journal.Exchange, proof *journal.Exchange) {
	if (r.Kind == journal.KindSchema || r.Kind == journal.KindMonitor) && proof.Scenario != "" {
		all = b.scenarios[proof.Scenario]
	}
	if len(all) < 2 || slices.ContainsFunc(all, func(x *journal.Exchange) bool { return x.Lacks(journal.LostTimes) }) {
		return
	}
	all = all[:min(len(all), statesLooks)]
	things, servers := sightings(all)
	row.States = drawStates(all, things)
	if row.States != nil {
		b.room -= 700 * len(row.States.Lanes)
	}
	for _, s := range servers {
		first, last := s.seen[0].x, s.seen[len(s.seen)-1].x
		if first == last || len(row.Changes) == statesLanes {
			continue
		}
		if diff := diffOf("What changed of "+s.name, fmt.Sprintf("exchange %d", first.ID), fmt.Sprintf("exchange %d", last.ID), first.ResponseBody.Text, last.ResponseBody.Text); diff != nil {
			row.Changes = append(row.Changes, *diff)
			b.room -= 150 * len(diff.Changes)
		}
	}
}

// sightings reads the states out of what was answered to looks at jobs and servers; servers are those of them that are servers.
func sightings(all []*journal.Exchange) (things, servers []*watched) {
	index := map[string]*watched{}
	begin := all[0].Start
	see := func(kind, id, state string, x *journal.Exchange) {
		if id == "" || state == "" {
			return
		}
		w := index[kind+id]
		if w == nil {
			w = &watched{name: kind + " " + oneLine(id, 40)}
			index[kind+id] = w
			things = append(things, w)
			if kind == "server" {
				servers = append(servers, w)
			}
		}
		w.seen = append(w.seen, sighting{max(0, x.Start.Add(x.Duration).Sub(begin)), oneLine(state, 60), x})
	}
	for _, x := range all {
		if x.Status != http.StatusOK || x.Substitute != "" || len(x.ResponseBody.Text) > statesBody {
			continue
		}
		switch x.Operation {
		case "showJob":
			var job struct {
				ID     string `json:"job_id"`
				Status string `json:"status"`
			}
			if json.Unmarshal([]byte(x.ResponseBody.Text), &job) == nil {
				see("job", job.ID, job.Status, x)
			}
		case "showServer":
			var answer struct {
				Server struct {
					ID     string  `json:"id"`
					Status string  `json:"status"`
					Task   *string `json:"OS-EXT-STS:task_state"`
					Flavor struct {
						ID string `json:"id"`
					} `json:"flavor"`
				} `json:"server"`
			}
			if json.Unmarshal([]byte(x.ResponseBody.Text), &answer) == nil && answer.Server.Status != "" {
				state := answer.Server.Status
				if t := answer.Server.Task; t != nil && *t != "" {
					state += "/" + *t
				}
				see("server", answer.Server.ID, strings.TrimSpace(state+" "+answer.Server.Flavor.ID), x)
			}
		}
	}
	return things, servers
}

// drawStates is nil where there is nothing to be seen: nothing was looked at twice.
func drawStates(all []*journal.Exchange, things []*watched) *htmlStates {
	things = slices.Clone(things)
	if !slices.ContainsFunc(things, func(w *watched) bool { return len(w.seen) > 1 }) {
		return nil
	}
	begin, span := all[0].Start, time.Duration(1)
	for _, x := range all {
		span = max(span, x.Start.Add(x.Duration).Sub(begin))
	}
	at := func(d time.Duration) float64 {
		return statesMargin + float64(min(max(d, 0), span))/float64(span)*(statesWidth-statesRoom-statesMargin)
	}
	s := &htmlStates{Width: statesWidth, From: all[0].Start.UTC().Format("15:04:05.000") + " UTC", To: "+" + millis(span)}
	s.LanesLeft = max(0, len(things)-statesLanes)
	var words []string
	for i, w := range things[:min(len(things), statesLanes)] {
		lane := htmlLane{Name: w.name, Y: i * laneHeight}
		lane.TextY, lane.BarY, lane.WordY = lane.Y+11, lane.Y+barTop, lane.Y+barTop+12
		lane.LookY = lane.BarY + barHeight
		lane.draw(w, at, span)
		s.Lanes = append(s.Lanes, lane)
		words = append(words, lane.Name+": "+lane.Words)
	}
	s.WritesBottom = len(s.Lanes) * laneHeight
	s.Height = s.WritesBottom
	for _, x := range all {
		if x.Method == http.MethodGet || len(s.Writes) == statesWrites {
			continue
		}
		name := x.Operation
		if name == "" {
			name = x.Method
		}
		s.Writes = append(s.Writes, htmlWrite{round1(at(x.Start.Sub(begin))), fmt.Sprintf("%s +%s, %s (exchange %d)", oneLine(name, 60), millis(x.Start.Sub(begin)), statusOf(x), x.ID)})
	}
	s.wrote()
	s.Label = strings.Join(words, "; ")
	return s
}

// wrote says in words what changed something: not everybody can point at a line.
func (s *htmlStates) wrote() {
	const most = 8
	var words []string
	for i, w := range s.Writes {
		if i == most {
			words = append(words, fmt.Sprintf("… %d more", len(s.Writes)-most))
			break
		}
		words = append(words, w.Title)
	}
	s.Wrote = strings.Join(words, "; ")
}

// draw makes a bar of each state, from where it was first seen to where another one was.
func (l *htmlLane) draw(w *watched, at func(time.Duration) float64, span time.Duration) {
	var words []string
	var looks strings.Builder
	for i := 0; i < len(w.seen); {
		k := i
		for k < len(w.seen) && w.seen[k].state == w.seen[i].state {
			k++
		}
		from, to := w.seen[i].at, w.seen[k-1].at
		if k < len(w.seen) {
			to = w.seen[k].at
		}
		state := w.seen[i].state
		bar := htmlBar{X: round1(at(from)), State: state, Class: stateClass(state)}
		bar.Width = max(round1(at(to)-at(from)), 3)
		if bar.TextX = bar.X + 4; k == len(w.seen) {
			bar.Last, bar.Width = true, max(bar.Width, round1(min(statesRoom-8, letterWidth*float64(columns(state))+8)))
		}
		for _, word := range []string{state, strings.Fields(state)[0]} {
			if bar.Word == "" && letterWidth*float64(columns(word))+6 <= bar.Width {
				bar.Word = word
			}
		}
		bar.Title = fmt.Sprintf("%s, first seen +%s, %s", state, millis(from), counted(k-i, "look"))
		words = append(words, fmt.Sprintf("%s +%s", state, millis(from)))
		l.Bars = append(l.Bars, bar)
		i = k
	}
	const most = 12
	if len(words) > most {
		words = append(append(slices.Clone(words[:most-2]), fmt.Sprintf("… %d more", len(words)-most+1)), words[len(words)-1])
	}
	l.Words = strings.Join(words, " → ")
	last := -1.0
	for _, s := range w.seen {
		if x := round1(at(s.at)); x-last >= 2 { // strokes that would run into one another say nothing more
			fmt.Fprintf(&looks, "M%g %dv3", x, l.LookY)
			last = x
		}
	}
	l.Looks = looks.String()
}

func round1(x float64) float64 { return float64(int(x*10+0.5)) / 10 }

// stateClass is what kind of state it is: at rest, on the way, gone wrong, or none that is known.
func stateClass(state string) string {
	word, _, _ := strings.Cut(state, " ")
	word, task, busy := strings.Cut(word, "/")
	switch {
	case word == "FAIL" || word == "ERROR":
		return "wrong"
	case busy && task != "":
		return "busy"
	}
	switch word {
	case "SUCCESS", "ACTIVE", "SHUTOFF":
		return "rest"
	case "INIT", "RUNNING", "RESIZE", "VERIFY_RESIZE", "REBOOT", "HARD_REBOOT", "BUILD", "MIGRATING":
		return "busy"
	}
	return "other"
}
