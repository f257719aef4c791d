package suites

import (
	"context"
	"fmt"

	"github.com/onsi/gomega"

	"resize-conformance/harness/fixture"
)

// dedicatedHost is the resize of a server that lives on a dedicated host.
func dedicatedHost(w *writer) {
	// The twin names the host and is real: the rule is none of the body's form, so a dry run need not know it.
	w.scenario("RSZ-DEH-001", "a server on a dedicated host is not resized without dedicated_host_id", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Dedicated)
		x.MustReject(ctx, s, x.onItsHost(s), x.good(s))
	})
	w.scenario("RSZ-DEH-002", "a server on a dedicated host is resized with dedicated_host_id and is on that host afterwards", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Dedicated)
		x.CarriedOut(ctx, x.onItsHost(s))
		_, shown := x.Show(ctx, s.ID)
		x.Expect(shown, serverHosts, gomega.ContainElement(s.DedicatedHostID), "the server on dedicated host %q", s.DedicatedHostID)
	})
}

// onItsHost is a good resize that names the host on which the server lives.
func (x *Exercise) onItsHost(s *fixture.Server) request {
	if s.DedicatedHostID == "" {
		x.NotTestable(fmt.Sprintf("the dedicated host of server %s is not named; give dedicated-host-id in the inventory", s.ID))
	}
	r := x.good(s)
	r.what.DedicatedHostID = s.DedicatedHostID
	return r
}
