package reference

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/pace"
)

func jobIs(status string) http.HandlerFunc {
	return says(200, `{"status":"`+status+`","job_id":"`+job+`","entities":{"server_id":"s"},"error_code":null,"fail_reason":null}`)
}

func TestWaits(t *testing.T) {
	t.Parallel()
	busy := says(429, `{"error_code":"APIGW.0308","error_msg":"m"}`)
	for _, k := range []struct {
		name    string
		answers []http.HandlerFunc
		want    string
		looks   int
	}{
		{"success", []http.HandlerFunc{jobIs("INIT"), jobIs("RUNNING"), jobIs("SUCCESS")}, `ok SUCCESS "" "s"`, 3},
		{"fail", []http.HandlerFunc{jobIs("RUNNING"), says(200, `{"status":"FAIL","error_code":"Ecs.0207","fail_reason":"r"}`)}, `job 200 "Ecs.0207"`, 2},
		{"not paid", []http.HandlerFunc{jobIs("INIT"), jobIs("PENDING_PAYMENT")}, `job 200 ""`, 2},
		{"unknown status", []http.HandlerFunc{jobIs("ROLLING_BACK"), jobIs("SUCCESS")}, `ok SUCCESS "" "s"`, 2},
		{"vanished", []http.HandlerFunc{jobIs("RUNNING"), says(400, `{"code":"Common.0011","message":"m"}`)}, `api 400 "Common.0011"`, 2},
		{"throttled", []http.HandlerFunc{busy, busy, busy, busy, jobIs("SUCCESS")}, `ok SUCCESS "" "s"`, 5},
		{"one look is lost", []http.HandlerFunc{jobIs("RUNNING"), breaksOff, jobIs("SUCCESS")}, `ok SUCCESS "" "s"`, 3},
		{"all looks are lost", []http.HandlerFunc{says(200, `{"status":"RUNNING"}`, "Connection", "close"), breaksOff}, `network 0 ""`, 4},
		{"garbage", []http.HandlerFunc{jobIs("RUNNING"), says(200, `{`)}, `decode 200 ""`, 2},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Config{}, k.answers...)
			if got := brief(s.ask(driver.Request{Operation: driver.WaitForJob})); got != k.want {
				t.Errorf("told %s, want %s", got, k.want)
			}
			if n := len(s.seen()); n != k.looks {
				t.Errorf("looked %d times, want %d", n, k.looks)
			}
		})
	}
}

// A wait keeps the pause that it was asked for, and a longer one that the server asks for.
func TestWaitPauses(t *testing.T) {
	t.Parallel()
	s := newStage(t, Config{Repetitions: -1}, jobIs("RUNNING"), says(503, ``, "Retry-After", "9"), jobIs("SUCCESS"))
	s.ask(driver.Request{Operation: driver.WaitForJob, Params: driver.Params{IntervalMS: 3000}})
	if want := []time.Duration{3 * time.Second, 9 * time.Second}; !slices.Equal(s.pauses, want) {
		t.Errorf("paused %v, want %v", s.pauses, want)
	}
}

// A job that does not end, and an answer that does not come, end with the time.
func TestTimesOut(t *testing.T) {
	t.Parallel()
	stalls := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, k := range map[string]struct {
		ask    driver.Request
		answer http.HandlerFunc
	}{
		"job":         {driver.Request{Operation: driver.WaitForJob, TimeoutMS: 20}, jobIs("RUNNING")},
		"stalled job": {driver.Request{Operation: driver.WaitForJob, TimeoutMS: 20}, stalls},
		"stalled":     {driver.Request{Operation: driver.ResizeServer, TimeoutMS: 20, Params: driver.Params{FlavorRef: "f"}}, stalls},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Config{Pause: func(ctx context.Context, d time.Duration) error { return pace.Sleep(ctx, min(d, time.Millisecond)) }}, k.answer)
			if got := brief(s.ask(k.ask)); got != `timeout 0 ""` {
				t.Errorf("told %s", got)
			}
		})
	}
}
