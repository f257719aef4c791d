package contract

import (
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"resize-conformance/harness/journal"
)

func changed(changes ...func(*Message)) *Message {
	m := goodExchange()
	inTurn(changes...)(m)
	return m
}

// brief puts violations into one line each.
func brief(list []journal.Violation) string {
	var out []string
	for _, v := range list {
		out = append(out, strings.Join([]string{v.Requirement, string(v.Level), v.Part, v.Pointer, v.Keyword, v.Wanted, v.Got}, " | "))
	}
	return strings.Join(out, "\n")
}

// What people read at night: short, exact, and of the right requirement.
func TestViolationsAreTold(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	for _, k := range []struct {
		name string
		m    *Message
		in   string
		want string
	}{
		{"missing member", changed(answers(200, `{"state":"NEW"}`)), inResponse,
			`RSZ-RSP-001 | MUST | body | /id | required | the member "id" | none; the members are "state"`},
		{"missing member of an empty object", changed(answers(200, `{}`)), inResponse,
			`RSZ-RSP-001 | MUST | body | /id | required | the member "id" | none; the object is empty`},
		{"wrong type", changed(answers(200, `{"id":[1,2]}`)), inResponse, `RSZ-RSP-001 | MUST | body | /id | type | a string | an array of 2`},
		{"enum", changed(answers(200, `{"id":"x","state":"OLD"}`)), inResponse, `RSZ-RSP-090 | MUST | body | /state | enum | one of "NEW", "DONE" | the string "OLD"`},
		{"in an array", changed(answers(200, `{"id":"x","parts":[{"n":1},{"n":"2"}]}`)), inResponse,
			`RSZ-RSP-090 | MUST | body | /parts/1/n | type | an integer | the string "2"`},
		{"one of", changed(answers(202, `{"else":1}`)), inResponse,
			`RSZ-RSP-090 | MUST | body |  | oneOf | exactly one of: with "job" | with "order" | an object with the members "else"`},
		{"status", changed(answers(206, `{"id":"x"}`)), inResponse,
			`RSZ-RSP-017 | MUST | status |  | status | a documented status: 200, 202, 204, 304, 4XX, 503 | 206 Partial Content`},
		{"media type", changed(answersHeader("Content-Type", "text/plain")), inResponse,
			`RSZ-RSP-090 | MUST | media-type | Content-Type | media-type | application/json | "text/plain"`},
		{"header", changed(func(m *Message) { m.ResponseHeader.Del("X-Request-Id") }), inResponse,
			`RSZ-RSP-008 | SHOULD | header | X-Request-Id | required | the header X-Request-Id | none`},
		{"duplicate", changed(answers(200, `{"id":"x","id":"y"}`)), inResponse,
			`RSZ-RSP-018 | MUST | body | /id | duplicate-key | one strict JSON value (RFC 8259, UTF-8, no name twice) | the name "id" twice in one object`},
		{"trailing", changed(answers(200, `{"id":"x"} {}`)), inResponse,
			`RSZ-RSP-018 | MUST | body |  | trailing-data | one strict JSON value (RFC 8259, UTF-8, no name twice) | more after the JSON value: "{}"`},
		{"envelope", changed(answers(404, `{"error":{"message":"m"}}`)), inResponse,
			`RSZ-ERR-001 | MUST | body |  | error-envelope | an error code and a message, neither empty, in one of the known envelopes | an object with the member "error" of an object with the members "message"`},
		{"HTML error", changed(answers(404, `<html>`), answersHeader("Content-Type", "text/html")), inResponse,
			"RSZ-ERR-001 | MUST | body |  | error-envelope | an error code and a message, neither empty, in one of the known envelopes | no JSON: \"<html>\"\n" +
				`RSZ-ERR-002 | MUST | media-type | Content-Type | media-type | application/json | "text/html"`},
		{"empty error", changed(answers(404, ``), func(m *Message) { m.ResponseHeader.Del("Content-Type") }), inResponse,
			`RSZ-ERR-001 | MUST | body |  | error-envelope | an error code and a message, neither empty, in one of the known envelopes | an empty body`},
		{"two things at once", changed(answers(200, `{"state":"OLD"}`), func(m *Message) { m.ResponseHeader.Del("X-Request-Id") }), inResponse,
			"RSZ-RSP-001 | MUST | body | /id | required | the member \"id\" | none; the members are \"state\"\n" +
				"RSZ-RSP-090 | MUST | body | /state | enum | one of \"NEW\", \"DONE\" | the string \"OLD\"\n" +
				"RSZ-RSP-008 | SHOULD | header | X-Request-Id | required | the header X-Request-Id | none"},
		{"request enum", changed(sendQuery("mode=other")), inRequest,
			`RSZ-BODY-001 | MUST | query | mode | enum | the query parameter mode: one of "fast", "slow" | "other"`},
		{"repeated", changed(sendQuery("limit=1&limit=2")), inRequest,
			`RSZ-BODY-001 | MUST | query | limit | repeated-parameter | limit at most once | 2 times: "1, 2"`},
		{"trailing slash", changed(sendTo(thingPath+"/"), func(m *Message) { m.Status = 0 }), inRequest,
			`RSZ-BODY-001 | MUST | path |  | path-form | ` + thingPath + ` | ` + thingPath + `/`},
	} {
		t.Run(k.name, func(t *testing.T) {
			j := c.Judge(t.Context(), k.m)
			found, blame := j.Response, journal.Server
			if k.in == inRequest {
				found, blame = j.Request, journal.Client
			}
			if got := brief(found); got != k.want {
				t.Errorf("got\n%s\nwant\n%s", got, k.want)
			}
			for _, v := range found {
				if v.Blame != blame || v.In != k.in {
					t.Errorf("blames %s for the %s", v.Blame, v.In)
				}
			}
		})
	}
}

