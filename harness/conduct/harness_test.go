package conduct

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/signature"
)

const (
	project = "0123456789abcdef0123456789abcdef"
	server  = "616fb98f-46ca-475e-917e-2563e5a8cd19"
	job     = "ff80808288d41e1b018990260955686a"
	token   = "the-token-of-the-user"
	secret  = "the-secret-key-of-the-user"
)

// message is a request as a client writes it, and what it was answered.
type message struct {
	line   string   // "POST /v1/…"
	header []string // "Name: value"
	body   string
	status int
	answer string
	broken error
	cut    bool
	start  time.Duration // since the first one
	took   time.Duration
}

// observed is the exchange as a recorder makes it.
func observed(t testing.TB, r *exchange.Recorder, m message, at time.Time) *exchange.Exchange {
	t.Helper()
	method, target, _ := strings.Cut(m.line, " ")
	o := &exchange.Observed{
		Server: "http://127.0.0.1:9000", Method: method, Target: target, Body: []byte(m.body), BodyCut: m.cut, Proto: "HTTP/1.1", Status: m.status, Answer: []byte(m.answer),
		Start: at.Add(m.start), Duration: m.took, Broken: m.broken, Substitute: "the test",
	}
	if method == "" {
		o.Opaque = "its first line is none"
	}
	for _, line := range m.header {
		name, value, _ := strings.Cut(line, ": ")
		o.Sent = append(o.Sent, journal.Header{Name: name, Value: value})
	}
	return r.Observe(t.Context(), o)
}

func recorder(t testing.TB) *exchange.Recorder {
	return exchange.NewRecorder(exchange.Options{Contract: contracttest.Base(t)})
}

// Paths of the operations.
const (
	resizeLine = "POST /v1.1/" + project + "/cloudservers/" + server + "/resize"
	v1Line     = "POST /v1/" + project + "/cloudservers/" + server + "/resize"
	serverLine = "GET /v1/" + project + "/cloudservers/" + server
	jobLine    = "GET /v1/" + project + "/jobs/" + job
	listLine   = "GET /v1/" + project + "/cloudservers/resize_flavors"
	actionLine = "POST /v1/" + project + "/cloudservers/action"
)

// headers are those of a client that does everything right, with changes: a name without a value leaves it out.
func headers(changes ...string) []string {
	all := []string{"Host: 127.0.0.1:40001", "User-Agent: golangsdk/2.0.0", "Accept: application/json", "Content-Type: application/json", "X-Auth-Token: " + token, "Accept-Encoding: gzip"}
	for _, change := range changes {
		name, value, _ := strings.Cut(change, ": ")
		all = slices.DeleteFunc(all, func(line string) bool { return strings.HasPrefix(line, name+":") })
		if value != "" {
			all = append(all, change)
		}
	}
	return all
}

func resizeOf(p driver.Params) driver.Request {
	p.FlavorRef = "s3.large.2"
	return driver.Request{Operation: driver.ResizeServer, Params: p}
}

// body is the resize's with this in place of what stands behind the flavor, and this behind resize.
func body(inside, beside string) string {
	return `{"resize":{"flavorRef":"s3.large.2"` + inside + `}` + beside + `}`
}

// said is what a case wants: the ids without their prefix; with ! where the server cannot be judged.
func said(found []Breach) string {
	var all []string
	for _, b := range found {
		id := strings.TrimPrefix(b.Requirement, "RSZ-CLIENT-")
		if b.Distorts {
			id += "!"
		}
		all = append(all, id)
	}
	return strings.Join(all, " ")
}

type sentCase struct {
	name  string
	asked driver.Request
	sent  []message
	want  string
}

func resizeCase(name string, p driver.Params, body, want string) sentCase {
	return sentCase{name, resizeOf(p), []message{{line: resizeLine, header: headers(), body: body, status: 200, answer: `{"job_id":"j"}`}}, want}
}

// judgeAll fills in what all cases have in common, and judges each.
func judgeAll(t *testing.T, cases []sentCase) {
	t.Helper()
	r := recorder(t)
	at := time.Now()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			judged := completed(c.asked)
			call := Call{Asked: judged}
			for _, m := range c.sent {
				call.Sent = append(call.Sent, observed(t, r, m, at))
			}
			found := Judge(call)
			if got := said(found); got != c.want {
				t.Errorf("wanted %q, got %q: %+v", c.want, got, found)
			}
			for _, b := range found {
				if b.Wanted == "" || b.Got == "" {
					t.Errorf("%+v: wanted words for what was wanted and got", b)
				}
			}
		})
	}
}

func completed(r driver.Request) driver.Request {
	if r.Endpoint == "" {
		r.Endpoint = "http://127.0.0.1:40001"
	}
	if r.Credentials == (driver.Credentials{}) {
		r.Credentials.Token = token
	}
	r.ProjectID = project
	if r.ServerID == "" {
		r.ServerID = server
	}
	if r.JobID == "" {
		r.JobID = job
	}
	return r
}

// signedLines are header lines as a client sends them that signs these.
func signedLines(t testing.TB, s signature.Signer, m message, at time.Time) []string {
	t.Helper()
	text := m.line + " HTTP/1.1\r\n" + strings.Join(m.header, "\r\n") + "\r\n\r\n"
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	s.AccessKey, s.SecretKey = "AK", secret
	if err := s.Sign(req, []byte(m.body), at); err != nil {
		t.Fatal(err)
	}
	lines := []string{"Host: " + req.Host}
	for name, values := range req.Header {
		lines = append(lines, name+": "+values[0])
	}
	return lines
}
