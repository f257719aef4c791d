package conduct

import (
	"cmp"
	"slices"
)

// breaches collects what a call breaks. The first breach of a requirement stands for all of it, and distorts if one of them does.
type breaches struct{ list []Breach }

func (b *breaches) add(found Breach) {
	if i := slices.IndexFunc(b.list, func(other Breach) bool { return other.Requirement == found.Requirement }); i >= 0 {
		b.list[i].Distorts = b.list[i].Distorts || found.Distorts
		return
	}
	b.list = append(b.list, found)
}

func (b *breaches) sorted() []Breach {
	slices.SortFunc(b.list, func(x, y Breach) int { return cmp.Compare(x.Requirement, y.Requirement) })
	return b.list
}
