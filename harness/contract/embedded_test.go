package contract

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/journal"
)

// everyProfile runs a test on the embedded contract in each built-in profile.
func everyProfile(t *testing.T, test func(t *testing.T, c *Contract)) {
	t.Parallel()
	for _, profile := range Profiles() {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			test(t, load(t, Source{Profile: profile}))
		})
	}
}

func TestEmbeddedContract(t *testing.T) {
	everyProfile(t, func(t *testing.T, c *Contract) {
		if c.Title == "" || c.Version == "" || len(c.Hash) != 64 || c.File != EmbeddedFile || len(c.Requirements()) < 50 {
			t.Errorf("loads as %q %q of %s with %d requirements", c.Title, c.Version, c.File, len(c.Requirements()))
		}
		b := c.Behaviour()
		if len(b.Versions) == 0 || b.FlowControlStatus == 0 || b.ResizeFlavorsPath == "" {
			t.Errorf("behaviour %+v", b)
		}
		for _, r := range c.Requirements() {
			where, err := os.ReadFile("../../" + r.File)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(where), "\n")
			if r.Line < 1 || r.Line > len(lines) || !strings.Contains(lines[r.Line-1], r.ID) {
				t.Errorf("%s does not stand at %s:%d", r.ID, r.File, r.Line)
			}
		}
	})
}

// Every example of the document is a message that passes, in its operation and its status.
func TestExamplesPass(t *testing.T) {
	everyProfile(t, func(t *testing.T, c *Contract) {
		examined := 0
		for _, op := range c.routes {
			if op.body != nil {
				for name, example := range examples(t, c, op.body.pointer) {
					examined++
					m := messageFor(op)
					m.RequestBody = example
					if j := c.Judge(t.Context(), m); len(j.Request)+len(j.Disagreements) > 0 {
						t.Errorf("%s: request example %s: %s %+v", op.id, name, brief(j.Request), j.Disagreements)
					}
				}
			}
			for key, r := range op.responses {
				if r.content == nil {
					continue
				}
				for name, example := range examples(t, c, r.content.pointer) {
					examined++
					m := messageFor(op)
					m.Status, _ = strconv.Atoi(strings.ReplaceAll(key, "XX", "00"))
					m.ResponseHeader = http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"r"}}
					m.ResponseBody = example
					j := c.Judge(t.Context(), m)
					if len(j.Response)+len(j.Disagreements) > 0 {
						t.Errorf("%s %s: example %s: %s %+v", op.id, key, name, brief(j.Response), j.Disagreements)
					}
					if len(j.Information) > 0 && m.Status < 400 { // the error envelopes are open: an identity service's title is not ours to declare
						t.Errorf("%s %s: example %s has a member that is not declared: %s", op.id, key, name, brief(j.Information))
					}
				}
			}
		}
		if examined < 50 {
			t.Errorf("only %d examples", examined)
		}
	})
}

// examples gives the examples of a content map as JSON.
func examples(t *testing.T, c *Contract, content string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	media, _ := c.effective.find(content + "/application~1json")
	add := func(name string, n *yaml.Node) {
		var value any
		if err := n.Decode(&value); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = data
	}
	for name, n := range pairs(child(media, "examples")) {
		add(name, child(n, "value"))
	}
	if n := child(media, "example"); n != nil {
		add("example", n)
	}
	return out
}

// messageFor is a request that fits the operation's path.
func messageFor(op *operation) *Message {
	path := ""
	for _, s := range op.segments {
		if s.param != "" {
			path += "/0605767d5a00d5762fcbc00c5cb1f8ae"
			continue
		}
		path += "/" + s.literal
	}
	m := &Message{Method: op.method, Path: path, RequestHeader: http.Header{}, ResponseHeader: http.Header{}}
	if op.body != nil {
		m.RequestHeader.Set("Content-Type", "application/json")
	}
	return m
}

// Whatever an answer breaks, in whatever operation and status, a requirement that the profile has and that is tested by schema is found for it.
func TestNoViolationOfAnAnswerIsUnmapped(t *testing.T) {
	everyProfile(t, func(t *testing.T, c *Contract) {
		operations := []string{""}
		for _, op := range c.routes {
			operations = append(operations, op.id)
		}
		for _, operation := range operations {
			for _, status := range []int{200, 202, 204, 301, 400, 404, 409, 418, 429, 500, 503, 599} {
				for _, part := range parts() {
					for _, keyword := range keywords() {
						v := journal.Violation{In: inResponse, Part: part, Keyword: keyword, Pointer: "/some/where"}
						m := c.register.find(&v, operation, status, c.Profile)
						if m == nil {
							t.Fatalf("%s %s of operation %q, status %d: no requirement", part, keyword, operation, status)
						}
						r, ok := c.Requirement(m.id)
						if !ok || r.Tested != BySchema || !r.AppliesTo(c.Profile) || r.Side == journal.Client {
							t.Fatalf("%s %s of operation %q, status %d: %s, which is %+v", part, keyword, operation, status, m.id, r)
						}
					}
				}
			}
		}
	})
}

// Requirements that are tested by schema and what breaks each of them: every one must be reachable.
func TestEverySchemaRequirementCanBeBroken(t *testing.T) {
	everyProfile(t, func(t *testing.T, c *Contract) {
		broken := map[string]bool{}
		bodies := []string{`{}`, `[]`, `{"job_id":1,"order_id":1,"status":1,"begin_time":1,"end_time":1,"entities":1,"server":1,"flavors":1,"serverIds":1}`, `{"a":1,"a":2}`, `x`, `{"error":1}`,
			`{"error":{"code":"Ecs.0005","message":"m"}}`, `{"error_code":"APIGW.0101","error_msg":"m","request_id":1}`, `{"code":"Common.0011","message":"m","error":{"code":"Ecs.0005","message":"m","details":1}}`}
		for _, op := range append(slices.Clone(c.routes), nil) {
			for _, status := range []int{200, 204, 299, 400, 500} {
				for _, data := range bodies {
					for _, contentType := range []string{"application/json", "text/html"} {
						m := &Message{Method: "GET", Path: "/nowhere", RequestHeader: http.Header{}}
						if op != nil {
							m = messageFor(op)
						}
						m.Status, m.ResponseBody, m.ResponseHeader = status, []byte(data), http.Header{"Content-Type": {contentType}}
						j := c.Judge(t.Context(), m)
						for _, v := range j.Response {
							broken[v.Requirement] = true
							r, _ := c.Requirement(v.Requirement)
							if r.Level != v.Level || r.Tested != BySchema {
								t.Errorf("%s at level %s: %+v", v.Requirement, v.Level, r)
							}
						}
						for _, d := range j.Disagreements {
							if d.Known == "" {
								t.Errorf("%s %d %s %s: unknown difference %+v", m.Path, status, contentType, data, d)
							}
						}
					}
				}
			}
		}
		var never []string
		for _, r := range c.Requirements() {
			if r.Tested == BySchema && r.Side != journal.Client && !broken[r.ID] {
				never = append(never, r.ID)
			}
		}
		slices.Sort(never)
		// RSZ-ERR-090 is the catch-all behind the others: what it is for is by definition what nobody thought of.
		never = slices.DeleteFunc(never, func(id string) bool { return id == "RSZ-ERR-090" || id == "RSZ-RSP-090" })
		if len(never) > 0 {
			t.Errorf("nothing breaks %s", strings.Join(never, ", "))
		}
	})
}
