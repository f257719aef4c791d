package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/jsonpointer"
)

// plan is a contract taken apart, ready to be held against exchanges.
type plan struct {
	contract   *contract.Contract
	elements   []*Element
	operations map[string]*operation
	required   map[string]*Element // requirements by id
	roots      map[string]*node    // bodies and headers of answers, by the pointer of their schema
	excuses    excuses
}

// operation is one operation and its elements.
type operation struct {
	id       string
	segments []string // of the path's template
	own      *Element
	params   []*param
	bodies   map[string]*body // of the request, by media type
	answers  map[string]*answer
	excused  scope // what the operation itself excuses
}

// param is a request's parameter, or an answer's header.
type param struct {
	name, in string
	own      *Element
	node     *node
}

// body is what one media type admits.
type body struct {
	own  *Element
	node *node
}

// answer is one status.
type answer struct {
	own     *Element
	headers []*param
	bodies  map[string]*body
}

func enumerate(ctx context.Context, c *contract.Contract) (*plan, error) {
	loader := openapi3.NewLoader()
	loader.Context = ctx
	doc, err := loader.LoadFromData(c.Document())
	if err != nil {
		return nil, fmt.Errorf("coverage: the contract cannot be read: %w", err)
	}
	p := &plan{contract: c, operations: map[string]*operation{}, required: map[string]*Element{}, roots: map[string]*node{}, excuses: excuses{byPlace: map[string]*excuse{}}}
	for _, op := range c.Operations() {
		item := doc.Paths.Value(op.Path)
		if item == nil || item.GetOperation(op.Method) == nil {
			return nil, fmt.Errorf("coverage: operation %s (%s %s) is not in the document", op.ID, op.Method, op.Path)
		}
		p.operation(op, item, item.GetOperation(op.Method))
	}
	p.excuseRoots()
	for _, r := range c.Requirements() {
		s := scope{}
		if op := p.operations[r.Operation]; op != nil {
			s = op.excused.step(r.ID)
		}
		e := p.add(&Element{Kind: KindRequirement, Operation: r.Operation, Pointer: r.ID, SpecLine: fmt.Sprintf("%s:%d", r.File, r.Line)}, s)
		if r.Tested == contract.NotTested {
			e.Reason = r.Reason
		}
		p.required[r.ID] = e
	}
	return p, errors.Join(p.excuses.errs...)
}

// excuseClients sets the requirements on clients aside: no run had one to put to the test.
func (p *plan) excuseClients() {
	for _, r := range p.contract.Requirements() {
		if e := p.required[r.ID]; r.Side == journal.Client && e.Reason == "" {
			e.Reason = "no run here put a client to the test (run --client)"
		}
	}
}

func (p *plan) add(e *Element, s scope) *Element {
	if e.SpecLine == "" {
		e.SpecLine = p.contract.Locate(e.SpecPointer)
	}
	p.elements = append(p.elements, e)
	s.apply(e)
	return e
}

func (p *plan) operation(op contract.Operation, item *openapi3.PathItem, o *openapi3.Operation) {
	s := p.excuses.enter(scope{}, op.Pointer, o.Extensions)
	out := &operation{id: op.ID, segments: strings.Split(strings.Trim(op.Path, "/"), "/"), bodies: map[string]*body{}, answers: map[string]*answer{}, excused: s}
	p.operations[op.ID] = out
	out.own = p.add(&Element{Kind: KindOperation, Operation: op.ID, SpecPointer: op.Pointer}, s)
	parent, _, _ := cutLast(op.Pointer)
	for i, ref := range item.Parameters {
		p.parameter(out, s, ref, fmt.Sprintf("%s/parameters/%d", parent, i))
	}
	for i, ref := range o.Parameters {
		p.parameter(out, s, ref, fmt.Sprintf("%s/parameters/%d", op.Pointer, i))
	}
	if ref := o.RequestBody; ref != nil && ref.Value != nil {
		at := target(ref.Ref, op.Pointer+"/requestBody")
		for _, name := range sortedKeys(ref.Value.Content) {
			mt := at + "/content/" + jsonpointer.Escape(name)
			b := &body{own: p.add(&Element{Kind: KindMediaType, Operation: op.ID, In: inRequest, Part: partMediaType, Pointer: name, SpecPointer: mt, TwoSided: true}, s)}
			if schema := ref.Value.Content[name].Schema; schema != nil {
				w := walker{plan: p, base: Element{Operation: op.ID, In: inRequest, Part: partBody}, request: true}
				b.node = w.walk(schema, mt+"/schema", "", s, nil)
			}
			out.bodies[strings.ToLower(name)] = b
		}
	}
	for _, status := range sortedKeys(o.Responses.Map()) {
		p.answer(out, s.step(status), status, o.Responses.Value(status), op.Pointer+"/responses/"+status)
	}
}

