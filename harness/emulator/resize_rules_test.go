package emulator

import (
	"maps"
	"net/http"
	"slices"
	"testing"
)

// The rules in order, each with a request that breaks it and keeps all rules before it. For the rules about the server and the
// flavor the request also breaks a later rule where one request can, so that the order is tested, too.
func TestEveryRuleRefusesForItsOwnReason(t *testing.T) {
	const good = `"flavorRef":"s3.large.2"`
	resize := func(fields string) string { return `{"resize":{` + fields + `}}` }
	untested := map[string]bool{}
	for _, r := range resizeRules() {
		if untested[r.Name] {
			t.Errorf("two rules are called %s", r.Name)
		}
		untested[r.Name] = true
	}
	for _, elsewhere := range []string{"idle", "order-settled", "dedicated-host-room"} { // they need more than one request
		delete(untested, elsewhere)
	}
	for _, c := range []struct {
		rule    string
		server  ServerSpec
		body    string
		headers []string
		status  int
		code    string
		profile string
		quota   Quota
		v1      bool
	}{
		{rule: "body-not-blank", body: " \n", headers: []string{"Content-Type", "text/plain"}, status: 400, code: "Common.0002"},
		{rule: "media-type", body: "{", headers: []string{"Content-Type", "text/plain"}, status: 415, code: "Ecs.0005"},
		{rule: "media-type", body: to("s3.large.2"), headers: []string{"Content-Type", ""}, status: 415, code: "Ecs.0005"},
		{rule: "media-type", body: to("s3.large.2"), headers: []string{"Content-Type", "application/json;charset=latin1"}, status: 415, code: "Ecs.0005"},
		{rule: "json", body: `{"resize":{` + good + `},}`, status: 400, code: "Ecs.0005"},
		{rule: "json", body: to("s3.large.2") + "{}", status: 400, code: "Ecs.0005"},
		{rule: "json", body: `{"resize":{` + good + `,"flavorRef":"s3.large.4"}}`, status: 400, code: "Ecs.0005"},
		{rule: "json", body: `{"resize":{"flavorRef":"` + "\xff" + `"}}`, status: 400, code: "Ecs.0005"},
		{rule: "json", body: `{"resize":{"flavorRef":"\ud800"}}`, status: 400, code: "Ecs.0005"},
		{rule: "json", body: "\ufeff" + to("s3.large.2"), status: 400, code: "Ecs.0005"},
		{rule: "json", body: `{"resize":{"flavorRef":'s3.large.2'}}`, status: 400, code: "Ecs.0005"},
		{rule: "body-object", body: `[]`, status: 400, code: "Ecs.0005"},
		{rule: "body-object", body: `null`, status: 400, code: "Ecs.0005"},
		{rule: "body-object", body: `"x"`, status: 400, code: "Ecs.0005"},
		{rule: "resize", body: `{}`, status: 400, code: "Ecs.0005"},
		{rule: "resize", body: `{"resize":null}`, status: 400, code: "Ecs.0005"},
		{rule: "resize", body: `{"resize":[]}`, status: 400, code: "Ecs.0005"},
		{rule: "flavorRef", body: resize(``), status: 400, code: "Ecs.0005"},
		{rule: "flavorRef", body: resize(`"flavorRef":""`), status: 400, code: "Ecs.0005"},
		{rule: "flavorRef", body: resize(`"flavorRef":2`), status: 400, code: "Ecs.0005"},
		{rule: "dry_run", body: `{"resize":{` + good + `},"dry_run":"true"}`, status: 400, code: "Ecs.0005"},
		{rule: "dry_run", body: `{"resize":{` + good + `},"dry_run":null}`, status: 400, code: "Ecs.0005"},
		{rule: "dedicated_host_id", body: resize(good + `,"dedicated_host_id":1`), status: 400, code: "Ecs.0005"},
		{rule: "extendparam", body: resize(good + `,"extendparam":"x"`), status: 400, code: "Ecs.0005"},
		{rule: "isAutoPay", body: resize(good + `,"extendparam":{"isAutoPay":true}`), status: 400, code: "Ecs.0005"},
		{rule: "isAutoPay", body: resize(good + `,"extendparam":{"isAutoPay":"yes"}`), status: 400, code: "Ecs.0005"},
		{rule: "mode", body: resize(good + `,"mode":"now"`), profile: "cn", status: 400, code: "Ecs.0005"},
		{rule: "cpu_options", body: resize(good + `,"cpu_options":1`), status: 400, code: "Ecs.0005"},
		{rule: "cpu_threads", body: resize(good + `,"cpu_options":{"hw:cpu_threads":"1"}`), status: 400, code: "Ecs.0005"},
		{rule: "cpu_threads", body: resize(good + `,"cpu_options":{"hw:cpu_threads":0}`), status: 400, code: "Ecs.0005"},
		{rule: "cpu_threads", body: resize(good + `,"cpu_options":{"hw:cpu_threads":3}`), status: 400, code: "Ecs.0005"},
		{rule: "cpu_threads", body: resize(good + `,"cpu_options":{"hw:cpu_threads":1.5}`), status: 400, code: "Ecs.0005"},
		{rule: "cpu_threads", body: resize(good + `,"cpu_options":{"hw:cpu_threads":1e400}`), status: 400, code: "Ecs.0005"},
		{rule: "server-exists", server: ServerSpec{ID: "gone"}, body: to("nothing"), status: 404, code: "Ecs.0114"},
		{rule: "locked", server: ServerSpec{Locked: true, Frozen: true, Status: "ACTIVE"}, body: to("nothing"), status: 400, code: "Ecs.0605"},
		{rule: "frozen", server: ServerSpec{Frozen: true, Billing: Spot}, body: to("nothing"), status: 400, code: "Ecs.0030"},
		{rule: "spot", server: ServerSpec{Billing: Spot, OSType: "Windows"}, body: to("nothing"), status: 400, code: "Ecs.0704"},
		{rule: "windows", server: ServerSpec{OSType: "Windows", Status: "ACTIVE"}, body: to("nothing"), status: 400, code: "Ecs.0005"},
		{rule: "stopped", server: ServerSpec{Status: "ACTIVE"}, body: to("nothing"), status: 400, code: "Ecs.0100"},
		{rule: "stopped", server: ServerSpec{Status: "ACTIVE"}, body: resize(good + `,"mode":"withStopServer"`), status: 400, code: "Ecs.0100"},
		{rule: "stopped", server: ServerSpec{Status: "ERROR"}, body: resize(good + `,"mode":"withStopServer"`), profile: "cn", status: 400, code: "Ecs.0100"},
		{rule: "stopped", server: ServerSpec{Status: "ACTIVE"}, body: to("s3.large.2"), profile: "cn", status: 400, code: "Ecs.0100"},
		{rule: "flavor-exists", body: to("nothing"), status: 400, code: "Ecs.0029"},
		{rule: "flavor-abandoned", body: to("s1.xlarge"), status: 400, code: "Ecs.0019"},
		{rule: "flavor-sold-out", body: to("s2.xlarge.2"), status: 400, code: "Ecs.0018"},
		{rule: "flavor-sold-out", body: to("s2.2xlarge.2"), status: 400, code: "Ecs.0018"}, // in its zone only
		{rule: "flavor-open-beta", body: to("c7.xlarge.2"), status: 400, code: "Ecs.0016"},
		{rule: "flavor-changes", body: to("s3.medium.4"), status: 400, code: "Ecs.0009"},
		{rule: "flavor-reachable", body: to("m3.large.8"), status: 400, code: "Ecs.0804"},
		{rule: "capacity", body: to("s3.2xlarge.4"), status: 400, code: "Ecs.0319"},
		{rule: "dedicated-host", server: ServerSpec{DedicatedHostID: defaultHost}, body: to("s3.large.2"), status: 400, code: "Ecs.0803"},
		{rule: "dedicated-host-exists", server: ServerSpec{DedicatedHostID: defaultHost}, body: resize(good + `,"dedicated_host_id":"none"`), status: 400, code: "Ecs.0005"},
		{rule: "cpu-threads-allowed", body: resize(good + `,"cpu_options":{"hw:cpu_threads":1}`), status: 400, code: "Ecs.0005"},
		{rule: "v1-pay-per-use", server: ServerSpec{Billing: PrePaid}, body: to("s3.large.2"), v1: true, status: 400, code: "Ecs.0005"},
		{rule: "downgrade", body: to("s3.medium.2"), profile: "ae-ad-1", status: 400, code: "Ecs.0005"},
		{rule: "quota", body: to("s3.large.2"), quota: Quota{VCPUs: 1}, status: 400, code: "Ecs.0001"},
	} {
		delete(untested, c.rule)
		t.Run(c.rule, func(t *testing.T) {
			var fired string
			l := newLab(t, Config{Profile: c.profile, Quota: c.quota, Seams: Seams{Rules: naming(&fired)}})
			id := "gone"
			if c.server.ID != id {
				id = l.add(c.server)
			}
			path := base11
			if c.v1 {
				path = base
			}
			got := l.do(http.MethodPost, path+id+"/resize", c.body, c.headers...)
			l.wantRefused(got, c.status, c.code)
			if fired != c.rule {
				t.Errorf("refused by rule %q, want %q", fired, c.rule)
			}
			if n := l.Counts(); n.Jobs != 0 || n.Orders != 0 {
				t.Errorf("a refused resize left %+v behind", n)
			}
		})
	}
	if len(untested) > 0 {
		t.Errorf("rules without a case: %v", slices.Sorted(maps.Keys(untested)))
	}
}

