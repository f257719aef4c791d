package emulator

import (
	"context"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestUnknownPathsAndMethods(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	for _, target := range []string{
		"GET " + base11 + id + "/resize", "PUT " + base11 + id + "/resize", "DELETE " + base11 + id + "/resize", "HEAD " + base + id,
		"OPTIONS " + base + id, "POST " + base + id, "POST " + base11 + id + "/resize/", "POST " + base11 + id + "//resize",
		"POST " + base11 + "/resize", "GET " + base, "GET " + base + "./" + id, "GET /", "GET /v1", "GET //v1/" + defaultProject + "/jobs/x",
		"GET /v2/" + defaultProject + "/jobs/x", "POST /V1.1/" + defaultProject + "/cloudservers/" + id + "/resize", "GET " + base + id + "/",
		"GET " + base + "..", "GET " + base + id + "%2F", "POST " + base11 + id + "%2Fresize", "GET /v2.1/" + defaultProject + "/resize_flavors",
	} {
		method, path, _ := strings.Cut(target, " ")
		got := l.do(method, path, "")
		if strings.HasSuffix(target, "%2F") { // belongs to the id: a server that does not exist
			l.wantRefused(got, 404, "Ecs.0114")
			continue
		}
		l.wantRefused(got, 404, "APIGW.0101")
		if got.header.Get("Location") != "" {
			t.Errorf("%s: redirected to %s", target, got.header.Get("Location"))
		}
	}
}

func TestEncodedSlashBelongsToTheID(t *testing.T) {
	l := newLab(t, Config{})
	l.wantRefused(l.resize("a%2Fb", to("s3.large.2")), 404, "Ecs.0114")
	if got := l.resize("a%2Fb", to("s3.large.2")); !strings.Contains(got.raw, "Instance[a/b]") {
		t.Errorf("%s", got.raw)
	}
}

var requestID = regexp.MustCompile(`^[0-9a-f]{32}$`)

func TestEveryAnswerHasARequestIDAndAMediaType(t *testing.T) {
	l := newLab(t, Config{})
	id, seen := l.add(ServerSpec{}), map[string]bool{}
	for name, got := range map[string]reply{
		"accepted": l.resize(id, to("s3.large.2")), "refused": l.resize(id, ""), "no route": l.do("GET", "/x", ""),
		"no credentials": l.resize(id, to("s3.large.2"), "X-Auth-Token", ""), "too large": l.resize(id, strings.Repeat(" ", maxBody+1)),
		"shown": l.do("GET", base+id, ""),
	} {
		sent := got.header.Get("X-Request-Id")
		if !requestID.MatchString(sent) || seen[sent] {
			t.Errorf("%s: X-Request-Id %q", name, sent)
		}
		seen[sent] = true
		if got.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: Content-Type %q", name, got.header.Get("Content-Type"))
		}
		if got.body["error_code"] != nil && got.text("request_id") != sent {
			t.Errorf("%s: request_id %q, X-Request-Id %q", name, got.text("request_id"), sent)
		}
	}
}

func TestEnvelopes(t *testing.T) {
	l := newLab(t, Config{Seams: Seams{NewID: func(IDMaker) IDMaker { return func(IDKind) string { return "0" } }}})
	for path, want := range map[string]string{
		"/x":         `{"error_msg":"The API does not exist or has not been published in the environment","error_code":"APIGW.0101","request_id":"0"}`,
		base + "<&>": `{"error":{"message":"Instance[<&>] could not be found.","code":"Ecs.0114"}}`,
	} {
		if got := l.do("GET", path, ""); got.raw != want {
			t.Errorf("got  %s\nwant %s", got.raw, want)
		}
	}
}

func TestLimits(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	padded := func(size int) string { b := to("s3.large.2"); return b + strings.Repeat(" ", size-len(b)) }
	l.wantRefused(l.resize(id, padded(maxBody+1)), 413, "APIGW.0201")
	l.accepted(l.resize(id, padded(maxBody)))
	l.wantRefused(l.do("GET", base+id+"?"+strings.Repeat("x", maxURI), ""), 414, "APIGW.0201")
	l.wantRefused(l.do("GET", base+id, "", "X-Long", strings.Repeat("x", maxHeaders)), 494, "APIGW.0201")
	// A body that is too large is refused before anybody asks for credentials, as is an unknown path before both.
	l.wantRefused(l.resize(id, padded(maxBody+1), "X-Auth-Token", ""), 413, "APIGW.0201")
	l.wantRefused(l.do("POST", "/x", padded(maxBody+1), "X-Auth-Token", ""), 404, "APIGW.0101")
}

