package monitor

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// past is what a run has seen: its exchanges, who is to accuse ("" is nobody), and which exchanges prove it.
type past struct {
	name     string
	list     []*journal.Exchange
	accuses  string
	proof    string
	wantedIn string // a part of what the finding says
}

func x(list ...*journal.Exchange) []*journal.Exchange { return list }

func TestJobsAreWatched(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	lost := told(at{30, 31}, "j", "INIT")
	lost.ResponseBody.Truncated = true
	judgeAll(t, c, []past{
		{"forward", x(told(at{0, 1}, "j", "PENDING_PAYMENT"), told(at{2, 3}, "j", "INIT"), told(at{4, 5}, "j", "RUNNING"), told(at{6, 7}, "j", "SUCCESS"), told(at{8, 9}, "j", "SUCCESS")), "", "", ""},
		{"stages skipped", x(told(at{0, 1}, "j", "INIT"), told(at{6, 7}, "j", "FAIL")), "", "", ""},
		{"back", x(told(at{0, 1}, "j", "RUNNING"), told(at{2, 3}, "j", "INIT")), "RSZ-JOB-030", "1 2", "to stay RUNNING"},
		{"back to payment", x(told(at{0, 1}, "j", "INIT"), told(at{2, 3}, "j", "PENDING_PAYMENT")), "RSZ-JOB-030", "1 2", "PENDING_PAYMENT"},
		{"runs again", x(told(at{0, 1}, "j", "SUCCESS"), told(at{2, 3}, "j", "RUNNING"), told(at{4, 5}, "j", "SUCCESS")), "RSZ-JOB-030", "1 2", "to stay SUCCESS"},
		{"another end", x(told(at{0, 1}, "j", "SUCCESS"), told(at{2, 3}, "j", "FAIL")), "RSZ-JOB-030", "1 2", "FAIL"},
		{"overlapping is no order", x(told(at{0, 10}, "j", "SUCCESS"), told(at{5, 30}, "j", "RUNNING")), "", "", ""},
		{"one after the other however they were written", x(told(at{20, 30}, "j", "RUNNING"), told(at{0, 10}, "j", "SUCCESS")), "RSZ-JOB-030", "1 2", ""},
		{"of two jobs", x(told(at{0, 1}, "j", "SUCCESS"), told(at{2, 3}, "k", "INIT")), "", "", ""},
		{"a word that is not documented", x(told(at{0, 1}, "j", "SUCCESS"), told(at{2, 3}, "j", "DONE")), "", "", ""},
		{"an answer that is not whole", x(told(at{0, 1}, "j", "SUCCESS"), lost), "", "", ""},
		{"a child goes back", x(
			asked(at{0, 1}, "j", `{"job_id":"j","status":"RUNNING","entities":{"sub_jobs":[{"job_id":"k","status":"SUCCESS"}]}}`),
			asked(at{2, 3}, "j", `{"job_id":"j","status":"RUNNING","entities":{"sub_jobs":[{"job_id":"k","status":"RUNNING"}]}}`)), "RSZ-JOB-030", "1 2", "job k"},
		{"an end while it runs", x(asked(at{0, 1}, "j", `{"job_id":"j","status":"RUNNING","begin_time":"2026-01-01T00:00:00.000Z","end_time":"2026-01-01T00:00:00.000Z"}`)), "RSZ-JOB-031", "1", "RUNNING"},
		{"no end while it runs", x(asked(at{0, 1}, "j", `{"job_id":"j","status":"RUNNING","begin_time":"2026-01-01T00:00:00.000Z","end_time":null}`), asked(at{2, 3}, "j", `{"job_id":"j","status":"RUNNING"}`)), "", "", ""},
		{"an end before the beginning", x(asked(at{0, 1}, "j", `{"job_id":"j","status":"FAIL","begin_time":"2026-01-01T00:00:00.000Z","end_time":"2025-12-31T23:59:59.999Z"}`)), "RSZ-JOB-031", "1", "begin_time"},
		{"times that cannot be read", x(asked(at{0, 1}, "j", `{"job_id":"j","status":"FAIL","begin_time":"2026-01-01","end_time":"2025-12-31"}`)), "", "", ""},
		{"a child has an end", x(asked(at{0, 1}, "j", `{"job_id":"j","status":"INIT","entities":{"sub_jobs":[{"job_id":"k","status":"INIT","end_time":"2026-01-01T00:00:00.000Z"}]}}`)), "RSZ-JOB-031", "1", "INIT"},
		{"another job answers", x(asked(at{0, 1}, "j", `{"job_id":"k","status":"SUCCESS"}`), told(at{2, 3}, "k", "INIT")), "RSZ-JOB-032", "1", `"j"`},
		{"no id", x(asked(at{0, 1}, "j", `{"status":"SUCCESS"}`)), "RSZ-JOB-032", "1", "none"},
		{"the job of a resize", x(resize(at{0, 1}, one, "b", "j"), told(at{2, 3}, "j", "RUNNING")), "", "", ""},
		{"of another type", x(resize(at{0, 1}, one, "b", "j"), asked(at{2, 3}, "j", `{"job_id":"j","status":"INIT","job_type":"other"}`)), "RSZ-JOB-033", "1 2", "resizeServer"},
		{"a stop of another type", x(acted(at{0, 1}, "os-stop", one, "j"), asked(at{2, 3}, "j", `{"job_id":"j","status":"INIT","job_type":"other"}`)), "", "", ""},
		{"for another server", x(resize(at{0, 1}, other, "b", "j"), told(at{2, 3}, "j", "RUNNING")), "RSZ-JOB-034", "1 2", other},
		{"in capitals", x(resize(at{0, 1}, strings.ToUpper(one), "b", "j"), told(at{2, 3}, "j", "RUNNING")), "", "", ""},
		{"a child for another server", x(acted(at{0, 1}, "os-stop", one, "j"), asked(at{2, 3}, "j", `{"job_id":"j","status":"INIT","entities":{"sub_jobs":[{"entities":{"server_id":"`+other+`"}}]}}`)), "RSZ-JOB-034", "1 2", one},
		{"fewer children than it counts", x(asked(at{0, 1}, "j", `{"job_id":"j","status":"SUCCESS","entities":{"sub_jobs_total":2,"sub_jobs":[{"job_id":"k"}]}}`)), "RSZ-JOB-038", "1", "sub_jobs, 1"},
		{"children without a count, and counts without children", x(
			asked(at{0, 1}, "j", `{"job_id":"j","status":"SUCCESS","entities":{"sub_jobs":[{"job_id":"k"}]}}`),
			asked(at{2, 3}, "l", `{"job_id":"l","status":"FAIL","entities":{"sub_jobs_total":1}}`),
			asked(at{4, 5}, "m", `{"job_id":"m","status":"FAIL","entities":{"sub_jobs_total":"two","sub_jobs":[]}}`)), "", "", ""},
		{"children still to come", x(asked(at{0, 1}, "j", `{"job_id":"j","status":"RUNNING","entities":{"sub_jobs_total":2,"sub_jobs":[{"job_id":"k"}]}}`)), "", "", ""},
		{"as many children as it counts", x(asked(at{0, 1}, "j", `{"job_id":"j","status":"SUCCESS","entities":{"sub_jobs_total":1,"sub_jobs":[{"job_id":"k"}]}}`)), "", "", ""},
		{"a job twice", x(resize(at{0, 1}, one, "b", "j"), resize(at{0, 1}, other, "b", "j")), "RSZ-JOB-035", "1 2", "j"},
		{"a job of a stop as well", x(resize(at{0, 1}, one, "b", "j"), acted(at{5, 6}, "os-stop", one, "j")), "RSZ-JOB-035", "1 2", ""},
		{"an order twice", x(withOrder(at{0, 1}, one, "j", "CS1"), withOrder(at{2, 3}, other, "k", "CS1")), "RSZ-BILL-030", "1 2", "CS1"},
		{"an order each", x(withOrder(at{0, 1}, one, "j", "CS1"), withOrder(at{2, 3}, other, "k", "CS2")), "", "", ""},
		{"two stops share a job", x(acted(at{0, 1}, "os-stop", one, "j"), acted(at{5, 6}, "os-stop", one, "j")), "", "", ""},
		{"dry runs share a job", x(resized(at{0, 1}, one, `{"resize":{"flavorRef":"b"},"dry_run":true}`, 202, `{"job_id":"j"}`), resized(at{2, 3}, one, `{"resize":{"flavorRef":"b"},"dry_run":true}`, 202, `{"job_id":"j"}`)), "", "", ""},
	})
}

