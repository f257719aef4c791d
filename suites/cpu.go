package suites

import (
	"context"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// cpuOptions is hyper-threading, chosen with the resize.
func cpuOptions(w *writer) {
	w.scenario("RSZ-CPU-001", "hw:cpu_threads 1 takes effect on a flavor that allows it", func(ctx context.Context, x *Exercise) {
		x.threads(ctx, 1)
	})
	w.scenario("RSZ-CPU-002", "hw:cpu_threads 2 takes effect on a flavor that allows it", func(ctx context.Context, x *Exercise) {
		x.threads(ctx, 2)
	})
	// The same option on a flavor that allows it is the twin, a real one: the rule is none of the body's form.
	w.scenario("RSZ-CPU-003", "hw:cpu_threads 1 is refused on a flavor that does not allow it", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		shared := x.good(s)
		shared.what.CPUThreads = 1
		x.MustReject(ctx, s, x.dedicatedCPU(s, 1), shared)
	})
}

func (x *Exercise) threads(ctx context.Context, n int) {
	s := x.Server(ctx, fixture.Stopped)
	x.CarriedOut(ctx, x.dedicatedCPU(s, n))
	_, shown := x.Show(ctx, s.ID)
	x.Expect(shown, serverThreads, gomega.BeNumerically("==", n), "%d thread(s) a core shown by showServer", n)
}

// dedicatedCPU is a resize to a flavor that allows either number of threads a core.
func (x *Exercise) dedicatedCPU(s *fixture.Server, threads int) request {
	return ask(s, ecs.Resize{FlavorRef: x.Flavor(s, "dedicated-cpu", s.Flavors.Dedicated), CPUThreads: threads})
}
