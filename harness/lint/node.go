package lint

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// child is the value under a key of a mapping, nil when there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	for k, v := range pairs(n) {
		if k == key {
			return v
		}
	}
	return nil
}

// text is the scalar under a key, "" when there is none.
func text(n *yaml.Node, key string) string {
	if v := child(n, key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// pairs walks a mapping in the order of the document; anything else has no pairs.
func pairs(n *yaml.Node) func(yield func(key string, value *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// items walks a sequence; anything else has none.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// token escapes one step of a JSON pointer (RFC 6901).
func token(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// operation is one operation of the effective document.
type operation struct {
	id, method, template, pointer string
	node                          *yaml.Node
}

// operations lists the operations of a document in its order.
func operations(root *yaml.Node) []operation {
	var all []operation
	for template, item := range pairs(child(root, "paths")) {
		for method, node := range pairs(item) {
			switch method {
			case "get", "put", "post", "delete", "options", "head", "patch", "trace":
				all = append(all, operation{text(node, "operationId"), method, template, "/paths/" + token(template) + "/" + method, node})
			}
		}
	}
	return all
}
