package suites

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"resize-conformance/harness/conduct"
	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/proxy"
	"resize-conformance/harness/signature"
	"resize-conformance/harness/target"
)

// Distorted says that a client under test sent something else than it was asked for, so that the answer says nothing about the server.
type Distorted struct {
	Breach conduct.Breach
}

func (e *Distorted) Error() string {
	what := "the client under test did not send what it was asked for"
	if e.Breach.Requirement != "" {
		what += " (" + e.Breach.Requirement + ")"
	}
	return fmt.Sprintf("%s: wanted %s; got %s", what, e.Breach.Wanted, e.Breach.Got)
}

// Misnamed says that a client under test signed a Host line which the server did not get, so that its refusal says nothing about either side.
type Misnamed struct {
	Host   string // the server's
	Status int
}

func (e *Misnamed) Error() string {
	return fmt.Sprintf("the client under test signs the Host line, which names the proxy, while the server goes by %s and refused the signature (%d); "+
		"let it ask with a token, or have a name of the server that stands for loopback", e.Host, e.Status)
}

// misnamed finds the refusal of a request whose signature covers a Host line that was changed on the way. It is nil when there is none.
func (m minded) misnamed(sent []*exchange.Exchange) error {
	if !m.x.env.Target.Under.Renamed {
		return nil
	}
	for _, e := range sent {
		a, err := signature.Parse(e.Request.Header.Get("Authorization"))
		refused := e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
		if err == nil && refused && e.Substitute == "" && slices.Contains(a.SignedHeaders, "host") {
			return &Misnamed{m.x.env.Target.Endpoint, e.Status}
		}
	}
	return nil
}

// minded is a performer that judges every call of the client under test on its way.
type minded struct {
	ecs.Performer
	x     *Exercise
	found *[]conduct.Breach // what this client broke; nil: nobody asks
}

// Perform has the client make the call, and keeps what it breaks. Where it asked the server for something else than it was asked for, the error says so, unless the
// scenario is about the client itself.
func (m minded) Perform(ctx context.Context, c ecs.Call) (*ecs.Answer, error) {
	a, err := m.Performer.Perform(ctx, c)
	if a == nil || a.Asked == nil {
		return a, err
	}
	found := conduct.Judge(conduct.Call{
		Asked: *a.Asked, Sent: a.Sent, Told: a.Told, Whole: m.x.whole(), Mode: m.x.Has(target.CapMode),
	})
	m.x.noteConduct(found)
	if m.found != nil {
		*m.found = append(*m.found, found...)
	}
	if refused := m.misnamed(a.Sent); refused != nil {
		return a, refused
	}
	if i := slices.IndexFunc(found, func(b conduct.Breach) bool { return b.Distorts }); i >= 0 && !m.x.aboutClient() {
		return a, &Distorted{found[i]}
	}
	return a, err
}

// aboutClient says whether the scenario puts a client to the test, and not the server.
func (x *Exercise) aboutClient() bool { return x.scenario.Requirement.Side == journal.Client }

// noteConduct keeps what a call breaks, for the run. A scenario about clients speaks for its own promise only: what it has a client meet is
// far from the ordinary, and every other promise has a scenario of its own.
func (x *Exercise) noteConduct(found []conduct.Breach) {
	x.mu.Lock()
	x.tookPart = true
	x.mu.Unlock()
	if !x.aboutClient() {
		x.env.conduct.note(x.scenario.Name(), found)
	}
}

// client is who asks: the client under test, or the built-in one where none is.
func (x *Exercise) client() *ecs.Client {
	if x.env.Target.Under == nil {
		return x.env.Target.Client
	}
	return x.under(nil)
}

// under is the client under test. What it breaks is added to found, which may be nil.
func (x *Exercise) under(found *[]conduct.Breach) *ecs.Client {
	return x.env.Target.Under.Client.Through(func(p ecs.Performer) ecs.Performer { return minded{p, x, found} })
}

// observer is who looks: the client under test where it offers the operation, else the built-in one, so that a client with few operations can be put to the test, too.
func (x *Exercise) observer(o ecs.Operation) *ecs.Client {
	if u := x.env.Target.Under; u != nil && !u.Driver.Hello().Has(driver.Operation(o)) {
		return x.env.Target.Client
	}
	return x.client()
}

// Call has the client under test make a call, in a scenario about clients, and gives what came of it: what was sent, what was told. Whatever meets it on the way is in
// script; without one the server answers by itself. The scenario ends here where the client cannot be asked for that, where its driver broke down, and where the
// client never met what was planned.
func (x *Exercise) Call(ctx context.Context, script []director.Step, send func(context.Context, *ecs.Client) (*ecs.Answer, error), o ...proxy.PortOption) *Called {
	return x.CallOnStage(ctx, script, target.Stage{Port: o}, send)
}

// CallOnStage is Call with more to be said about the port.
func (x *Exercise) CallOnStage(ctx context.Context, script []director.Step, stage target.Stage, send func(context.Context, *ecs.Client) (*ecs.Answer, error)) *Called {
	called, err := x.staged(ctx, script, stage, send)
	x.unheard(ctx, called.Answer, err)
	x.metAll(called)
	return called
}

