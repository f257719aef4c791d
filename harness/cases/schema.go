package cases

import (
	"fmt"
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
