package lint

import (
	"slices"
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
	agree := func(key, what string, said, found bool) {
		if said != found && yamltree.Child(node, key) != nil {
			s.report(ruleAgrees, behaviourAt+"/"+key, "%s: the switch says %t, the document %t", what, said, found)
		}
	}
	path := func(template string) bool { return s.Find("/paths/"+jsonpointer.Escape(template)) != nil }
	member := func(schema, property string) bool {
		return s.Find("/components/schemas/"+schema+"/properties/"+property) != nil
	}
	promise := func(id string) bool {
		return slices.ContainsFunc(s.register, func(r row) bool { return r.ID == id && r.in(s.Profile()) })
	}
	agree("versions", "v1.1 is served", slices.Contains(b.Versions, "v1.1"), path(resizePath))
	agree("versions", "v1 is served", slices.Contains(b.Versions, "v1"), path(resizeV1Path))
	agree("resize_flavors_path", "the path "+b.ResizeFlavorsPath+" is served", true, path(b.ResizeFlavorsPath))
	agree("deh", "v1.1 takes dedicated_host_id", b.DeH, member("Resize", "dedicated_host_id"))
	agree("deh", "RSZ-DEH-001 is a promise", b.DeH, promise("RSZ-DEH-001"))
	agree("prepaid", "v1.1 takes extendparam", b.Prepaid, member("Resize", "extendparam"))
	agree("prepaid", "RSZ-BILL-002 is a promise", b.Prepaid, promise("RSZ-BILL-002"))
	agree("cpu_options", "v1.1 takes cpu_options", slices.Contains(b.CPUOptions, "v1.1"), member("Resize", "cpu_options"))
	agree("cpu_options", "RSZ-CPU-001 is a promise", slices.Contains(b.CPUOptions, "v1.1"), promise("RSZ-CPU-001"))
	agree("cpu_options", "v1 takes cpu_options", slices.Contains(b.CPUOptions, "v1"), member("ResizePostPaid", "cpu_options"))
	agree("mode_supported", "v1 takes mode", b.ModeSupported, member("ResizePostPaid", "mode"))
	agree("must_be_stopped", "RSZ-STATE-002 is a promise", b.MustBeStopped, promise("RSZ-STATE-002"))
	agree("must_be_stopped", "RSZ-V1-004 is a promise", b.MustBeStopped, promise("RSZ-V1-004"))
	agree("spot_banned", "RSZ-SPOT-001 is a promise", slices.Contains(b.SpotBanned, "v1.1"), promise("RSZ-SPOT-001"))
	agree("spot_banned", "RSZ-SPOT-002 is a promise", slices.Contains(b.SpotBanned, "v1"), promise("RSZ-SPOT-002"))
	agree("windows_banned", "RSZ-WIN-001 is a promise", slices.Contains(b.WindowsBanned, "v1.1"), promise("RSZ-WIN-001"))
	agree("downgrade_banned", "RSZ-FLAVOR-012 is a promise", slices.Contains(b.DowngradeBanned, "v1.1"), promise("RSZ-FLAVOR-012"))
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
