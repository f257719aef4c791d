package suites

import (
	"context"
	"errors"
	"fmt"
	"time"

	"resize-conformance/harness/explore"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// sequence is what only several operations show, one after the other or at the same time. What they are is drawn from the run's seed.
func sequence(w *writer) {
	w.exploration("RSZ-SEQ-001", "any sequence of operations leaves the server as the contract says", func(ctx context.Context, x *Exercise) {
		x.explored(explore.Sequences(ctx, x.exploration(x.env.sequences())))
	})
	w.takes(fixture.YearlyMonthly)
	w.exploration("RSZ-SEQ-002", "resizes of one server that overlap have the effect of some order", func(ctx context.Context, x *Exercise) {
		x.explored(explore.Overlaps(ctx, x.exploration((x.env.sequences()+sequencesARound-1)/sequencesARound)))
	})
}

// How far a run explores by default: that every kind of operation follows every other takes about half of the sequences, the rest is left to chance.
const (
	embeddedSequences = 20
	sequencesARound   = 5 // so many sequences go with one round of overlapping resizes
)

// How what fails is made shorter: the tries, and how long they may take against the embedded emulator and elsewhere.
const (
	defaultShorten  = 30
	embeddedShorten = 2 * time.Second
	remoteShorten   = 15 * time.Minute
)

// How many servers are exercised at the same time. An inventory that lists fewer is no trouble.
const (
	embeddedWorkers = 20
	remoteWorkers   = 4
)

// sequences is how many sequences a run explores.
func (e *Env) sequences() int {
	switch {
	case e.Explore > 0:
		return e.Explore
	case e.Explore == 0 && e.Target.Embedded:
		return embeddedSequences
	}
	return 0
}

func (e *Env) workers() int {
	if e.Target.Embedded {
		return embeddedWorkers
	}
	return remoteWorkers
}

// exploration is what is explored of the target, or ends the scenario.
func (x *Exercise) exploration(number int) explore.Config {
	t := x.env.Target
	if number == 0 && x.env.Explore == 0 {
		x.NotApplicable("not explored: each sequence resizes a server of the target several times, which takes long and may cost money; --explore N explores N of them")
	}
	if number == 0 {
		x.NotApplicable("not explored: the run was asked to explore nothing (--explore 0)")
	}
	c := explore.Config{
		Client: t.Client, Model: explore.Model{Contract: t.Contract}, Offers: x.offers(), Lease: x.lease, Release: x.returned,
		Seed: x.env.Seed, Number: number, Workers: x.env.workers(), Shorten: defaultShorten, ShortenTime: remoteShorten,
	}
	if t.Embedded {
		c.ShortenTime = embeddedShorten
	}
	if x.env.Shorten != 0 {
		c.Shorten = max(0, x.env.Shorten)
	}
	if c.Offers.YearlyMonthly {
		c.Pay = t.Servers.Pay
	}
	return c
}

// offers is what may be drawn: what the edition documents and the target declares. Orders are explored only where the run may place them and settle them all, as an
// unpaid one takes its server out of use.
func (x *Exercise) offers() explore.Offers {
	return explore.Offers{
		V1:            x.Has(target.CapV1) && !x.scenario.v1 && x.Promised("RSZ-V1-001"),
		OnlyV1:        x.scenario.v1,
		Mode:          x.Has(target.CapMode) && x.Promised("RSZ-STATE-003"),
		AutoPay:       x.Has(target.CapAutoPay) && x.Promised("RSZ-BILL-006"),
		CPUOptions:    x.Has(target.CapCPUOptions) && x.Promised("RSZ-CPU-001"),
		YearlyMonthly: x.Has(target.CapYearlyMonthly) && x.Has(target.CapAutoPay) && x.Has(target.CapPayment) && x.Promised("RSZ-BILL-007"),
		SoldOut:       x.Has(target.CapSoldOut),
		Unreachable:   x.Has(target.CapUnreachable),
		Other:         true, // a server without one leaves the step out
		NoDryRun:      !x.dryRuns(),
		NoList:        !x.knowsList(),
	}
}

// lease is Server for a body with several goroutines, which must not end the scenario from within one of them.
func (x *Exercise) lease(ctx context.Context, want fixture.State) (*fixture.Server, error) {
	if why := x.scenario.undeclared(want, 0); why != "" { // an inventory that lists fewer than are wanted at the same time is no trouble
		panic(why)
	}
	s, err := x.env.Target.Servers.Lease(ctx, want)
	if err != nil {
		return nil, err
	}
	x.hold(s)
	return s, nil
}

// returned gives a server back, also when the time of the exploration is up.
func (x *Exercise) returned(ctx context.Context, s *fixture.Server) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), x.env.cleanupTimeout())
	defer cancel()
	x.GiveBack(ctx, s)
}

// explored says what came of an exploration.
func (x *Exercise) explored(r *explore.Report, err error) {
	var trouble *explore.Trouble
	switch {
	case errors.As(err, &trouble):
		x.setUp("the exploration was broken off", trouble.Err)
	case err != nil:
		panic(err)
	case r.Failure == nil:
		return
	}
	f := r.Failure
	finding := &journal.Finding{Wanted: f.Wanted, Got: f.Got, Pointer: f.Pointer, Exchange: f.Exchange, SpecLine: x.specLine()}
	if rests, known := x.env.Target.Contract.Requirement(f.Requirement); known {
		finding.Wanted += fmt.Sprintf(" (%s, %s:%d)", rests.ID, rests.File, rests.Line)
	}
	for _, step := range f.Steps {
		s := journal.Step{Text: step.Text}
		if len(step.Exchanges) > 0 {
			s.Exchange = step.Exchanges[0]
		}
		finding.Steps = append(finding.Steps, s)
	}
	how := fmt.Sprintf("number %d of those drawn", f.Index)
	if f.Shortened {
		how += fmt.Sprintf(", made shorter from %d steps", f.Drawn)
	}
	x.end(journal.Fail, fmt.Sprintf("on a %s server (%s): wanted %s; got %s", f.Server, how, f.Wanted, f.Got), finding)
}
