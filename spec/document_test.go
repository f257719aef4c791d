package spec_test

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// document is what the tests read of an effective contract.
type document struct {
	Paths map[string]map[string]yaml.Node `yaml:"paths"`
	root  yaml.Node
}

// requirement is what the tests read of one row of the register.
type requirement struct {
	ID     string `yaml:"id"`
	Source string `yaml:"source"`
}

// sources are the items of a row's source.
func (r requirement) sources() []string { return strings.Split(r.Source, "; ") }

// read decodes the effective contract of a profile.
func read(t *testing.T, profile string) document {
	t.Helper()
	raw := effective(t, profile)
	var d document
	if err := yaml.Unmarshal(raw, &d); err != nil {
		t.Fatalf("profile %s: %v", profile, err)
	}
	if err := yaml.Unmarshal(raw, &d.root); err != nil {
		t.Fatalf("profile %s: %v", profile, err)
	}
	return d
}

// requirements lists the whole register of a document, rows of other profiles included.
func (d document) requirements(t *testing.T) []requirement {
	t.Helper()
	var all []requirement
	for path, item := range d.Paths {
		for method, node := range item {
			if node.Kind != yaml.MappingNode {
				continue // the parameters of a path
			}
			var o struct {
				Requirements []requirement `yaml:"x-requirements"`
			}
			if err := node.Decode(&o); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			all = append(all, o.Requirements...)
		}
	}
	return all
}