// The client that does not read before it has sent everything must still get the answer.
func TestTooLargeBodyOverTheWire(t *testing.T) {
	l := newLab(t, Config{})
	srv := httptest.NewServer(l)
	defer srv.Close()
	r := l.request("POST", base11+"x/resize", strings.Repeat(" ", maxBody+1<<20))
	r.URL.Scheme, r.URL.Host, r.RequestURI = "http", srv.Listener.Addr().String(), ""
	answer, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != 413 {
		t.Errorf("got %d", answer.StatusCode)
	}
}

func TestProjects(t *testing.T) {
	l := newLab(t, Config{})
	foreign := l.add(ServerSpec{Project: foreignProject})
	foreignPath := "/v1.1/" + foreignProject + "/cloudservers/" + foreign + "/resize"
	l.wantRefused(l.do("POST", foreignPath, to("s3.large.2")), 400, "Common.0018")
	l.wantRefused(l.do("POST", "/v1.1/nobody/cloudservers/"+foreign+"/resize", to("s3.large.2")), 400, "Common.0018")
	l.wantRefused(l.resize(foreign, to("s3.large.2")), 404, "Ecs.0114")
	l.wantRefused(l.resize(foreign, to("s3.large.2"), "X-Project-Id", foreignProject), 400, "Common.0018")
	l.token = "emulator-token-of-the-foreign-project"
	l.accepted(l.do("POST", foreignPath, to("s3.large.2"), "X-Project-Id", foreignProject))
	// The project counts before the body: nothing about the request is told to strangers.
	l.wantRefused(l.resize(foreign, "{"), 400, "Common.0018")
}

func TestPolicy(t *testing.T) {
	s, err := DefaultState("")
	if err != nil {
		t.Fatal(err)
	}
	s.Projects[0].Tokens[0].Deny = []string{"ecs:cloudServers:resize"}
	l := newLab(t, Config{State: s})
	id := l.add(ServerSpec{})
	l.wantRefused(l.resize(id, ""), 403, "Pdp.0001")
	l.wantRefused(l.do("POST", base+id+"/resize", ""), 403, "Pdp.0001")
	l.show(id)
}

func TestFlowControl(t *testing.T) {
	for _, c := range []struct {
		profile string
		level   FlowLevel
		status  int
		code    string
	}{
		{"", "", 429, "APIGW.0308"}, {"", FlowService, 503, "Common.1503"}, {"otc", FlowService, 429, "Common.1503"}, {"", FlowDelayed, 202, "Common.0024"},
	} {
		l := newLab(t, Config{Profile: c.profile, Flow: FlowControl{Limit: 2, Per: time.Minute, Level: c.level}})
		path := base + l.add(ServerSpec{})
		l.do("GET", path, "", "X-Auth-Token", "wrong") // not counted: nobody knows whose it is
		for range 2 {
			if got := l.do("GET", path, ""); got.status != 200 {
				t.Fatalf("%+v: %s", c, got.raw)
			}
		}
		l.wantRefused(l.do("GET", path, ""), c.status, c.code)
		l.pass(time.Minute)
		if got := l.do("GET", path, ""); got.status != 200 {
			t.Errorf("%+v: %s", c, got.raw)
		}
	}
}

func TestLatencyEndsWithTheClient(t *testing.T) {
	l := newLab(t, Config{Latency: time.Hour})
	r := l.request("GET", "/x", "")
	gone, leave := context.WithCancel(t.Context())
	leave()
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r.WithContext(gone))
	if w.Body.Len() != 0 {
		t.Errorf("answered somebody who is gone: %s", w.Body)
	}
}

func TestProfilesServeWhatTheyDocument(t *testing.T) {
	for profile, statuses := range map[string][4]int{ // v1.1 resize, v1 resize, v1 list, v2.1 list
		"intl": {200, 200, 200, 404}, "cn": {200, 200, 200, 404}, "ae-ad-1": {200, 200, 200, 404}, "otc": {404, 200, 404, 200},
		"intl-2022": {200, 200, 200, 404}, "eu": {200, 200, 200, 404}, "my-kualalumpur-1": {200, 200, 200, 404}, "en-old": {200, 404, 200, 404}, "cloud-ru": {200, 404, 200, 404},
		"hcs": {200, 404, 200, 404}, "flexible-engine": {404, 200, 200, 404}, "swiss": {404, 200, 404, 200}, "tr-central-201": {404, 200, 404, 200},
	} {
		l := newLab(t, Config{Profile: profile})
		a, b := l.add(ServerSpec{}), l.add(ServerSpec{})
		for i, got := range []reply{
			l.resize(a, to("s3.large.2")), l.do("POST", base+b+"/resize", to("s3.large.2")),
			l.do("GET", base+"resize_flavors?instance_uuid="+a, ""), l.do("GET", "/v2.1/"+defaultProject+"/resize_flavors?instance_uuid="+a, ""),
		} {
			if got.status != statuses[i] {
				t.Errorf("%s, request %d: got %d %s, want %d", profile, i, got.status, got.raw, statuses[i])
			}
		}
	}
}
