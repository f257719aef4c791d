package contract

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

const oracleUndeclared = "undeclared"

// shape is what a schema declares of members, prepared for the look at undeclared ones. Alternatives are taken together: a member is declared
// when any branch of the schema names it.
type shape struct {
	members map[string]*shape
	items   *shape
	others  *shape // additionalProperties given as a schema
	free    bool   // additionalProperties: true, or nothing declared at all: any member is welcome and no news
}

// shapes holds the prepared shapes by the canonical pointer of their schema.
type shapes map[string]*shape

// prepare builds the shape of a schema and all that it refers to.
func (s shapes) prepare(d *document, pointer string) *shape {
	at, n := d.resolve(pointer)
	if n == nil {
		return nil
	}
	if known, ok := s[at]; ok {
		return known // also the way out of a schema that contains itself
	}
	out := &shape{members: map[string]*shape{}}
	s[at] = out
	s.collect(d, at, n, out, 0)
	out.free = out.free || (len(out.members) == 0 && out.items == nil && out.others == nil)
	return out
}

func (s shapes) collect(d *document, at string, n *yaml.Node, out *shape, depth int) {
	if depth > maxSchemaDepth {
		return
	}
	for name := range yamltree.Pairs(yamltree.Child(n, "properties")) {
		if member := s.prepare(d, at+"/properties/"+jsonpointer.Escape(name)); out.members[name] == nil {
			out.members[name] = member
		}
	}
	if yamltree.Child(n, "items") != nil && out.items == nil {
		out.items = s.prepare(d, at+"/items")
	}
	if extra := yamltree.Child(n, "additionalProperties"); extra != nil {
		if extra.Kind == yaml.MappingNode && len(extra.Content) > 0 {
			out.others = s.prepare(d, at+"/additionalProperties")
		} else if extra.Kind == yaml.MappingNode || extra.Value == "true" {
			out.free = true
		}
	}
	for _, branch := range d.branches(at, n) {
		if bat, b := d.resolve(branch); b != nil {
			s.collect(d, bat, b, out, depth+1)
		}
	}
}

// maxUndeclared bounds what is told of one body.
const maxUndeclared = 20

// undeclared tells of members that no schema declares. They are allowed freedom (an OpenAPI schema is open unless it says otherwise), so this is
// information: level MAY, nobody to blame. It is our own walk and not the library's strict mode, which races and compiles on every call.
func (c *Contract) undeclared(schema string, body []byte) []journal.Violation {
	root := c.shapes[schema]
	if root == nil {
		return nil
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	w := &undeclaredWalk{dec: dec}
	if err := w.value(root); err != nil {
		return nil // what cannot be read is told elsewhere
	}
	var out []journal.Violation
	for _, pointer := range w.found {
		v := journal.Violation{In: inResponse, Part: partBody, Pointer: pointer, Keyword: KeywordUndeclared, Level: journal.May, SpecPointer: schema,
			Wanted: "nothing: a member that the contract does not declare is allowed", Got: "the member " + quote(lastToken(pointer)), Oracles: []string{oracleUndeclared}}
		v.SpecLine, v.SpecText = c.Locate(schema), c.Quote(schema)
		out = append(out, v)
	}
	return out
}

type undeclaredWalk struct {
	dec   *jsontext.Decoder
	found []string
}

// value walks one JSON value along a shape; without one it is skipped.
func (w *undeclaredWalk) value(s *shape) error {
	if s == nil || (s.free && len(s.members) == 0) {
		return w.dec.SkipValue()
	}
	switch w.dec.PeekKind() {
	case '{':
		if _, err := w.dec.ReadToken(); err != nil {
			return err
		}
		for w.dec.PeekKind() != '}' {
			name, err := w.dec.ReadToken()
			if err != nil {
				return err
			}
			member, declared := s.members[name.String()]
			if !declared {
				member = s.others
				if s.others == nil && !s.free && len(w.found) < maxUndeclared {
					w.found = append(w.found, string(w.dec.StackPointer()))
				}
			}
			if err := w.value(member); err != nil {
				return err
			}
		}
		_, err := w.dec.ReadToken()
		return err
	case '[':
		if _, err := w.dec.ReadToken(); err != nil {
			return err
		}
		for w.dec.PeekKind() != ']' {
			if err := w.value(s.items); err != nil {
				return err
			}
		}
		_, err := w.dec.ReadToken()
		return err
	}
	return w.dec.SkipValue()
}
