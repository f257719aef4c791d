package spec_test

import (
	"slices"
	"sort"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// document is what the tests read of an effective contract.
type document struct {
	Info struct {
		Profile   string    `yaml:"x-profile"`
		Behaviour behaviour `yaml:"x-profile-behaviour"`
	} `yaml:"info"`
	Sources  map[string]string               `yaml:"x-sources"`
	Families map[string]string               `yaml:"x-requirement-families"`
	Retired  []struct{ ID, Reason string }   `yaml:"x-retired-requirements"`
	Paths    map[string]map[string]yaml.Node `yaml:"paths"`
	root     yaml.Node
}

// behaviour is x-profile-behaviour: how an edition behaves, for programs.
type behaviour struct {
	Versions          []string `yaml:"versions"`
	ModeSupported     bool     `yaml:"mode_supported"`
	DeH               bool     `yaml:"deh"`
	Prepaid           bool     `yaml:"prepaid"`
	CPUOptions        []string `yaml:"cpu_options"`
	DowngradeBanned   []string `yaml:"downgrade_banned"`
	SpotBanned        []string `yaml:"spot_banned"`
	WindowsBanned     []string `yaml:"windows_banned"`
	MustBeStopped     bool     `yaml:"must_be_stopped"`
	FlowControlStatus int      `yaml:"flowcontrol_status"`
	JobPendingPayment bool     `yaml:"job_pending_payment"`
	ResizeFlavorsPath string   `yaml:"resize_flavors_path"`
}

// operation is what the tests read of one operation.
type operation struct {
	ID           string               `yaml:"operationId"`
	Responses    map[string]yaml.Node `yaml:"responses"`
	Requirements []requirement        `yaml:"x-requirements"`
	method, path string
}

// requirement is one row of the register.
type requirement struct {
	ID       string    `yaml:"id"`
	Level    string    `yaml:"level"`
	Side     string    `yaml:"side"`
	Clause   string    `yaml:"clause"`
	Source   string    `yaml:"source"`
	Profiles []string  `yaml:"profiles"`
	Needs    []string  `yaml:"needs"`
	Tested   string    `yaml:"tested"`
	Reason   string    `yaml:"reason"`
	Statuses []int     `yaml:"statuses"`
	Codes    []string  `yaml:"codes"`
	Match    yaml.Node `yaml:"match"`
}

// sources are the items of a row's source.
func (r requirement) sources() []string { return strings.Split(r.Source, "; ") }

// in says whether a profile makes the promise.
func (r requirement) in(profile string) bool {
	return len(r.Profiles) == 0 || slices.Contains(r.Profiles, profile)
}

// matches are the row's matches, whether it has one or several.
func (r requirement) matches(t *testing.T) []map[string]string {
	t.Helper()
	switch r.Match.Kind {
	case 0:
		return nil
	case yaml.SequenceNode:
		var list []map[string]string
		if err := r.Match.Decode(&list); err != nil {
			t.Fatalf("%s: match: %v", r.ID, err)
		}
		return list
	default:
		var one map[string]string
		if err := r.Match.Decode(&one); err != nil {
			t.Fatalf("%s: match: %v", r.ID, err)
		}
		return []map[string]string{one}
	}
}

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

// operations lists the operations of a document by path and method.
func (d document) operations(t *testing.T) []operation {
	t.Helper()
	var all []operation
	for path, item := range d.Paths {
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			node, ok := item[method]
			if !ok {
				continue
			}
			o := operation{method: method, path: path}
			if err := node.Decode(&o); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			all = append(all, o)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].path+all[i].method < all[j].path+all[j].method })
	return all
}

// requirements lists the whole register of a document, rows of other profiles included.
func (d document) requirements(t *testing.T) []requirement {
	t.Helper()
	var all []requirement
	for _, o := range d.operations(t) {
		all = append(all, o.Requirements...)
	}
	return all
}

// at finds a node of the document by the keys that lead to it; nil when there is none.
func (d document) at(keys ...string) *yaml.Node {
	node := d.root.Content[0]
	for _, key := range keys {
		next := (*yaml.Node)(nil)
		for i := 0; i+1 < len(node.Content) && node.Kind == yaml.MappingNode; i += 2 {
			if node.Content[i].Value == key {
				next = node.Content[i+1]
			}
		}
		if next == nil {
			return nil
		}
		node = next
	}
	return node
}