func TestFlavorsAreWatched(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	unanswered := rejected(at{10, 11}, one, "b", 0)
	busy := resized(at{10, 11}, one, `{"resize":{"flavorRef":"b"}}`, 501, `{"error":{"code":"Ecs.0603","message":"busy"}}`)
	malformed := resize(at{10, 11}, one, "b", "j")
	malformed.Malformed = "a test"
	stray := made(at{10, 11}, "", "PUT", "/v1.1/p/cloudservers/"+one+"/resize", `{}`, 200, `{}`)
	weird := made(at{10, 11}, "", "POST", "/v9/other", `{"id":"`+strings.ToUpper(one)+`"}`, 200, `{}`)
	torn := resize(at{10, 11}, one, "b", "j")
	torn.Error = "the connection broke"
	judgeAll(t, c, []past{
		{"in time", x(shown(at{0, 1}, one, "a"), resize(at{10, 11}, one, "b", "j"), told(at{20, 21}, "j", "RUNNING"), shown(at{22, 23}, one, "a"), told(at{30, 31}, "j", "SUCCESS"), shown(at{40, 41}, one, "b")), "", "", ""},
		{"between two answers about the job", x(shown(at{0, 1}, one, "a"), resize(at{10, 11}, one, "b", "j"), told(at{20, 21}, "j", "RUNNING"), shown(at{22, 23}, one, "b"), told(at{30, 31}, "j", "SUCCESS")), "", "", ""},
		{"the job was asked for while the look was under way", x(resize(at{10, 11}, one, "b", "j"), shown(at{22, 40}, one, "b"), told(at{30, 31}, "j", "RUNNING"), told(at{50, 51}, "j", "SUCCESS")), "", "", ""},
		{"too early", x(shown(at{0, 1}, one, "a"), resize(at{10, 11}, one, "b", "j"), shown(at{22, 23}, one, "b"), told(at{30, 31}, "j", "RUNNING"), told(at{50, 51}, "j", "SUCCESS")), "RSZ-JOB-036", "2 3 4", "before"},
		{"too early, and nobody had looked before", x(resize(at{10, 11}, one, "b", "j"), shown(at{22, 23}, one, "b"), told(at{30, 31}, "j", "RUNNING")), "RSZ-JOB-036", "1 2 3", "before"},
		{"the flavor of a resize that waits its turn is the one that the server has", x(
			resize(at{10, 11}, one, "b", "j"), resize(at{12, 13}, one, "a", "k"), shown(at{14, 15}, one, "a"), told(at{20, 21}, "k", "INIT"), told(at{22, 23}, "j", "RUNNING")), "", "", ""},
		{"a look before the resize was answered", x(resize(at{10, 30}, one, "b", "j"), shown(at{12, 13}, one, "b"), told(at{40, 41}, "j", "RUNNING")), "", "", ""},
		{"although it failed", x(shown(at{0, 1}, one, "a"), resize(at{10, 11}, one, "b", "j"), told(at{30, 31}, "j", "FAIL"), shown(at{40, 41}, one, "b")), "RSZ-JOB-036", "2 3 4", "failed"},
		{"failed and as it was", x(shown(at{0, 1}, one, "a"), resize(at{10, 11}, one, "b", "j"), told(at{30, 31}, "j", "FAIL"), shown(at{40, 41}, one, "a")), "", "", ""},
		{"not done", x(resize(at{10, 11}, one, "b", "j"), told(at{30, 31}, "j", "SUCCESS"), shown(at{40, 41}, one, "a")), "RSZ-JOB-037", "1 2 3", "succeeded"},
		{"the look began before the success was told", x(resize(at{10, 11}, one, "b", "j"), told(at{30, 35}, "j", "SUCCESS"), shown(at{32, 41}, one, "a")), "", "", ""},
		{"another resize may have changed it", x(resize(at{10, 11}, one, "b", "j"), told(at{30, 31}, "j", "SUCCESS"), resize(at{32, 90}, one, "c", "k"), shown(at{40, 41}, one, "c"), told(at{95, 96}, "k", "SUCCESS")), "", "", ""},
		{"of two that overlap either may be the last", x(resize(at{10, 11}, one, "b", "j"), resize(at{12, 13}, one, "c", "k"), told(at{30, 31}, "j", "SUCCESS"), told(at{32, 33}, "k", "SUCCESS"), shown(at{40, 41}, one, "b")), "", "", ""},
		{"one after the other", x(resize(at{10, 11}, one, "b", "j"), told(at{20, 21}, "j", "SUCCESS"), resize(at{30, 31}, one, "c", "k"), told(at{40, 41}, "k", "SUCCESS"), shown(at{50, 51}, one, "b")), "RSZ-JOB-037", "3 4 5", "flavor c"},
		{"not done, before the next one is", x(resize(at{10, 11}, one, "b", "j"), told(at{20, 21}, "j", "SUCCESS"), shown(at{22, 23}, one, "a"), resize(at{30, 31}, one, "c", "k"), told(at{40, 41}, "k", "SUCCESS"), shown(at{50, 51}, one, "c")), "RSZ-JOB-037", "1 2 3", "flavor b"},
		{"a job that contradicts itself proves nothing more", x(resize(at{10, 11}, one, "b", "j"), told(at{20, 21}, "j", "SUCCESS"), told(at{22, 23}, "j", "RUNNING"), shown(at{24, 25}, one, "a")), "RSZ-JOB-030", "2 3", ""},
		{"an order alone", x(shown(at{0, 1}, one, "a"), resized(at{10, 11}, one, `{"resize":{"flavorRef":"b"}}`, 200, `{"order_id":"CS1"}`), shown(at{40, 41}, one, "a"), shown(at{50, 51}, one, "b")), "", "", ""},

		{"refused and done", x(shown(at{0, 1}, one, "a"), rejected(at{10, 11}, one, "b", 400), shown(at{20, 21}, one, "b")), "RSZ-FLAVOR-030", "1 2 3", "flavor a"},
		{"a dry run that is none", x(shown(at{0, 1}, one, "a"), dryRun(at{10, 11}, one, "b"), shown(at{20, 21}, one, "a"), shown(at{30, 31}, one, "b")), "RSZ-FLAVOR-030", "2 3 4", "flavor a"},
		{"refused because it has that flavor", x(rejected(at{10, 11}, one, "b", 400), shown(at{20, 21}, one, "b")), "", "", ""},
		{"refused, and later accepted", x(shown(at{0, 1}, one, "a"), rejected(at{10, 11}, one, "b", 400), resize(at{20, 21}, one, "b", "j"), told(at{30, 31}, "j", "SUCCESS"), shown(at{40, 41}, one, "b")), "", "", ""},
		{"of another server", x(shown(at{0, 1}, one, "a"), rejected(at{10, 11}, other, "b", 400), shown(at{20, 21}, one, "a")), "", "", ""},
		{"refused, and given with another that is accepted", x(shown(at{0, 1}, one, "a"), resize(at{10, 11}, one, "c", "j"), rejected(at{12, 13}, one, "b", 400), shown(at{30, 31}, one, "b")), "RSZ-FLAVOR-030", "1 3 4", ""},
		{"refused after it was seen", x(shown(at{0, 1}, one, "a"), shown(at{20, 21}, one, "b"), rejected(at{30, 31}, one, "b", 400)), "RSZ-STATE-021", "1 2", "flavor"},

		{"no answer: it may have been done", x(shown(at{0, 1}, one, "a"), unanswered, shown(at{20, 21}, one, "b")), "", "", ""},
		{"a fault of the server's own: it may have been done", x(shown(at{0, 1}, one, "a"), rejected(at{10, 11}, one, "b", 503), shown(at{20, 21}, one, "b")), "", "", ""},
		{"busy is a refusal", x(shown(at{0, 1}, one, "a"), busy, shown(at{20, 21}, one, "b")), "RSZ-FLAVOR-030", "1 2 3", ""},
		{"too late for the gateway: it may have been done", x(shown(at{0, 1}, one, "a"), rejected(at{10, 11}, one, "b", 408), shown(at{20, 21}, one, "b")), "", "", ""},
		{"a torn answer", x(shown(at{0, 1}, one, "a"), torn, told(at{12, 13}, "j", "SUCCESS"), shown(at{20, 21}, one, "a"), shown(at{30, 31}, one, "b")), "", "", ""},
		{"what a malformed request does that was accepted nobody knows", x(shown(at{0, 1}, one, "a"), malformed, told(at{12, 13}, "j", "SUCCESS"), shown(at{20, 21}, one, "c")), "", "", ""},
		{"another method", x(shown(at{0, 1}, one, "a"), stray, shown(at{20, 21}, one, "b")), "", "", ""},
		{"another path, and the server named in the body", x(shown(at{0, 1}, one, "a"), weird, shown(at{20, 21}, one, "b")), "", "", ""},
		{"later than what is unknown nothing is judged, before it all is", x(
			shown(at{0, 1}, one, "a"), rejected(at{2, 3}, one, "b", 400), shown(at{4, 5}, one, "b"), unanswered, shown(at{20, 21}, one, "c")), "RSZ-FLAVOR-030", "1 2 3", ""},
		{"flow control inside a 202", x(shown(at{0, 1}, one, "a"), resized(at{10, 11}, one, `{"resize":{"flavorRef":"b"}}`, 202, `{"error":{"code":"Common.0024","message":"busy"}}`), shown(at{20, 21}, one, "b")), "", "", ""},
	})
}

