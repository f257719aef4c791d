package reference

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/driver"
)

const (
	project = "0123456789abcdef0123456789abcdef"
	server  = "616fb98f-46ca-475e-917e-2563e5a8cd19"
	job     = "ff8080814dbd65d7014dbe0d84db0013"
)

// sent is a request as a server saw it.
type sent struct {
	*http.Request
	body []byte
}

// stage is a server that plays answers one after the other, the last one for good, and a client in front of it that never waits.
type stage struct {
	t      *testing.T
	url    string
	client *Client

	mu       sync.Mutex
	requests []sent
	pauses   []time.Duration
}

func newStage(t *testing.T, c Config, answers ...http.HandlerFunc) *stage {
	t.Helper()
	s := &stage{t: t}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		n := min(len(s.requests), len(answers)-1)
		s.requests = append(s.requests, sent{r, body})
		s.mu.Unlock()
		answers[n](w, r)
	}))
	t.Cleanup(host.Close)
	s.url = host.URL
	if c.Pause == nil {
		c.Pause = func(ctx context.Context, d time.Duration) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.pauses = append(s.pauses, d)
			return ctx.Err()
		}
	}
	s.client = New(c)
	t.Cleanup(func() { _ = s.client.Close() })
	return s
}

// ask performs a request, with the endpoint, the project and the ids filled in where they are empty.
func (s *stage) ask(r driver.Request) driver.Response {
	s.t.Helper()
	told, err := s.client.Do(s.t.Context(), filled(r, s.url))
	if err != nil {
		s.t.Fatalf("%s: %v", r.Operation, err)
	}
	if p := told.Problem(); p != "" || told.ID != r.ID {
		s.t.Fatalf("%s: response %+v: %s", r.Operation, told, p)
	}
	return told
}

func filled(r driver.Request, endpoint string) driver.Request {
	for field, value := range map[*string]string{&r.Endpoint: endpoint, &r.ProjectID: project, &r.ServerID: server, &r.JobID: job} {
		if *field == "" {
			*field = value
		}
	}
	if r.Credentials == (driver.Credentials{}) {
		r.Credentials.Token = "a-token"
	}
	return r
}

// seen is what was requested so far.
func (s *stage) seen() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// says is an answer of status and JSON, with more headers in pairs.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// breaksOff closes the connection without an answer.
func breaksOff(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// brief is what was told in one line, to compare with.
func brief(r driver.Response) string {
	if e := r.Error; e != nil {
		again := ""
		if e.Retryable != nil && *e.Retryable {
			again = " again"
		}
		return fmt.Sprintf("%s %d %q%s", e.Kind, e.Status, e.Code, again)
	}
	out := "ok"
	if r.Result.JobID != nil {
		out += " job " + *r.Result.JobID
	}
	if r.Result.OrderID != nil {
		out += " order " + *r.Result.OrderID
	}
	if j := r.Result.Job; j != nil {
		out += fmt.Sprintf(" %s %q %q", *j.Status, deref(j.ErrorCode), deref(j.ServerID))
	}
	if v := r.Result.Server; v != nil {
		out += fmt.Sprintf(" %s %q %q", *v.Status, deref(v.Flavor), deref(v.TaskState))
	}
	for _, f := range r.Result.Flavors {
		out += fmt.Sprintf(" %s %q", f.ID, deref(f.VCPUs))
	}
	return out
}

// recorded is a handler that keeps the requests for judgement.
type recorded struct {
	next http.Handler
	mu   sync.Mutex
	kept []*contract.Message
}

func (r *recorded) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	r.kept = append(r.kept, &contract.Message{
		Method: req.Method, Path: req.URL.EscapedPath(), Query: req.URL.RawQuery, RequestHeader: req.Header.Clone(), RequestBody: body,
	})
	r.mu.Unlock()
	r.next.ServeHTTP(w, req)
}

func (r *recorded) all() []*contract.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kept
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
