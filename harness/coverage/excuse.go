package coverage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// keyExcuse is the member that says why something is not exercised. It stands on an operation, a parameter, a response, a header or a schema. A text
// excuses the thing and all below it. A mapping excuses single things below it, each by a path:
//
//	on an operation   the status of an answer ('429'), the name of a parameter, or the id of one of its requirements
//	on a schema       a property, a keyword, or one value of an enum ("enum/DELETED"); steps are separated by "/": "fault/code", "*" for items and other members
//	anywhere          the same with "/negative" at its end: only breaking it is excused; or with "/sometimes": some runs exercise it, and none has to
const keyExcuse = "x-not-exercised"

const (
	suffixNegative  = "/negative"
	suffixSometimes = "/sometimes"
)

// excuse is one reason in the contract and what it is a reason for.
type excuse struct {
	at       string // pointer of the thing on which it stands, with the path when it stands in a mapping
	reason   string
	negative bool
	chance   bool       // what it excuses may be exercised all the same
	elements []*Element // what it excuses, down to the leaves
}

// scope is what is excused at a place: all of it, or single things below.
type scope struct {
	all   *excuse
	below []rule
}

// rule excuses one path below the place.
type rule struct {
	path string
	e    *excuse
}

// excuses reads and remembers every excuse once, however many operations lead to it.
type excuses struct {
	byPlace map[string]*excuse
	order   []*excuse
	errs    []error
}

func (x *excuses) get(at, reason string, negative, chance bool) *excuse {
	if e := x.byPlace[at]; e != nil {
		return e
	}
	e := &excuse{at: at, reason: strings.TrimSpace(reason), negative: negative, chance: chance}
	if e.reason == "" {
		x.errs = append(x.errs, fmt.Errorf("%s: %s without a reason", at, keyExcuse))
	}
	x.byPlace[at] = e
	x.order = append(x.order, e)
	return e
}

// enter gives the scope at a place that has these extensions. Within what is excused as a whole nothing more is.
func (x *excuses) enter(outer scope, at string, extensions map[string]any) scope {
	if outer.all != nil {
		return outer
	}
	switch v := extensions[keyExcuse].(type) {
	case nil:
	case string:
		outer.all = x.get(at, v, false, false)
	case map[string]any:
		outer.below = slices.Clone(outer.below)
		for _, path := range slices.Sorted(maps.Keys(v)) {
			reason, ok := v[path].(string)
			if !ok {
				x.errs = append(x.errs, fmt.Errorf("%s: %s %q: want a reason in words", at, keyExcuse, path))
				continue
			}
			bare, negative := strings.CutSuffix(path, suffixNegative)
			bare, chance := strings.CutSuffix(bare, suffixSometimes)
			outer.below = append(outer.below, rule{bare, x.get(at+" "+path, reason, negative, chance)})
		}
	default:
		x.errs = append(x.errs, fmt.Errorf("%s: %s: want a reason in words, or a mapping of paths to reasons", at, keyExcuse))
	}
	return outer
}

// step goes down by one name.
func (s scope) step(name string) scope {
	out := scope{all: s.all}
	for _, r := range s.below {
		if r.path == name && !r.e.negative && out.all == nil {
			out.all = r.e
		}
		if rest, ok := strings.CutPrefix(r.path, name+"/"); ok {
			out.below = append(out.below, rule{rest, r.e})
		}
		if r.path == name && r.e.negative {
			out.below = append(out.below, rule{"", r.e})
		}
	}
	return out
}

// apply excuses an element that stands at the place itself.
func (s scope) apply(e *Element) {
	if s.all != nil {
		e.Reason = s.all.reason
		s.all.elements = append(s.all.elements, e)
	}
	for _, r := range s.below {
		if r.path == "" && r.e.negative && e.TwoSided {
			e.NegativeReason = r.e.reason
			r.e.elements = append(r.e.elements, e)
		}
	}
}

// stale lists the excuses that hold for nothing, and those whose thing was exercised after all.
func (p *plan) stale() []string {
	var out []string
	for _, x := range p.excuses.order {
		switch {
		case len(x.elements) == 0:
			out = append(out, fmt.Sprintf("%s: %s: %s excuses nothing (%s)", p.contract.Locate(place(x.at)), keyExcuse, x.at, x.reason))
		case !x.chance:
			if e := x.doneAfterAll(); e != nil {
				out = append(out, fmt.Sprintf("%s: %s: %s was exercised after all (exchange %d)", p.contract.Locate(place(x.at)), keyExcuse, e, e.First))
			}
		}
	}
	return out
}

// doneAfterAll is an exercised element among those that stand where the excuse does: the same thing, in each operation that has it.
func (x *excuse) doneAfterAll() *Element {
	for _, e := range x.elements {
		if top := x.elements[0]; e.Kind == top.Kind && e.Pointer == top.Pointer && e.Value == top.Value && e.done(x.negative) {
			return e
		}
	}
	return nil
}

// place is the pointer within excuse.at.
func place(at string) string {
	pointer, _, _ := strings.Cut(at, " ")
	return pointer + "/" + keyExcuse
}

func (e *Element) done(negative bool) bool {
	if negative {
		return e.Negative > 0
	}
	return e.Positive > 0
}
