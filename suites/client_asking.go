package suites

import (
	"context"
	"fmt"
	"slices"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/proxy"
)

// asking is how a scenario has a client make one call after the other. What the client cannot be asked for is left out; when nothing is left, nothing is known.
type asking struct {
	x     *Exercise
	asked int
	why   string // one reason why a call was not made, or sent nothing
}

func (x *Exercise) asking() *asking {
	x.needsClient()
	return &asking{x: x, why: "nothing that it is about can be asked of the client under test"}
}

// ask has the client make a call and gives what came of it; nil when it cannot be asked for, or sent nothing.
func (g *asking) ask(ctx context.Context, a wish, stage proxy.PortOption, how ...ecs.Option) (c *Called) {
	x := g.x
	hello := x.env.Target.Under.Driver.Hello()
	if a.call.Operation == ecs.ShowJob && !hello.Has(driver.ShowJob) {
		a.call.Operation = ecs.WaitForJob // which looks at a job, too
	}
	if a.brief && a.call.Operation == ecs.WaitForJob {
		if a.call.Timeout = x.env.Target.Under.Patience; !hello.Timeout {
			return nil
		}
	}
	if !x.describes(a.call.Operation) || !hello.Has(driver.Operation(a.call.Operation), a.options...) {
		return nil
	}
	defer func() {
		r := recover()
		if s, isStop := r.(stop); isStop && s.verdict == journal.NotApplicable {
			g.why, c = s.reason, nil
		} else if r != nil {
			panic(r)
		}
	}()
	staged := []proxy.PortOption{stage}
	if x.whole() { // it looks at the server first, and waits for the job: the server itself answers it, and a call in its own name
		resize, is := a.call.Params.(ecs.Resize)
		if !is {
			return nil
		}
		s := x.Server(ctx, fixture.Stopped)
		resize.FlavorRef = x.Flavor(s, "target", s.Flavors.Target)
		a.call.ServerID, a.call.Params, staged, how = s.ID, resize, nil, nil
	}
	c = x.Call(ctx, nil, func(ctx context.Context, client *ecs.Client) (*ecs.Answer, error) {
		return client.Do(ctx, a.call, how...)
	}, staged...)
	if len(c.Sent) == 0 {
		g.why = fmt.Sprintf("asked for %s the client under test sent nothing and told %s", a.call.Operation, told(c.Answer))
		return nil
	}
	g.asked++
	return c
}

// end says that the scenario has come to its end: something was asked.
func (g *asking) end() {
	if g.asked == 0 {
		g.x.NotApplicable(g.why)
	}
}

// describes says whether the edition has an operation.
func (x *Exercise) describes(o ecs.Operation) bool {
	named := string(o)
	switch o {
	case ecs.StartServers, ecs.StopServers:
		named = "batchStartOrStopServers"
	case ecs.WaitForJob:
		named = string(ecs.ShowJob)
	}
	return slices.ContainsFunc(x.env.Target.Contract.Operations(), func(op contract.Operation) bool { return op.ID == named })
}

// standIn answers in the server's place, each operation with success.
func (x *Exercise) standIn(resized director.Answer) proxy.PortOption {
	const server = `{"server":{"id":"` + nobody + `","name":"ecs-1","status":"SHUTOFF","flavor":{"id":"` + someFlavor + `","name":"` + someFlavor + `"}}}`
	return x.staging(map[string]director.Answer{
		string(ecs.ResizeServer):         resized,
		string(ecs.ResizePostPaidServer): resized,
		"batchStartOrStopServers":        director.JSON(200, `{"job_id":"`+someJob+`"}`),
		string(ecs.ShowJob): director.JSON(200, `{"status":"SUCCESS","job_id":"`+someJob+`","job_type":"resizeServer","begin_time":"2026-01-01T00:00:00.000Z",`+
			`"end_time":"2026-01-01T00:00:09.000Z","error_code":null,"fail_reason":null,"entities":{"server_id":"`+nobody+`"}}`),
		string(ecs.ShowServer):        director.JSON(200, server),
		string(ecs.ListResizeFlavors): director.JSON(200, `{"flavors":[{"id":"`+someFlavor+`","name":"`+someFlavor+`","vcpus":"2","ram":4096,"disk":"0","extra_specs":{}}]}`),
		"":                            director.JSON(404, `{"error_code":"APIG.0101","error_msg":"The API does not exist or has not been published in the environment"}`),
	})
}

