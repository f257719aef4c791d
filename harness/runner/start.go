package runner

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// shuffled is the order of the run: the pack's, or one that the seed decides.
func shuffled(chosen []suites.Scenario, seed int64) []suites.Scenario {
	order := slices.Clone(chosen)
	if seed != 0 {
		rand.New(rand.NewPCG(uint64(seed), 0)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}

// Choose applies a selection to the pack. A shard is dealt its scenarios as one of a run that has no servers to divide.
func Choose(pack *suites.Pack, s Selection) ([]suites.Scenario, error) {
	all := pack.Scenarios()
	candidates := make([]candidate, len(all))
	for i, sc := range all {
		candidates[i] = candidate{Requirement: sc.Requirement.ID, Title: sc.Title, Labels: sc.Labels()}
		for _, c := range sc.Cases {
			candidates[i].Cases = append(candidates[i].Cases, c.ID())
		}
	}
	taken, err := choose(candidates, s)
	if err != nil {
		return nil, err
	}
	chosen := make([]suites.Scenario, len(taken))
	for i, at := range taken {
		chosen[i] = all[at]
		if cases := s.casesOf(candidates[at]); cases != nil {
			chosen[i] = chosen[i].Only(cases...)
		}
	}
	if s.Shard.Total > 0 {
		h, err := dealScenarios(chosen, s.Shard, nil, 0, nil)
		if err != nil {
			return nil, err
		}
		chosen = pick(chosen, h.places)
	}
	return chosen, nil
}

func start(t *target.Target, o Options, c choice, watched []journal.Planned) *journal.RunStart {
	s := about(t.Contract)
	s.SuiteVersion, s.Target, s.Client, s.Config, s.Warnings = o.Version, t.Endpoint, "built-in", t.Settings, t.Warnings
	if t.Under != nil {
		s.Client, s.ClientUnderTest = t.Under.Name(), true
		s.Families[journal.Family(journal.RequestRequirement)] = requestFamily
	}
	s.Seed, s.Explore, s.Shard, s.Filter = o.Seed, o.Explore, o.Selection.Shard.String(), o.Selection.filter()
	s.ShardFrom, s.Dealing = o.Selection.Shard.From, c.hand.digest
	s.Strict, s.Command = o.Strict, o.Command
	s.Baseline, s.Pin = o.Terms.Baseline, o.Terms.Pin
	for _, has := range slices.Sorted(maps.Keys(t.Capabilities)) {
		if t.Capabilities[has] {
			s.Capabilities = append(s.Capabilities, string(has))
		}
	}
	for i, sc := range c.scenarios {
		plan := journal.Planned{Requirement: sc.Requirement.ID, Title: sc.Title, Kind: journal.KindScenario}
		if c.hand.places != nil {
			plan.Place = c.hand.places[i] + 1
		}
		s.Planned = append(s.Planned, plan)
		for _, one := range sc.Cases {
			s.Planned = append(s.Planned, journal.Planned{Requirement: one.Requirement.ID, Title: one.Title, Kind: journal.KindCase})
		}
	}
	s.Planned = append(s.Planned, watched...)
	return s
}

// about is what every run says of its contract.
func about(c *contract.Contract) *journal.RunStart {
	s := &journal.RunStart{GoVersion: runtime.Version(), ContractHash: c.Hash, ContractFile: c.File, Profile: c.Profile, Families: map[string]string{}}
	for _, f := range c.Families() {
		s.Families[f.Name] = f.Title
	}
	return s
}

// filter describes a selection for the record.
func (s Selection) filter() string {
	var parts []string
	if len(s.Requirements) > 0 {
		parts = append(parts, "requirement "+strings.Join(s.Requirements, ","))
	}
	for _, f := range s.Focus {
		parts = append(parts, fmt.Sprintf("focus %q", f))
	}
	if s.Labels != "" {
		parts = append(parts, fmt.Sprintf("label %q", s.Labels))
	}
	return strings.Join(parts, " and ")
}

// partial says that the run takes less than the whole pack, so that an exchange-judged requirement may well not be met by any exchange of it.
func (s Selection) partial() bool { return s.filter() != "" || s.Shard.Total > 1 }
