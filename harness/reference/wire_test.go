package reference

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/emulator"
)

// The bodies, byte for byte: what was not asked for is not there.
func TestBodies(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, k := range []struct {
		op     driver.Operation
		params driver.Params
		want   string
	}{
		{driver.ResizeServer, driver.Params{FlavorRef: "s3.large.2"}, `{"resize":{"flavorRef":"s3.large.2"}}`},
		{driver.ResizeServer, driver.Params{FlavorRef: "a<b>&c"}, `{"resize":{"flavorRef":"a<b>&c"}}`},
		{driver.ResizeServer, driver.Params{FlavorRef: "f", DedicatedHostID: "h", AutoPay: &yes, Mode: "withStopServer", CPUThreads: 2, DryRun: &yes},
			`{"resize":{"flavorRef":"f","dedicated_host_id":"h","extendparam":{"isAutoPay":"true"},"mode":"withStopServer","cpu_options":{"hw:cpu_threads":2}},"dry_run":true}`},
		{driver.ResizeServer, driver.Params{FlavorRef: "f", AutoPay: &no, DryRun: &no}, `{"resize":{"flavorRef":"f","extendparam":{"isAutoPay":"false"}},"dry_run":false}`},
		{driver.ResizePostPaidServer, driver.Params{FlavorRef: "f", DryRun: &yes}, `{"resize":{"flavorRef":"f"},"dry_run":true}`},
		{driver.StartServers, driver.Params{ServerIDs: []string{"a", "b"}}, `{"os-start":{"servers":[{"id":"a"},{"id":"b"}]}}`},
		{driver.StopServers, driver.Params{ServerIDs: []string{"a"}, Type: "HARD"}, `{"os-stop":{"servers":[{"id":"a"}],"type":"HARD"}}`},
		{driver.ShowServer, driver.Params{}, ``},
	} {
		got, err := body(driver.Request{Operation: k.op, Params: k.params})
		if err != nil || string(got) != k.want {
			t.Errorf("%s %+v: %s, %v; want %s", k.op, k.params, got, err, k.want)
		}
	}
}