func (p *plan) parameter(op *operation, s scope, ref *openapi3.ParameterRef, at string) {
	v := ref.Value
	at = target(ref.Ref, at)
	s = p.excuses.enter(s.step(v.Name), at, v.Extensions)
	base := Element{Operation: op.id, In: inRequest, Part: v.In, Pointer: v.Name}
	own := base
	own.Kind, own.SpecPointer = KindParameter, at
	out := &param{name: v.Name, in: v.In, own: p.add(&own, s)}
	// A path without a segment is another path, so that a path parameter cannot be missing.
	if v.Required && v.In != openapi3.ParameterInPath {
		w := walker{plan: p, base: base, request: true}
		out.node = &node{rules: map[string]*Element{}}
		out.node.rules[keyRequired] = w.rule(at+"/required", v.Name, keyRequired, "", true, s)
	}
	if v.Schema != nil {
		w := walker{plan: p, base: base, request: true, text: true, path: v.In == openapi3.ParameterInPath}
		n := w.walk(v.Schema, at+"/schema", v.Name, s, nil)
		if out.node != nil {
			n.rules[keyRequired] = out.node.rules[keyRequired]
		}
		out.node = n
	}
	op.params = append(op.params, out)
}

func (p *plan) answer(op *operation, s scope, status string, ref *openapi3.ResponseRef, at string) {
	shared := target(ref.Ref, at)
	s = p.excuses.enter(s, shared, ref.Value.Extensions)
	out := &answer{bodies: map[string]*body{}}
	out.own = p.add(&Element{Kind: KindStatus, Operation: op.id, In: inResponse, Status: status, SpecPointer: at}, s)
	for _, name := range sortedKeys(ref.Value.Headers) {
		out.headers = append(out.headers, p.header(op, s, status, name, ref.Value.Headers[name], shared+"/headers/"+jsonpointer.Escape(name)))
	}
	for _, name := range sortedKeys(ref.Value.Content) {
		mt := shared + "/content/" + jsonpointer.Escape(name)
		b := &body{own: p.add(&Element{Kind: KindMediaType, Operation: op.id, In: inResponse, Status: status, Part: partMediaType, Pointer: name, SpecPointer: mt}, s)}
		if schema := ref.Value.Content[name].Schema; schema != nil {
			b.node = p.root(schema, mt+"/schema", Element{In: inResponse, Part: partBody}, s)
		}
		out.bodies[strings.ToLower(name)] = b
	}
	op.answers[strings.ToLower(status)] = out
}

func (p *plan) header(op *operation, s scope, status, name string, ref *openapi3.HeaderRef, at string) *param {
	s = p.excuses.enter(s.step(name), target(ref.Ref, at), ref.Value.Extensions)
	out := &param{name: name, own: p.add(&Element{Kind: KindHeader, Operation: op.id, In: inResponse, Status: status, Part: partHeader, Pointer: name, SpecPointer: at}, s)}
	if ref.Value.Schema != nil {
		out.node = p.root(ref.Value.Schema, target(ref.Ref, at)+"/schema", Element{In: inResponse, Part: partHeader, Pointer: name}, s)
	}
	return out
}

// root is the schema of an answer's body, or of its header; it is taken apart once.
func (p *plan) root(schema *openapi3.SchemaRef, at string, base Element, s scope) *node {
	at = target(schema.Ref, at)
	n := p.roots[at]
	if n == nil {
		if _, last, ok := cutLast(at); ok && strings.HasPrefix(at, "/components/schemas/") {
			base.Schema = last
		}
		from := len(p.elements)
		w := walker{plan: p, base: base, text: base.Part == partHeader}
		n = w.walk(schema, at, base.Pointer, scope{}, nil)
		n.from, n.to = from, len(p.elements)
		p.roots[at] = n
	}
	n.uses = append(n.uses, s.all)
	return n
}

// excuseRoots excuses the schemas that only excused answers have.
func (p *plan) excuseRoots() {
	for _, n := range p.roots {
		if slices.Contains(n.uses, nil) {
			continue
		}
		for _, e := range p.elements[n.from:n.to] {
			if e.Reason == "" {
				scope{all: n.uses[0]}.apply(e)
			}
		}
	}
}

// target is where a reference leads: the pointer of what it names, or of the thing itself.
func target(ref, own string) string {
	if rest, ok := strings.CutPrefix(ref, "#"); ok {
		return rest
	}
	return own
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func cutLast(pointer string) (before, last string, ok bool) {
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		return pointer, "", false
	}
	return pointer[:i], pointer[i+1:], true
}