// A batch without an answer may have changed the servers that it names, as many as it may, and no other: what the rest of the run shows is judged. Only where not all
// is known that it named does nothing count any more, and then the rows say since when.
func TestABatchWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	const third = "22222222-46ca-475e-917e-2563e5a8cd19"
	batch := func(servers int, cut bool) *journal.Exchange {
		named := []string{`{"id":"` + third + `"}`}
		for i := range servers - 1 {
			named = append(named, fmt.Sprintf(`{"id":"%08x-46ca-475e-917e-000000000000"}`, i))
		}
		x := made(at{0, 1}, "batchStartOrStopServers", "POST", "/v1/p/cloudservers/action", `{"os-stop":{"servers":[`+strings.Join(named, ",")+`]}}`, 0, "")
		x.RequestBody.Truncated = cut
		return x
	}
	rest := func() []*journal.Exchange {
		return x(shown(at{2, 3}, one, "a"), resize(at{10, 11}, one, "b", "j"), told(at{20, 21}, "j", "RUNNING"), shown(at{22, 23}, one, "a"), told(at{30, 31}, "j", "SUCCESS"),
			shown(at{40, 41}, one, "b"), shown(at{50, 51}, other, "a"), rejected(at{52, 53}, other, "b", 400), shown(at{54, 55}, other, "a"),
			shown(at{60, 61}, third, "a"), shown(at{62, 63}, third, "b"))
	}
	watching := []string{"RSZ-JOB-036", "RSZ-JOB-037", "RSZ-STATE-021", "RSZ-FLAVOR-030"}
	for name, k := range map[string]struct {
		batch *journal.Exchange
		blind bool
	}{
		"as many servers as there may be": {batch(1000, false), false}, "more than 1,024": {batch(1500, false), false},
		"more than are looked at": {batch(mostNamed, false), true}, "not kept whole": {batch(2, true), true},
	} {
		rows := watched(t, c, append(x(k.batch), rest()...), 0)
		for _, id := range watching {
			switch r := rows[id]; {
			case !k.blind && r.Verdict != journal.Pass:
				t.Errorf("%s: %s is %s, want PASS: %s", name, id, r.Verdict, r.Reason)
			case k.blind && (r.Verdict != journal.NotApplicable || !strings.Contains(r.Reason, "before exchange 1, of which nobody knows what it did")):
				t.Errorf("%s: %s is %s, want NOT_APPLICABLE for exchange 1: %s", name, id, r.Verdict, r.Reason)
			}
		}
	}
	// The one that it named is nobody's fault; any other is.
	rows := watched(t, c, append(append(x(batch(1500, false)), rest()...), shown(at{70, 71}, other, "b")), 0)
	if r := rows["RSZ-FLAVOR-030"]; r.Verdict != journal.Fail {
		t.Errorf("a server that the batch does not name changes: %s is %s, want FAIL", r.Requirement, r.Verdict)
	}
}

