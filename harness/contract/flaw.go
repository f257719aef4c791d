package contract

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
)

// Place is where something stands in the files of a contract.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`   // from 1
	Column int    `json:"column"` // from 1
}

// String is "file:line:column", as editors and terminals understand it.
func (p Place) String() string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Compare orders places by file, line and column.
func (p Place) Compare(o Place) int {
	return cmp.Or(cmp.Compare(p.File, o.File), cmp.Compare(p.Line, o.Line), cmp.Compare(p.Column, o.Column))
}

// Flaw is one thing that keeps a document from being a contract. As an error it begins with file and line.
type Flaw struct {
	Rule    string // one of the Rule constants
	Place   Place
	Pointer string // JSON pointer into the effective document, or into the overlay for RuleOverlay
	Message string
}

func (f *Flaw) Error() string {
	return f.Place.File + ":" + strconv.Itoa(f.Place.Line) + ": " + f.Message
}

// The rules that a document must keep to be loaded as a contract.
const (
	RuleOverlay     = "overlay-action"      // every action of an overlay does something
	RulePaths       = "paths"               // there are operations
	RuleOperationID = "operation-id"        // every operation has a name of its own
	RuleSameRequest = "same-request"        // no two operations are the same request
	RuleReference   = "reference"           // every $ref finds something in the document
	RuleBehaviour   = "behaviour-switch"    // x-profile-behaviour has only switches that programs read
	RuleStates      = "documented-states"   // the table of ECS statuses has only rows that programs understand
	RuleRow         = "requirement-row"     // a row of the register has the form of one
	RuleID          = "requirement-id"      // an id is RSZ-FAMILY-000, and given once
	RuleRetired     = "retired-requirement" // a retired id has a reason and never comes back
	RuleFamily      = "family"              // a family with a title has requirements
	RuleKin         = "kin-openapi"         // kin-openapi finds the document in order
	RuleLib         = "libopenapi"          // libopenapi-validator finds it in order
	RuleExample     = "example"             // kin-openapi finds the examples in order
)

// Flaws takes the flaws out of an error of Load, in the order in which they were found.
func Flaws(err error) []Flaw {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the joined ones are to be walked
		var all []Flaw
		for _, one := range joined.Unwrap() {
			all = append(all, Flaws(one)...)
		}
		return all
	}
	var flaw *Flaw
	if errors.As(err, &flaw) {
		return []Flaw{*flaw}
	}
	return nil
}

// flawf is a flaw at the thing that a pointer into the effective document names.
func (c *Contract) flawf(rule, pointer, format string, args ...any) *Flaw {
	return &Flaw{Rule: rule, Place: c.Place(pointer), Pointer: pointer, Message: fmt.Sprintf(format, args...)}
}
