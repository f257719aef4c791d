package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a clock that goes when it is told to.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// lab is an emulator with a clock of its own and a client without a network.
type lab struct {
	*Emulator
	*clock
	t     testing.TB
	token string
}

const jobTook = 100 * time.Second // JobDuration in a lab, so that fractions are easy to read

func newLab(t testing.TB, c Config) *lab {
	t.Helper()
	l := &lab{t: t, clock: &clock{t: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, token: "emulator-token-of-the-first-project"}
	c.Now = l.read
	if c.JobDuration == 0 {
		c.JobDuration = jobTook
	}
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	l.Emulator = e
	return l
}

// reply is an answer as a client sees it.
type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (l *lab) request(method, path, body string, headers ...string) *http.Request {
	r := httptest.NewRequestWithContext(l.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("X-Auth-Token", l.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		} else {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	return r
}

func (l *lab) do(method, path, body string, headers ...string) reply {
	l.t.Helper()
	return l.send(l.request(method, path, body, headers...))
}

func (l *lab) send(r *http.Request) reply {
	l.t.Helper()
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	raw, err := io.ReadAll(w.Result().Body)
	if err != nil {
		l.t.Fatal(err)
	}
	got := reply{status: w.Code, header: w.Result().Header, raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &got.body); err != nil {
			l.t.Errorf("%s %s: the answer is no JSON object: %v\n%s", r.Method, r.URL, err, raw)
		}
	}
	return got
}

// code finds the error code in either envelope.
func (r reply) code() string {
	if e, ok := r.body["error"].(map[string]any); ok {
		return e["code"].(string)
	}
	code, ok := r.body["error_code"].(string)
	if !ok {
		code, _ = r.body["code"].(string)
	}
	return code
}

func (r reply) text(name string) string {
	s, _ := r.body[name].(string)
	return s
}

const (
	base   = "/v1/" + defaultProject + "/cloudservers/"
	base11 = "/v1.1/" + defaultProject + "/cloudservers/"
)

func (l *lab) add(s ServerSpec) string {
	l.t.Helper()
	id, err := l.AddServer(s)
	if err != nil {
		l.t.Fatal(err)
	}
	return id
}

func (l *lab) resize(id, body string, headers ...string) reply {
	l.t.Helper()
	return l.do(http.MethodPost, base11+id+"/resize", body, headers...)
}

// to is the body of a plain resize.
func to(flavor string) string { return `{"resize":{"flavorRef":"` + flavor + `"}}` }

func (l *lab) job(id string) reply {
	l.t.Helper()
	return l.do(http.MethodGet, "/v1/"+defaultProject+"/jobs/"+id, "")
}

// show reads the server through the API.
func (l *lab) show(id string) map[string]any {
	l.t.Helper()
	got := l.do(http.MethodGet, base+id, "")
	server, ok := got.body["server"].(map[string]any)
	if !ok {
		l.t.Fatalf("showServer: %d %s", got.status, got.raw)
	}
	return server
}

func (l *lab) flavor(id string) string {
	l.t.Helper()
	return l.show(id)["flavor"].(map[string]any)["id"].(string)
}

// condition is status/vm_state/task_state.
func (l *lab) condition(id string) string {
	l.t.Helper()
	s := l.show(id)
	task, _ := s["OS-EXT-STS:task_state"].(string)
	return s["status"].(string) + "/" + s["OS-EXT-STS:vm_state"].(string) + "/" + task
}

func (l *lab) wantRefused(got reply, status int, code string) {
	l.t.Helper()
	if got.status != status || got.code() != code {
		l.t.Errorf("got %d %s, want %d %s\n%s", got.status, got.code(), status, code, got.raw)
	}
}

func (l *lab) wantJob(id string, status JobStatus) reply {
	l.t.Helper()
	got := l.job(id)
	if got.status != http.StatusOK || got.text("status") != string(status) {
		l.t.Fatalf("job: got %d %s, want %s\n%s", got.status, got.text("status"), status, got.raw)
	}
	return got
}

// accepted wants a 200 with a job and returns its id.
func (l *lab) accepted(got reply) string {
	l.t.Helper()
	if got.status != http.StatusOK || got.text("job_id") == "" {
		l.t.Fatalf("got %d, want 200 with a job_id\n%s", got.status, got.raw)
	}
	return got.text("job_id")
}
