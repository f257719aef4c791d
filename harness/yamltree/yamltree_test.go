package yamltree

import (
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestWalk(t *testing.T) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte("b: {x: 1}\na: [p, q]\n"), &doc); err != nil {
		t.Fatal(err)
	}
	root := doc.Content[0]
	var keys string
	for key := range Pairs(root) {
		keys += key
	}
	if keys != "ba" {
		t.Errorf("keys in the order %q, want the document's, ba", keys)
	}
	if got := Text(Child(root, "b"), "x"); got != "1" {
		t.Errorf("/b/x is %q", got)
	}
	if got := Text(Child(root, "a"), "1"); got != "q" {
		t.Errorf("/a/1 is %q", got)
	}
	if got := len(Items(Child(root, "a"))); got != 2 {
		t.Errorf("/a has %d items", got)
	}
	// What is not there, or of another kind, is nothing.
	for _, n := range []*yaml.Node{nil, Child(root, "c"), Child(Child(root, "a"), "2"), Child(Child(root, "a"), "-1"), Child(Child(root, "a"), "x"), Child(Child(root, "a"), "0")} {
		for key := range Pairs(n) {
			t.Errorf("a pair %q of nothing", key)
		}
		if len(Items(n)) > 0 || Child(n, "0") != nil || Text(n, "0") != "" {
			t.Errorf("%v has something in it", n)
		}
	}
	if got := Text(root, "b"); got != "" {
		t.Errorf("a mapping has the text %q", got)
	}
}
