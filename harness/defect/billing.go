package defect

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"time"

	"resize-conformance/harness/emulator"
)

// unpaidForGood is how long a run waits for the jobs of a server that lets a few of them wait for payment for ever. The others are to end within it on a busy machine, too.
const unpaidForGood = 3 * time.Second

// billingDefects do not tell the ways of paying apart.
func billingDefects() []Defect {
	return []Defect{
		{
			Name: "refuses-yearly-monthly", Title: "refuses to resize a yearly/monthly server", Kind: Strict, Breaks: []string{"RSZ-BILL-002"},
			Apply: withRule(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if prepaid(q) && q.Version != "v1" {
					return refusal("Ecs.0005", "yearly/monthly servers are not resized")
				}
				return nil
			}),
		},
		{
			Name: "auto-pay-waits", Title: `lets a yearly/monthly resize wait for payment although isAutoPay is "true"`, Kind: Pretence, JobTimeout: unpaidForGood, Breaks: []string{"RSZ-BILL-003"},
			Apply: autoPay(func(said string) string { return "false" }),
		},
		{
			Name: "pays-by-itself", Title: `pays although isAutoPay is "false" or absent`, Kind: Pretence, Breaks: []string{"RSZ-BILL-004", "RSZ-BILL-005", "RSZ-BILL-008"},
			Apply: autoPay(func(said string) string { return "true" }),
		},
		{
			Name: "pays-when-nothing-is-said", Title: "pays when isAutoPay is absent", Kind: Pretence, Breaks: []string{"RSZ-BILL-005"},
			Apply: autoPay(func(said string) string {
				if said == "" {
					return "true"
				}
				return said
			}),
		},
		{
			Name: "auto-pay-read-upside-down", Title: `takes "true" for "false" and "false" for "true"`, Kind: Pretence, JobTimeout: unpaidForGood, Breaks: []string{"RSZ-BILL-003", "RSZ-BILL-004"},
			Apply: autoPay(func(said string) string {
				switch said {
				case "true":
					return "false"
				case "false":
					return "true"
				}
				return said
			}),
		},
		{
			Name: "no-order", Title: "gives a yearly/monthly resize no order", Kind: Answer, Breaks: []string{"RSZ-RSP-003"},
			Apply: inAccepted(func(_ *http.Request, body map[string]any) { delete(body, "order_id") }),
		},
		{
			Name: "one-order-for-all", Title: "gives every yearly/monthly resize the same order", Kind: Pretence, Breaks: []string{"RSZ-BILL-030"},
			Apply: inAccepted(func(_ *http.Request, body map[string]any) {
				if body["order_id"] != nil {
					body["order_id"] = "CS2601010000ABCDEFGH"
				}
			}),
		},
		{
			Name: "order-without-job", Title: "gives a yearly/monthly resize an order and no job", Kind: Answer, Breaks: []string{"RSZ-RSP-004"},
			Apply: inAccepted(func(_ *http.Request, body map[string]any) {
				if body["order_id"] != nil {
					delete(body, "job_id")
				}
			}),
		},
		{
			Name: "auto-pay-forbidden-for-pay-per-use", Title: "refuses isAutoPay for a pay-per-use server", Kind: Strict, Breaks: []string{"RSZ-BILL-006"},
			Apply: withRule(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if q.AutoPay != "" && q.Server != nil && q.Server.Billing == emulator.PostPaid {
					return refusal("Ecs.0005", "isAutoPay is for yearly/monthly servers")
				}
				return nil
			}),
		},
	}
}

// v1Defects are wrong in v1 only.
func v1Defects() []Defect {
	inV1 := func(check func(q *emulator.ResizeRequest) *emulator.Refusal) func(*emulator.ResizeRequest) *emulator.Refusal {
		return func(q *emulator.ResizeRequest) *emulator.Refusal {
			if q.Version != "v1" {
				return nil
			}
			return check(q)
		}
	}
	return []Defect{
		{Name: "v1-resizes-yearly-monthly", Title: "resizes a yearly/monthly server in v1", Kind: Lenient, Breaks: []string{"RSZ-V1-002"}, Apply: withoutRule("v1-pay-per-use")},
		{Name: "v1-takes-no-flavor", Title: "takes a v1 resize without flavorRef", Kind: Sometimes, Breaks: []string{"RSZ-V1-003"}, Apply: forgivenInV1("flavorRef")},
		{Name: "v1-resizes-running-server", Title: "resizes a running server in v1", Kind: Sometimes, Breaks: []string{"RSZ-V1-004"}, Apply: forgivenInV1("stopped")},
		{
			Name: "v1-is-gone", Title: "answers every v1 resize 404", Kind: Strict, Breaks: []string{"RSZ-V1-001"},
			Apply: withRule(inV1(func(*emulator.ResizeRequest) *emulator.Refusal {
				return &emulator.Refusal{Status: http.StatusNotFound, Code: "APIGW.0101", Message: "no such API", Envelope: emulator.GatewayEnvelope}
			})),
		},
		{
			Name: "v1-without-job", Title: "answers an accepted v1 resize without job_id", Kind: Sometimes, Breaks: []string{"RSZ-V1-006"},
			Apply: inAccepted(func(r *http.Request, body map[string]any) {
				if isV1(r) {
					delete(body, "job_id")
				}
			}),
		},
	}
}

func isV1(r *http.Request) bool { return len(r.URL.Path) > 4 && r.URL.Path[:4] == "/v1/" }

func prepaid(q *emulator.ResizeRequest) bool {
	return q.Server != nil && q.Server.Billing == emulator.PrePaid
}

// autoPay reads isAutoPay of a yearly/monthly resize otherwise than it is meant.
func autoPay(read func(said string) string) func(*emulator.Config) {
	return atTheEnd(func(q *emulator.ResizeRequest) *emulator.Refusal {
		if prepaid(q) {
			q.AutoPay = read(q.AutoPay)
		}
		return nil
	})
}

// atTheEnd puts a rule in after all others.
func atTheEnd(check func(*emulator.ResizeRequest) *emulator.Refusal) func(*emulator.Config) {
	return inRules(func(rules []emulator.Rule) []emulator.Rule {
		return append(rules[:len(rules):len(rules)], emulator.Rule{Name: "defect", Check: check})
	})
}

// inAccepted changes the answers to accepted resizes.
func inAccepted(change func(r *http.Request, body map[string]any)) func(*emulator.Config) {
	return inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		if isResize(r) && a.Code == http.StatusOK {
			change(r, body)
		}
	})
}

// hasMember says whether the request's body has a member at its top.
func hasMember(q *emulator.ResizeRequest, name string) bool {
	var body map[string]json.RawMessage
	return json.Unmarshal(q.Body, &body) == nil && body[name] != nil
}
