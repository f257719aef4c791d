// Package selftest shows what the suite finds and whom it accuses: it puts every named defect into the emulator or the reference client, one at a time, and runs the
// pack against each; then every conforming variant, and both sides as they are, in several orders.
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
	"resize-conformance/harness/journal"
	"resize-conformance/suites"
)

// Options of a selftest. The zero value puts everything there is to the test.
type Options struct {
	Defects        []defect.Defect        // of servers; nil: all
	Variants       []defect.Variant       // of servers; nil: all
	ClientDefects  []defect.ClientDefect  // nil: all
	ClientVariants []defect.ClientVariant // nil: all
	// Side is whose deviations are tried, and who is tried as it is: journal.Server or journal.Client; empty: both.
	Side journal.Side
	// Profile is the edition in which all is tried; empty: every deviation in the one it is made for, and both sides as they are in all. What a deviation breaks in
	// another edition than its own is what that one has of it. Then nothing is said of requirements that find nothing.
	Profile string
	// Orders is in how many orders of the scenarios the emulator and the reference client as they are are tried in the base edition, or in Profile; default 5. In each
	// other one they are tried in the first two: what an edition changes does not hang on the order.
	Orders int
	// Workers is how many trials of whole packs go on at the same time; default: two for each processor, since a trial waits for jobs about as long as it works.
	Workers int
	// Tried is told after each trial; nil: nobody is. It is called by several goroutines.
	Tried func(done, total int)

	whole []journal.Side // nothing of these was left out, so that a requirement that found nothing is one that can find nothing
}

// waiters is how many trials of defects of clients go on beside each worker: the scenarios about clients mostly wait for a client that waits for an answer.
const waiters = 4

func (o *Options) fillIn() {
	if o.Orders <= 0 {
		o.Orders = 5
	}
	if o.Workers <= 0 {
		o.Workers = 2 * runtime.NumCPU()
	}
	if !o.tries(journal.Server) {
		o.Defects, o.Variants = []defect.Defect{}, []defect.Variant{}
	}
	if !o.tries(journal.Client) {
		o.ClientDefects, o.ClientVariants = []defect.ClientDefect{}, []defect.ClientVariant{}
	}
	if o.Defects == nil {
		o.Defects = defect.Defects()
		if o.Profile == "" {
			o.whole = append(o.whole, journal.Server)
		}
	}
	if o.Variants == nil {
		o.Variants = defect.Variants()
	}
	if o.ClientDefects == nil {
		o.ClientDefects = defect.ClientDefects()
		if o.Profile == "" {
			o.whole = append(o.whole, journal.Client)
		}
	}
	if o.ClientVariants == nil {
		o.ClientVariants = defect.ClientVariants()
	}
}

// otherOrders is in how many orders both sides as they are are tried in an edition that is not the base.
const otherOrders = 2

// asTheyAre are the editions in which both sides are tried as they are.
func (o *Options) asTheyAre() []string {
	if o.Profile != "" {
		return []string{o.Profile}
	}
	return contract.Profiles()
}

// tries says whether a side is tried.
func (o *Options) tries(side journal.Side) bool { return o.Side == "" || o.Side == side }

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
	if err := perform(ctx, &o, trials); err != nil {
		return nil, err
	}
	m := sumUp(&o, editions, trials)
	m.Duration = time.Since(began)
	return m, nil
}

// perform makes the trials. Those that mostly wait have workers of their own, many more, so that they go on while the others work.
func perform(ctx context.Context, o *Options, trials []trial) error {
	var done atomic.Int64
	all, ctx := errgroup.WithContext(ctx)
	lane := func(workers int, takes func(*trial) bool) {
		all.Go(func() error {
			group, ctx := errgroup.WithContext(ctx)
			group.SetLimit(workers)
			for i := range trials {
				t := &trials[i]
				if !takes(t) {
					continue
				}
				group.Go(func() error {
					if err := t.perform(ctx); err != nil {
						return fmt.Errorf("%s: %w", t.name(), err)
					}
					if o.Tried != nil {
						o.Tried(int(done.Add(1)), len(trials))
					}
					return nil
				})
			}
			return group.Wait()
		})
	}
	lane(o.Workers, func(t *trial) bool { return !t.waits() })
	lane(waiters*o.Workers, (*trial).waits)
	return all.Wait()
}

// edition is what all trials of a profile share.
type edition struct {
	contract *contract.Contract
	pack     *suites.Pack
}

// load reads the contract once for each profile that is tried, and binds the pack to it.
func load(ctx context.Context, o *Options) (map[string]edition, error) {
	profiles := o.asTheyAre()
	for _, d := range o.Defects {
		profiles = append(profiles, o.profileOf(d.Profile))
	}
	for _, v := range o.Variants {
		profiles = append(profiles, o.profileOf(v.Profile))
	}
	for _, d := range o.ClientDefects {
		profiles = append(profiles, o.profileOf(d.Profile))
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

// plan lists the trials: the longest first, so that the last one to end has little left to do.
func plan(o *Options, editions map[string]edition) []trial {
	var out []trial
	defects, _ := o.defects(editions)
	for i := range defects {
		d := &defects[i]
		out = append(out, trial{side: d.side(), defect: d, edition: editions[d.profile]})
	}
	slices.SortStableFunc(out, func(a, b trial) int { return int(b.defect.jobTimeout - a.defect.jobTimeout) })
	variants := o.variants()
	for i := range variants {
		v := &variants[i]
		out = append(out, trial{side: v.side(), variant: v, edition: editions[v.profile]})
	}
	for order := range o.Orders {
		for _, profile := range o.asTheyAre() {
			for _, side := range []journal.Side{journal.Server, journal.Client} {
				if o.tries(side) && (profile == o.profileOf("") || order < otherOrders) {
					out = append(out, trial{side: side, edition: editions[profile], order: int64(order)})
				}
			}
		}
	}
	return out
}