// staging answers each request of an operation so; the one for "" is for whatever else comes.
func (x *Exercise) staging(answers map[string]director.Answer) proxy.PortOption {
	var script director.Script
	for operation, a := range answers {
		if operation != "" {
			script.Steps = append(script.Steps, director.Step{Operation: operation, Onwards: true, Act: director.Say(a)})
		}
	}
	if a, is := answers[""]; is { // the last, since it fits all
		script.Steps = append(script.Steps, director.Step{Onwards: true, Act: director.Say(a)})
	}
	d, err := director.New(script, director.Options{})
	if err != nil {
		x.end(journal.HarnessError, err.Error(), nil)
	}
	return proxy.AnsweredBy(d)
}

// jobMade is how a resize is answered in the ordinary course of things.
func jobMade() director.Answer { return director.JSON(200, `{"job_id":"`+someJob+`"}`) }

// keepsAsking asserts that the client keeps the scenario's promise in all these calls.
func (x *Exercise) keepsAsking(ctx context.Context, wishes []wish, how ...ecs.Option) {
	g := x.asking()
	for _, a := range wishes {
		if c := g.ask(ctx, a, x.standIn(jobMade()), how...); c != nil {
			x.Keeps(c)
		}
	}
	g.end()
}

// madeUp are credentials that are nobody's, of a kind.
func madeUp(kind driver.CredentialKind) ecs.Credentials {
	k := ecs.Credentials{MadeUp: true}
	switch kind {
	case driver.WithToken:
		k.Token = "MIIEconformanceTokenOfNobody0000000000000000000000000001"
	case driver.WithSecurityToken:
		k.SecurityToken = "ggpjbi1ub3J0aC00conformanceSecurityTokenOfNobody00000001"
		k.AccessKey, k.SecretKey = "HSTCONFORMANCE000002", "conformanceTemporarySecretOfNobody000002"
	default:
		k.AccessKey, k.SecretKey = "CONFORMANCE000000001", "conformancePermanentSecretOfNobody000001"
	}
	return k
}

// eachOperationAs asserts that the client keeps the scenario's promise in every operation, with credentials of each of these kinds.
func eachOperationAs(kinds ...driver.CredentialKind) func(context.Context, *Exercise) {
	return func(ctx context.Context, x *Exercise) { x.asEach(ctx, kinds, operationWishes()) }
}

// eachCallAs is eachOperationAs with all options of all operations, too: what is signed differs with each.
func eachCallAs(kinds ...driver.CredentialKind) func(context.Context, *Exercise) {
	return func(ctx context.Context, x *Exercise) { x.asEach(ctx, kinds, allWishes()) }
}

func (x *Exercise) asEach(ctx context.Context, kinds []driver.CredentialKind, wishes []wish) {
	g := x.asking()
	for _, kind := range g.taken(kinds) {
		for _, a := range wishes {
			if c := g.ask(ctx, a, x.standIn(jobMade()), ecs.As(madeUp(kind))); c != nil {
				x.Keeps(c)
			}
		}
	}
	g.end()
}

// taken are those kinds of credentials that the client can be given.
func (g *asking) taken(kinds []driver.CredentialKind) []driver.CredentialKind {
	hello := g.x.env.Target.Under.Driver.Hello()
	taken := slices.DeleteFunc(slices.Clone(kinds), func(k driver.CredentialKind) bool { return !hello.Takes(k) })
	if len(taken) == 0 {
		g.why = fmt.Sprintf("the client under test cannot be given credentials of the kind %q", kinds)
	}
	return taken
}

// sentOnce answers a resize in each way that says that it was taken.
func sentOnce(ctx context.Context, x *Exercise) {
	g := x.asking()
	for _, taken := range []director.Answer{
		jobMade(), director.JSON(200, `{"order_id":"CS2311021234ABCDE"}`), director.JSON(200, `{"order_id":"CS2311021234ABCDE","job_id":"`+someJob+`"}`),
	} {
		for _, a := range resizes(ecs.Resize{}) {
			if c := g.ask(ctx, a, x.standIn(taken)); c != nil {
				x.Keeps(c)
			}
		}
	}
	check := true
	for _, a := range resizes(ecs.Resize{DryRun: &check}) {
		if c := g.ask(ctx, a, x.standIn(director.Answer{Status: 202})); c != nil {
			x.Keeps(c)
		}
	}
	g.end()
}
