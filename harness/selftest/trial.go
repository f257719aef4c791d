package selftest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/defect"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// atOnce is how many scenarios of one trial run at the same time: so few that each sees its jobs run. They mostly wait, and each has servers of its own.
const atOnce = 4

// jobs is how long a resize takes in a trial, and looks how often at least the emulator looks at the time while one runs, which it does twice for each request: a
// job lasts for some fourteen requests of the scenarios that run at once, be the machine as busy as it may.
const (
	jobs  = 28 * time.Millisecond
	looks = 28
)

// explored is how many sequences a trial explores: with fewer than a run has by default, what only they can find is still found.
const explored = 10

// closing is how long the emulator of a trial may take to end.
const closing = 10 * time.Second

// trial is one run of the whole pack against one server.
type trial struct {
	defect  *defect.Defect  // nil: none
	variant *defect.Variant // nil: none
	edition
	apply      func(*emulator.Config)
	jobTimeout time.Duration
	order      int64 // 0: the pack's order; any other number shuffles with it

	rows      []journal.Result
	exchanges int64
	took      time.Duration
}

func (t *trial) name() string {
	switch {
	case t.defect != nil:
		return "defect " + t.defect.Name
	case t.variant != nil:
		return "variant " + t.variant.Name
	}
	return fmt.Sprintf("profile %s as it is, order %d", t.contract.Profile, t.order)
}

// perform runs the pack and keeps what it says.
func (t *trial) perform(ctx context.Context) (err error) {
	began := time.Now()
	watch := &tally{watch: monitor.New(t.contract)}
	options := []target.Option{target.WithContract(t.contract), target.WithoutCurl()}
	if t.apply != nil {
		options = append(options, target.WithEmulator(t.apply))
	}
	options = append(options, target.WithEmulator(func(c *emulator.Config) { c.Now = emulator.PatientClock(max(c.JobDuration/looks, time.Millisecond)) }))
	tg, err := target.Open(ctx, target.Config{JobDuration: jobs, JobTimeout: t.jobTimeout}, watch, options...)
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		if closeErr := tg.Close(end); err == nil {
			err = closeErr
		}
	}()
	scenarios := t.pack.Scenarios()
	if t.order != 0 {
		rand.New(rand.NewPCG(uint64(t.order), 0)).Shuffle(len(scenarios), func(i, j int) { scenarios[i], scenarios[j] = scenarios[j], scenarios[i] })
	}
	env := &suites.Env{Target: tg, Explore: explored, Shorten: -1} // that a sequence fails is all that is asked
	var (
		mu    sync.Mutex
		group errgroup.Group
	)
	group.SetLimit(atOnce)
	for _, s := range scenarios {
		group.Go(func() error {
			rows := s.Perform(ctx, env)
			mu.Lock()
			defer mu.Unlock()
			t.rows = append(t.rows, telling(rows)...)
			return nil
		})
	}
	_ = group.Wait() // what goes wrong in a scenario is in its rows
	t.rows = append(t.rows, watch.watch.Results(false)...)
	t.exchanges, t.took = watch.exchanges.Load(), time.Since(began)
	return ctx.Err()
}

// telling leaves out the single cases, of which there are many and whose requirement has a verdict of its own, unless the harness failed in one.
func telling(rows []journal.Result) []journal.Result {
	return slices.DeleteFunc(rows, func(r journal.Result) bool { return r.Kind == journal.KindCase && r.Verdict != journal.HarnessError })
}
