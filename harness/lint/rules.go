package lint

import (
	"slices"

	"resize-conformance/harness/contract"
)

// Rule is what a contract must keep.
type Rule struct {
	Name   string `json:"name"`
	Wanted string `json:"wanted"`
	Next   string `json:"next"` // what to do when it is broken
}

// The rules beyond those of contract.Load.
const (
	ruleExtension   = "extension"
	ruleTag         = "tag"
	ruleComponent   = "dead-component"
	ruleErrorSchema = "error-schema"
	ruleTested      = "requirement-tested"
	ruleClause      = "requirement-clause"
	ruleNeeds       = "requirement-needs"
	ruleCode        = "requirement-code"
	ruleStatus      = "requirement-status"
	ruleLost        = "requirement-lost"
	ruleShadowed    = "requirement-shadowed"
	ruleUnmapped    = "violation-unmapped"
	ruleSource      = "source"
	ruleUncited     = "source-uncited"
	rulePosition    = "position"
	ruleUntitled    = "family-untitled"
	ruleAgrees      = "behaviour-agrees"
)

// Rules lists every rule, those of the document first, then those of the register.
func Rules() []Rule {
	return []Rule{
		{contract.RuleOverlay, "every action of an overlay changes something", "correct the JSONPath of the action, or remove the action"},
		{contract.RulePaths, "the document has operations", "describe at least one under paths"},
		{contract.RuleOperationID, "every operation has an operationId of its own", "give the operation a name that no other has"},
		{contract.RuleSameRequest, "no request fits two operations", "remove one of the two, or change its path"},
		{contract.RuleReference, "every $ref finds something in this document", "correct the $ref, or write what it is to find"},
		{contract.RuleKin, "kin-openapi finds the document in order", "correct what it names"},
		{contract.RuleLib, "libopenapi-validator finds the document in order", "correct what it names"},
		{contract.RuleExample, "every example is a message that the judgement passes", "correct the example, or the schema if the example is right"},
		{ruleExtension, "extensions have the names that programs read", "correct the name; what it says is not read now"},
		{ruleTag, "an operation's tags are in tags, and every tag there is used", "add the tag to tags, or take it away"},
		{ruleComponent, "every component can be reached from an operation", "refer to it, or remove it; an overlay that no longer needs it removes it"},
		{ruleErrorSchema, "every error answer has a schema for its body", "refer to one of the error responses of components, or write content with a schema"},
		{contract.RuleBehaviour, "x-profile-behaviour has the switches that programs read, and no others", "correct the name or the value of the switch"},
		{ruleAgrees, "x-profile-behaviour says in one place what the document says in many", "change the switch, or the document, so that they say the same"},
		{contract.RuleRow, "a row of x-requirements has the form that the head of spec/openapi.yaml describes", "correct the row"},
		{contract.RuleID, "an id is RSZ-FAMILY-000 and given once", "give the requirement the next free number of its family"},
		{contract.RuleRetired, "a retired id has a reason and never comes back", "give the requirement another id, or the tombstone a reason"},
		{contract.RuleFamily, "every family with a title has requirements", "remove the title, or correct the family's name"},
		{ruleUntitled, "every family of requirements has a title", "add the family to x-requirement-families"},
		{ruleTested, "every requirement is tested or excused, and every scenario and monitor has its requirement", "write the scenario or the monitor, or derive cases (cases:), or say tested: 'no' with a reason"},
		{ruleClause, "a clause is a sentence", "write what is promised as a whole sentence, with a full stop"},
		{ruleNeeds, "what a requirement needs is a capability that a target can declare", "name a capability; the page lists them"},
		{ruleCode, "error codes are spelled like Ecs.0005", "spell the code as its source does"},
		{ruleStatus, "a status that a requirement expects is one that its operation documents", "document the status on the operation, or take it out of statuses"},
		{ruleLost, "no overlay loses a promise that its profile makes", "copy the row to an operation that the profile has, or leave the profile out of the row's profiles"},
		{ruleUnmapped, "whatever an answer breaks breaks a requirement that is tested by schema", "add a row whose match admits it"},
		{ruleShadowed, "every requirement that is tested by schema can be broken", "make its match more exact than the one that comes before it, or remove the row"},
		{ruleSource, "every source that is cited is in x-sources, a position that is taken, or an RFC", "correct the name, or add the source to x-sources"},
		{ruleUncited, "every source in x-sources is cited", "cite it, or remove it"},
		{rulePosition, "positions have the numbers 1, 2, 3 … once each, a topic, a decision and sources", "correct the position"},
	}
}

func ruleNamed(name string) Rule {
	rules := Rules()
	if i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name }); i >= 0 {
		return rules[i]
	}
	return Rule{Name: name}
}
