package explore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"pgregory.net/rapid"

	"resize-conformance/harness/fixture"
)

// Sequences carries out sequences of operations, each on a server of its own: a tour through all pairs of kinds, then what is drawn, Number in all. The first of them that fails is reported, made shorter; those
// after it may not have been begun. An error is a *Trouble, or a mistake of the harness.
func Sequences(ctx context.Context, c Config) (*Report, error) {
	return explore(ctx, &c, tour(c.Offers, c.seed(-1)), sequences(c.Offers), c.carryOut)
}

// drawn is what can be explored.
type drawn[V any] interface {
	key() string              // tells two of them apart
	size() int                // in steps
	on() string               // the kind of server
	upTo(steps int) (V, bool) // without the steps that were not reached; false where there are none
	simpler(place int) []V    // simpler ones, by place; nil when there is no such place
}

// explore takes what is given, draws the rest, carries all of it out, and shortens what fails.
func explore[V drawn[V]](ctx context.Context, c *Config, given []V, g *rapid.Generator[V], carryOut func(context.Context, V) ([]Done, error)) (*Report, error) {
	all := make([]V, c.Number)
	for i := copy(all, given); i < len(all); i++ {
		all[i] = g.Example(int(c.seed(i))) // rapid turns it back into the same 64 bits
	}
	ends := runAll(ctx, max(1, c.Workers), all, carryOut)
	report := &Report{}
	for i, e := range ends {
		violation, trouble := ending(e.err)
		switch {
		case !e.begun:
			continue
		case violation != nil:
			report.Failure = &Failure{Violation: *violation, Index: i + 1, Drawn: all[i].size(), Server: all[i].on(), Steps: e.steps}
			shorten(ctx, c, all[i], report.Failure, carryOut)
			return report, nil
		case trouble != nil:
			return report, trouble
		case e.err != nil && !errors.Is(e.err, errSilent):
			return report, e.err
		}
		report.Ran++
	}
	return report, nil
}

// end is what came of one of those drawn.
type end struct {
	begun bool
	steps []Done
	err   error
}

// runAll carries out what was drawn, in order, some at the same time. None is begun after one that failed; those before it are carried to their end, so that the
// first that fails is the same in every run.
func runAll[V any](ctx context.Context, workers int, drawn []V, carryOut func(context.Context, V) ([]Done, error)) []end {
	var (
		mu     sync.Mutex
		all    sync.WaitGroup
		next   int
		failed bool
		ends   = make([]end, len(drawn))
		idle   int // workers for which there is no server
	)
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if failed || next == len(drawn) {
			return 0, false
		}
		next++
		return next - 1, true
	}
	workers = min(workers, len(drawn))
	var left []int // taken by a worker for which there is no server
	work := func() {
		for i, more := take(); more; i, more = take() {
			e := guarded(ctx, drawn[i], carryOut)
			var none *fixture.Unavailable
			mu.Lock()
			if errors.As(e.err, &none) && idle < workers-1 {
				idle++
				left = append(left, i)
				mu.Unlock()
				return
			}
			v, trouble := ending(e.err)
			failed = failed || v != nil || trouble != nil
			ends[i] = e
			mu.Unlock()
		}
	}
	for range workers {
		all.Go(work)
	}
	all.Wait()
	// What was left is carried out now, when the servers are free again.
	slices.Sort(left)
	for _, i := range left {
		if firstFailure(ends) >= i {
			ends[i] = guarded(ctx, drawn[i], carryOut)
		}
	}
	return ends
}

// firstFailure is the number of the first that failed, or one more than there are.
func firstFailure(ends []end) int {
	for i, e := range ends {
		if v, t := ending(e.err); v != nil || t != nil {
			return i
		}
	}
	return len(ends)
}

// guarded turns a panic into an error: in another goroutine it would end the process.
func guarded[V any](ctx context.Context, v V, carryOut func(context.Context, V) ([]Done, error)) (e end) {
	e.begun = true
	defer func() {
		if r := recover(); r != nil {
			e.err = fmt.Errorf("carrying out %+v panicked: %v", v, r)
		}
	}()
	e.steps, e.err = carryOut(ctx, v)
	return e
}
