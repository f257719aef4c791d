package contract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
		c.Profile, c.Overlay = c.overlay.name, c.overlay.file
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
	if !slices.Contains(profiles, c.Profile) {
		profiles = append(profiles, c.Profile)
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
	if profile := text(info, "x-profile"); profile != "" {
		c.Profile = profile // an overlay of somebody's own that gives itself no name keeps the promises of the base profile
	}
	return c.readBehaviour(child(info, "x-profile-behaviour"))
}

// checkReferences tells dangling references with a line of the files, not of the text that the overlay engine makes.
func (c *Contract) checkReferences() error {
	return c.effective.checkReferences(c.Locate)
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
	if c.lib, err = loadLib(lean); err != nil {
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
