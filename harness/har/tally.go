package har

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// tally counts entries by what is to be said of them.
type tally map[string]*counter

type counter struct {
	n     int
	first string
	order int
}

func (t tally) add(what string, e *Entry) {
	c := t[what]
	if c == nil {
		c = &counter{first: e.Where(), order: len(t)}
		t[what] = c
	}
	c.n++
}

func (t tally) tell() []string {
	whats := slices.SortedFunc(maps.Keys(t), func(a, b string) int { return cmp.Compare(t[a].order, t[b].order) })
	for i, what := range whats {
		c := t[what]
		if whats[i] = what + ": " + c.first; c.n > 1 {
			whats[i] = fmt.Sprintf("%s: %d entries, the first %s", what, c.n, c.first)
		}
	}
	return whats
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
