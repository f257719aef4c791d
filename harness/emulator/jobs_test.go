package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// timeline polls job and server every hundredth of the job's duration and notes each change.
func (l *lab) timeline(job, server string, until time.Duration) []string {
	l.t.Helper()
	var out []string
	for passed := time.Duration(0); passed <= until; passed += jobTook / 100 {
		now := fmt.Sprintf("%s %s %s", l.job(job).text("status"), l.condition(server), l.flavor(server))
		if len(out) == 0 || out[len(out)-1] != now {
			out = append(out, now)
		}
		l.pass(jobTook / 100)
	}
	return out
}

func wantTimeline(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestResizeOfAStoppedServer(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	job := l.accepted(l.resize(id, to("s3.large.2")))
	wantTimeline(t, l.timeline(job, id, jobTook), []string{
		"INIT SHUTOFF/stopped/ s3.medium.4",
		"RUNNING RESIZE/stopped/resize_prep s3.medium.4",
		"RUNNING RESIZE/stopped/resize_migrating s3.medium.4",
		"RUNNING RESIZE/stopped/resize_migrated s3.medium.4",
		"RUNNING RESIZE/stopped/resize_finish s3.medium.4",
		"RUNNING VERIFY_RESIZE/resized/ s3.medium.4",
		"SUCCESS SHUTOFF/stopped/ s3.large.2",
	})
	got := l.wantJob(job, JobSuccess)
	want := `{"status":"SUCCESS","entities":{"server_id":"` + id + `"},"job_id":"` + job + `","job_type":"resizeServer",` +
		`"begin_time":"2026-01-01T00:00:00.000Z","end_time":"2026-01-01T00:01:40.000Z","error_code":null,"fail_reason":null}`
	if got.raw != want {
		t.Errorf("got\n%s\nwant\n%s", got.raw, want)
	}
}

func TestResizeOfARunningServerWithMode(t *testing.T) {
	l := newLab(t, Config{Mode: new(true)}) // intl, which does not have it by itself
	id := l.add(ServerSpec{Status: StatusActive})
	job := l.accepted(l.resize(id, `{"resize":{"flavorRef":"s3.large.2","mode":"withStopServer"}}`))
	wantTimeline(t, l.timeline(job, id, 2*jobTook), []string{
		"INIT ACTIVE/active/ s3.medium.4",
		"RUNNING ACTIVE/active/powering-off s3.medium.4",
		"RUNNING RESIZE/stopped/resize_prep s3.medium.4",
		"RUNNING RESIZE/stopped/resize_migrating s3.medium.4",
		"RUNNING RESIZE/stopped/resize_migrated s3.medium.4",
		"RUNNING RESIZE/stopped/resize_finish s3.medium.4",
		"RUNNING VERIFY_RESIZE/resized/ s3.medium.4",
		"RUNNING SHUTOFF/stopped/powering-on s3.medium.4",
		"SUCCESS ACTIVE/active/ s3.large.2",
	})
}

func TestResizeThatFails(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	job := l.accepted(l.resize(id, to("s3.xlarge.8")))
	wantTimeline(t, l.timeline(job, id, jobTook), []string{
		"INIT SHUTOFF/stopped/ s3.medium.4",
		"RUNNING RESIZE/stopped/resize_prep s3.medium.4",
		"RUNNING RESIZE/stopped/resize_migrating s3.medium.4",
		"FAIL SHUTOFF/stopped/ s3.medium.4",
	})
	got := l.wantJob(job, JobFail)
	if got.text("error_code") != "Ecs.0207" || got.text("fail_reason") == "" {
		t.Errorf("%s", got.raw)
	}
	l.accepted(l.resize(id, to("s3.large.2"))) // nothing is left in the way
}

// Every phase that a plan can bring must be a row of the documented table.
func TestPlansKeepToTheDocumentedTable(t *testing.T) {
	table := map[string]string{
		"building scheduling": "BUILD", "building spawning": "BUILD", "active ": "ACTIVE", "active powering-off": "ACTIVE", "active deleting": "ACTIVE",
		"active rebooting": "REBOOT", "active rebooting_hard": "HARD_REBOOT", "active rebuilding": "REBUILD", "active migrating": "MIGRATING",
		"stopped ": "SHUTOFF", "stopped powering-on": "SHUTOFF", "stopped deleting": "SHUTOFF",
		"stopped resize_prep": "RESIZE", "stopped resize_migrating": "RESIZE", "stopped resize_migrated": "RESIZE", "stopped resize_finish": "RESIZE",
		"resized ": "VERIFY_RESIZE", "resized resize_reverting": "REVERT_RESIZE", "error ": "ERROR", "error deleting": "ERROR",
		"deleted ": "DELETED", "shelved ": "SHELVED", "shelved_offloaded ": "SHELVED_OFFLOADED",
	}
	check := func(what string, p Phase) {
		if table[p.VMState+" "+p.TaskState] != p.Status {
			t.Errorf("%s: %+v is not in the table", what, p)
		}
	}
	for _, status := range Statuses() {
		p, ok := PhaseOf(status)
		if !ok {
			t.Errorf("no phase for %s", status)
		}
		check("at rest", p)
		for _, kind := range []OrderKind{OrderResize, OrderStart, OrderStop, OrderCreate, OrderDelete} {
			for _, o := range []Order{{}, {Restart: true}, {Target: &Flavor{JobError: "x"}}} {
				o.Kind, o.Server, o.Duration = kind, &Server{Phase: p}, time.Second
				steps := plan(o)
				for i, s := range steps {
					if s.Phase != nil && (kind != OrderDelete || status == StatusActive || status == StatusShutoff || status == StatusError) {
						check(string(kind), *s.Phase)
					}
					if i > 0 && s.After < steps[i-1].After {
						t.Errorf("%s: step %d goes back in time", kind, i)
					}
					if s.Job.Terminal() != (i == len(steps)-1) {
						t.Errorf("%s: step %d has status %s", kind, i, s.Job)
					}
				}
			}
		}
	}
}

func TestYearlyMonthly(t *testing.T) {
	for autoPay, waits := range map[string]bool{`,"extendparam":{"isAutoPay":"true"}`: false, `,"extendparam":{"isAutoPay":"false"}`: true, ``: true} {
		t.Run(autoPay, func(t *testing.T) {
			l := newLab(t, Config{})
			id := l.add(ServerSpec{Billing: PrePaid})
			got := l.resize(id, `{"resize":{"flavorRef":"s3.large.2"`+autoPay+`}}`)
			job, order := l.accepted(got), got.text("order_id")
			if !strings.HasPrefix(order, "CS") {
				t.Fatalf("order_id %q", order)
			}
			if !waits {
				l.wantJob(job, JobInit)
				if err := l.PayOrder(order); err == nil {
					t.Error("an order that was paid from the account could be paid again")
				}
			} else {
				l.pass(10 * jobTook)
				l.wantJob(job, JobPending)
				if l.condition(id) != "SHUTOFF/stopped/" || l.flavor(id) != "s3.medium.4" {
					t.Errorf("unpaid, yet the server is %s with %s", l.condition(id), l.flavor(id))
				}
				l.wantRefused(l.resize(id, to("s3.large.4")), 400, "Ecs.7000")
				if err := l.PayOrder(order); err != nil {
					t.Fatal(err)
				}
				l.wantJob(job, JobInit)
			}
			l.pass(jobTook)
			l.wantJob(job, JobSuccess)
			if got := l.flavor(id); got != "s3.large.2" {
				t.Errorf("flavor %s", got)
			}
		})
	}
}

func TestAutoPayMeansNothingToPayPerUse(t *testing.T) {
	l := newLab(t, Config{})
	for _, value := range []string{"true", "false"} {
		got := l.resize(l.add(ServerSpec{}), `{"resize":{"flavorRef":"s3.large.2","extendparam":{"isAutoPay":"`+value+`"}}}`)
		l.wantJob(l.accepted(got), JobInit)
		if _, there := got.body["order_id"]; there {
			t.Errorf("order_id for pay-per-use: %s", got.raw)
		}
	}
}

// An edition whose job page does not have PENDING_PAYMENT shows INIT while the order waits.
func TestWaitingJobInAnEditionWithoutPendingPayment(t *testing.T) {
	l := newLab(t, Config{Profile: "ae-ad-1"})
	got := l.resize(l.add(ServerSpec{Billing: PrePaid}), to("s3.large.2"))
	l.pass(jobTook)
	l.wantJob(l.accepted(got), JobInit)
	if err := l.PayOrder(got.text("order_id")); err != nil {
		t.Fatal(err)
	}
	l.pass(jobTook)
	l.wantJob(got.text("job_id"), JobSuccess)
}

func TestWhatHappensWhileAnOrderWaits(t *testing.T) {
	for name, c := range map[string]struct {
		mode      bool
		meanwhile func(l *lab, id string)
		want      JobStatus
		code      string
	}{
		"started": {meanwhile: func(l *lab, id string) {
			l.accepted(l.do(http.MethodPost, base+"action", `{"os-start":{"servers":[{"id":"`+id+`"}]}}`))
			l.pass(jobTook)
		}, want: JobFail, code: "Ecs.0100"},
		"started, with mode": {mode: true, meanwhile: func(l *lab, id string) {
			l.accepted(l.do(http.MethodPost, base+"action", `{"os-start":{"servers":[{"id":"`+id+`"}]}}`))
			l.pass(jobTook)
		}, want: JobSuccess},
		"being started": {meanwhile: func(l *lab, id string) {
			l.accepted(l.do(http.MethodPost, base+"action", `{"os-start":{"servers":[{"id":"`+id+`"}]}}`))
		}, want: JobFail, code: "Ecs.0603"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, Config{Mode: &c.mode})
			id := l.add(ServerSpec{Billing: PrePaid})
			got := l.resize(id, `{"resize":{"flavorRef":"s3.large.2","mode":"withStopServer"}}`)
			job := l.accepted(got)
			c.meanwhile(l, id)
			if err := l.PayOrder(got.text("order_id")); err != nil {
				t.Fatal(err)
			}
			l.pass(2 * jobTook)
			if got := l.wantJob(job, c.want); got.text("error_code") != c.code {
				t.Errorf("error_code %q, want %q", got.text("error_code"), c.code)
			}
		})
	}
}

