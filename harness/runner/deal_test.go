package runner

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/fixture"
)

func plain(n int) []card {
	cards := make([]card, n)
	for i := range cards {
		cards[i] = card{ID: fmt.Sprintf("RSZ-X-%03d", i+1), Cost: 1, Takes: map[fixture.State]int{fixture.Stopped: 1}}
	}
	return cards
}

func listing(counts map[fixture.State]int) *fixture.Inventory {
	inv := &fixture.Inventory{Servers: map[fixture.State][]fixture.Listed{}}
	for state, n := range counts {
		for i := range n {
			inv.Servers[state] = append(inv.Servers[state], fixture.Listed{ID: fmt.Sprintf("%s-%d", state, i)})
		}
	}
	return inv
}

func places(t *testing.T, cards []card, total int, inv *fixture.Inventory) [][]int {
	t.Helper()
	var all [][]int
	for i := 1; i <= total; i++ {
		h, err := deal(cards, Shard{Index: i, Total: total}, inv)
		if err != nil {
			t.Fatalf("shard %d/%d: %v", i, total, err)
		}
		all = append(all, h.places)
	}
	return all
}

func TestDeal(t *testing.T) {
	t.Parallel()
	spot := plain(6)
	spot[2].Takes = map[fixture.State]int{fixture.Stopped: 1, fixture.Spot: 1}
	spot[5].Takes = spot[2].Takes
	pair := plain(6)
	pair[4].Takes = map[fixture.State]int{fixture.Stopped: 2}
	heavy := plain(5)
	heavy[3].Cost = 4
	for _, c := range []struct {
		name  string
		cards []card
		inv   *fixture.Inventory
		total int
		want  [][]int
	}{
		{"no servers to divide: round like cards", plain(5), nil, 2, [][]int{{0, 2, 4}, {1, 3}}},
		{"a server for each", plain(5), listing(map[fixture.State]int{fixture.Stopped: 1, fixture.Running: 1}), 2, [][]int{{0, 2, 4}, {1, 3}}},
		{"one that takes long is as much as several", heavy, nil, 2, [][]int{{3}, {0, 1, 2, 4}}},
		{"one spot server: what takes it goes where it is", spot, listing(map[fixture.State]int{fixture.Stopped: 2, fixture.Spot: 1}), 2, [][]int{{2, 3, 5}, {0, 1, 4}}},
		{"no spot server: what takes one can go anywhere", spot, listing(map[fixture.State]int{fixture.Stopped: 2}), 2, [][]int{{0, 2, 4}, {1, 3, 5}}},
		{"two at the same time: where two are", pair, listing(map[fixture.State]int{fixture.Stopped: 3}), 2, [][]int{{1, 3, 4}, {0, 2, 5}}},
	} {
		if got := places(t, c.cards, c.total, c.inv); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// Whatever is dealt to however many shards: each scenario goes to one shard, no server to two, and a scenario finds as many servers as in the whole run, or as it takes.
func TestDealingKeepsItsPromises(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	dealt := 0
	for range 2000 {
		cards, counts := plain(1+random.IntN(40)), map[fixture.State]int{}
		for _, state := range fixture.States() {
			if n := random.IntN(9); n > 0 {
				counts[state] = n
			}
		}
		for i := range cards {
			cards[i].Cost = 1 + random.IntN(5)
			cards[i].Takes = map[fixture.State]int{fixture.Stopped: random.IntN(3)}
			if random.IntN(3) == 0 {
				cards[i].Takes[fixture.States()[1+random.IntN(8)].Group()] = 1 + random.IntN(2)
			}
		}
		inv, total := listing(counts), 1+random.IntN(8)
		first, firstErr := deal(cards, Shard{Index: 1, Total: total}, inv)
		holder, taken := make([]int, len(cards)), map[string]int{}
		for i := 1; i <= total; i++ {
			h, err := deal(cards, Shard{Index: i, Total: total}, inv)
			if fmt.Sprint(err) != fmt.Sprint(firstErr) || h.digest != first.digest {
				t.Fatalf("shards 1/%d and %d/%d do not agree: %v, %v", total, i, total, firstErr, err)
			}
			if err != nil {
				continue
			}
			dealt++
			for id := range h.share {
				if taken[id]++; taken[id] > 1 {
					t.Fatalf("server %s is in two shards", id)
				}
			}
			for _, at := range h.places {
				if holder[at]++; holder[at] > 1 {
					t.Fatalf("%s is in two shards", cards[at].ID)
				}
				for group, n := range cards[at].Takes {
					whole := len(inv.Servers[group])
					if group == fixture.Stopped {
						whole += len(inv.Servers[fixture.Running])
					}
					if len(inv.Servers) > 0 && h.share.Has(group) < min(n, whole) {
						t.Fatalf("%s takes %d of %s, of which there are %d, and shard %d/%d has %d", cards[at].ID, n, group, whole, i, total, h.share.Has(group))
					}
				}
			}
		}
		if firstErr == nil && slices.Contains(holder, 0) {
			t.Fatal("a scenario is in no shard")
		}
	}
	if dealt < 1000 {
		t.Errorf("only %d shards were dealt anything: the cases are too hard to show much", dealt)
	}
}

func TestEmptyShards(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		cards []card
		inv   *fixture.Inventory
		total int
		want  string
	}{
		{"more shards than scenarios", plain(5), nil, 6, "shard 6/6 is empty: only 5 scenarios are selected, so use at most 5 shards"},
		{"more shards than servers", plain(9), listing(map[fixture.State]int{fixture.Stopped: 2}), 4, "shard 3/4, 4/4 is empty: the inventory does not list so many servers that each shard has one of its own, so use at most 2 shards"},
	} {
		for i := 1; i <= c.total; i++ { // in each, so that none begins
			_, err := deal(c.cards, Shard{Index: i, Total: c.total}, c.inv)
			var usage *UsageError
			if !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, shard %d: got %v, want a usage error with %q", c.name, i, err, c.want)
			}
		}
	}
}
