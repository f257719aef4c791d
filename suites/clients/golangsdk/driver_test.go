package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestDriverKeepsTheProtocol has `conformance driver check` say so. What it says is to be looked at is the SDK's own way: no code of an error is told, and
// a wait tells nothing of the job.
func TestDriverKeepsTheProtocol(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), conformanceBinary, "driver", "check", "'"+driverBinary+"'").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "IN ORDER") {
		t.Fatalf("conformance driver check: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		known := strings.HasPrefix(line, "look    waitForJob: ") || strings.HasPrefix(line, "look    error of the API: ")
		if strings.HasPrefix(line, "look") && !known || strings.HasPrefix(line, "skip") {
			t.Error(line)
		}
	}
}

// session is a driver and a cloud.
type session struct {
	*driver
	cloud *cloud
}

// one asks for one call of a user of the cloud, and wants no error.
func (s session) one(op, server string, params object) answer {
	s.t.Helper()
	a := s.ask(s.request(op, server, params))[0]
	if a.Error != nil {
		s.t.Fatalf("%s: %s", op, a)
	}
	return a
}

func (s session) request(op, id string, params object) object {
	r := object{"op": op, "endpoint": s.cloud.Endpoint, "project_id": s.cloud.ProjectID, "params": params, "server_id": id,
		"credentials": object{"token": s.cloud.Credentials["token"]}}
	if strings.HasSuffix(op, "Job") {
		r["job_id"] = id
	}
	return r
}

// finish asks for a job until it has ended, and gives what was told of it then. The emulator's jobs take some tens of milliseconds.
func (s session) finish(id string) answer {
	s.t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for ; ; <-ticker.C { // the watchdog of the driver ends it
		if a := s.one("showJob", id, object{}); a.Result.Job.Status == "SUCCESS" || a.Result.Job.Status == "FAIL" {
			return a
		}
	}
}

func TestDriverTellsWhatTheServiceDid(t *testing.T) {
	t.Parallel()
	s := session{startDriver(t), serveCloud(t)}
	id, target := s.cloud.Servers["stopped"][0].ID, s.cloud.Flavors["target"]
	resize := s.one("resizeServer", id, object{"flavor_ref": target, "mode": "withStopServer"}).Result
	if job := s.finish(resize.JobID).Result.Job; job.ID != resize.JobID || job.Status != "SUCCESS" || job.Type == "" || job.ErrorCode != "" {
		t.Errorf("job of the resize: %+v", job)
	}
	if server := s.one("showServer", id, nil).Result.Server; server.ID != id || server.Flavor != target || server.Status != "SHUTOFF" || server.Name == "" {
		t.Errorf("server after the resize: %+v", server)
	}
	for _, step := range []struct {
		op, status string
		params     object
	}{
		{"batchStartServers", "ACTIVE", object{"server_ids": []string{id}}},
		{"batchStopServers", "SHUTOFF", object{"server_ids": []string{id}, "type": "HARD"}},
	} {
		if job := s.finish(s.one(step.op, "", step.params).Result.JobID).Result.Job; job.Status != "SUCCESS" {
			t.Errorf("job of %s: %+v", step.op, job)
		}
		if server := s.one("showServer", id, nil).Result.Server; server.Status != step.status {
			t.Errorf("server after %s: %+v, want %s", step.op, server, step.status)
		}
	}
	back := s.one("resizePostPaidServer", id, object{"flavor_ref": s.cloud.Flavors["failing"]}).Result
	if job := s.finish(back.JobID).Result.Job; job.Status != "FAIL" || job.ErrorCode == "" || job.FailReason == "" {
		t.Errorf("job that fails: %+v", job)
	}
	order := s.one("resizeServer", s.cloud.Servers["yearly-monthly"][0].ID, object{"flavor_ref": target, "auto_pay": true}).Result
	if order.JobID == "" || order.OrderID == "" {
		t.Errorf("yearly/monthly: wanted a job and an order, got %+v", order)
	}
}

// TestDriverTellsWaits takes as long as the SDK's waiter does: ten seconds for one look.
func TestDriverTellsWaits(t *testing.T) {
	t.Parallel()
	s := session{startDriver(t), serveCloud(t)}
	good := s.one("resizeServer", s.cloud.Servers["stopped"][0].ID, object{"flavor_ref": s.cloud.Flavors["target"]}).Result.JobID
	bad := s.one("resizeServer", s.cloud.Servers["stopped"][1].ID, object{"flavor_ref": s.cloud.Flavors["failing"]}).Result.JobID
	null := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "null") }))
	defer null.Close()
	impatient, crash := s.request("waitForJob", good, nil), s.request("waitForJob", good, nil)
	impatient["timeout_ms"], crash["endpoint"] = 4000, null.URL
	answers := s.ask(s.request("waitForJob", good, nil), s.request("waitForJob", bad, nil), impatient, crash, s.request("waitForJob", "no-such-job", nil))
	if answers[0].Error != nil {
		t.Errorf("a job that succeeds: %s", answers[0])
	}
	for i, want := range []struct{ kind, message string }{
		{}, {"job", "Job failed with code Ecs."}, {"timeout", "A timeout occurred"}, {"other", "panic: runtime error: invalid memory address"}, {"api", "Bad request with"},
	} {
		if e := answers[i].Error; i > 0 && (e == nil || e.Kind != want.kind || !strings.HasPrefix(e.Message, want.message)) {
			t.Errorf("wait %d: wanted %v, got %s", i, want, answers[i])
		}
	}
	s.one("showJob", good, nil) // the driver has outlived the crash
}

func TestDriverTellsErrors(t *testing.T) {
	t.Parallel()
	s := session{startDriver(t), serveCloud(t)}
	resize := func(params object) object { return s.request("resizeServer", s.cloud.Servers["stopped"][0].ID, params) }
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the end of the connection would not be seen
		if strings.HasPrefix(r.URL.Path, "/late/") {
			<-r.Context().Done()
		}
		_, _ = io.WriteString(w, "<html>")
	}))
	defer other.Close()
	late, portal, anonymous := resize(object{"flavor_ref": "f"}), resize(object{"flavor_ref": "f"}), resize(object{"flavor_ref": "f"})
	late["endpoint"], late["timeout_ms"], portal["endpoint"] = other.URL+"/late", 200, other.URL
	anonymous["credentials"] = object{}
	requests := []object{resize(object{"flavor_ref": "no-such-flavor"}), late, portal, anonymous, resize(object{}), s.request("listResizeFlavors", "", nil)}
	answers := s.ask(requests...)
	for i, kind := range []string{"api", "timeout", "decode", "api", "validation", "unsupported"} {
		if a := answers[i]; a.Error == nil || a.Error.Kind != kind || a.Error.Message == "" || a.Error.Code != "" {
			t.Errorf("%v: wanted an error of kind %s with a message and no code, got %s", requests[i]["params"], kind, a)
		}
	}
	if e := answers[0].Error; e != nil && (e.Status != 400 || !strings.Contains(e.Message, "Ecs.")) {
		t.Errorf("no such flavor: wanted 400 and the answer in the message, got %s", answers[0])
	}
	if e := answers[3].Error; e != nil && e.Status != 401 {
		t.Errorf("without credentials: wanted 401, got %s", answers[3])
	}
}

func TestPanicIsTold(t *testing.T) {
	t.Parallel()
	line := perform(request{}, func(request) (object, error) {
		var none *object
		return *none, nil
	})
	if e, _ := line["error"].(object); e["kind"] != "other" || !strings.Contains(e["message"].(string), "nil pointer") {
		t.Errorf("wanted an error of kind other with the text of the panic, got %v", line)
	}
}
