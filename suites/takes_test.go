package suites

import (
	"context"
	"maps"
	"sync"
	"testing"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// counting is a source that has no server to spare, and counts what each scenario holds at the same time.
type counting struct {
	fixture.Source

	mu   sync.Mutex
	by   map[*fixture.Server]string
	now  map[string]map[fixture.State]int
	most map[string]map[fixture.State]int
}

func (c *counting) Lease(ctx context.Context, want fixture.State) (*fixture.Server, error) {
	s, err := c.Source.Lease(ctx, want)
	if err != nil {
		return s, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	name, group := exchange.ScopeOf(ctx).Scenario, want.Group()
	for _, count := range []map[string]map[fixture.State]int{c.now, c.most} {
		if count[name] == nil {
			count[name] = map[fixture.State]int{}
		}
	}
	c.by[s] = name
	c.now[name][group]++
	c.most[name][group] = max(c.most[name][group], c.now[name][group])
	return s, nil
}

func (c *counting) LeaseSpare(context.Context, fixture.State) (*fixture.Server, error) {
	return nil, nil
}

func (c *counting) Release(ctx context.Context, s *fixture.Server) error {
	c.mu.Lock()
	c.now[c.by[s]][s.State.Group()]--
	c.mu.Unlock()
	return c.Source.Release(ctx, s)
}

// What a scenario is written to take is what it takes: nothing more, or it would not have passed, and nothing that it never takes, which would keep it from
// shards that could carry it out.
func TestScenariosTakeTheServersTheyAreWrittenToTake(t *testing.T) {
	racedetector.LeaveOut(t)
	var (
		mu      sync.Mutex
		written = map[string]map[fixture.State]int{}
		taken   = map[string]map[fixture.State]int{}
		all     sync.WaitGroup
	)
	for _, profile := range []string{"intl", "otc"} {
		explore := -1
		if profile == "intl" {
			explore = 30 // so many that every kind of server is drawn
		}
		all.Go(func() {
			tg := open(t, profile, target.WithoutCurl())
			source := &counting{Source: tg.Servers, by: map[*fixture.Server]string{}, now: map[string]map[fixture.State]int{}, most: map[string]map[fixture.State]int{}}
			tg.Servers = source
			for _, s := range packOf(t, tg).OfServers().Scenarios() {
				for _, r := range s.Perform(t.Context(), &Env{Target: tg, Explore: explore, Shorten: -1}) {
					if r.Verdict == journal.HarnessError {
						t.Errorf("%s: %s: %s", profile, r.Name(), r.Reason)
					}
				}
				mu.Lock()
				written[s.id] = s.Takes()
				if taken[s.id] == nil {
					taken[s.id] = map[fixture.State]int{}
				}
				for group, n := range source.most[s.Name()] {
					taken[s.id][group] = max(taken[s.id][group], n)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for id, groups := range written {
		for group, n := range groups {
			if group == fixture.Stopped && n == 1 {
				continue // which any may hold
			}
			if taken[id][group] < n {
				t.Errorf("%s: written to take %d servers of the group %q at the same time, took %d: say what it takes, or nothing", id, n, group, taken[id][group])
			}
		}
	}
	if got, want := written["RSZ-SPOT-002"], (map[fixture.State]int{fixture.Stopped: 1, fixture.Spot: 1}); !maps.Equal(got, want) {
		t.Errorf("RSZ-SPOT-002 takes %v, want %v", got, want)
	}
}

// A server that was not announced is our own fault, whatever comes of it.
func TestAScenarioThatTakesMoreIsAHarnessError(t *testing.T) {
	racedetector.LeaveOut(t)
	t.Parallel()
	tg := open(t, "intl")
	for _, c := range []struct {
		name string
		run  func(context.Context, *Exercise)
		want journal.Verdict
	}{
		{"one plain server", func(ctx context.Context, x *Exercise) { x.Server(ctx, fixture.Running) }, journal.Pass},
		{"one after the other", func(ctx context.Context, x *Exercise) {
			x.GiveBack(ctx, x.Server(ctx, fixture.Running))
			x.Server(ctx, fixture.Stopped)
		}, journal.Pass},
		{"two at the same time", func(ctx context.Context, x *Exercise) {
			x.Server(ctx, fixture.Running)
			x.Server(ctx, fixture.Stopped)
		}, journal.HarnessError},
		{"one of another state", func(ctx context.Context, x *Exercise) { x.Server(ctx, fixture.Locked) }, journal.HarnessError},
	} {
		s := packOf(t, tg).Scenarios()[0]
		s.run, s.more = c.run, nil
		if got := s.Perform(t.Context(), &Env{Target: tg})[0]; got.Verdict != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got.Verdict, got.Reason, c.want)
		}
	}
}
