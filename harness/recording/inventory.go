package recording

import (
	"time"

	"resize-conformance/harness/fixture"
)

// Inventory describes a Player so that a run can use it: the servers that the scenarios were given, in the states that they were given in, and credentials that are made up.
func (f *Fixture) Inventory(endpoint string) *fixture.Inventory {
	inv := &fixture.Inventory{
		Endpoint: endpoint, Profile: f.Head.Profile, ProjectID: f.Head.Project, Capabilities: f.Head.Capabilities, Credentials: map[fixture.CredentialName]string{},
		Servers: map[fixture.State][]fixture.Listed{}, PayOrder: endpoint + PayPath, JobTimeout: 30 * time.Second, Poll: time.Millisecond,
	}
	used := f.placeholders()
	for name, setting := range map[string]fixture.CredentialName{
		"$CONFORMANCE_TOKEN": "token", "$CONFORMANCE_EXPIRED_TOKEN": "expired-token", "$CONFORMANCE_DENIED_TOKEN": "denied-token",
		"$CONFORMANCE_THROTTLED_TOKEN": "throttled-token", "$CONFORMANCE_FAILING_TOKEN": "failing-token", "$CONFORMANCE_FOREIGN_TOKEN": "foreign-token",
		"$CONFORMANCE_ACCESS_KEY": "access-key", "$CONFORMANCE_FOREIGN_ACCESS_KEY": "foreign-access-key", "$CONFORMANCE_SECURITY_TOKEN": "security-token",
	} {
		if used[name] {
			inv.Credentials[setting] = Credentials()[name]
		}
	}
	if inv.Credentials["access-key"] != "" {
		inv.Credentials["secret-key"] = Credentials()["$CONFORMANCE_SECRET_KEY"]
	}
	if inv.Credentials["foreign-access-key"] != "" {
		inv.Credentials["foreign-secret-key"] = Credentials()["$CONFORMANCE_FOREIGN_SECRET_KEY"]
	}
	if f.Head.Foreign != "" && (inv.Credentials["foreign-token"] != "" || inv.Credentials["foreign-access-key"] != "") {
		inv.Credentials["foreign-project-id"] = f.Head.Foreign
	}
	listed := map[string]bool{}
	for _, s := range f.Sequences {
		for _, server := range s.Servers {
			if listed[server.ID] {
				continue
			}
			listed[server.ID] = true
			flavors := fixture.FlavorsOf(server.Flavors)
			l := fixture.Listed{ID: server.ID, Flavor: server.Flavor, DedicatedHostID: server.Host}
			if flavors != (fixture.Flavors{}) {
				l.Flavors = &flavors
			}
			if server.State != string(fixture.Foreign) && flavors.Target == "" {
				continue // it could be resized to nothing
			}
			inv.Servers[fixture.State(server.State)] = append(inv.Servers[fixture.State(server.State)], l)
		}
	}
	return inv
}

// placeholders are the credentials that were used in the fixture.
func (f *Fixture) placeholders() map[string]bool {
	used := map[string]bool{}
	for _, s := range f.Sequences {
		for _, x := range s.Exchanges {
			for _, h := range x.RequestHeader {
				for _, name := range placeholder.FindAllString(h.Value, -1) {
					used[name] = true
				}
			}
		}
	}
	return used
}
