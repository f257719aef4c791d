package contract

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// verdict is what somebody makes of a message.
type verdict string

const (
	valid   verdict = "valid"
	invalid verdict = "invalid"
)

// oracleCase is one message with what each oracle alone makes of it (asked about everything, as if there were no strict layer) and what we do.
type oracleCase struct {
	name     string
	send     func(m *Message)
	kin, lib verdict
	want     verdict
	keyword  string // of the first violation, when invalid
	known    string // names of the differences on record, in order
}

const (
	thingPath = "/things/70a599e0-31e7-49b7-b260-868f441e862b/change"
	errorJSON = `{"error":{"code":"Ecs.0005","message":"no"}}`
)

// goodExchange is valid in every part; cases change one thing.
func goodExchange() *Message {
	return &Message{
		Method: http.MethodPost, Path: thingPath,
		RequestHeader:  http.Header{"Content-Type": {"application/json"}, "X-Need": {"yes"}},
		RequestBody:    []byte(`{"name":"a"}`),
		Status:         200,
		ResponseHeader: http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"r1"}},
		ResponseBody:   []byte(`{"id":"x"}`),
	}
}

func sendBody(data string) func(*Message)   { return func(m *Message) { m.RequestBody = []byte(data) } }
func sendMember(data string) func(*Message) { return sendBody(`{"name":"a",` + data + `}`) }
func sendTo(p string) func(*Message)        { return func(m *Message) { m.Path = p } }
func sendQuery(q string) func(*Message)     { return func(m *Message) { m.Query = q } }
func answers(status int, data string) func(*Message) {
	return func(m *Message) { m.Status, m.ResponseBody = status, []byte(data) }
}
func sendHeader(name string, values ...string) func(*Message) {
	return func(m *Message) { m.RequestHeader[http.CanonicalHeaderKey(name)] = values }
}
func answersHeader(name string, values ...string) func(*Message) {
	return func(m *Message) { m.ResponseHeader[http.CanonicalHeaderKey(name)] = values }
}
func inTurn(changes ...func(*Message)) func(*Message) {
	return func(m *Message) {
		for _, c := range changes {
			c(m)
		}
	}
}

