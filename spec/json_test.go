package spec_test

import (
	"encoding/json"
	"testing"

	"go.yaml.in/yaml/v3"
)

// asJSON renders a YAML node as JSON.
func asJSON(t *testing.T, node *yaml.Node) string {
	t.Helper()
	var value any
	if err := node.Decode(&value); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
