package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// events is a sink that keeps what it is given.
type events struct {
	mu  sync.Mutex
	all []journal.Event
}

func (s *events) Write(e journal.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, e)
	return nil
}

func (s *events) text(t *testing.T) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := json.Marshal(s.all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// last is the newest exchange that was written.
func (s *events) last(t *testing.T) *journal.Exchange {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.all) - 1; i >= 0; i-- {
		if s.all[i].Exchange != nil {
			return s.all[i].Exchange
		}
	}
	t.Fatal("no exchange was written")
	return nil
}

// judgeFunc is a judge made of a function.
type judgeFunc func(*contract.Message) contract.Judgement

func (f judgeFunc) Judge(_ context.Context, m *contract.Message) contract.Judgement { return f(m) }

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// recorder makes one whose connections end with the test.
func recorder(t *testing.T, o Options) *Recorder {
	t.Helper()
	if o.Base == nil {
		base := Transport(nil)
		t.Cleanup(base.CloseIdleConnections)
		o.Base = base
	}
	return NewRecorder(o)
}

func request(ctx context.Context, t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, r)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestAnExchangeIsRecordedAsBytesWithTimes(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header()["X-Request-Id"] = []string{"1"}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"job_id":"1"}`)
	})
	var judged *contract.Message
	var sink events
	r := recorder(t, Options{Sink: &sink, BasePath: "/base/", Contract: judgeFunc(func(m *contract.Message) contract.Judgement {
		judged = m
		return contract.Judgement{
			Operation:     "resizeServer",
			Response:      []journal.Violation{{Requirement: "RSZ-RSP-001", Got: "202"}},
			Disagreements: []journal.Disagreement{{In: "response", Kin: "valid", Lib: "no"}},
		}
	})})
	scope := &Scope{Scenario: "RSZ-X-001 something"}
	req := request(WithScope(t.Context(), scope), t, "POST", url+"/base/v1/p%2Fq/resize?a=%20b", `{"resize":{}}`)
	req.Header.Set("Content-Type", "application/json")
	e, err := r.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if e.ID != 1 || e.Status != 202 || string(e.Body) != `{"job_id":"1"}` || e.Header.Get("X-Request-Id") != "1" || string(e.RequestBody) != `{"resize":{}}` {
		t.Errorf("got %+v", e)
	}
	if e.FirstByte <= 0 || e.Duration < e.FirstByte || e.Start.IsZero() {
		t.Errorf("times: first byte %s, whole %s", e.FirstByte, e.Duration)
	}
	if judged.Path != "/v1/p%2Fq/resize" || judged.Query != "a=%20b" || judged.Method != "POST" || string(judged.ResponseBody) != `{"job_id":"1"}` || judged.Status != 202 {
		t.Errorf("judged: %+v", judged)
	}
	if len(sink.all) != 2 || sink.all[1].Disagreement == nil || sink.all[1].Disagreement.Exchange != 1 || sink.all[1].Type != journal.OraclesDisagreed {
		t.Fatalf("wanted an exchange and a disagreement about exchange 1, got %+v", sink.all)
	}
	j := sink.last(t)
	if j.Scenario != "RSZ-X-001 something" || j.Operation != "resizeServer" || j.ResponseBody.Text != `{"job_id":"1"}` || j.ResponseBody.Size != 14 || len(j.Violations) != 1 || j.Proto != "HTTP/1.1" {
		t.Errorf("journal: %+v", j)
	}
	names := ""
	for _, h := range j.RequestHeader {
		names += h.Name + " "
	}
	if want := "Host User-Agent Content-Length Content-Type "; names != want {
		t.Errorf("header lines as on the wire: wanted %q, got %q", want, names)
	}
	if ids := scope.Exchanges(); len(ids) != 1 || scope.Last() != e {
		t.Errorf("the scope has %v", ids)
	}
}

func TestTheRecorderServesAnyHTTPClient(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	var sink events
	client := &http.Client{Transport: recorder(t, Options{Sink: &sink})}
	for range 2 {
		resp, err := client.Do(request(t.Context(), t, "POST", url, "hello"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != "hello" {
			t.Errorf("got %q, %v", body, err)
		}
		_ = resp.Body.Close()
	}
	if len(sink.all) != 2 {
		t.Errorf("wanted 2 exchanges, got %d", len(sink.all))
	}
}

func TestConcurrentExchangesHaveTheirOwnIDs(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	var sink events
	r := recorder(t, Options{Sink: &sink})
	scope := &Scope{Scenario: "RSZ-X-001 many"}
	ctx := WithScope(t.Context(), scope)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 25 {
				if _, err := r.Do(request(ctx, t, "GET", url+"/x", "")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	seen := map[int64]bool{}
	for _, e := range sink.all {
		seen[e.Exchange.ID] = true
	}
	if len(seen) != 200 || !seen[1] || !seen[200] || len(scope.Exchanges()) != 200 {
		t.Errorf("wanted ids 1 to 200, got %d of them; the scope has %d", len(seen), len(scope.Exchanges()))
	}
}

type brokenSink struct{ err error }

func (s brokenSink) Write(journal.Event) error { return s.err }

func TestASinkThatFailsIsTold(t *testing.T) {
	t.Parallel()
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	full := errors.New("no space left on device")
	r := recorder(t, Options{Sink: brokenSink{full}})
	if _, err := r.Do(request(t.Context(), t, "GET", url, "")); err != nil {
		t.Errorf("the exchange itself went well, got %v", err)
	}
	if err := r.Err(); !errors.Is(err, full) || !strings.Contains(err.Error(), "exchange 1") {
		t.Errorf("wanted the sink's error and the exchange, got %v", err)
	}
}

func TestScopeKnowsWhatTheHarnessDidWrong(t *testing.T) {
	t.Parallel()
	url := serve(t, func(http.ResponseWriter, *http.Request) {})
	r := recorder(t, Options{Contract: judgeFunc(func(m *contract.Message) contract.Judgement {
		switch m.Path {
		case "/bad":
			return contract.Judgement{Request: []journal.Violation{{Requirement: "RSZ-BODY-001", Oracles: []string{"kin", "libopenapi"}}}}
		case "/extra":
			return contract.Judgement{Request: []journal.Violation{{Requirement: "RSZ-BODY-031", Oracles: []string{"undeclared"}}}}
		}
		return contract.Judgement{Operation: "resizeServer"}
	})})
	for _, c := range []struct {
		path, why             string
		undeclared, misplaced int
	}{
		{"/good", "", 0, 0},
		{"/bad", "", 1, 0},
		{"/bad", "resize is missing", 0, 0},
		{"/good", "resize is missing", 0, 1},
		{"/extra", "", 0, 0},
		{"/extra", "an unknown property", 0, 1},
	} {
		scope := &Scope{Scenario: "RSZ-X-001 x"}
		ctx := WithScope(t.Context(), scope)
		if c.why != "" {
			ctx = Malformed(ctx, c.why)
		}
		if _, err := r.Do(request(ctx, t, "GET", url+c.path, "")); err != nil {
			t.Fatal(err)
		}
		if got := len(scope.Undeclared()); got != c.undeclared {
			t.Errorf("%s %q: wanted %d undeclared, got %d", c.path, c.why, c.undeclared, got)
		}
		got := scope.NotMalformed()
		if len(got) != c.misplaced {
			t.Errorf("%s %q: wanted %d not malformed, got %+v", c.path, c.why, c.misplaced, got)
		}
		for _, m := range got {
			if m.Why != c.why || m.Exchange == 0 {
				t.Errorf("got %+v", m)
			}
		}
	}
	var none *Scope
	if none.Exchanges() != nil || none.Last() != nil || none.Undeclared() != nil || none.NotMalformed() != nil || none.ID() != "" {
		t.Error("a nil scope must be empty")
	}
}

func TestFramingIsTheCallers(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Join(r.TransferEncoding, ",")+"|"+r.Header.Get("Content-Length")+"|")
		_, _ = io.Copy(w, r.Body)
	})
	r := recorder(t, Options{})
	req := request(t.Context(), t, "POST", url, "abc")
	req.ContentLength = -1
	if e, err := r.Do(req); err != nil || string(e.Body) != "chunked||abc" {
		t.Errorf("wanted chunks, got %q, %v", e.Body, err)
	}
	if e, err := r.Do(request(t.Context(), t, "POST", url, "abc")); err != nil || string(e.Body) != "||abc" && string(e.Body) != "|3|abc" {
		t.Errorf("wanted Content-Length, got %q, %v", e.Body, err)
	}
}
