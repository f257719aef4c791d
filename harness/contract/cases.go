package contract

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

// Keywords of constraints that cases tell apart from a neighbour which is judged by the same keyword of a violation. A row's cases may name them.
const (
	KeywordNullable      = "nullable"        // null where the schema admits none; judged as type
	KeywordByteOrderMark = "byte-order-mark" // U+FEFF before the body; judged as json-syntax
	KeywordNoMediaType   = "no-media-type"   // a body without Content-Type; judged as media-type
	KeywordOtherName     = "other-name"      // a required member under a name that differs by case; judged as required
)

// Side says where a case lies, seen from the constraint that it is about.
type Side string

// The sides of a constraint.
const (
	On      Side = "on"      // it keeps the constraint, but only just
	Inside  Side = "inside"  // it keeps the constraint
	Outside Side = "outside" // it breaks the constraint, and only that
)

func sides() []string { return []string{string(On), string(Inside), string(Outside)} }

// Constraint is one thing that the contract demands of a request, from one side.
type Constraint struct {
	Operation string // operationId
	Part      string // "path", "query", "header", "media-type", "body"
	Pointer   string // JSON pointer into the body, or the name of the parameter
	Keyword   string // of JSON Schema, of the strict layer, or one of the keywords for cases
	Side      Side
}

// HasCases says that cases derived from the contract put the requirement to the test.
func (r Requirement) HasCases() bool { return len(r.cases) > 0 }

// CaseRequirement finds the requirement that stands for a constraint: the row with cases that fits it best, in the order in which matches are compared.
// byName says that the row names the very place, and not only all places like it. ok is false when no row of the profile stands for it.
func (c *Contract) CaseRequirement(k Constraint) (r Requirement, byName, ok bool) {
	for i := range c.register.cases {
		m := &c.register.cases[i]
		if !m.applies {
			continue
		}
		row := c.register.rows[c.register.byID[m.id]]
		if m.stands(row.Operation, k) {
			return row, !m.anyPointer && !slices.Contains(m.pointer, "*"), true
		}
	}
	return Requirement{}, false, false
}

// stands compares an entry of cases with a constraint. Unlike the pointer of a match, which admits all that lies below it, that of a case is the whole place: what
// is demanded of a member is another promise than what is demanded of the object around it.
func (m *matcher) stands(rowOperation string, k Constraint) bool {
	if len(m.operations) == 0 && k.Operation != rowOperation {
		return false
	}
	if !admitsWord(m.operations, k.Operation) || !admitsWord(m.parts, k.Part) || !admitsWord(m.keywords, k.Keyword) || !admitsWord(m.sides, string(k.Side)) {
		return false
	}
	if m.anyPointer {
		return true
	}
	tokens := []string{k.Pointer}
	if k.Part == partBody {
		tokens = jsonpointer.Split(k.Pointer)
	}
	return slices.EqualFunc(m.pointer, tokens, func(want, got string) bool {
		return want == "*" || want == got || k.Part == partHeader && strings.EqualFold(want, got)
	})
}

// readCases reads cases and expect of a row.
func readCases(complain complaint, row *yaml.Node, r *Requirement, operations []string) {
	n, expect := yamltree.Child(row, "cases"), yamltree.Child(row, "expect")
	if n == nil {
		if expect != nil {
			complain("expect belongs to cases: it says what is expected of them where no source documents it")
		}
		return
	}
	if r.Tested != ByScenario {
		complain("cases belong to tested: %s; this one is tested: %s", ByScenario, r.Tested)
	}
	if expect != nil {
		oneOf(complain, "expect", expect.Value, "sanity")
		r.Sanity = true
		if len(r.Statuses)+len(r.Codes) > 0 {
			complain("expect: sanity is for what no source documents; statuses and codes say that one does")
		}
	}
	complain = within(complain, "cases")
	entries := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		entries = n.Content
	}
	if len(entries) == 0 {
		complain("the list is empty; say which constraints of the request the requirement stands for")
	}
	for _, entry := range entries {
		if entry.Kind != yaml.MappingNode {
			complain("want a mapping like {pointer: /resize, keyword: type}, or a list of them; got %s", kindName(entry))
			continue
		}
		r.cases = append(r.cases, readCase(complain, entry, operations))
	}
}

func readCase(complain complaint, n *yaml.Node, operations []string) match {
	all := append(keywords(), KeywordNullable, KeywordByteOrderMark, KeywordNoMediaType, KeywordOtherName)
	m := readPlace(complain, n, operations, all, []string{"part", "operation", "pointer", "keyword", "layer", "side"})
	m.sides = namedList(complain, n, "side", sides())
	if p := yamltree.Child(n, "pointer"); p != nil {
		m.anyPointer = false
		if m.pointer = jsonpointer.Split(p.Value); p.Value != "" && !strings.HasPrefix(p.Value, "/") {
			m.pointer = []string{p.Value}
		}
	}
	if m.members == 0 {
		complain("an entry that says nothing would stand for every constraint of the operation; name at least the part")
	}
	return m
}
