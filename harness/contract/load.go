package contract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/spec"
)

// EmbeddedFile is how reports name the embedded document: its path in the repository.
const EmbeddedFile = "spec/openapi.yaml"

// Load reads, overlays and checks a contract and prepares both oracles.
//
// Errors say file and line, and all that one reading can find is told at once: YAML that cannot be read, a name that stands twice, a $ref that
// finds nothing, a document that either library holds invalid, an overlay target that matches nothing, a register row that breaks its rules.
func Load(ctx context.Context, src Source) (*Contract, error) {
	base, err := readBase(src.File)
	if err != nil {
		return nil, err
	}
	c := &Contract{File: base.file, Profile: BaseProfile, base: base, effective: base}
	if c.overlay, err = readOverlay(src.Profile); err != nil {
		return nil, err
	}
	if c.overlay != nil {
		c.Profile = c.overlay.name
		if c.effective, err = c.overlay.apply(base); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(c.effective.bytes)
	c.Hash = hex.EncodeToString(sum[:])
	if err := c.readInfo(); err != nil {
		return nil, err
	}
	if err := c.checkReferences(); err != nil {
		return nil, err
	}
	if c.routes, err = c.readOperations(); err != nil {
		return nil, err
	}
	profiles := Profiles()
	if !slices.Contains(profiles, c.Edition) {
		profiles = append(profiles, c.Edition)
	}
	register, registerErr := c.readRegister(profiles)
	oracleErr := c.prepareOracles(ctx)
	if err := errors.Join(registerErr, oracleErr); err != nil {
		return nil, err
	}
	c.register = register
	return c, nil
}

func readBase(file string) (*document, error) {
	if file == "" {
		return parseDocument(EmbeddedFile, spec.Contract)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	return parseDocument(file, data)
}

func (c *Contract) readInfo() error {
	root := c.effective.root
	version := text(root, "openapi")
	if !strings.HasPrefix(version, "3.0.") {
		return fmt.Errorf("%s: openapi: %q; want 3.0.x: for 3.1 both oracles would use the same engine, and their agreement would say little", c.Locate("/openapi"), version)
	}
	info := child(root, "info")
	c.Title, c.Version = text(info, "title"), text(info, "version")
	c.Edition = text(info, "x-profile")
	if c.Edition == "" {
		c.Edition = c.Profile
	}
	return c.readBehaviour(child(info, "x-profile-behaviour"))
}

// checkReferences tells dangling references with a line of the files, not of the text that the overlay engine makes.
func (c *Contract) checkReferences() error {
	return c.effective.checkReferences(c.Locate)
}

// unmatchedPath is a path that the oracles' copy of the document has in addition: its answers are the contract's error response, so that error
// answers to requests which match no operation can be judged by the same means. The name cannot clash: no template has a segment "-".
const unmatchedPath = "/-/unmatched"

// prepareOracles gives both libraries the document without what they do not need, and checks it with both.
func (c *Contract) prepareOracles(ctx context.Context) error {
	data, err := c.oracleDocument()
	if err != nil {
		return err
	}
	found, err := checkDocument(data)
	if err != nil {
		return fmt.Errorf("%s: libopenapi cannot read the document: %w", c.File, err)
	}
	if err := c.libDocumentError(found); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.kin, err = loadKin(ctx, data); err != nil {
		return c.kinDocumentError(err)
	}
	if c.lib, err = loadLib(data); err != nil {
		return fmt.Errorf("%s: libopenapi cannot build its model: %w", c.File, err)
	}
	c.shapes = shapes{}
	for _, op := range c.routes {
		c.bind(op, op.template)
	}
	if c.unmatched != nil {
		c.bind(c.unmatched, unmatchedPath)
	}
	return nil
}

func (c *Contract) bind(op *operation, template string) {
	op.kin = c.kin.operation(template, op.method)
	op.lib = c.lib.pathItem(template)
	for _, r := range op.responses {
		if r.content == nil {
			continue
		}
		for _, mt := range r.content.types {
			if mt.schema != "" {
				c.shapes.prepare(c.effective, mt.schema)
			}
		}
	}
}

// oracleDocument is the effective document without servers (the target decides where the operations live), without our own extensions, and with
// the path for unmatched requests.
func (c *Contract) oracleDocument() ([]byte, error) {
	root := slim(c.effective.root)
	if pointer := c.errorResponse(); pointer != "" {
		c.unmatched = &operation{method: http.MethodGet, template: unmatchedPath, responses: map[string]*response{
			"DEFAULT": {key: "default", pointer: pointer, content: c.effective.readContent(pointer + "/content")},
		}}
		paths := child(root, "paths")
		var item yaml.Node
		if err := item.Encode(map[string]any{"get": map[string]any{"summary": "no operation", "responses": map[string]any{"default": map[string]any{"$ref": "#" + pointer}}}}); err != nil {
			return nil, fmt.Errorf("write the path for unmatched requests: %w", err)
		}
		paths.Content = append(paths.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: unmatchedPath}, &item)
	}
	data, err := yaml.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("write the document for the oracles: %w", err)
	}
	return data, nil
}

// slim copies a node without servers and x- keys. Members of "properties", "examples" and the like keep their names, whatever they are.
func slim(n *yaml.Node) *yaml.Node {
	copied := *n
	copied.Content = nil
	copied.HeadComment, copied.LineComment, copied.FootComment = "", "", ""
	if n.Kind != yaml.MappingNode {
		for _, item := range n.Content {
			copied.Content = append(copied.Content, slim(item))
		}
		return &copied
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if strings.HasPrefix(key.Value, "x-") || (key.Value == "servers" && value.Kind == yaml.SequenceNode) {
			continue
		}
		plainKey := *key
		plainKey.HeadComment, plainKey.LineComment, plainKey.FootComment = "", "", ""
		switch key.Value {
		case "properties", "example", "examples", "value", "default", "enum", "headers":
			copied.Content = append(copied.Content, &plainKey, verbatim(value, key.Value == "properties" || key.Value == "headers" || key.Value == "examples"))
		default:
			copied.Content = append(copied.Content, &plainKey, slim(value))
		}
	}
	return &copied
}

// verbatim copies a node with all its members; named says that their values are objects of the specification again.
func verbatim(n *yaml.Node, named bool) *yaml.Node {
	if !named || n.Kind != yaml.MappingNode {
		return n
	}
	copied := *n
	copied.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		value := n.Content[i+1]
		if value.Kind == yaml.MappingNode {
			value = slim(value)
		}
		copied.Content = append(copied.Content, n.Content[i], value)
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
