package contract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/yamltree"
	"resize-conformance/spec"
)

// EmbeddedFile is how reports name the embedded document: its path in the repository.
const EmbeddedFile = "spec/openapi.yaml"

// Load reads, overlays and checks a contract and prepares both oracles.
//
// Errors say file and line, and all that one reading can find is told at once: YAML that cannot be read, a name that stands twice, a $ref that
// finds nothing, a document that either library holds invalid, an overlay target that matches nothing, a register row that breaks its rules.
func Load(ctx context.Context, src Source) (*Contract, error) {
	d, err := Read(src)
	if err != nil {
		return nil, err
	}
	c, err := d.Load(ctx)
	if err != nil {
		return nil, err
	}
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
	version := yamltree.Text(root, "openapi")
	if !strings.HasPrefix(version, "3.0.") {
		return fmt.Errorf("%s: openapi: %q; want 3.0.x: for 3.1 both oracles would use the same engine, and their agreement would say little", c.Locate("/openapi"), version)
	}
	info := yamltree.Child(root, "info")
	c.Title, c.Version = yamltree.Text(info, "title"), yamltree.Text(info, "version")
	if profile := yamltree.Text(info, "x-profile"); profile != "" {
		c.Profile = profile // an overlay of somebody's own that gives itself no name keeps the promises of the base profile
	}
	return nil
}

// prepareOracles gives both libraries the document without what they do not need, and checks it with both.
func (c *Contract) prepareOracles(ctx context.Context) error {
	root, err := c.oracleDocument()
	if err != nil {
		return err
	}
	data, err := yaml.Marshal(root)
	if err != nil {
		return fmt.Errorf("write the document for the oracles: %w", err)
	}
	lean, err := yaml.Marshal(copyWithout(root, isProse))
	if err != nil {
		return fmt.Errorf("write the document for libopenapi: %w", err)
	}
	found, err := checkDocument(data)
	if err != nil {
		return c.flawf(RuleLib, "", "libopenapi cannot read the document: %v", err)
	}
	libErr := c.libDocumentError(found)
	if err := ctx.Err(); err != nil {
		return err
	}
	kin, exampleErr, err := loadKin(ctx, data)
	if err != nil {
		return errors.Join(libErr, c.kinDocumentError(RuleKin, err))
	}
	if libErr != nil {
		return libErr
	}
	c.kin = kin
	if c.lib, err = loadLib(lean); err != nil {
		return c.flawf(RuleLib, "", "libopenapi cannot build its model: %v", err)
	}
	c.shapes = shapes{}
	for _, op := range c.routes {
		c.bind(op, op.template)
	}
	if c.unmatched != nil {
		c.bind(c.unmatched, unmatchedPath)
	}
	if exampleErr != nil {
		return c.kinDocumentError(RuleExample, exampleErr)
	}
	return nil
}

func (c *Contract) bind(op *operation, template string) {
	op.kin = c.kin.operation(template, op.method)
	c.lib.bind(op, template)
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
