package monitor

import "resize-conformance/harness/journal"

// server is what is known of a server.
type server struct {
	id      string
	begun   []*operation // what was accepted for it
	views   []view       // what it was seen to be
	unclear edge         // from when on anything may be done to it, because it is unknown what became of a request
	// The flavors that were named by resizes which must change nothing, with the first of these each.
	tried map[string]attempt
	// turn counts what begins and ends for the server, so that what was seen before is kept apart from what was seen after.
	turn  int
	looks int
}

// operation is a request that was accepted.
type operation struct {
	look
	resize  bool
	flavor  string // of a resize
	job     string // "" when the answer named none
	lasting bool   // it may go on after its job has succeeded: with mode the server is started again then
	what    string
}

// attempt is a resize that must not change anything.
type attempt struct {
	sent edge
	how  string // "the resize to it was refused"
}

// view is what a server was seen to be in one look or several that showed the same.
type view struct {
	flavor, status string
	resting        bool
	turn           int
	first          look // the one that was answered first
	last           look // the one that was sent last
	looks          int
	blamed         bool // as coming before its time
}

// look is one exchange, of which what is shown or done happens at some moment between its ends.
type look struct{ sent, answered edge }

// The most that is kept of one server. A server that is seen in more views is not judged by the rest.
const (
	mostViews = 1024
	mostTried = 256
)

func (s *server) begin(o *operation) {
	s.turn++
	s.begun = append(s.begun, o)
}

// named notes that a flavor was named in vain.
func (s *server) named(flavor string, a attempt) {
	if flavor == "" {
		return
	}
	was, again := s.tried[flavor]
	if again && !a.sent.before(was.sent) || !again && len(s.tried) == mostTried {
		return
	}
	if s.tried == nil {
		s.tried = map[string]attempt{}
	}
	s.tried[flavor] = a
}

// seeServer takes in what an answer tells of a server.
func (h *history) seeServer(x *journal.Exchange, text string) {
	shown, ok := readServer(text)
	id := serverID(x.URL, 0)
	if !ok || !sameID(shown.id, id) {
		return // whose details these are is unclear (RSZ-URI-008)
	}
	h.states.see(x, &shown)
	h.server(id).see(x, &shown)
}

func sameID(shown, asked string) bool { return shown == asked || serverID(shown, 0) == asked }

func (s *server) see(x *journal.Exchange, shown *shownServer) {
	s.looks++
	v := view{flavor: shown.flavor, status: shown.status, resting: shown.resting(), turn: s.turn, looks: 1}
	v.first = look{sent(x), answered(x)}
	v.last = v.first
	if n := len(s.views); n > 0 && s.views[n-1].same(&v) {
		was := &s.views[n-1]
		if v.first.answered.before(was.first.answered) {
			was.first = v.first
		}
		if was.last.sent.before(v.last.sent) {
			was.last = v.last
		}
		was.looks++
		return
	}
	if len(s.views) < mostViews {
		s.views = append(s.views, v)
	}
}

func (v *view) same(w *view) bool {
	return v.flavor == w.flavor && v.status == w.status && v.resting == w.resting && v.turn == w.turn
}
