package monitor

import (
	"net/http"
	"strings"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// edge is one end of an exchange: when its request was sent, or when its answer had come.
//
// What a server is happens at some moment between the two, and which one is not known. So A is before B only when A's answer had come before B's request was
// sent; exchanges that overlap are in no order. Everything here is kept as the earliest answer and the latest request that show a thing, which does not depend
// on the order in which exchanges are written, and is little however many there are.
type edge struct {
	at       time.Time
	exchange int64
}

func (e edge) known() bool { return e.exchange != 0 }

// before says that e is known to come before other.
func (e edge) before(other edge) bool { return e.known() && other.known() && e.at.Before(other.at) }

func (e *edge) earliest(other edge) {
	if !e.known() || other.at.Before(e.at) {
		*e = other
	}
}

func (e *edge) latest(other edge) {
	if !e.known() || e.at.Before(other.at) {
		*e = other
	}
}

// sent is when the request may have been sent at the earliest, answered when the answer may have come at the latest: where a recording has not kept the times,
// the exchange overlaps every other.
func sent(x *journal.Exchange) edge {
	if x.Lacks(journal.LostTimes) {
		return edge{time.Time{}, x.ID}
	}
	return edge{x.Start.Add(-x.Blur), x.ID}
}

func answered(x *journal.Exchange) edge {
	if x.Lacks(journal.LostTimes) {
		return edge{time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC), x.ID}
	}
	return edge{x.Start.Add(x.Duration + x.Blur), x.ID}
}

// history is what the exchanges of a run have shown: of each job and each server that was met, and little more.
type history struct {
	jobs    map[string]*job
	servers map[string]*server
	// From when on anything may be done to any server, because a request of which not every word was kept or looked at may have been carried out.
	anything edge
	issued   issued
	answers  answers

	// What one answer is enough to show.
	times, echoes, counts tally
	states                states
}

func newHistory() *history {
	return &history{jobs: map[string]*job{}, servers: map[string]*server{}, issued: newIssued(), answers: newAnswers(), states: newStates()}
}

// observe takes an exchange in.
func (h *history) observe(x *journal.Exchange) {
	if x.Status != 0 {
		h.answers.see(x)
	}
	switch x.Operation {
	case opShowJob:
		if text, whole := body(x.ResponseBody); whole && x.Status == http.StatusOK {
			h.seeJob(x, text)
		}
	case opShowServer:
		if text, whole := body(x.ResponseBody); whole && x.Status == http.StatusOK {
			h.seeServer(x, text)
		}
	case opResize, opResizeV1:
		h.seeResize(x)
	case opAction, opDelete:
		h.seeBatch(x)
	case opCreate:
		if o, _ := outcomeOf(x); o == accepted {
			h.issue(x, false)
		}
	case "":
		if o, _ := outcomeOf(x); o != refused { // no operation of the contract, and yet something may have been done
			h.doubt(x)
		}
	}
}

// outcome is what became of a request that asks for a change.
type outcome int

const (
	refused  outcome = iota // it is said that nothing is done
	accepted                // it is said to be done
	unknown                 // it may be done or not
)

// outcomeOf also gives the job that the answer names. Where the answer was lost, or tells of a fault of the server's own, the request may have been carried out.
func outcomeOf(x *journal.Exchange) (outcome, string) {
	switch {
	case x.Status >= 400 && x.Status < 500 && x.Status != http.StatusRequestTimeout, comeLater(x):
		return refused, ""
	case x.Status < 200 || x.Status > 299 || x.Error != "":
		return unknown, ""
	}
	text, whole := body(x.ResponseBody)
	answer := readAccepted(text)
	if answer.erroneous || !whole {
		return unknown, answer.job
	}
	return accepted, answer.job
}

// comeLater says that a fault of the server's own is none, but a refusal by flow control or because of another command that is under way. Their codes say so, and
// that the request is to be sent again (cn reference 2024-04-18, error codes; gateway error codes).
func comeLater(x *journal.Exchange) bool {
	if x.Status != http.StatusNotImplemented && x.Status != http.StatusServiceUnavailable {
		return false
	}
	for _, code := range contract.ErrorCodes([]byte(x.ResponseBody.Text)) {
		if code == "Ecs.0603" || code == "Common.1503" {
			return true
		}
	}
	return false
}

// seeResize takes in a resize and what it was answered.
func (h *history) seeResize(x *journal.Exchange) {
	s := h.server(serverID(x.URL, 1))
	text, whole := body(x.RequestBody)
	asked, readable := readResize(text)
	readable = readable && whole
	o, job := outcomeOf(x)
	switch {
	case o == refused, readable && asked.dry && o == accepted:
		how := "the resize to it was refused"
		if o == accepted {
			how = "the dry run of it passed"
		}
		s.named(asked.flavor, attempt{sent(x), how})
	case !readable || o == unknown || malformed(x) || asked.flavor == "":
		s.unclear.earliest(sent(x))
		if o == accepted {
			h.issue(x, true)
		}
	default:
		h.begin(s, &operation{
			resize: true, flavor: asked.flavor, job: job, look: look{sent(x), answered(x)}, lasting: asked.mode,
			what: "a resize to " + asked.flavor + " was accepted",
		})
		h.issue(x, true)
	}
}

// seeBatch takes in a start, a stop or a deletion of servers.
func (h *history) seeBatch(x *journal.Exchange) {
	o, job := outcomeOf(x)
	if o == refused {
		return
	}
	text, whole := body(x.RequestBody)
	ids, readable := readTargets(text)
	if o == accepted {
		h.issue(x, false)
	}
	if !readable || !whole || o == unknown || malformed(x) {
		h.doubt(x)
		return
	}
	for _, id := range ids {
		h.begin(h.server(id), &operation{job: job, look: look{sent(x), answered(x)}, what: "a start, stop or deletion was accepted"})
	}
}

// mostNamed is how many words of a request are looked at as names of servers: those of a batch that is too large by the documentation (more than 1,000 servers, two
// words each) are.
const mostNamed = 4096

// doubt takes in a request of which nobody knows what it has done: it may have been done to every server that it names, however it does.
func (h *history) doubt(x *journal.Exchange) {
	text, whole := body(x.RequestBody)
	between := func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	path, _, _ := strings.Cut(x.URL, "?")
	words := append(strings.FieldsFunc(path, between), strings.FieldsFunc(text, between)...)
	if !whole || len(words) > mostNamed {
		h.anything.earliest(sent(x))
		return
	}
	for _, id := range words {
		h.server(id).unclear.earliest(sent(x))
	}
}

// begin takes an accepted operation in.
func (h *history) begin(s *server, o *operation) {
	s.begin(o)
	if o.job != "" {
		j := h.job(o.job)
		j.of = append(j.of, ordered{o, s.id})
	}
}

func (h *history) job(id string) *job {
	j := h.jobs[id]
	if j == nil {
		j = &job{id: id}
		h.jobs[id] = j
	}
	return j
}

func (h *history) server(id string) *server {
	id = strings.ToLower(id)
	s := h.servers[id]
	if s == nil {
		s = &server{id: id}
		h.servers[id] = s
	}
	return s
}
