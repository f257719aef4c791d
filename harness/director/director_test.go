package director

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/proxy"
	"resize-conformance/harness/reference"
)

const accepted = `{"job_id":"a"}`

// stage is a port with a script in front of a server that accepts everything, and the reference client.
type stage struct {
	t        *testing.T
	director *Director
	port     *proxy.Port
	served   atomic.Int64
}

func newStage(t *testing.T, s Script, o Options, more ...proxy.PortOption) *stage {
	t.Helper()
	d, err := New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	st := &stage{t: t, director: d}
	p, err := proxy.New(proxy.Config{Recorder: exchange.NewRecorder(exchange.Options{}), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st.served.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, accepted)
	})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	if st.port, err = p.Open(t.Context(), append(more, proxy.AnsweredBy(d))...); err != nil {
		t.Fatal(err)
	}
	return st
}

// resize lets the reference client order a resize.
func (s *stage) resize(c reference.Config, timeout time.Duration) driver.Response {
	s.t.Helper()
	client := reference.New(c)
	defer func() { _ = client.Close() }()
	told, err := client.Do(s.t.Context(), driver.Request{
		Operation: driver.ResizeServer, Endpoint: s.port.Endpoint(), ProjectID: "p", ServerID: "s", Credentials: driver.Credentials{Token: "t"},
		Params: driver.Params{FlavorRef: "f"}, TimeoutMS: timeout.Milliseconds(),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.port.Settle(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	return told
}

func kind(r driver.Response) driver.ErrorKind {
	if r.Error == nil {
		return "ok"
	}
	return r.Error.Kind
}

// Each fault reaches the client as what it is, once, and the server gets the request or does not.
func TestFaults(t *testing.T) {
	t.Parallel()
	none := JSON(200, accepted)
	for _, k := range []struct {
		act        Act
		connection bool
		want       driver.ErrorKind
		served     int64
		timeout    time.Duration
	}{
		{act: PassOn(), want: "ok", served: 1},
		{act: Say(JSON(202, accepted)), want: "ok"},
		{act: Say(Answer{Status: 103}, none), want: "ok"},
		{act: Say(Answer{Status: 204}), want: "ok"},
		{act: Say(JSON(400, `{"error":{"code":"Ecs.0005","message":"m"}}`)), want: driver.APIError},
		{act: SayRaw("no HTTP", "220 ready\r\n"), want: driver.NetworkError},
		{act: ResetUnread(), connection: true, want: driver.NetworkError},
		{act: Reset(), want: driver.NetworkError},
		{act: ResetAfterwards(), want: driver.NetworkError, served: 1},
		{act: Close(), want: driver.NetworkError},
		{act: HalfClose(), want: driver.NetworkError},
		{act: Stall(), want: driver.TimeoutError, timeout: time.Second},
		{act: StallAfterwards(), want: driver.TimeoutError, served: 1, timeout: time.Second},
		{act: StallInBody(), want: driver.TimeoutError, served: 1, timeout: time.Second},
		{act: SlowHeader(4, time.Second), want: "ok", served: 1},
		{act: SlowBody(4, time.Second), want: "ok", served: 1},
		{act: SlowBody(4, time.Second, none), want: "ok"},
		{act: Short(), want: driver.NetworkError, served: 1},
		{act: Short(none), want: driver.NetworkError},
		{act: CutOff(), want: driver.NetworkError, served: 1},
		{act: Long(`{"job_id":"b"}`), want: "ok", served: 1},
		{act: ChunkLost(), want: driver.NetworkError, served: 1},
		{act: BadChunk(), want: driver.NetworkError, served: 1},
	} {
		t.Run(k.act.Name, func(t *testing.T) {
			t.Parallel()
			var pauses atomic.Int64
			step := Step{Operation: "", Act: k.act}
			if k.connection {
				step.Connection = 1
			}
			s := newStage(t, Script{Steps: []Step{step}}, Options{Pause: func(ctx context.Context, _ time.Duration) error { pauses.Add(1); return ctx.Err() }})
			told := s.resize(reference.Config{}, max(k.timeout, 0))
			if kind(told) != k.want || s.served.Load() != k.served {
				t.Errorf("told %+v, the server was asked %d times; want %s and %d", told, s.served.Load(), k.want, k.served)
			}
			if told.Result != nil && told.Result.JobID != nil && *told.Result.JobID != "a" {
				t.Errorf("told job %q", *told.Result.JobID)
			}
			a := s.director.Account()
			if a.NotMet() != "" || a.Steps[0].Met != 1 {
				t.Errorf("account: %+v: %s", a, a.NotMet())
			}
			if strings.HasPrefix(k.act.Name, "slow") && pauses.Load() != 4 {
				t.Errorf("%d pauses, want 4", pauses.Load())
			}
			for _, e := range s.port.Exchanges() {
				if marked := e.Substitute == "director: "+k.act.Name; marked == k.act.passes {
					t.Errorf("recorded as answered by %q", e.Substitute)
				}
			}
		})
	}
}

// What the client never met is told, and so is what it sent beyond the script, with the times.
func TestAccount(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := newStage(t, Script{Steps: append(InOrder("", Say(JSON(503, `{}`)), Say(JSON(200, accepted)), Stall()), Step{Connection: 9, Act: ResetUnread()}, Step{Nth: 4, Onwards: true, Spare: true, Act: Stall()})}, Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	s.resize(reference.Config{}, 0)
	a := s.director.Account()
	if want := "the client never met answer 200 (any operation, request 2) and no answer (any operation, request 3) and reset before the request was read (connection 9); 1 requests came"; a.NotMet() != want {
		t.Errorf("got %q, want %q", a.NotMet(), want)
	}
	s.resize(reference.Config{}, 0)
	if a = s.director.Account(); len(a.Unmet()) != 2 || a.Surplus("", 1) != 1 || !slices.Equal(a.Pauses(""), []time.Duration{time.Second}) {
		t.Errorf("got %+v, pauses %v", a, a.Pauses(""))
	}
}

// The step for the very number comes before one that holds onwards.
func TestOnwards(t *testing.T) {
	t.Parallel()
	s := newStage(t, Script{Steps: []Step{{Onwards: true, Act: Say(JSON(503, `{}`))}, {Nth: 2, Act: PassOn()}, {Nth: 4, Onwards: true, Act: Say(JSON(404, `{}`))}}}, Options{})
	var got []int
	for range 5 {
		told := s.resize(reference.Config{}, 0)
		if told.Error == nil {
			got = append(got, 200)
		} else {
			got = append(got, told.Error.Status)
		}
	}
	if want := []int{503, 200, 503, 404, 404}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The same seed cuts at the same byte.
func TestSeed(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x", 1000)
	cut := func(seed uint64) int {
		s := newStage(t, Script{Seed: seed, Steps: []Step{{Act: CutOff(JSON(200, body))}}}, Options{})
		s.resize(reference.Config{}, 0)
		return len(s.port.Exchanges()[0].Body)
	}
	if first, again, other := cut(1), cut(1), cut(2); first != again || first == other || first == 0 || first == len(body) {
		t.Errorf("cut at %d, %d and, with another seed, %d", first, again, other)
	}
}

// A client that verifies certificates sends nothing to a server whose certificate is not in order.
func TestCertificates(t *testing.T) {
	t.Parallel()
	authority, err := NewAuthority(nil)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority.PEM()) || !roots.Equal(authority.Roots()) {
		t.Fatalf("the file has another authority than the pool: %s", authority.PEM())
	}
	for _, c := range append(Certificates(), Trusted) {
		t.Run(string(c), func(t *testing.T) {
			t.Parallel()
			server, err := authority.Serve(c)
			if err != nil {
				t.Fatal(err)
			}
			s := newStage(t, Script{Steps: []Step{{Connection: 1, Act: Connect()}}}, Options{}, proxy.ServeTLS(server))
			told, a := s.resize(reference.Config{TLS: &tls.Config{RootCAs: roots}}, 0), s.director.Account()
			if want := map[bool]driver.ErrorKind{true: "ok", false: driver.NetworkError}[c == Trusted]; kind(told) != want || a.NotMet() != "" {
				t.Errorf("told %+v, want %s; %s", told, want, a.NotMet())
			}
			if sent := len(a.Requests) > 0; sent != (c == Trusted) {
				t.Errorf("%d requests came", len(a.Requests))
			}
		})
	}
	server, err := authority.Serve(Trusted)
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, Script{Steps: []Step{{Connection: 1, Act: NoTLS()}}}, Options{}, proxy.ServeTLS(server))
	if told := s.resize(reference.Config{}, 0); kind(told) != driver.NetworkError {
		t.Errorf("plain HTTP: told %+v", told)
	}
}

func TestScriptsThatCannotBePlayed(t *testing.T) {
	t.Parallel()
	for want, steps := range map[string][]Step{
		`step 1: "no answer" cannot be done to a connection`:                      {{Connection: 1, Act: Stall()}},
		`step 1: "reset before the request was read" cannot be done to a request`: {{Act: ResetUnread()}},
		`steps 1 and 2 are both for showJob, request 1`:                           {{Operation: "showJob", Act: Stall()}, {Operation: "showJob", Nth: 1, Act: PassOn()}},
		`step 1: "" cannot be done to a request`:                                  {{}},
	} {
		if _, err := New(Script{Steps: steps}, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
