package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"resize-conformance/harness/nearest"
)

// Behaviour is what differs between vendor editions of the API, as far as a server shows it. The table follows the
// editions' own pages (intl and cn 2025-12, otc 2026-07, ae-ad-1 2024-04).
type Behaviour struct {
	Versions          []string // of the resize operation: "v1.1", "v1"
	Mode              bool     // resize.mode "withStopServer" is understood
	DedicatedHosts    bool     // resize.dedicated_host_id is understood
	Prepaid           bool     // yearly/monthly servers can be resized, resize.extendparam is understood
	CPUOptions        bool     // resize.cpu_options is understood
	DowngradeBanned   bool     // the target may have neither less memory nor fewer vCPUs
	SpotBanned        bool     // spot servers cannot be resized
	WindowsBanned     bool     // Windows servers cannot be resized
	FlowControlStatus int      // HTTP status of Common.1503
	PendingPayment    bool     // a job that waits for its order is PENDING_PAYMENT; otherwise it stays INIT
	ResizeFlavorsPath string   // of listResizeFlavors, "{project_id}" in it
}

// Profiles are the names of the vendor editions, the base first.
func Profiles() []string { return []string{"intl", "cn", "otc", "ae-ad-1"} }

// BehaviourOf tells what an edition does; "" is intl. An unknown name is an error with the nearest one.
func BehaviourOf(profile string) (Behaviour, error) {
	const listPath = "/v1/{project_id}/cloudservers/resize_flavors"
	table := map[string]Behaviour{
		"intl": {
			Versions: []string{"v1.1", "v1"}, DedicatedHosts: true, Prepaid: true, CPUOptions: true,
			SpotBanned: true, WindowsBanned: true,
			FlowControlStatus: http.StatusServiceUnavailable, PendingPayment: true, ResizeFlavorsPath: listPath,
		},
		"cn": { // the spot ban stands on the v1 page only, but the error table has it for the service as a whole (Ecs.0704)
			Versions: []string{"v1.1", "v1"}, Mode: true, DedicatedHosts: true, Prepaid: true, CPUOptions: true,
			SpotBanned:        true,
			FlowControlStatus: http.StatusServiceUnavailable, PendingPayment: true, ResizeFlavorsPath: listPath,
		},
		"otc": {
			Versions:          []string{"v1"},
			FlowControlStatus: http.StatusTooManyRequests, ResizeFlavorsPath: "/v2.1/{project_id}/resize_flavors",
		},
		"ae-ad-1": {
			Versions: []string{"v1.1", "v1"}, DedicatedHosts: true, Prepaid: true, DowngradeBanned: true,
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
