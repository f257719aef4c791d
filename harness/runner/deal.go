package runner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// card is what dealing sees of a scenario.
type card struct {
	ID    string
	Cost  int                   // how long it takes, compared with others
	Takes map[fixture.State]int // how many servers of a group at the same time (suites.Scenario.Takes)
}

// casesACost is how many cases take about as long as a scenario that resizes: most of them are refused at once.
const casesACost = 50

// cardOf counts nothing for a scenario that is not applicable to the target, so that no shard has only such ones while others have much to do. explore is as in Options;
// t is nil where there is no target.
func cardOf(s suites.Scenario, t *target.Target, explore int) card {
	c := card{ID: s.Requirement.ID, Cost: 1 + s.Weight()/casesACost, Takes: s.Takes()}
	if t == nil {
		return c
	}
	lacks := func(need string) bool { return !t.Capabilities[target.Capability(need)] }
	if slices.ContainsFunc(s.Requirement.Needs, lacks) || s.Explores() && (explore < 0 || explore == 0 && !t.Embedded) {
		c.Cost = 0
	}
	return c
}

// hand is what a shard was dealt.
type hand struct {
	places []int         // of its scenarios in the selection, ascending
	share  fixture.Share // of the servers; nil where they are not divided
	digest string        // of the whole dealing: shards with the same one fit together
}

// deal deals scenarios, and the servers of an inventory (nil: none to be divided), to the shards of a run. It depends on nothing but its arguments, so that shards on
// several machines need not speak to each other: every scenario goes to exactly one shard, no server to two, and a scenario goes to a shard that has the servers it takes.
//
// The last can be had always: the first shard has enough of everything (fixture.Inventory.Shares). A scenario that takes more than the whole inventory lists goes where
// all of those are: what it finds there is what the whole run would find.
func deal(cards []card, s Shard, inventory *fixture.Inventory) (hand, error) {
	if inventory == nil {
		inventory = &fixture.Inventory{}
	}
	listed, most := map[fixture.State]int{}, map[fixture.State]int{}
	for state, list := range inventory.Servers {
		listed[state.Group()] += len(list)
	}
	for _, c := range cards {
		for group, n := range c.Takes {
			most[group] = max(most[group], n)
		}
	}
	shares := inventory.Shares(s.Total, most)
	able := make([]int, len(cards)) // shards 1 to able[i] can carry card i out: of everything a shard has no less than the shards behind it
	for i, c := range cards {
		able[i] = s.Total
		for group, n := range c.Takes {
			n = min(n, listed[group])
			for able[i] > 1 && shares[able[i]-1].Has(group) < n {
				able[i]--
			}
		}
	}
	order := make([]int, len(cards))
	for i := range order {
		order[i] = i
	}
	// Those that can go to few shards come first, then those that take long: what is left evens the shards out.
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(able[a], able[b]), cmp.Compare(cards[b].Cost, cards[a].Cost))
	})
	to, load, held := make([]int, len(cards)), make([]int, s.Total), make([]int, s.Total)
	for _, i := range order {
		choice := load[:able[i]]
		to[i] = slices.Index(choice, slices.Min(choice))
		load[to[i]] += cards[i].Cost
		held[to[i]]++
	}
	if err := emptyShards(held, len(cards), len(listed) > 0); err != nil {
		return hand{}, err
	}
	h := hand{digest: digestOf(cards, to, shares)}
	for i := range cards {
		if to[i] == s.Index-1 {
			h.places = append(h.places, i)
		}
	}
	if len(listed) > 0 {
		h.share = shares[s.Index-1]
	}
	return h, nil
}

