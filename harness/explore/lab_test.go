package explore_test

import (
	"context"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/explore"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
)

// lab opens an embedded target and gives what explores it.
func lab(t *testing.T, profile string, change ...func(*emulator.Config)) explore.Config {
	t.Helper()
	options := []target.Option{target.WithContract(contracttest.Profile(t, profile)), target.WithEmulator(func(c *emulator.Config) {
		// A job lasts for some ten requests of all workers, so that what happens while it runs does not depend on how busy the machine is.
		c.JobDuration, c.Now = 24*time.Millisecond, emulator.PatientClock(1500*time.Microsecond)
	})}
	for _, c := range change {
		options = append(options, target.WithEmulator(c))
	}
	tg, err := target.Open(t.Context(), target.Config{Profile: profile}, nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tg.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	onlyV1 := profile == "otc"
	return explore.Config{
		Client: tg.Client,
		Model:  explore.Model{Contract: tg.Contract},
		Offers: explore.Offers{
			V1: tg.Capabilities[target.CapV1], OnlyV1: onlyV1, Mode: tg.Capabilities[target.CapMode], AutoPay: !onlyV1,
			CPUOptions: tg.Capabilities[target.CapCPUOptions], YearlyMonthly: tg.Capabilities[target.CapPayment],
			SoldOut: true, Unreachable: true, Other: true,
		},
		Lease: tg.Servers.Lease,
		Release: func(ctx context.Context, s *fixture.Server) {
			if err := tg.Servers.Release(ctx, s); err != nil {
				t.Error(err)
			}
		},
		Pay:    tg.Servers.Pay,
		Number: 20, Workers: 4, Shorten: 40, ShortenTime: time.Minute,
	}
}

func told(t *testing.T, r *explore.Report, err error) *explore.Failure {
	t.Helper()
	if err != nil {
		t.Fatalf("wanted a report, got %v", err)
	}
	if r.Failure != nil {
		t.Logf("number %d of %d step(s), now %d on a %s server: %s; wanted %s; got %s (exchange %d)", r.Failure.Index, r.Failure.Drawn, len(r.Failure.Steps),
			r.Failure.Server, r.Failure.Story(), r.Failure.Wanted, r.Failure.Got, r.Failure.Exchange)
	}
	return r.Failure
}
