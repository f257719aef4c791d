package suites

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

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
