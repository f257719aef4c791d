package spec_test

import (
	"path"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"

	"resize-conformance/spec"
)

// base is the profile that needs no overlay.
const base = "intl"

// profiles lists every profile: the base first, then one for each overlay file.
func profiles(t *testing.T) []string {
	t.Helper()
	entries, err := spec.Profiles.ReadDir("profiles")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{base}
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), path.Ext(entry.Name())))
	}
	return names
}

// effective is the contract with a profile's overlay applied, as YAML. An action that changes nothing fails the test.
func effective(t *testing.T, profile string) []byte {
	t.Helper()
	if profile == base {
		return spec.Contract
	}
	overlay, err := spec.Profiles.ReadFile("profiles/" + profile + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := libopenapi.NewDocument(spec.Contract)
	if err != nil {
		t.Fatal(err)
	}
	result, err := libopenapi.ApplyOverlayFromBytes(document, overlay)
	if err != nil {
		t.Fatalf("profile %s: the overlay does not apply: %v", profile, err)
	}
	for _, warning := range result.Warnings {
		t.Errorf("profile %s: an action does nothing: %v", profile, warning)
	}
	return result.Bytes
}
