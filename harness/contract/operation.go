package contract

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

// methods lists the keys of a path item that are operations.
func methods() []string {
	return []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
}

// readOperations prepares every operation of the document for judging.
func (c *Contract) readOperations() ([]*operation, error) {
	doc := c.effective
	paths := yamltree.Child(doc.root, "paths")
	if paths == nil || len(paths.Content) == 0 {
		return nil, c.flawf(RulePaths, "/paths", "has no paths; a contract without operations promises nothing")
	}
	var out []*operation
	var errs []error
	complain := func(rule, pointer, format string, args ...any) {
		errs = append(errs, c.flawf(rule, pointer, format, args...))
	}
	for template, item := range yamltree.Pairs(paths) {
		at := "/paths/" + jsonpointer.Escape(template)
		for method, node := range yamltree.Pairs(item) {
			if !slices.Contains(methods(), method) {
				continue
			}
			op := &operation{id: yamltree.Text(node, "operationId"), method: strings.ToUpper(method), template: template, pointer: at + "/" + method}
			if op.id == "" {
				complain(RuleOperationID, op.pointer, "%s %s has no operationId; scenarios and requirements name operations by it", op.method, template)
				continue
			}
			if i := slices.IndexFunc(out, func(o *operation) bool { return o.id == op.id }); i >= 0 {
				complain(RuleOperationID, op.pointer, "operationId %q stands twice, first at %s", op.id, c.Locate(out[i].pointer))
				continue
			}
			op.segments = splitTemplate(template)
			if i := slices.IndexFunc(out, func(o *operation) bool { return o.method == op.method && sameShape(o.segments, op.segments) }); i >= 0 {
				complain(RuleSameRequest, op.pointer, "%s %s is the same request as operation %s at %s", op.method, template, out[i].id, c.Locate(out[i].pointer))
				continue
			}
			doc.readParameters(op, at+"/parameters")
			doc.readParameters(op, op.pointer+"/parameters")
			doc.readBodies(op, node)
			out = append(out, op)
		}
	}
	return out, errors.Join(errs...)
}

func splitTemplate(template string) []segment {
	var out []segment
	for _, s := range strings.Split(strings.TrimPrefix(template, "/"), "/") {
		if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
			out = append(out, segment{param: s[1 : len(s)-1]})
			continue
		}
		out = append(out, segment{literal: s})
	}
	return out
}

func sameShape(a, b []segment) bool {
	return slices.EqualFunc(a, b, func(x, y segment) bool { return x.literal == y.literal && (x.param == "") == (y.param == "") })
}

func (d *document) readParameters(op *operation, pointer string) {
	list, _ := d.find(pointer)
	for i := range yamltree.Items(list) {
		at, p := d.resolve(pointer + "/" + strconv.Itoa(i))
		entry := parameter{name: yamltree.Text(p, "name"), pointer: at, scalar: d.isScalar(at + "/schema")}
		switch yamltree.Text(p, "in") {
		case partQuery:
			op.query = append(op.query, entry)
		case partHeader:
			op.headers = append(op.headers, entry)
		case partPath:
			if schema, n := d.resolve(at + "/schema"); n != nil && !isPlainString(n) && schema != "" {
				op.constrainedPath = true
			}
		}
	}
}

// isPlainString says that a schema admits every string that is not empty. No path segment can break it: an empty one matches no template.
func isPlainString(schema *yaml.Node) bool {
	for key, value := range yamltree.Pairs(schema) {
		switch key {
		case "type", "description", "example", "title", "default":
		case "minLength":
			if value.Value != "0" && value.Value != "1" {
				return false
			}
		default:
			return false
		}
	}
	return yamltree.Text(schema, "type") == "string"
}

func (d *document) isScalar(schema string) bool {
	_, n := d.resolve(schema)
	switch yamltree.Text(n, "type") {
	case "string", "integer", "number", "boolean":
		return true
	}
	return false
}

func (d *document) readBodies(op *operation, node *yaml.Node) {
	if yamltree.Child(node, "requestBody") != nil {
		at, body := d.resolve(op.pointer + "/requestBody")
		op.bodyRequired = yamltree.Text(body, "required") == "true"
		op.body = d.readContent(at + "/content")
	}
	op.responses = map[string]*response{}
	for key := range yamltree.Pairs(yamltree.Child(node, "responses")) {
		if strings.HasPrefix(key, "x-") {
			continue
		}
		at, r := d.resolve(op.pointer + "/responses/" + key)
		declared := &response{key: key, pointer: at, content: d.readContent(at + "/content"), bodyOptional: yamltree.Text(r, "x-body-optional") == "true"}
		for name := range yamltree.Pairs(yamltree.Child(r, "headers")) {
			declared.headers = append(declared.headers, http.CanonicalHeaderKey(name))
		}
		op.responses[strings.ToUpper(key)] = declared
	}
}

