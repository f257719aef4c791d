package ecs

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/pace"
)

// kept keeps what a recorder tells.
type kept struct{ exchanges []journal.Exchange }

func (k *kept) Write(e journal.Event) error {
	if e.Exchange != nil {
		k.exchanges = append(k.exchanges, *e.Exchange)
	}
	return nil
}

const flowLimit = `{"error":{"code":"Common.0024","message":"m"}}`

// What is repeated, when, and by which answer a call is judged in the end.
func TestOnlyPatientLooksAreRepeated(t *testing.T) {
	t.Parallel()
	look := func(ctx context.Context, c *Client, o ...Option) (*Answer, error) {
		return c.ShowServer(ctx, "s", o...)
	}
	for _, c := range []struct {
		name    string
		send    func(context.Context, *Client, ...Option) (*Answer, error)
		how     []Option
		answers []string
		want    []time.Duration // when each attempt was sent
		status  int             // of the answer in the end
	}{
		{"429", look, []Option{Patient()}, []string{"429 {}", "429 {}", "200 {}"}, []time.Duration{0, time.Second, 3 * time.Second}, 200},
		{"Retry-After in seconds", look, []Option{Patient()}, []string{"503 Retry-After=7 {}", "200 {}"}, []time.Duration{0, 7 * time.Second}, 200},
		{"Retry-After as a date", look, []Option{Patient()}, []string{"429 Retry-After=date {}", "200 {}"}, []time.Duration{0, 20 * time.Second}, 200},
		{"Retry-After of a day", look, []Option{Patient()}, []string{"429 Retry-After=86400 {}", "200 {}"}, []time.Duration{0, 2 * time.Minute}, 200},
		{"an error in a 202", look, []Option{Patient()}, []string{"202 " + flowLimit, "200 {}"}, []time.Duration{0, time.Second}, 200},
		{"Common.1503", look, []Option{Patient()}, []string{`503 {"error":{"code":"Common.1503","message":"m"}}`, "200 {}"}, []time.Duration{0, time.Second}, 200},
		{"Ecs.0603", look, []Option{Patient()}, []string{`501 {"error":{"code":"Ecs.0603","message":"m"}}`, "200 {}"}, []time.Duration{0, time.Second}, 200},
		{"a failure", look, []Option{Patient()}, []string{"500 {}", "200 {}"}, []time.Duration{0}, 500},
		{"not there", look, []Option{Patient()}, []string{"404 {}", "200 {}"}, []time.Duration{0}, 404},
		{"no answer", look, []Option{Patient()}, []string{"lost", "200 {}"}, []time.Duration{0}, 0},
		{"impatient", look, nil, []string{"429 {}", "200 {}"}, []time.Duration{0}, 429},
		{"a token that provokes", look, []Option{Patient(), As(Credentials{Token: "throttled"})}, []string{"429 {}", "200 {}"}, []time.Duration{0}, 429},
		{"a resize", func(ctx context.Context, c *Client, o ...Option) (*Answer, error) {
			return c.Resize(ctx, "s", Resize{FlavorRef: "f"}, o...)
		}, []Option{Patient()}, []string{"429 {}", "200 {}"}, []time.Duration{0}, 429},
		{"a dry run", func(ctx context.Context, c *Client, o ...Option) (*Answer, error) {
			return c.Resize(ctx, "s", Resize{FlavorRef: "f", DryRun: yes(true)}, o...)
		}, []Option{Patient()}, []string{"429 {}", "200 {}"}, []time.Duration{0}, 429},
		{"a stop", func(ctx context.Context, c *Client, o ...Option) (*Answer, error) {
			return c.StopServers(ctx, []string{"s"}, o...)
		}, []Option{Patient()}, []string{"429 {}", "200 {}"}, []time.Duration{0}, 429},
		{"another method", look, []Option{Patient(), Method(http.MethodDelete)}, []string{"429 {}", "200 {}"}, []time.Duration{0}, 429},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, k := &script{answers: c.answers}, &kept{}
				client := New(Config{
					Endpoint: "http://h", ProjectID: project, Credentials: Credentials{Token: "own"}, Pace: pace.New(pace.Config{}), Provoking: []string{"throttled"},
					Recorder: exchange.NewRecorder(exchange.Options{Base: s, Sink: k}),
				})
				a, _ := c.send(t.Context(), client, c.how...)
				for i := range s.asked {
					s.asked[i] = s.asked[i].Round(time.Second)
				}
				if !slices.Equal(s.asked, c.want) || a.Status != c.status || len(a.Sent) != len(c.want) {
					t.Errorf("sent at %v and answered %d (%d exchanges), want %v and %d", s.asked, a.Status, len(a.Sent), c.want, c.status)
				}
				for i, x := range k.exchanges {
					switch {
					case i == 0 && x.Retry != nil:
						t.Errorf("the first is marked as %+v", x.Retry)
					case i > 0 && (x.Retry == nil || x.Retry.Of != k.exchanges[0].ID || x.Retry.Attempt != i+1 || x.Retry.Why == "" || x.Retry.Pause <= 0):
						t.Errorf("attempt %d is marked as %+v", i+1, x.Retry)
					}
				}
			})
		})
	}
}

