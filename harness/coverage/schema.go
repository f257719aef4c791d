package coverage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/jsonpointer"
)

// The words of journal.Violation that coverage tells apart.
const (
	inRequest     = "request"
	inResponse    = "response"
	partMediaType = "media-type"
	partHeader    = "header"
	partBody      = "body"

	keyRequired = "required"
	keyNullable = "nullable"
	keyEnum     = "enum"
	keyType     = "type"
	keyItems    = "items"
	keyOther    = "additionalProperties"
)

// node is one place of a schema and its elements.
type node struct {
	schema *openapi3.Schema
	own    *Element            // that it was there
	rules  map[string]*Element // by keyword
	values []enumValue         // of an enum
	props  map[string]*node
	items  *node
	other  *node // additionalProperties
	alts   []alternative

	// Of the root of an answer: its elements in the plan, and the excuse of each answer that has it, nil for none.
	from, to int
	uses     []*excuse
}

type enumValue struct {
	json string
	own  *Element
}

// alternative is one schema of a oneOf, anyOf or allOf.
type alternative struct {
	keyword string
	own     *Element
	node    *node
}

// walker takes a schema apart.
type walker struct {
	plan    *plan
	base    Element
	request bool
	text    bool // a parameter: every value is text, so that type string cannot be broken
	path    bool // a path parameter: an empty one is another path
	within  bool // the schema that comes next is an alternative of the one before
}

// rule adds one constraint.
func (w *walker) rule(spec, pointer, keyword, value string, canBreak bool, s scope) *Element {
	e := w.base
	e.Kind, e.Pointer, e.Keyword, e.Value, e.SpecPointer, e.TwoSided = KindConstraint, pointer, keyword, value, spec, w.request && canBreak
	s = s.step(keyword)
	if value != "" {
		s = s.step(unquoted(value))
	}
	return w.plan.add(&e, s)
}

// walk takes apart the schema at a pointer of the document, and what is below it unless it is below itself.
func (w *walker) walk(ref *openapi3.SchemaRef, spec, pointer string, s scope, above []*openapi3.Schema) *node {
	spec = target(ref.Ref, spec)
	v := ref.Value
	if slices.Contains(above, v) {
		return nil
	}
	above = append(slices.Clip(above), v)
	s = w.plan.excuses.enter(s, spec, v.Extensions)
	n := &node{schema: v, rules: map[string]*Element{}, props: map[string]*node{}}
	if !w.within && w.base.Part == partBody {
		e := w.base
		e.Kind, e.Pointer, e.SpecPointer = KindField, pointer, spec
		n.own = w.plan.add(&e, s)
	}
	w.within = false
	w.constraints(n, spec, pointer, s)
	for _, name := range sortedKeys(v.Properties) {
		child := w.walk(v.Properties[name], spec+"/properties/"+jsonpointer.Escape(name), pointer+"/"+jsonpointer.Escape(name), s.step(name), above)
		if child == nil {
			continue
		}
		n.props[name] = child
		// What tells the alternatives of a oneOf apart is told by the oneOf.
		if slices.Contains(v.Required, name) {
			child.rules[keyRequired] = w.rule(spec+"/required", pointer+"/"+jsonpointer.Escape(name), keyRequired, "", !w.alternative(above), s.step(name))
		}
	}
	if v.Items != nil {
		n.items = w.walk(v.Items, spec+"/items", pointer+"/*", s.step("*"), above)
	}
	if other := v.AdditionalProperties.Schema; other != nil {
		n.other = w.walk(other, spec+"/additionalProperties", pointer+"/*", s.step("*"), above)
	}
	for _, group := range []struct {
		keyword string
		refs    openapi3.SchemaRefs
	}{{"oneOf", v.OneOf}, {"anyOf", v.AnyOf}, {"allOf", v.AllOf}} {
		for i, alt := range group.refs {
			at := fmt.Sprintf("%s/%s/%d", spec, group.keyword, i)
			a := alternative{keyword: group.keyword}
			a.own = w.rule(target(alt.Ref, at), pointer, group.keyword, strconv.Itoa(i+1), group.keyword == "oneOf" || i == 0, s)
			inner := *w
			inner.base.Alternative = strings.TrimPrefix(fmt.Sprintf("%s/%s %d", w.base.Alternative, group.keyword, i+1), "/")
			if _, name, ok := cutLast(alt.Ref); ok {
				inner.base.Alternative = name
			}
			inner.within = true // that it fits is told by the alternative's own element
			a.node = inner.walk(alt, at, pointer, s.step(group.keyword).step(strconv.Itoa(i+1)), above)
			n.alts = append(n.alts, a)
		}
	}
	return n
}

// alternative says whether the innermost schema is one of several.
func (w *walker) alternative(above []*openapi3.Schema) bool {
	if len(above) < 2 {
		return false
	}
	last, before := above[len(above)-1], above[len(above)-2]
	is := func(r *openapi3.SchemaRef) bool { return r.Value == last }
	return slices.ContainsFunc(before.OneOf, is) || slices.ContainsFunc(before.AnyOf, is)
}

// constraints adds the keywords that a schema has itself.
func (w *walker) constraints(n *node, spec, pointer string, s scope) {
	v := n.schema
	add := func(keyword string, there, canBreak bool) {
		if there {
			n.rules[keyword] = w.rule(spec+"/"+keyword, pointer, keyword, "", canBreak, s)
		}
	}
	add(keyType, v.Type != nil, !w.text || !v.Type.Is(openapi3.TypeString))
	add(keyNullable, v.Nullable && w.request, false)
	add("minLength", v.MinLength > 0, !w.path || v.MinLength > 1)
	add("maxLength", v.MaxLength != nil, true)
	add("pattern", v.Pattern != "", true)
	add("format", v.Format != "", v.Format == "int32" || v.Format == "int64" || v.Format == "date" || v.Format == "date-time")
	add("minimum", v.Min != nil, true)
	add("maximum", v.Max != nil, true)
	add("multipleOf", v.MultipleOf != nil, true)
	add("minItems", v.MinItems > 0, true)
	add("maxItems", v.MaxItems != nil, true)
	add("uniqueItems", v.UniqueItems, true)
	add("minProperties", v.MinProps > 0, true)
	add("maxProperties", v.MaxProps != nil, true)
	add(keyEnum, len(v.Enum) > 0, len(v.Enum) > 0 && !v.Type.Is(openapi3.TypeBoolean))
	for _, value := range v.Enum {
		text, _ := json.Marshal(value)
		n.values = append(n.values, enumValue{string(text), w.rule(spec+"/enum", pointer, keyEnum, string(text), false, s)})
	}
}

// unquoted is an enum's value as an excuse names it.
func unquoted(value string) string {
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		return text
	}
	return value
}
