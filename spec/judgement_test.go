package spec_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	validation "github.com/pb33f/libopenapi-validator/errors"
)

const origin = "https://ecs.ap-southeast-1.myhuaweicloud.com"

// judges are the two libraries over the document of one profile. A schema is only clear when they agree on it.
type judges struct {
	profile string
	kin     *openapi3.T
	router  routers.Router
	lib     validator.Validator
}

func newJudges(t *testing.T, profile string) judges {
	t.Helper()
	raw := effective(t, profile)
	kin, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatalf("kin-openapi cannot load it: %v", err)
	}
	anywhere := *kin
	anywhere.Servers = nil // requests of the tests go to one origin, whatever the edition's is
	router, err := gorillamux.NewRouter(&anywhere)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := libopenapi.NewDocument(raw)
	if err != nil {
		t.Fatalf("libopenapi cannot load it: %v", err)
	}
	lib, errs := validator.NewValidator(parsed, config.WithFormatAssertions(), config.WithContentAssertions())
	if len(errs) > 0 {
		t.Fatalf("libopenapi-validator cannot compile it: %v", errs)
	}
	return judges{profile, kin, router, lib}
}

// message is a request, and an answer when status is not 0.
type message struct {
	method, path, query, body string
	header                    map[string]string
	status                    int
	answer                    string
	answerHeader              map[string]string // changes the usual header of an answer; "" takes a line away
}

func (m message) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), strings.ToUpper(m.method), origin+m.path+m.query, strings.NewReader(m.body))
	if err != nil {
		t.Fatal(err)
	}
	if m.body == "" {
		r.Body = http.NoBody
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-Auth-Token", "token")
	for name, value := range m.header {
		r.Header.Set(name, value)
	}
	return r
}

func (m message) response(r *http.Request) *http.Response {
	header := http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"0123456789abcdef0123456789abcdef"}}
	for name, value := range m.answerHeader {
		header.Set(name, value)
		if value == "" {
			header.Del(name)
		}
	}
	return &http.Response{StatusCode: m.status, Header: header, Body: io.NopCloser(strings.NewReader(m.answer)), Request: r}
}

// judge returns what each library has against the answer, or against the request when there is no answer.
func (j judges) judge(t *testing.T, m message) (kin, lib error) {
	t.Helper()
	r := m.request(t)
	route, params, err := j.router.FindRoute(r)
	if err != nil {
		t.Fatalf("%s %s: %v", m.method, m.path, err)
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			SkipSettingDefaults:   true,
			IncludeResponseStatus: true,
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
		},
	}
	var ok bool
	var findings []*validation.ValidationError
	if m.status == 0 {
		kin = openapi3filter.ValidateRequest(t.Context(), input)
		ok, findings = j.lib.ValidateHttpRequestSync(m.request(t))
	} else {
		kin = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: m.status, Options: input.Options,
			Header: m.response(r).Header, Body: io.NopCloser(bytes.NewReader([]byte(m.answer))),
		})
		fresh := m.request(t)
		ok, findings = j.lib.ValidateHttpResponse(fresh, m.response(fresh))
	}
	if !ok {
		for _, finding := range findings {
			lib = errors.Join(lib, finding)
		}
	}
	return kin, lib
}

// concrete puts ids in the place of a path's parameters.
func concrete(path string) string {
	return strings.NewReplacer("{project_id}", "0123456789abcdef0123456789abcdef",
		"{server_id}", "616fb98f-46ca-475e-917e-2563e5a8cd19", "{job_id}", "ff80808288d41e1b018990260955686a").Replace(path)
}