func TestSecretsAndLongValuesAreNotShown(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	const canary = "canary-5f1d"
	for name, m := range map[string]*Message{
		"a secret's own value":       changed(sendMember(`"secretToken":"` + canary + `"`)),
		"a secret beside the fault":  changed(sendMember(`"count":0,"words":{"adminPass":"` + canary + `"}`)),
		"a secret in a wrong object": changed(sendBody(`{"name":{"adminPass":"` + canary + `"}}`)),
		"a secret in a oneOf":        changed(sendMember(`"choice":{"x":"1","adminPass":"` + canary + `"}`)),
		"a long value":               changed(sendBody(`{"name":"` + strings.Repeat("x", 10000) + canary + `"}`)),
		"a long answer":              changed(answers(404, strings.Repeat("x", 10000)+canary)),
	} {
		t.Run(name, func(t *testing.T) {
			j := c.Judge(t.Context(), m)
			found := append(j.Request, j.Response...)
			if len(found) == 0 {
				t.Fatal("finds nothing")
			}
			for _, v := range found {
				if strings.Contains(v.Got+v.Wanted, canary) {
					t.Errorf("shows it: %s", v.Got)
				}
				if len(v.Got) > 2*maxQuoted || len(v.Wanted) > 2*maxQuoted {
					t.Errorf("says too much: %s | %s", v.Wanted, v.Got)
				}
			}
		})
	}
}

func TestAnswersThatCannotBeJudgedInFull(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	none := changed(func(m *Message) { m.Status, m.ResponseHeader, m.ResponseBody = 0, nil, nil })
	if j := c.Judge(t.Context(), none); len(j.Response) != 0 {
		t.Errorf("no answer: %s", brief(j.Response))
	}
	torn := changed(answers(200, `{"id":`), func(m *Message) { m.ResponseTruncated = true })
	if j := c.Judge(t.Context(), torn); len(j.Response) != 0 {
		t.Errorf("a truncated body: %s", brief(j.Response))
	}
	torn = changed(answers(404, `<htm`), answersHeader("Content-Type", "text/html"), func(m *Message) { m.ResponseTruncated = true })
	if got, want := brief(c.Judge(t.Context(), torn).Response), `RSZ-ERR-002 | MUST | media-type | Content-Type | media-type | application/json | "text/html"`; got != want {
		t.Errorf("a truncated error: %s", got)
	}
	bare := &Message{Method: "GET", Path: "/things/x", Status: 200}
	if j := c.Judge(t.Context(), bare); len(j.Response) == 0 {
		t.Error("an answer without header and body passes")
	}
}

