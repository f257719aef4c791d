package coverage

import (
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/jsonpointer"
)

// onePlace says whether all violations are about one thing: then the request breaks that and nothing else.
func onePlace(list []journal.Violation) bool {
	return !slices.ContainsFunc(list, func(v journal.Violation) bool { return v.Part != list[0].Part || v.Pointer != list[0].Pointer })
}

// breach marks the one constraint that a request breaks.
func (m *marker) breach(op *operation, violations []journal.Violation, x *journal.Exchange) {
	for _, v := range violations {
		switch v.Part {
		case partMediaType:
			for _, b := range op.bodies {
				m.broke(b.own)
			}
		case partBody:
			for _, b := range op.bodies {
				m.bodyBreach(b.node, v, x.RequestBody)
			}
		default:
			for _, par := range op.params {
				if par.in == v.Part && strings.EqualFold(par.name, v.Pointer) && par.node != nil {
					m.broke(par.node.rules[v.Keyword])
				}
			}
		}
	}
}

func (m *marker) bodyBreach(root *node, v journal.Violation, recorded journal.Body) {
	if root == nil {
		return
	}
	tokens := jsonpointer.Split(v.Pointer)
	if v.Keyword == "null-body" { // the strict layer's word for a null where an object is wanted
		m.broke(root.rules[keyType])
		return
	}
	for _, n := range root.at(tokens) {
		m.broke(n.rules[v.Keyword])
		for _, a := range n.alts {
			if a.keyword == v.Keyword {
				m.broke(a.own)
			}
		}
		if value, ok := decoded(recorded); ok && (v.Keyword == "oneOf" || v.Keyword == "anyOf") {
			if part, there := member(value, tokens); there {
				m.withinAlternatives(n, part)
			}
		}
	}
}

// withinAlternatives finds what is wrong within the one alternative that was meant: a violation of oneOf only says that none fits. Meant is the one
// whose mandatory members are there.
func (m *marker) withinAlternatives(n *node, value any) {
	members, ok := value.(map[string]any)
	if !ok {
		for _, a := range n.alts {
			if a.node != nil && a.node.schema.Type.Is(openapi3.TypeObject) {
				m.broke(a.node.rules[keyType]) // of all of them, whichever was meant
			}
		}
		return
	}
	for _, a := range n.alts {
		if a.node == nil || slices.ContainsFunc(a.node.schema.Required, func(name string) bool { _, there := members[name]; return !there }) {
			continue
		}
		var found []*openapi3.SchemaError
		collect(a.node.schema.VisitJSON(value, openapi3.MultiErrors()), &found)
		for _, f := range found {
			keyword := f.SchemaField
			if keyword == keyNullable {
				keyword = keyType
			}
			for _, at := range a.node.at(f.JSONPointer()) {
				m.broke(at.rules[keyword])
				if keyword == keyEnum && !typed(at.schema.Type, f.Value) { // the engine stops at the enum
					m.broke(at.rules[keyType])
				}
			}
		}
	}
}

// typed says whether a value is of one of the types that a schema names.
func typed(types *openapi3.Types, value any) bool {
	switch value.(type) {
	case string:
		return types.Permits(openapi3.TypeString)
	case bool:
		return types.Permits(openapi3.TypeBoolean)
	case map[string]any:
		return types.Permits(openapi3.TypeObject)
	case []any:
		return types.Permits(openapi3.TypeArray)
	case nil:
		return false
	}
	return types.Permits(openapi3.TypeNumber) || types.Permits(openapi3.TypeInteger)
}

func collect(err error, out *[]*openapi3.SchemaError) {
	switch e := err.(type) {
	case openapi3.MultiError:
		for _, inner := range e {
			collect(inner, out)
		}
	case *openapi3.SchemaError:
		*out = append(*out, e)
	}
}

// at gives the places that a pointer into a value leads to.
func (n *node) at(tokens []string) []*node {
	if n == nil {
		return nil
	}
	if len(tokens) == 0 {
		return []*node{n}
	}
	var out []*node
	if child := n.props[tokens[0]]; child != nil {
		out = child.at(tokens[1:])
	} else if n.items != nil {
		out = n.items.at(tokens[1:])
	} else {
		out = n.other.at(tokens[1:])
	}
	for _, a := range n.alts {
		out = append(out, a.node.at(tokens)...)
	}
	return out
}

func member(value any, tokens []string) (any, bool) {
	for _, t := range tokens {
		switch v := value.(type) {
		case map[string]any:
			inner, ok := v[t]
			if !ok {
				return nil, false
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(t)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}
