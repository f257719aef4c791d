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

// exchange marks what one exchange shows. One whose answer did not come shows nothing, nor one that somebody else answered in the server's place.
func (p *plan) exchange(x *journal.Exchange) {
	op := p.operations[x.Operation]
	if op == nil || x.Status == 0 || x.Error != "" || x.Substitute != "" {
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
