package cases

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/jsonpointer"
)

func (r *request) objectCases(s site, depth int) {
	whole, _ := r.smallest(s.schema, s.pointer).(*object)
	for _, name := range s.schema.Required {
		k := constraint{part: "body", pointer: s.pointer + "/" + jsonpointer.Escape(name), keyword: "required", within: s.within, side: contract.Outside, name: s.named("missing"),
			what: fmt.Sprintf("%s has no member %s", orBody(s.pointer), name)}
		r.add(k, func(c *Case, dry bool) { c.Body = r.dressed(s.place(whole.without(name)), "", dry) })
		if other := otherCase(name); other != name {
			k.keyword, k.judged, k.name = contract.KeywordOtherName, "required", other
			k.what = fmt.Sprintf("%s has %s in place of %s", orBody(s.pointer), other, name)
			r.add(k, func(c *Case, dry bool) { c.Body = r.dressed(s.place(whole.renamed(name, other)), "", dry) })
		}
	}
	unknown := constraint{part: "body", pointer: s.pointer, keyword: contract.KeywordUndeclared, within: s.within, side: contract.Outside, name: s.named(unknownMember), valid: true,
		what: orBody(s.pointer) + " has a member that nobody knows"}
	if closed(s.schema) {
		unknown.keyword, unknown.valid, unknown.pointer = "additionalProperties", false, s.pointer+"/"+unknownMember
	}
	if extra := s.schema.AdditionalProperties.Schema; extra == nil {
		r.add(unknown, func(c *Case, dry bool) { c.Body = r.dressed(s.place(whole.with(unknownMember, raw("true"))), "", dry) })
	} else {
		r.walk(r.below(s, whole, unknownMember, extra.Value), depth+1)
	}
	for _, name := range members(s.schema) {
		r.walk(r.below(s, whole, name, s.schema.Properties[name].Value), depth+1)
	}
}

// unknownMember is a name that no schema of the contract declares.
const unknownMember = "x-unknown"

func closed(schema *openapi3.Schema) bool {
	return schema.AdditionalProperties.Has != nil && !*schema.AdditionalProperties.Has
}

// below is the place of a member.
func (r *request) below(s site, whole *object, name string, schema *openapi3.Schema) site {
	return site{pointer: s.pointer + "/" + jsonpointer.Escape(name), schema: schema, within: s.within, place: func(v value) value { return s.place(whole.with(name, v)) }}
}

// members lists the declared members: those that are required in their order, then the others sorted.
func members(schema *openapi3.Schema) []string {
	var rest []string
	for name := range schema.Properties {
		if !slices.Contains(schema.Required, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(slices.DeleteFunc(slices.Clone(schema.Required), func(n string) bool { return schema.Properties[n] == nil }), rest...)
}

func (r *request) arrayCases(s site, depth int) {
	if s.schema.Items == nil {
		return
	}
	item := s.schema.Items.Value
	of := func(n uint64) value {
		return array(slices.Repeat([]value{r.smallest(item, s.pointer+"/0")}, int(n)))
	}
	count := func(keyword string, side contract.Side, n uint64) {
		r.at(s, variant{keyword, "", side, strconv.FormatUint(n, 10), of(n)})
	}
	if s.schema.MinItems > 0 {
		count("minItems", contract.On, s.schema.MinItems)
		count("minItems", contract.Outside, s.schema.MinItems-1)
	}
	if most := s.schema.MaxItems; most != nil && *most <= mostItems {
		count("maxItems", contract.On, *most)
		count("maxItems", contract.Outside, *most+1)
	}
	if s.schema.UniqueItems {
		r.at(s, variant{"uniqueItems", "", contract.Outside, "twice", of(2)})
	}
	r.walk(site{pointer: s.pointer + "/0", schema: item, within: s.within, place: func(v value) value { return s.place(array{v}) }}, depth+1)
}

// mostItems is the longest list that is tried.
const mostItems = 10_000

// smallest is the smallest valid value of a schema: objects with what they must have, lists with as many items as they must have.
func (r *request) smallest(schema *openapi3.Schema, pointer string) value {
	for _, list := range []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf} {
		if len(list) > 0 {
			return r.smallest(list[0].Value, pointer)
		}
	}
	if len(schema.AllOf) > 0 {
		whole := &object{}
		for _, part := range schema.AllOf {
			if o, isObject := r.smallest(part.Value, pointer).(*object); isObject {
				for _, m := range o.members {
					whole = whole.with(m.name, m.value)
				}
			}
		}
		return whole
	}
	switch {
	case schema.Type.Is("object"):
		o := &object{}
		for _, name := range schema.Required {
			if p := schema.Properties[name]; p != nil {
				o = o.with(name, r.smallest(p.Value, pointer+"/"+jsonpointer.Escape(name)))
			}
		}
		return o
	case schema.Type.Is("array"):
		list := array{}
		for range schema.MinItems {
			list = append(list, r.smallest(schema.Items.Value, pointer+"/0"))
		}
		return list
	}
	return r.smallestScalar(schema, pointer)
}
