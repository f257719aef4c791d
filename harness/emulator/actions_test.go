package emulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func action(name string, ids ...string) string {
	entries := make([]string, len(ids))
	for i, id := range ids {
		entries[i] = `{"id":"` + id + `"}`
	}
	return `{"` + name + `":{"servers":[` + strings.Join(entries, ",") + `]}}`
}

func TestStartAndStop(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{Status: StatusActive})
	for _, c := range []struct {
		body string
		want []string
	}{
		{action("os-stop", id), []string{"INIT ACTIVE/active/ s3.medium.4", "RUNNING ACTIVE/active/powering-off s3.medium.4", "SUCCESS SHUTOFF/stopped/ s3.medium.4"}},
		{`{"os-stop":{"servers":[{"id":"` + id + `"}],"type":"HARD"}}`, []string{"INIT SHUTOFF/stopped/ s3.medium.4", "RUNNING SHUTOFF/stopped/ s3.medium.4", "SUCCESS SHUTOFF/stopped/ s3.medium.4"}},
		{action("os-start", id), []string{"INIT SHUTOFF/stopped/ s3.medium.4", "RUNNING SHUTOFF/stopped/powering-on s3.medium.4", "SUCCESS ACTIVE/active/ s3.medium.4"}},
	} {
		job := l.accepted(l.do("POST", base+"action", c.body))
		wantTimeline(t, l.timeline(job, id, jobTook/2), c.want)
	}
}

// As observed: a batch operation answers 200 for a server that does not exist, and the failure shows in the job only.
func TestBatchWithServersThatFail(t *testing.T) {
	l := newLab(t, Config{})
	good, locked, broken := l.add(ServerSpec{Status: StatusActive}), l.add(ServerSpec{Locked: true}), l.add(ServerSpec{Status: StatusError})
	foreign := l.add(ServerSpec{Project: foreignProject, Status: StatusActive})
	busy := l.add(ServerSpec{})
	l.accepted(l.resize(busy, to("s3.large.2")))
	job := l.accepted(l.do("POST", base+"action", action("os-stop", good, "ghost", locked, foreign, broken, busy, good)))
	l.pass(jobTook / 2)
	got := l.wantJob(job, JobFail)
	if got.text("job_type") != "serversAction" || got.text("error_code") != "Common.0021" {
		t.Errorf("%s", got.raw)
	}
	entities := got.body["entities"].(map[string]any)
	var outcome []string
	for _, sub := range entities["sub_jobs"].([]any) {
		s := sub.(map[string]any)
		outcome = append(outcome, fmt.Sprint(s["job_type"], " ", s["status"], " ", s["error_code"]))
	}
	want := []string{"serverActions SUCCESS <nil>", "serverActions FAIL Ecs.0114", "serverActions FAIL Ecs.0605", "serverActions FAIL Ecs.0114",
		"serverActions FAIL Ecs.0100", "serverActions FAIL Ecs.0603", "serverActions FAIL Ecs.0603"}
	if diff := cmp.Diff(want, outcome); diff != "" || entities["sub_jobs_total"] != 7.0 {
		t.Errorf("%s\n%v", diff, entities["sub_jobs_total"])
	}
	if l.condition(good) != "SHUTOFF/stopped/" {
		t.Errorf("%s", l.condition(good))
	}
	if s, _ := l.Server(foreign); s.Status != StatusActive {
		t.Error("a foreign server was stopped")
	}
	ghost := l.accepted(l.do("POST", base+"action", action("os-stop", "ghost")))
	l.pass(jobTook)
	if got := l.wantJob(ghost, JobFail); got.text("error_code") != "Ecs.0114" || got.text("fail_reason") == "" {
		t.Errorf("%s", got.raw)
	}
}

func TestActionsThatAreRefused(t *testing.T) {
	l := newLab(t, Config{})
	many := make([]string, maxBatch+1)
	for _, body := range []string{
		`{}`, `[]`, `{`, action("os-reboot", "x"), `{"os-start":{"servers":[{"id":"x"}]},"os-stop":{"servers":[{"id":"x"}]}}`, `{"os-stop":{}}`,
		`{"os-stop":{"servers":[]}}`, `{"os-stop":{"servers":["x"]}}`, `{"os-stop":{"servers":[{}]}}`, `{"os-stop":{"servers":[{"id":1}]}}`,
		`{"os-stop":{"servers":[{"id":"x"}],"type":"SLOW"}}`, `{"os-stop":[]}`, action("os-stop", many...),
	} {
		l.wantRefused(l.do("POST", base+"action", body), 400, "Ecs.0005")
	}
	l.wantRefused(l.do("POST", base+"action", ""), 400, "Common.0002")
	l.wantRefused(l.do("POST", base+"action", action("os-stop", "x"), "Content-Type", "text/plain"), 415, "Ecs.0005")
}

func TestDelete(t *testing.T) {
	l := newLab(t, Config{})
	running, stopped, prepaid := l.add(ServerSpec{Status: StatusActive}), l.add(ServerSpec{}), l.add(ServerSpec{Billing: PrePaid})
	list := func(ids ...string) string {
		body := action("x", ids...)
		return strings.TrimSuffix(strings.TrimPrefix(body, `{"x":`), "}}") + `,"delete_volume":true,"delete_publicip":false}`
	}
	l.wantRefused(l.do("POST", base+"delete", list(running, prepaid)), 400, "Ecs.0513")
	job := l.accepted(l.do("POST", base+"delete", list(running, stopped)))
	l.pass(jobTook / 10)
	if l.condition(running) != "ACTIVE/active/deleting" || l.condition(stopped) != "SHUTOFF/stopped/deleting" {
		t.Errorf("%s %s", l.condition(running), l.condition(stopped))
	}
	l.pass(jobTook / 2)
	if got := l.wantJob(job, JobSuccess); got.text("job_type") != "deleteVMs" {
		t.Errorf("%s", got.raw)
	}
	l.wantRefused(l.do("GET", base+running, ""), 404, "Ecs.0114")
	for _, body := range []string{`{}`, `{"servers":[]}`, `{"servers":[{"id":"x"}],"delete_volume":"true"}`} {
		l.wantRefused(l.do("POST", base+"delete", body), 400, "Ecs.0005")
	}
}
