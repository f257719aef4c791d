package recording

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

var errTwice = errors.New("a name stands twice")

// thread is a sequence ready to be played.
type thread struct {
	seq   *Sequence
	asked []asked // of each exchange
	plays int     // how often it was begun
}

func newThread(s *Sequence) *thread {
	t := &thread{seq: s}
	for _, x := range s.Exchanges {
		t.asked = append(t.asked, recorded(x))
	}
	return t
}

// session is a client being led through a sequence.
type session struct {
	thread  *thread
	cursor  int // the first exchange that has not been played
	began   time.Time
	number  int               // of the session, from 1: ids that it hands out have it in them
	servers map[string]string // recorded id -> live id
	pairs   []string          // flavors: live, recorded, ...
}

// shift is how far recorded times are from live ones.
func (s *session) shift() time.Duration { return s.began.Sub(s.thread.seq.Began()) }

// live puts a recorded text into the words of the client.
func (s *session) live(text string) string {
	text = placedJob.ReplaceAllStringFunc(text, func(id string) string { return numbered(id, s.number) })
	text = order.ReplaceAllStringFunc(text, func(id string) string { return numbered(id, s.number) })
	var pairs []string
	for recorded, live := range s.servers {
		if recorded != live {
			pairs = append(pairs, recorded, live)
		}
	}
	for i := 0; i+1 < len(s.pairs); i += 2 {
		pairs = append(pairs, `"`+s.pairs[i+1]+`"`, `"`+s.pairs[i]+`"`)
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	shift := s.shift()
	return instant.ReplaceAllStringFunc(text, func(value string) string { return shifted(value, shift) })
}

// recorded puts a client's text into the words of the sequence.
func (s *session) recorded(text string) string {
	text = placedJob.ReplaceAllStringFunc(text, func(id string) string { return numbered(id, 0) })
	text = order.ReplaceAllStringFunc(text, func(id string) string { return numbered(id, 0) })
	var pairs []string
	for recorded, live := range s.servers {
		if recorded != live {
			pairs = append(pairs, live, recorded)
		}
	}
	for i := 0; i+1 < len(s.pairs); i += 2 {
		pairs = append(pairs, `"`+s.pairs[i]+`"`, `"`+s.pairs[i+1]+`"`)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// find looks for the next exchange that a request can be. The request is in the words of the sequence.
func (s *session) find(a asked) (at int, how string) {
	if !changes(a.method) {
		return s.look(a)
	}
	next := func(same func(was, is asked) bool) int {
		for i := s.cursor; i < len(s.thread.asked); i++ {
			if s.playable(i) && sameLine(s.thread.asked[i], a) && same(s.thread.asked[i], a) {
				return i
			}
		}
		return -1
	}
	if at := next(sameBody); at >= 0 {
		return at, "exact"
	}
	return next(sameShape), "shape"
}

// look finds the answer to a look: the next that was seen, if no change stands before it; else the last.
func (s *session) look(a asked) (at int, how string) {
	for i := s.cursor; i < len(s.thread.asked); i++ {
		if changes(s.thread.asked[i].method) {
			break
		}
		if s.playable(i) && sameLine(s.thread.asked[i], a) && sameBody(s.thread.asked[i], a) {
			return i, "exact"
		}
	}
	for i := min(s.cursor, len(s.thread.asked)) - 1; i >= 0; i-- {
		if s.playable(i) && sameLine(s.thread.asked[i], a) && sameBody(s.thread.asked[i], a) {
			return i, "again"
		}
	}
	return -1, ""
}

// passed moves the cursor behind an exchange, and behind looks that saw the same once more.
func (s *session) passed(i int) {
	if i < s.cursor {
		return
	}
	s.cursor = i + 1
	x := s.thread.seq.Exchanges[i]
	for s.cursor < len(s.thread.asked) && !changes(x.Method) {
		next := s.thread.seq.Exchanges[s.cursor]
		if next.URL != x.URL || next.Method != x.Method || next.ResponseBody.Text != x.ResponseBody.Text || next.Status != x.Status {
			return
		}
		s.cursor++
	}
}

// playable says that an exchange has an answer that is whole.
func (s *session) playable(i int) bool { return hasAnswer(s.thread.seq.Exchanges[i]) }

// hasAnswer says that an answer can be given again: it is whole, and final (an HTTP server does not end with a status of 1xx).
func hasAnswer(x *journal.Exchange) bool {
	return x.Status >= 200 && x.Error == "" && !x.ResponseBody.Truncated
}

func changes(method string) bool { return method != "GET" && method != "HEAD" && method != "OPTIONS" }

// shifted is a time by so much later, in its own form.
func shifted(value string, by time.Duration) string {
	layout := "2006-01-02T15:04:05"
	if _, fraction, has := strings.Cut(value, "."); has {
		layout += "." + strings.Repeat("0", len(fraction))
	}
	at, err := time.Parse(layout, value)
	if err != nil {
		return value
	}
	return at.UTC().Add(by).UTC().Format(layout)
}

// numbered puts the number of a session into the placeholder of a job or an order, where it has zeros; 0 takes it out.
func numbered(id string, session int) string {
	bare := strings.ReplaceAll(id, "-", "")
	if len(bare) < 20 {
		return id
	}
	mark := fmt.Sprintf("%04x", session%0x10000)
	if strings.HasPrefix(bare, "CS") {
		mark = strings.ToUpper(mark)
	}
	bare = bare[:8] + mark + bare[12:]
	if strings.Contains(id, "-") {
		return bare[:8] + "-" + bare[8:12] + "-" + bare[12:16] + "-" + bare[16:20] + "-" + bare[20:]
	}
	return bare
}

// serverFor gives the recorded server of a thread that a live one can be: itself, or one in the same state that nobody stands in for.
func (s *session) serverFor(live Server) string {
	for _, own := range s.thread.seq.Servers {
		if own.ID == live.ID && s.servers[own.ID] == "" {
			return own.ID
		}
	}
	for _, own := range s.thread.seq.Servers {
		if own.State == live.State && s.servers[own.ID] == "" {
			return own.ID
		}
	}
	return ""
}

// bind has a live server stand in for a recorded one.
func (s *session) bind(recorded string, live Server) {
	s.servers[recorded] = live.ID
	i := slices.IndexFunc(s.thread.seq.Servers, func(o Server) bool { return o.ID == recorded })
	if i < 0 {
		return
	}
	own := s.thread.seq.Servers[i]
	for part, flavor := range own.Flavors {
		if mine := live.Flavors[part]; mine != "" && mine != flavor && !slices.Contains(s.pairs, mine) {
			s.pairs = append(s.pairs, mine, flavor)
		}
	}
}
