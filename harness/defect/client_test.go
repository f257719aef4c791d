package defect

import (
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/reference"
)

// A defect can be seen from outside: in some clientProbe the client sends or tells something else than the reference client.
func TestClientDefectsShow(t *testing.T) {
	t.Parallel()
	at := probeClock()
	all := clientProbes()
	var faithful []string
	for _, p := range all {
		first, second := p.run(t, nil, at).String(), p.run(t, nil, at).String()
		if first != second {
			t.Fatalf("%s: the reference client is not the same twice:\n%s\n---\n%s", p.name, first, second)
		}
		faithful = append(faithful, first)
	}
	for _, d := range ClientDefects() {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			for i, p := range all {
				if p.run(t, d.Apply, at).String() != faithful[i] {
					return
				}
			}
			t.Error("no clientProbe tells it from the reference client")
		})
	}
}

// A variant tells its user what the reference client tells, and what it sends keeps the contract and is signed well.
func TestClientVariantsConform(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	at := probeClock()
	all := slices.DeleteFunc(clientProbes(), func(p clientProbe) bool { return p.ask.TimeoutMS > 0 })
	var faithful []outcome
	for _, p := range all {
		faithful = append(faithful, p.run(t, nil, at))
	}
	for _, v := range ClientVariants() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			differs := false
			for i, p := range all {
				got := p.run(t, v.Apply, at)
				differs = differs || got.String() != faithful[i].String()
				if got.told != faithful[i].told && !strings.HasPrefix(v.Name, "says-nothing") && v.Name != "tells-jobs-as-they-are" && !strings.Contains(v.Name, "looked-at") && v.Name != "trailing-data-tolerated" && v.Name != "never-repeats" {
					t.Errorf("%s: told %s, the reference client %s", p.name, got.told, faithful[i].told)
				}
				for n, r := range got.seen {
					if p.name == "odd id" || p.name == "stop" {
						break // ids that are none
					}
					j := c.Judge(t.Context(), &contract.Message{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, RequestHeader: r.Header, RequestBody: got.bodies[n]})
					if len(j.Request)+len(j.Information) > 0 {
						t.Errorf("%s: %s %s breaks the contract: %+v %+v", p.name, r.Method, got.bodies[n], j.Request, j.Information)
					}
					if r.Header.Get("Authorization") == "" {
						continue
					}
					if _, err := verified(r, got.bodies[n], at); err != nil {
						t.Errorf("%s: the signature does not hold: %v", p.name, err)
					}
				}
			}
			if !differs && v.Name != "http1-only" && v.Name != "repeats-refused-connection" {
				t.Error("it does nothing that the reference client does not do")
			}
		})
	}
}

// Client defects and variants say what they are, and keep what was put in before.
func TestClientCatalogue(t *testing.T) {
	t.Parallel()
	contracts, broken := map[string]*contract.Contract{}, map[string]bool{}
	names := map[string]bool{}
	for _, d := range Defects() {
		names[d.Name] = true
	}
	for _, v := range Variants() {
		names[v.Name] = true
	}
	named := func(name, title string, apply func(*reference.Config)) {
		if !namePattern.MatchString(name) || names[name] || title == "" || apply == nil {
			t.Errorf("%q: wanted a name of words with dashes that nothing else has, a title and a way to put it in", name)
		}
		names[name] = true
	}
	for _, d := range ClientDefects() {
		named(d.Name, d.Title, d.Apply)
		c := contracttest.Profile(t, d.Profile)
		contracts[d.Profile] = c
		if len(d.Breaks) == 0 {
			t.Errorf("%s: breaks nothing", d.Name)
		}
		for _, id := range d.Breaks {
			if r, known := c.Requirement(id); !known || r.Side != journal.Client || !r.Applies {
				t.Errorf("%s: breaks %s, which profile %s does not ask of clients", d.Name, id, c.Profile)
			}
			broken[id] = true
		}
	}
	for _, c := range contracts {
		for _, r := range c.Requirements() {
			if r.Family() == "RSZ-CLIENT" && !broken[r.ID] {
				t.Errorf("no client defect breaks %s", r.ID)
			}
		}
	}
	for _, v := range ClientVariants() {
		named(v.Name, v.Title, v.Apply)
		if v.Freedom == "" {
			t.Errorf("%s: where is it left free to?", v.Name)
		}
	}
	if d, v := len(ClientDefects()), len(ClientVariants()); d < 50 || v < 15 {
		t.Errorf("%d defects and %d variants", d, v)
	}
}
