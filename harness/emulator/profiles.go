package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"resize-conformance/harness/nearest"
)

// Behaviour is what differs between vendor editions of the API, as far as a server shows it. The contract has the same
// table, as x-profile-behaviour of each edition's effective document; a test keeps the two alike. It is written down here
// once more so that the emulator does not take its behaviour from the document that it is judged by.
type Behaviour struct {
	Versions          []string // of the resize operation: "v1.1", "v1"
	Mode              bool     // resize.mode "withStopServer" is understood
	DedicatedHosts    bool     // resize.dedicated_host_id is understood by v1.1
	Prepaid           bool     // yearly/monthly servers can be resized with v1.1, which understands resize.extendparam
	CPUOptions        []string // versions that understand resize.cpu_options
	DryRun            []string // versions that understand dry_run; to the others it is an unknown member
	DowngradeBanned   []string // versions that refuse a target with less memory or fewer vCPUs
	SpotBanned        []string // versions that refuse spot servers
	WindowsBanned     []string // versions that refuse Windows servers
	FlowControlStatus int      // HTTP status of Common.1503
	PendingPayment    bool     // a job that waits for its order is PENDING_PAYMENT; otherwise it stays INIT
	ResizeFlavorsPath string   // of listResizeFlavors, "{project_id}" in it
	ErrorTable        string   // whose table of error codes: "cn", or the smaller ones of "swiss" and "otc"
}

// Profiles are the names of the vendor editions, the base first.
func Profiles() []string {
	return []string{"intl", "ae-ad-1", "cloud-ru", "cn", "en-old", "eu", "flexible-engine", "hcs", "intl-2022", "my-kualalumpur-1", "otc", "swiss", "tr-central-201"}
}

// BehaviourOf tells what an edition does; "" is intl. An unknown name is an error with the nearest one. Of what is not known of an edition its emulator does
// as little as can be: it bans nothing and knows no field.
func BehaviourOf(profile string) (Behaviour, error) {
	const listPath, otherListPath = "/v1/{project_id}/cloudservers/resize_flavors", "/v2.1/{project_id}/resize_flavors"
	const busy = http.StatusServiceUnavailable
	both, v1, v11 := []string{"v1.1", "v1"}, []string{"v1"}, []string{"v1.1"}
	table := map[string]Behaviour{
		"intl": {
			Versions: both, DedicatedHosts: true, Prepaid: true, CPUOptions: v11, DryRun: both, SpotBanned: both, WindowsBanned: both,
			FlowControlStatus: busy, PendingPayment: true, ResizeFlavorsPath: listPath, ErrorTable: "cn",
		},
		"intl-2022": { // the pages of v1 were not read
			Versions: both, DedicatedHosts: true, Prepaid: true, DryRun: both, SpotBanned: v11,
			FlowControlStatus: busy, PendingPayment: true, ResizeFlavorsPath: listPath, ErrorTable: "cn",
		},
		"cn": { // the ban of spot servers stands on the page of v1 only
			Versions: both, Mode: true, DedicatedHosts: true, Prepaid: true, CPUOptions: both, DryRun: both, SpotBanned: v1,
			FlowControlStatus: busy, PendingPayment: true, ResizeFlavorsPath: listPath, ErrorTable: "cn",
		},
		"en-old": { // from before dry_run
			Versions: v11, Mode: true, DedicatedHosts: true, Prepaid: true,
			FlowControlStatus: busy, PendingPayment: true, ResizeFlavorsPath: listPath, ErrorTable: "otc",
		},
		"eu": {
			Versions: both, DedicatedHosts: true, Prepaid: true, DryRun: both, SpotBanned: v11,
			FlowControlStatus: busy, PendingPayment: true, ResizeFlavorsPath: listPath, ErrorTable: "otc",
		},
		"ae-ad-1": { // the ban of smaller flavors stands on the page of v1.1 only
			Versions: both, DedicatedHosts: true, Prepaid: true, DryRun: both, DowngradeBanned: v11,
			FlowControlStatus: busy, ResizeFlavorsPath: listPath, ErrorTable: "otc",
		},
		"cloud-ru": {
			Versions: v11, DedicatedHosts: true, Prepaid: true, DryRun: v11, DowngradeBanned: v11,
			FlowControlStatus: busy, PendingPayment: true, ResizeFlavorsPath: listPath, ErrorTable: "otc",
		},
		"hcs": {Versions: v11, FlowControlStatus: busy, PendingPayment: true, ResizeFlavorsPath: listPath, ErrorTable: "otc"},
		"tr-central-201": {
			Versions: v1, Mode: true, DryRun: v1, FlowControlStatus: busy, ResizeFlavorsPath: otherListPath, ErrorTable: "otc",
		},
		"flexible-engine": {Versions: v1, DryRun: v1, FlowControlStatus: busy, ResizeFlavorsPath: listPath, ErrorTable: "otc"},
		"otc":             {Versions: v1, DryRun: v1, FlowControlStatus: http.StatusTooManyRequests, ResizeFlavorsPath: otherListPath, ErrorTable: "otc"},
		"swiss":           {Versions: v1, Mode: true, DryRun: v1, FlowControlStatus: busy, ResizeFlavorsPath: otherListPath, ErrorTable: "swiss"},
	}
	table["my-kualalumpur-1"] = table["ae-ad-1"] // its pages say the same
	if profile == "" {
		profile = Profiles()[0]
	}
	b, known := table[profile]
	if !known {
		names := slices.Sorted(maps.Keys(table))
		return b, fmt.Errorf("the emulator has no profile %q%s (known: %s)", profile, nearest.Hint(profile, names), strings.Join(names, ", "))
	}
	return b, nil
}

// code is an error code in the edition's words: where its table does not have it, the nearest one that all tables have.
func (b Behaviour) code(code string) string {
	inAll := map[string]string{"Ecs.0018": "Ecs.0319", "Ecs.0019": "Ecs.0029", "Ecs.0016": "Ecs.0005", "Ecs.0704": "Ecs.0005", "Ecs.7000": "Ecs.0005"}
	if b.ErrorTable == "cn" {
		return code
	}
	if b.ErrorTable == "otc" {
		inAll["Ecs.0803"], inAll["Ecs.0804"] = "Ecs.0005", "Ecs.0005"
	}
	if other := inAll[code]; other != "" {
		return other
	}
	return code
}