func TestJobsAreForgotten(t *testing.T) {
	l := newLab(t, Config{})
	job := l.accepted(l.resize(l.add(ServerSpec{}), to("s3.large.2")))
	paid := l.resize(l.add(ServerSpec{Billing: PrePaid}), `{"resize":{"flavorRef":"s3.large.2","extendparam":{"isAutoPay":"true"}}}`)
	prepaid := l.add(ServerSpec{Billing: PrePaid})
	unpaid := l.resize(prepaid, to("s3.large.2"))
	l.pass(jobTook + 24*time.Hour)
	l.wantJob(job, JobSuccess) // to the day, not beyond
	l.pass(time.Millisecond)
	l.wantRefused(l.job(job), 400, "Common.0011")
	l.wantRefused(l.job(l.accepted(paid)), 400, "Common.0011")
	l.wantJob(unpaid.text("job_id"), JobPending)
	if n := l.Counts(); n.Jobs != 1 || n.Orders != 1 {
		t.Errorf("%+v", n)
	}
	l.pass(14 * 24 * time.Hour)
	l.wantRefused(l.job(unpaid.text("job_id")), 400, "Common.0011")
	if err := l.PayOrder(unpaid.text("order_id")); err == nil {
		t.Error("an expired order could be paid")
	}
	l.accepted(l.resize(prepaid, to("s3.large.2"))) // it is free again
}

