package monitor

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// The servers and jobs of the tests.
const (
	one   = "616fb98f-46ca-475e-917e-2563e5a8cd19"
	other = "11111111-46ca-475e-917e-2563e5a8cd19"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// at is when an exchange was made, in milliseconds: [sent, answered].
type at [2]int

// made is an exchange without an id.
func made(when at, operation, method, url, request string, status int, response string) *journal.Exchange {
	return &journal.Exchange{
		Operation: operation, Method: method, URL: "http://127.0.0.1:1" + url, Status: status,
		RequestBody: journal.Body{Text: request}, ResponseBody: journal.Body{Text: response},
		Start: epoch.Add(time.Duration(when[0]) * time.Millisecond), Duration: time.Duration(when[1]-when[0]) * time.Millisecond,
	}
}

func resized(when at, server, body string, status int, answer string) *journal.Exchange {
	return made(when, "resizeServer", "POST", "/v1.1/p/cloudservers/"+server+"/resize", body, status, answer)
}

// resize is one that was accepted.
func resize(when at, server, flavor, job string) *journal.Exchange {
	return resized(when, server, `{"resize":{"flavorRef":"`+flavor+`"}}`, 200, `{"job_id":"`+job+`"}`)
}

// withOrder is one of a yearly/monthly server that was accepted.
func withOrder(when at, server, job, order string) *journal.Exchange {
	return resized(when, server, `{"resize":{"flavorRef":"b"}}`, 200, `{"job_id":"`+job+`","order_id":"`+order+`"}`)
}

func dryRun(when at, server, flavor string) *journal.Exchange {
	return resized(when, server, `{"resize":{"flavorRef":"`+flavor+`"},"dry_run":true}`, 202, ``)
}

func rejected(when at, server, flavor string, status int) *journal.Exchange {
	return resized(when, server, `{"resize":{"flavorRef":"`+flavor+`"}}`, status, `{"error":{"code":"Ecs.0100","message":"no"}}`)
}

// shown is a look at a server that is stopped and at rest.
func shown(when at, server, flavor string) *journal.Exchange {
	return inState(when, server, flavor, "SHUTOFF", "stopped", "null")
}

func inState(when at, server, flavor, status, vmState, task string) *journal.Exchange {
	if task != "null" {
		task = `"` + task + `"`
	}
	return made(when, "showServer", "GET", "/v1/p/cloudservers/"+server, "", 200, fmt.Sprintf(
		`{"server":{"id":"%s","status":"%s","OS-EXT-STS:vm_state":"%s","OS-EXT-STS:task_state":%s,"flavor":{"id":"%s","name":"x"}}}`, server, status, vmState, task, flavor))
}

// told is an answer about a job of a resize.
func told(when at, job, status string) *journal.Exchange {
	end := ""
	if status == "SUCCESS" || status == "FAIL" {
		end = "2026-01-01T00:00:01.000Z"
	}
	return asked(when, job, fmt.Sprintf(`{"status":"%s","job_id":"%s","job_type":"resizeServer","begin_time":"2026-01-01T00:00:00.000Z","end_time":"%s","entities":{"server_id":"%s"}}`, status, job, end, one))
}

func asked(when at, job, answer string) *journal.Exchange {
	return made(when, "showJob", "GET", "/v1/p/jobs/"+job, "", 200, answer)
}

func acted(when at, what, server, job string) *journal.Exchange {
	return made(when, "batchStartOrStopServers", "POST", "/v1/p/cloudservers/action", `{"`+what+`":{"servers":[{"id":"`+server+`"}]}}`, 200, `{"job_id":"`+job+`"}`)
}

// watched is what the monitors say of exchanges. Their ids are given in the order of the list; they are written in another, as concurrent scenarios write them.
func watched(t *testing.T, c *contract.Contract, list []*journal.Exchange, order uint64) map[string]journal.Result {
	t.Helper()
	w := New(nil)
	for i, x := range list {
		x.ID = int64(i + 1)
	}
	written := append([]*journal.Exchange(nil), list...)
	if order > 0 {
		rand.New(rand.NewPCG(order, 0)).Shuffle(len(written), func(i, j int) { written[i], written[j] = written[j], written[i] })
	}
	for _, x := range written {
		if err := w.Write(journal.Event{Exchange: x}); err != nil {
			t.Fatal(err)
		}
	}
	w.Promise(c)
	rows := map[string]journal.Result{}
	for _, r := range w.Results(false) {
		rows[r.Requirement] = r
	}
	return rows
}

// accusers lists who accuses, in no order.
func accusers(rows map[string]journal.Result) string {
	var ids []string
	for _, r := range rows {
		if r.Kind == journal.KindMonitor && r.Verdict != journal.Pass && r.Verdict != journal.NotApplicable {
			ids = append(ids, r.Requirement)
		}
	}
	return strings.Join(ids, " ")
}

// proofs are the exchanges that a row names, as text.
func proofs(r journal.Result) string {
	var out []string
	for _, id := range r.Exchanges {
		out = append(out, fmt.Sprint(id))
	}
	return strings.Join(out, " ")
}
