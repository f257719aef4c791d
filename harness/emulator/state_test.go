package emulator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const smallState = `region: r
zones: [a, b]
default-flavor: small
projects:
  - id: p1
    tokens: [{token: t1}, {token: old, expires: "2020-01-01T00:00:00Z"}]
    keys: [{access: ak, secret: sk}]
flavors:
  - {id: small, vcpus: 1, ram: 1024}
  - {id: large, vcpus: 2, ram: 4096, capacity: {a: 3}, extra-specs: {"cond:operation:status": normal}}
reachable:
  - {from: [small, large], to: [small, large]}
hosts:
  - {id: h1, vcpus: 8}
servers:
  - {id: s1}
  - {name: on-host, host: h1, status: ACTIVE, billing: prePaid}
`

func TestStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.yaml")
	if err := os.WriteFile(path, []byte(smallState), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := LoadState(path)
	if err != nil {
		t.Fatal(err)
	}
	l := newLab(t, Config{State: s})
	l.token = "t1"
	got := l.do("POST", "/v1.1/p1/cloudservers/s1/resize", to("large"))
	l.accepted(got)
	l.pass(jobTook)
	if s, _ := l.Server("s1"); s.Flavor != "large" || s.Zone != "a" {
		t.Errorf("%+v", s)
	}
	if servers := l.Servers(); len(servers) != 2 {
		t.Errorf("%+v", servers)
	}
}

func TestStateFileAsJSON(t *testing.T) {
	_, err := ParseState("s.json", []byte("{\n\t\"projects\": [{\"id\": \"p\"}],\n\t\"flavors\": [{\"id\": \"f\", \"vcpus\": 1, \"ram\": 1}]\n}"))
	if err != nil {
		t.Error(err)
	}
}

func TestWrongStateFiles(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(smallState, old) {
			t.Fatalf("%q does not stand in the state", old)
		}
		return strings.Replace(smallState, old, new, 1)
	}
	for want, text := range map[string]string{
		`s.yaml:2: unknown key "zone"; did you mean "zones"?`:                                   change("zones:", "zone:"),
		`s.yaml:9: unknown key "vcpu"; did you mean "vcpus"?`:                                   change("vcpus: 1", "vcpu: 1"),
		`default-flavor "smal" is not known; did you mean "small"?`:                             change("default-flavor: small", "default-flavor: smal"),
		`s.yaml:9: flavor "small": vcpus and ram (MiB) must be positive, got 1 and 0`:           change("ram: 1024", "ram: 0"),
		`s.yaml:10: flavor id "small" stands here a second time`:                                change("id: large", "id: small"),
		`s.yaml:10: cond:operation:status "norml" is not known; did you mean "normal"?`:         change(`status": normal`, `status": norml`),
		`s.yaml:10: zone "c" is not known`:                                                      change("capacity: {a: 3}", "capacity: {c: 3}"),
		`s.yaml:12: flavor "larg" is not known; did you mean "large"?`:                          change("to: [small, large]", "to: [small, larg]"),
		`s.yaml:14: project "p2" is not known; did you mean "p1"?`:                              change("id: h1", "id: h1, project: p2"),
		`s.yaml:17: host "h2" is not known; did you mean "h1"?`:                                 change("host: h1", "host: h2"),
		`s.yaml:17: status "ACTIV" is not known; did you mean "ACTIVE"?`:                        change("status: ACTIVE", "status: ACTIV"),
		`s.yaml:17: billing "prepayed" is not known; did you mean "prePaid"?`:                   change("billing: prePaid", "billing: prepayed"),
		`s.yaml:17: server id "s1" stands here a second time`:                                   change("name: on-host", "id: s1"),
		`s.yaml:16: cpu-threads: wanted 1 or 2, or nothing, got 3`:                              change("{id: s1}", "{id: s1, cpu-threads: 3}"),
		`expires: wanted a time like 2026-01-02T15:04:05Z, got "tomorrow"`:                      change(`"2020-01-01T00:00:00Z"`, "tomorrow"),
		`s.yaml:7: access key "ak" has no secret`:                                               change(", secret: sk", ""),
		`action "ecs:cloudServers:resiz" is not known; did you mean "ecs:cloudServers:resize"?`: change("{token: t1}", "{token: t1, deny: ['ecs:cloudServers:resiz']}"),
		`there is no project`:   "flavors: [{id: f, vcpus: 1, ram: 1}]",
		`there is no flavor`:    "projects: [{id: p}]",
		`neither YAML nor JSON`: "{",
	} {
		_, err := ParseState("s.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
	if _, err := LoadState(filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("%v", err)
	}
}

func TestWrongConfigurations(t *testing.T) {
	for want, c := range map[string]Config{
		`the emulator has no profile "itnl"; did you mean "intl"?`:     {Profile: "itnl"},
		`unknown authentication mode "tokn"; did you mean "token"?`:    {Auth: "tokn"},
		`unknown flow control level "gatway"; did you mean "gateway"?`: {Flow: FlowControl{Level: "gatway"}},
		`flow control must not be negative: -1 requests`:               {Flow: FlowControl{Limit: -1}},
		`flow control must not be negative: 0 requests per -1s`:        {Flow: FlowControl{Per: -time.Second}},
		`unknown envelope "nestd"; did you mean "nested"?`:             {Envelope: "nestd"},
		`unknown envelope "gateway"`:                                   {Envelope: GatewayEnvelope},
		`durations must not be negative`:                               {JobDuration: -1},
		`there is no project`:                                          {State: &State{}},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := DefaultState("x"); err == nil {
		t.Error("a state for an unknown profile")
	}
}
