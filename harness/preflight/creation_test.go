package preflight_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/preflight"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// without lists none of some states.
func without(states ...fixture.State) func(*fixture.Inventory) {
	return func(inv *fixture.Inventory) {
		for _, s := range states {
			delete(inv.Servers, s)
		}
	}
}

func makes(states string, more ...string) map[string]string {
	env := map[string]string{"CONFORMANCE_PROVISION": states}
	for i := 0; i < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return env
}

// changed is the default state with its flavors changed.
func changed(t *testing.T, change func(*emulator.Flavor)) *emulator.State {
	t.Helper()
	s, err := emulator.DefaultState("")
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Flavors {
		change(&s.Flavors[i])
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

// What the run's own servers would be made of, and when they cannot be: there is a stop where none can, and a warning where there is room for fewer than are held at the
// same time. The default state has 18 servers in the project, of 1 vCPU and 4096 MiB each; the flavor that is chosen has 1 vCPU and 2048 MiB.
func TestTheServersThatARunMakes(t *testing.T) {
	plain := without(fixture.Stopped, fixture.Running, fixture.Windows)
	pack, err := suites.New(contracttest.Base(t))
	if err != nil {
		t.Fatal(err)
	}
	scenarios := func(ids ...string) preflight.Options {
		var o preflight.Options
		for _, s := range pack.Scenarios() {
			if slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(s.Requirement.ID, id) }) {
				o.Scenarios = append(o.Scenarios, s)
			}
		}
		return o
	}
	quota := func(q emulator.Quota) emulator.Config { return emulator.Config{Account: true, Quota: q} }
	with := func(o preflight.Options, change func(*preflight.Options)) preflight.Options { change(&o); return o }
	two := scenarios("RSZ-V1-004", "RSZ-WIN-001") // two plain servers at the same time, and one with Windows
	for _, c := range []struct {
		name  string
		world world
		grade preflight.Grade
		text  string
	}{
		{"what is made", world{listed: plain, env: makes("stopped,windows"), options: two}, preflight.OK,
			"creates: 2 stopped or running, 1 windows, of flavor s3.medium.2 (1 vCPU, 2048 MiB), changed to s3.medium.4, s6.medium.4, s3.small.1 (smaller); named by the prefix rsz-NUMBER (made up for each run), which is the value of their tag resize-conformance; deleted"},
		{"by three processes, with a prefix", world{listed: plain, env: makes("stopped", "CONFORMANCE_PREFIX", "mine"), options: with(two, func(o *preflight.Options) { o.Procs, o.Prefix = 3, "mine" })}, preflight.OK,
			"creates: 6 stopped or running, of flavor s3.medium.2 (1 vCPU, 2048 MiB), changed to s3.medium.4, s6.medium.4, s3.small.1 (smaller); named by the prefix mine"},
		{"of a flavor that is named", world{listed: plain, env: makes("stopped", "CONFORMANCE_PROVISION_FLAVOR", "s6.large.2")}, preflight.OK, "1 stopped or running, of flavor s6.large.2 (2 vCPU, 4096 MiB), changed to s3.large.2"},
		{"of a zone that is there", world{listed: plain, env: makes("stopped", "CONFORMANCE_PROVISION_ZONE", "local-1b")}, preflight.OK, "(1 vCPU, 2048 MiB) in local-1b, changed to"},
		{"states that the inventory lists", world{env: makes("stopped,running,windows"), options: two}, preflight.OK, "no stopped, running, windows server"},
		{"states that nobody wants", world{listed: plain, env: makes("stopped,windows"), options: scenarios("RSZ-JOB-010")}, preflight.OK, "no windows server"},
		{"no second target", world{listed: plain, env: makes("stopped", "CONFORMANCE_PROVISION_FLAVOR", "m3.large.8")}, preflight.Warning, "from flavor m3.large.8 there is no second target and no smaller flavor"},

		{"a flavor that there is not", world{listed: plain, env: makes("stopped", "CONFORMANCE_PROVISION_FLAVOR", "m9.none")}, preflight.Stop, "The flavor m9.none does not exist"},
		{"a flavor that is sold out", world{listed: plain, env: makes("stopped", "CONFORMANCE_PROVISION_FLAVOR", "s2.xlarge.2")}, preflight.Stop, "flavor s2.xlarge.2 for servers of the run's own cannot be had: it is not on sale"},
		{"a flavor from which there is no other", world{listed: plain, env: makes("stopped", "CONFORMANCE_PROVISION_FLAVOR", "kc1.large.2")}, preflight.Stop, "to which flavor kc1.large.2 can be changed"},
		{"all is sold out", world{emulator: emulator.Config{State: changed(t, func(f *emulator.Flavor) { f.ExtraSpecs = map[string]string{"cond:operation:status": "sellout"} })}, listed: plain, env: makes("stopped")},
			preflight.Stop, "none can be resized to another; name one with --provision-flavor"},
		{"a zone that there is not", world{listed: plain, env: makes("stopped", "CONFORMANCE_PROVISION_ZONE", "moon-1a")}, preflight.Stop, "cannot be made in zone moon-1a: there are local-1a, local-1b; name one of them"},
		{"flavors may not be listed", world{listed: plain, env: makes("stopped"), between: list(403, `{"error":{"code":"Pdp.0001","message":"denied"}}`)}, preflight.Stop, "listFlavors"},
		{"flavors cannot be listed now", world{listed: plain, env: makes("stopped"), between: list(500, `{"error":{"code":"Common.0001","message":"oops"}}`)}, preflight.Warning, "cannot be found out now"},
		{"flavors cannot be read", world{listed: plain, env: makes("stopped"), between: list(200, `{"flavors":7}`)}, preflight.Warning, "cannot be found out now"},

		{"no servers left", world{emulator: quota(emulator.Quota{Servers: 18}), listed: plain, env: makes("stopped")}, preflight.Stop, "0 servers of 18 are left, and the servers that the run cannot do without (one each of 1 stopped or running) need 1; have it raised"},
		{"one server left of three", world{emulator: quota(emulator.Quota{Servers: 19}), listed: plain, env: makes("stopped,windows"), options: two}, preflight.Stop, "1 servers of 19 are left, and the servers that the run cannot do without (one each of 1 stopped or running, 1 windows) need 2"},
		{"two servers left of three", world{emulator: quota(emulator.Quota{Servers: 20}), listed: plain, env: makes("stopped,windows"), options: two}, preflight.Warning, "2 servers of 20 are left, and the servers that the run would make (2 stopped or running, 1 windows) need 3"},
		{"three servers left of three", world{emulator: quota(emulator.Quota{Servers: 21}), listed: plain, env: makes("stopped,windows"), options: two}, preflight.OK, "18 servers, 18 vCPUs and 73728 MiB of memory are used, and there is room"},
		{"no vCPU left", world{emulator: quota(emulator.Quota{VCPUs: 18}), listed: plain, env: makes("stopped")}, preflight.Stop, "0 vCPUs of 18 are left"},
		{"a vCPU too few", world{emulator: quota(emulator.Quota{VCPUs: 20}), listed: plain, env: makes("stopped,windows"), options: two}, preflight.Warning, "2 vCPUs of 20 are left, and the servers that the run would make"},
		{"a MiB too few", world{emulator: quota(emulator.Quota{RAM: 18*4096 + 2047}), listed: plain, env: makes("stopped")}, preflight.Stop, "2047 MiB of memory"},

		{"a budget of none", world{listed: plain, env: makes("stopped", "CONFORMANCE_BUDGET", "servers=0")}, preflight.Stop, "servers=0 is less than the 1 that the run cannot do without (one each of 1 stopped or running); give --budget servers=1 or more, or leave --provision out"},
		{"a budget of less than one each", world{listed: plain, env: makes("stopped,windows", "CONFORMANCE_BUDGET", "servers=1"), options: two}, preflight.Stop, "servers=1 is less than the 2"},
		{"a budget of less than is held", world{listed: plain, env: makes("stopped,windows", "CONFORMANCE_BUDGET", "servers=2"), options: two}, preflight.Warning, "servers=2 is less than the 3 that are held at the same time (2 stopped or running, 1 windows)"},
		{"a budget that will do", world{listed: plain, env: makes("stopped,windows", "CONFORMANCE_BUDGET", "servers=3"), options: two}, preflight.OK, "creates: 2 stopped or running, 1 windows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.world.look(t)
			if !of(got.lines, c.grade, c.text) || (preflight.Stopped(got.lines) != nil) != (c.grade == preflight.Stop) {
				t.Errorf("wanted %s with %q, got\n%+v", c.grade, c.text, got.lines)
			}
		})
	}
}