func TestStatesAreWatched(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	up := func(when at, flavor string) *journal.Exchange {
		return inState(when, one, flavor, "ACTIVE", "active", "null")
	}
	withMode := resized(at{10, 11}, one, `{"resize":{"flavorRef":"b","mode":"withStopServer"}}`, 200, `{"job_id":"j"}`)
	long := made(at{10, 11}, "batchStartOrStopServers", "POST", "/v1/p/cloudservers/action", `{"os-start":{"servers":[`, 200, `{}`)
	long.RequestBody.Truncated = true
	judgeAll(t, c, []past{
		{"every row of the table", everyRow(c), "", "", ""},
		{"in capitals, and idle as nothing", x(inState(at{0, 1}, one, "a", "SHUTOFF", "STOPPED", "")), "", "", ""},
		{"another row's", x(inState(at{0, 1}, one, "a", "ACTIVE", "stopped", "null")), "RSZ-STATE-020", "1", "vm_state active"},
		{"a task of another row", x(inState(at{0, 1}, one, "a", "SHUTOFF", "stopped", "powering-off")), "RSZ-STATE-020", "1", "powering-on"},
		{"a task that is new", x(inState(at{0, 1}, one, "a", "SHUTOFF", "stopped", "polishing")), "", "", ""},
		{"a vm_state that is new", x(inState(at{0, 1}, one, "a", "SHUTOFF", "asleep", "null")), "", "", ""},
		{"a status without a row", x(inState(at{0, 1}, one, "a", "PAUSED", "active", "null"), inState(at{2, 3}, other, "a", "UNKNOWN", "stopped", "resize_prep")), "", "", ""},
		{"another server's details", x(made(at{0, 1}, "showServer", "GET", "/v1/p/cloudservers/"+one, "", 200, `{"server":{"id":"`+other+`","status":"ACTIVE","OS-EXT-STS:vm_state":"stopped","flavor":{"id":"a"}}}`)), "", "", ""},

		{"starts by itself", x(shown(at{0, 1}, one, "a"), up(at{20, 21}, "a")), "RSZ-STATE-021", "1 2", "status SHUTOFF"},
		{"at the same time is no order", x(shown(at{0, 10}, one, "a"), up(at{5, 21}, "a")), "", "", ""},
		{"is started", x(shown(at{0, 1}, one, "a"), acted(at{10, 11}, "os-start", one, "j"), up(at{20, 21}, "a")), "", "", ""},
		{"is started in another way", x(shown(at{0, 1}, one, "a"), acted(at{10, 11}, "os-start", other, "j"), up(at{20, 21}, "a")), "RSZ-STATE-021", "1 3", ""},
		{"moves on from what is no rest", x(inState(at{0, 1}, one, "a", "VERIFY_RESIZE", "resized", "null"), shown(at{20, 21}, one, "a")), "", "", ""},
		{"moves after its job had ended", x(acted(at{0, 1}, "os-stop", one, "j"), told(at{10, 11}, "j", "SUCCESS"), shown(at{20, 21}, one, "a"), up(at{30, 31}, "a")), "RSZ-STATE-021", "3 4", ""},
		{"is started again when the resize has succeeded", x(withMode, told(at{12, 13}, "j", "SUCCESS"), shown(at{20, 21}, one, "b"), up(at{30, 31}, "b")), "", "", ""},
		{"a start that was refused", x(shown(at{0, 1}, one, "a"), made(at{10, 11}, "batchStartOrStopServers", "POST", "/v1/p/cloudservers/action", `{"os-start":{"servers":[{"id":"`+one+`"}]}}`, 400, `{}`), up(at{20, 21}, "a")), "RSZ-STATE-021", "1 3", ""},
		{"a start that nobody can read", x(shown(at{0, 1}, one, "a"), made(at{10, 11}, "batchStartOrStopServers", "POST", "/v1/p/cloudservers/action", `{os-start: [`+one+`]}`, 200, `{}`), up(at{20, 21}, "a")), "", "", ""},
		{"a start that nobody can read and that names others", x(shown(at{0, 1}, one, "a"), made(at{10, 11}, "batchStartOrStopServers", "POST", "/v1/p/cloudservers/action", `{os-start: [`+other+`]}`, 200, `{}`), up(at{20, 21}, "a")), "RSZ-STATE-021", "1 3", ""},
		{"a start that was not kept whole", x(shown(at{0, 1}, one, "a"), long, up(at{20, 21}, "a")), "", "", ""},
		{"another flavor by itself", x(shown(at{0, 1}, one, "a"), shown(at{20, 21}, one, "b")), "RSZ-STATE-021", "1 2", "flavor a"},
	})
}

