package suites

import (
	"context"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// flavor is which flavors a server is not resized to. Each probe differs from its twin in the flavor alone. The twin is a dry run; the probe is not, because how deep a dry
// run looks is undocumented.
func flavor(w *writer) {
	w.rejectsFlavor("RSZ-FLAVOR-001", "a resize to the flavor that the server has is refused", "current", func(s *fixture.Server) string { return s.Flavor })
	// The name is built like a real one, so that nothing but its absence can be held against it.
	w.rejectsFlavor("RSZ-FLAVOR-002", "a resize to an unknown flavor is refused", "unknown", func(*fixture.Server) string { return "zz9.nosuchflavor.2" })
	w.rejectsFlavor("RSZ-FLAVOR-003", "a resize to a sold-out flavor is refused", "sold-out", func(s *fixture.Server) string { return s.Flavors.SoldOut })
	w.rejectsFlavor("RSZ-FLAVOR-004", "a resize to an abandoned flavor is refused", "abandoned", func(s *fixture.Server) string { return s.Flavors.Abandoned })
	w.rejectsFlavor("RSZ-FLAVOR-005", "a resize to a flavor that cannot be reached from the current one is refused", "unreachable", func(s *fixture.Server) string { return s.Flavors.Unreachable })
	w.rejectsFlavor("RSZ-FLAVOR-012", "a resize to a smaller flavor is refused", "smaller", func(s *fixture.Server) string { return s.Flavors.Smaller })
	w.rejectsFlavor("RSZ-FLAVOR-013", "a resize to an open-beta flavor without the right to it is refused", "open-beta", func(s *fixture.Server) string { return s.Flavors.OpenBeta })
}

// rejectsFlavor writes a scenario in which the flavor of one role is refused.
func (w *writer) rejectsFlavor(id, title, role string, of func(*fixture.Server) string) {
	w.add(1, false, id, title, func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.MustReject(ctx, s, x.good(s).dry(), ask(s, ecs.Resize{FlavorRef: x.Flavor(s, role, of(s))}))
	})
}