func (d *document) readContent(pointer string) *content {
	n, ok := d.find(pointer)
	if !ok || len(n.Content) == 0 {
		return nil
	}
	c := &content{pointer: pointer}
	for name := range yamltree.Pairs(n) {
		mt := mediaType{name: baseMediaType(name)}
		mt.json = isJSONType(mt.name)
		if at, schema := d.resolve(pointer + "/" + jsonpointer.Escape(name) + "/schema"); schema != nil {
			mt.schema = at
			mt.wantsObject = d.wantsObject(at, 0)
		}
		c.types = append(c.types, mt)
	}
	return c
}

// wantsObject says that a schema declares an object and leaves no room for null.
func (d *document) wantsObject(pointer string, depth int) bool {
	at, n := d.resolve(pointer)
	if n == nil || depth > 16 || yamltree.Text(n, "nullable") == "true" {
		return false
	}
	if yamltree.Text(n, "type") == "object" {
		return true
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if list := yamltree.Items(yamltree.Child(n, key)); len(list) > 0 {
			for i := range list {
				if !d.wantsObject(at+"/"+key+"/"+strconv.Itoa(i), depth+1) {
					return false
				}
			}
			return true
		}
	}
	for i := range yamltree.Items(yamltree.Child(n, "allOf")) {
		if d.wantsObject(at+"/allOf/"+strconv.Itoa(i), depth+1) {
			return true
		}
	}
	return false
}

// route finds the operation that a request is for. The path counts as sent: its segments are told apart before they are decoded, and an empty
// segment matches nothing. pathFits says that another method would have found one.
func (c *Contract) route(method, escapedPath string) (op *operation, params map[string]string, pathFits bool) {
	segments := strings.Split(strings.TrimPrefix(escapedPath, "/"), "/")
	best, bestLiterals := (*operation)(nil), -1
	for _, o := range c.routes {
		literals, fits := fit(o.segments, segments)
		if !fits {
			continue
		}
		pathFits = true
		if o.method == method && literals > bestLiterals {
			best, bestLiterals = o, literals
		}
	}
	if best == nil {
		return nil, nil, pathFits
	}
	params = make(map[string]string, 2)
	for i, s := range best.segments {
		if s.param != "" {
			value, err := url.PathUnescape(segments[i])
			if err != nil {
				value = segments[i]
			}
			params[s.param] = value
		}
	}
	return best, params, true
}

func fit(template []segment, segments []string) (literals int, fits bool) {
	if len(template) != len(segments) {
		return 0, false
	}
	for i, t := range template {
		switch {
		case t.param != "":
			if segments[i] == "" {
				return 0, false
			}
		case t.literal == segments[i]:
			literals++
		default:
			return 0, false
		}
	}
	return literals, true
}

// response finds what the operation documents for a status: the status itself, its class, or the default.
func (op *operation) response(status int) *response {
	code := strconv.Itoa(status)
	for _, key := range []string{code, code[:1] + "XX", "DEFAULT"} {
		if r := op.responses[key]; r != nil {
			return r
		}
	}
	return nil
}

// documented lists the statuses that an operation documents, for people.
func (op *operation) documented() string {
	keys := make([]string, 0, len(op.responses))
	for _, r := range op.responses {
		keys = append(keys, r.key)
	}
	slices.Sort(keys)
	return strings.Join(keys, ", ")
}

// find gives the media type of a content map that a Content-Type header selects.
func (c *content) find(header string) *mediaType {
	name := baseMediaType(header)
	if name == "" {
		return nil
	}
	class, _, _ := strings.Cut(name, "/")
	for _, want := range []string{name, class + "/*", "*/*"} {
		for i := range c.types {
			if c.types[i].name == want {
				return &c.types[i]
			}
		}
	}
	return nil
}

func (c *content) names() string {
	names := make([]string, len(c.types))
	for i, t := range c.types {
		names[i] = t.name
	}
	return strings.Join(names, ", ")
}

// baseMediaType is a media type in lower case without its parameters.
func baseMediaType(header string) string {
	base, _, _ := strings.Cut(header, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

// isJSONType says that a media type is JSON: application/json, or anything with the +json suffix (RFC 6839).
func isJSONType(base string) bool {
	return base == "application/json" || strings.HasSuffix(base, "+json")
}

// hasNoBody says that an answer of this status has no body, whatever the contract declares (RFC 9110, 15.3.5, 15.4.5 and 15.2).
func hasNoBody(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified || status < 200
}