// What cannot be a call of this API is not sent.
func TestValidation(t *testing.T) {
	t.Parallel()
	s := newStage(t, Config{}, says(200, `{"job_id":"a"}`))
	full := filled(driver.Request{Operation: driver.ResizeServer, Params: driver.Params{FlavorRef: "f"}}, s.url)
	for name, change := range map[string]func(*driver.Request){
		"no flavor":   func(r *driver.Request) { r.Params.FlavorRef = "" },
		"no server":   func(r *driver.Request) { r.ServerID = "" },
		"dots":        func(r *driver.Request) { r.ServerID = ".." },
		"no project":  func(r *driver.Request) { r.ProjectID = "" },
		"no endpoint": func(r *driver.Request) { r.Endpoint = "" },
		"file":        func(r *driver.Request) { r.Endpoint = "file:///etc" },
		"half a key":  func(r *driver.Request) { r.Credentials = driver.Credentials{AccessKey: "AK"} },
		"no servers":  func(r *driver.Request) { r.Operation = driver.StopServers },
		"no job":      func(r *driver.Request) { r.Operation, r.JobID = driver.WaitForJob, "" },
	} {
		r := full
		change(&r)
		if r.Operation != driver.ResizeServer {
			r.Params = driver.Params{}
		}
		told, err := s.client.Do(t.Context(), r)
		if err != nil || brief(told) != `validation 0 ""` {
			t.Errorf("%s: %s, %v", name, brief(told), err)
		}
	}
	r := full
	r.Operation, r.Params.Mode = driver.ResizePostPaidServer, "withStopServer"
	if told, err := s.client.Do(t.Context(), r); err != nil || brief(told) != `unsupported 0 ""` {
		t.Errorf("mode in v1: %s, %v", brief(told), err)
	}
	if n := len(s.seen()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Ids are one segment of the path each.
func TestIDsInPaths(t *testing.T) {
	t.Parallel()
	s := newStage(t, Config{}, says(200, `{"status":"SUCCESS"}`))
	s.ask(driver.Request{Operation: driver.ShowJob, JobID: "a/../b?c%2f d"})
	if got, want := s.seen()[0].RequestURI, "/v1/"+project+"/jobs/a%2F..%2Fb%3Fc%252f%20d"; got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
}

// A resize from end to end against the emulator, with each kind of credentials. The contract finds nothing wrong with what is sent.
func TestAgainstTheEmulator(t *testing.T) {
	t.Parallel()
	c, err := contract.Load(t.Context(), contract.Source{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := emulator.New(emulator.Config{JobDuration: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	own := e.Describe().Projects[0]
	yes := true
	for kind, k := range map[string]driver.Credentials{
		"token": {Token: own.Token}, "keys": {AccessKey: own.AccessKey, SecretKey: own.SecretKey, SecurityToken: own.SecurityToken},
	} {
		t.Run(kind, func(t *testing.T) {
			s := newStage(t, Config{}, e.ServeHTTP)
			e2 := &recorded{next: e}
			host := httptest.NewServer(e2)
			t.Cleanup(host.Close)
			id, err := e.AddServer(emulator.ServerSpec{Status: "ACTIVE"})
			if err != nil {
				t.Fatal(err)
			}
			parts, err := e.Parts(id)
			if err != nil {
				t.Fatal(err)
			}
			ask := func(o driver.Operation, p driver.Params, job *string) *driver.Result {
				t.Helper()
				r := driver.Request{Endpoint: host.URL, Operation: o, ProjectID: own.ID, ServerID: id, Credentials: k, Params: p}
				if job != nil {
					r.JobID = *job
				}
				told := s.ask(r)
				if told.Error != nil {
					t.Fatalf("%s: %v", o, told.Error)
				}
				return told.Result
			}
			stop := ask(driver.StopServers, driver.Params{ServerIDs: []string{id}, Type: "SOFT"}, nil)
			ask(driver.WaitForJob, driver.Params{}, stop.JobID)
			if list := ask(driver.ListResizeFlavors, driver.Params{InstanceUUID: id, SortKey: "flavorid", Limit: 1000}, nil); !slices.ContainsFunc(list.Flavors, func(f driver.Flavor) bool { return f.ID == parts.Target }) {
				t.Errorf("the target %s is not in the list %+v", parts.Target, list.Flavors)
			}
			ask(driver.ResizeServer, driver.Params{FlavorRef: parts.Target, DryRun: &yes}, nil)
			done := ask(driver.ResizeServer, driver.Params{FlavorRef: parts.Target}, nil)
			if r := ask(driver.WaitForJob, driver.Params{}, done.JobID); *r.Job.Status != jobSuccess || *r.Job.ServerID != id {
				t.Errorf("the job ended as %+v", r.Job)
			}
			if r := ask(driver.ShowServer, driver.Params{}, nil); *r.Server.Flavor != parts.Target || *r.Server.Status != "SHUTOFF" {
				t.Errorf("the server is %+v", r.Server)
			}
			back := ask(driver.ResizePostPaidServer, driver.Params{FlavorRef: parts.Other}, nil)
			ask(driver.ShowJob, driver.Params{}, back.JobID)
			ask(driver.StartServers, driver.Params{ServerIDs: []string{id}}, nil)
			for _, m := range e2.all() {
				j := c.Judge(context.WithoutCancel(t.Context()), m)
				if len(j.Request) > 0 || len(j.Information) > 0 {
					t.Errorf("%s %s %s: %+v %+v", m.Method, m.Path, m.RequestBody, j.Request, j.Information)
				}
			}
		})
	}
}

// Only reads are sent again, within bounds, and only when that may help.
func TestRepetitions(t *testing.T) {
	t.Parallel()
	busy := says(503, `{"error":{"code":"Common.1503","message":"m"}}`, "Retry-After", "7")
	for _, k := range []struct {
		name    string
		op      driver.Operation
		answers []http.HandlerFunc
		want    string
		sent    int
		pauses  []time.Duration
	}{
		{"read recovers", driver.ShowServer, []http.HandlerFunc{breaksOff, says(502, ``), says(200, `{"server":{"id":"s","status":"ACTIVE"}}`)}, `ok ACTIVE "" ""`, 3, []time.Duration{time.Second, 2 * time.Second}},
		{"read gives up", driver.ShowServer, []http.HandlerFunc{breaksOff}, `network 0 ""`, 3, nil},
		{"hint", driver.ShowServer, []http.HandlerFunc{busy, says(200, `{"server":{"id":"s","status":"ACTIVE"}}`)}, `ok ACTIVE "" ""`, 2, []time.Duration{7 * time.Second}},
		{"hint beyond the time", driver.ShowServer, []http.HandlerFunc{says(429, ``, "Retry-After", "3600")}, `api 429 "" again`, 1, []time.Duration{}},
		{"refusal", driver.ShowServer, []http.HandlerFunc{says(404, ``)}, `api 404 ""`, 1, []time.Duration{}},
		{"resize", driver.ResizeServer, []http.HandlerFunc{breaksOff}, `network 0 ""`, 1, []time.Duration{}},
		{"busy resize", driver.ResizeServer, []http.HandlerFunc{busy}, `api 503 "Common.1503" again`, 1, []time.Duration{}},
		{"stop", driver.StopServers, []http.HandlerFunc{says(502, ``)}, `api 502 ""`, 1, []time.Duration{}},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Config{Backoff: time.Second}, k.answers...)
			p := driver.Params{}
			switch k.op {
			case driver.ResizeServer:
				p.FlavorRef = "f"
			case driver.StopServers:
				p.ServerIDs = []string{"s"}
			}
			if got := brief(s.ask(driver.Request{Operation: k.op, Params: p})); got != k.want {
				t.Errorf("told %s, want %s", got, k.want)
			}
			if n := len(s.seen()); n != k.sent {
				t.Errorf("sent %d times, want %d", n, k.sent)
			}
			if k.pauses != nil && !slices.Equal(s.pauses, k.pauses) {
				t.Errorf("paused %v, want %v", s.pauses, k.pauses)
			}
		})
	}
}

// A certificate that nobody vouches for ends the call before anything is sent.
func TestUnknownCertificate(t *testing.T) {
	t.Parallel()
	asked := 0
	host := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		says(200, `{"server":{"id":"s","status":"ACTIVE"}}`)(w, r)
	}))
	host.Config.ErrorLog = quiet()
	host.StartTLS()
	t.Cleanup(host.Close)
	s := newStage(t, Config{}, says(200, ``))
	if got := brief(s.ask(driver.Request{Endpoint: host.URL, Operation: driver.ShowServer})); got != `network 0 ""` || asked != 0 || len(s.pauses) > 0 {
		t.Errorf("told %s after %d requests and %d pauses", got, asked, len(s.pauses))
	}
	roots := x509.NewCertPool()
	roots.AddCert(host.Certificate())
	s = newStage(t, Config{TLS: &tls.Config{RootCAs: roots}}, says(200, ``))
	if got := brief(s.ask(driver.Request{Endpoint: host.URL, Operation: driver.ShowServer})); got != `ok ACTIVE "" ""` {
		t.Errorf("with the right authority: told %s", got)
	}
}

// A caller that goes away ends the call, and gets its own reason.
func TestCancelled(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	s := newStage(t, Config{}, func(_ http.ResponseWriter, r *http.Request) {
		cancel(gone)
		<-r.Context().Done()
	})
	for _, o := range []driver.Operation{driver.ShowServer, driver.WaitForJob} {
		if _, err := s.client.Do(ctx, filled(driver.Request{Operation: o}, s.url)); !errors.Is(err, gone) {
			t.Errorf("%s: %v", o, err)
		}
	}
}

func TestHelloIsInOrder(t *testing.T) {
	t.Parallel()
	if p := New(Config{}).Hello().Problems(); len(p) > 0 {
		t.Error(strings.Join(p, "; "))
	}
}
