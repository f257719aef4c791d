package target

import (
	"fmt"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
)

// InventoryOf describes a served emulator so that a run in another process can use it: its URL, the first project's credentials, every server in the state it
// is in, the flavors that play a part for it, and what the emulator offers. A server that fits no state, such as one that is locked and frozen, or that the edition does not resize, is left out.
func InventoryOf(e *emulator.Emulator, endpoint string) (*fixture.Inventory, error) {
	d := e.Describe()
	own := d.Projects[0]
	inv := &fixture.Inventory{
		Endpoint: endpoint, Profile: d.Profile, ProjectID: own.ID,
		Credentials: map[fixture.CredentialName]string{}, Servers: map[fixture.State][]fixture.Listed{},
	}
	credential := func(name fixture.CredentialName, value string) {
		if value != "" {
			inv.Credentials[name] = value
		}
	}
	credential("token", own.Token)
	credential("access-key", own.AccessKey)
	credential("secret-key", own.SecretKey)
	credential("security-token", own.SecurityToken)
	credential("expired-token", own.ExpiredToken)
	credential("denied-token", own.DeniedToken)
	credential("throttled-token", own.ThrottledToken)
	credential("failing-token", own.FailingToken)
	if len(d.Projects) > 1 {
		other := d.Projects[1]
		credential("foreign-project-id", other.ID)
		credential("foreign-token", other.Token)
		credential("foreign-access-key", other.AccessKey)
		credential("foreign-secret-key", other.SecretKey)
	}
	inv.Provision = map[fixture.ProvisionName]string{"image": d.Images["Linux"], "windows-image": d.Images["Windows"], "vpc": "made-up-vpc", "subnet": "made-up-subnet"}
	for _, s := range e.Servers() {
		state, fits := stateOf(s, own.ID)
		if !fits || state == fixture.YearlyMonthly && !d.Behaviour.Prepaid || state == fixture.Dedicated && !d.Behaviour.DedicatedHosts {
			continue // the edition resizes no such servers
		}
		listed := fixture.Listed{ID: s.ID}
		if state != fixture.Foreign {
			flavors, err := flavorsOf(e, s.ID)
			if err != nil {
				return nil, fmt.Errorf("inventory: %w", err)
			}
			if flavors.Target == "" {
				continue // it could be resized to nothing
			}
			listed.Flavor, listed.Flavors = s.Flavor, &flavors
			if inv.Flavors == (fixture.Flavors{}) {
				inv.Flavors = flavors
			}
			if inv.Flavors == flavors {
				listed.Flavors = nil
			}
		}
		inv.Servers[state] = append(inv.Servers[state], listed)
	}
	for capability, has := range describedCapabilities(d) {
		for _, c := range Capabilities() {
			if c.Name == capability && has && c.Follows == "" { // all others follow from what the inventory says
				inv.Capabilities = append(inv.Capabilities, string(capability))
			}
		}
	}
	return inv, nil
}

// stateOf finds the one state that a server of the emulator is in.
func stateOf(s emulator.Server, project string) (state fixture.State, fits bool) {
	if s.Project != project {
		return fixture.Foreign, true
	}
	special := map[fixture.State]bool{
		fixture.YearlyMonthly: s.Billing == emulator.PrePaid,
		fixture.Spot:          s.Billing == emulator.Spot,
		fixture.Windows:       s.OS == "Windows",
		fixture.Dedicated:     s.Host != "",
		fixture.Locked:        s.Locked,
		fixture.Frozen:        s.Frozen,
	}
	for name, is := range special {
		switch {
		case is && state != "":
			return "", false
		case is:
			state = name
		}
	}
	switch {
	case s.Status == "ACTIVE" && state == "":
		return fixture.Running, true
	case s.Status == "SHUTOFF" && state == "":
		return fixture.Stopped, true
	}
	return state, state != "" && (s.Status == "ACTIVE" || s.Status == "SHUTOFF")
}
