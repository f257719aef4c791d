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
	DryRun            []string `yaml:"dry_run"`             // versions that take dry_run
	DowngradeBanned   []string `yaml:"downgrade_banned"`    // versions that refuse a smaller flavor
	SpotBanned        []string `yaml:"spot_banned"`         // versions that refuse spot-priced servers
	WindowsBanned     []string `yaml:"windows_banned"`      // versions that refuse Windows servers
	MustBeStopped     []string `yaml:"must_be_stopped"`     // versions that say that a server must be stopped
	V1PayPerUseOnly   bool     `yaml:"v1_pay_per_use_only"` // v1 is said to refuse yearly/monthly servers
	FlowControlStatus int      `yaml:"flowcontrol_status"`  // HTTP status of error Common.1503
	JobPendingPayment bool     `yaml:"job_pending_payment"` // a job can be PENDING_PAYMENT
	JobKeptDays       int      `yaml:"job_kept_days"`       // how long a job is kept that has ended; 0: nothing is said of it
	ResizeFlavorsPath string   `yaml:"resize_flavors_path"` // template of the path that lists target flavors
	ErrorTable        string   `yaml:"error_table"`         // one of x-error-tables
	ExampleComma      bool     `yaml:"example_comma"`       // the published example has a comma too many
}

// Behaviour gives the profile's behaviour switches; the caller owns the copy.
func (c *Contract) Behaviour() Behaviour {
	b := c.behaviour
	b.Versions, b.CPUOptions = slices.Clone(b.Versions), slices.Clone(b.CPUOptions)
	b.DryRun, b.MustBeStopped = slices.Clone(b.DryRun), slices.Clone(b.MustBeStopped)
	b.DowngradeBanned, b.SpotBanned, b.WindowsBanned = slices.Clone(b.DowngradeBanned), slices.Clone(b.SpotBanned), slices.Clone(b.WindowsBanned)
	return b
}

// BehaviourSwitches lists the switches that x-profile-behaviour can have.
func BehaviourSwitches() []string {
	return []string{"versions", "mode_supported", "deh", "prepaid", "cpu_options", "dry_run", "downgrade_banned", "spot_banned",
		"windows_banned", "must_be_stopped", "v1_pay_per_use_only", "flowcontrol_status", "job_pending_payment", "job_kept_days", "resize_flavors_path",
		"error_table", "example_comma"}
}

// About says which edition a contract is of (info.x-profile-about).
type About struct {
	Title   string   `yaml:"title"`   // the edition's name in full
	Dated   string   `yaml:"dated"`   // of the copy that was read, "2025-12"; "undated" or "unknown"
	Sources []string `yaml:"sources"` // entries of x-sources
}

// Unknown is what is not known of the edition (info.x-profile-unknown).
type Unknown struct {
	Switch string // of x-profile-behaviour; it has the value that promises least
	Why    string
}

// About says which edition this is; the zero value when the document does not.
func (c *Contract) About() About {
	about := c.about
	about.Sources = slices.Clone(about.Sources)
	return about
}

// Unknown lists what is not known of the edition, in the order of BehaviourSwitches.
func (c *Contract) Unknown() []Unknown { return slices.Clone(c.unknown) }

// readAbout reads which edition it is, and what is not known of it.
func (c *Contract) readAbout(about, unknown *yaml.Node) error {
	if about != nil {
		if err := about.Decode(&c.about); err != nil {
			return c.flawf(RuleBehaviour, "/info/x-profile-about", "want title, dated and sources: %v", err)
		}
	}
	var flaws []error
	for key := range yamltree.Pairs(unknown) {
		if !slices.Contains(BehaviourSwitches(), key) {
			flaws = append(flaws, c.flawf(RuleBehaviour, "/info/x-profile-unknown/"+jsonpointer.Escape(key), "unknown behaviour switch %q%s", key, nearest.Hint(key, BehaviourSwitches())))
		}
	}
	for _, key := range BehaviourSwitches() {
		if why := yamltree.Text(unknown, key); why != "" {
			c.unknown = append(c.unknown, Unknown{key, why})
		}
	}
	return errors.Join(flaws...)
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
