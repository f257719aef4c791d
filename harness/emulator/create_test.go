package emulator

import (
	"strings"
	"testing"
	"time"
)

func creationBody(extra string) string {
	return `{"server":{"imageRef":"i","flavorRef":"s3.medium.4","name":"n","vpcid":"v","nics":[{"subnet_id":"s"}],"root_volume":{"volumetype":"SSD"}` + extra + `}}`
}

const createPath = "/v1.1/" + defaultProject + "/cloudservers"

func (l *lab) create(extra string, headers ...string) reply {
	l.t.Helper()
	return l.do("POST", createPath, creationBody(extra), headers...)
}

func TestCreate(t *testing.T) {
	l := newLab(t, Config{})
	for extra, check := range map[string]func(s map[string]any) bool{
		``: func(s map[string]any) bool { return s["name"] == "n" && s["locked"] == false },
		`,"extendparam":{"marketType":"spot","chargingMode":"postPaid"}`: func(s map[string]any) bool {
			return s["metadata"].(map[string]any)["charging_mode"] == "2"
		},
		`,"os:scheduler_hints":{"tenancy":"dedicated","dedicated_host_id":"` + defaultHost + `"}`: func(s map[string]any) bool {
			return s["os:scheduler_hints"].(map[string]any)["dedicated_host_id"].([]any)[0] == defaultHost
		},
		`,"cpu_options":{"hw:cpu_threads":2}`: func(s map[string]any) bool {
			return s["cpu_options"].(map[string]any)["hw:cpu_threads"] == 2.0
		},
		`,"extendparam":{"chargingMode":"prePaid","isAutoPay":"true"}`: func(s map[string]any) bool {
			return s["metadata"].(map[string]any)["charging_mode"] == "1"
		},
	} {
		got := l.create(extra)
		job := l.accepted(got)
		id := got.body["serverIds"].([]any)[0].(string)
		if l.show(id)["status"] != "BUILD" {
			t.Errorf("%s: %s", extra, l.condition(id))
		}
		l.pass(jobTook)
		if answer := l.wantJob(job, JobSuccess); answer.text("job_type") != "createServer" || !strings.Contains(answer.raw, `"createSingleServer"`) {
			t.Errorf("%s", answer.raw)
		}
		if s := l.show(id); s["status"] != "ACTIVE" || !check(s) {
			t.Errorf("%s: %v", extra, s)
		}
	}
}

func TestCreateSeveral(t *testing.T) {
	l := newLab(t, Config{})
	got := l.create(`,"count":3`)
	l.accepted(got)
	if ids := got.body["serverIds"].([]any); len(ids) != 3 {
		t.Errorf("%v", ids)
	}
}

func TestCreateYearlyMonthlyWaitsForPayment(t *testing.T) {
	l := newLab(t, Config{})
	got := l.create(`,"extendparam":{"chargingMode":"prePaid"}`)
	id, before := got.body["serverIds"].([]any)[0].(string), l.Counts().Servers
	l.pass(10 * jobTook)
	l.wantJob(l.accepted(got), JobPending)
	if l.show(id)["status"] != "BUILD" {
		t.Errorf("%s", l.condition(id))
	}
	if err := l.PayOrder(got.text("order_id")); err != nil {
		t.Fatal(err)
	}
	l.pass(jobTook)
	if l.show(id)["status"] != "ACTIVE" {
		t.Errorf("%s", l.condition(id))
	}
	l.create(`,"extendparam":{"chargingMode":"prePaid"}`)
	l.pass(14*24*time.Hour + time.Second) // never paid: it was never made
	if n := l.Counts(); n.Servers != before || n.Orders != 0 {
		t.Errorf("%+v, want %d servers", n, before)
	}
}

func TestCreateRefuses(t *testing.T) {
	l := newLab(t, Config{MaxServers: 30})
	for body, code := range map[string]string{
		`{}`: "Ecs.0005", `{"server":1}`: "Ecs.0005", `{"server":{}}`: "Ecs.0005", `[]`: "Ecs.0005", `{"dry_run":1,"server":{}}`: "Ecs.0005",
		creationBody(`,"count":0`):                                                                     "Ecs.0005",
		creationBody(`,"count":500`):                                                                   "Ecs.0001",
		creationBody(`,"cpu_options":{"hw:cpu_threads":1}`):                                            "Ecs.0005",
		creationBody(`,"cpu_options":{"hw:cpu_threads":3}`):                                            "Ecs.0005",
		creationBody(`,"availability_zone":"moon"`):                                                    "Ecs.0005",
		creationBody(`,"os:scheduler_hints":{"dedicated_host_id":"x"}`):                                "Ecs.0005",
		creationBody(`,"extendparam":{"chargingMode":"x"}`):                                            "Ecs.0005",
		strings.Replace(creationBody(""), "s3.medium.4", "nothing", 1):                                 "Ecs.0029",
		strings.Replace(creationBody(""), "s3.medium.4", "s2.xlarge.2", 1):                             "Ecs.0319",
		strings.Replace(creationBody(""), `"nics":[{"subnet_id":"s"}],`, "", 1):                        "Ecs.0005",
		strings.Replace(creationBody(""), `{"subnet_id":"s"}`, "", 1):                                  "Ecs.0005",
		strings.Replace(creationBody(""), `"root_volume":{"volumetype":"SSD"}`, `"root_volume":{}`, 1): "Ecs.0005",
	} {
		l.wantRefused(l.do("POST", createPath, body), 400, code)
	}
	if got := l.do("POST", createPath, strings.TrimSuffix(creationBody(""), "}")+`,"dry_run":true}`); got.status != 202 {
		t.Errorf("%s", got.raw)
	}
}

func TestClientToken(t *testing.T) {
	const token = "0d2f1b8e-4c3a-4f7e-9a41-6b5d3c2e1f00"
	l := newLab(t, Config{})
	first := l.create("", "X-Client-Token", token)
	l.accepted(first)
	if again := l.create("", "X-Client-Token", token); again.raw != first.raw {
		t.Errorf("got %s, want %s again", again.raw, first.raw)
	}
	l.wantRefused(l.create(`,"count":2`, "X-Client-Token", token), 400, "Ecs.0122")
	l.wantRefused(l.create("", "X-Client-Token", "no uuid"), 400, "Ecs.0123")
	l.pass(8*time.Hour + time.Second)
	l.wantRefused(l.create("", "X-Client-Token", token), 400, "Ecs.0124")
}