// staged has the client make a call, whatever comes of it.
func (x *Exercise) staged(ctx context.Context, script []director.Step, stage target.Stage, send func(context.Context, *ecs.Client) (*ecs.Answer, error)) (*Called, error) {
	x.needsClient()
	var staging *director.Director
	if len(script) > 0 {
		var err error
		if staging, err = director.New(director.Script{Steps: script, Seed: uint64(x.env.Seed)}, director.Options{}); err != nil {
			x.end(journal.HarnessError, err.Error(), nil)
		}
		stage.Port = append(slices.Clip(stage.Port), proxy.AnsweredBy(staging))
	}
	called := &Called{}
	began := time.Now()
	a, err := send(target.OnStage(ctx, stage), x.under(&called.Conduct))
	called.Answer, called.Took = a, time.Since(began)
	if staging != nil {
		called.Account = staging.Account()
	}
	return called, err
}

// needsClient ends a scenario about clients where none is under test.
func (x *Exercise) needsClient() {
	if x.env.Target.Under == nil {
		x.NotApplicable("it puts a client to the test, and the run has none (--client)")
	}
}

// Called is a call of the client under test and what came of it.
type Called struct {
	*ecs.Answer
	Account director.Account // of the script, where there was one
	Took    time.Duration
	Conduct []conduct.Breach // what the call breaks by itself
}

// story is how the call went, from what the client was asked for to what it told.
func (c *Called) story() []journal.Step { return storyOf(c.Answer) }

// mostSent is how many requests of one call a story tells of.
const mostSent = 5

// askedOf is what the driver was asked for, in the words of its protocol: what differs from call to call, without credentials.
func askedOf(r *driver.Request) string {
	what := struct {
		ServerID  string        `json:"server_id,omitzero"`
		JobID     string        `json:"job_id,omitzero"`
		Params    driver.Params `json:"params,omitzero"`
		TimeoutMS int64         `json:"timeout_ms,omitzero"`
	}{r.ServerID, r.JobID, r.Params, r.TimeoutMS}
	line, err := json.Marshal(what)
	if err != nil {
		return err.Error()
	}
	return string(r.Operation) + " " + string(line)
}

// storyOf tells a call: what the driver was asked for, each request with what it was answered, and what the user was told.
func storyOf(a *ecs.Answer) []journal.Step {
	if a == nil || a.Asked == nil {
		return nil
	}
	steps := []journal.Step{{Text: "asked " + askedOf(a.Asked)}}
	for i, e := range a.Sent {
		if i == mostSent {
			steps = append(steps, journal.Step{Text: fmt.Sprintf("and %d requests more", len(a.Sent)-mostSent)})
			break
		}
		steps = append(steps, journal.Step{Text: "sent " + e.Request.Method + ", and met " + met(e), Exchange: e.ID})
	}
	if len(a.Sent) == 0 {
		steps = append(steps, journal.Step{Text: "sent nothing"})
	}
	return append(steps, journal.Step{Text: "told " + told(a)})
}

// met says what a request was answered, and by whom.
func met(e *exchange.Exchange) string {
	what := "no answer"
	if e.Status != 0 {
		what = fmt.Sprintf("status %d", e.Status)
	}
	if e.Substitute != "" {
		what += " (" + e.Substitute + ")"
	}
	return what
}

// Keeps asserts that the client keeps the scenario's own promise in a call.
func (x *Exercise) Keeps(c *Called) {
	for _, b := range c.Conduct {
		if b.Requirement == x.scenario.Requirement.ID {
			x.breaks(c, b)
		}
	}
}

// breaks ends the scenario: the client does not keep the promise.
func (x *Exercise) breaks(c *Called, b conduct.Breach) {
	at := Place{Exchange: c.Exchange, Pointer: b.Pointer, In: "request", Steps: c.story()}
	for _, e := range c.Sent {
		if e.ID == b.Exchange {
			at.Exchange = e
		}
	}
	x.Fail(at, b.Wanted, b.Got)
}

// Tells asserts something of what the user was told.
func (x *Exercise) Tells(c *Called, wanted string, holds bool) {
	if !holds {
		x.Fail(Place{Exchange: c.Exchange, Steps: c.story()}, wanted, "told: "+told(c.Answer))
	}
}

// told is what the user was told, in one phrase and without what is secret in it.
func told(a *ecs.Answer) string {
	if a == nil || a.Told == nil {
		return "nothing"
	}
	return conduct.Describe(a.Told)
}

// asksNothing is why a scenario does not apply to a client under test that took no part in it.
const asksNothing = "nothing in it was asked of the client under test"

// ofClient changes the outcome of a scenario that a client under test has to do with: what it had no part in says nothing about it.
func (x *Exercise) ofClient(o outcome) outcome {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.env.Target.Under != nil && !x.tookPart && o.verdict == journal.Pass {
		return outcome{verdict: journal.NotApplicable, reason: asksNothing}
	}
	return o
}
