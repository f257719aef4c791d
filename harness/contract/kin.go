package contract

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

const oracleKin = "kin"

// finding is one thing an oracle holds against a message, in words both oracles share.
type finding struct {
	part    string
	pointer string // into the body, or the name of a parameter or header
	keyword string
	message string // what the oracle itself says, on one line and without values
}

// kinOracle judges by kin-openapi. For a 3.0 document that is kin's own engine, which shares nothing with the other oracle's.
type kinOracle struct {
	doc        *openapi3.T
	options    *openapi3filter.Options
	headerOnly *openapi3filter.Options // the same without the bodies of answers
}

// kinOperation is what kin needs of one operation.
type kinOperation struct {
	route *routers.Route
}

// loadKin reads and checks a document with kin. Its servers are expected to be gone: the target decides where the operations live. With flawed examples the
// oracle can judge all the same; they are told apart from other errors.
func loadKin(ctx context.Context, data []byte) (k *kinOracle, examples, err error) {
	loader := openapi3.NewLoader()
	loader.Context = ctx
	doc, err := loader.LoadFromData(data)
	if err != nil {
		return nil, nil, err
	}
	if examples = doc.Validate(ctx, openapi3.EnableMultiError(), openapi3.EnableExamplesValidation()); examples != nil {
		if err := doc.Validate(ctx, openapi3.EnableMultiError(), openapi3.DisableExamplesValidation()); err != nil {
			return nil, nil, err
		}
	}
	k = &kinOracle{doc: doc, options: &openapi3filter.Options{
		MultiError:                        true,
		IncludeResponseStatus:             true,
		RejectWhenRequestBodyNotSpecified: true,
		SkipSettingDefaults:               true, // with defaults set, judging would rewrite the message
		AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc,
		SchemaValidationOptions:           []openapi3.SchemaValidationOption{openapi3.DisableSchemaErrorDetails()},
	}}
	headerOnly := *k.options
	headerOnly.ExcludeResponseBody = true
	k.headerOnly = &headerOnly
	return k, examples, nil
}

// operation prepares a route.
func (k *kinOracle) operation(template, method string) kinOperation {
	item := k.doc.Paths.Value(template)
	op := item.GetOperation(method)
	route := &routers.Route{Spec: k.doc, Path: template, PathItem: item, Method: method, Operation: op}
	return kinOperation{route: route}
}

// request judges a request. ctx is only for kin's signature: nothing waits.
func (k *kinOracle) request(ctx context.Context, op *operation, m *Message, params map[string]string, query url.Values, view bodyView) []finding {
	input := k.input(op.kin.route, m, params, query)
	input.Request.Body, input.Request.ContentLength = bodyReader(m.RequestBody)
	return view.filter(kinFindings(nil, openapi3filter.ValidateRequest(ctx, input)))
}

func (k *kinOracle) input(route *routers.Route, m *Message, params map[string]string, query url.Values) *openapi3filter.RequestValidationInput {
	return &openapi3filter.RequestValidationInput{
		Request:     &http.Request{Method: route.Method, URL: &url.URL{Path: route.Path, RawQuery: m.Query}, Header: m.RequestHeader, Body: http.NoBody},
		PathParams:  params,
		QueryParams: query,
		Route:       route,
		Options:     k.options,
	}
}

// response judges an answer.
func (k *kinOracle) response(ctx context.Context, op *operation, m *Message, view bodyView) []finding {
	return view.filter(k.answers(ctx, op, m, k.options))
}

// headers judges an answer without its body.
func (k *kinOracle) headers(ctx context.Context, op *operation, m *Message) []finding {
	return k.answers(ctx, op, m, k.headerOnly)
}

// answers asks again without each header that kin objects to: it stops at the first, and would see neither another nor the body.
func (k *kinOracle) answers(ctx context.Context, op *operation, m *Message, options *openapi3filter.Options) (out []finding) {
	for route := op.kin.route; ; {
		found := kinFindings(nil, k.answer(ctx, route, m, options))
		out = append(out, found...)
		if len(found) != 1 || found[0].part != partHeader {
			return out
		}
		rest, less := withoutHeader(route, found[0].pointer)
		if !less {
			return out
		}
		route = rest
	}
}

// withoutHeader is the route without that header of its answers, and whether any answer had it.
func withoutHeader(route *routers.Route, name string) (rest *routers.Route, less bool) {
	bare := *route.Operation
	bare.Responses = openapi3.NewResponsesWithCapacity(route.Operation.Responses.Len())
	for code, ref := range route.Operation.Responses.Map() {
		stripped := *ref.Value
		stripped.Headers = maps.Clone(ref.Value.Headers)
		maps.DeleteFunc(stripped.Headers, func(declared string, _ *openapi3.HeaderRef) bool {
			same := strings.EqualFold(declared, name)
			less = less || same
			return same
		})
		bare.Responses.Set(code, &openapi3.ResponseRef{Value: &stripped})
	}
	shorter := *route
	shorter.Operation = &bare
	return &shorter, less
}

func (k *kinOracle) answer(ctx context.Context, route *routers.Route, m *Message, options *openapi3filter.Options) error {
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: k.input(route, m, nil, nil),
		Status:                 m.Status,
		Header:                 m.ResponseHeader,
		Body:                   io.NopCloser(bytes.NewReader(m.ResponseBody)),
		Options:                options,
	})
}

func bodyReader(data []byte) (io.ReadCloser, int64) {
	if len(data) == 0 {
		return http.NoBody, 0
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data))
}

