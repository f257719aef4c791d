package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/journal"
)

// maxQuoted bounds how much of a value is shown: a violation is read on a screen, the whole body stands with the exchange.
const maxQuoted = 120

// capped shortens a text to maxQuoted bytes, at a letter's end.
func capped(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	cut := maxQuoted
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// quote shows a text in quotes, capped.
func quote(s string) string {
	short := capped(s)
	if short != s {
		return strconv.Quote(strings.TrimSuffix(short, "…")) + "…"
	}
	return strconv.Quote(s)
}

// oneLine makes a library's message fit into one line and the cap.
func oneLine(s string) string { return capped(strings.Join(strings.Fields(s), " ")) }

// secretNames are parts of names whose values are never shown.
func secretNames() []string {
	return []string{"token", "authorization", "password", "passwd", "adminpass", "secret", "signature", "user_data", "cookie"}
}

func isSecretName(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc(secretNames(), func(s string) bool { return strings.Contains(lower, s) })
}

// safeValue quotes a value unless its name says that it is a secret.
func safeValue(name, value string) string {
	if isSecretName(name) {
		return "a value that is not shown"
	}
	return quote(value)
}

// decodedBody is a body read once for describing what is wrong with it.
type decodedBody struct {
	value any
	ok    bool
}

func (x *weighing) body() *decodedBody {
	if x.decoded == nil {
		data := x.m.ResponseBody
		if x.in == inRequest {
			data = x.m.RequestBody
		}
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		x.decoded = &decodedBody{}
		x.decoded.ok = dec.Decode(&x.decoded.value) == nil
	}
	return x.decoded
}

// at gives the value at a pointer.
func (b *decodedBody) at(tokens []string) (any, bool) {
	v, ok := b.value, b.ok
	for _, t := range tokens {
		if !ok {
			return nil, false
		}
		switch c := v.(type) {
		case map[string]any:
			v, ok = c[t]
		case []any:
			i, err := strconv.Atoi(t)
			if ok = err == nil && i >= 0 && i < len(c); ok {
				v = c[i]
			}
		default:
			ok = false
		}
	}
	return v, ok
}

// describe fills in wanted, got and the place in the contract.
func (x *weighing) describe(v *journal.Violation, f finding) {
	switch f.part {
	case partStatus:
		v.SpecPointer = x.judgedPointer() + "/responses"
		v.Wanted, v.Got = "a documented status: "+x.judgedDocumented(), strconv.Itoa(x.m.Status)+" "+http.StatusText(x.m.Status)
	case partMediaType:
		v.SpecPointer = x.judgedPointer()
		v.Wanted = "a declared media type"
		if x.content != nil {
			v.SpecPointer, v.Wanted = x.content.pointer, x.content.names()
		}
		header := x.m.ResponseHeader
		if x.in == inRequest {
			header = x.m.RequestHeader
		}
		v.Got = "no Content-Type"
		if got := header.Get(headerContentType); got != "" {
			v.Got = quote(got)
		}
	case partBody:
		x.describeBody(v, f)
	default:
		x.describeParameter(v, f)
	}
}

func (x *weighing) judgedPointer() string {
	switch {
	case x.judged != nil && x.judged.pointer != "":
		return x.judged.pointer
	case x.op != nil:
		return x.op.pointer
	}
	return "/paths"
}

func (x *weighing) judgedDocumented() string {
	if x.judged == nil {
		return ""
	}
	return x.judged.documented()
}

// schema is the pointer of the schema that the body is held against, "" when none is.
func (x *weighing) schema() string {
	if x.content == nil {
		return ""
	}
	header := x.m.ResponseHeader
	if x.in == inRequest {
		header = x.m.RequestHeader
	}
	if mt := x.content.find(header.Get(headerContentType)); mt != nil {
		return mt.schema
	}
	return ""
}

func (x *weighing) describeBody(v *journal.Violation, f finding) {
	tokens := splitPointer(f.pointer)
	holder := tokens // of the schema that has the keyword
	if (f.keyword == "required" || f.keyword == "additionalProperties") && len(tokens) > 0 {
		holder = tokens[:len(tokens)-1]
	}
	doc := x.c.effective
	pointer, node := doc.schemaAt(x.schema(), holder, f.keyword)
	v.SpecPointer = pointer
	if node != nil && child(node, f.keyword) != nil {
		v.SpecPointer = pointer + "/" + f.keyword
	}
	if v.SpecPointer == "" {
		v.SpecPointer = x.judgedPointer()
	}
	v.Wanted = wanted(doc, pointer, node, f)
	v.Got = x.got(f, tokens)
}

// wanted says in words what a keyword asks for.
func wanted(doc *document, pointer string, schema *yaml.Node, f finding) string {
	name := lastToken(f.pointer)
	value := text(schema, f.keyword)
	switch f.keyword {
	case "type":
		return withArticle(typeOf(doc, schema))
	case "enum":
		var list []string
		for _, item := range items(child(schema, "enum")) {
			list = append(list, scalarText(item))
		}
		return "one of " + capped(strings.Join(list, ", "))
	case "required":
		return "the member " + strconv.Quote(name)
	case "additionalProperties":
		return "no other members than " + capped(strings.Join(declaredNames(doc, pointer), ", "))
	case "minimum", "exclusiveMinimum":
		return atLeast("at least ", "more than ", text(schema, "minimum"), text(schema, "exclusiveMinimum"))
	case "maximum", "exclusiveMaximum":
		return atLeast("at most ", "less than ", text(schema, "maximum"), text(schema, "exclusiveMaximum"))
	case "minLength":
		if value == "1" {
			return "a string that is not empty"
		}
		return "a string of at least " + value + " characters"
	case "maxLength":
		return "a string of at most " + value + " characters"
	case "pattern":
		return "a string that matches " + capped(value)
	case "format":
		return "a " + text(schema, "type") + " of the format " + value
	case "minItems", "minProperties":
		return "at least " + value + " entries"
	case "maxItems", "maxProperties":
		return "at most " + value + " entries"
	case "uniqueItems":
		return "no entry twice"
	case "multipleOf":
		return "a multiple of " + value
	case "oneOf", "anyOf":
		which := "exactly one"
		if f.keyword == "anyOf" {
			which = "at least one"
		}
		return which + " of: " + capped(strings.Join(alternatives(doc, pointer, schema, f.keyword), " | "))
	case "not":
		return "a value that the contract does not exclude"
	case KeywordSyntax:
		return "a body that can be read as JSON"
	}
	if f.keyword != "" && value != "" {
		return f.keyword + " " + capped(value)
	}
	return "what the contract declares: " + f.message
}

func atLeast(inclusive, exclusive, bound, isExclusive string) string {
	if isExclusive == "true" {
		return exclusive + bound
	}
	return inclusive + bound
}

func scalarText(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		return strconv.Quote(n.Value)
	}
	return n.Value
}

