package contract

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

// schemaAt walks a schema along a JSON pointer into an instance and gives the schema that has the keyword there: through $ref, properties, items and
// additionalProperties, and into the parts of an allOf. Alternatives of a oneOf or anyOf are entered when the way leads through only one.
func (d *document) schemaAt(schema string, instance []string, keyword string) (string, *yaml.Node) {
	if schema == "" {
		return "", nil
	}
	at, n := d.resolve(schema)
	if n == nil {
		return schema, nil
	}
	for _, token := range instance {
		next, found := d.member(at, n, token, 0)
		if !found {
			return at, n
		}
		at, n = d.resolve(next)
		if n == nil {
			return next, nil
		}
	}
	if yamltree.Child(n, keyword) == nil {
		for _, part := range d.branches(at, n) {
			if p, b := d.schemaAt(part, nil, keyword); b != nil && yamltree.Child(b, keyword) != nil {
				return p, b
			}
		}
	}
	return at, n
}

const maxSchemaDepth = 32

// member finds the schema of one member or item.
func (d *document) member(at string, n *yaml.Node, token string, depth int) (string, bool) {
	if depth > maxSchemaDepth {
		return "", false
	}
	if properties := yamltree.Child(n, "properties"); yamltree.Child(properties, token) != nil {
		return at + "/properties/" + jsonpointer.Escape(token), true
	}
	if _, err := strconv.Atoi(token); err == nil && yamltree.Child(n, "items") != nil {
		return at + "/items", true
	}
	for _, branch := range d.branches(at, n) {
		bat, b := d.resolve(branch)
		if b == nil {
			continue
		}
		if p, ok := d.member(bat, b, token, depth+1); ok {
			return p, true
		}
	}
	if extra := yamltree.Child(n, "additionalProperties"); extra != nil && extra.Kind == yaml.MappingNode {
		return at + "/additionalProperties", true
	}
	return "", false
}

// branches lists the parts of allOf, oneOf and anyOf.
func (d *document) branches(at string, n *yaml.Node) []string {
	var out []string
	for _, key := range []string{"allOf", "oneOf", "anyOf"} {
		for i := range yamltree.Items(yamltree.Child(n, key)) {
			out = append(out, at+"/"+key+"/"+strconv.Itoa(i))
		}
	}
	return out
}

// format is the format that a finding's schema declares.
func (x *weighing) format(f finding) string {
	if f.keyword != "format" {
		return ""
	}
	if f.part == partBody {
		_, n := x.c.effective.schemaAt(x.schema(), jsonpointer.Split(f.pointer), "format")
		return yamltree.Text(n, "format")
	}
	if x.in == inResponse {
		at, schema := x.headerSchema(f.pointer)
		if items := yamltree.Child(schema, "items"); items != nil && yamltree.Child(schema, "format") == nil {
			_, schema = x.c.effective.resolve(at + "/items")
		}
		return yamltree.Text(schema, "format")
	}
	if x.op == nil {
		return ""
	}
	for _, list := range []string{x.op.pointer, x.op.pointer[:strings.LastIndexByte(x.op.pointer, '/')]} {
		n, _ := x.c.effective.find(list + "/parameters")
		for i := range yamltree.Items(n) {
			at, p := x.c.effective.resolve(list + "/parameters/" + strconv.Itoa(i))
			if yamltree.Text(p, "name") == f.pointer {
				_, schema := x.c.effective.resolve(at + "/schema")
				return yamltree.Text(schema, "format")
			}
		}
	}
	return ""
}

// header finds a header that the answer at hand may have: its name as the contract writes it, and its pointer; both "" when it has none.
func (x *weighing) header(name string) (declared, pointer string) {
	if x.response == nil {
		return "", ""
	}
	headers, _ := x.c.effective.find(x.response.pointer + "/headers")
	for declared := range yamltree.Pairs(headers) {
		if strings.EqualFold(declared, name) {
			at, _ := x.c.effective.resolve(x.response.pointer + "/headers/" + jsonpointer.Escape(declared))
			return declared, at
		}
	}
	return "", ""
}

// headerSchema finds the schema of such a header; nil when there is none.
func (x *weighing) headerSchema(name string) (pointer string, schema *yaml.Node) {
	_, at := x.header(name)
	if at == "" {
		return "", nil
	}
	return x.c.effective.resolve(at + "/schema")
}

// declaredNames lists the members that a schema declares, sorted.
func declaredNames(d *document, pointer string) []string {
	at, n := d.resolve(pointer)
	if n == nil {
		return nil
	}
	var out []string
	for name := range yamltree.Pairs(yamltree.Child(n, "properties")) {
		out = append(out, strconv.Quote(name))
	}
	for i := range yamltree.Items(yamltree.Child(n, "allOf")) {
		out = append(out, declaredNames(d, at+"/allOf/"+strconv.Itoa(i))...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// scalar is the value at issue as it is written, "" when it is none or not in the body, the query or a header of the answer.
func (x *weighing) scalar(f finding) string {
	switch f.part {
	case partBody:
		v, _ := x.body().at(jsonpointer.Split(f.pointer))
		switch s := v.(type) {
		case json.Number:
			return s.String()
		case string:
			return s
		}
	case partQuery:
		values, _ := url.ParseQuery(x.m.Query)
		return values.Get(f.pointer)
	case partHeader:
		if x.in == inResponse {
			return x.m.ResponseHeader.Get(f.pointer)
		}
	}
	return ""
}
