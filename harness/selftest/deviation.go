package selftest

import (
	"slices"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/reference"
)

// deviation is a defect or a conforming variant, of either side.
type deviation struct {
	name, title string
	kind        string   // of a server's defect
	freedom     string   // of a variant
	profile     string   // never empty
	breaks      []string // what a defect breaks, as far as it can be found: see testable
	server      func(*emulator.Config)
	client      func(*reference.Config)
	jobTimeout  time.Duration
}

// side is whose deviation it is.
func (d *deviation) side() journal.Side {
	if d.client != nil {
		return journal.Client
	}
	return journal.Server
}

// defects lists those that are tried, the servers' first. Apart are those of which nothing that they break is put to the test: nobody can find them.
func (o *Options) defects(editions map[string]edition) (tried, untested []deviation) {
	for _, d := range o.Defects {
		tried = append(tried, deviation{name: d.Name, title: d.Title, kind: string(d.Kind), profile: o.profileOf(d.Profile), breaks: d.Breaks, server: d.Apply, jobTimeout: d.JobTimeout})
	}
	for _, d := range o.ClientDefects {
		tried = append(tried, deviation{name: d.Name, title: d.Title, profile: o.profileOf(d.Profile), breaks: d.Breaks, client: d.Apply})
	}
	tried = slices.DeleteFunc(tried, func(d deviation) bool {
		if len(testable(editions[d.profile].contract, d.breaks)) > 0 {
			return false
		}
		untested = append(untested, d)
		return true
	})
	for i := range tried {
		tried[i].breaks = testable(editions[tried[i].profile].contract, tried[i].breaks)
	}
	return tried, untested
}

// variants lists those that are tried, the servers' first.
func (o *Options) variants() []deviation {
	var out []deviation
	for _, v := range o.Variants {
		out = append(out, deviation{name: v.Name, title: v.Title, freedom: v.Freedom, profile: o.profileOf(v.Profile), server: v.Apply})
	}
	for _, v := range o.ClientVariants {
		out = append(out, deviation{name: v.Name, title: v.Title, freedom: v.Freedom, profile: o.profileOf(""), client: v.Apply})
	}
	return out
}

// testable leaves of what a defect breaks the requirements that the edition puts to the test and that can accuse: a MAY cannot.
func testable(c *contract.Contract, breaks []string) []string {
	return slices.DeleteFunc(slices.Clone(breaks), func(id string) bool {
		r, known := c.Requirement(id)
		return !known || !r.Applies || r.Tested == contract.NotTested || r.Level == journal.May
	})
}

// Seeded counts the defects of a side that can be found, of those in the catalogue.
func Seeded(side journal.Side, contracts func(profile string) *contract.Contract) int {
	n := 0
	count := func(profile string, breaks []string) {
		if len(testable(contracts(profileOf(profile)), breaks)) > 0 {
			n++
		}
	}
	if side == journal.Client {
		for _, d := range defect.ClientDefects() {
			count(d.Profile, d.Breaks)
		}
		return n
	}
	for _, d := range defect.Defects() {
		count(d.Profile, d.Breaks)
	}
	return n
}

// profileOf is the edition in which a deviation is tried that is made for one; "" for the base.
func (o *Options) profileOf(name string) string {
	if o.Profile != "" {
		return o.Profile
	}
	return profileOf(name)
}

func profileOf(name string) string {
	if name == "" {
		return contract.BaseProfile
	}
	return name
}
