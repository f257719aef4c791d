package defect

import (
	"regexp"
	"slices"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
)

var namePattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// A defect says truly what it breaks, or the selftest would look for it in the wrong place.
func TestDefectsNameRequirementsThatAreTested(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, d := range Defects() {
		if !namePattern.MatchString(d.Name) || names[d.Name] {
			t.Errorf("%q: wanted a name of words with dashes that nothing else has", d.Name)
		}
		names[d.Name] = true
		if d.Title == "" || d.Kind == "" || len(d.Breaks) == 0 || d.Apply == nil {
			t.Errorf("%s: wanted a title, a kind, something that it breaks and a way to put it in; got %+v", d.Name, d)
		}
		c := contracttest.Profile(t, d.Profile)
		for i, id := range d.Breaks {
			r, known := c.Requirement(id)
			if !known || !r.Applies || r.Tested == contract.NotTested || r.Level == journal.May {
				t.Errorf("%s: breaks %s, which profile %s does not test, or whose breach it does not call one", d.Name, id, c.Profile)
			}
			if slices.Contains(d.Breaks[:i], id) {
				t.Errorf("%s: breaks %s twice", d.Name, id)
			}
		}
	}
	for _, v := range Variants() {
		if !namePattern.MatchString(v.Name) || names[v.Name] {
			t.Errorf("%q: wanted a name of words with dashes that nothing else has", v.Name)
		}
		names[v.Name] = true
		if v.Title == "" || v.Freedom == "" || v.Apply == nil {
			t.Errorf("%s: wanted a title, where the freedom comes from, and a way to put it in; got %+v", v.Name, v)
		}
	}
}

// Whatever is put in, an emulator comes of it, also beside another deviation.
func TestDeviationsCompose(t *testing.T) {
	t.Parallel()
	all := map[string]func(*emulator.Config){}
	for _, d := range Defects() {
		all[d.Name] = d.Apply
	}
	for _, v := range Variants() {
		all[v.Name] = v.Apply
	}
	for name, apply := range all {
		config := emulator.Config{}
		withoutRule("spot")(&config)
		apply(&config)
		if _, err := emulator.New(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
