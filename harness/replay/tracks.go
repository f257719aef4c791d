package replay

import (
	"slices"
	"sort"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// tracks divides what a scenario sent at the same time, by the servers that it is about: each track is sent by itself, one exchange after the other. A scenario that sent one
// exchange after the other is one track.
//
// Requests that overlapped and wanted to change the same server are put in an order that gives what was answered: first those that were accepted, then those that were
// refused because of them. The record does not tell another one.
func tracks(all []*journal.Exchange) [][]*journal.Exchange {
	if !concurrent(all) {
		return [][]*journal.Exchange{all}
	}
	t := &threading{of: map[string]int{}}
	place := make([]int, len(all))
	for i, x := range all {
		place[i] = t.place(x)
	}
	by := map[int][]*journal.Exchange{}
	var order []int
	for i, x := range all {
		root := t.root(place[i])
		if by[root] == nil {
			order = append(order, root)
		}
		by[root] = append(by[root], x)
	}
	var out [][]*journal.Exchange
	for _, root := range order {
		out = append(out, linear(by[root]))
	}
	return out
}

// concurrent says that an exchange began before the one before it had ended.
func concurrent(all []*journal.Exchange) bool {
	for i := 1; i < len(all); i++ {
		if overlap(all[i-1], all[i]) {
			return true
		}
	}
	return false
}

func overlap(a, b *journal.Exchange) bool {
	return a.Start.Before(b.Start.Add(b.Duration)) && b.Start.Before(a.Start.Add(a.Duration))
}

// threading joins what has an id in common.
type threading struct {
	of     map[string]int // id -> track
	parent []int
}

func (t *threading) root(i int) int {
	for t.parent[i] != i {
		i = t.parent[i]
	}
	return i
}

// place finds the track of an exchange. What names nothing that is known goes with the first.
func (t *threading) place(x *journal.Exchange) int {
	ids := recording.IDs(x)
	found := -1
	for _, id := range ids {
		if at, has := t.of[id]; has {
			at = t.root(at)
			if found >= 0 && found != at {
				t.parent[at] = found
			} else {
				found = at
			}
		}
	}
	if found < 0 {
		if len(ids) == 0 && len(t.parent) > 0 {
			return 0
		}
		found = len(t.parent)
		t.parent = append(t.parent, found)
	}
	for _, id := range ids {
		t.of[id] = found
	}
	return found
}

// linear puts changes that overlapped in an order in which they can have had their answers.
func linear(all []*journal.Exchange) []*journal.Exchange {
	all = slices.Clone(all)
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && recording.Changes(all[i]) && slices.ContainsFunc(all[i:end], func(x *journal.Exchange) bool { return recording.Changes(x) && overlap(x, all[end]) }) {
			end++
		}
		group := all[i:end]
		sort.SliceStable(group, func(a, b int) bool { return accepted(group[a]) && !accepted(group[b]) })
		i = end
	}
	return all
}

func accepted(x *journal.Exchange) bool { return x.Status/100 == 2 && recording.Changes(x) }
