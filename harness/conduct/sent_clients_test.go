package conduct

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/proxy"
	"resize-conformance/harness/reference"
)

// answering is a server that says yes to everything.
func answering(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	body := `{"job_id":"` + job + `"}`
	switch {
	case strings.Contains(r.URL.Path, "/jobs/"):
		body = `{"status":"SUCCESS","job_id":"` + job + `"}`
	case strings.HasSuffix(r.URL.Path, "/resize_flavors"):
		body = `{"flavors":[]}`
	case r.Method == http.MethodGet:
		body = `{"server":{"id":"` + server + `","status":"SHUTOFF","flavor":{"id":"f"}}}`
	}
	_, _ = io.WriteString(w, body)
}

// calls are all operations with every option alone and all together, with each kind of credentials, and with ids that need escapes.
func calls() []driver.Request {
	yes, no := true, false
	var all []driver.Request
	for _, k := range []driver.Credentials{{Token: token}, {AccessKey: "AK", SecretKey: secret}, {AccessKey: "AK", SecretKey: secret, SecurityToken: "the-security-token"}, {}} {
		add := func(o driver.Operation, p driver.Params) {
			all = append(all, driver.Request{Operation: o, ProjectID: project, ServerID: server, JobID: job, Params: p, Credentials: k, TimeoutMS: 10_000})
		}
		for _, p := range []driver.Params{
			{}, {DedicatedHostID: "h"}, {AutoPay: &yes}, {AutoPay: &no}, {Mode: "withStopServer"}, {CPUThreads: 1}, {CPUThreads: 2}, {DryRun: &yes}, {DryRun: &no},
			{DedicatedHostID: `"\<>&` + "\u2028", AutoPay: &yes, Mode: "withStopServer", CPUThreads: 2, DryRun: &yes},
		} {
			p.FlavorRef = "s3.large.2"
			add(driver.ResizeServer, p)
		}
		add(driver.ResizePostPaidServer, driver.Params{FlavorRef: "s3.large.2"})
		add(driver.ResizePostPaidServer, driver.Params{FlavorRef: "s3.large.2", DryRun: &yes})
		add(driver.ShowJob, driver.Params{})
		add(driver.WaitForJob, driver.Params{IntervalMS: 1})
		add(driver.ShowServer, driver.Params{})
		add(driver.ListResizeFlavors, driver.Params{InstanceUUID: server})
		add(driver.ListResizeFlavors, driver.Params{SourceFlavorID: "a b", SourceFlavorName: "a&b+c%d#e", SortKey: "vcpus", SortDir: "desc", Limit: 5, Marker: "m/n"})
		add(driver.StartServers, driver.Params{ServerIDs: []string{"a", "b"}})
		add(driver.StopServers, driver.Params{ServerIDs: []string{"a"}})
		add(driver.StopServers, driver.Params{ServerIDs: []string{"a", "b"}, Type: "HARD"})
		add(driver.ShowServer, driver.Params{})
		all[len(all)-1].ServerID = "1/2 3?4#5%6"
	}
	return all
}

// judged has a client make all calls, and gives what it breaks in them.
func judged(t *testing.T, apply func(*reference.Config)) map[string]Breach {
	t.Helper()
	p, err := proxy.New(proxy.Config{Handler: http.HandlerFunc(answering), Recorder: exchange.NewRecorder(exchange.Options{Contract: contracttest.Base(t)})})
	if err != nil {
		t.Fatal(err)
	}
	var c reference.Config
	if apply != nil {
		apply(&c)
	}
	client := reference.New(c)
	defer func() { _ = client.Close(); _ = p.Close() }()
	port, err := p.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Breach{}
	before := 0
	for _, r := range calls() {
		r.Endpoint = port.Endpoint()
		told, err := client.Do(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if err := port.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		sent := port.Exchanges()
		var alone breaches
		alone.sent(Call{Asked: r, Sent: sent[before:], Told: &told})
		for _, b := range alone.sorted() {
			all[b.Requirement] = b
		}
		before = len(sent)
	}
	return all
}

// The reference client, and everything that a client may do otherwise, breaks nothing in what it sends.
func TestConformingClientsSendRight(t *testing.T) {
	t.Parallel()
	for _, v := range append([]defect.ClientVariant{{Name: "as-it-is"}}, defect.ClientVariants()...) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			for _, b := range judged(t, v.Apply) {
				t.Errorf("%s: %+v", v.Title, b)
			}
		})
	}
}

// Each defect in what is sent breaks what it is said to break in these calls, and nothing of what is sent that it is not said to break.
func TestDefectsInWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, d := range defect.ClientDefects() {
		said := map[string]bool{}
		for _, id := range d.Breaks {
			said[id] = id < "RSZ-CLIENT-100"
		}
		if !slices.ContainsFunc(d.Breaks, func(id string) bool { return said[id] }) {
			continue
		}
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			found := judged(t, d.Apply)
			for id, is := range said {
				if _, there := found[id]; is && !there && id != "RSZ-CLIENT-021" { // a redirect is what no single call shows
					t.Errorf("%s: wanted %s to be found, got %v", d.Title, id, found)
				}
			}
			for id, b := range found {
				if !said[id] {
					t.Errorf("%s: is not said to break %q: %+v", d.Title, id, b)
				}
			}
		})
	}
}
