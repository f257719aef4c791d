package suites

import (
	"context"

	"resize-conformance/harness/director"
	"resize-conformance/harness/ecs"
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

// resizing asks for the resize of a server that nobody has, for scripts in which the server is not asked.
func (x *Exercise) resizing(how ...ecs.Option) func(context.Context, *ecs.Client) (*ecs.Answer, error) {
	return func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) {
		return c.Resize(ctx, nobody, ecs.Resize{FlavorRef: "s3.large.2"}, append(how, x.version()...)...)
	}
}

// is says whether something was told, and is so.
func is(told *string, want string) bool { return told != nil && *told == want }
