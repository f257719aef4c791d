package ecs

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/exchange"
)

func answer(status int, body string) *Answer {
	return &Answer{Exchange: &exchange.Exchange{ID: 7, Status: status, Body: []byte(body)}}
}

func TestIDsAbsentAndEmptyAreTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body    string
		id      string
		present bool
	}{
		{`{"job_id":"ff80"}`, "ff80", true},
		{`{"job_id":""}`, "", true},
		{`{"job_id":null}`, "null", true},
		{`{"job_id":5}`, "5", true},
		{`{"job_id":{"a":1}}`, `{"a":1}`, true},
		{`{"order_id":"CS"}`, "", false},
		{`[]`, "", false},
		{``, "", false},
		{`{"job_id":"ff`, "", false},
	} {
		if id, ok := answer(200, c.body).JobID(); id != c.id || ok != c.present {
			t.Errorf("%s: wanted %q %t, got %q %t", c.body, c.id, c.present, id, ok)
		}
	}
	a := answer(200, `{"job_id":"j","order_id":"o","serverIds":["a","b"]}`)
	if id, ok := a.OrderID(); id != "o" || !ok {
		t.Errorf("got %q", id)
	}
	if ids, err := a.ServerIDs(); err != nil || !slices.Equal(ids, []string{"a", "b"}) {
		t.Errorf("got %v, %v", ids, err)
	}
	if _, err := answer(200, `{"serverIds":"a"}`).ServerIDs(); err == nil || err.Error() != `exchange 7: /serverIds: wanted an array, got "a"` {
		t.Errorf("got %v", err)
	}
}

func TestErrorCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status   int
		body     string
		codes    string
		accepted bool
		busy     bool
	}{
		{400, `{"error":{"code":"Ecs.0005","message":"x"}}`, "Ecs.0005", false, false},
		{400, `{"error":{"code":"Ecs.0005","message":"x","details":[{"code":"Ecs.0057","message":"y"},{"message":"z"}]}}`, "Ecs.0005 Ecs.0057", false, false},
		{429, `{"error_code":"APIGW.0308","error_msg":"x","request_id":"1"}`, "APIGW.0308", false, true},
		{202, `{"error":{"code":"Common.0024","message":"x"}}`, "Common.0024", false, true},
		{501, `{"error":{"code":"Ecs.0603","message":"x"}}`, "Ecs.0603", false, true},
		{503, ``, "", false, true},
		{200, `{"job_id":"1"}`, "", true, false},
		{202, ``, "", true, false},
		{400, `<html>`, "", false, false},
	} {
		a := answer(c.status, c.body)
		if got := strings.Join(a.ErrorCodes(), " "); got != c.codes || a.Accepted() != c.accepted || a.Busy() != c.busy {
			t.Errorf("%d %s: got %q, accepted %t, busy %t", c.status, c.body, got, a.Accepted(), a.Busy())
		}
	}
	var none *Answer
	if none.Summary() != "no answer" || answer(400, `{"error":{"code":"Ecs.0005","message":"x","details":[{"code":"Ecs.0057"}]}}`).Summary() != "400 Ecs.0057" {
		t.Error("summaries")
	}
}

// A code that is written in another case, by numbers or under the other gateway's prefix is the same code; one that is only mentioned is none.
func TestCodesAreFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body       string
		controlled bool
	}{
		{`{"error_code":"APIGW.0308","error_msg":"x"}`, true},
		{`{"error_code":"APIG.0308","error_msg":"x"}`, true},
		{`{"error":{"code":"COMMON.1503","message":"x"}}`, true},
		{`{"error":{"code":"\u0043ommon.00\u00324","message":"x"}}`, true},
		{`{"error":{"code":"Ecs.0000","message":"x","details":[{"code":"Common.0024","message":"y"}]}}`, true},
		{`{"error":{"code":"Ecs.0000","message":"Common.1503"}}`, false},
		{`{"error":{"code":"Ecs.1503","message":"x"}}`, false},
		{`{"server":{"id":"03081503-0024"}}`, false},
	} {
		if a := answer(202, c.body); a.FlowControlled() != c.controlled {
			t.Errorf("%s: flow control %t, want %t", c.body, a.FlowControlled(), c.controlled)
		}
	}
	if !answer(429, ``).FlowControlled() || answer(503, ``).FlowControlled() {
		t.Error("429 is flow control, and a bare 503 is none")
	}
}

