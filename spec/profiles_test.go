package spec_test

import (
	"testing"

	"resize-conformance/harness/contract"
)

// base is the profile that needs no overlay.
const base = "intl"

// profiles lists every profile: the base first, then one for each overlay file.
func profiles(t *testing.T) []string {
	t.Helper()
	names := contract.Profiles()
	if len(names) < 13 || names[0] != base {
		t.Fatalf("profiles %v", names)
	}
	return names
}

// effective is the contract with a profile's overlay applied, as YAML. An action that changes nothing fails the test.
func effective(t *testing.T, profile string) []byte {
	t.Helper()
	draft, err := contract.Read(contract.Source{Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.OverlayError(); err != nil {
		t.Errorf("profile %s: an action does nothing: %v", profile, err)
	}
	return draft.Document()
}
