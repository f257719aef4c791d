package coverage

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/journal"
)

// results marks the requirements for which a run has a verdict.
func (p *plan) results(run *journal.Run) {
	for _, r := range run.Rows() {
		e := p.required[r.Requirement]
		if e == nil || r.Kind == journal.KindCleanup {
			continue
		}
		switch r.Verdict {
		case journal.NotApplicable, journal.Blocked, journal.NotTestable, journal.HarnessError:
		default:
			e.Positive++
			if e.First == 0 && len(r.Exchanges) > 0 {
				e.First = r.Exchanges[0]
			}
		}
	}
}

// exchange marks what one exchange shows. One whose answer did not come shows nothing.
func (p *plan) exchange(x *journal.Exchange) {
	op := p.operations[x.Operation]
	if op == nil || x.Status == 0 || x.Error != "" {
		return
	}
	m := marker{id: x.ID}
	var request, response []journal.Violation
	for _, v := range x.Violations {
		switch {
		case slices.Equal(v.Oracles, []string{"undeclared"}):
		case v.In == inRequest:
			request = append(request, v)
		default:
			response = append(response, v)
		}
	}
	if accepted := x.Status/100 == 2; len(request) == 0 && accepted {
		m.keep(op.own)
		m.request(op, x)
	} else if len(request) > 0 && onePlace(request) {
		m.breach(op, request, x)
	}
	if len(response) == 0 {
		m.response(op, x)
	}
}

// onePlace says whether all violations are about one thing: then the request breaks that and nothing else.
func onePlace(list []journal.Violation) bool {
	return !slices.ContainsFunc(list, func(v journal.Violation) bool { return v.Part != list[0].Part || v.Pointer != list[0].Pointer })
}

// marker counts for one exchange; an element counts once an exchange.
type marker struct {
	id   int64
	seen map[*Element]bool
}

func (m *marker) once(e *Element) bool {
	if e == nil || m.seen[e] {
		return false
	}
	if m.seen == nil {
		m.seen = map[*Element]bool{}
	}
	m.seen[e] = true
	if e.First == 0 {
		e.First = m.id
	}
	return true
}

func (m *marker) keep(e *Element) {
	if m.once(e) {
		e.Positive++
	}
}

func (m *marker) broke(e *Element) {
	if e != nil && e.TwoSided && m.once(e) {
		e.Negative++
	}
}

func (m *marker) request(op *operation, x *journal.Exchange) {
	u, err := url.Parse(x.URL)
	if err != nil {
		return
	}
	path := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	for _, par := range op.params {
		switch par.in {
		case openapi3.ParameterInPath:
			i := slices.Index(op.segments, "{"+par.name+"}")
			if at := len(path) - len(op.segments) + i; i >= 0 && at >= 0 {
				value, _ := url.PathUnescape(path[at])
				m.param(par, value)
			}
		case openapi3.ParameterInQuery:
			if u.Query().Has(par.name) {
				m.param(par, u.Query().Get(par.name))
			}
		case openapi3.ParameterInHeader:
			if value, ok := header(x.RequestHeader, par.name); ok {
				m.param(par, value)
			}
		}
	}
	contentType, _ := header(x.RequestHeader, "Content-Type")
	m.body(op.bodies, contentType, x.RequestBody)
}

// param marks a parameter: text, or the number or boolean that it is read as.
func (m *marker) param(par *param, text string) {
	m.keep(par.own)
	if par.node == nil {
		return
	}
	m.keep(par.node.rules[keyRequired])
	if par.node.schema == nil {
		return
	}
	var value any = text
	if t := par.node.schema.Type; t != nil && !t.Is(openapi3.TypeString) {
		if json.Unmarshal([]byte(text), &value) != nil {
			value = text
		}
	}
	m.value(par.node, value)
}

func (m *marker) response(op *operation, x *journal.Exchange) {
	status := strconv.Itoa(x.Status)
	var a *answer
	for _, key := range []string{status, status[:1] + "xx", "default"} {
		if a = op.answers[key]; a != nil {
			break
		}
	}
	if a == nil {
		return
	}
	m.keep(a.own)
	for _, h := range a.headers {
		if value, ok := header(x.ResponseHeader, h.name); ok {
			m.param(h, value)
		}
	}
	contentType, _ := header(x.ResponseHeader, "Content-Type")
	m.body(a.bodies, contentType, x.ResponseBody)
}

// body marks a body that is whole in the record.
func (m *marker) body(bodies map[string]*body, contentType string, recorded journal.Body) {
	name, _, err := mime.ParseMediaType(contentType)
	b := bodies[name]
	if err != nil || b == nil {
		return
	}
	value, ok := decoded(recorded)
	if !ok {
		return
	}
	m.keep(b.own)
	m.value(b.node, value)
}

func decoded(recorded journal.Body) (any, bool) {
	if recorded.Truncated {
		return nil, false
	}
	text := []byte(recorded.Text)
	if recorded.Base64 != "" {
		text, _ = base64.StdEncoding.DecodeString(recorded.Base64)
	}
	var value any
	return value, len(bytes.TrimSpace(text)) > 0 && json.Unmarshal(text, &value) == nil
}

func header(lines []journal.Header, name string) (string, bool) {
	for _, l := range lines {
		if strings.EqualFold(l.Name, name) {
			return l.Value, true
		}
	}
	return "", false
}

// value marks what a value that fits its schema exercises of it.
func (m *marker) value(n *node, value any) {
	if n == nil {
		return
	}
	m.keep(n.own)
	m.keep(n.rules[keyRequired])
	if value == nil {
		m.keep(n.rules[keyNullable])
		return
	}
	for _, keyword := range sortedKeys(n.rules) {
		if keyword != keyNullable {
			m.keep(n.rules[keyword])
		}
	}
	if len(n.values) > 0 {
		text, _ := json.Marshal(value)
		for _, v := range n.values {
			if v.json == string(text) {
				m.keep(v.own)
			}
		}
	}
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if child := n.props[name]; child != nil {
				m.value(child, member)
			} else {
				m.value(n.other, member)
			}
		}
	case []any:
		for _, item := range v {
			m.value(n.items, item)
		}
	}
	for _, a := range n.alts {
		if a.node != nil && a.node.schema.VisitJSON(value) == nil {
			m.keep(a.own)
			m.value(a.node, value)
		}
	}
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
	tokens := split(v.Pointer)
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

func split(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, t := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
	}
	return tokens
}
