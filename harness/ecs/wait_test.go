package ecs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"resize-conformance/harness/exchange"
)

// script answers one request after the other; the last answer stays. Time in it is that of the bubble.
type script struct {
	mu      sync.Mutex
	answers []string // "200 body", "429 Retry-After=7 body", or "lost"
	asked   []time.Duration
	start   time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.start.IsZero() {
		s.start = time.Now()
	}
	s.asked = append(s.asked, time.Since(s.start))
	next := s.answers[min(len(s.asked), len(s.answers))-1]
	if next == "lost" {
		return nil, io.ErrUnexpectedEOF
	}
	if next == "silence" {
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	}
	status, body, _ := strings.Cut(next, " ")
	resp := &http.Response{Header: http.Header{"Content-Type": {"application/json"}}}
	if value, ok := strings.CutPrefix(body, "Retry-After="); ok {
		value, body, _ = strings.Cut(value, " ")
		if value == "date" {
			value = time.Now().Add(20 * time.Second).UTC().Format(http.TimeFormat)
		}
		resp.Header.Set("Retry-After", value)
	}
	if _, err := fmt.Sscan(status, &resp.StatusCode); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(strings.NewReader(body))
	return resp, nil
}

func (s *script) client(t Timeouts) *Client {
	return New(Config{Endpoint: "http://h", ProjectID: project, Timeouts: t, Recorder: exchange.NewRecorder(exchange.Options{Base: s})})
}

func job(status string) string {
	return `200 {"job_id":"j1","job_type":"resizeServer","status":"` + status + `","entities":{"server_id":"s1"},"begin_time":"2026-01-01T00:00:00.000Z","end_time":""}`
}

var quick = Timeouts{Job: time.Minute, Power: 30 * time.Second, Poll: 2 * time.Second, PollMax: 4 * time.Second}

