package contract

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
)

// Words that stand in a condition for what a switch has.
const (
	whereAny   = "any"   // a list that is not empty
	whereNone  = "none"  // an empty list
	whereKnown = "known" // whatever it has, unless the edition does not know it
)

// Condition is what a row's where asks of one switch of x-profile-behaviour.
type Condition struct {
	Switch string
	Values []string // the value of the switch, or what its list must hold; or one of the words any, none, known
}

// String is how a reader sees it: "prepaid", "cpu_options v1.1".
func (c Condition) String() string {
	if slices.Equal(c.Values, []string{"true"}) {
		return c.Switch
	}
	return c.Switch + " " + strings.Join(c.Values, " and ")
}

// ReadWhere reads the where of a row: nil when there is none, and the promise is made everywhere.
func ReadWhere(row *yaml.Node) ([]Condition, error) {
	n := yamltree.Child(row, "where")
	if n == nil {
		return nil, nil
	}
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return nil, fmt.Errorf("where: want a mapping of switches to values, like {prepaid: true}; got %s", kindName(n))
	}
	var out []Condition
	for key, value := range yamltree.Pairs(n) {
		if !slices.Contains(BehaviourSwitches(), key) {
			return nil, fmt.Errorf("where: unknown behaviour switch %q%s", key, nearest.Hint(key, BehaviourSwitches()))
		}
		c := Condition{Switch: key}
		if value.Kind == yaml.ScalarNode {
			c.Values = []string{value.Value}
		}
		for _, item := range yamltree.Items(value) {
			c.Values = append(c.Values, item.Value)
		}
		if len(c.Values) == 0 || slices.Contains(c.Values, "") {
			return nil, fmt.Errorf("where: %s: want a value, or a list of them", key)
		}
		out = append(out, c)
	}
	return out, nil
}

// Edition is what conditions are held against: x-profile-behaviour and x-profile-unknown of a document.
type Edition struct{ behaviour, unknown *yaml.Node }

// EditionOf takes them from the mapping at the top of a document.
func EditionOf(root *yaml.Node) Edition {
	info := yamltree.Child(root, "info")
	return Edition{yamltree.Child(info, "x-profile-behaviour"), yamltree.Child(info, "x-profile-unknown")}
}

// Meets says whether all conditions hold. A switch that the document does not have meets none but none.
func (e Edition) Meets(where []Condition) bool {
	return !slices.ContainsFunc(where, func(c Condition) bool { return !e.meets(c) })
}

func (e Edition) meets(c Condition) bool {
	n := yamltree.Child(e.behaviour, c.Switch)
	var has []string
	for _, item := range yamltree.Items(n) {
		has = append(has, item.Value)
	}
	if n != nil && n.Kind == yaml.ScalarNode {
		has = []string{n.Value}
	}
	switch c.Values[0] {
	case whereAny:
		return len(has) > 0
	case whereNone:
		return len(has) == 0
	case whereKnown:
		return n != nil && yamltree.Child(e.unknown, c.Switch) == nil
	}
	return !slices.ContainsFunc(c.Values, func(v string) bool { return !slices.Contains(has, v) })
}

// lacks lists the codes that the edition's table of error codes does not have, of those that rows name (x-error-tables).
func (e Edition) lacks(root *yaml.Node) []string {
	var out []string
	for _, n := range yamltree.Items(yamltree.Child(yamltree.Child(root, "x-error-tables"), yamltree.Text(e.behaviour, "error_table"))) {
		out = append(out, n.Value)
	}
	return out
}