// emptyShards is an error where a shard has nothing to do; it is the same in every shard, so that nobody begins what cannot become whole.
func emptyShards(held []int, scenarios int, divided bool) error {
	var empty []string
	for i, n := range held {
		if n == 0 {
			empty = append(empty, fmt.Sprintf("%d/%d", i+1, len(held)))
		}
	}
	if len(empty) == 0 {
		return nil
	}
	why := fmt.Sprintf("only %d scenarios are selected", scenarios)
	if divided && scenarios >= len(held) {
		why = "the inventory does not list so many servers that each shard has one of its own"
	}
	return &UsageError{fmt.Sprintf("shard %s is empty: %s, so use at most %d shards", strings.Join(empty, ", "), why, len(held)-len(empty))}
}

// digestOf is the same for two dealings when all of their hands are.
func digestOf(cards []card, to []int, shares []fixture.Share) string {
	sum := sha256.New()
	for i, c := range cards {
		fmt.Fprintf(sum, "%s %d\n", c.ID, to[i])
	}
	for _, share := range shares {
		_, _ = io.WriteString(sum, strings.Join(share.IDs(), " ")+"\n") // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// choice is what a run takes of the pack.
type choice struct {
	pack      *suites.Pack
	scenarios []suites.Scenario
	hand      hand // the zero value where it is no shard
	of        int  // how many scenarios the run has in all its shards
}

// Chosen gives the scenarios that a run with the target takes; explore is as in Options. Where it is a shard, the target keeps the shard's servers and no others from then on. The error is a
// *UsageError or a *HarnessError.
func Chosen(t *target.Target, s Selection, explore int) ([]suites.Scenario, error) {
	c, err := choosing(t, s, explore)
	return c.scenarios, err
}

func choosing(t *target.Target, s Selection, explore int) (choice, error) {
	pack, err := suites.New(t.Contract)
	if err != nil {
		return choice{}, &HarnessError{err.Error()}
	}
	if t.Under == nil {
		if err := clientsWanted(pack, s); err != nil {
			return choice{}, err
		}
		pack = pack.OfServers()
	}
	shard := s.Shard
	s.Shard = Shard{}
	all, err := Choose(pack, s)
	if err != nil || shard.Total == 0 {
		return choice{pack: pack, scenarios: all, of: len(all)}, err
	}
	divided := t.Inventory
	if shard.OwnServers || shard.Total == 1 {
		divided = nil
	}
	if divided != nil && len(divided.Servers) > 0 && t.OneWay {
		return choice{}, &UsageError{fmt.Sprintf("shard %s: in this edition a server cannot be made smaller again, so that a resized one may serve only once, and how far a part of the servers goes cannot be told "+
			"beforehand. Run it whole with --procs, or give each shard an inventory of its own and --shard-servers own", shard)}
	}
	h, err := dealScenarios(all, shard, t, explore, divided)
	if err != nil {
		return choice{}, err
	}
	if h.share != nil {
		t.Keep(h.share)
	}
	return choice{pack: pack, scenarios: pick(all, h.places), hand: h, of: len(all)}, nil
}

func dealScenarios(all []suites.Scenario, shard Shard, t *target.Target, explore int, inventory *fixture.Inventory) (hand, error) {
	cards := make([]card, len(all))
	for i, s := range all {
		cards[i] = cardOf(s, t, explore)
	}
	return deal(cards, shard, inventory)
}

func pick(all []suites.Scenario, places []int) []suites.Scenario {
	mine := make([]suites.Scenario, len(places))
	for i, at := range places {
		mine[i] = all[at]
	}
	return mine
}

// told says for the record what a shard was dealt; "" for a whole run.
func (c choice) told(s Shard) string {
	if s.Total == 0 {
		return ""
	}
	text := fmt.Sprintf("shard %s has %d of %d scenarios", s, len(c.scenarios), c.of)
	if c.hand.share != nil {
		text += fmt.Sprintf(", and of the servers that the inventory lists these %d and no others: %s", len(c.hand.share), strings.Join(c.hand.share.IDs(), ", "))
	}
	if s.From != "" {
		text += "; which shard this is says " + s.From
	}
	return text
}
