package change_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/change"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/journal"
	"resize-conformance/spec"
)

// worst is the gravest grade that a report has for a side.
func worst(r *change.Report, side journal.Side) grade {
	switch {
	case r.Count(change.Breaking, side) > 0:
		return broke
	case r.Count(change.Risky, side) > 0:
		return risky
	default:
		return fine
	}
}

func load(t *testing.T, source contract.Source) *contract.Contract {
	t.Helper()
	c, err := contract.Load(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhomAChangeBreaks(t *testing.T) {
	t.Parallel()
	for _, m := range mutations() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			found, err := change.Messages(spec.Contract, []byte(m.apply(t)))
			if err != nil {
				t.Fatal(err)
			}
			r := &change.Report{Messages: found}
			if c, s := worst(r, journal.Client), worst(r, journal.Server); c != m.clients || s != m.servers {
				t.Errorf("judged %q for clients and %q for servers, want %q and %q\n%+v", c, s, m.clients, m.servers, found)
			}
			for _, f := range found {
				if f.Text == "" || f.Rule == "" || f.Operation == "" {
					t.Errorf("says too little: %+v", f)
				}
			}
		})
	}
}

func TestTheSameContractChangesNothing(t *testing.T) {
	t.Parallel()
	for _, profile := range contract.Profiles() {
		c := contracttest.Profile(t, profile)
		r, err := change.Between(t.Context(), c, c)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Messages) > 0 || !r.Requirements.Empty() || !r.Cases.Empty() || r.Breaks() {
			t.Errorf("%s: %+v", profile, r)
		}
	}
}

// A change of the document shows in the register and in the cases, too.
func TestRequirementsAndCases(t *testing.T) {
	t.Parallel()
	now := mutation{name: "several", edits: []string{
		"level: SHOULD\n          side: server\n          clause: \"Every answer carries a non-empty X-Request-Id header.\"", "level: MUST\n          side: server\n          clause: \"Every answer has a non-empty X-Request-Id header.\"",
		"x-retired-requirements: []", "x-retired-requirements:\n  - {id: RSZ-URI-009, reason: It promises nothing.}",
		"        - id: RSZ-URI-009\n", "        - id: RSZ-URI-709\n",
		"enum: ['true', 'false', '']", "enum: ['true', 'false', '', ask]",
		"codes: [Ecs.0005, Ecs.0000]\n        - id: RSZ-BODY-003", "codes: [Ecs.0005]\n        - id: RSZ-BODY-003",
	}}.apply(t)
	r, err := change.Between(t.Context(), contracttest.Base(t), load(t, contract.Source{File: write(t, now)}))
	if err != nil {
		t.Fatal(err)
	}
	find := func(items []change.Item, id string) change.Item {
		t.Helper()
		for _, i := range items {
			if i.ID == id {
				return i
			}
		}
		t.Errorf("%s is not among %v", id, items)
		return change.Item{}
	}
	find(r.Requirements.Added, "RSZ-URI-709")
	if gone := find(r.Requirements.Removed, "RSZ-URI-009"); !slices.Contains(gone.Fields, "retired: It promises nothing.") {
		t.Errorf("%+v", gone)
	}
	if other := find(r.Requirements.Changed, "RSZ-RSP-008"); len(other.Fields) != 2 || other.Fields[0] != "level: MUST, was SHOULD" {
		t.Errorf("%+v", other)
	}
	if len(r.Requirements.Added) != 1 || len(r.Requirements.Removed) != 1 {
		t.Errorf("%+v", r.Requirements)
	}
	if !slices.ContainsFunc(append(r.Cases.Added, r.Cases.Changed...), func(i change.Item) bool { return strings.Contains(i.ID, "isAutoPay") && strings.Contains(i.ID, "enum") }) {
		t.Errorf("no case of isAutoPay's enum is new: %+v %+v", r.Cases.Added, r.Cases.Changed)
	}
	if !slices.ContainsFunc(r.Cases.Changed, func(i change.Item) bool {
		return slices.Contains(i.Fields, "expected: reject [400] [Ecs.0005], was reject [400] [Ecs.0005 Ecs.0000]")
	}) {
		t.Errorf("no case is expected to be refused otherwise: %+v", r.Cases.Changed)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