// Error answers to requests that match no operation, or are malformed, are held against the contract like any other.
func TestAnswersToRequestsThatMatchNothing(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	lost := sendTo("/nowhere")
	for name, k := range map[string]struct {
		m    *Message
		want string
	}{
		"in order":               {changed(lost, answers(404, errorJSON)), ""},
		"no envelope":            {changed(lost, answers(404, `{"timestamp":1}`)), "RSZ-ERR-001"},
		"no type":                {changed(lost, answers(405, errorJSON), answersHeader("Content-Type", "text/plain")), "RSZ-ERR-002"},
		"no request id":          {changed(lost, answers(404, errorJSON), func(m *Message) { m.ResponseHeader.Del("X-Request-Id") }), "RSZ-RSP-008"},
		"duplicate":              {changed(lost, answers(404, `{"error":{"code":"a","code":"b","message":"m"}}`)), "RSZ-RSP-018"},
		"not an error":           {changed(lost, answers(200, `{"a":1,"a":2}`)), "RSZ-RSP-018"},
		"to a malformed request": {changed(sendBody(`{"name":`), answers(400, `{"error":{"code":"","message":"m"}}`)), "RSZ-ERR-001"},
	} {
		t.Run(name, func(t *testing.T) {
			j := c.Judge(t.Context(), k.m)
			var ids []string
			for _, v := range j.Response {
				ids = append(ids, v.Requirement)
			}
			if got := strings.Join(ids, ","); got != k.want {
				t.Errorf("requirements %q, want %q:\n%s", got, k.want, brief(j.Response))
			}
			if len(j.Request) == 0 {
				t.Error("the request passes")
			}
		})
	}
}

func TestUndeclaredMembersAreInformation(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	j := c.Judge(t.Context(), changed(answers(200, `{"id":"x","new":{"deep":1},"parts":[{"n":1,"m":2}],"free":{"any":1}}`)))
	if len(j.Response) != 0 {
		t.Errorf("accuses: %s", brief(j.Response))
	}
	var pointers []string
	for _, v := range j.Information {
		pointers = append(pointers, v.Pointer)
		if v.Level != journal.May || v.Blame != "" {
			t.Errorf("more than information: %+v", v)
		}
	}
	if got := strings.Join(pointers, " "); got != "/new /parts/0/m" {
		t.Errorf("undeclared %q", got)
	}
	many := `{"id":"x"`
	for i := range 100 {
		many += `,"n` + strings.Repeat("x", i) + `":1`
	}
	if j := c.Judge(t.Context(), changed(answers(200, many+"}"))); len(j.Information) != maxUndeclared {
		t.Errorf("tells of %d", len(j.Information))
	}
}