// kinFindings flattens kin's nested errors.
func kinFindings(out []finding, err error) []finding {
	switch e := err.(type) {
	case nil:
		return out
	case openapi3.MultiError:
		for _, one := range e {
			out = kinFindings(out, one)
		}
		return out
	case *openapi3filter.RequestError:
		if e.Parameter != nil {
			part := e.Parameter.In
			return append(out, finding{part: part, pointer: e.Parameter.Name, keyword: kinParameterKeyword(e), message: oneLine(e.Reason + " " + reasonOf(e.Err))})
		}
		if strings.HasPrefix(e.Reason, "header Content-Type") {
			return append(out, finding{part: partMediaType, pointer: headerContentType, keyword: KeywordMediaType, message: "unexpected Content-Type"})
		}
		return kinBody(out, e.Reason, e.Err)
	case *openapi3filter.ResponseError:
		switch {
		case e.Reason == "status is not supported":
			return append(out, finding{part: partStatus, keyword: KeywordStatus, message: e.Reason})
		case strings.HasPrefix(e.Reason, "response header Content-Type"):
			return append(out, finding{part: partMediaType, pointer: headerContentType, keyword: KeywordMediaType, message: "unexpected Content-Type"})
		case strings.Contains(e.Reason, "header "):
			return append(out, kinHeader(e))
		}
		return kinBody(out, e.Reason, e.Err)
	}
	return append(out, finding{part: partBody, message: oneLine(err.Error())})
}

const headerContentType = "Content-Type"

func kinParameterKeyword(e *openapi3filter.RequestError) string {
	var schema *openapi3.SchemaError
	switch {
	case errors.Is(e.Err, openapi3filter.ErrInvalidRequired):
		return "required"
	case errors.As(e.Err, &schema):
		return plainKeyword(schema.SchemaField)
	}
	return "type"
}

// kinHeader reads the header's name out of kin's message: the error has no field for it.
func kinHeader(e *openapi3filter.ResponseError) finding {
	f := finding{part: partHeader, keyword: "type", message: oneLine(e.Reason)}
	if _, rest, ok := strings.Cut(e.Reason, `header "`); ok {
		f.pointer, _, _ = strings.Cut(rest, `"`)
	}
	var schema *openapi3.SchemaError
	switch {
	case strings.HasSuffix(e.Reason, "missing"):
		f.keyword = "required"
	case errors.As(e.Err, &schema):
		f.keyword = plainKeyword(schema.SchemaField)
	}
	return f
}

func kinBody(out []finding, reason string, err error) []finding {
	if leaves := schemaLeaves(nil, err); len(leaves) > 0 {
		return append(out, leaves...)
	}
	f := finding{part: partBody, keyword: KeywordSyntax, message: oneLine(reason + " " + reasonOf(err))}
	if errors.Is(err, openapi3filter.ErrInvalidRequired) {
		f.keyword = KeywordEmptyBody
	}
	return append(out, f)
}

// schemaLeaves goes down to the single schema errors. An allOf is gone through, since each of its parts binds by itself; oneOf and anyOf are
// leaves, since no single alternative of theirs was promised.
func schemaLeaves(out []finding, err error) []finding {
	switch e := err.(type) {
	case nil:
		return out
	case openapi3.MultiError:
		for _, one := range e {
			out = schemaLeaves(out, one)
		}
		return out
	case *openapi3.SchemaError:
		if e.SchemaField == "allOf" && e.Origin != nil {
			var parts openapi3.MultiError
			if errors.As(e.Origin, &parts) {
				return schemaLeaves(out, parts)
			}
		}
		return append(out, finding{part: partBody, pointer: jsonpointer.Join(e.JSONPointer()), keyword: plainKeyword(e.SchemaField), message: oneLine(e.Reason)})
	}
	return out
}

// plainKeyword gives the JSON Schema keyword for what kin calls the field.
func plainKeyword(field string) string {
	switch field {
	case "nullable", "boolean":
		return "type"
	case "properties":
		return "additionalProperties"
	}
	return field
}

func reasonOf(err error) string {
	var schema *openapi3.SchemaError
	if errors.As(err, &schema) {
		return schema.Reason
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// kinDocumentError makes one readable error of kin's, each with the line of the path or component that it names.
func (c *Contract) kinDocumentError(rule string, err error) error {
	var all []error
	var flatten func(error)
	flatten = func(err error) {
		var multi openapi3.MultiError
		if errors.As(err, &multi) && len(multi) > 1 {
			for _, one := range multi {
				flatten(one)
			}
			return
		}
		all = append(all, c.flawf(rule, c.mentioned(err.Error()), "%s (says kin-openapi)", oneLine(err.Error())))
	}
	flatten(err)
	return errors.Join(all...)
}

// mentioned finds the most exact place in the document that a message names.
func (c *Contract) mentioned(message string) string {
	best := ""
	for _, op := range c.routes {
		at := "/paths/" + jsonpointer.Escape(op.template)
		if strings.Contains(message, op.template) && len(at) > len(best) {
			best = at
			if strings.Contains(message, " "+op.method) {
				best = op.pointer
			}
		}
	}
	components := yamltree.Child(c.effective.root, "components")
	for kind, list := range yamltree.Pairs(components) {
		for name := range yamltree.Pairs(list) {
			if strings.Contains(message, `"`+name+`"`) && best == "" {
				best = "/components/" + jsonpointer.Escape(kind) + "/" + jsonpointer.Escape(name)
			}
		}
	}
	return best
}
