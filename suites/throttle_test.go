package suites

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// answering is a performer that gives one answer after the other, the last one for good.
type answering struct {
	answers []exchange.Exchange
	asked   int
}

func (p *answering) Perform(_ context.Context, c ecs.Call) (*ecs.Answer, error) {
	e := p.answers[min(p.asked, len(p.answers)-1)]
	p.asked++
	e.ID = int64(p.asked)
	return &ecs.Answer{Exchange: &e, Operation: c.Operation}, nil
}

func answer(status int, body string) exchange.Exchange {
	return exchange.Exchange{Status: status, Body: []byte(body), Header: http.Header{}}
}

// What stands in the way of a scenario without telling anything of its promise, and what is made of it. A verdict is never tried again.
func TestWhatStandsInTheWay(t *testing.T) {
	resize := func(ctx context.Context, x *Exercise) {
		x.Accepted(x.Resize(ctx, ask(x.Server(ctx, fixture.Stopped), ecs.Resize{FlavorRef: "f"})))
	}
	look := func(ctx context.Context, x *Exercise) { x.ShowJob(ctx, "j") }
	busy, good, failing := answer(429, `{"error_code":"APIGW.0308","error_msg":"m"}`), answer(200, `{"job_id":"j"}`), answer(502, `{}`)
	for _, c := range []struct {
		name     string
		run      func(context.Context, *Exercise)
		embedded bool
		answers  []exchange.Exchange
		want     journal.Verdict
		asked    int
		says     string
	}{
		{"let through at once", resize, false, []exchange.Exchange{good}, journal.Pass, 1, ""},
		{"throttled once", resize, false, []exchange.Exchange{busy, good}, journal.Pass, 2, ""},
		{"throttled, and then refused", resize, false, []exchange.Exchange{busy, answer(400, `{"error":{"code":"Ecs.0005","message":"m"}}`), good}, journal.Fail, 2, "400 Ecs.0005"},
		{"throttled for good", resize, false, []exchange.Exchange{busy}, journal.Blocked, mostTries, "the target throttles"},
		{"throttled by the embedded emulator", resize, true, []exchange.Exchange{busy, good}, journal.Blocked, 1, "the target throttles"},
		{"refused", resize, false, []exchange.Exchange{answer(503, `{}`), good}, journal.Fail, 1, "503"},
		{"no order can be placed", resize, false, []exchange.Exchange{answer(400, `{"error":{"code":"Ecs.7000","message":"m"}}`), good}, journal.NotTestable, 1, "no order can be placed"},
		{"over the quota", resize, false, []exchange.Exchange{answer(400, `{"error":{"code":"Ecs.0001","message":"m"}}`), good}, journal.NotTestable, 1, "the quota of the project"},
		{"a look that fails for a moment", look, false, []exchange.Exchange{failing, good}, journal.Blocked, 2, "failed for a moment"},
		{"a look that fails twice", look, false, []exchange.Exchange{failing, failing, good}, journal.Blocked, 3, "failed for a moment"},
		{"a look that fails always", look, false, []exchange.Exchange{failing}, journal.Fail, 3, "answered with 200; got 502"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &answering{answers: c.answers}
			tg := &target.Target{Client: ecs.NewWith(ecs.Config{}, p), Servers: shelf{}, Embedded: c.embedded, Timeouts: ecs.DefaultTimeouts()}
			tg.Timeouts.Poll = time.Microsecond
			s := scenarioOf(journal.Must, c.run)
			if c.embedded {
				s.run = func(ctx context.Context, x *Exercise) { // without the look at a new server
					x.Accepted(x.Resize(ctx, request{to: "s", what: ecs.Resize{FlavorRef: "f"}}))
				}
			}
			notes := 0
			row := s.Perform(t.Context(), &Env{Target: tg, Note: func(n journal.Note) {
				notes++
				if !strings.Contains(n.Text, "begun anew") {
					t.Errorf("note %q", n.Text)
				}
			}})[0]
			if row.Verdict != c.want || p.asked != c.asked || !strings.Contains(row.Reason, c.says) {
				t.Errorf("got %s after %d requests (%s), want %s after %d with %q", row.Verdict, p.asked, row.Reason, c.want, c.asked, c.says)
			}
			if throttled := strings.HasPrefix(c.name, "throttled") && !c.embedded; throttled != (notes > 0) {
				t.Errorf("%d notes", notes)
			}
		})
	}
}

