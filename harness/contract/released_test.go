package contract_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/spec"
)

// A released set never changes: whoever is pinned to it relies on that. What is new goes into the file of the version that brings it, with a line here.
func TestReleasedSetsNeverChange(t *testing.T) {
	frozen := map[string]string{
		"0.1.0": "4cac37425154295e53d672c066f0a7ac7da2f76199b646d566ac5d3f7acabcc0",
	}
	for _, version := range contract.Releases() {
		data, err := spec.Released.ReadFile("released/" + version + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); frozen[version] != got {
			t.Errorf("spec/released/%s.txt has the hash %s, want %q: a released set never changes; write what is new into the file of the next version", version, got, frozen[version])
		}
		delete(frozen, version)
	}
	for version := range frozen {
		t.Errorf("spec/released/%s.txt is gone; who is pinned to it cannot run any more", version)
	}
}

// Every id of a released set is known, in some profile or as one that was given up, and belongs to no other set before it.
func TestReleasedRequirementsAreKnown(t *testing.T) {
	for _, version := range contract.Releases() {
		set, known := contract.Released(version)
		if !known || len(set) < 200 {
			t.Errorf("%s: %v, %d requirements", version, known, len(set))
		}
		for id := range set {
			if !slices.ContainsFunc(contract.Profiles(), func(p string) bool { _, there := contracttest.Profile(t, p).Requirement(id); return there }) {
				t.Errorf("%s: no profile has %s, not even among those given up", version, id)
			}
		}
	}
	if _, known := contract.Released("9.9.9"); known {
		t.Error("there is no version 9.9.9")
	}
	if got := contract.Since("RSZ-STATE-002"); got != "0.1.0" {
		t.Errorf("RSZ-STATE-002 is there since %s", got)
	}
	if got := contract.Since("RSZ-STATE-999"); got != contract.Unreleased {
		t.Errorf("RSZ-STATE-999 is there since %s", got)
	}
}
