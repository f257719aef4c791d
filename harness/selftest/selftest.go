// Package selftest shows what the suite finds and whom it accuses: it puts every named defect into the emulator, one at a time, and runs the whole pack
// against each; then every conforming variant, and the emulator as it is, in several orders.
//
// A suite passes when every defect is found by the very requirements that it breaks, every requirement that is tested finds at least one defect, no variant
// is accused of anything, and no verdict depends on the order of the scenarios.
package selftest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/defect"
	"resize-conformance/suites"
)

// Options of a selftest. The zero value puts everything there is to the test.
type Options struct {
	Defects  []defect.Defect  // nil: all
	Variants []defect.Variant // nil: all
	// Orders is in how many orders of the scenarios the emulator as it is is tried, in each profile; default 5.
	Orders int
	// Workers is how many servers are tried at the same time; default: two for each processor, since a trial waits for jobs about as long as it works.
	Workers int
	// Tried is told after each trial; nil: nobody is. It is called by several goroutines.
	Tried func(done, total int)

	whole bool // nothing was left out, so that a requirement that found nothing is one that can find nothing
}

func (o *Options) fillIn() {
	if o.whole = o.Defects == nil; o.whole {
		o.Defects = defect.Defects()
	}
	if o.Variants == nil {
		o.Variants = defect.Variants()
	}
	if o.Orders <= 0 {
		o.Orders = 5
	}
	if o.Workers <= 0 {
		o.Workers = 2 * runtime.NumCPU()
	}
}

// Run tries everything and sums it up. An error is one of the harness: a contract that does not load, an emulator that does not start, an end of ctx. What the
// trials show, good or bad, is in the matrix.
func Run(ctx context.Context, o Options) (*Matrix, error) {
	o.fillIn()
	began := time.Now()
	editions, err := load(ctx, &o)
	if err != nil {
		return nil, err
	}
	trials := plan(&o, editions)
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(o.Workers)
	for i := range trials {
		group.Go(func() error {
			t := &trials[i]
			if err := t.perform(ctx); err != nil {
				return fmt.Errorf("%s: %w", t.name(), err)
			}
			if o.Tried != nil {
				o.Tried(int(done.Add(1)), len(trials))
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	m := sumUp(&o, editions, trials)
	m.Duration = time.Since(began)
	return m, nil
}

// edition is what all trials of a profile share.
type edition struct {
	contract *contract.Contract
	pack     *suites.Pack
}

// load reads the contract once for each profile that is tried, and binds the pack to it.
func load(ctx context.Context, o *Options) (map[string]edition, error) {
	profiles := slices.Clone(contract.Profiles())
	for _, d := range o.Defects {
		profiles = append(profiles, profileOf(d.Profile))
	}
	for _, v := range o.Variants {
		profiles = append(profiles, profileOf(v.Profile))
	}
	slices.Sort(profiles)
	out := map[string]edition{}
	for _, profile := range slices.Compact(profiles) {
		c, err := contract.Load(ctx, contract.Source{Profile: profile})
		if err != nil {
			return nil, err
		}
		pack, err := suites.New(c)
		if err != nil {
			return nil, err
		}
		out[profile] = edition{c, pack}
	}
	return out, nil
}

func profileOf(name string) string {
	if name == "" {
		return contract.BaseProfile
	}
	return name
}

// plan lists the trials: the longest first, so that the last one to end has little left to do.
func plan(o *Options, editions map[string]edition) []trial {
	var out []trial
	for i := range o.Defects {
		d := &o.Defects[i]
		out = append(out, trial{defect: d, edition: editions[profileOf(d.Profile)], apply: d.Apply, jobTimeout: d.JobTimeout})
	}
	slices.SortStableFunc(out, func(a, b trial) int { return int(b.jobTimeout - a.jobTimeout) })
	for i := range o.Variants {
		v := &o.Variants[i]
		out = append(out, trial{variant: v, edition: editions[profileOf(v.Profile)], apply: v.Apply})
	}
	for order := range o.Orders {
		for _, profile := range contract.Profiles() {
			out = append(out, trial{edition: editions[profile], order: int64(order)})
		}
	}
	return out
}
