package contract

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/pb33f/jsonschema/v6"
	"github.com/pb33f/jsonschema/v6/kind"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	liberrors "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi-validator/helpers"
	"github.com/pb33f/libopenapi-validator/responses"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	lowv3 "github.com/pb33f/libopenapi/datamodel/low/v3"

	"resize-conformance/harness/jsonpointer"
)

const oracleLib = "libopenapi"

// libJudge is libOracle. It is an interface because a package that can see the library's types through a Contract takes the compiler twelve seconds: they are
// generic and many.
type libJudge interface {
	bind(op *operation, template string)
	request(ctx context.Context, op *operation, m *Message, view bodyView) []finding
	response(ctx context.Context, op *operation, m *Message, view bodyView) []finding
	headers(ctx context.Context, op *operation, m *Message) []finding
}

// libOracle judges by libopenapi-validator, whose engine is a JSON Schema one. It is asked part by part with the operation already known: its
// own search for the path costs more than all the rest, and takes //, and other servers' base paths, for the same.
type libOracle struct {
	v          validator.Validator
	model      *v3.Document
	items      map[*operation]*v3.PathItem
	headerOnly responses.ResponseBodyValidator // looks at an answer without its body
}

func loadLib(data []byte) (libJudge, error) {
	doc, err := libopenapi.NewDocument(data)
	if err != nil {
		return nil, err
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		return nil, err
	}
	// Strict mode stays off: it has a data race, compiles schemas on every call, and what it finds accuses nobody. See undeclared.go.
	options := []config.Option{
		config.WithFormatAssertions(),
		config.WithContentAssertions(),
		config.WithRejectUnsupportedBodyContent(),
		config.WithRejectUndeclaredRequestBody(),
		config.WithoutSecurityValidation(),
		config.WithRegexCache(&sync.Map{}), // else every path segment's pattern is compiled anew for every request
		config.WithSchemaCache(newSchemaCache()),
	}
	return &libOracle{
		v:          validator.NewValidatorFromV3Model(&model.Model, options...),
		model:      &model.Model,
		items:      map[*operation]*v3.PathItem{},
		headerOnly: responses.NewResponseBodyValidator(&model.Model, append(options, config.WithoutResponseBodyValidation())...),
	}, nil
}

// checkDocument holds a document against the OpenAPI 3.0 schema. It is read anew for that: the check writes into the model it is given.
func checkDocument(data []byte) ([]*liberrors.ValidationError, error) {
	doc, err := libopenapi.NewDocument(data)
	if err != nil {
		return nil, err
	}
	if _, err := doc.BuildV3Model(); err != nil {
		return nil, err
	}
	_, found := schema_validation.ValidateOpenAPIDocument(doc)
	return found, nil
}

// libDocumentError locates what checkDocument found.
func (c *Contract) libDocumentError(found []*liberrors.ValidationError) error {
	var all []error
	for _, e := range found {
		if len(e.SchemaValidationErrors) == 0 {
			all = append(all, c.flawf(RuleLib, "", "%s: %s (says libopenapi)", e.Message, e.Reason))
		}
		for _, s := range e.SchemaValidationErrors {
			pointer := strings.Join(append([]string{""}, s.InstancePath...), "/") // its segments are escaped already
			all = append(all, c.flawf(RuleLib, pointer, "%s: %s (says libopenapi)", orRoot(pointer), s.Reason))
		}
	}
	return errors.Join(all...)
}

func orRoot(pointer string) string {
	if pointer == "" {
		return "the document"
	}
	return pointer
}

// bind looks an operation up, once, under the path that the document has it at.
func (l *libOracle) bind(op *operation, template string) {
	l.items[op] = l.model.Paths.PathItems.GetOrZero(template)
}

// request judges a request.
func (l *libOracle) request(ctx context.Context, op *operation, m *Message, view bodyView) []finding {
	r := (&http.Request{Method: op.method, URL: libURL(m), Header: m.RequestHeader, Body: http.NoBody}).WithContext(ctx)
	var out []finding
	params := l.v.GetParameterValidator()
	if op.constrainedPath { // else no segment can be wrong, and the library's way to find that out is long
		_, errs := params.ValidatePathParamsWithPathItem(r, l.items[op], op.template)
		out = libFindings(out, errs)
	}
	if len(op.query) > 0 {
		_, errs := params.ValidateQueryParamsWithPathItem(r, l.items[op], op.template)
		out = libFindings(out, errs)
	}
	if len(op.headers) > 0 {
		_, errs := params.ValidateHeaderParamsWithPathItem(r, l.items[op], op.template)
		out = libFindings(out, errs)
	}
	if op.body != nil || len(m.RequestBody) > 0 {
		r.Body, r.ContentLength = bodyReader(m.RequestBody)
		_, errs := l.v.GetRequestBodyValidator().ValidateRequestBodyWithPathItem(r, l.items[op], op.template)
		out = libFindings(out, errs)
	}
	return view.filter(out)
}

func libURL(m *Message) *url.URL {
	path, err := url.PathUnescape(m.Path)
	if err != nil {
		path = m.Path
	}
	return &url.URL{Path: path, RawPath: m.Path, RawQuery: m.Query}
}

