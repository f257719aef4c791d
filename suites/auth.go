package suites

import (
	"context"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
)

// Credentials that nobody has.
func garbageToken() ecs.Credentials {
	return ecs.Credentials{Token: "this-is-no-token", MadeUp: true}
}

func unknownKey() ecs.Credentials {
	return ecs.Credentials{AccessKey: "NOSUCHACCESSKEY00000", SecretKey: "no-such-secret-key", MadeUp: true}
}

// authentication is who may resize. Every probe is a good resize but for the caller, and a real one: had it been let through, the server would show it.
func authentication(w *writer) {
	w.scenario("RSZ-AUTH-001", "a request without credentials is refused", func(ctx context.Context, x *Exercise) {
		x.refuses(ctx, x.Target().Client.Credentials(), ecs.Anonymous())
	})
	w.scenario("RSZ-AUTH-005", "an expired token is refused", func(ctx context.Context, x *Exercise) {
		x.refuses(ctx, x.Target().Client.Credentials(), ecs.As(ecs.Credentials{Token: x.Target().ExpiredToken}))
	})
	w.scenario("RSZ-AUTH-006", "the credentials of another project are refused", func(ctx context.Context, x *Exercise) {
		x.refuses(ctx, x.Target().Client.Credentials(), ecs.As(x.Target().Foreign.Credentials))
	})
	w.scenario("RSZ-AUTH-007", "a token that is none is refused", func(ctx context.Context, x *Exercise) {
		x.refuses(ctx, x.Target().Client.Credentials(), ecs.As(garbageToken()))
	})
	w.scenario("RSZ-AUTH-012", "a token is accepted", func(ctx context.Context, x *Exercise) {
		x.admits(ctx, ecs.As(x.Target().Token))
	})
	// What a refused request began could show only later. Another resize follows: it would be refused, or not have the last word.
	w.scenario("RSZ-AUTH-013", "refused callers change nothing", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		callers := []ecs.Credentials{{}, garbageToken(), unknownKey()}
		if x.Has(target.CapForeign) {
			callers = append(callers, x.Target().Foreign.Credentials)
		}
		for _, c := range callers {
			// Whether, and how, each of them is refused is the business of the scenarios above.
			x.Resize(ctx, x.good(s, ecs.As(c)))
			x.Unchanged(ctx, s)
		}
		x.CarriedOut(ctx, x.another(s))
	})
}

// refuses asserts that a good resize is refused because of how it comes, and accepted, as a dry run, from a rightful caller.
func (x *Exercise) refuses(ctx context.Context, rightful ecs.Credentials, how ...ecs.Option) {
	s := x.Server(ctx, fixture.Stopped)
	x.MustReject(ctx, s, x.good(s, ecs.As(rightful)).dry(), x.good(s, how...))
}

// admits asserts that a good dry run is accepted the way it comes.
func (x *Exercise) admits(ctx context.Context, how ...ecs.Option) {
	s := x.Server(ctx, fixture.Stopped)
	x.Understood(x.Resize(ctx, x.good(s, how...).dry()), "a dry run of a rightful caller")
}
