package contract

import (
	"errors"
	"slices"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
)

// Behaviour is what a profile's service does that a schema cannot say (info.x-profile-behaviour). A list of versions names those of the resize
// operation in which a rule holds; an empty one: in none.
type Behaviour struct {
	Versions          []string `yaml:"versions"`            // of the resize operation: v1, v1.1
	ModeSupported     bool     `yaml:"mode_supported"`      // mode withStopServer is documented
	DeH               bool     `yaml:"deh"`                 // v1.1 takes dedicated_host_id
	Prepaid           bool     `yaml:"prepaid"`             // v1.1 resizes yearly/monthly servers
	CPUOptions        []string `yaml:"cpu_options"`         // versions that take cpu_options
	DowngradeBanned   []string `yaml:"downgrade_banned"`    // versions that refuse a smaller flavor
	SpotBanned        []string `yaml:"spot_banned"`         // versions that refuse spot-priced servers
	WindowsBanned     []string `yaml:"windows_banned"`      // versions that refuse Windows servers
	MustBeStopped     bool     `yaml:"must_be_stopped"`     // a running server is refused
	FlowControlStatus int      `yaml:"flowcontrol_status"`  // HTTP status of error Common.1503
	JobPendingPayment bool     `yaml:"job_pending_payment"` // a job can be PENDING_PAYMENT
	ResizeFlavorsPath string   `yaml:"resize_flavors_path"` // template of the path that lists target flavors
}

// Behaviour gives the profile's behaviour switches; the caller owns the copy.
func (c *Contract) Behaviour() Behaviour {
	b := c.behaviour
	b.Versions, b.CPUOptions = slices.Clone(b.Versions), slices.Clone(b.CPUOptions)
	b.DowngradeBanned, b.SpotBanned, b.WindowsBanned = slices.Clone(b.DowngradeBanned), slices.Clone(b.SpotBanned), slices.Clone(b.WindowsBanned)
	return b
}

// BehaviourSwitches lists the switches that x-profile-behaviour can have.
func BehaviourSwitches() []string {
	return []string{"versions", "mode_supported", "deh", "prepaid", "cpu_options", "downgrade_banned", "spot_banned", "windows_banned",
		"must_be_stopped", "flowcontrol_status", "job_pending_payment", "resize_flavors_path"}
}

// readBehaviour reads the switches strictly: a misspelled one would silently be off.
func (c *Contract) readBehaviour(n *yaml.Node) error {
	const at = "/info/x-profile-behaviour"
	var flaws []error
	for key := range yamltree.Pairs(n) {
		if !slices.Contains(BehaviourSwitches(), key) {
			flaws = append(flaws, c.flawf(RuleBehaviour, at+"/"+jsonpointer.Escape(key), "unknown behaviour switch %q%s", key, nearest.Hint(key, BehaviourSwitches())))
		}
	}
	if n == nil {
		return nil
	}
	if err := n.Decode(&c.behaviour); err != nil {
		flaws = append(flaws, c.flawf(RuleBehaviour, at, "behaviour switches: %v", err))
	}
	return errors.Join(flaws...)
}