func TestJobsOfOthersAreNotShown(t *testing.T) {
	l := newLab(t, Config{})
	job := l.accepted(l.resize(l.add(ServerSpec{}), to("s3.large.2")))
	l.token = "emulator-token-of-the-foreign-project"
	l.wantRefused(l.do(http.MethodGet, "/v1/"+foreignProject+"/jobs/"+job, ""), 400, "Common.0011")
}

func TestRemovedServerFailsItsJob(t *testing.T) {
	l := newLab(t, Config{})
	id, other := l.add(ServerSpec{}), l.add(ServerSpec{})
	job, running := l.accepted(l.resize(id, to("s3.large.2"))), l.accepted(l.resize(other, to("s3.large.2")))
	l.pass(jobTook / 2)
	l.RemoveServer(id)
	l.RemoveServer("there is none")
	l.wantJob(job, JobFail)
	l.wantJob(running, JobRunning)
	l.pass(jobTook)
	l.wantJob(running, JobSuccess)

	prepaid := l.add(ServerSpec{Billing: PrePaid})
	got := l.resize(prepaid, to("s3.large.2"))
	l.RemoveServer(prepaid)
	l.wantRefused(l.job(got.text("job_id")), 400, "Common.0011")
	if n := l.Counts(); n.Orders != 0 {
		t.Errorf("%+v", n)
	}
}

func TestResizeBringsHostAndThreads(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{DedicatedHostID: defaultHost})
	threads := func() any { return l.show(id)["cpu_options"].(map[string]any)["hw:cpu_threads"] }
	host := func() string {
		return fmt.Sprint(l.show(id)["os:scheduler_hints"].(map[string]any)["dedicated_host_id"])
	}
	if threads() != nil || host() != "["+defaultHost+"]" {
		t.Errorf("at first: %v %s", threads(), host())
	}
	l.accepted(l.resize(id, `{"resize":{"flavorRef":"c6.large.2","dedicated_host_id":"`+otherHost+`","cpu_options":{"hw:cpu_threads":1}}}`))
	l.pass(jobTook)
	if threads() != 1.0 || host() != "["+otherHost+"]" {
		t.Errorf("afterwards: %v %s", threads(), host())
	}
	l.accepted(l.resize(id, `{"resize":{"flavorRef":"s3.large.2","dedicated_host_id":"`+otherHost+`"}}`))
	l.pass(jobTook)
	if threads() != nil {
		t.Errorf("an option of an earlier flavor is still shown: %v", threads())
	}
}