// naming notes the name of the rule that refuses.
func naming(fired *string) func([]Rule) []Rule {
	return func(rules []Rule) []Rule {
		out := slices.Clone(rules)
		for i, r := range rules {
			out[i].Check = func(q *ResizeRequest) *Refusal {
				refusal := r.Check(q)
				if refusal != nil {
					*fired = r.Name
				}
				return refusal
			}
		}
		return out
	}
}

func TestWhatMustBeAccepted(t *testing.T) {
	for name, c := range map[string]struct {
		body, contentType string
		server            ServerSpec
		profile           string
	}{
		"plain":                    {body: to("s3.large.2")},
		"newline":                  {body: to("s3.large.2") + "\n"},
		"white space":              {body: " \t\r\n" + to("s3.large.2") + " "},
		"charset=UTF-8":            {body: to("s3.large.2"), contentType: "application/json;charset=UTF-8"},
		"charset=utf-8":            {body: to("s3.large.2"), contentType: "application/json; charset=utf-8"},
		"quoted charset":           {body: to("s3.large.2"), contentType: `Application/JSON; charset="utf-8"`},
		"empty options":            {body: `{"resize":{"cpu_options":{},"extendparam":{},"flavorRef":"s3.large.2"}}`},
		"unknown properties":       {body: `{"x":null,"resize":{"flavorRef":"s3.large.2","force":true,"dry_run":7}}`},
		"dry_run false":            {body: `{"dry_run":false,"resize":{"flavorRef":"s3.large.2"}}`},
		"blank isAutoPay":          {body: `{"resize":{"flavorRef":"s3.large.2","extendparam":{"isAutoPay":""}}}`},
		"host id without a host":   {body: `{"resize":{"flavorRef":"s3.large.2","dedicated_host_id":"x"}}`},
		"mode that is not known":   {body: `{"resize":{"flavorRef":"s3.large.2","mode":"withStopServer"}}`},
		"mode that is":             {body: `{"resize":{"flavorRef":"s3.large.2","mode":"withStopServer"}}`, profile: "cn"},
		"threads 2":                {body: `{"resize":{"flavorRef":"c6.large.2","cpu_options":{"hw:cpu_threads":2}}}`},
		"threads 2, no such spec":  {body: `{"resize":{"flavorRef":"s3.large.2","cpu_options":{"hw:cpu_threads":2}}}`},
		"threads 1":                {body: `{"resize":{"flavorRef":"c6.large.2","cpu_options":{"hw:cpu_threads":1}}}`},
		"threads 1.0":              {body: `{"resize":{"flavorRef":"c6.large.2","cpu_options":{"hw:cpu_threads":1.0}}}`},
		"promoted in another zone": {body: to("s2.2xlarge.2"), server: ServerSpec{Zone: "local-1b"}},
		"spot where not banned":    {body: to("s3.large.2"), server: ServerSpec{Billing: Spot}, profile: "ae-ad-1"},
		"windows where not banned": {body: to("s3.large.2"), server: ServerSpec{OSType: "Windows"}, profile: "cn"},
		"downgrade":                {body: to("s3.medium.2")},
		"same size":                {body: to("s6.medium.4"), profile: "ae-ad-1"},
		"example of the page, on the host it names": {server: ServerSpec{DedicatedHostID: defaultHost},
			body: `{"resize":{"flavorRef":"s3.large.2","dedicated_host_id":"459a2b9d-804a-4745-ab19-a113bb1b4ddc","extendparam":{"isAutoPay":"true"}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, Config{Profile: c.profile})
			id := l.add(c.server)
			l.accepted(l.resize(id, c.body, "Content-Type", cmpOr(c.contentType, "application/json")))
		})
	}
}

func cmpOr(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

func TestTheExampleOfThePageAsPrinted(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{DedicatedHostID: defaultHost})
	l.wantRefused(l.resize(id, `{ "resize": { "flavorRef": "s3.large.2", "dedicated_host_id": "459a2b9d-804a-4745-ab19-a113bb1b4ddc", "extendparam":{ "isAutoPay": "true" }, } }`),
		400, "Ecs.0005")
}

func TestSecondResizeWhileTheFirstRuns(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	job := l.accepted(l.resize(id, to("s3.large.2")))
	l.wantRefused(l.resize(id, to("s3.large.4")), 501, "Ecs.0603")
	l.pass(jobTook)
	l.wantJob(job, JobSuccess)
	if got := l.flavor(id); got != "s3.large.2" {
		t.Errorf("flavor %s", got)
	}
	l.accepted(l.resize(id, to("s3.large.4")))
}

func TestHostWithoutRoom(t *testing.T) {
	s, err := DefaultState("")
	if err != nil {
		t.Fatal(err)
	}
	s.Hosts[0].VCPUs, s.Hosts[0].RAM = 4, 16*1024 // the default state puts two servers of 1 vCPU and 4 GiB there
	l := newLab(t, Config{State: s})
	id := l.add(ServerSpec{DedicatedHostID: defaultHost})
	body := func(flavor string) string {
		return `{"resize":{"flavorRef":"` + flavor + `","dedicated_host_id":"` + defaultHost + `"}}`
	}
	l.wantRefused(l.resize(id, body("s3.xlarge.2")), 400, "Ecs.0319")
	l.accepted(l.resize(id, body("s3.large.4")))
}

func TestCapacityIsUsedUp(t *testing.T) {
	s, err := DefaultState("")
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Flavors {
		if s.Flavors[i].ID == "s3.large.2" {
			s.Flavors[i].Capacity = map[string]int{"local-1a": 1}
		}
	}
	l := newLab(t, Config{State: s})
	first, second := l.add(ServerSpec{}), l.add(ServerSpec{})
	l.accepted(l.resize(first, to("s3.large.2")))
	l.wantRefused(l.resize(second, to("s3.large.2")), 400, "Ecs.0319") // on its way counts
	l.pass(jobTook)
	l.wantRefused(l.resize(second, to("s3.large.2")), 400, "Ecs.0319")
	l.RemoveServer(first)
	l.accepted(l.resize(second, to("s3.large.2")))
}

func TestDryRun(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	got := l.resize(id, `{"resize":{"flavorRef":"s3.large.2"},"dry_run":true}`)
	if got.status != http.StatusAccepted || got.raw != "{}" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d %q", got.status, got.raw)
	}
	if n := l.Counts(); n.Jobs != 0 || l.condition(id) != "SHUTOFF/stopped/" {
		t.Errorf("a dry run left %+v, %s", n, l.condition(id))
	}
	for body, code := range map[string]string{
		`{"resize":{},"dry_run":true}`:                          "Ecs.0005",
		`{"resize":{"flavorRef":"nothing"},"dry_run":true}`:     "Ecs.0029",
		`{"resize":{"flavorRef":"s3.medium.4"},"dry_run":true}`: "Ecs.0009",
	} {
		l.wantRefused(l.resize(id, body), 400, code)
	}
}
