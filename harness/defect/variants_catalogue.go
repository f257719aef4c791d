package defect

import (
	"strconv"
	"strings"

	"resize-conformance/harness/emulator"
)

// catalogueVariants sell their flavors under other names: a program must not make a name from a series, a size and a ratio, nor read one out of it.
func catalogueVariants() []Variant {
	words := strings.NewReplacer(".", "-", "s3", "hg9", "s6", "kc2", "c6", "Flex_4")
	return []Variant{
		{Name: "other-flavor-names", Title: "names its flavors in another way", Freedom: "no source promises a flavor's name", Apply: underNames(func(_ int, name string) string { return words.Replace(name) })},
		{Name: "numbered-flavors", Title: "names its flavors by numbers", Freedom: "no source promises a flavor's name", Apply: underNames(func(i int, _ string) string { return strconv.Itoa(100 + i) })},
	}
}

// underNames sells the flavors that are there under other names; call gives the new name of the i-th.
func underNames(call func(i int, name string) string) func(*emulator.Config) {
	return func(c *emulator.Config) {
		state, err := emulator.DefaultState(c.Profile)
		if err != nil {
			return // the emulator says it better when it is made
		}
		names := map[string]string{"": ""}
		for i := range state.Flavors {
			f := &state.Flavors[i]
			names[f.ID] = call(i, f.ID)
			f.ID = names[f.ID]
		}
		state.DefaultFlavor = names[state.DefaultFlavor]
		for i := range state.Reachable {
			r := &state.Reachable[i]
			r.From, r.To = translated(r.From, names), translated(r.To, names)
		}
		for i := range state.Servers {
			state.Servers[i].Flavor = names[state.Servers[i].Flavor]
		}
		c.State = state
	}
}

func translated(list []string, names map[string]string) []string {
	out := make([]string, len(list))
	for i, name := range list {
		out[i] = names[name]
	}
	return out
}
