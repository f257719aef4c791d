package emulator

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
)

// Every reason that has an envelope of its own somewhere, in every envelope: the body to the letter, what the contract reads from it, and that the
// contract has nothing against it.
func TestEveryEnvelope(t *testing.T) {
	const (
		missing  = `"message":"Instance[ghost] could not be found.","code":"Ecs.0114"`
		illegal  = `"message":"The request body is illegal: /resize is required","code":"Ecs.0005"`
		running  = `"message":"The ECS must be stopped for this operation.","code":"Ecs.0100"`
		denied   = `"message":"Policy doesn't allow ecs:cloudServers:deleteServers to be performed.","code":"Pdp.0001"`
		stranger = "Incorrect IAM authentication information: x-auth-token not found"
	)
	faithful := map[string]string{
		"missing": `{"error":{` + missing + `}}`, "illegal": `{"error":{` + illegal + `}}`, "running": `{"error":{` + running + `}}`,
		"denied":   `{"error":{` + denied + `}}`,
		"stranger": `{"error_msg":"` + stranger + `","error_code":"APIGW.0301","request_id":"ID"}`,
	}
	flattened := strings.NewReplacer(`{"error":{`, `{`, `}}`, `}`, `"message"`, `"error_msg"`, `"code"`, `"error_code"`)
	encoded := `{"error":{` + denied + `},"encoded_authorization_message":` +
		`"UG9saWN5IGRvZXNuJ3QgYWxsb3cgZWNzOmNsb3VkU2VydmVyczpkZWxldGVTZXJ2ZXJzIHRvIGJlIHBlcmZvcm1lZC4="}`
	by := contracttest.Base(t)
	bared := strings.NewReplacer(`{"error":{`, `{`, `}}`, `}`)
	for envelope, differs := range map[Envelope]map[string]string{
		"":              {"denied": encoded}, // where the documentation has it so
		ServiceEnvelope: {"denied": encoded},
		DetailsEnvelope: {
			"missing": `{"error":{"message":"Invalid parameter.","code":"Ecs.0005","details":[{` + missing + `}]}}`,
			"running": `{"error":{"message":"Invalid parameter.","code":"Ecs.0005","details":[{` + running + `}]}}`,
		},
		NestedEnvelope: {
			"running": `{"error":{"message":"{\"badRequest\":{\"message\":\"The ECS must be stopped for this operation.\",\"code\":400}}","code":"Ecs.1000"}}`,
		},
		FlatEnvelope: {
			"missing": flattened.Replace(faithful["missing"]), "illegal": flattened.Replace(faithful["illegal"]),
			"running": flattened.Replace(faithful["running"]), "denied": flattened.Replace(faithful["denied"]),
		},
		BareEnvelope: {
			"missing": bared.Replace(faithful["missing"]), "illegal": bared.Replace(faithful["illegal"]),
			"running": bared.Replace(faithful["running"]), "denied": bared.Replace(faithful["denied"]),
		},
		IdentityEnvelope: {"stranger": `{"error":{"message":"` + stranger + `","code":401,"title":"Unauthorized"}}`},
		EncodedEnvelope:  {"denied": encoded},
	} {
		t.Run("envelope "+string(envelope), func(t *testing.T) {
			l := newJudged(t, by, Config{Envelope: envelope, State: deniedState(t)})
			active := l.add(ServerSpec{Status: StatusActive})
			for name, got := range map[string]reply{
				"missing":  l.judged("POST", base11+"ghost/resize", to("s3.large.2")),
				"illegal":  l.judged("POST", base11+l.add(ServerSpec{})+"/resize", "{}"),
				"running":  l.judged("POST", base11+active+"/resize", to("s3.large.2")),
				"denied":   l.judged("POST", base+"delete", `{"servers":[{"id":"`+active+`"}]}`),
				"stranger": l.judged("GET", base+active, "", "X-Auth-Token", ""),
			} {
				want, other := differs[name]
				if !other {
					want = faithful[name]
				}
				want = strings.ReplaceAll(want, `"ID"`, `"`+got.header.Get("X-Request-Id")+`"`)
				if got.raw != want {
					t.Errorf("%s: got %d\n%s\nwant\n%s", name, got.status, got.raw, want)
				}
				code := map[string]string{"missing": "Ecs.0114", "illegal": "Ecs.0005", "running": "Ecs.0100", "denied": "Pdp.0001", "stranger": "APIGW.0301"}[name]
				switch {
				case envelope == NestedEnvelope && name == "running":
					code = "Ecs.1000"
				case envelope == IdentityEnvelope && name == "stranger":
					code = "401"
				}
				if codes := contract.ErrorCodes([]byte(got.raw)); !slices.Contains(codes, code) {
					t.Errorf("%s: the contract reads the codes %q, want %s among them\n%s", name, codes, code, got.raw)
				}
			}
		})
	}
}

