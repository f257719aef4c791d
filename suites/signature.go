package suites

import (
	"context"
	"strings"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// skew is just more than the 15 minutes by which a caller's clock may be off: far enough for the clock of any host that keeps time, near enough to tell a limit
// of half an hour from the right one.
const skew = 16 * time.Minute

// signatures is who may resize by AK/SK. A real gateway locks an access key after five wrong signatures, so each scenario sends one.
func signatures(w *writer) {
	w.scenario("RSZ-AUTH-002", "an unknown access key is refused", func(ctx context.Context, x *Exercise) {
		x.refuses(ctx, x.Target().Keys, ecs.As(unknownKey()))
	})
	w.scenario("RSZ-AUTH-003", "a wrong signature is refused", func(ctx context.Context, x *Exercise) {
		forged := x.Target().Keys
		forged.SecretKey = "not-the-secret-key-of-this-access-key"
		x.refuses(ctx, x.Target().Keys, ecs.As(forged))
	})
	// The signature fits the date, so the date alone can be refused.
	w.raw("RSZ-AUTH-004", "a signature more than 15 minutes old or ahead is refused", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		now := time.Now()
		late, early := x.good(s, ecs.As(x.Target().Keys), ecs.SignedAt(now.Add(-skew))), x.good(s, ecs.As(x.Target().Keys), ecs.SignedAt(now.Add(skew)))
		x.MustReject(ctx, s, x.good(s, ecs.As(x.Target().Keys)).dry(), late, early)
	})
	w.scenario("RSZ-AUTH-008", "a signature in the form Access= is accepted", func(ctx context.Context, x *Exercise) {
		x.admits(ctx, ecs.As(x.Target().Keys))
		x.admitsQuery(ctx, ecs.As(x.Target().Keys))
	})
	w.takes(fixture.Stopped, fixture.Stopped)
	w.raw("RSZ-AUTH-009", "a signature in the form Credential= is accepted", func(ctx context.Context, x *Exercise) {
		x.admits(ctx, ecs.As(x.Target().Keys), ecs.ScopedCredential(x.Target().Region, "ecs"))
	})
	// Both bodies are good: only a target that signs over the body it got can tell that it is not the one that was signed.
	w.raw("RSZ-AUTH-010", "a body that was changed after signing is refused", func(ctx context.Context, x *Exercise) {
		other := func(s *fixture.Server) []byte {
			return []byte(strings.Replace(realBody, "FLAVOR", x.Flavor(s, "other", s.Flavors.Other), 1))
		}
		s := x.Server(ctx, fixture.Stopped)
		x.MustReject(ctx, s, x.good(s, ecs.As(x.Target().Keys)).dry(), x.good(s, ecs.As(x.Target().Keys), ecs.TamperAfterSigning(other(s))))
	})
	// Neither choice is exotic: one widely used SDK signs neither host nor Content-Type, another one both.
	w.raw("RSZ-AUTH-011", "the client chooses which headers it signs", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		for _, signed := range [][]string{{"x-sdk-date"}, {"host", "content-type", "x-sdk-date"}} {
			x.Understood(x.Resize(ctx, x.good(s, ecs.As(x.Target().Keys), ecs.Signing(signed...)).dry()), "a dry run that signs "+strings.Join(signed, ", "))
		}
	})
}

// admitsQuery asserts that a query, which has an order of its own when it is signed, is answered the way it comes. Where the target does not answer it to its usual
// caller either, it says nothing about signatures.
func (x *Exercise) admitsQuery(ctx context.Context, how ...ecs.Option) {
	if !x.knowsList() {
		return
	}
	s := x.Server(ctx, fixture.Stopped)
	q := ecs.FlavorQuery{InstanceUUID: s.ID, SortKey: "name", SortDir: "desc", Limit: 1}
	if usual := x.Query(ctx, q); !usual.Accepted() {
		x.Note("the query for flavors is not answered (%s), so a signed query was not tried", describe(usual))
		return
	}
	a, err := x.client().ListResizeFlavors(ctx, q, how...)
	if a = x.answered(ctx, a, err, "an answer to a signed query"); !a.Accepted() {
		x.Fail(at(a, codePointer(a)), "a signed query of a rightful caller to be accepted (2xx)", describe(a))
	}
}
