package interop

import (
	"slices"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2/model"
)

// TestResize resizes a stopped pay-per-use server with v1.1, and back with v1.
func TestResize(t *testing.T) {
	eachClient(t, func(t *testing.T, connect connector) {
		c := serve(t)
		resizeThereAndBack(t, c, connect(t, c, c.accessKey()))
	})
}

func resizeThereAndBack(t *testing.T, c *cloud, me client) {
	t.Helper()
	id := c.server(t, "stopped")
	found := mustShow(t, me, id)
	if found.id != id || found.status != "SHUTOFF" || found.chargingMode != "0" {
		t.Fatalf("wanted server %s, SHUTOFF, charging mode 0 (pay-per-use), got %+v", id, found)
	}
	offered, err := me.resizeFlavors("instance_uuid", id)
	if err != nil {
		t.Fatalf("resize flavors: %v", err)
	}
	if !slices.Contains(offered, c.Flavors.Target) {
		t.Fatalf("resize flavors of %s: wanted %s among them, got %q", id, c.Flavors.Target, offered)
	}
	resizeTo(t, me, "v1.1", id, c.Flavors.Target, "SHUTOFF")
	resizeTo(t, me, "v1", id, found.flavor, "SHUTOFF")
}

// resizeTo resizes a pay-per-use server and wants it in the given status with the flavor afterwards.
func resizeTo(t *testing.T, me client, version, id, flavor, status string) {
	t.Helper()
	a, err := me.resize(version, id, flavor, options{})
	if err != nil {
		t.Fatalf("%s: resize to %s: %v", version, flavor, err)
	}
	if a.jobID == "" || a.orderID != "" {
		t.Errorf("%s: resize to %s: wanted a job and no order, got %+v", version, flavor, a)
	}
	done(t, me, a, id, flavor, status)
}

// done waits for a resize and wants the server in the given status with the flavor afterwards.
func done(t *testing.T, me client, a accepted, id, flavor, status string) {
	t.Helper()
	j := await(t, me, a.jobID)
	if j.status != "SUCCESS" || j.id != a.jobID || j.kind != "resizeServer" || j.begin == "" || j.end < j.begin || j.errorCode != "" {
		t.Errorf("job %s: wanted resizeServer, SUCCESS, a beginning, a later end and no error, got %+v", a.jobID, j)
	}
	if s := mustShow(t, me, id); s.flavor != flavor || s.status != status {
		t.Errorf("server %s after the resize: wanted flavor %s and %s, got %+v", id, flavor, status, s)
	}
}

// TestTerraformsRequest sends what the Terraform provider sends on every change of a flavor, also where neither part means anything.
func TestTerraformsRequest(t *testing.T) {
	terraforms := options{mode: "withStopServer", autoPay: "true"}
	for _, test := range []struct{ profile, server, status string }{
		{"intl", "stopped", "SHUTOFF"},
		{"cn", "running", "ACTIVE"},
	} {
		t.Run(test.profile+"/"+test.server, func(t *testing.T) {
			t.Parallel()
			c := serve(t, "--profile", test.profile)
			me, id := connectGolangSDK(t, c, c.accessKey()), c.server(t, test.server)
			a, err := me.resize("v1.1", id, c.Flavors.Target, terraforms)
			if err != nil {
				t.Fatal(err)
			}
			done(t, me, a, id, c.Flavors.Target, test.status)
		})
	}
}

// TestFailedJob wants a job that fails to tell why, in terms that the SDKs read.
func TestFailedJob(t *testing.T) {
	eachClient(t, func(t *testing.T, connect connector) {
		c := serve(t)
		me, id := connect(t, c, c.accessKey()), c.server(t, "stopped")
		before := mustShow(t, me, id)
		a, err := me.resize("v1.1", id, c.Flavors.Failing, options{})
		if err != nil {
			t.Fatal(err)
		}
		if j := await(t, me, a.jobID); j.status != "FAIL" || j.errorCode == "" || j.failReason == "" {
			t.Errorf("wanted FAIL with a code and a reason, got %+v", j)
		}
		if after := mustShow(t, me, id); after != before {
			t.Errorf("after the failure: wanted the server as it was, %+v, got %+v", before, after)
		}
	})
}