func everyRow(c *contract.Contract) (list []*journal.Exchange) {
	for _, row := range c.ServerStates() {
		for _, vm := range row.VMStates {
			for _, task := range row.TaskStates {
				if task == "" {
					task = "null"
				}
				s := inState(at{0, 1}, one, "a", row.Status, vm, task)
				list = append(list, s)
			}
		}
	}
	return list
}

func TestAnswersAreWatched(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	withID := func(id, sent string) *journal.Exchange {
		e := shown(at{0, 1}, one, "a")
		e.ResponseHeader = []journal.Header{{Name: "x-request-id", Value: id}, {Name: "Date", Value: "today"}}
		if sent != "" {
			e.RequestHeader = []journal.Header{{Name: "X-Request-Id", Value: sent}}
		}
		return e
	}
	judgeAll(t, c, []past{
		{"ids of their own", x(withID("1", ""), withID("2", "")), "", "", ""},
		{"an id twice", x(withID("1", ""), withID("2", ""), withID("1", "")), "RSZ-RSP-030", "1 3", "1"},
		{"the caller's id", x(withID("1", "1"), withID("1", "1")), "", "", ""},
	})
	odd := withID("1", "")
	odd.ResponseHeader = append(odd.ResponseHeader, journal.Header{Name: "x-odd", Value: "1"})
	stray := made(at{2, 3}, "", "GET", "/nowhere", "", 418, "")
	rows := watched(t, c, x(odd, stray, resize(at{10, 24}, one, "b", "j"), resize(at{30, 36}, other, "b", "k")), 0)
	for id, says := range map[string][]string{
		"RSZ-RSP-031": {"X-Odd (exchange 1)", "418 (exchange 2)"},
		"RSZ-RSP-032": {"10ms on average", "6ms at best", "14ms at worst", "exchange 3"},
	} {
		for _, s := range says {
			if r := rows[id]; r.Verdict != journal.Pass || r.Bearing == 0 || !strings.Contains(r.Reason, s) {
				t.Errorf("%s: %s %q; want PASS and %q", id, r.Verdict, r.Reason, s)
			}
		}
	}
}

