package contract

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

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
	tokens := jsonpointer.Split(f.pointer)
	holder := tokens // of the schema that has the keyword
	if (f.keyword == "required" || f.keyword == "additionalProperties") && len(tokens) > 0 {
		holder = tokens[:len(tokens)-1]
	}
	doc := x.c.effective
	pointer, node := doc.schemaAt(x.schema(), holder, f.keyword)
	v.SpecPointer = pointer
	if node != nil && yamltree.Child(node, f.keyword) != nil {
		v.SpecPointer = pointer + "/" + f.keyword
	}
	if v.SpecPointer == "" {
		v.SpecPointer = x.judgedPointer()
	}
	v.Wanted = wanted(doc, pointer, node, f)
	v.Got = x.got(f, tokens)
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
	}
	if name, at := x.header(f.pointer); at != "" {
		v.Pointer, v.SpecPointer = name, at
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
	if itemsPointer, items := x.c.effective.resolve(schemaPointer + "/items"); yamltree.Text(schema, "type") == "array" && yamltree.Child(items, f.keyword) != nil {
		schemaPointer, schema, what = itemsPointer, items, "each value of "+what // any text is a list
	}
	v.Wanted = what + ": " + wanted(x.c.effective, schemaPointer, schema, finding{keyword: f.keyword, message: f.message})
	v.Got = safeValue(f.pointer, value)
	if yamltree.Child(schema, f.keyword) != nil {
		v.SpecPointer = schemaPointer + "/" + f.keyword
	}
}
