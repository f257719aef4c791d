package selftest

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/journal"
	"resize-conformance/suites"
)

// Killer is a defect that breaks a requirement.
type Killer struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	Side    journal.Side `json:"side"`
	Kind    string       `json:"kind,omitempty"`
	Profile string       `json:"profile"`

	breaks int // how many requirements it breaks
}

// Killers lists the seeded defects that a requirement finds, those of servers first.
func Killers(requirement string) []Killer {
	out := []Killer{}
	for _, d := range defect.Defects() {
		if slices.Contains(d.Breaks, requirement) {
			out = append(out, Killer{d.Name, d.Title, journal.Server, string(d.Kind), profileOf(d.Profile), len(d.Breaks)})
		}
	}
	for _, d := range defect.ClientDefects() {
		if slices.Contains(d.Breaks, requirement) {
			out = append(out, Killer{d.Name, d.Title, journal.Client, "", profileOf(d.Profile), len(d.Breaks)})
		}
	}
	return out
}

// Demonstration is one exchange as it has to be and one as it must not be, seen for the same request of the same scenario.
type Demonstration struct {
	Requirement string
	By          Killer
	Right       *journal.Exchange // of both sides as they are; nil: the scenario makes no such exchange there
	Wrong       *journal.Exchange // with the defect put in; nil: the finding rests on no exchange
	Found       journal.Result    // what was found with the defect
}

// triedFor bounds how many defects are tried until one shows: each takes a run.
const triedFor = 3

// Demonstrate really makes the runs that show a requirement kept and broken: with both sides as they are, and with one defect that breaks it. nil: no defect does, as
// far as can be found. The defects that are made for the profile asked for come first ("" is the base), and of those the ones that break the fewest other requirements.
func Demonstrate(ctx context.Context, requirement, profile string) (*Demonstration, error) {
	candidates := Killers(requirement)
	slices.SortStableFunc(candidates, func(a, b Killer) int {
		return cmp.Or(ranked(a, profileOf(profile))-ranked(b, profileOf(profile)), a.breaks-b.breaks)
	})
	for _, k := range candidates[:min(len(candidates), triedFor)] {
		d, err := demonstrate(ctx, requirement, k)
		if d != nil || err != nil {
			return d, err
		}
	}
	return nil, nil
}

// ranked puts what belongs to an edition before what does not.
func ranked(k Killer, profile string) int {
	if k.Profile == profile {
		return 0
	}
	return 1
}

func demonstrate(ctx context.Context, requirement string, k Killer) (*Demonstration, error) {
	o := Options{Defects: []defect.Defect{}, ClientDefects: []defect.ClientDefect{}, Orders: 1}
	for _, d := range defect.Defects() {
		if d.Name == k.Name && k.Side == journal.Server {
			o.Defects = append(o.Defects, d)
		}
	}
	for _, d := range defect.ClientDefects() {
		if d.Name == k.Name && k.Side == journal.Client {
			o.ClientDefects = append(o.ClientDefects, d)
		}
	}
	c, err := contract.Load(ctx, contract.Source{Profile: k.Profile})
	if err != nil {
		return nil, err
	}
	r, known := c.Requirement(requirement)
	if !known || !r.Applies {
		return nil, nil
	}
	pack, err := suites.New(c)
	if err != nil {
		return nil, err
	}
	loaded := edition{c, pack}
	tried, _ := o.defects(map[string]edition{k.Profile: loaded})
	if len(tried) == 0 {
		return nil, nil
	}
	var only func(suites.Scenario) bool // what is judged over all exchanges may show in any
	if r.Tested == contract.ByScenario {
		only = func(s suites.Scenario) bool { return s.Requirement.ID == requirement }
	}
	wrong := trial{side: k.Side, defect: &tried[0], edition: loaded, only: only, kept: &kept{}}
	right := trial{side: k.Side, edition: loaded, only: only, kept: &kept{}}
	var both errgroup.Group
	both.Go(func() error { return wrong.perform(ctx) })
	both.Go(func() error { return right.perform(ctx) })
	if err := both.Wait(); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(wrong.rows, func(r journal.Result) bool { return r.Requirement == requirement && accusing(r.Verdict) })
	if at < 0 {
		return nil, nil
	}
	d := &Demonstration{Requirement: requirement, By: k, Found: wrong.rows[at]}
	d.Wrong = wrong.kept.evidence(d.Found)
	if d.Wrong != nil {
		d.Right = right.kept.like(wrong.kept, d.Wrong)
	}
	return d, nil
}

// kept is the exchanges of a trial, in the order in which they ended.
type kept struct {
	mu        sync.Mutex
	exchanges []*journal.Exchange
}

func (k *kept) add(x *journal.Exchange) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.exchanges = append(k.exchanges, x)
}

// evidence is the exchange that a result rests on, else the last that was made for it.
func (k *kept) evidence(r journal.Result) *journal.Exchange {
	id := int64(0)
	if r.Finding != nil {
		id = r.Finding.Exchange
	}
	if n := len(r.Exchanges); id == 0 && n > 0 {
		id = r.Exchanges[n-1]
	}
	for _, x := range k.exchanges {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// like is the exchange that stands where x stands in the other: the n-th of its operation in its scenario, or the last there is of that; where a defect is in what is
// asked for, so that no operation is, the n-th of the scenario.
func (k *kept) like(other *kept, x *journal.Exchange) *journal.Exchange {
	found := k.nth(other, x, func(y *journal.Exchange) bool {
		return y.Scenario == x.Scenario && y.Operation == x.Operation && y.Method == x.Method
	})
	if found == nil {
		found = k.nth(other, x, func(y *journal.Exchange) bool { return y.Scenario == x.Scenario })
	}
	return found
}

func (k *kept) nth(other *kept, x *journal.Exchange, alike func(*journal.Exchange) bool) (found *journal.Exchange) {
	n := 0
	for _, y := range other.exchanges {
		if y == x {
			break
		}
		if alike(y) {
			n++
		}
	}
	for _, y := range k.exchanges {
		if !alike(y) {
			continue
		}
		found = y
		if n--; n < 0 {
			break
		}
	}
	return found
}