// list answers the list of flavors.
func list(status int, body string) func(http.ResponseWriter, *http.Request, string) bool {
	return func(w http.ResponseWriter, r *http.Request, _ string) bool {
		return strings.HasSuffix(r.URL.Path, "/cloudservers/flavors") && answer(w, status, body)
	}
}

// Where a smaller flavor is refused and the target is larger, a server serves one resize.
func TestServersThatServeOnce(t *testing.T) {
	o := world{emulator: emulator.Config{Profile: "ae-ad-1"}, listed: without(fixture.Stopped, fixture.Running), env: makes("stopped", "CONFORMANCE_PROVISION_FLAVOR", "m3.large.8")}
	const text = "this edition refuses a smaller flavor, and m3.xlarge.8 is larger than m3.large.8"
	if got := o.look(t); !of(got.lines, preflight.Warning, text) {
		t.Errorf("got %+v", got.lines)
	}
	o.env["CONFORMANCE_PROVISION_FLAVOR"] = "s3.medium.4" // there are others of its size
	if got := o.look(t); of(got.lines, preflight.Warning, "refuses a smaller flavor") || !of(got.lines, preflight.OK, "of flavor s3.medium.4") {
		t.Errorf("got %+v", got.lines)
	}
}

// The estimate is held against what the run may spend.
func TestBounds(t *testing.T) {
	e := preflight.Estimate{Scenarios: 3, Requests: 90, Polls: 10, Resizes: 4, Created: 1, Made: 2, Orders: 4, Takes: 10 * time.Minute, JobTakes: 40 * time.Second, Weights: map[string]int{"RSZ-JOB-010": 36}}
	for _, c := range []struct {
		name   string
		target target.Target
		bounds preflight.Bounds
		grade  preflight.Grade
		text   string
		warns  int
	}{
		{"nothing is bounded", target.Target{}, preflight.Bounds{}, preflight.OK, "bounds: none: no --budget is given", 1},
		{"orders", target.Target{}, preflight.Bounds{}, preflight.Warning, "up to 4 orders for yearly/monthly servers; cancel those that stay unpaid", 1},
		{"orders that are paid", target.Target{Capabilities: map[target.Capability]bool{target.CapAutoPay: true}}, preflight.Bounds{}, preflight.Warning, "paid from the account (--allow-orders)", 1},
		{"orders that are bounded", target.Target{Budget: map[string]int{"orders": 3}}, preflight.Bounds{}, preflight.Warning, "no more than 3 are placed (--budget orders=3)", 1},
		{"no orders", target.Target{Budget: map[string]int{"orders": 0}}, preflight.Bounds{}, preflight.OK, "orders: none: --budget orders=0", 0},
		{"read-only", target.Target{ReadOnly: true}, preflight.Bounds{}, preflight.OK, "changes: nothing: the run is --read-only", 0},
		{"requests that will do", target.Target{Budget: map[string]int{"requests": 100, "orders": 0}}, preflight.Bounds{}, preflight.OK, "bounds: --budget orders=0,requests=100", 0},
		{"a request too few", target.Target{Budget: map[string]int{"requests": 99, "orders": 0}}, preflight.Bounds{}, preflight.Warning, "requests=99, and about 100 are expected", 1},
		{"minutes that will do", target.Target{Budget: map[string]int{"minutes": 10, "orders": 0}}, preflight.Bounds{}, preflight.OK, "minutes=10", 0},
		{"a minute too few", target.Target{Budget: map[string]int{"minutes": 9, "orders": 0}}, preflight.Bounds{}, preflight.Warning, "minutes=9, and about 10 are expected", 1},
		{"enough by two processes", target.Target{Budget: map[string]int{"minutes": 5, "orders": 0}}, preflight.Bounds{Procs: 2}, preflight.OK, "about 5m0s for 3 scenarios by 2 processes", 0},
		{"never below the longest scenario", target.Target{Budget: map[string]int{"orders": 0}}, preflight.Bounds{Procs: 100}, preflight.OK, "about 3m0s for 3 scenarios by 100 processes", 0},
		{"a server too few", target.Target{Budget: map[string]int{"servers": 2, "orders": 0}}, preflight.Bounds{}, preflight.Warning, "servers=2, and 3 are expected to be made", 1},
		{"broken off", target.Target{Budget: map[string]int{"orders": 0}}, preflight.Bounds{Timeout: 9 * time.Minute}, preflight.Warning, "it would be broken off; give a longer --timeout", 1},
	} {
		warns := 0
		lines := e.Lines(&c.target, c.bounds)
		for _, l := range lines {
			if l.Grade == preflight.Warning {
				warns++
			}
		}
		if !of(lines, c.grade, c.text) || warns != c.warns {
			t.Errorf("%s: wanted %s with %q and %d warnings, got\n%+v", c.name, c.grade, c.text, c.warns, lines)
		}
	}
}