func typeOf(doc *document, schema *yaml.Node) string {
	t := text(schema, "type")
	if t == "" {
		t = "value of the declared type"
	}
	if text(schema, "nullable") == "true" {
		t += " or null"
	}
	return t
}

func withArticle(t string) string {
	if strings.HasPrefix(t, "object") || strings.HasPrefix(t, "array") || strings.HasPrefix(t, "integer") {
		return "an " + t
	}
	return "a " + t
}

// alternatives names the branches of a oneOf or anyOf.
func alternatives(doc *document, pointer string, schema *yaml.Node, keyword string) []string {
	var out []string
	for i, branch := range items(child(schema, keyword)) {
		if ref := text(branch, "$ref"); ref != "" {
			out = append(out, ref[strings.LastIndexByte(ref, '/')+1:])
			continue
		}
		_, n := doc.resolve(pointer + "/" + keyword + "/" + strconv.Itoa(i))
		if title := text(n, "title"); title != "" {
			out = append(out, title)
			continue
		}
		var required []string
		for _, r := range items(child(n, "required")) {
			required = append(required, strconv.Quote(r.Value))
		}
		switch {
		case len(required) > 0:
			out = append(out, "with "+strings.Join(required, " and "))
		case text(n, "type") != "":
			out = append(out, withArticle(text(n, "type")))
		default:
			out = append(out, "alternative "+strconv.Itoa(i+1))
		}
	}
	return out
}

