package emulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/nearest"
	"resize-conformance/harness/strictfile"
)

// Validate fills in defaults and checks that everything named exists and nothing stands twice. All that is wrong is told at once.
func (s *State) Validate() error {
	c := checker{s: s}
	c.projects()
	c.flavors()
	c.reachable()
	c.hosts()
	c.servers()
	return strictfile.ErrorOf(c.found)
}

type checker struct {
	s                                  *State
	projectIDs, flavorIDs, hostIDs     []string
	tokens, accessKeys, serverIDs, all []string
	found                              []strictfile.Problem
}

func (c *checker) complain(w *where, format string, args ...any) {
	c.found = append(c.found, w.problem(format, args...))
}

// unique wants an id that is there and new.
func (c *checker) unique(w *where, what, id string, seen *[]string) {
	switch {
	case id == "":
		c.complain(w, "%s is missing", what)
	case slices.Contains(*seen, id):
		c.complain(w, "%s %q stands here a second time", what, id)
	}
	*seen = append(*seen, id)
}

// known wants a name that exists.
func (c *checker) known(w *where, what, name string, names []string) {
	if !slices.Contains(names, name) {
		c.complain(w, "%s %q is not known%s", what, name, hintOrList(name, names))
	}
}

func hintOrList(name string, names []string) string {
	if hint := nearest.Hint(name, names); hint != "" {
		return hint
	}
	if len(names) == 0 {
		return " (there are none)"
	}
	return " (known: " + strings.Join(names, ", ") + ")"
}

func (c *checker) projects() {
	if len(c.s.Zones) == 0 {
		c.s.Zones = []string{"zone-1"}
	}
	if c.s.Region == "" {
		c.s.Region = "region-1"
	}
	if len(c.s.Projects) == 0 {
		c.complain(&where{}, "there is no project; every request names one in its path")
	}
	for i := range c.s.Projects {
		p := &c.s.Projects[i]
		c.unique(&p.where, "project id", p.ID, &c.projectIDs)
		if p.Name == "" {
			p.Name = p.ID
		}
		for j := range p.Tokens {
			t := &p.Tokens[j]
			c.unique(&t.where, "token", t.Token, &c.tokens)
			c.actions(&t.where, t.Deny)
			for _, m := range t.Meets {
				c.known(&t.where, "trouble", string(m), troubleNames())
			}
			if t.Expires != "" {
				at, err := time.Parse(time.RFC3339, t.Expires)
				if err != nil {
					c.complain(&t.where, "expires: wanted a time like 2026-01-02T15:04:05Z, got %q", t.Expires)
				}
				t.expires = at
			}
		}
		for j := range p.Keys {
			k := &p.Keys[j]
			c.unique(&k.where, "access key", k.Access, &c.accessKeys)
			c.actions(&k.where, k.Deny)
			if k.Secret == "" {
				c.complain(&k.where, "access key %q has no secret", k.Access)
			}
		}
	}
}

func (c *checker) actions(w *where, denied []string) {
	for _, a := range denied {
		c.known(w, "action", a, actions())
	}
}

func (c *checker) flavors() {
	if len(c.s.Flavors) == 0 {
		c.complain(&where{}, "there is no flavor")
		return
	}
	for i := range c.s.Flavors {
		f := &c.s.Flavors[i]
		c.unique(&f.where, "flavor id", f.ID, &c.flavorIDs)
		if f.VCPUs <= 0 || f.RAM <= 0 {
			c.complain(&f.where, "flavor %q: vcpus and ram (MiB) must be positive, got %d and %d", f.ID, f.VCPUs, f.RAM)
		}
		for zone := range f.Capacity {
			c.known(&f.where, "zone", zone, c.s.Zones)
		}
		for key, status := range f.ExtraSpecs {
			if key == keyStatus {
				c.known(&f.where, keyStatus, status, saleStates())
			}
		}
		if _, err := parseZoneStates(f.ExtraSpecs[keyZones]); err != nil {
			c.complain(&f.where, "flavor %q: %s: %v", f.ID, keyZones, err)
		}
	}
	if c.s.DefaultFlavor == "" {
		c.s.DefaultFlavor = c.s.Flavors[0].ID
	}
	c.known(&where{}, "default-flavor", c.s.DefaultFlavor, c.flavorIDs)
}

func (c *checker) reachable() {
	for i := range c.s.Reachable {
		r := &c.s.Reachable[i]
		for _, id := range slices.Concat(r.From, r.To) {
			c.known(&r.where, "flavor", id, c.flavorIDs)
		}
	}
}

func (c *checker) hosts() {
	for i := range c.s.Hosts {
		h := &c.s.Hosts[i]
		c.unique(&h.where, "host id", h.ID, &c.hostIDs)
		defaultTo(&h.Project, c.projectIDs)
		defaultTo(&h.Zone, c.s.Zones)
		c.known(&h.where, "project", h.Project, c.projectIDs)
		c.known(&h.where, "zone", h.Zone, c.s.Zones)
	}
}

func (c *checker) servers() {
	for i := range c.s.Servers {
		s := &c.s.Servers[i]
		if s.ID != "" {
			c.unique(&s.where, "server id", s.ID, &c.serverIDs)
		}
		c.server(s)
	}
}

// server fills in and checks one server; AddServer uses it too.
func (c *checker) server(s *ServerSpec) {
	defaultTo(&s.Project, c.projectIDs)
	defaultTo(&s.Flavor, []string{c.s.DefaultFlavor})
	defaultTo(&s.Status, []string{StatusShutoff})
	defaultTo(&s.Billing, []string{PostPaid})
	defaultTo(&s.OSType, []string{"Linux"})
	c.known(&s.where, "project", s.Project, c.projectIDs)
	c.known(&s.where, "flavor", s.Flavor, c.flavorIDs)
	c.known(&s.where, "status", s.Status, Statuses())
	c.known(&s.where, "billing", s.Billing, []string{PostPaid, PrePaid, Spot})
	c.known(&s.where, "os", s.OSType, []string{"Linux", "Windows"})
	if s.CPUThreads < 0 || s.CPUThreads > 2 {
		c.complain(&s.where, "cpu-threads: wanted 1 or 2, or nothing, got %d", s.CPUThreads)
	}
	if s.DedicatedHostID != "" {
		c.known(&s.where, "host", s.DedicatedHostID, c.hostIDs)
		for _, h := range c.s.Hosts {
			if h.ID == s.DedicatedHostID {
				defaultTo(&s.Zone, []string{h.Zone})
				if h.Project != s.Project || h.Zone != s.Zone {
					c.complain(&s.where, "host %q is in project %s, zone %s; the server is in %s, %s", h.ID, h.Project, h.Zone, s.Project, s.Zone)
				}
			}
		}
	}
	defaultTo(&s.Zone, c.s.Zones)
	c.known(&s.where, "zone", s.Zone, c.s.Zones)
}

func defaultTo(field *string, values []string) {
	if *field == "" && len(values) > 0 {
		*field = values[0]
	}
}

func (w *where) problem(format string, args ...any) strictfile.Problem {
	file := w.file
	if file == "" {
		file = "state"
	}
	return strictfile.Problem{File: file, Line: w.line, Text: fmt.Sprintf(format, args...)}
}