// judgeAll also writes each history in other orders: what is proved does not depend on them.
func judgeAll(t *testing.T, c *contract.Contract, histories []past) {
	t.Helper()
	for _, h := range histories {
		for order := range uint64(4) {
			rows := watched(t, c, h.list, order)
			if got := accusers(rows); got != h.accuses {
				t.Errorf("%s (order %d): accused by %q, want %q: %s", h.name, order, got, h.accuses, rows[strings.Split(got+" ", " ")[0]].Reason)
				continue
			}
			if h.accuses == "" {
				continue
			}
			r := rows[h.accuses]
			if got := proofs(r); order == 0 && got != h.proof || !strings.Contains(r.Reason, h.wantedIn) {
				t.Errorf("%s: proved by exchanges %s, want %s; says %q, want %q in it", h.name, got, h.proof, r.Reason, h.wantedIn)
			}
			level := journal.Fail
			if q, _ := c.Requirement(h.accuses); q.Level == journal.Should {
				level = journal.Warn
			}
			if f := r.Finding; r.Verdict != level || f == nil || f.Count != 1 || f.Wanted == "" || f.Got == "" || f.SpecLine == "" || !slices.Contains(r.Exchanges, f.Exchange) {
				t.Errorf("%s: %s %+v", h.name, r.Verdict, f)
			}
		}
	}
}

