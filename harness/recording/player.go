package recording

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/journal"
)

// EvidenceHeader is in every answer of a Player: the day of the recording, the scenario and exchange that the answer is from and how it was found; or "none".
const EvidenceHeader = "X-Recorded"

// NoEvidence is the error code of what a Player answers by itself, with status 501: the fixture has no answer. No service has such a code.
const NoEvidence = "Recording.NoEvidence"

// Player serves recorded behaviour: a request is answered as the same one was. It is an http.Handler and safe for concurrent use.
//
// What is the same: method, path and query, media type, whose credentials, and the body. Whoever names the scenario in User-Agent, as this suite does ("(RSZ-STATE-001)"), is
// led through what that scenario was answered, in its order; others through that of the server they name. A look is answered as far as the changes before it have been
// asked for; each look shows the next that was seen. A sequence that is asked for again begins anew, though its servers are as the one before has left them: a client that
// begins again, such as a second run, says so first (RestartPath).
type Player struct {
	fixture *Fixture
	secrets map[string]string // credential that the inventory gives -> placeholder of it in the fixture
	log     *log.Logger
	now     func() time.Time

	mu       sync.Mutex
	threads  []*thread
	active   map[string][]*session // by the requirement's id; the newest last
	bound    map[string]*session   // live id of a server or job -> who was given it last
	states   map[string]Server     // servers of the inventory
	alike    map[string][]place    // by asked.masked
	requests int
	plays    int
	warned   bool // it was told that scenarios are begun once more
	tally    Tally
}

// Tally counts how requests were answered.
type Tally struct{ Exact, Shape, Again, Elsewhere, None int }

// PlayerOptions of a Player.
type PlayerOptions struct {
	Log *log.Logger      // is told of every request without an answer, and of what was answered by its form only; nil: nobody is
	Now func() time.Time // nil: time.Now
}

// NewPlayer makes one.
func NewPlayer(f *Fixture, o PlayerOptions) *Player {
	p := &Player{
		fixture: f, secrets: map[string]string{}, log: o.Log, now: o.Now, active: map[string][]*session{}, bound: map[string]*session{}, states: map[string]Server{}, alike: map[string][]place{},
	}
	if p.log == nil {
		p.log = log.New(io.Discard, "", 0)
	}
	if p.now == nil {
		p.now = time.Now
	}
	for name, value := range Credentials() {
		p.secrets[value] = name
	}
	for _, s := range f.Sequences {
		t := newThread(s)
		p.threads = append(p.threads, t)
		for i, a := range t.asked {
			p.alike[a.masked()] = append(p.alike[a.masked()], place{t, i})
		}
		for _, server := range s.Servers {
			if _, known := p.states[server.ID]; !known {
				p.states[server.ID] = server
			}
		}
	}
	return p
}

// Tally is how requests were answered so far.
func (p *Player) Tally() Tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tally
}

// Credentials are those that a Player takes, made up and of no use elsewhere, by the placeholders of a fixture.
func Credentials() map[string]string {
	return map[string]string{
		"$CONFORMANCE_TOKEN": "recorded-token-of-the-project", "$CONFORMANCE_EXPIRED_TOKEN": "recorded-token-that-has-expired",
		"$CONFORMANCE_DENIED_TOKEN": "recorded-token-that-a-policy-denies", "$CONFORMANCE_THROTTLED_TOKEN": "recorded-token-that-is-throttled",
		"$CONFORMANCE_FAILING_TOKEN": "recorded-token-that-meets-failures", "$CONFORMANCE_FOREIGN_TOKEN": "recorded-token-of-the-foreign-project",
		"$CONFORMANCE_ACCESS_KEY": "RECORDEDAK0000000001", "$CONFORMANCE_SECRET_KEY": "recorded-secret-key-of-the-project",
		"$CONFORMANCE_FOREIGN_ACCESS_KEY": "RECORDEDAK0000000002", "$CONFORMANCE_FOREIGN_SECRET_KEY": "recorded-secret-key-of-the-foreign-project",
		"$CONFORMANCE_SECURITY_TOKEN": "recorded-security-token",
	}
}

