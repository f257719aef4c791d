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
	DowngradeBanned   []string // versions that refuse a target with less memory or fewer vCPUs
	SpotBanned        []string // versions that refuse spot servers
	WindowsBanned     []string // versions that refuse Windows servers
	FlowControlStatus int      // HTTP status of Common.1503
	PendingPayment    bool     // a job that waits for its order is PENDING_PAYMENT; otherwise it stays INIT
	ResizeFlavorsPath string   // of listResizeFlavors, "{project_id}" in it
}

// Profiles are the names of the vendor editions, the base first.
func Profiles() []string { return []string{"intl", "cn", "otc", "ae-ad-1"} }

// BehaviourOf tells what an edition does; "" is intl. An unknown name is an error with the nearest one.
func BehaviourOf(profile string) (Behaviour, error) {
	const listPath = "/v1/{project_id}/cloudservers/resize_flavors"
	both, v1, v11 := []string{"v1.1", "v1"}, []string{"v1"}, []string{"v1.1"}
	table := map[string]Behaviour{
		"intl": {
			Versions: both, DedicatedHosts: true, Prepaid: true, CPUOptions: v11, SpotBanned: both, WindowsBanned: both,
			FlowControlStatus: http.StatusServiceUnavailable, PendingPayment: true, ResizeFlavorsPath: listPath,
		},
		"cn": { // the ban of spot servers stands on the page of v1 only
			Versions: both, Mode: true, DedicatedHosts: true, Prepaid: true, CPUOptions: both, SpotBanned: v1,
			FlowControlStatus: http.StatusServiceUnavailable, PendingPayment: true, ResizeFlavorsPath: listPath,
		},
		"otc": {
			Versions:          v1,
			FlowControlStatus: http.StatusTooManyRequests, ResizeFlavorsPath: "/v2.1/{project_id}/resize_flavors",
		},
		"ae-ad-1": { // the ban of smaller flavors stands on the page of v1.1 only
			Versions: both, DedicatedHosts: true, Prepaid: true, DowngradeBanned: v11,
			FlowControlStatus: http.StatusServiceUnavailable, ResizeFlavorsPath: listPath,
		},
	}
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
