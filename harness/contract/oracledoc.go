package contract

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/yamltree"
)

// unmatchedPath is a path that the oracles' copy of the document has in addition: its answers are the contract's error response, so that error
// answers to requests which match no operation can be judged by the same means. The name cannot clash: no template has a segment "-".
const unmatchedPath = "/-/unmatched"

// oracleDocument is the effective document without servers (the target decides where the operations live), without our own extensions, and with
// the path for unmatched requests.
func (c *Contract) oracleDocument() (*yaml.Node, error) {
	root := copyWithout(c.effective.root, func(key string, value *yaml.Node) bool {
		return strings.HasPrefix(key, "x-") || (key == "servers" && value.Kind == yaml.SequenceNode)
	})
	if pointer := c.errorResponse(); pointer != "" {
		c.unmatched = &operation{method: http.MethodGet, template: unmatchedPath, responses: map[string]*response{
			"DEFAULT": {key: "default", pointer: pointer, content: c.effective.readContent(pointer + "/content")},
		}}
		var item yaml.Node
		answers := map[string]any{"default": map[string]any{"$ref": "#" + pointer}}
		if err := item.Encode(map[string]any{"get": map[string]any{"summary": "no operation", "responses": answers}}); err != nil {
			return nil, fmt.Errorf("write the path for unmatched requests: %w", err)
		}
		paths := yamltree.Child(root, "paths")
		paths.Content = append(paths.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: unmatchedPath}, &item)
	}
	return root, nil
}

// isProse says that a key is for readers only. libopenapi renders the whole document for every schema that it compiles: without the prose, which
// is most of it, a contract loads in a fraction of the time.
func isProse(key string, _ *yaml.Node) bool {
	return slices.Contains([]string{"description", "summary", "example", "examples", "tags", "externalDocs", "title"}, key)
}

// copyWithout copies a document without the keys that drop names. Where the keys are names given by the document's author (of properties, headers,
// components, examples) or data, nothing is dropped.
func copyWithout(n *yaml.Node, drop func(key string, value *yaml.Node) bool) *yaml.Node {
	copied := *n
	copied.Content = nil
	copied.HeadComment, copied.LineComment, copied.FootComment = "", "", ""
	copied.Style &^= yaml.FlowStyle // a contract written as JSON becomes YAML: libopenapi takes what begins with a brace for JSON, and YAML's is not
	if n.Kind != yaml.MappingNode {
		for _, item := range n.Content {
			copied.Content = append(copied.Content, copyWithout(item, drop))
		}
		return &copied
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := *n.Content[i], n.Content[i+1]
		if drop(key.Value, value) {
			continue
		}
		key.HeadComment, key.LineComment, key.FootComment = "", "", ""
		switch key.Value {
		case "example", "value", "default", "enum": // data
			copied.Content = append(copied.Content, &key, value)
		case "properties", "headers", "examples", "schemas", "responses", "parameters", "requestBodies", "securitySchemes":
			copied.Content = append(copied.Content, &key, copyNamed(value, drop))
		default:
			copied.Content = append(copied.Content, &key, copyWithout(value, drop))
		}
	}
	return &copied
}

// copyNamed copies a mapping whose keys are names: all stay, and of their values copyWithout decides.
func copyNamed(n *yaml.Node, drop func(string, *yaml.Node) bool) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return copyWithout(n, drop)
	}
	copied := *n
	copied.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		copied.Content = append(copied.Content, n.Content[i], copyWithout(n.Content[i+1], drop))
	}
	return &copied
}

// errorResponse finds the response that the contract gives to requests for nothing it has: components/responses/NotFound or Error, or else the
// one that most 4xx, 5xx and default answers refer to.
func (c *Contract) errorResponse() string {
	for _, name := range []string{"NotFound", "Error"} {
		if _, ok := c.effective.find("/components/responses/" + name); ok {
			return "/components/responses/" + name
		}
	}
	count := map[string]int{}
	for _, op := range c.routes {
		for key, r := range op.responses {
			if strings.HasPrefix(r.pointer, "/components/responses/") && (key[0] == '4' || key[0] == '5' || key == "DEFAULT") {
				count[r.pointer]++
			}
		}
	}
	best := ""
	for pointer, n := range count {
		if n > count[best] || (n == count[best] && pointer < best) {
			best = pointer
		}
	}
	return best
}
