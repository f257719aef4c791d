package lint

import (
	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

// operation is one operation of the effective document.
type operation struct {
	id, method, template, pointer string
	node                          *yaml.Node
}

// operations lists the operations of a document in its order.
func operations(root *yaml.Node) []operation {
	var all []operation
	for template, item := range yamltree.Pairs(yamltree.Child(root, "paths")) {
		for method, node := range yamltree.Pairs(item) {
			switch method {
			case "get", "put", "post", "delete", "options", "head", "patch", "trace":
				all = append(all, operation{yamltree.Text(node, "operationId"), method, template, "/paths/" + jsonpointer.Escape(template) + "/" + method, node})
			}
		}
	}
	return all
}
