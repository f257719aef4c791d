package contract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Draft is a contract as it is written: an OpenAPI 3.0 document with its overlay applied, of which nothing else has been checked yet. It is immutable and
// safe for concurrent use.
type Draft struct {
	contract Contract // without register and oracles
	overlay  error    // what the overlay could not do
}

// Read reads a contract and applies the overlay. It fails on what leaves nothing to check: a file that cannot be read, text that is not YAML, a name that
// stands twice, a document that is not OpenAPI 3.0, an overlay that is none.
func Read(src Source) (*Draft, error) {
	base, err := readBase(src.File)
	if err != nil {
		return nil, err
	}
	d := &Draft{contract: Contract{File: base.file, Profile: BaseProfile, base: base, effective: base}}
	c := &d.contract
	if c.overlay, err = readOverlay(src.Profile); err != nil {
		return nil, err
	}
	if c.overlay != nil {
		c.Profile, c.Overlay = c.overlay.name, c.overlay.file
		if c.effective, d.overlay, err = c.overlay.apply(base); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(c.effective.bytes)
	c.Hash = hex.EncodeToString(sum[:])
	if err := c.readInfo(); err != nil {
		return nil, err
	}
	return d, nil
}

// Load checks a draft and prepares the oracles.
//
// All flaws that one reading can find are in the error (Flaws takes them out); what would only follow from another is left out: with a dangling $ref no library
// is asked, with an operation that has no name no row is read. When nothing but examples are flawed, the contract is returned beside the error: it can judge.
func (d *Draft) Load(ctx context.Context) (*Contract, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	copied := d.contract
	c := &copied
	c.clean = new(cleanBodies)
	flaws := []error{d.overlay, c.readBehaviour(d.Find("/info/x-profile-behaviour")),
		c.readAbout(d.Find("/info/x-profile-about"), d.Find("/info/x-profile-unknown")), c.readStates()}
	references := c.checkReferences()
	var err error
	c.routes, err = c.readOperations()
	flaws = append(flaws, references, err)
	if err == nil {
		c.register, err = c.readRegister()
		flaws = append(flaws, err)
		if references == nil {
			flaws = append(flaws, c.prepareOracles(ctx))
		}
	}
	if err := errors.Join(flaws...); err != nil {
		found := Flaws(err)
		if len(found) == 0 || slices.ContainsFunc(found, func(f Flaw) bool { return f.Rule != RuleExample }) {
			return nil, err
		}
		return c, err
	}
	return c, nil
}

// File is how reports name the document.
func (d *Draft) File() string { return d.contract.File }

// Profile says whose promises these are (info.x-profile).
func (d *Draft) Profile() string { return d.contract.Profile }

// Document is the effective document's YAML; the caller owns the copy.
func (d *Draft) Document() []byte { return slices.Clone(d.contract.effective.bytes) }

// Root is the mapping at the top of the effective document. It is for reading only.
func (d *Draft) Root() *yaml.Node { return d.contract.effective.root }

// Find is what stands at a JSON pointer of the effective document, followed literally; nil when nothing does.
func (d *Draft) Find(pointer string) *yaml.Node {
	n, _ := d.contract.effective.find(pointer)
	return n
}

// Resolve is Find, and follows $ref where it leads to one. It also gives the pointer at which the thing stands.
func (d *Draft) Resolve(pointer string) (string, *yaml.Node) {
	return d.contract.effective.resolve(pointer)
}

// Place says where in the files the thing stands that a pointer into the effective document names; see Contract.Locate.
func (d *Draft) Place(pointer string) Place { return d.contract.Place(pointer) }

// OverlayError says which actions of the overlay do nothing; nil when all do something.
func (d *Draft) OverlayError() error { return d.overlay }
