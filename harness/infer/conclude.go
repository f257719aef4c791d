package infer

import (
	"slices"

	"resize-conformance/harness/contract"
)

// conclude holds all editions against all facts.
func (a *asking) conclude() {
	against := map[string][]string{} // by edition, what its contract has otherwise
	certain := map[string]bool{}     // and some of it is known for certain
	for i := range a.facts {
		f := &a.facts[i]
		for _, e := range a.c.Editions {
			open := slices.ContainsFunc(e.Unknown(), func(u contract.Unknown) bool { return u.Switch == f.toggle })
			fits := f.fits(e.Behaviour())
			switch {
			case fits:
				f.probe.Fits = append(f.probe.Fits, e.Profile)
			case open:
				f.probe.Open = append(f.probe.Open, e.Profile)
			}
			if !fits {
				against[e.Profile] = append(against[e.Profile], f.probe.Says)
				certain[e.Profile] = certain[e.Profile] || !open
			}
		}
		f.probe.Tells = len(f.probe.Fits) < len(a.c.Editions)
		a.result.Probes = append(a.result.Probes, f.probe)
	}
	for _, e := range a.c.Editions {
		switch {
		case len(against[e.Profile]) == 0:
			a.result.Editions = append(a.result.Editions, e.Profile)
		case !certain[e.Profile]:
			a.result.NotRuledOut = append(a.result.NotRuledOut, e.Profile)
		}
		if n := a.result.Nearest; n == "" || len(against[e.Profile]) < len(against[n]) {
			a.result.Nearest = e.Profile
		}
	}
	if len(a.result.Editions) > 0 {
		a.result.Nearest = ""
		return
	}
	a.result.Against = against[a.result.Nearest]
}