// maxAsked is the longest body that is read: what is longer is in no fixture.
const maxAsked = 16 << 20

// PayPath is where an order of a fixture is said to be paid; what was recorded after the payment is then answered to the next look.
const PayPath = "/recorded/orders/{order_id}/pay"

// RestartPath is where a POST has a Player forget who has asked for what: then it is as it was when it began.
const RestartPath = "/recorded/restart"

// restart forgets who has asked for what.
func (p *Player) restart() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.active)
	clear(p.bound)
	p.requests, p.plays, p.warned = 0, 0, false
	for _, t := range p.threads {
		t.plays = 0
	}
}

// ServeHTTP answers one request.
func (p *Player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == RestartPath && r.Method == http.MethodPost {
		p.restart()
		p.log.Printf("begun anew: nothing has been asked for")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/recorded/orders/") && strings.HasSuffix(r.URL.Path, "/pay") && r.Method == http.MethodPost {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAsked))
	if err != nil {
		p.none(w, r, "the body could not be read: "+err.Error())
		return
	}
	p.mu.Lock()
	f, why := p.find(p.asked(r, body))
	p.mu.Unlock()
	if f == nil {
		p.none(w, r, why)
		return
	}
	p.answer(w, r, f)
}

// none says that there is no evidence, in a form that nobody takes for a service's.
func (p *Player) none(w http.ResponseWriter, r *http.Request, why string) {
	p.mu.Lock()
	p.tally.None++
	p.mu.Unlock()
	p.log.Printf("no recorded answer: %s %s: %s", r.Method, r.URL.RequestURI(), why)
	w.Header().Set(EvidenceHeader, "none")
	w.Header().Set("Content-Type", "application/json")
	text, err := json.Marshal("The fixture has no answer to this request: " + why)
	if err != nil {
		text = []byte(`"The fixture has no answer to this request."`)
	}
	w.WriteHeader(http.StatusNotImplemented)
	fmt.Fprintf(w, `{"error":{"code":%q,"message":%s}}`, NoEvidence, text)
}

// found is a recorded answer for a request.
type found struct {
	x       *journal.Exchange
	session *session
	how     string // exact, shape, again, elsewhere
	request string // id of the answer
	nobody  string // the id that nobody has in the request; ""
}

var requestIDMember = regexp.MustCompile(`("request_id"\s*:\s*)"[^"]*"`)

// answer sends the recorded answer with the ids and times of the session.
func (p *Player) answer(w http.ResponseWriter, r *http.Request, f *found) {
	own := "http://" + r.Host
	if r.TLS != nil {
		own = "https://" + r.Host
	}
	live := func(s string) string {
		if f.nobody != "" {
			s = inventedID.ReplaceAllString(s, f.nobody)
		}
		return strings.ReplaceAll(f.session.live(s), Endpoint, own)
	}
	for _, h := range f.x.ResponseHeader {
		value := live(h.Value)
		if strings.EqualFold(h.Name, "X-Request-Id") {
			value = f.request
		}
		if strings.EqualFold(h.Name, "Transfer-Encoding") || strings.EqualFold(h.Name, "Content-Encoding") {
			continue // the fixture has the body as it was understood
		}
		w.Header().Add(h.Name, value)
	}
	if Answered(f.x, "Content-Type") == "" {
		w.Header()["Content-Type"] = nil
	}
	w.Header().Set(EvidenceHeader, fmt.Sprintf("%s; %s; exchange %d; %s", p.fixture.Head.Recorded, f.session.thread.seq.Requirement, f.x.ID, f.how))
	body, _ := f.x.ResponseBody.Bytes()
	if f.x.ResponseBody.Base64 == "" {
		body = []byte(requestIDMember.ReplaceAllString(live(string(body)), `${1}"`+f.request+`"`))
	}
	if f.how == "shape" {
		p.log.Printf("answered by the form of the body only: %s %s", r.Method, r.URL.RequestURI())
	}
	w.WriteHeader(f.x.Status)
	_, _ = w.Write(body) // a client that has gone needs no answer
}
