package spec_test

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const (
	resizePath   = "/v1.1/{project_id}/cloudservers/{server_id}/resize"
	resizeV1Path = "/v1/{project_id}/cloudservers/{server_id}/resize"
)

// x-profile-behaviour says in one place what a profile's document says in many; the two must agree.
func TestBehaviourAgreesWithTheDocument(t *testing.T) {
	for _, profile := range profiles(t) {
		t.Run(profile, func(t *testing.T) {
			d := read(t, profile)
			b := d.Info.Behaviour
			agree := func(what string, said, found bool) {
				t.Helper()
				if said != found {
					t.Errorf("x-profile-behaviour: %s is %t, the document says %t", what, said, found)
				}
			}
			in := func(schema, property string) bool {
				return d.at("components", "schemas", schema, "properties", property) != nil
			}
			makes := func(id string) bool {
				return slices.ContainsFunc(d.requirements(t), func(r requirement) bool { return r.ID == id && r.in(profile) })
			}

			if d.Info.Profile != profile {
				t.Errorf("x-profile is %q", d.Info.Profile)
			}
			agree("versions has v1.1", slices.Contains(b.Versions, "v1.1"), d.Paths[resizePath] != nil)
			agree("versions has v1", slices.Contains(b.Versions, "v1"), d.Paths[resizeV1Path] != nil)
			agree("resize_flavors_path is served", true, d.Paths[b.ResizeFlavorsPath] != nil)
			agree("deh", b.DeH, in("Resize", "dedicated_host_id"))
			agree("deh", b.DeH, makes("RSZ-DEH-001"))
			agree("prepaid", b.Prepaid, in("Resize", "extendparam"))
			agree("prepaid", b.Prepaid, makes("RSZ-BILL-002"))
			agree("cpu_options has v1.1", slices.Contains(b.CPUOptions, "v1.1"), in("Resize", "cpu_options"))
			agree("cpu_options has v1.1", slices.Contains(b.CPUOptions, "v1.1"), makes("RSZ-CPU-001"))
			agree("cpu_options has v1", slices.Contains(b.CPUOptions, "v1"), in("ResizePostPaid", "cpu_options"))
			agree("mode_supported", b.ModeSupported, in("ResizePostPaid", "mode"))
			agree("must_be_stopped", b.MustBeStopped, makes("RSZ-STATE-002"))
			agree("must_be_stopped", b.MustBeStopped, makes("RSZ-V1-004"))
			agree("spot_banned has v1.1", slices.Contains(b.SpotBanned, "v1.1"), makes("RSZ-SPOT-001"))
			agree("spot_banned has v1", slices.Contains(b.SpotBanned, "v1"), makes("RSZ-SPOT-002"))
			agree("windows_banned has v1.1", slices.Contains(b.WindowsBanned, "v1.1"), makes("RSZ-WIN-001"))
			agree("downgrade_banned has v1.1", slices.Contains(b.DowngradeBanned, "v1.1"), makes("RSZ-FLAVOR-012"))
			agree("job_pending_payment", b.JobPendingPayment, slices.Contains(jobStatuses(t, d), "PENDING_PAYMENT"))
			agree("flowcontrol_status is 429", b.FlowControlStatus == 429, strings.Contains(exampleText(t, d, "TooManyRequests"), "Common.1503"))
			agree("flowcontrol_status is 503", b.FlowControlStatus == 503, strings.Contains(exampleText(t, d, "ServiceUnavailable"), "Common.1503"))
		})
	}
}

// Every key that programs read must be there in every profile, also where an overlay empties a list.
func TestBehaviourHasEveryKey(t *testing.T) {
	for _, profile := range profiles(t) {
		d := read(t, profile)
		for _, key := range []string{
			"versions", "mode_supported", "deh", "prepaid", "cpu_options", "downgrade_banned", "spot_banned", "windows_banned",
			"must_be_stopped", "flowcontrol_status", "job_pending_payment", "resize_flavors_path",
		} {
			if d.at("info", "x-profile-behaviour", key) == nil {
				t.Errorf("profile %s: x-profile-behaviour has no %s", profile, key)
			}
		}
	}
}

// jobStatuses lists the words a job's status can be.
func jobStatuses(t *testing.T, d document) []string {
	t.Helper()
	node := d.at("components", "schemas", "JobStatus", "enum")
	if node == nil {
		t.Fatal("components.schemas.JobStatus has no enum")
	}
	var words []string
	if err := node.Decode(&words); err != nil {
		t.Fatal(err)
	}
	return words
}

// exampleText is the YAML of a response's examples, "" when it has none.
func exampleText(t *testing.T, d document, response string) string {
	t.Helper()
	node := d.at("components", "responses", response, "content", "application/json", "examples")
	if node == nil {
		return ""
	}
	text, err := yaml.Marshal(node)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
