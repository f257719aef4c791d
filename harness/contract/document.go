package contract

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

// document is a YAML document whose nodes know their lines.
type document struct {
	file  string
	bytes []byte
	lines [][]byte
	root  *yaml.Node // the mapping at the top
}

// parseDocument reads one YAML document whose top is a mapping. Keys that stand twice in a mapping are an error: which of the two was
// meant cannot be known, and readers differ.
func parseDocument(file string, data []byte) (*document, error) {
	var top yaml.Node
	if err := yaml.Unmarshal(data, &top); err != nil {
		return nil, yamlError(file, err)
	}
	if len(top.Content) == 0 {
		return nil, fmt.Errorf("%s: is empty; want a YAML document", file)
	}
	d := &document{file: file, bytes: data, lines: bytes.Split(data, []byte("\n")), root: top.Content[0]}
	if d.root.Kind != yaml.MappingNode {
		return nil, d.errorf(d.root, "want a mapping at the top, got %s", kindName(d.root))
	}
	if err := d.checkKeys(d.root, ""); err != nil {
		return nil, err
	}
	return d, nil
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// yamlError turns the parser's "yaml: line 12: …" into "file:12: …".
func yamlError(file string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatchIndex(text); m != nil && m[0] == 0 {
		return fmt.Errorf("%s:%s: not YAML: %s", file, text[m[2]:m[3]], text[m[1]:])
	}
	return fmt.Errorf("%s: not YAML: %s", file, text)
}

func (d *document) checkKeys(n *yaml.Node, pointer string) error {
	switch n.Kind {
	case yaml.AliasNode:
		return d.errorf(n, "a YAML alias at %s; write it out, or use $ref", pointer)
	case yaml.MappingNode:
		seen := make(map[string]int, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			at := pointer + "/" + jsonpointer.Escape(key.Value)
			if first, twice := seen[key.Value]; twice {
				return d.errorf(key, "%s stands twice, first in line %d; keep one", at, first)
			}
			seen[key.Value] = key.Line
			if err := d.checkKeys(n.Content[i+1], at); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			if err := d.checkKeys(item, pointer+"/"+strconv.Itoa(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// errorf is an error at the line of a node.
func (d *document) errorf(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", d.file, n.Line, fmt.Errorf(format, args...))
}

// checkReferences makes sure that every $ref stays in the document and finds its target. Its flaws have lines of the files, not of the text that the
// overlay engine makes.
func (c *Contract) checkReferences() error {
	var errs []error
	doc := c.effective
	doc.eachReference(doc.root, "", func(pointer, ref string) {
		target, local := strings.CutPrefix(ref, "#")
		if !local {
			errs = append(errs, c.flawf(RuleReference, pointer, "$ref %q leaves the document; the contract is one file", ref))
			return
		}
		if _, ok := doc.find(target); !ok {
			errs = append(errs, c.flawf(RuleReference, pointer, "$ref %q finds nothing", ref))
		}
	})
	return errors.Join(errs...)
}

func (d *document) eachReference(n *yaml.Node, pointer string, visit func(pointer, ref string)) {
	if n.Kind == yaml.SequenceNode {
		for i, item := range n.Content {
			d.eachReference(item, pointer+"/"+strconv.Itoa(i), visit)
		}
		return
	}
	for key, value := range yamltree.Pairs(n) {
		at := pointer + "/" + jsonpointer.Escape(key)
		switch {
		case key == "$ref" && value.Kind == yaml.ScalarNode:
			visit(at, value.Value)
		case key == "example" || key == "examples":
			// data, in which "$ref" would be a member like any other; references between examples are the libraries' to check
		default:
			d.eachReference(value, at, visit)
		}
	}
}

// find walks a JSON pointer literally, without following $ref.
func (d *document) find(pointer string) (*yaml.Node, bool) {
	return findIn(d.root, jsonpointer.Split(pointer))
}

func findIn(n *yaml.Node, tokens []string) (*yaml.Node, bool) {
	for _, token := range tokens {
		n = yamltree.Child(n, token)
		if n == nil {
			return nil, false
		}
	}
	return n, true
}

// keyNode is the node at which the thing a pointer names begins: its key in a mapping, else the thing itself; nil when there is no such thing.
func (d *document) keyNode(pointer string) *yaml.Node {
	tokens := jsonpointer.Split(pointer)
	if len(tokens) == 0 {
		return d.root
	}
	parent, ok := findIn(d.root, tokens[:len(tokens)-1])
	if !ok {
		return nil
	}
	return keyNodeIn(parent, tokens[len(tokens)-1])
}

func keyNodeIn(parent *yaml.Node, token string) *yaml.Node {
	if parent.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(parent.Content); i += 2 {
			if parent.Content[i].Value == token {
				return parent.Content[i]
			}
		}
		return nil
	}
	return yamltree.Child(parent, token)
}

// resolve follows $refs from a pointer until something stands there that is none, and gives back the pointer of that.
func (d *document) resolve(pointer string) (string, *yaml.Node) {
	n, ok := d.find(pointer)
	for hops := 0; ok && hops < 32; hops++ {
		ref := yamltree.Child(n, "$ref")
		if ref == nil || ref.Kind != yaml.ScalarNode {
			return pointer, n
		}
		pointer = strings.TrimPrefix(ref.Value, "#")
		n, ok = d.find(pointer)
	}
	return pointer, nil
}

var errNotList = errors.New("want a list")

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		return fmt.Sprintf("%q", n.Value)
	default:
		return "an alias"
	}
}
