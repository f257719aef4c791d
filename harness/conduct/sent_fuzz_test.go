package conduct

import (
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/driver"
)

// Whatever a client sends, it can be judged, and each promise is broken at most once in a call.
func FuzzJudge(f *testing.F) {
	good := strings.Join(headers("X-Auth-Token", "X-Sdk-Date: 20260101T000000Z", "Authorization: SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date, Signature=ab"), "\n")
	for i, line := range []string{resizeLine, v1Line, jobLine, jobLine, serverLine, listLine + "?limit=%zz&;&=", actionLine, actionLine, "GET *", "CONNECT a:1", "GET /%", "GET //", ""} {
		f.Add(uint8(i), line, good, body(`,"extendparam":{"isAutoPay":true},"cpu_options":[]`, `,"dry_run":{}`), uint16(200), `{"job_id":"j"}`)
	}
	f.Add(uint8(7), actionLine, "\n: \nAccept: ;q=,\nContent-Type: ;", `{"os-stop":{"servers":[{"id":1},null],"type":[]}}`, uint16(0), "")
	f.Add(uint8(0), resizeLine, "", strings.Repeat("[", 20_000), uint16(500), "{")
	operations := driver.Operations()
	yes := true
	r := recorder(f) // is not made within the time that one input may take
	f.Fuzz(func(t *testing.T, operation uint8, line, head, body string, status uint16, answer string) {
		ask := completed(driver.Request{
			Operation: operations[int(operation)%len(operations)], Credentials: driver.Credentials{AccessKey: "AK", SecretKey: secret, SecurityToken: "the-security-token"},
			ServerID: "1/2", Params: driver.Params{FlavorRef: "f", ServerIDs: []string{"a"}, CPUThreads: 1, AutoPay: &yes, Limit: 5},
		})
		m := message{line: line, header: strings.Split(head, "\n"), body: body, status: int(status % 1000), answer: answer}
		call := Call{Asked: ask}
		for range 2 {
			call.Sent = append(call.Sent, observed(t, r, m, time.Unix(1_767_225_600, 0)))
		}
		broken := map[string]bool{}
		for _, b := range Judge(call) {
			if broken[b.Requirement] || b.Wanted == "" || b.Got == "" {
				t.Errorf("wanted each promise once and with words, got %+v", b)
			}
			broken[b.Requirement] = true
		}
	})
}
