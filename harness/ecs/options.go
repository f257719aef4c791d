package ecs

import (
	"net/http"
	"slices"
	"time"
)

// Option changes one call: the version, the bytes, headers, credentials, path. Options are applied in order.
type Option func(*Call)

// V1 uses the v1 path of resize instead of v1.1.
func V1() Option {
	return func(c *Call) {
		if c.Operation == ResizeServer {
			c.Operation = ResizePostPaidServer
		}
	}
}

// Malformed declares that the request breaks the contract on purpose, and why. A request that breaks it undeclared is the harness's own fault, and so is
// one that is declared and does not.
func Malformed(why string) Option { return func(c *Call) { c.Malformed = why } }

// Patient repeats a request that only reads while the target says that it is busy, as long as Config.Pace allows. It is for looks of the suite's own, whose answer
// is not what a scenario is about: what a scenario asks for has to be judged by its first answer.
func Patient() Option { return func(c *Call) { c.Patient = true } }

// Outside declares that the request is of something that the contract does not describe.
func Outside() Option { return func(c *Call) { c.Outside = true } }

// Body sends exactly these bytes; an empty or nil one is an empty body.
func Body(raw []byte) Option {
	return func(c *Call) { c.Raw.Body, c.Raw.HasBody = raw, true }
}

// Suffix sends bytes after the body, whatever the body is: a newline, or something that does not belong there.
func Suffix(raw []byte) Option { return func(c *Call) { c.Raw.Suffix = raw } }

// Chunked sends the body in chunks, without Content-Length.
func Chunked() Option { return func(c *Call) { c.Raw.Chunked = true } }

// Header sets a header in place of the client's own. An Authorization set so is sent as it is, and nothing is signed.
func Header(name, value string) Option {
	return func(c *Call) {
		if c.Raw.Set == nil {
			c.Raw.Set = http.Header{}
		}
		c.Raw.Set.Set(name, value)
	}
}

// AddHeader sends one more header line, also where the header is there already.
func AddHeader(name, value string) Option {
	return func(c *Call) {
		if c.Raw.Add == nil {
			c.Raw.Add = http.Header{}
		}
		c.Raw.Add.Add(name, value)
	}
}

// WithoutHeader does not send a header, Content-Type, User-Agent, X-Sdk-Date and Authorization included.
func WithoutHeader(name string) Option {
	return func(c *Call) { c.Raw.Without = append(slices.Clip(c.Raw.Without), name) }
}

// ContentType sends another media type.
func ContentType(value string) Option { return Header("Content-Type", value) }

// As uses other credentials; the zero value sends none.
func As(other Credentials) Option {
	return func(c *Call) { c.Credentials, c.Anonymous = other, other == (Credentials{}) }
}

// Anonymous sends no credentials.
func Anonymous() Option { return As(Credentials{}) }

// InProject puts another project id into the path.
func InProject(projectID string) Option { return func(c *Call) { c.ProjectID = projectID } }

// Method sends another method.
func Method(method string) Option { return func(c *Call) { c.Raw.Method = method } }

// RawPath sends to this path below the endpoint, as it is; it begins with "/".
func RawPath(path string) Option { return func(c *Call) { c.Raw.Path = path } }

// RawQuery sends this query, as it is; without "?".
func RawQuery(query string) Option {
	return func(c *Call) { c.Raw.Query, c.Raw.HasQuery = query, true }
}

// SignedAt says when the request claims to have been signed (X-Sdk-Date).
func SignedAt(t time.Time) Option { return func(c *Call) { c.Raw.SignedAt = t } }

// ScopedCredential signs with Authorization's other form: Credential=AK/date/region/service/sdk_request, with a key derived from these. Either may be empty.
func ScopedCredential(region, service string) Option {
	return func(c *Call) { c.Raw.Scope = &Scope{Region: region, Service: service} }
}

// Signing signs exactly these headers.
func Signing(headers ...string) Option {
	return func(c *Call) { c.Raw.SignedHeaders = append([]string{}, headers...) }
}

// TamperAfterSigning signs the body as it would be sent, and sends another.
func TamperAfterSigning(body []byte) Option {
	return func(c *Call) { c.Raw.SignedBody, c.Raw.HasSignedBody = body, true }
}

// Timeout limits this one exchange instead of Timeouts.Request.
func Timeout(d time.Duration) Option { return func(c *Call) { c.Timeout = d } }

// Given gives a client under test that long for the call. Unlike Timeout it asks nothing of the client: one that has no time limit is waited for as long.
func Given(d time.Duration) Option { return func(c *Call) { c.Given = d } }

// Grace is how much longer than its time a call of a client under test is waited for, instead of External.Grace.
func Grace(d time.Duration) Option { return func(c *Call) { c.Grace = d } }