// got says in words what stands there instead. Of a whole object or array only the members' names are told, for values elsewhere in it are not
// at fault and may be secrets.
func (x *weighing) got(f finding, tokens []string) string {
	if !x.body().ok {
		return "bytes that are not JSON: " + f.message
	}
	value, there := x.body().at(tokens)
	if !there {
		parent, ok := x.body().at(tokens[:max(0, len(tokens)-1)])
		if members, isObject := parent.(map[string]any); ok && isObject {
			if len(members) == 0 {
				return "none; the object is empty"
			}
			return "none; the members are " + memberNames(members)
		}
		return "none"
	}
	if f.keyword == "additionalProperties" {
		return "the member " + quote(lastToken(f.pointer))
	}
	return valueText(lastToken(f.pointer), value)
}

func valueText(name string, value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		if v == "" {
			return `the empty string ""`
		}
		return "the string " + safeValue(name, v)
	case json.Number:
		return "the number " + capped(v.String())
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return fmt.Sprintf("an array of %d", len(v))
	case map[string]any:
		if len(v) == 0 {
			return "the empty object {}"
		}
		return "an object with the members " + memberNames(v)
	}
	return "something else"
}

func memberNames(members map[string]any) string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, strconv.Quote(name))
	}
	sort.Strings(names)
	return capped(strings.Join(names, ", "))
}

// describeErrorBody says what an error answer has instead of an envelope.
func describeErrorBody(data []byte) string {
	var value any
	if len(bytes.TrimSpace(data)) == 0 {
		return "an empty body"
	}
	if json.Unmarshal(data, &value) != nil {
		return "no JSON: " + quote(string(data))
	}
	if members, ok := value.(map[string]any); ok {
		if inner, nested := members["error"].(map[string]any); nested && len(members) == 1 {
			return `an object with the member "error" of ` + valueText("error", inner)
		}
	}
	return valueText("", value)
}

func (x *weighing) describeParameter(v *journal.Violation, f finding) {
	if x.in == inResponse {
		x.describeHeader(v, f)
		return
	}
	var value string
	var there bool
	list := x.op.query
	switch f.part {
	case partHeader:
		list = x.op.headers
		value, there = x.m.RequestHeader.Get(f.pointer), len(x.m.RequestHeader.Values(f.pointer)) > 0
	case partQuery:
		query, _ := url.ParseQuery(x.m.Query)
		value, there = query.Get(f.pointer), query.Has(f.pointer)
	case partPath:
		_, params, _ := x.c.route(x.m.Method, x.m.Path)
		value, there = params[f.pointer]
	}
	v.SpecPointer = x.op.pointer
	if i := slices.IndexFunc(list, func(p parameter) bool { return strings.EqualFold(p.name, f.pointer) }); i >= 0 {
		v.SpecPointer = list[i].pointer
	}
	x.parameterText(v, f, "the "+f.part+" parameter "+f.pointer, value, there)
}

func (x *weighing) describeHeader(v *journal.Violation, f finding) {
	v.SpecPointer = x.judgedPointer()
	if x.response != nil {
		v.SpecPointer = x.response.pointer
		headers, _ := x.c.effective.find(x.response.pointer + "/headers")
		for name := range pairs(headers) {
			if strings.EqualFold(name, f.pointer) {
				v.Pointer = name
				v.SpecPointer, _ = x.c.effective.resolve(x.response.pointer + "/headers/" + escapeToken(name))
			}
		}
	}
	value := x.m.ResponseHeader.Get(f.pointer)
	x.parameterText(v, f, "the header "+v.Pointer, value, len(x.m.ResponseHeader.Values(f.pointer)) > 0)
}

func (x *weighing) parameterText(v *journal.Violation, f finding, what, value string, there bool) {
	schemaPointer, schema := x.c.effective.resolve(v.SpecPointer + "/schema")
	if f.keyword == "required" && !there {
		v.Wanted, v.Got = what, "none"
		return
	}
	v.Wanted = what + ": " + wanted(x.c.effective, schemaPointer, schema, finding{keyword: f.keyword, message: f.message})
	v.Got = safeValue(f.pointer, value)
	if child(schema, f.keyword) != nil {
		v.SpecPointer = schemaPointer + "/" + f.keyword
	}
}
