package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestDriverKeepsTheProtocol has `conformance driver check` say so, and wants nothing that its author would have to look at.
func TestDriverKeepsTheProtocol(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), conformanceBinary, "driver", "check", "'"+driverBinary+"'").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "IN ORDER") || strings.Contains(string(out), "\nlook ") {
		t.Errorf("conformance driver check: %v\n%s", err, out)
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
	k := s.cloud.Credentials
	r := object{"op": op, "endpoint": s.cloud.Endpoint, "project_id": s.cloud.ProjectID, "params": params, "server_id": id,
		"credentials": object{"access_key": k["access-key"], "secret_key": k["secret-key"], "security_token": k["security-token"]}}
	if op == "showJob" {
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
	offered := false
	for _, f := range s.one("listResizeFlavors", "", object{"instance_uuid": id, "sort_key": "vcpus", "sort_dir": "desc", "limit": 100}).Result.Flavors {
		offered = offered || f.ID == target
	}
	if !offered {
		t.Errorf("listResizeFlavors: %s is not offered", target)
	}
	if dry := s.one("resizeServer", id, object{"flavor_ref": target, "dry_run": true}).Result; dry.JobID != "" {
		t.Errorf("dry run: wanted no job, got %q", dry.JobID)
	}
	resize := s.one("resizeServer", id, object{"flavor_ref": target, "dry_run": false, "mode": "withStopServer"}).Result
	job := s.finish(resize.JobID).Result.Job
	if job.ID != resize.JobID || job.Status != "SUCCESS" || job.Type == "" || job.ServerID != id || job.ErrorCode != "" {
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
	if order.OrderID == "" || order.JobID == "" {
		t.Errorf("yearly/monthly: wanted an order and a job, got %+v", order)
	}
}

func TestDriverTellsErrors(t *testing.T) {
	t.Parallel()
	s := session{startDriver(t), serveCloud(t)}
	resize := func(params object) object { return s.request("resizeServer", s.cloud.Servers["stopped"][0].ID, params) }
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the end of the connection would not be seen
		<-r.Context().Done()
	}))
	defer slow.Close()
	late := resize(object{"flavor_ref": "f"})
	late["endpoint"], late["timeout_ms"] = slow.URL, 200
	keyless := resize(object{"flavor_ref": "f"})
	keyless["credentials"] = object{}
	requests := []object{resize(object{"flavor_ref": "no-such-flavor"}), late, keyless, resize(object{"flavor_ref": "f", "cpu_threads": 3}),
		s.request("listResizeFlavors", "", object{"sort_key": "disk"}), s.request("listResizeFlavors", "", object{"limit": 1 << 40}), s.request("waitForJob", "", nil)}
	answers := s.ask(requests...)
	for i, kind := range []string{"api", "timeout", "validation", "unsupported", "unsupported", "unsupported", "unsupported"} {
		if a := answers[i]; a.Error == nil || a.Error.Kind != kind || a.Error.Message == "" {
			t.Errorf("%v: wanted an error of kind %s with a message, got %s", requests[i]["params"], kind, a)
		}
	}
	if e := answers[0].Error; e != nil && (e.Status != 400 || !strings.HasPrefix(e.Code, "Ecs.")) {
		t.Errorf("no such flavor: wanted 400 and a code, got %s", answers[0])
	}
	// An answer that cannot be read is of the same type as a refusal in this SDK.
	html := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }))
	defer html.Close()
	portal := resize(object{"flavor_ref": "f"})
	portal["endpoint"] = html.URL
	if a := s.ask(portal)[0]; a.Error == nil || a.Error.Kind != "api" || a.Error.Status != 200 || a.Error.Code != "" {
		t.Errorf("a page with status 200: %s", a)
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

// TestHomeIsLeftAlone wants nothing to be left in HOME and in the directory for temporary files, though the SDK writes into the one.
func TestHomeIsLeftAlone(t *testing.T) {
	t.Parallel()
	home, scratch := t.TempDir(), t.TempDir()
	s := session{startDriver(t, "HOME="+home, "TMPDIR="+scratch), serveCloud(t)}
	s.one("showServer", s.cloud.Servers["stopped"][0].ID, nil)
	s.end()
	for _, directory := range []string{home, scratch} {
		if left, err := os.ReadDir(directory); err != nil || len(left) > 0 {
			t.Errorf("left behind in %s: %v, %v", directory, left, err)
		}
	}
}