// TestDryRun has what only huaweicloud-sdk-go-v3 can send: the 202 of a passed dry run, which its own definition does not list.
func TestDryRun(t *testing.T) {
	t.Parallel()
	c := serve(t)
	me, id, yes := newHuaweiSDK(t, c, c.accessKey()), c.server(t, "stopped"), true
	before := mustShow(t, me, id)
	v11 := func(flavor string) (int, *string, error) {
		a, err := me.resizeV11(id, &model.ResizeServerRequestBody{DryRun: &yes, Resize: &model.ResizePrePaidServerOption{FlavorRef: flavor}})
		if err != nil {
			return 0, nil, err
		}
		return a.HttpStatusCode, a.JobId, nil
	}
	v1 := func(flavor string) (int, *string, error) {
		a, err := me.ecs.ResizePostPaidServer(&model.ResizePostPaidServerRequest{ServerId: id, Body: &model.ResizePostPaidServerRequestBody{
			DryRun: &yes, Resize: &model.ResizePostPaidServerOption{FlavorRef: flavor}}})
		if err != nil {
			return 0, nil, decodedBySDK(err)
		}
		return a.HttpStatusCode, a.JobId, nil
	}
	for version, dryRun := range map[string]func(string) (int, *string, error){"v1.1": v11, "v1": v1} {
		if status, jobID, err := dryRun(c.Flavors.Target); err != nil || status != 202 || jobID != nil {
			t.Errorf("%s: dry run: wanted status 202 and no job, got status %d, job %q, error %v", version, status, value(jobID), err)
		}
		_, _, err := dryRun("")
		refused(t, err, 400, "Ecs.0005")
	}
	if after := mustShow(t, me, id); after != before {
		t.Errorf("after dry runs: wanted the server as it was, %+v, got %+v", before, after)
	}
}

// TestCPUOptions turns hyper-threading off and reads it back. Only huaweicloud-sdk-go-v3 knows the option.
func TestCPUOptions(t *testing.T) {
	t.Parallel()
	c := serve(t)
	me, id, one := newHuaweiSDK(t, c, c.accessKey()), c.server(t, "stopped"), model.GetCpuOptionsHwcpuThreadsEnum().E_1
	answer, err := me.resizeV11(id, &model.ResizeServerRequestBody{Resize: &model.ResizePrePaidServerOption{
		FlavorRef: c.Flavors.DedicatedCPU, CpuOptions: &model.CpuOptions{HwcpuThreads: &one}}})
	if err != nil {
		t.Fatal(err)
	}
	done(t, me, accepted{jobID: value(answer.JobId)}, id, c.Flavors.DedicatedCPU, "SHUTOFF")
	shown, err := me.ecs.ShowServer(&model.ShowServerRequest{ServerId: id})
	if err != nil {
		t.Fatal(err)
	}
	if o := shown.Server.CpuOptions; o == nil || o.HwcpuThreads == nil || o.HwcpuThreads.Value() != 1 {
		t.Errorf("wanted hw:cpu_threads 1, got %v", o)
	}
}

// TestDedicatedHost names the host that the server is on. Only huaweicloud-sdk-go-v3 knows the field.
func TestDedicatedHost(t *testing.T) {
	t.Parallel()
	c := serve(t)
	me, id := newHuaweiSDK(t, c, c.accessKey()), c.server(t, "dedicated-host")
	hosts := func() []string {
		answer, err := me.ecs.ShowServer(&model.ShowServerRequest{ServerId: id})
		if err != nil {
			t.Fatal(err)
		}
		if h := answer.Server.OsschedulerHints; h != nil && h.DedicatedHostId != nil {
			return *h.DedicatedHostId
		}
		return nil
	}
	before := hosts()
	if len(before) != 1 {
		t.Fatalf("wanted the server on one host, got %q", before)
	}
	_, err := me.resize("v1.1", id, c.Flavors.Target, options{})
	refused(t, err, 400, "Ecs.0803")
	answer, err := me.resizeV11(id, &model.ResizeServerRequestBody{Resize: &model.ResizePrePaidServerOption{
		FlavorRef: c.Flavors.Target, DedicatedHostId: &before[0]}})
	if err != nil {
		t.Fatal(err)
	}
	done(t, me, accepted{jobID: value(answer.JobId)}, id, c.Flavors.Target, "SHUTOFF")
	if after := hosts(); !slices.Equal(before, after) {
		t.Errorf("wanted the server on host %q, got %q", before, after)
	}
}