func TestWaitingForAJob(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		answers  []string
		options  []WaitOption
		statuses string
		asked    []time.Duration // nil: not looked at
		want     string          // the error; "" for none
	}{
		{"succeeds", []string{job("INIT"), job("RUNNING"), job("RUNNING"), job("SUCCESS")}, nil, "INIT RUNNING SUCCESS", []time.Duration{0, 2, 5, 9}, ""},
		{"fails", []string{job("FAIL")}, nil, "FAIL", []time.Duration{0}, ""},
		{"goes backwards", []string{job("RUNNING"), job("INIT"), job("RUNNING"), job("SUCCESS")}, nil, "RUNNING INIT RUNNING SUCCESS", nil, ""},
		{"waits for payment, which is the end", []string{job("PENDING_PAYMENT")}, []WaitOption{Until("PENDING_PAYMENT")}, "PENDING_PAYMENT", nil, ""},
		{
			"never ends",
			[]string{job("INIT"), job("RUNNING")},
			nil, "INIT RUNNING", nil,
			"waited 1m0s for job j1 to end; last seen RUNNING since 2s into the wait (before: INIT), 16 polls; the limit is 1m0s (Timeouts.Job)",
		},
		{
			"never ends, by the limit of power jobs",
			[]string{job("RUNNING")},
			[]WaitOption{ForPower()},
			"RUNNING", nil,
			"waited 30s for job j1 to end; last seen RUNNING since 0s into the wait, 9 polls; the limit is 30s (Timeouts.Power)",
		},
		{
			"never ends, by the limit of the scenario",
			[]string{job("RUNNING")},
			[]WaitOption{Within(time.Second)},
			"RUNNING", nil,
			"waited 1s for job j1 to end; last seen RUNNING since 0s into the wait, 1 poll; the limit is 1s (as the scenario asks)",
		},
		{"is not known", []string{`404 {"error":{"code":"Common.0011","message":"no"}}`}, nil, "", nil, "wanted 200 with the job, got 404 Common.0011 (exchange 1)"},
		{"is no job", []string{`200 {"job_id":"j1"}`}, nil, "", nil, "exchange 1: /status: wanted a string, got nothing"},
		{"is no JSON", []string{`200 <html>`}, nil, "", nil, "wanted a JSON body, got 6 bytes that are none"},
		{"Retry-After in seconds", []string{`429 Retry-After=7 {"error_code":"APIGW.0308","error_msg":"x"}`, job("SUCCESS")}, nil, "SUCCESS", []time.Duration{0, 7}, ""},
		{"Retry-After shorter than the pause", []string{`429 Retry-After=0 {}`, job("SUCCESS")}, nil, "SUCCESS", []time.Duration{0, 2}, ""},
		{"Retry-After as a date", []string{`503 Retry-After=date {}`, job("SUCCESS")}, nil, "SUCCESS", []time.Duration{0, 20}, ""},
		{"Retry-After beyond reason", []string{job("RUNNING"), `503 Retry-After=86400 {}`}, nil, "RUNNING", nil, "last seen RUNNING since 0s into the wait, 2 polls; the last answer was 503 with 2 bytes, to be repeated after 2m0s; the limit is 1m0s (Timeouts.Job)"},
		{"busy", []string{`501 {"error":{"code":"Ecs.0603","message":"x"}}`, job("SUCCESS")}, nil, "SUCCESS", []time.Duration{0, 2}, ""},
		{"busy with status 202", []string{`202 {"error":{"code":"Common.0024","message":"x"}}`, job("SUCCESS")}, nil, "SUCCESS", []time.Duration{0, 2}, ""},
		{"501 for another reason", []string{`501 {"error":{"code":"Ecs.0000","message":"x"}}`}, nil, "", nil, "got 501 Ecs.0000"},
		{"answers lost twice", []string{"lost", "lost", job("SUCCESS")}, nil, "SUCCESS", nil, ""},
		{"answers lost three times", []string{job("RUNNING"), "lost"}, nil, "RUNNING", nil, "last seen RUNNING since 0s into the wait, 4 polls; GET http://h/v1/" + project + "/jobs/j1: waited"},
		{"silence until the time is up", []string{job("RUNNING"), "silence"}, []WaitOption{Within(5 * time.Second)}, "RUNNING", nil, "waited 5s for job j1 to end; last seen RUNNING since 0s into the wait, 2 polls"},
		{"the scenario has seen enough", []string{job("RUNNING")}, []WaitOption{EachPoll(func(_ context.Context, status string) error { return errors.New("flavor changed while " + status) })}, "RUNNING", nil, "flavor changed while RUNNING"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: c.answers}
			h, err := s.client(quick).WaitForJob(t.Context(), "j1", c.options...)
			if got := strings.Join(h.Statuses(), " "); got != c.statuses {
				t.Errorf("%s: wanted %s, got %s", c.name, c.statuses, got)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: wanted %q\ngot %v", c.name, c.want, err)
			}
			var w *WaitError
			if err != nil && !errors.As(err, &w) {
				t.Errorf("%s: wanted a *WaitError, got %T", c.name, err)
			}
			if strings.Contains(c.want, "the limit is") && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: wanted it to be a deadline", c.name)
			}
			for i := range c.asked {
				if want := c.asked[i] * time.Second; s.asked[i] < want || s.asked[i] > want+time.Second {
					t.Errorf("%s: poll %d: wanted it at %s, got %s", c.name, i, want, s.asked[i])
				}
			}
			if h.Polls != len(s.asked) {
				t.Errorf("%s: %d polls told, %d made", c.name, h.Polls, len(s.asked))
			}
		})
	}
}

func TestAWaitIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		s := &script{answers: []string{job("RUNNING")}}
		time.AfterFunc(3*time.Second, func() { cancel(errors.New("the user has interrupted the run")) })
		start := time.Now()
		h, err := s.client(quick).WaitForJob(ctx, "j1")
		if want := "waited 3s for job j1 to end; last seen RUNNING since 0s into the wait, 2 polls; given up because the user has interrupted the run"; err == nil || err.Error() != want {
			t.Errorf("wanted %s\ngot %v", want, err)
		}
		if time.Since(start) != 3*time.Second || h.Waited != 3*time.Second {
			t.Errorf("waited %s", time.Since(start))
		}
	})
}

func TestStepsHaveTimesAndExchanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []string{job("RUNNING"), job("RUNNING"), job("SUCCESS")}}
		h, err := s.client(quick).WaitForSuccess(t.Context(), "j1")
		want := []Step{{"RUNNING", 1, 0, 2 * time.Second}, {"SUCCESS", 3, 5 * time.Second, 5 * time.Second}}
		if err != nil || !slices.Equal(h.Steps, want) || h.Job.ServerID != "s1" || h.Answer.ID != 3 {
			t.Errorf("wanted %v\ngot %v, %v", want, h.Steps, err)
		}
	})
}

func TestAFailedJobIsNoSuccess(t *testing.T) {
	t.Parallel()
	s := &script{answers: []string{`200 {"status":"FAIL","error_code":"Ecs.0207","fail_reason":"no room"}`}}
	_, err := s.client(quick).WaitForSuccess(t.Context(), "j1")
	if want := `wanted job j1 to end in SUCCESS, got FAIL with error code "Ecs.0207": no room (exchange 1)`; err == nil || err.Error() != want {
		t.Errorf("wanted %s\ngot %v", want, err)
	}
}

func shown(status, vm, task string) string {
	return `200 {"server":{"id":"s1","status":"` + status + `","OS-EXT-STS:vm_state":"` + vm + `","OS-EXT-STS:task_state":` + task + `,"flavor":{"id":"f1"}}}`
}

func TestWaitingForAServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []string{shown("ACTIVE", "active", `"powering-off"`), shown("SHUTOFF", "stopped", `"powering-on"`), shown("SHUTOFF", "STOPPED", `null`)}}
		h, err := s.client(quick).WaitForServer(t.Context(), "s1", []string{"SHUTOFF"})
		if got := strings.Join(h.Statuses(), ", "); err != nil || got != "ACTIVE active powering-off, SHUTOFF stopped powering-on, SHUTOFF stopped -" || h.Server.FlavorID != "f1" {
			t.Errorf("got %s, %v", got, err)
		}
		s = &script{answers: []string{shown("ACTIVE", "active", `""`)}}
		_, err = s.client(quick).WaitForServer(t.Context(), "s1", []string{"SHUTOFF", "ERROR"})
		if want := "waited 1m0s for server s1 to become SHUTOFF or ERROR; last seen ACTIVE active - since 0s into the wait, 16 polls; the limit is 1m0s (Timeouts.Status)"; err == nil || err.Error() != want {
			t.Errorf("wanted %s\ngot %v", want, err)
		}
		s = &script{answers: []string{shown("ACTIVE", "active", `"deleting"`), `404 {"error":{"code":"Ecs.0114","message":"x"}}`}}
		h, err = s.client(quick).WaitForServerGone(t.Context(), "s1")
		if got := strings.Join(h.Statuses(), ", "); err != nil || got != "ACTIVE active deleting, not found" || h.Server != nil {
			t.Errorf("got %s, %v", got, err)
		}
		s = &script{answers: []string{`404 {"error":{"code":"Ecs.0114","message":"x"}}`}}
		if _, err = s.client(quick).WaitForServer(t.Context(), "s1", []string{"SHUTOFF"}); err == nil || !strings.Contains(err.Error(), "wanted 200 with the server, got 404 Ecs.0114") {
			t.Errorf("got %v", err)
		}
	})
}

// Only reads are repeated.
func TestAResizeIsNeverRepeated(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"lost", "429 Retry-After=0 {}", "503 {}"} {
		s := &script{answers: []string{answer}}
		_, _ = s.client(quick).Resize(t.Context(), "s1", Resize{FlavorRef: "2"})
		if len(s.asked) != 1 {
			t.Errorf("%s: sent %d times", answer, len(s.asked))
		}
	}
}

func TestTimeoutsHaveDefaults(t *testing.T) {
	t.Parallel()
	got := New(Config{Timeouts: Timeouts{Job: time.Second, Poll: time.Hour}}).Timeouts()
	want := DefaultTimeouts()
	want.Job, want.Poll, want.PollMax = time.Second, time.Hour, time.Hour
	if !reflect.DeepEqual(got, want) {
		t.Errorf("wanted %+v, got %+v", want, got)
	}
	if e := EmbeddedTimeouts(); !reflect.DeepEqual(e, e.orDefaults()) {
		t.Errorf("the embedded ones lack a value: %+v", e)
	}
}