// A request that was never sent says nothing about the target.
func TestWhatWasWithheldIsBlocked(t *testing.T) {
	s := scenarioOf(journal.Must, func(ctx context.Context, x *Exercise) {
		x.answered(ctx, nil, &ecs.Withheld{Operation: ecs.ShowJob, Err: errors.New("the time was up")}, "an answer")
	})
	tg := &target.Target{Servers: shelf{}, Timeouts: ecs.DefaultTimeouts()}
	if row := s.Perform(t.Context(), &Env{Target: tg})[0]; row.Verdict != journal.Blocked || !strings.Contains(row.Reason, "showJob was not sent") {
		t.Errorf("got %s: %s", row.Verdict, row.Reason)
	}
}

// flavored is a shelf whose servers have flavors to be resized to.
type flavored struct{ shelf }

func (f flavored) Lease(ctx context.Context, want fixture.State) (*fixture.Server, error) {
	s, err := f.shelf.Lease(ctx, want)
	if err == nil {
		s.Flavors = fixture.Flavors{Target: "s3.large.2", Other: "c6.2xlarge.2"}
	}
	return s, err
}

// What is refused as one too many has not come to the service that is to fail, and says nothing about how it fails.
func TestAFailureThatIsThrottledIsNoVerdict(t *testing.T) {
	c, err := contract.Load(t.Context(), contract.Source{})
	if err != nil {
		t.Fatal(err)
	}
	for name, busy := range map[string]exchange.Exchange{
		"by the gateway": answer(429, `{"error_code":"APIGW.0308","error_msg":"m"}`), "with a status of success": answer(202, `{"error":{"code":"Common.0024","message":"m"}}`),
	} {
		p := &answering{answers: []exchange.Exchange{busy}}
		tg := &target.Target{Client: ecs.NewWith(ecs.Config{}, p), Servers: flavored{}, Contract: c, Timeouts: ecs.DefaultTimeouts(), FailingToken: "failing"}
		tg.Timeouts.Poll = time.Microsecond
		row := scenarioOf(journal.Must, serviceFailure).Perform(t.Context(), &Env{Target: tg, Note: func(journal.Note) {}})[0]
		if row.Verdict != journal.Blocked || !strings.Contains(row.Reason, "the target throttles") || p.asked != mostTries {
			t.Errorf("%s: got %s after %d requests: %s", name, row.Verdict, p.asked, row.Reason)
		}
	}
}

// A window of flow control that is full when a scenario comes is outlasted, be it as long as the longest that was seen; a scenario that is stopped meanwhile stops.
func TestAFullWindowIsOutlasted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const window = 5 * time.Minute
		began := time.Now()
		tg := &target.Target{Servers: shelf{}, Timeouts: ecs.DefaultTimeouts()}
		s := scenarioOf(journal.Must, func(ctx context.Context, x *Exercise) {
			a := answer(200, `{}`)
			if time.Since(began) < window {
				a = answer(429, `{}`)
			}
			x.answered(ctx, &ecs.Answer{Exchange: &a}, nil, "an answer")
		})
		env := &Env{Target: tg, Note: func(journal.Note) {}}
		if row := s.Perform(t.Context(), env)[0]; row.Verdict != journal.Pass {
			t.Errorf("got %s after %s: %s", row.Verdict, time.Since(began), row.Reason)
		}
		if took := time.Since(began); took > env.allTriesOf(s) {
			t.Errorf("it takes %s, and %s at most were reckoned with", took, env.allTriesOf(s))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began = time.Now()
		if row := s.Perform(ctx, env)[0]; row.Verdict != journal.Blocked || time.Since(began) != time.Minute {
			t.Errorf("got %s, %s after a run that is stopped after a minute began: %s", row.Verdict, time.Since(began), row.Reason)
		}
	})
}
