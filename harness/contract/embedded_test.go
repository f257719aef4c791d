package contract

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
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
	racedetector.LeaveOut(t)
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

// Requirements that are tested by schema and what breaks each of them: every one must be reachable.
func TestEverySchemaRequirementCanBeBroken(t *testing.T) {
	racedetector.LeaveOut(t)
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
