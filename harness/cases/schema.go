package cases

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/contract"
)

// site is a place in a body: what is demanded there, and how to make a whole body with some value at that place, everything around it being as small as can be.
type site struct {
	pointer string
	schema  *openapi3.Schema
	within  string
	branch  int // which branch of the oneOf or anyOf that stands at this very place; 0: none does
	place   func(value) value
}

// named tells what is done at a place in the second and later branches from the same in the first.
func (s site) named(name string) string {
	if s.branch > 1 {
		return name + "-" + strconv.Itoa(s.branch)
	}
	return name
}

// deepest bounds the walk through schemas that refer to themselves.
const deepest = 12

// walk derives the cases of a place and of all below it.
func (r *request) walk(s site, depth int) {
	if depth > deepest {
		return
	}
	for _, part := range s.schema.AllOf {
		inner := s
		inner.schema = part.Value
		r.walk(inner, depth+1)
	}
	for _, list := range []openapi3.SchemaRefs{s.schema.OneOf, s.schema.AnyOf} {
		for i, branch := range list {
			inner := s
			inner.schema, inner.within, inner.branch = branch.Value, s.pointer, i+1
			r.walk(inner, depth+1)
		}
	}
	r.typeCases(s)
	for _, v := range r.scalar(s.schema, s.pointer, r.undocumented("body", s.pointer, "enum", contract.Outside)) {
		r.at(s, v)
	}
	switch {
	case s.schema.Type.Is("object"):
		r.objectCases(s, depth)
	case s.schema.Type.Is("array"):
		r.arrayCases(s, depth)
	}
}

// variant is a value to stand at a place.
type variant struct {
	keyword string
	judged  string
	side    contract.Side
	name    string
	value   value
}

// at makes a case of a value at a place.
func (r *request) at(s site, v variant) {
	k := constraint{part: "body", pointer: s.pointer, keyword: v.keyword, judged: v.judged, within: s.within, side: v.side, name: s.named(v.name),
		what: fmt.Sprintf("%s is %s", orBody(s.pointer), shown(v.value))}
	r.add(k, func(c *Case, dry bool) { c.Body = r.dressed(s.place(v.value), s.pointer, dry) })
}

func orBody(pointer string) string {
	if pointer == "" {
		return "the body"
	}
	return pointer
}

// shown is a value as a list of cases shows it.
func shown(v value) string {
	const longest = 60
	text := string(render(v))
	if len(text) > longest {
		return text[:longest] + "…"
	}
	return text
}

// dressed writes a body, as a dry run where it can be one and dry_run is not what the case is about.
func (r *request) dressed(v value, pointer string, dry bool) []byte {
	if o, isObject := v.(*object); isObject && dry && r.dry && pointer != "/dry_run" {
		v = o.with("dry_run", raw("true"))
	}
	return threaded(render(v))
}

// threaded takes the flavor that allows a choice of threads where a body makes one.
func threaded(body []byte) []byte {
	if strings.Contains(string(body), `"hw:cpu_threads"`) {
		return []byte(strings.ReplaceAll(string(body), Flavor, Threaded))
	}
	return body
}

// typeCases are the other JSON types, null among them.
func (r *request) typeCases(s site) {
	if s.schema.Type == nil {
		return
	}
	valid := r.smallest(s.schema, s.pointer)
	r.at(s, variant{"type", "", contract.Inside, kindOf(s.schema), valid})
	if s.branch > 1 {
		return // what is of another type than the first branch wants is of another type here as well
	}
	// That a text keeps the schema does not make it mean anything, so that this one is sent only where no source says that it is accepted.
	free := free(s.schema) && !stands(s.pointer) && s.schema.MinLength <= 3 && (s.schema.MaxLength == nil || *s.schema.MaxLength >= 3)
	if free && s.schema.Type.Is("string") && r.undocumented("body", s.pointer, "type", contract.Inside) {
		r.at(s, variant{"type", "", contract.Inside, "non-ascii", text("\u00fc\u6f22\U0001f680")})
	}
	others := []variant{
		{name: "string", value: raw(`"x"`)}, {name: "number", value: raw("1")}, {name: "boolean", value: raw("true")}, {name: "array", value: array{valid}},
		{name: "object", value: &object{[]member{{"id", valid}}}},
	}
	switch {
	case s.schema.Type.Is("boolean"):
		others[0].value = raw(`"true"`) // what reads any text as its boolean sense would take it
	case s.schema.Type.Is("integer"), s.schema.Type.Is("number"):
		others[0].value = text(string(render(valid)))
	}
	few := r.undocumented("body", s.pointer, "type", contract.Outside)
	for _, o := range others {
		if s.schema.Type.Is(o.name) || o.name == "number" && s.schema.Type.Is("integer") {
			continue
		}
		if few && !telling(s.schema, o.name) {
			continue
		}
		o.keyword, o.side = "type", contract.Outside
		r.at(s, o)
	}
	if s.schema.Type.Is("integer") {
		r.at(s, variant{"type", "", contract.Outside, "fraction", raw("1.5")})
	}
	switch {
	case s.pointer == "": // null for the whole body is a matter of its bytes
	case s.schema.Nullable:
		r.at(s, variant{contract.KeywordNullable, "", contract.On, "null", raw("null")})
	default:
		r.at(s, variant{contract.KeywordNullable, "type", contract.Outside, "null", raw("null")})
	}
}

// telling picks two of the types that a value is not to have: one that a careless reader takes for the right one, and one that it stumbles over.
func telling(schema *openapi3.Schema, name string) bool {
	switch {
	case schema.Type.Is("string") && slices.Contains(schema.Enum, any("true")):
		return name == "boolean" || name == "object"
	case schema.Type.Is("string"):
		return name == "number" || name == "object"
	case schema.Type.Is("object"):
		return name == "string" || name == "array"
	}
	return name == "string" || name == "object"
}

// free says that a schema demands no more of a text than a length.
func free(schema *openapi3.Schema) bool {
	return schema.Pattern == "" && schema.Format == "" && len(schema.Enum) == 0
}

func kindOf(schema *openapi3.Schema) string {
	if types := schema.Type.Slice(); len(types) > 0 {
		return types[0]
	}
	return "any"
}

func (r *request) objectCases(s site, depth int) {
	whole, _ := r.smallest(s.schema, s.pointer).(*object)
	for _, name := range s.schema.Required {
		k := constraint{part: "body", pointer: s.pointer + "/" + escape(name), keyword: "required", within: s.within, side: contract.Outside, name: s.named("missing"),
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
	return site{pointer: s.pointer + "/" + escape(name), schema: schema, within: s.within, place: func(v value) value { return s.place(whole.with(name, v)) }}
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
				o = o.with(name, r.smallest(p.Value, pointer+"/"+escape(name)))
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

// escape writes a name as a token of a JSON pointer.
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
