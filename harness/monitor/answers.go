package monitor

import (
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// issued is which request an id was given to.
type issued struct{ jobs, orders ledger }

// ledger has the ids of one kind.
type ledger struct {
	what, article, pointer string
	given                  map[string]issue
	twice                  tally
}

type issue struct {
	exchange int64
	resize   bool
}

func newIssued() issued {
	return issued{
		jobs:   ledger{what: "job", article: "a job", pointer: "/job_id", given: map[string]issue{}},
		orders: ledger{what: "order", article: "an order", pointer: "/order_id", given: map[string]issue{}},
	}
}

// issue notes the ids that an accepted request was given.
func (h *history) issue(x *journal.Exchange, resize bool) {
	text, _ := body(x.ResponseBody)
	a := readAccepted(text)
	h.issued.jobs.note(a.job, x, resize)
	h.issued.orders.note(a.order, x, resize)
}

// note enters an id. That other requests share one is not excluded by any source; that one does with a resize is.
func (l *ledger) note(id string, x *journal.Exchange, resize bool) {
	if id == "" {
		return
	}
	if resize {
		l.twice.watched++
	}
	was, again := l.given[id]
	if !again {
		l.given[id] = issue{x.ID, resize}
		return
	}
	if was.resize || resize {
		l.twice.add(found{wanted: l.article + " id that no other request was given", got: id, pointer: l.pointer, exchange: x.ID, steps: []journal.Step{
			{Text: "an accepted request is given " + l.what + " " + id, Exchange: was.exchange}, {Text: "another is given the same", Exchange: x.ID},
		}})
	}
}

// What is kept of answers in general.
const (
	keptIDs     = 1 << 14 // request ids; of two answers further apart it is not seen that they share one
	keptHeaders = 256     // names of headers
	keptStrays  = 64      // statuses of answers to what is no operation
)

// answers is what is watched of every answer, whatever it is to.
type answers struct {
	ids     map[string]int64 // the latest request ids, and whose they are
	ring    []string
	next    int
	repeats tally

	headers map[string]int64 // names, and the first exchange that has them
	strays  map[int]int64    // statuses of what is no operation
	count   int

	accepted int
	total    time.Duration
	slowest  journal.Exchange // of accepted requests; no more than its numbers
	quickest time.Duration
}

func newAnswers() answers {
	return answers{ids: map[string]int64{}, headers: map[string]int64{}, strays: map[int]int64{}}
}

func (a *answers) see(x *journal.Exchange) {
	a.count++
	for i := range x.ResponseHeader {
		name := x.ResponseHeader[i].Name
		if _, known := a.headers[name]; !known && len(a.headers) < keptHeaders {
			a.headers[name] = x.ID
		}
	}
	if x.Operation == "" {
		if _, known := a.strays[x.Status]; !known && len(a.strays) < keptStrays {
			a.strays[x.Status] = x.ID
		}
	}
	if id := header(x.ResponseHeader, requestID); id != "" && id != header(x.RequestHeader, requestID) {
		a.seeID(id, x.ID)
	}
	switch x.Operation {
	case opResize, opResizeV1, opAction, opCreate, opDelete:
		if x.Status >= 200 && x.Status < 300 && x.Error == "" && !x.Lacks(journal.LostTimes) {
			a.seeTime(x)
		}
	}
}

func (a *answers) seeID(id string, exchange int64) {
	a.repeats.watched++
	if was, again := a.ids[id]; again {
		a.repeats.add(found{wanted: "a request id that no other answer carries", got: id, pointer: requestID, exchange: exchange, steps: []journal.Step{
			{Text: "an answer carries " + requestID + " " + id, Exchange: was}, {Text: "another carries the same", Exchange: exchange},
		}})
		return
	}
	if len(a.ring) < keptIDs {
		a.ring = append(a.ring, id)
	} else {
		delete(a.ids, a.ring[a.next])
		a.ring[a.next] = id
		a.next = (a.next + 1) % keptIDs
	}
	a.ids[id] = exchange
}

func (a *answers) seeTime(x *journal.Exchange) {
	a.accepted++
	a.total += x.Duration
	if a.accepted == 1 || x.Duration < a.quickest {
		a.quickest = x.Duration
	}
	if a.accepted == 1 || x.Duration > a.slowest.Duration {
		a.slowest = journal.Exchange{ID: x.ID, Duration: x.Duration, Operation: x.Operation}
	}
}

// ofHTTP are the names of RFC 9110, RFC 9111 and RFC 9112 that an answer may carry, and Keep-Alive.
func ofHTTP() []string {
	return []string{
		"Accept-Ranges", "Age", "Allow", "Cache-Control", "Connection", "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-Range",
		"Content-Type", "Date", "Etag", "Expires", "Keep-Alive", "Last-Modified", "Location", "Proxy-Authenticate", "Retry-After", "Server", "Trailer",
		"Transfer-Encoding", "Upgrade", "Vary", "Via", "Www-Authenticate",
	}
}

// undocumented tells the headers and statuses that no source names.
func (a *answers) undocumented(c *contract.Contract) tally {
	known := ofHTTP()
	for _, name := range c.AnswerHeaders() {
		known = append(known, textproto.CanonicalMIMEHeaderKey(name))
	}
	first := map[string]int64{}
	for name, exchange := range a.headers {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if was, again := first[name]; !slices.Contains(known, name) && (!again || exchange < was) {
			first[name] = exchange
		}
	}
	var parts []string
	if len(first) > 0 {
		parts = append(parts, "headers that no source names: "+list(first))
	}
	strays := map[string]int64{}
	for status, exchange := range a.strays {
		strays[strconv.Itoa(status)] = exchange
	}
	if len(strays) > 0 {
		parts = append(parts, "statuses of requests for nothing that the contract has: "+list(strays))
	}
	t := tally{watched: a.count, told: strings.Join(parts, "; ")}
	if t.told == "" {
		t.told = "no header that no source names"
	}
	return t
}

// list is names with the exchanges that show them first.
func list(first map[string]int64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(first)) {
		parts = append(parts, fmt.Sprintf("%s (exchange %d)", name, first[name]))
	}
	return strings.Join(parts, ", ")
}

// latency tells how long accepted requests took.
func (a *answers) latency() tally {
	t := tally{watched: a.accepted}
	if a.accepted > 0 {
		round := func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
		t.told = fmt.Sprintf("accepted requests were answered in %s on average, %s at best, %s at worst (%s, exchange %d)",
			round(a.total/time.Duration(a.accepted)), round(a.quickest), round(a.slowest.Duration), a.slowest.Operation, a.slowest.ID)
	}
	return t
}