// What speaks of the region is held against each other.
func TestTheRegion(t *testing.T) {
	who := emulator.User{Name: "u", Domain: "d", Password: "a-password-of-nobody"}
	// The identity service of a cloud that says this of the token's project and of where ECS is.
	identity := func(project string, catalog ...map[string]string) func(http.ResponseWriter, *http.Request, string) bool {
		return func(w http.ResponseWriter, r *http.Request, _ string) bool {
			if r.URL.Path != emulator.SignInPath {
				return false
			}
			type object = map[string]any
			body, err := json.Marshal(object{"token": object{"project": object{"id": "0123456789abcdef0123456789abcdef", "name": project},
				"catalog": []object{{"type": "vpc", "endpoints": []object{{"region": "moon-1", "url": "http://127.0.0.1/"}}}, {"type": "ecs", "endpoints": catalog}}}})
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("X-Subject-Token", "emulator-token-of-the-first-project")
			return answer(w, 201, string(body))
		}
	}
	zones := func(names ...string) func(http.ResponseWriter, *http.Request, string) bool {
		return func(w http.ResponseWriter, r *http.Request, _ string) bool {
			if !strings.HasSuffix(r.URL.Path, "/os-availability-zone") {
				return false
			}
			var list []map[string]string
			for _, n := range names {
				list = append(list, map[string]string{"zoneName": n})
			}
			body, err := json.Marshal(map[string]any{"availabilityZoneInfo": list})
			return err == nil && answer(w, 200, string(body))
		}
	}
	noServers := func(inv *fixture.Inventory) { // of which zones could be known
		inv.Servers = map[fixture.State][]fixture.Listed{fixture.Foreign: inv.Servers[fixture.Foreign]}
	}
	tokenless := func(inv *fixture.Inventory) { delete(inv.Credentials, "token") }
	region := func(name string) map[string]string { return map[string]string{"CONFORMANCE_REGION": name} }
	thorough := preflight.Options{Thorough: true}
	for _, c := range []struct {
		name    string
		world   world
		signsIn bool
		grade   preflight.Grade
		text    string
	}{
		{"as the servers' zones say", world{env: region("local-1")}, false, preflight.OK, "local-1, by --region, the zones local-1a"},
		{"the zones are another region's", world{env: region("eu-de")}, false, preflight.Warning, "it is eu-de by --region, but local-1 by the zones local-1a"},
		{"one of the zones fits", world{env: region("eu-de"), between: zones("eu-de-01", "local-1b"), options: thorough}, false, preflight.OK, "eu-de, by --region, the zones"},
		{"the project is another region's", world{env: region("local-1"), between: identity("eu-de_myproject"), listed: tokenless}, true, preflight.Warning, "it is local-1 by --region, the zones local-1a, but eu-de by the project's name eu-de_myproject"},
		{"the project is the region's", world{env: region("local-1"), between: identity("local-1_mine"), listed: tokenless}, true, preflight.OK, "the project's name local-1_mine"},
		{"a project of any name", world{env: region("local-1"), between: identity("MOS"), listed: tokenless}, true, preflight.OK, "local-1, by --region, the zones"},
		{"the catalog has the endpoint in another region", world{env: region("local-1"), between: identity("MOS", map[string]string{"region_id": "eu-nl", "url": "http://127.0.0.1:1/v1.1/p"}), listed: tokenless}, true,
			preflight.Warning, "but eu-nl by the catalog of the identity service"},
		{"no region, and two say what it is", world{between: identity("eu-de_x"), listed: tokenless}, true, preflight.Warning, "none is given, and what tells it does not fit together: eu-de by the project's name eu-de_x, local-1 by the zones local-1a"},
		{"no region, and one says what it is", world{}, false, preflight.OK, "none is given; it is local-1 by the zones local-1a"},
		{"nothing tells it", world{listed: noServers, env: makes("stopped"), between: zones("az1.dc1")}, false, preflight.OK, "none is given, and nothing tells it"},
		{"a signature with that scope is refused", world{env: region("local-1"), options: thorough, between: func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.Contains(r.Header.Get("Authorization"), "/local-1/ecs/") && answer(w, 401, `{"error_code":"APIGW.0301","error_msg":"no","request_id":"0123456789abcdef0123456789abcdef"}`)
		}}, false, preflight.Warning, "a signature whose scope is local-1/ecs is refused (401 APIGW.0301"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.signsIn {
				listed := c.world.listed
				c.world.listed = func(inv *fixture.Inventory) {
					listed(inv)
					for name, value := range map[string]string{"USER": who.Name, "DOMAIN": who.Domain, "PASSWORD": who.Password, "IAM_ENDPOINT": inv.Endpoint} {
						c.world.env["CONFORMANCE_"+name] = value
					}
				}
				if c.world.env == nil {
					c.world.env = map[string]string{}
				}
			}
			if got := c.world.look(t); !of(got.lines, c.grade, "region: ") || !of(got.lines, c.grade, c.text) || preflight.Stopped(got.lines) != nil {
				t.Errorf("wanted %s with %q, got\n%+v", c.grade, c.text, got.lines)
			}
		})
	}
}