// response judges an answer.
func (l *libOracle) response(ctx context.Context, op *operation, m *Message, view bodyView) []finding {
	return view.filter(l.answer(ctx, op, m, l.v.GetResponseBodyValidator()))
}

// headers judges an answer without its body.
func (l *libOracle) headers(ctx context.Context, op *operation, m *Message) []finding {
	return l.answer(ctx, op, m, l.headerOnly)
}

func (l *libOracle) answer(ctx context.Context, op *operation, m *Message, by responses.ResponseBodyValidator) []finding {
	request := (&http.Request{Method: op.method, URL: &url.URL{Path: op.template}, Header: m.RequestHeader, Body: http.NoBody}).WithContext(ctx)
	response := &http.Response{StatusCode: m.Status, Header: m.ResponseHeader, Request: request}
	response.Body, response.ContentLength = bodyReader(m.ResponseBody) // an empty body must be NoBody: any other empty reader passes for valid
	_, errs := by.ValidateResponseBodyWithPathItem(request, response, l.items[op], op.template)
	return libFindings(nil, errs)
}

// libFindings puts the library's errors into the common words.
func libFindings(out []finding, errs []*liberrors.ValidationError) []finding {
	for _, e := range errs {
		message := oneLine(e.Message)
		switch {
		case e.ValidationType == helpers.ParameterValidation:
			out = append(out, finding{part: e.ValidationSubType, pointer: e.ParameterName, keyword: libParameterKeyword(e), message: message})
		case e.ValidationSubType == helpers.ResponseBodyResponseCode:
			out = append(out, finding{part: partStatus, keyword: KeywordStatus, message: message})
		case e.ValidationSubType == helpers.RequestBodyContentType:
			out = append(out, finding{part: partMediaType, pointer: headerContentType, keyword: KeywordMediaType, message: message})
		case e.ValidationSubType == helpers.ParameterValidationHeader || e.ValidationSubType == lowv3.HeadersLabel:
			out = append(out, finding{part: partHeader, pointer: libHeaderName(e), keyword: libParameterKeyword(e), message: message})
		case e.ValidationType == helpers.PathValidation:
			out = append(out, finding{part: partPath, pointer: e.ParameterName, keyword: "required", message: message})
		default:
			out = libBody(out, e)
		}
	}
	return out
}

func libHeaderName(e *liberrors.ValidationError) string {
	if e.ParameterName != "" {
		return e.ParameterName
	}
	for _, s := range e.SchemaValidationErrors {
		if s.FieldName != "" {
			return s.FieldName
		}
	}
	return ""
}

func libParameterKeyword(e *liberrors.ValidationError) string {
	for _, s := range e.SchemaValidationErrors {
		if s.OriginalJsonSchemaError != nil {
			if leaves := libLeaves(nil, s.OriginalJsonSchemaError); len(leaves) > 0 {
				return leaves[0].keyword
			}
		}
		if i := strings.LastIndexByte(s.KeywordLocation, '/'); i >= 0 {
			return s.KeywordLocation[i+1:]
		}
	}
	return "type"
}

func libBody(out []finding, e *liberrors.ValidationError) []finding {
	for _, s := range e.SchemaValidationErrors {
		if s.OriginalJsonSchemaError != nil { // every entry points to the same tree
			return libLeaves(out, s.OriginalJsonSchemaError)
		}
	}
	f := finding{part: partBody, keyword: KeywordSyntax, message: oneLine(e.Message + ": " + e.Reason)}
	if strings.Contains(e.Message, "is empty") || strings.Contains(e.Message, "response object is missing") {
		f.keyword = KeywordEmptyBody
	}
	return append(out, f)
}

// libLeaves goes down the tree of schema errors to those that stand for one broken keyword each; see schemaLeaves for oneOf and anyOf.
func libLeaves(out []finding, e *jsonschema.ValidationError) []finding {
	at := jsonpointer.Join(e.InstanceLocation)
	one := func(pointer, keyword string) []finding {
		return append(out, finding{part: partBody, pointer: pointer, keyword: keyword, message: "'" + keyword + "' at " + orRoot(pointer)})
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference, *kind.AllOf:
		for _, cause := range e.Causes {
			out = libLeaves(out, cause)
		}
		return out
	case *kind.OneOf, *kind.AnyOf, *kind.Not:
		return one(at, keywordOf(e))
	case *kind.Required:
		for _, name := range k.Missing {
			out = one(at+"/"+jsonpointer.Escape(name), "required")
		}
		return out
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			out = one(at+"/"+jsonpointer.Escape(name), "additionalProperties")
		}
		return out
	}
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			out = libLeaves(out, cause)
		}
		return out
	}
	return one(at, keywordOf(e))
}

func keywordOf(e *jsonschema.ValidationError) string {
	switch e.ErrorKind.(type) {
	case *kind.Not:
		return "not"
	case *kind.FalseSchema:
		return "additionalProperties"
	}
	if path := e.ErrorKind.KeywordPath(); len(path) > 0 {
		return path[0]
	}
	return ""
}