// A target that is always busy is not asked for ever, and a run that ends does not wait for it.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []string{"429 {}"}}
		c := New(Config{Endpoint: "http://h", ProjectID: project, Pace: pace.New(pace.Config{}), Recorder: exchange.NewRecorder(exchange.Options{Base: s})})
		if a, err := c.ShowServer(t.Context(), "s", Patient()); err != nil || a.Status != 429 || len(s.asked) != mostAttempts {
			t.Errorf("%d attempts, %v", len(s.asked), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := c.Resize(ctx, "s", Resize{FlavorRef: "f"}) // the pause of the last refusal is longer
		var withheld *Withheld
		if !errors.As(err, &withheld) || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "resizeServer was not sent") {
			t.Errorf("got %v, want a *Withheld", err)
		}
	})
}

// A resize that is refused as one too many slows the run down; one that a busy server refuses does not.
func TestWhatSlowsARunDown(t *testing.T) {
	t.Parallel()
	for answer, slows := range map[string]bool{
		"429 {}": true, "202 " + flowLimit: true, `503 {"error":{"code":"Common.1503","message":"m"}}`: true,
		`501 {"error":{"code":"Ecs.0603","message":"m"}}`: false, "400 {}": false, "500 {}": false,
		"503 {}": false, `503 {"error":{"code":"Common.0001","message":"m"}}`: false,
	} {
		p := pace.New(pace.Config{Pause: time.Nanosecond})
		c := New(Config{Endpoint: "http://h", ProjectID: project, Pace: p, Recorder: exchange.NewRecorder(exchange.Options{Base: &script{answers: []string{answer}}})})
		if _, err := c.Resize(t.Context(), "s", Resize{FlavorRef: "f"}); err != nil {
			t.Fatal(err)
		}
		if (p.Seen() > 0) != slows {
			t.Errorf("%s: %d refusals are counted", answer, p.Seen())
		}
		if _, err := c.ShowServer(t.Context(), "s", Patient()); err != nil {
			t.Fatal(err)
		}
		if (p.Seen() > 0) != slows {
			t.Errorf("%s to a look: %d refusals are counted", answer, p.Seen())
		}
	}
}

// Polls outlast a gateway that loses two answers in a row, and are marked; three are too many. What sets servers right outlasts failures of the service as well.
func TestPollsOutlastLostAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []string
		how     []WaitOption
		ends    bool
	}{
		"two lost":             {[]string{"502 {}", "504 {}", job(JobSuccess)}, nil, true},
		"three lost":           {[]string{"502 {}", "504 {}", "502 {}", job(JobSuccess)}, nil, false},
		"a failure":            {[]string{"500 {}", job(JobSuccess)}, nil, false},
		"a failure, tolerated": {[]string{"500 {}", "500 {}", "503 {}", "500 {}", job(JobSuccess)}, []WaitOption{Tolerant()}, true},
		"too many":             {[]string{"500 {}", "500 {}", "500 {}", "500 {}", "500 {}", "500 {}", job(JobSuccess)}, []WaitOption{Tolerant()}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, k := &script{answers: c.answers}, &kept{}
			client := New(Config{Endpoint: "http://h", ProjectID: project, Timeouts: quick, Recorder: exchange.NewRecorder(exchange.Options{Base: s, Sink: k})})
			if _, err := client.WaitForJob(t.Context(), "j1", c.how...); (err == nil) != c.ends {
				t.Errorf("%s: %v", name, err)
			}
			for i, x := range k.exchanges[1:] {
				if x.Retry == nil || x.Retry.Of != 1 || x.Retry.Attempt != i+2 {
					t.Errorf("%s: exchange %d is marked as %+v", name, x.ID, x.Retry)
				}
			}
		})
	}
}

func TestEachOperationHasItsTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []string{"silence"}}
		c := s.client(Timeouts{Request: time.Minute, Requests: map[Operation]time.Duration{ShowJob: 3 * time.Second}})
		for _, want := range []struct {
			took time.Duration
			send func() (*Answer, error)
		}{
			{3 * time.Second, func() (*Answer, error) { return c.ShowJob(t.Context(), "j") }},
			{time.Minute, func() (*Answer, error) { return c.ShowServer(t.Context(), "s") }},
			{time.Second, func() (*Answer, error) { return c.ShowJob(t.Context(), "j", Timeout(time.Second)) }},
		} {
			began := time.Now()
			if _, err := want.send(); err == nil || time.Since(began) != want.took {
				t.Errorf("given up after %s (%v), want %s", time.Since(began), err, want.took)
			}
		}
	})
}

// The trace is no part of what is signed, and a request that chooses its headers has none.
func TestTheTraceIsNotSigned(t *testing.T) {
	t.Parallel()
	c, requests := against(t, Config{Credentials: Credentials{AccessKey: "ak", SecretKey: "sk"}, Trace: "run"})
	ctx := exchange.WithScope(t.Context(), &exchange.Scope{Scenario: "RSZ-X-001 title"})
	for _, o := range [][]Option{nil, {Header("X-Own", "x")}, {AddHeader("X-Own", "x")}, {WithoutHeader("Accept")}, {Signing("host")}} {
		if _, err := c.ShowServer(ctx, server, o...); err != nil {
			t.Fatal(err)
		}
		r := <-requests
		got := r.Header.Get("Traceparent")
		if wanted := o == nil; wanted != (got != "") || wanted && !strings.HasPrefix(got, "00-"+TraceID("run", "RSZ-X-001 title")+"-") {
			t.Errorf("traceparent is %q", got)
		}
		if strings.Contains(strings.ToLower(r.Header.Get("Authorization")), "traceparent") {
			t.Errorf("the trace is signed: %s", r.Header.Get("Authorization"))
		}
	}
}
