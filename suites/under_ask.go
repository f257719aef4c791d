package suites

import (
	"context"

	"resize-conformance/harness/director"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// answering is a script in which the resize is answered so.
func (x *Exercise) answering(answers ...director.Answer) []director.Step {
	acts := make([]director.Act, len(answers))
	for i, a := range answers {
		acts[i] = director.Say(a)
	}
	return director.InOrder(x.resizeOperation(), acts...)
}

// resizeOperation is the operation of the contract by which the scenario resizes.
func (x *Exercise) resizeOperation() string {
	if x.scenario.v1 {
		return string(ecs.ResizePostPaidServer)
	}
	return string(ecs.ResizeServer)
}

// resizing asks for the resize of a server that nobody has, for scripts in which the server is not asked. A client that looks at the server first gets one that is
// there.
func (x *Exercise) resizing(how ...ecs.Option) func(context.Context, *ecs.Client) (*ecs.Answer, error) {
	return func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) {
		id, flavor := nobody, "s3.large.2"
		if x.whole() {
			s := x.Server(ctx, fixture.Stopped)
			id, flavor = s.ID, x.Flavor(s, "target", s.Flavors.Target)
		}
		return c.Resize(ctx, id, ecs.Resize{FlavorRef: flavor}, append(how, x.version()...)...)
	}
}

// whole says that a resize of the client under test is the whole change: it looks first, waits for the job, and tells of no ids.
func (x *Exercise) whole() bool {
	return x.env.Target.Under != nil && x.env.Target.Under.Driver.Hello().Whole
}

// idsTold ends a scenario about the ids that a user is told, where the client has none to tell.
func (x *Exercise) idsTold() {
	if x.whole() {
		x.NotApplicable("a resize of this client is the whole change: its user is told of no job and no order")
	}
}

// is says whether something was told, and is so.
func is(told *string, want string) bool { return told != nil && *told == want }