// Judging leaves the message as it was, gives the same answer every time, and may be done by many at once.
func TestJudgeIsPureAndConcurrent(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	var messages []*Message
	var want []Judgement
	for _, k := range append(requestCases(), responseCases()...) {
		m := changed(k.send)
		before := *m
		before.RequestHeader, before.ResponseHeader = m.RequestHeader.Clone(), m.ResponseHeader.Clone()
		before.RequestBody, before.ResponseBody = append([]byte(nil), m.RequestBody...), append([]byte(nil), m.ResponseBody...)
		want = append(want, c.Judge(t.Context(), m))
		if m.Query != before.Query || string(m.RequestBody) != string(before.RequestBody) || string(m.ResponseBody) != string(before.ResponseBody) ||
			!reflect.DeepEqual(m.RequestHeader, before.RequestHeader) || !reflect.DeepEqual(m.ResponseHeader, before.ResponseHeader) {
			t.Errorf("%s: judging changed the message", k.name)
		}
		messages = append(messages, m)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, m := range messages {
				if got := c.Judge(t.Context(), m); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("message %d is judged otherwise the second time:\n%+v\n%+v", i, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestMostSpecificMatchWins(t *testing.T) {
	t.Parallel()
	rows := []Requirement{
		{ID: "RSZ-A-001", matches: []match{{in: inResponse, anyPointer: true, members: 1}}},
		{ID: "RSZ-A-002", matches: []match{{in: inResponse, parts: []string{partBody}, anyPointer: true, members: 2}}},
		{ID: "RSZ-A-003", matches: []match{{in: inResponse, parts: []string{partBody}, statuses: []string{"4xx"}, anyPointer: true, members: 3}}},
		{ID: "RSZ-A-004", matches: []match{{in: inResponse, parts: []string{partBody}, statuses: []string{"409"}, anyPointer: true, members: 3}}},
		{ID: "RSZ-A-005", matches: []match{{in: inResponse, parts: []string{partBody}, pointer: []string{"a"}, members: 3}}},
		{ID: "RSZ-A-006", matches: []match{{in: inResponse, parts: []string{partBody}, pointer: []string{"a", "*", "b"}, members: 3}}},
		{ID: "RSZ-A-007", matches: []match{{in: inResponse, parts: []string{partBody}, keywords: strictKeywords(), anyPointer: true, members: 3}}},
		{ID: "RSZ-A-008", matches: []match{{in: inResponse, operations: []string{"o"}, anyPointer: true, members: 2}}},
		{ID: "RSZ-A-009", matches: []match{{in: inResponse, parts: []string{partHeader}, pointer: []string{"X-Request-Id"}, members: 3}}},
		{ID: "RSZ-A-010", matches: []match{{in: inResponse, parts: []string{partQuery}, anyPointer: true, members: 2}}},
		{ID: "RSZ-A-011", matches: []match{{in: inResponse, parts: []string{partPath}, anyPointer: true, members: 2}}},
	}
	for i := range rows {
		rows[i].Applies = rows[i].ID != "RSZ-A-011" // a promise of other editions
	}
	reg := &register{matchers: buildMatchers(rows, func(r Requirement) []match { return r.matches })}
	for _, k := range []struct {
		v         journal.Violation
		operation string
		status    int
		want      string
	}{
		{journal.Violation{In: inResponse, Part: partStatus}, "", 200, "RSZ-A-001"},
		{journal.Violation{In: inResponse, Part: partStatus}, "o", 200, "RSZ-A-008"},
		{journal.Violation{In: inResponse, Part: partBody, Keyword: "type"}, "", 200, "RSZ-A-002"},
		{journal.Violation{In: inResponse, Part: partBody, Keyword: "type"}, "o", 200, "RSZ-A-002"},
		{journal.Violation{In: inResponse, Part: partBody, Keyword: "type"}, "", 400, "RSZ-A-003"},
		{journal.Violation{In: inResponse, Part: partBody, Keyword: "type"}, "", 409, "RSZ-A-004"},
		{journal.Violation{In: inResponse, Part: partBody, Pointer: "/a"}, "", 409, "RSZ-A-005"},
		{journal.Violation{In: inResponse, Part: partBody, Pointer: "/a/0"}, "", 200, "RSZ-A-005"},
		{journal.Violation{In: inResponse, Part: partBody, Pointer: "/a/0/b/c"}, "", 200, "RSZ-A-006"},
		{journal.Violation{In: inResponse, Part: partBody, Pointer: "/A"}, "", 200, "RSZ-A-002"},
		{journal.Violation{In: inResponse, Part: partBody, Pointer: "/a", Keyword: KeywordDuplicate}, "", 200, "RSZ-A-007"},
		{journal.Violation{In: inResponse, Part: partHeader, Pointer: "x-request-id"}, "", 200, "RSZ-A-009"},
		{journal.Violation{In: inResponse, Part: partHeader, Pointer: "X-Other"}, "", 200, "RSZ-A-001"},
		{journal.Violation{In: inResponse, Part: partQuery}, "", 200, "RSZ-A-010"},
		{journal.Violation{In: inResponse, Part: partPath}, "", 200, "RSZ-A-001"},
		{journal.Violation{In: inRequest, Part: partBody}, "", 200, ""},
	} {
		got := ""
		if m := reg.find(&k.v, k.operation, k.status); m != nil {
			got = m.id
		}
		if got != k.want {
			t.Errorf("%+v of operation %q, status %d: %q, want %q", k.v, k.operation, k.status, got, k.want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	c, err := Load(f.Context(), Source{File: "testdata/things.yaml"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("POST", thingPath, "limit=1", []byte(`{"name":"a"}`), 200, []byte(`{"id":"x"}`), "application/json")
	f.Add("GET", "/things//", "%", []byte(`{`), 404, []byte("\xff"), "text/html")
	f.Fuzz(func(t *testing.T, method, path, query string, sent []byte, status int, got []byte, contentType string) {
		if status < 0 || status > 999 || (status > 0 && status < 100) {
			t.Skip("no HTTP status")
		}
		header := http.Header{"Content-Type": {contentType}}
		j := c.Judge(t.Context(), &Message{Method: method, Path: path, Query: query, RequestHeader: header, RequestBody: sent, Status: status, ResponseHeader: header, ResponseBody: got})
		for _, v := range append(j.Request, j.Response...) {
			if v.Requirement == "" || v.Wanted == "" || v.Got == "" || v.SpecLine == "" {
				t.Errorf("a violation that says too little: %+v", v)
			}
		}
	})
}
