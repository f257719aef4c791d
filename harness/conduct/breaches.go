package conduct

import (
	"cmp"
	"slices"
)

// breaches collects what a call breaks. The first breach of a requirement stands for all of it.
type breaches struct{ list []Breach }

func (b *breaches) add(found Breach) {
	if !slices.ContainsFunc(b.list, func(other Breach) bool { return other.Requirement == found.Requirement }) {
		b.list = append(b.list, found)
	}
}

func (b *breaches) sorted() []Breach {
	slices.SortFunc(b.list, func(x, y Breach) int { return cmp.Compare(x.Requirement, y.Requirement) })
	return b.list
}
