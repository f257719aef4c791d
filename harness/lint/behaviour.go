package lint

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

const (
	behaviourAt  = "/info/x-profile-behaviour"
	resizePath   = "/v1.1/{project_id}/cloudservers/{server_id}/resize"
	resizeV1Path = "/v1/{project_id}/cloudservers/{server_id}/resize"
)

// behaviour holds x-profile-behaviour, which says in one place what a profile's document says in many, against the document.
func (s *subject) behaviour() {
	node := s.Find(behaviourAt)
	var b contract.Behaviour
	if node == nil || node.Decode(&b) != nil {
		return // without switches nothing is said; those of a wrong type are a flaw of the contract
	}
	for _, key := range contract.BehaviourSwitches() {
		if yamltree.Child(node, key) == nil {
			s.report(ruleAgrees, behaviourAt, "there is no switch %s; one that holds nowhere is false or an empty list", key)
		}
	}
	for i, source := range yamltree.Items(s.Find("/info/x-profile-about/sources")) {
		if at := "/info/x-profile-about/sources/" + strconv.Itoa(i); s.Find("/x-sources/"+jsonpointer.Escape(source.Value)) == nil {
			s.report(ruleSource, at, "the edition cites %q, which x-sources does not have", source.Value)
		}
	}
	agree := func(key, what string, said, found bool) {
		if said != found && yamltree.Child(node, key) != nil {
			s.report(ruleAgrees, behaviourAt+"/"+key, "%s: the switch says %t, the document %t", what, said, found)
		}
	}
	path := func(template string) bool { return s.Find("/paths/"+jsonpointer.Escape(template)) != nil }
	member := func(schema, property string) bool {
		return s.Find("/components/schemas/"+schema+"/properties/"+property) != nil
	}
	agree("versions", "v1.1 is served", slices.Contains(b.Versions, "v1.1"), path(resizePath))
	agree("versions", "v1 is served", slices.Contains(b.Versions, "v1"), path(resizeV1Path))
	agree("resize_flavors_path", "the path "+b.ResizeFlavorsPath+" is served", true, path(b.ResizeFlavorsPath))
	agree("deh", "v1.1 takes dedicated_host_id", b.DeH, member("Resize", "dedicated_host_id"))
	agree("prepaid", "v1.1 takes extendparam", b.Prepaid, member("Resize", "extendparam"))
	agree("cpu_options", "v1.1 takes cpu_options", slices.Contains(b.CPUOptions, "v1.1"), member("Resize", "cpu_options"))
	agree("cpu_options", "v1 takes cpu_options", slices.Contains(b.CPUOptions, "v1"), member("ResizePostPaid", "cpu_options"))
	agree("mode_supported", "mode is taken", b.ModeSupported, member("ResizePostPaid", "mode") || member("Resize", "mode"))
	for _, of := range []struct {
		key    string
		listed []string
	}{
		{"cpu_options", b.CPUOptions}, {"dry_run", b.DryRun}, {"downgrade_banned", b.DowngradeBanned}, {"spot_banned", b.SpotBanned},
		{"windows_banned", b.WindowsBanned}, {"must_be_stopped", b.MustBeStopped},
	} {
		for _, version := range of.listed {
			agree(of.key, version+" is one of the versions", true, slices.Contains(b.Versions, version))
		}
	}
	agree("dry_run", "v1.1 takes dry_run", slices.Contains(b.DryRun, "v1.1"), member("ResizeServerRequest", "dry_run"))
	agree("dry_run", "v1 takes dry_run", slices.Contains(b.DryRun, "v1"), member("ResizePostPaidServerRequest", "dry_run"))
	agree("error_table", "x-error-tables has the table "+b.ErrorTable, true, s.Find("/x-error-tables/"+jsonpointer.Escape(b.ErrorTable)) != nil)
	agree("job_pending_payment", "a job can be PENDING_PAYMENT", b.JobPendingPayment, s.hasWord("/components/schemas/JobStatus/enum", "PENDING_PAYMENT"))
	agree("flowcontrol_status", "429 is the status of Common.1503", b.FlowControlStatus == 429, s.exampleSays("TooManyRequests", "Common.1503"))
	agree("flowcontrol_status", "503 is the status of Common.1503", b.FlowControlStatus == 503, s.exampleSays("ServiceUnavailable", "Common.1503"))
}

func (s *subject) hasWord(list, word string) bool {
	return slices.ContainsFunc(yamltree.Items(s.Find(list)), func(n *yaml.Node) bool { return n.Value == word })
}

// exampleSays tells whether the examples of a response have a word in them.
func (s *subject) exampleSays(response, word string) bool {
	node := s.Find("/components/responses/" + response + "/content/application~1json/examples")
	if node == nil {
		return false
	}
	text, err := yaml.Marshal(node)
	return err == nil && strings.Contains(string(text), word)
}