func TestServersAreReadLeniently(t *testing.T) {
	t.Parallel()
	got, err := answer(200, `{"server":{"id":"s1","name":"n","tenant_id":"p","status":"SHUTOFF","OS-EXT-STS:vm_state":"Stopped","OS-EXT-STS:task_state":null,
		"flavor":{"id":"s3.large.2","vcpus":"2"},"cpu_options":{"hw:cpu_threads":"1"},"os:scheduler_hints":{"tenancy":["dedicated"],"dedicated_host_id":["d1"]},
		"OS-EXT-AZ:availability_zone":"az1","locked":true,"metadata":{"charging_mode":1,"os_type":"Linux","EcmResStatus":"freeze","x":null,"y":true}}}`).Server()
	want := &Server{
		ID: "s1", Name: "n", ProjectID: "p", Status: "SHUTOFF", VMState: "stopped", FlavorID: "s3.large.2", CPUThreads: 1, Tenancy: "dedicated", DedicatedHostID: "d1",
		AvailabilityZone: "az1", Locked: true, Frozen: true, ChargingMode: YearlyMonthly, OSType: "Linux",
		Metadata: map[string]string{"charging_mode": "1", "os_type": "Linux", "EcmResStatus": "freeze", "x": "", "y": "true"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	got, err = answer(200, `{"server":{"id":"s1","status":"ACTIVE","flavor":{"id":2},"os:scheduler_hints":{"dedicated_host_id":"d1","tenancy":[]},"cpu_options":{"hw:cpu_threads":null}}}`).Server()
	if err != nil || got.FlavorID != "2" || got.DedicatedHostID != "d1" || got.CPUThreads != 0 || got.State() != "ACTIVE - -" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestJobsAreReadLeniently(t *testing.T) {
	t.Parallel()
	got, err := answer(200, `{"job_id":"j","job_type":"serversAction","status":"FAIL","begin_time":"2026-01-01T00:00:00.000Z","end_time":"2026-01-01T00:00:38.500Z",
		"error_code":"Ecs.0207","fail_reason":"x","entities":{"sub_jobs_total":1,"sub_jobs":[{"status":"SUCCESS","entities":{"server_id":"s1"},"job_id":"k","error_code":null}]}}`).Job()
	if err != nil || !got.Terminal() || got.ErrorCode != "Ecs.0207" || len(got.SubJobs) != 1 || got.SubJobs[0].ServerID != "s1" {
		t.Fatalf("got %+v, %v", got, err)
	}
	begin, err := got.Begin()
	end, err2 := got.End()
	if err != nil || err2 != nil || end.Sub(begin).Milliseconds() != 38500 {
		t.Errorf("got %s to %s, %v, %v", begin, end, err, err2)
	}
	got.EndTime = "yesterday"
	if _, err := got.End(); err == nil || !strings.Contains(err.Error(), `end_time: wanted a UTC time like 2026-01-31T12:34:56.789Z, got "yesterday"`) {
		t.Errorf("got %v", err)
	}
	if got, err := answer(200, `{"status":"RUNNING","entities":null}`).Job(); err != nil || got.Terminal() || got.EndTime != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFlavorsAreReadLeniently(t *testing.T) {
	t.Parallel()
	got, err := answer(200, `{"flavors":[{"id":"a","name":"a","vcpus":"60","ram":4096,"disk":"0","extra_specs":{"hw:cpu_threads":"2","n":3}},{"id":"b","vcpus":2,"ram":"1024","swap":""}]}`).Flavors()
	want := []Flavor{{ID: "a", Name: "a", VCPUs: 60, RAM: 4096, ExtraSpecs: map[string]string{"hw:cpu_threads": "2", "n": "3"}}, {ID: "b", VCPUs: 2, RAM: 1024}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err := answer(200, `{"flavors":[]}`).Flavors(); err != nil || got == nil || len(got) != 0 {
		t.Errorf("an empty page: got %v, %v", got, err)
	}
}

func TestWhatCannotBeReadIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	server := func(a *Answer) error { _, err := a.Server(); return err }
	job := func(a *Answer) error { _, err := a.Job(); return err }
	flavors := func(a *Answer) error { _, err := a.Flavors(); return err }
	for _, c := range []struct {
		read func(*Answer) error
		body string
		want string
	}{
		{server, `{}`, "exchange 7: /server: wanted an object, got nothing"},
		{server, `[]`, "exchange 7: /server: wanted an object, got nothing"},
		{server, `{"server":[]}`, "exchange 7: /server: wanted an object, got []"},
		{server, `{"server":{"id":"s","status":"X"}}`, "exchange 7: /server/flavor/id: wanted a string, got nothing"},
		{server, `{"server":{"id":"s","status":"X","flavor":{"id":"f"},"cpu_options":{"hw:cpu_threads":"two"}}}`, `exchange 7: /server/cpu_options/hw:cpu_threads: wanted an integer, or a string of digits, got "two"`},
		{server, `{"server":{"id":"s","status":"X","flavor":{"id":"f"},"locked":"no"}}`, `exchange 7: /server/locked: wanted a boolean, got "no"`},
		{server, `{"server":{"id":"s","status":"X","flavor":{"id":"f"},"metadata":{"a/b":[]}}}`, `exchange 7: /server/metadata/a~1b: wanted a string, got []`},
		{server, ``, "exchange 7: wanted a JSON body, got an empty one (status 200)"},
		{job, `{"status":true}`, "exchange 7: /status: wanted a string, got true"},
		{job, `"x"`, `exchange 7: the body: wanted an object, got "x"`},
		{job, `{"status":"S","entities":{"sub_jobs":[{}]}}`, "exchange 7: /entities/sub_jobs/0/status: wanted a string, got nothing"},
		{flavors, `{"flavors":null}`, "exchange 7: /flavors: wanted an array, got null"},
		{flavors, `{"flavors":[{"id":"a","ram":1.5}]}`, "exchange 7: /flavors/0/ram: wanted an integer, or a string of digits, got 1.5"},
		{flavors, `{"flavors":["a"]}`, `exchange 7: /flavors/0: wanted an object, got "a"`},
	} {
		if err := c.read(answer(200, c.body)); err == nil || err.Error() != c.want {
			t.Errorf("%s\n  wanted %s\n  got    %v", c.body, c.want, err)
		}
	}
	cut := answer(200, `{"server":{`)
	cut.Truncated = true
	if err := server(cut); err == nil || !strings.Contains(err.Error(), "the body breaks off after 11 bytes") {
		t.Errorf("got %v", err)
	}
	if err := server(nil); err == nil {
		t.Error("no answer at all must be an error")
	}
}
