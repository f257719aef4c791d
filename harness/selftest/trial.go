package selftest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/reference"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// atOnce is how many scenarios of one trial run at the same time: so few that each sees its jobs run. They mostly wait, and each has servers of its own. Those that
// only wait for a client, and see no jobs run, are more.
const (
	atOnce        = 4
	atOnceWaiting = 16
)

// jobs is how long a resize takes in a trial, and looks how often at least the emulator looks at the time while one runs, which it does twice for each request: a
// job lasts for some fourteen requests of the scenarios that run at once, be the machine as busy as it may.
const (
	jobs  = 28 * time.Millisecond
	looks = 28
)

// patience is how long a client is told to take for an answer that does not come. Each scenario that has none come waits for so long, and no answer that does come may
// take longer, be the machine as busy as it may.
const patience = 600 * time.Millisecond

// explored is how many sequences a trial explores: with fewer than a run has by default, what only they can find is still found.
const explored = 10

// closing is how long the emulator of a trial may take to end.
const closing = 10 * time.Second

// trial is one run of the pack against one server, or with one client under test.
type trial struct {
	side    journal.Side // who is tried
	defect  *deviation   // nil: none
	variant *deviation   // nil: none
	edition
	order int64                      // 0: the pack's order; any other number shuffles with it
	only  func(suites.Scenario) bool // leaves the others out; nil: none
	kept  *kept                      // nil: exchanges are only counted

	rows      []journal.Result
	exchanges int64
	took      time.Duration
}

func (t *trial) name() string {
	switch {
	case t.defect != nil:
		return "defect " + t.defect.name
	case t.variant != nil:
		return "variant " + t.variant.name
	case t.side == journal.Client:
		return fmt.Sprintf("client as it is, profile %s, order %d", t.contract.Profile, t.order)
	}
	return fmt.Sprintf("profile %s as it is, order %d", t.contract.Profile, t.order)
}

// deviation is what is put in; the zero value when the side is tried as it is.
func (t *trial) deviation() deviation {
	switch {
	case t.defect != nil:
		return *t.defect
	case t.variant != nil:
		return *t.variant
	}
	return deviation{}
}

// waits says whether the trial does little but wait: then only the scenarios about clients are run.
func (t *trial) waits() bool { return t.side == journal.Client && t.defect != nil }

// scenarios are those that are run, in their order. A server meets no scenarios about clients. A client with a defect meets nothing else; one without any meets all
// that it can be asked for, lest what it is free to do keeps a server from being tested.
func (t *trial) scenarios() []suites.Scenario {
	all := t.pack.Scenarios()
	switch {
	case t.side != journal.Client:
		all = t.pack.OfServers().Scenarios()
	case t.waits():
		all = slices.DeleteFunc(all, func(s suites.Scenario) bool { return s.Requirement.Side != journal.Client })
	default:
		all = slices.DeleteFunc(all, func(s suites.Scenario) bool { return s.Raw })
	}
	if t.only != nil {
		all = slices.DeleteFunc(all, func(s suites.Scenario) bool { return !t.only(s) })
	}
	if t.order != 0 {
		rand.New(rand.NewPCG(uint64(t.order), 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	return all
}

// open makes both sides of the trial ready.
func (t *trial) open(ctx context.Context, watch *tally) (*target.Target, error) {
	d := t.deviation()
	options := []target.Option{target.WithContract(t.contract), target.WithoutCurl()}
	if d.server != nil {
		options = append(options, target.WithEmulator(d.server))
	}
	options = append(options, target.WithEmulator(func(c *emulator.Config) {
		c.Now, c.GatewayNow = emulator.PatientClock(max(c.JobDuration/looks, time.Millisecond)), time.Now
	}))
	config := target.Config{JobDuration: jobs, JobTimeout: d.jobTimeout}
	if t.side == journal.Client {
		watch.watch.WatchClient()
		config.ClientPatience = patience
		options = append(options, target.WithClient(func(flavorsPath string, roots *x509.CertPool) driver.Client {
			// A short pause before a repetition: nothing is gained by waiting for it.
			c := reference.Config{ResizeFlavorsPath: flavorsPath, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, Backoff: 10 * time.Millisecond}
			if d.client != nil {
				d.client(&c)
			}
			return reference.New(c)
		}))
	}
	return target.Open(ctx, config, watch, options...)
}

// perform runs the pack and keeps what it says.
func (t *trial) perform(ctx context.Context) (err error) {
	began := time.Now()
	watch := &tally{watch: monitor.New(t.contract), kept: t.kept}
	tg, err := t.open(ctx, watch)
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
	env := &suites.Env{Target: tg, Explore: explored, Shorten: -1} // that a sequence fails is all that is asked
	if t.side == journal.Client {
		env.Explore = -1 // nothing in a sequence is asked of a client under test
	}
	var (
		mu    sync.Mutex
		group errgroup.Group
	)
	group.SetLimit(atOnce)
	if t.waits() {
		group.SetLimit(atOnceWaiting)
	}
	for _, s := range t.scenarios() {
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
	if t.side == journal.Client {
		t.rows = append(t.rows, env.Conduct(accused(t.rows))...)
	}
	t.exchanges, t.took = watch.exchanges.Load(), time.Since(began)
	return ctx.Err()
}

// accused are the requirements that somebody has been found to break.
func accused(rows []journal.Result) map[string]bool {
	out := map[string]bool{}
	for _, r := range rows {
		if accusing(r.Verdict) {
			out[r.Requirement] = true
		}
	}
	return out
}

// telling leaves out the single cases, of which there are many and whose requirement has a verdict of its own, unless the harness failed in one.
func telling(rows []journal.Result) []journal.Result {
	return slices.DeleteFunc(rows, func(r journal.Result) bool { return r.Kind == journal.KindCase && r.Verdict != journal.HarnessError })
}
