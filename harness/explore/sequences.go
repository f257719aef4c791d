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

// Sequences draws sequences of operations and carries them out, each on a server of its own. The first of them that fails is reported, made shorter; those
// after it may not have been begun. An error is a *Trouble, or a mistake of the harness.
func Sequences(ctx context.Context, c Config) (*Report, error) {
	return explore(ctx, &c, sequences(c.Offers), c.carryOut, Sequence.key, Sequence.size, func(s Sequence) string { return string(s.On) })
}

// explore draws, carries out, and shortens what fails.
func explore[V any](ctx context.Context, c *Config, g *rapid.Generator[V], carryOut func(context.Context, V) ([]Done, error), key func(V) string, size func(V) int, on func(V) string) (*Report, error) {
	drawn := make([]V, c.Number)
	for i := range drawn {
		drawn[i] = draw(g, c.seed(i))
	}
	ends := runAll(ctx, max(1, c.Workers), drawn, carryOut)
	report := &Report{}
	for i, e := range ends {
		violation, trouble := ending(e.err)
		switch {
		case !e.begun:
			continue
		case violation != nil:
			f := &Failure{Violation: *violation, Index: i + 1, Drawn: size(drawn[i]), Server: on(drawn[i]), Steps: e.steps}
			report.Failure = f
			return report, shorter(ctx, c, g, i, f, carryOut, key, on)
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
	for range min(workers, len(drawn)) {
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

// shorter looks for a shorter one that fails in the same way. What was tried once is not tried again: rapid comes by the same sequence on many ways.
func shorter[V any](ctx context.Context, c *Config, g *rapid.Generator[V], i int, f *Failure, carryOut func(context.Context, V) ([]Done, error), key func(V) string, on func(V) string) error {
	if c.Shorten <= 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.ShortenTime)
	defer cancel()
	tried := map[string]*Failure{} // nil: does not fail in this way
	runs := 0
	var last *Failure
	err := shorten(g, c.seed(i), c.ShortenTime, func(v V) bool {
		k := key(v)
		if known, seen := tried[k]; seen {
			if known != nil {
				last = known
			}
			return known != nil
		}
		if runs == c.Shorten || ctx.Err() != nil {
			return false
		}
		runs++
		tried[k] = nil
		e := guarded(ctx, v, carryOut)
		if violation, _ := ending(e.err); violation != nil && violation.Check == f.Check && violation.Requirement == f.Requirement {
			last = &Failure{Violation: *violation, Index: f.Index, Drawn: f.Drawn, Shortened: true, Server: on(v), Steps: e.steps}
			tried[k] = last
		}
		return tried[k] != nil
	})
	if last != nil {
		*f = *last
	}
	return err
}
