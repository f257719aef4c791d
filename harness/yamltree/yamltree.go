// Package yamltree walks the nodes of a YAML document. What is not there, or is of another kind than asked for, is nothing and no error: nil, "" or no pairs.
package yamltree

import (
	"iter"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Child is the value under a key of a mapping or at an index of a sequence, nil when there is none.
func Child(n *yaml.Node, token string) *yaml.Node {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		for key, value := range Pairs(n) {
			if key == token {
				return value
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// Text is the scalar under a key, "" when there is none.
func Text(n *yaml.Node, key string) string {
	if v := Child(n, key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// Pairs walks a mapping in the order of the document; anything else has no pairs.
func Pairs(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
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

// Items are those of a sequence; anything else has none.
func Items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}
