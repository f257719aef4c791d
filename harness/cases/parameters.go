package cases

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/contract"
)

// mediaTypes are what Content-Type may say, and what it may not.
func (r *request) mediaTypes() {
	send := func(k constraint, header ...Header) {
		k.part, k.field, k.within = "media-type", "Content-Type", none
		r.add(k, func(c *Case, dry bool) {
			c.Body, c.Header, c.Untyped = r.dressed(r.body, "", dry), header, len(header) == 0
		})
	}
	if r.body == nil {
		return
	}
	for _, good := range []struct{ name, value string }{
		{"plain", "application/json"}, {"charset", "application/json; charset=utf-8"}, {"charset-in-capitals", "application/json;charset=UTF-8"},
	} {
		send(constraint{keyword: contract.KeywordMediaType, side: contract.On, name: good.name, what: "Content-Type: " + good.value}, Header{"Content-Type", good.value})
	}
	for _, wrong := range []string{"text/plain", "application/x-www-form-urlencoded", "application/xml", "application/octet-stream", "multipart/form-data; boundary=x"} {
		name, _, _ := strings.Cut(wrong, ";")
		send(constraint{keyword: contract.KeywordMediaType, side: contract.Outside, name: name, what: "the body is JSON, but declared as " + wrong}, Header{"Content-Type", wrong})
	}
	send(constraint{keyword: contract.KeywordNoMediaType, judged: contract.KeywordMediaType, side: contract.Outside, name: "missing", what: "no Content-Type"})
}

// parameterCases are those of path, query and header.
func (r *request) parameterCases() {
	for _, p := range r.parameters {
		switch p.In {
		case "path":
			r.pathCases(p)
		case "query":
			r.queryCases(p)
		case "header":
			r.headerCases(p)
		}
	}
}

// pathCases leaves a segment empty: no schema of a path can be broken otherwise by what stands for an id.
func (r *request) pathCases(p *openapi3.Parameter) {
	k := constraint{part: "path", pointer: p.Name, keyword: "minLength", judged: contract.KeywordPath, within: none, side: contract.Outside, name: "empty", what: p.Name + " is empty"}
	r.add(k, func(c *Case, dry bool) {
		c.Path = strings.ReplaceAll(strings.Replace(r.op.Path, "{"+p.Name+"}", "", 1), "{project_id}", Project)
		for _, other := range r.parameters {
			c.Path = strings.ReplaceAll(c.Path, "{"+other.Name+"}", stand(other))
		}
		if r.body != nil {
			c.Body = r.dressed(r.body, "", dry)
		}
	})
	if p.Schema.Value.MinLength != 1 || !free(p.Schema.Value) {
		return
	}
	k = constraint{part: "path", pointer: p.Name, keyword: "minLength", within: none, side: contract.On, name: "1", what: p.Name + " is one letter"}
	r.add(k, func(c *Case, dry bool) {
		c.Path = strings.ReplaceAll(r.op.Path, "{"+p.Name+"}", "x")
		for _, other := range r.parameters {
			c.Path = strings.ReplaceAll(c.Path, "{"+other.Name+"}", stand(other))
		}
		if r.body != nil {
			c.Body = r.dressed(r.body, "", dry)
		}
	})
}

func (r *request) queryCases(p *openapi3.Parameter) {
	one := func(k constraint, query string) {
		k.part, k.pointer, k.within = "query", p.Name, none
		if k.what == "" {
			k.what = "?" + query
		}
		r.add(k, func(c *Case, _ bool) { c.Query = query })
	}
	schema := p.Schema.Value
	valid := r.parameterValue(p)
	others := r.queryWithout(p.Name)
	with := func(values ...string) string {
		query := others
		for _, v := range values {
			if query != "" {
				query += "&"
			}
			query += p.Name + "=" + escapeQuery(v)
		}
		return query
	}
	if p.Required {
		one(constraint{keyword: "required", side: contract.Outside, name: "missing", what: "no " + p.Name}, others)
	}
	one(constraint{keyword: contract.KeywordRepeated, side: contract.Outside, name: "twice"}, with(valid, valid))
	if schema.Type.Is("string") && len(schema.Enum) == 0 && p.Name != selector {
		one(constraint{keyword: "type", side: contract.Inside, name: "string"}, with(valid))
	}
	if schema.Type.Is("integer") {
		one(constraint{keyword: "type", side: contract.Inside, name: "integer"}, with(valid))
		for _, wrong := range []string{"abc", "1.5", "true", "1x", "0x10"} {
			one(constraint{keyword: "type", side: contract.Outside, name: wrong}, with(wrong))
		}
	}
	for _, v := range r.scalar(schema, "/"+p.Name, r.undocumented("query", p.Name, "enum", contract.Outside)) {
		if plain := plainOf(v.value); plain != "" { // an empty value may be read as none
			one(constraint{keyword: v.keyword, judged: v.judged, side: v.side, name: v.name}, with(plain))
		}
	}
}

// queryWithout is the query of the smallest request without a parameter.
func (r *request) queryWithout(name string) string {
	var kept []string
	for part := range strings.SplitSeq(r.query, "&") {
		if part != "" && !strings.HasPrefix(part, name+"=") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}

// escapeQuery escapes a value, but no placeholder.
func escapeQuery(v string) string {
	if strings.HasPrefix(v, "${") {
		return v
	}
	return url.QueryEscape(v)
}

// parameterValue is a valid value of a parameter.
func (r *request) parameterValue(p *openapi3.Parameter) string {
	if p.Name == selector {
		return Server
	}
	schema := *p.Schema.Value
	if schema.Example == nil {
		schema.Example = p.Example
	}
	return plainOf(r.smallestScalar(&schema, "/"+p.Name))
}

// plainOf is a value as it stands in a query or header.
func plainOf(v value) string {
	written := render(v)
	var s string
	if json.Unmarshal(written, &s) == nil {
		return s
	}
	return string(written)
}

// headerCases breaks what is demanded of a header. One that may hold anything has no cases.
func (r *request) headerCases(p *openapi3.Parameter) {
	schema := *p.Schema.Value
	if schema.Example == nil {
		schema.Example = p.Example
	}
	if schema.Pattern == "" && len(schema.Enum) == 0 && schema.Type.Is("string") {
		return
	}
	all := r.scalar(&schema, "/"+p.Name, r.undocumented("header", p.Name, "enum", contract.Outside))
	if schema.Pattern != "" && len(schema.Enum) == 0 {
		all = append([]variant{{"pattern", "", contract.Inside, "example", r.smallestScalar(&schema, "/"+p.Name)}}, all...)
	}
	for _, v := range all {
		plain := plainOf(v.value)
		if plain == "" || strings.TrimSpace(plain) != plain || !printable(plain) { // white space around a header's value is no part of it
			continue
		}
		k := constraint{part: "header", pointer: p.Name, keyword: v.keyword, judged: v.judged, within: none, side: v.side, name: v.name, what: fmt.Sprintf("%s: %s", p.Name, plain)}
		r.add(k, func(c *Case, dry bool) {
			c.Header = []Header{{p.Name, plain}}
			if r.body != nil {
				c.Body = r.dressed(r.body, "", dry)
			}
		})
	}
}

// printable says that a text is of visible ASCII letters: no client library sends others in a header.
func printable(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c < 0x20 || c > 0x7e }) < 0
}
