package suites

import (
	"context"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// secondResize is what becomes of a resize that arrives while another one of the same server is under way. The reference leaves two ways open, refusing it and doing it
// afterwards; losing it, or harming the first, is neither.
func secondResize(w *writer) {
	w.scenario("RSZ-STATE-005", "a second resize while the first is under way is refused or done afterwards", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		first, second := x.twoResizes(ctx, s)
		if !second.Accepted() {
			x.Rejected(second)
			return
		}
		x.Await(ctx, first, nil)
		x.AwaitSuccess(ctx, x.AcceptedAsJob(second))
		x.ShowsFlavor(ctx, s.ID, s.Flavors.Other)
	})
	// The second asks for another flavor, so the end shows whose resize took effect.
	w.scenario("RSZ-STATE-006", "a second resize does not harm the first", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		first, second := x.twoResizes(ctx, s)
		x.AwaitSuccess(ctx, first)
		if !second.Accepted() {
			x.ShowsFlavor(ctx, s.ID, s.Flavors.Target)
			return
		}
		// It was queued. Until it is done the server has the first one's flavor, or the second is done already.
		_, between := x.Show(ctx, s.ID)
		x.Expect(between, serverFlavor, gomega.BeElementOf(s.Flavors.Target, s.Flavors.Other), "the flavor of the first resize, %q, or of the second, %q", s.Flavors.Target, s.Flavors.Other)
		x.Await(ctx, x.AcceptedAsJob(second), nil)
	})
}

// twoResizes starts a resize and sends another one at once.
func (x *Exercise) twoResizes(ctx context.Context, s *fixture.Server) (first string, second *ecs.Answer) {
	other := ask(s, ecs.Resize{FlavorRef: x.Flavor(s, "other", s.Flavors.Other)})
	first = x.AcceptedAsJob(x.Resize(ctx, x.good(s)))
	return first, x.Resize(ctx, other)
}