func requestCases() []oracleCase {
	return []oracleCase{
		{name: "in order", send: sendBody(`{"name":"a"}`), kin: valid, lib: valid, want: valid},
		{name: "every member", send: sendMember(`"count":1,"price":0.07,"kind":"b","flag":true,"maybe":null,"list":[1,2],"nested":{"a":1},"words":{"x":"y"},"choice":{"x":1},"both":{"a":1,"b":2}`), kin: valid, lib: valid, want: valid},

		// Structure and types.
		{name: "required missing", send: sendBody(`{}`), kin: invalid, lib: invalid, want: invalid, keyword: "required"},
		{name: "required null", send: sendBody(`{"name":null}`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "wrong type", send: sendBody(`{"name":1}`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "string for integer", send: sendMember(`"count":"1"`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "string for boolean", send: sendMember(`"flag":"true"`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "number for boolean", send: sendMember(`"flag":1`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "nested required", send: sendMember(`"nested":{}`), kin: invalid, lib: invalid, want: invalid, keyword: "required"},
		{name: "deep in an array", send: sendMember(`"nested":{"a":1,"b":[{"c":"x"},{"c":2}]}`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "object for array", send: sendMember(`"list":{}`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "array for object", send: sendMember(`"nested":[]`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "body is an array", send: sendBody(`[]`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "body is a string", send: sendBody(`"a"`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "body is a number", send: sendBody(`1`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "unknown member of a closed object", send: sendMember(`"other":1`), kin: invalid, lib: invalid, want: invalid, keyword: "additionalProperties"},
		{name: "member name in other case", send: sendMember(`"Count":1`), kin: invalid, lib: invalid, want: invalid, keyword: "additionalProperties"},
		{name: "member of a map of the wrong type", send: sendMember(`"words":{"x":1}`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "too few members", send: sendMember(`"words":{}`), kin: invalid, lib: invalid, want: invalid, keyword: "minProperties"},
		{name: "null where nullable", send: sendMember(`"maybe":null`), kin: valid, lib: valid, want: valid},
		{name: "null where not nullable", send: sendMember(`"kind":null`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "null where nullable but not in the enum", send: sendMember(`"maybeKind":null`), kin: valid, lib: valid, want: valid},

		// Values.
		{name: "not in the enum", send: sendMember(`"kind":"c"`), kin: invalid, lib: invalid, want: invalid, keyword: "enum"},
		{name: "enum in other case", send: sendMember(`"kind":"A"`), kin: invalid, lib: invalid, want: invalid, keyword: "enum"},
		{name: "below the minimum", send: sendMember(`"count":0`), kin: invalid, lib: invalid, want: invalid, keyword: "minimum"},
		{name: "at the minimum", send: sendMember(`"count":1`), kin: valid, lib: valid, want: valid},
		{name: "above the maximum", send: sendMember(`"count":11`), kin: invalid, lib: invalid, want: invalid, keyword: "maximum"},
		{name: "at an exclusive minimum", send: sendMember(`"above":0`), kin: invalid, lib: invalid, want: invalid, keyword: "exclusiveMinimum"},
		{name: "1.0 is an integer", send: sendMember(`"count":1.0`), kin: valid, lib: valid, want: valid},
		{name: "1e0 is an integer", send: sendMember(`"count":1e0`), kin: valid, lib: valid, want: valid},
		{name: "1.5 is none", send: sendMember(`"count":1.5`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "multiple of 0.01", send: sendMember(`"price":19.99`), kin: valid, lib: valid, want: valid},
		{name: "no multiple of 0.01", send: sendMember(`"price":0.005`), kin: invalid, lib: invalid, want: invalid, keyword: "multipleOf"},
		{name: "2^53+1 over a maximum of 2^53", send: sendMember(`"big":9007199254740993`), kin: valid, lib: valid, want: valid}, // both compare as float64: nobody can be accused
		{name: "int32 within", send: sendMember(`"int32":2147483647`), kin: valid, lib: valid, want: valid},
		{name: "int32 beyond", send: sendMember(`"int32":2147483648`), kin: invalid, lib: invalid, want: invalid, keyword: "format"},
		{name: "int64 within", send: sendMember(`"int64":9223372036854775807`), kin: valid, lib: invalid, want: valid, known: "int64-rounding"},
		{name: "int64 beyond", send: sendMember(`"int64":9223372036854775808`), kin: valid, lib: invalid, want: invalid, keyword: "format", known: "int64-range"},
		{name: "a number beyond float64", send: sendMember(`"price":1e400`), kin: invalid, lib: invalid, want: invalid},
		{name: "a number beyond float64 of which no schema speaks", send: sendMember(`"nested":{"a":1,"free":1e400}`), kin: valid, lib: invalid, want: valid, known: "number-beyond-float64"},
		{name: "empty string", send: sendBody(`{"name":""}`), kin: invalid, lib: invalid, want: invalid, keyword: "minLength"},
		{name: "too long", send: sendBody(`{"name":"abcdef"}`), kin: invalid, lib: invalid, want: invalid, keyword: "maxLength"},
		{name: "length in code points", send: sendBody(`{"name":"😀😀😀😀😀"}`), kin: valid, lib: valid, want: valid},
		{name: "escaped length", send: sendBody(`{"name":"\u00e4\u00f6\u00fc\u00df\u00e9"}`), kin: valid, lib: valid, want: valid},
		{name: "pattern", send: sendMember(`"shape":"ab"`), kin: invalid, lib: invalid, want: invalid, keyword: "pattern"},
		{name: "too few items", send: sendMember(`"list":[]`), kin: invalid, lib: invalid, want: invalid, keyword: "minItems"},
		{name: "too many items", send: sendMember(`"list":[1,2,3,4]`), kin: invalid, lib: invalid, want: invalid, keyword: "maxItems"},
		{name: "an item twice", send: sendMember(`"list":[1,1]`), kin: invalid, lib: invalid, want: invalid, keyword: "uniqueItems"},
		{name: "1 and 1.0 are the same item", send: sendMember(`"list":[1,1.0]`), kin: valid, lib: invalid, want: invalid, keyword: "uniqueItems", known: "unique-numbers"},

		// Formats.
		{name: "format uuid in the body", send: sendMember(`"uuid":"x"`), kin: valid, lib: invalid, want: valid, known: "format-is-annotation"},
		{name: "format uuid in the path", send: sendTo("/things/x/change"), kin: valid, lib: invalid, want: valid, known: "format-is-annotation"},
		{name: "format email", send: sendMember(`"email":"x"`), kin: valid, lib: invalid, want: valid, known: "format-is-annotation"},
		{name: "format date-time", send: sendMember(`"when":"2026-01-01T00:00:00Z"`), kin: valid, lib: valid, want: valid},
		{name: "no date-time", send: sendMember(`"when":"yesterday"`), kin: invalid, lib: invalid, want: invalid, keyword: "format"},
		{name: "date-time of no such day", send: sendMember(`"when":"2026-02-30T00:00:00Z"`), kin: valid, lib: invalid, want: invalid, keyword: "format", known: "date-shape"},
		{name: "date-time in lower case", send: sendMember(`"when":"2026-01-01t00:00:00z"`), kin: invalid, lib: valid, want: valid, known: "date-shape-pattern"},
		{name: "date-time with a leap second", send: sendMember(`"when":"2016-12-31T23:59:60Z"`), kin: valid, lib: valid, want: valid},
		{name: "no date", send: sendMember(`"day":"2026-13-01"`), kin: invalid, lib: invalid, want: invalid, keyword: "format"},
		{name: "no base64", send: sendMember(`"blob":"***"`), kin: invalid, lib: valid, want: invalid, keyword: "format", known: "byte-in-3.0"},

		// Combinations.
		{name: "one of", send: sendMember(`"choice":{"x":1}`), kin: valid, lib: valid, want: valid},
		{name: "none of", send: sendMember(`"choice":1`), kin: invalid, lib: invalid, want: invalid, keyword: "oneOf"},
		{name: "none of, deeper", send: sendMember(`"choice":{"x":"1"}`), kin: invalid, lib: invalid, want: invalid, keyword: "oneOf"},
		{name: "two of one", send: sendMember(`"two":1`), kin: invalid, lib: invalid, want: invalid, keyword: "oneOf"},
		{name: "part of all", send: sendMember(`"both":{"a":1}`), kin: invalid, lib: invalid, want: invalid, keyword: "required"},
		{name: "not", send: sendMember(`"nothing":"x"`), kin: invalid, lib: invalid, want: invalid, keyword: "not"},
		{name: "readOnly in a request", send: sendMember(`"read":"x"`), kin: invalid, lib: valid, want: valid, known: "read-write-only"},

		// JSON text.
		{name: "trailing comma", send: sendBody(`{"name":"a",}`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordSyntax},
		{name: "comment", send: sendBody(`{"name":"a"/* */}`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordSyntax},
		{name: "single quotes", send: sendBody(`{'name':'a'}`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordSyntax},
		{name: "NaN", send: sendMember(`"price":NaN`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordSyntax},
		{name: "byte order mark", send: sendBody("\ufeff" + `{"name":"a"}`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordSyntax},
		{name: "cut off", send: sendBody(`{"name":"a"`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordSyntax},
		{name: "something after it", send: sendBody(`{"name":"a"} x`), kin: valid, lib: invalid, want: invalid, keyword: KeywordTrailing},
		{name: "a second value", send: sendBody(`{"name":"a"}{"name":"b"}`), kin: valid, lib: invalid, want: invalid, keyword: KeywordTrailing},
		{name: "a name twice", send: sendBody(`{"name":1,"name":"a"}`), kin: valid, lib: valid, want: invalid, keyword: KeywordDuplicate},
		{name: "a name twice, deeper", send: sendMember(`"nested":{"a":1,"a":2}`), kin: valid, lib: valid, want: invalid, keyword: KeywordDuplicate},
		{name: "not UTF-8", send: sendBody("{\"name\":\"\xff\"}"), kin: valid, lib: valid, want: invalid, keyword: KeywordUTF8},
		{name: "lone surrogate", send: sendBody(`{"name":"\ud800"}`), kin: valid, lib: valid, want: invalid, keyword: KeywordSurrogate},
		{name: "lone low surrogate", send: sendBody(`{"name":"\udc00"}`), kin: valid, lib: valid, want: invalid, keyword: KeywordSurrogate},
		{name: "surrogate pair", send: sendBody(`{"name":"\ud83d\ude00"}`), kin: valid, lib: valid, want: valid},
		{name: "too deep", send: sendBody(strings.Repeat("[", 10001) + strings.Repeat("]", 10001)), kin: invalid, lib: invalid, want: invalid, keyword: KeywordDepth},
		{name: "white space around it", send: sendBody(" \n{\"name\":\"a\"}\r\n\t"), kin: valid, lib: valid, want: valid},

		// Bodies as a whole.
		{name: "empty body", send: sendBody(``), kin: invalid, lib: invalid, want: invalid, keyword: KeywordEmptyBody},
		{name: "white space only", send: sendBody(" \n"), kin: invalid, lib: invalid, want: invalid, keyword: KeywordEmptyBody},
		{name: "null body", send: sendBody(`null`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordNullBody},
		{name: "body where none is declared", send: inTurn(func(m *Message) { m.Method = http.MethodGet }, sendTo("/things/x"), sendBody(`{}`), answers(200, `{"id":"x"}`)), kin: invalid, lib: invalid, want: invalid},

		// Media types.
		{name: "no Content-Type", send: func(m *Message) { m.RequestHeader.Del("Content-Type") }, kin: invalid, lib: invalid, want: invalid, keyword: KeywordMediaType},
		{name: "another Content-Type", send: sendHeader("Content-Type", "text/plain"), kin: invalid, lib: invalid, want: invalid, keyword: KeywordMediaType},
		{name: "Content-Type with charset", send: sendHeader("Content-Type", "application/json; charset=utf-8"), kin: valid, lib: valid, want: valid},
		{name: "Content-Type with charset, close", send: sendHeader("Content-Type", "application/json;charset=UTF-8"), kin: valid, lib: valid, want: valid},
		{name: "Content-Type in capitals", send: sendHeader("Content-Type", "Application/JSON"), kin: valid, lib: valid, want: valid},
		{name: "a +json type that is not declared", send: sendHeader("Content-Type", "application/problem+json"), kin: invalid, lib: invalid, want: invalid, keyword: KeywordMediaType},
		{name: "optional body without Content-Type", send: inTurn(func(m *Message) { m.Method = http.MethodPut; m.RequestHeader.Del("Content-Type") }, sendTo("/things/all"), sendBody(`{}`), answers(204, ``)),
			kin: invalid, lib: valid, want: invalid, keyword: KeywordMediaType, known: "optional-body-untyped"},
		{name: "optional body left out", send: inTurn(func(m *Message) { m.Method = http.MethodPut; m.RequestHeader.Del("Content-Type") }, sendTo("/things/all"), sendBody(``), answers(204, ``)),
			kin: valid, lib: valid, want: valid},

		// Parameters.
		{name: "query in order", send: sendQuery("limit=5&tag=a&tag=b&mode=fast"), kin: valid, lib: valid, want: valid},
		{name: "query not an integer", send: sendQuery("limit=five"), kin: invalid, lib: invalid, want: invalid},
		{name: "query below the minimum", send: sendQuery("limit=0"), kin: invalid, lib: invalid, want: invalid, keyword: "minimum"},
		{name: "query not in the enum", send: sendQuery("mode=other"), kin: invalid, lib: invalid, want: invalid, keyword: "enum"},
		{name: "undeclared query parameter", send: sendQuery("other=1"), kin: valid, lib: valid, want: valid},
		{name: "scalar query parameter twice", send: sendQuery("limit=1&limit=2"), kin: valid, lib: valid, want: invalid, keyword: KeywordRepeated},
		{name: "required header missing", send: func(m *Message) { m.RequestHeader.Del("X-Need") }, kin: invalid, lib: invalid, want: invalid, keyword: "required"},
		{name: "header breaks its pattern", send: sendHeader("X-Need", "NO"), kin: invalid, lib: invalid, want: invalid, keyword: "pattern"},
		{name: "header not an integer", send: sendHeader("X-Count", "many"), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "no credentials", send: func(m *Message) { m.RequestHeader.Del("X-Auth-Token") }, kin: valid, lib: valid, want: valid},
		{name: "encoded slash in an id", send: inTurn(func(m *Message) { m.Method = http.MethodGet; m.RequestBody = nil }, sendTo("/things/a%2Fb"), answers(200, `{"id":"x"}`)), kin: valid, lib: valid, want: valid},
	}
}

func responseCases() []oracleCase {
	noType := func(m *Message) { m.ResponseHeader.Del("Content-Type") }
	return []oracleCase{
		{name: "in order", send: answers(200, `{"id":"x"}`), kin: valid, lib: valid, want: valid},
		{name: "undeclared member", send: answers(200, `{"id":"x","other":1}`), kin: valid, lib: valid, want: valid},
		{name: "required missing", send: answers(200, `{}`), kin: invalid, lib: invalid, want: invalid, keyword: "required"},
		{name: "wrong type", send: answers(200, `{"id":1}`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "empty id", send: answers(200, `{"id":""}`), kin: invalid, lib: invalid, want: invalid, keyword: "minLength"},
		{name: "not in the enum", send: answers(200, `{"id":"x","state":"new"}`), kin: invalid, lib: invalid, want: invalid, keyword: "enum"},
		{name: "int64 beyond", send: answers(200, `{"id":"x","size":9223372036854775808}`), kin: valid, lib: invalid, want: invalid, keyword: "format", known: "int64-range"},
		{name: "body is an array", send: answers(200, `[]`), kin: invalid, lib: invalid, want: invalid, keyword: "type"},
		{name: "writeOnly in an answer", send: answers(200, `{"id":"x","hidden":"y"}`), kin: invalid, lib: valid, want: valid, known: "read-write-only"},
		{name: "something after it", send: answers(200, `{"id":"x"} x`), kin: valid, lib: invalid, want: invalid, keyword: KeywordTrailing},
		{name: "a second value", send: answers(200, `{"id":"x"}{"id":"y"}`), kin: valid, lib: invalid, want: invalid, keyword: KeywordTrailing},
		{name: "a name twice", send: answers(200, `{"id":"x","id":"y"}`), kin: valid, lib: valid, want: invalid, keyword: KeywordDuplicate},
		{name: "not UTF-8", send: answers(200, "{\"id\":\"\xc3\x28\"}"), kin: valid, lib: valid, want: invalid, keyword: KeywordUTF8},
		{name: "lone surrogate", send: answers(200, `{"id":"\ud800x"}`), kin: valid, lib: valid, want: invalid, keyword: KeywordSurrogate},
		{name: "cut off", send: answers(200, `{"id":"x"`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordSyntax},
		{name: "empty", send: answers(200, ``), kin: invalid, lib: invalid, want: invalid, keyword: KeywordEmptyBody},
		{name: "white space only", send: answers(200, "\n"), kin: invalid, lib: valid, want: invalid, keyword: KeywordEmptyBody},
		{name: "null", send: answers(200, `null`), kin: invalid, lib: valid, want: invalid, keyword: KeywordNullBody},
		{name: "no Content-Type", send: noType, kin: invalid, lib: invalid, want: invalid, keyword: KeywordMediaType},
		{name: "another Content-Type", send: answersHeader("Content-Type", "text/html"), kin: invalid, lib: invalid, want: invalid, keyword: KeywordMediaType},
		{name: "Content-Type with charset", send: answersHeader("Content-Type", "application/json;charset=UTF-8"), kin: valid, lib: valid, want: valid},
		{name: "Content-Type in capitals", send: answersHeader("Content-Type", "APPLICATION/JSON"), kin: valid, lib: valid, want: valid},
		{name: "one of", send: answers(202, `{"job":"j"}`), kin: valid, lib: valid, want: valid},
		{name: "both of one of", send: answers(202, `{"job":"j","order":"o"}`), kin: invalid, lib: invalid, want: invalid, keyword: "oneOf"},
		{name: "optional body left out", send: inTurn(answers(202, ``), noType), kin: invalid, lib: invalid, want: valid},
		{name: "204 without a body", send: inTurn(answers(204, ``), noType), kin: valid, lib: valid, want: valid},
		{name: "204 with a body", send: answers(204, `{}`), kin: valid, lib: valid, want: invalid, keyword: KeywordNoBody},
		{name: "undocumented status", send: answers(201, `{"id":"x"}`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordStatus},
		{name: "undocumented 5xx", send: answers(500, errorJSON), kin: invalid, lib: invalid, want: invalid, keyword: KeywordStatus},
		{name: "undocumented redirect", send: inTurn(answers(308, ``), noType), kin: valid, lib: invalid, want: invalid, keyword: KeywordStatus, known: "redirects-unread"},
		{name: "documented 304", send: inTurn(answers(304, ``), noType), kin: valid, lib: invalid, want: valid},
		{name: "header missing", send: func(m *Message) { m.ResponseHeader.Del("X-Request-Id") }, kin: invalid, lib: invalid, want: invalid, keyword: "required"},
		{name: "header empty", send: answersHeader("X-Request-Id", ""), kin: invalid, lib: invalid, want: invalid, keyword: "minLength"},
		{name: "header of any type", send: answersHeader("X-Free", "?"), kin: invalid, lib: valid, want: valid, known: "untyped-header"},
		{name: "error in order", send: answers(400, errorJSON), kin: valid, lib: valid, want: valid},
		{name: "flat error", send: answers(400, `{"error_code":"APIGW.0101","error_msg":"no","request_id":"r"}`), kin: invalid, lib: invalid, want: invalid, keyword: "required"},
		{name: "error without a code", send: answers(400, `{"error":{"message":"no"}}`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordErrorEnvelope},
		{name: "error with an empty code", send: answers(503, `{"error":{"code":"","message":"no"}}`), kin: invalid, lib: invalid, want: invalid, keyword: KeywordErrorEnvelope},
		{name: "empty error", send: inTurn(answers(404, ``), noType), kin: invalid, lib: invalid, want: invalid, keyword: KeywordErrorEnvelope},
		{name: "HTML error", send: inTurn(answers(502, `<html>`), answersHeader("Content-Type", "text/html")), kin: invalid, lib: invalid, want: invalid, keyword: KeywordErrorEnvelope},
	}
}

// Every kind of message on which the two oracles agree or do not: what each says by itself, and what we make of it. A new version of either library
// that judges otherwise fails here, and the table of differences is gone over again.
func TestOraclesAndUs(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	seen := map[string]bool{}
	judge := func(t *testing.T, in string, k oracleCase) {
		m := goodExchange()
		k.send(m)
		op, params, _ := c.route(m.Method, m.Path)
		if op == nil {
			t.Fatalf("%s %s matches no operation", m.Method, m.Path)
		}
		values, err := url.ParseQuery(m.Query)
		if err != nil {
			t.Fatal(err)
		}
		byKin, byLib := c.kin.response(t.Context(), op, m, wholeBody), []finding(nil)
		if in == inRequest {
			byKin = c.kin.request(t.Context(), op, m, params, values, wholeBody)
			byLib = c.lib.request(t.Context(), op, m, wholeBody)
		} else {
			byLib = c.lib.response(t.Context(), op, m, wholeBody)
		}
		if got := verdictOf(len(byKin)); got != k.kin {
			t.Errorf("kin says %s, want %s: %+v", got, k.kin, byKin)
		}
		if got := verdictOf(len(byLib)); got != k.lib {
			t.Errorf("libopenapi says %s, want %s: %+v", got, k.lib, byLib)
		}

		j := c.Judge(t.Context(), m)
		found, other := j.Request, j.Response
		if in == inResponse {
			found, other = j.Response, j.Request
		}
		if got := verdictOf(len(found)); got != k.want {
			t.Errorf("we say %s, want %s: %+v", got, k.want, found)
		}
		if len(other) > 0 {
			t.Errorf("the other message is accused as well: %+v", other)
		}
		if k.keyword != "" && len(found) > 0 && found[0].Keyword != k.keyword {
			t.Errorf("keyword %q, want %q: %+v", found[0].Keyword, k.keyword, found[0])
		}
		for _, v := range found {
			if v.Requirement == "" || v.Wanted == "" || v.Got == "" || !strings.HasPrefix(v.SpecLine, "testdata/things.yaml:") || len(v.Oracles) == 0 || v.In != in {
				t.Errorf("a violation that says too little: %+v", v)
			}
		}
		var known []string
		for _, d := range j.Disagreements {
			if d.Known == "" {
				t.Errorf("an unknown difference: %+v", d)
			}
			seen[d.Known] = true
			known = append(known, d.Known)
		}
		if got := strings.Join(known, ","); got != k.known {
			t.Errorf("known differences %q, want %q", got, k.known)
		}
	}
	for _, k := range requestCases() {
		t.Run("request/"+k.name, func(t *testing.T) { judge(t, inRequest, k) })
	}
	for _, k := range responseCases() {
		t.Run("response/"+k.name, func(t *testing.T) { judge(t, inResponse, k) })
	}
	for _, d := range differences() {
		if !seen[d.name] {
			t.Errorf("no case shows the known difference %q: drop it from the table or add the case", d.name)
		}
	}
}

func verdictOf(findings int) verdict {
	if findings > 0 {
		return invalid
	}
	return valid
}

// The paths that both libraries would be generous with.
func TestPathsAreTakenAsSent(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	for _, k := range []struct{ name, method, path, operation, keyword string }{
		{"literal before parameter", "GET", "/things/all", "listThings", ""},
		{"parameter", "GET", "/things/one", "showThing", ""},
		{"encoded slash stays in its segment", "GET", "/things/a%2Fb", "showThing", ""},
		{"trailing slash", "GET", "/things/one/", "", KeywordPathForm},
		{"double slash", "GET", "//things/one", "", KeywordPathForm},
		{"double slash inside", "GET", "/things//one", "", KeywordPathForm},
		{"empty id", "GET", "/things/", "", KeywordPath},
		{"unknown path", "GET", "/other", "", KeywordPath},
		{"case of a literal", "GET", "/Things/one", "", KeywordPath},
		{"unknown method", "DELETE", "/things/one", "", KeywordMethod},
	} {
		t.Run(k.name, func(t *testing.T) {
			j := c.Judge(t.Context(), &Message{Method: k.method, Path: k.path, RequestHeader: http.Header{}})
			if j.Operation != k.operation {
				t.Errorf("operation %q, want %q", j.Operation, k.operation)
			}
			keywords := []string{}
			for _, v := range j.Request {
				keywords = append(keywords, v.Keyword)
			}
			want := []string{}
			if k.keyword != "" {
				want = append(want, k.keyword)
			}
			if !slices.Equal(keywords, want) {
				t.Errorf("keywords %q, want %q", keywords, want)
			}
		})
	}
}