// The status is the same in every envelope, and so is what becomes of the request.
func TestEnvelopesChangeNothingElse(t *testing.T) {
	by := contracttest.Base(t)
	look := func(envelope Envelope) []string {
		l := newJudged(t, by, Config{Envelope: envelope})
		id := l.add(ServerSpec{ID: "11111111-2222-4333-8444-555555555555"})
		var seen []string
		for _, body := range []string{"", "{", "[]", "{}", to(""), to("nothing"), to("s3.medium.4"), to("s1.xlarge"), `{"resize":{"flavorRef":"s3.large.2"},"dry_run":true}`,
			to("s3.large.2"), to("s3.large.2")} {
			got := l.judged("POST", base11+id+"/resize", body)
			seen = append(seen, fmt.Sprint(body, ": ", got.status, " ", got.header.Get("Content-Type"), " ", l.condition(id), " ", l.flavor(id)))
		}
		return seen
	}
	want := look(ServiceEnvelope)
	for _, envelope := range Envelopes() {
		if diff := cmp.Diff(want, look(envelope)); diff != "" {
			t.Errorf("service -, %s +\n%s", envelope, diff)
		}
	}
}

// Flow control in every envelope, the 202 that carries an error included, is known to the contract and carries the documented code.
func TestEnvelopesOfFlowControl(t *testing.T) {
	by := contracttest.Base(t)
	codes := map[FlowLevel]string{FlowGateway: "APIGW.0308", FlowService: "Common.1503", FlowDelayed: "Common.0024"}
	for _, envelope := range Envelopes() {
		for _, level := range FlowLevels() {
			l := newJudged(t, by, Config{Envelope: envelope, Flow: FlowControl{Limit: 1, Per: time.Hour, Level: level}})
			path := base11 + l.add(ServerSpec{}) + "/resize"
			l.judged("POST", path, "{}")
			got := l.judged("POST", path, to("s3.large.2"))
			if code, _, _ := contract.ErrorCode([]byte(got.raw)); code != codes[level] {
				t.Errorf("%s, %s: got %d %s, want %s", envelope, level, got.status, got.raw, codes[level])
			}
		}
	}
}

// judged is a lab whose answers the contract judges in whole.
type judged struct {
	*lab
	contract *contract.Contract
}

func newJudged(t *testing.T, by *contract.Contract, c Config) *judged {
	t.Helper()
	return &judged{newLab(t, c), by}
}

func (j *judged) judged(method, path, body string, headers ...string) reply {
	j.t.Helper()
	r := j.request(method, path, body, headers...)
	w := httptest.NewRecorder()
	j.ServeHTTP(w, r)
	got := reply{status: w.Code, header: w.Header(), raw: w.Body.String()}
	for _, v := range j.contract.Judge(j.t.Context(), &contract.Message{
		Method: method, Path: path, RequestHeader: r.Header, RequestBody: []byte(body),
		Status: got.status, ResponseHeader: got.header, ResponseBody: []byte(got.raw),
	}).Response {
		j.t.Errorf("%s %s: %d %s\n%s: %+v", method, path, got.status, got.raw, v.Requirement, v)
	}
	return got
}

// deniedState is the default state, but policy denies the first caller to delete.
func deniedState(t *testing.T) *State {
	t.Helper()
	s, err := DefaultState("")
	if err != nil {
		t.Fatal(err)
	}
	s.Projects[0].Tokens[0].Deny = []string{"ecs:cloudServers:deleteServers"}
	return s
}
