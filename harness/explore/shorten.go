package explore

import (
	"context"
	"slices"

	"resize-conformance/harness/fixture"
)

// shorten looks for a shorter one that fails, in whatever way, by leaving steps out and making those that stay simpler, until nothing more can go or enough was
// tried. The same failure is shortened to the same steps.
//
// rapid could do this as well, but only by settings of the whole process, for one exploration of it at a time; and it shortens the random bits behind a sequence
// rather than the sequence, which takes several times as many tries, each of them a server to set up and jobs to wait for.
func shorten[V drawn[V]](ctx context.Context, c *Config, v V, f *Failure, carryOut func(context.Context, V) ([]Done, error)) {
	if c.Shorten <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, c.ShortenTime)
	defer cancel()
	tried := map[string]bool{v.key(): true}
	runs := 0
	fails := func(v V) bool {
		if tried[v.key()] || runs == c.Shorten || ctx.Err() != nil {
			return false
		}
		tried[v.key()] = true
		runs++
		e := guarded(ctx, v, carryOut)
		violation, _ := ending(e.err)
		if violation == nil || ctx.Err() != nil {
			return false
		}
		f.Violation, f.Steps, f.Server, f.Shortened = *violation, e.steps, v.on(), true
		return true
	}
	if cut, shorter := v.upTo(len(f.Steps)); shorter && fails(cut) {
		v = cut
	}
	for again := true; again; {
		again = false
		for i := 0; ; i++ {
			simpler := v.simpler(i)
			if simpler == nil {
				break
			}
			for _, s := range simpler {
				if fails(s) {
					v, again = s, true
					i--
					break
				}
			}
		}
	}
}

// upTo leaves out the steps that were never reached.
func (s Sequence) upTo(n int) (Sequence, bool) {
	if n >= len(s.Steps) {
		return s, false
	}
	return Sequence{s.On, s.Steps[:n]}, true
}

// simpler gives what is simpler than the sequence in one place: without step i, or with less to that step. nil: there is no such place.
func (s Sequence) simpler(i int) []Sequence {
	if i >= len(s.Steps) {
		if i > len(s.Steps) || s.On == fixture.Stopped {
			return nil
		}
		return []Sequence{{fixture.Stopped, s.Steps}}
	}
	out := []Sequence{{s.On, withoutIdle(slices.Delete(slices.Clone(s.Steps), i, i+1))}}
	with := func(change func(*Step)) {
		steps := slices.Clone(s.Steps)
		change(&steps[i])
		if steps[i] != s.Steps[i] {
			out = append(out, Sequence{s.On, withoutIdle(steps)})
		}
	}
	with(func(s *Step) { s.Option, s.Overlap, s.Back = Plain, false, 0 })
	with(func(s *Step) { s.Overlap = false })
	with(func(s *Step) { s.Option = Plain })
	return out
}

func (r Round) upTo(int) (Round, bool) { return r, false }

// simpler gives the round without one caller, or without one of the caller's resizes.
func (r Round) simpler(i int) []Round {
	if i >= len(r.Callers) {
		return nil
	}
	var out []Round
	if len(r.Callers) > fewestCallers {
		out = append(out, Round{slices.Delete(slices.Clone(r.Callers), i, i+1)})
	}
	for j := range r.Callers[i] {
		if len(r.Callers[i]) > 1 {
			callers := slices.Clone(r.Callers)
			callers[i] = slices.Delete(slices.Clone(callers[i]), j, j+1)
			out = append(out, Round{callers})
		}
	}
	if out == nil {
		out = []Round{} // there is a place, and nothing simpler in it
	}
	return out
}