// A contract's monitors are those of this package, in every edition that a row is for; and what had nothing to watch says so instead of passing.
func TestEveryMonitorHasItsPromise(t *testing.T) {
	racedetector.LeaveOut(t)
	t.Parallel()
	known := map[string]bool{}
	for _, r := range rules() {
		known[r.id] = true
	}
	for _, profile := range contract.Profiles() {
		c := contracttest.Profile(t, profile)
		promised := map[string]bool{}
		for _, r := range c.Requirements() {
			if r.Tested == contract.ByMonitor {
				promised[r.ID] = true
			}
		}
		for id := range known {
			if base, _ := contracttest.Base(t).Requirement(id); !promised[id] && (len(base.Where) == 0 || profile == contract.BaseProfile) {
				t.Errorf("profile %s does not promise %s", profile, id)
			}
		}
		for id := range promised {
			if !known[id] {
				t.Errorf("profile %s: no monitor watches over %s", profile, id)
			}
		}
		w := New(c)
		var rows []journal.Result
		for _, r := range w.Results(true) {
			if r.Kind == journal.KindMonitor {
				rows = append(rows, r)
			}
			if r.Kind == journal.KindMonitor && (r.Verdict != journal.NotApplicable || !strings.Contains(r.Reason, "only a part of the pack")) {
				t.Errorf("profile %s: %s of a run without exchanges: %s %q", profile, r.Requirement, r.Verdict, r.Reason)
			}
		}
		if len(rows) != len(promised) {
			t.Errorf("profile %s: %d rows for %d promises", profile, len(rows), len(promised))
		}
		if planned := w.Planned(); planned[len(planned)-1].Kind != journal.KindMonitor || len(planned) != len(w.Results(false)) {
			t.Errorf("profile %s: %d rows are planned, and %d given", profile, len(planned), len(w.Results(false)))
		}
	}
}
