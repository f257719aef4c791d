package suites

import (
	"context"

	"resize-conformance/harness/fixture"
)

// spotAndWindows is which kinds of server are not resized at all, however stopped they are.
func spotAndWindows(w *writer) {
	w.scenario("RSZ-SPOT-001", "a spot-priced server is not resized", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.Spot)
	})
	w.scenario("RSZ-SPOT-002", "v1 does not resize a spot-priced server", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.Spot)
	})
	w.scenario("RSZ-WIN-001", "a Windows server is not resized", func(ctx context.Context, x *Exercise) {
		x.rejectsInState(ctx, fixture.Windows)
	})
}
