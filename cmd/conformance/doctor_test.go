package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/racedetector"
)

// What doctor says of the servers that a run will make is what the run then makes, when doctor is given the run's own command line: how many of which group of states, of
// which flavor, with which name and tag. doctor itself makes none.
func TestDoctorSaysWhatTheRunThenMakes(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{JobDuration: 8 * time.Millisecond, Account: true}, madeStates()...)
	before := k.Counts()
	type made struct {
		Server struct {
			Name      string `json:"name"`
			FlavorRef string `json:"flavorRef"`
			Tags      []struct {
				Key   string `json:"key"`
				Value string `json:"value"`
			} `json:"server_tags"`
		} `json:"server"`
	}
	var mu sync.Mutex
	var creations []made
	args := between(t, k, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		var asked made
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/cloudservers") && json.Unmarshal([]byte(body), &asked) == nil && strings.HasPrefix(asked.Server.Name, "mine-") {
			mu.Lock()
			creations = append(creations, asked)
			mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
	for _, c := range []struct{ requirements, says string }{
		{"RSZ-STATE-001,RSZ-WIN-001", "1 stopped or running, 1 windows, of flavor s3.medium.2 "},
		{"RSZ-STATE-001,RSZ-V1-004,RSZ-SPOT-001", "2 stopped or running, 1 spot, of flavor s3.medium.2 "},
	} {
		command := append(args[1:], "--provision", "stopped,running,windows,spot", "--prefix", "mine", "--budget", "servers=9,orders=0", "--requirement", c.requirements, "--reports", t.TempDir())
		got := call(t, append([]string{"doctor"}, command...)...)
		text := strings.Join(strings.Fields(got.stdout), " ")
		if got.code != exitConforms || !strings.Contains(text, c.says) || !strings.Contains(text, "named by the prefix mine, which is the value of their tag resize-conformance") {
			t.Errorf("doctor says, with exit code %d:\n%s%s", got.code, got.stdout, got.stderr)
		}
		if after := k.Counts(); after != before || len(creations) > 0 {
			t.Fatalf("doctor has changed something: there is %+v, there was %+v", after, before)
		}
		if got := call(t, append([]string{"run"}, command...)...); got.code != exitConforms {
			t.Fatalf("run: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
		}
		said := map[string]int{}
		for _, m := range regexp.MustCompile(`(\d+) (stopped or running|windows|spot)`).FindAllStringSubmatch(c.says, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			said[m[2]] = n
		}
		did := map[string]int{}
		for _, m := range creations {
			group := strings.Split(m.Server.Name, "-")[1]
			if group == string(fixture.Stopped) || group == string(fixture.Running) {
				group = "stopped or running"
			}
			did[group]++
			if m.Server.FlavorRef != "s3.medium.2" || len(m.Server.Tags) != 1 || m.Server.Tags[0].Key != "resize-conformance" || m.Server.Tags[0].Value != "mine" {
				t.Errorf("made: %+v", m)
			}
		}
		if fmt.Sprint(did) != fmt.Sprint(said) {
			t.Errorf("%s: the run made %v, doctor had said %v", c.requirements, did, said)
		}
		k.settled(t)
		creations, before = nil, k.Counts()
	}
}

// When servers cannot be made, doctor and run stop with exit code 3 and what to do, and nothing has been made.
func TestARunThatCannotMakeItsServersIsNotBegun(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{Account: true, Quota: emulator.Quota{Servers: 18}}, madeStates()...)
	before := k.Counts()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"quota":  {nil, "0 servers of 18 are left"},
		"flavor": {[]string{"--provision-flavor", "s2.xlarge.2"}, "it is not on sale"},
		"budget": {[]string{"--budget", "servers=0"}, "servers=0 is less than the 1 that the run cannot do without"},
	} {
		for _, command := range []string{"doctor", "run"} {
			got := call(t, append([]string{command, "--inventory", k.inventory, "--provision", "stopped", "--requirement", "RSZ-STATE-001", "--reports", t.TempDir()}, c.args...)...)
			if got.code != exitUnreachable || !strings.Contains(strings.Join(strings.Fields(got.stdout+got.stderr), " "), c.want) {
				t.Errorf("%s, %s: exit code %d, want 3 and %q\n%s%s", name, command, got.code, c.want, got.stdout, got.stderr)
			}
		}
	}
	if after := k.Counts(); after != before {
		t.Errorf("something was changed: %+v, was %+v", after, before)
	}
}

// doctor has every flag of run, so that the one word can stand for the other; and all that it says of a target that is well fits on a screen.
func TestDoctorTakesTheFlagsOfRun(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{Profile: "cn", Account: true}, fixture.Stopped, fixture.Running)
	got := call(t, "doctor", "--inventory", k.inventory, "--provision", "stopped,running", "--budget", "servers=4,orders=0,requests=9000,minutes=30", "--procs", "2", "--timeout", "20m", "--seed", "7",
		"--fail-fast", "--strict", "--explore", "0", "--junit-dialect", "xsd", "--screens", "3", "--quiet", "--reports", t.TempDir())
	const screen = 45
	if n := strings.Count(got.stdout, "\n"); got.code != exitConforms || n > screen {
		t.Errorf("exit code %d, %d lines, want %d at most\n%s%s", got.code, n, screen, got.stdout, got.stderr)
	}
	got = call(t, "doctor", "--inventory", k.inventory, "--provision", "yearly-monthly", "--provision-image", "i")
	if got.code != exitUsage || !strings.Contains(got.stderr, "--allow-orders and a maximum") {
		t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}
