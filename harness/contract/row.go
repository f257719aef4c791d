package contract

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
)

// registerReader reads the register strictly and gathers every error, so that one run shows them all.
type registerReader struct {
	doc        *document
	files      []*document // the base and the overlay, to find lines in
	place      func(pointer string) Place
	operations []string
	edition    Edition
	lacks      []string // codes that the edition's table does not have
	reg        *register
	errs       []error
}

// readRegister reads x-requirements, x-retired-requirements and x-requirement-families.
func (c *Contract) readRegister() (*register, error) {
	operations := c.routes
	rr := &registerReader{doc: c.effective, files: c.files(), place: c.Place, edition: EditionOf(c.effective.root),
		reg: &register{byID: map[string]int{}, retired: map[string]Requirement{}}}
	rr.lacks = rr.edition.lacks(c.effective.root)
	for _, op := range operations {
		rr.operations = append(rr.operations, op.id)
	}
	for _, op := range operations {
		rr.rows(op.pointer+"/x-requirements", op.id)
	}
	rr.rows("/x-requirements", "") // of all operations
	rr.tombstones()
	rr.familyTitles()
	if len(rr.errs) > 0 {
		return nil, errors.Join(rr.errs...)
	}
	rr.reg.matchers = buildMatchers(rr.reg.rows, func(r Requirement) []match { return r.matches })
	rr.reg.cases = buildMatchers(rr.reg.rows, func(r Requirement) []match { return r.cases })
	return rr.reg, nil
}

func (rr *registerReader) flawf(rule, pointer, format string, args ...any) {
	rr.errs = append(rr.errs, &Flaw{Rule: rule, Place: rr.place(pointer), Pointer: pointer, Message: fmt.Sprintf(format, args...)})
}

func (rr *registerReader) rows(pointer, operation string) {
	list, ok := rr.doc.find(pointer)
	if !ok {
		return
	}
	if list.Kind != yaml.SequenceNode {
		rr.flawf(RuleRow, pointer, "x-requirements: %v of requirements, got %s", errNotList, kindName(list))
		return
	}
	for i, row := range list.Content {
		rr.row(pointer+"/"+strconv.Itoa(i), row, operation)
	}
}

// rowKeys lists what a row may say.
func rowKeys() []string {
	return []string{"id", "level", "side", "clause", "source", "where", "needs", "tested", "reason", "statuses", "codes", "match", "cases", "expect"}
}

func (rr *registerReader) row(pointer string, row *yaml.Node, operation string) {
	if row.Kind != yaml.MappingNode {
		rr.flawf(RuleRow, pointer, "a requirement is a mapping with id, level, side, clause, source and tested; got %s", kindName(row))
		return
	}
	before := len(rr.errs)
	id := yamltree.Text(row, "id")
	at := rr.placeRow(pointer, id)
	flaw := func(rule, format string, args ...any) {
		rr.errs = append(rr.errs, &Flaw{Rule: rule, Place: at, Pointer: pointer, Message: "requirement " + orUnnamed(id) + ": " + fmt.Sprintf(format, args...)})
	}
	complain := func(format string, args ...any) { flaw(RuleRow, format, args...) }
	for key := range yamltree.Pairs(row) {
		if !slices.Contains(rowKeys(), key) {
			complain("unknown key %q%s", key, nearest.Hint(key, rowKeys()))
		}
	}
	r := Requirement{ID: id, Operation: operation, File: at.File, Line: at.Line,
		Level: journal.Level(yamltree.Text(row, "level")), Side: journal.Side(yamltree.Text(row, "side")), Tested: Tested(yamltree.Text(row, "tested")),
		Clause: strings.TrimSpace(yamltree.Text(row, "clause")), Source: strings.TrimSpace(yamltree.Text(row, "source")), Reason: strings.TrimSpace(yamltree.Text(row, "reason"))}
	if !idPattern.MatchString(id) {
		flaw(RuleID, "id %q; want RSZ-FAMILY-000: a family in capitals and a number of three digits", id)
	}
	oneOf(complain, "level", string(r.Level), "MUST", "SHOULD", "MAY")
	oneOf(complain, "side", string(r.Side), "server", "client", "both")
	oneOf(complain, "tested", string(r.Tested), "scenario", "schema", "monitor", "no")
	if r.Clause == "" {
		complain("clause is missing; say in a sentence what is promised")
	}
	if r.Source == "" {
		complain("source is missing; say which table or sentence of which edition promises it")
	}
	if r.Tested == NotTested && r.Reason == "" {
		complain("reason is missing; a requirement with tested: no says why it cannot be tested")
	}
	if r.Tested != NotTested && r.Reason != "" {
		complain("a reason belongs to tested: no only; this one is tested: %s", r.Tested)
	}
	where, err := ReadWhere(row)
	if err != nil {
		complain("%v", err)
	}
	r.Where, r.Applies = where, rr.edition.Meets(where)
	r.Needs = stringList(complain, row, "needs")
	r.Codes = stringList(complain, row, "codes")
	if !slices.ContainsFunc(r.Codes, func(code string) bool { return !slices.Contains(rr.lacks, code) }) {
		r.Codes = nil // the edition's table names none for it
	}
	for _, s := range stringList(complain, row, "statuses") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 100 || n > 599 {
			complain("status %q; want a number from 100 to 599", s)
			continue
		}
		r.Statuses = append(r.Statuses, n)
	}
	match := yamltree.Child(row, "match")
	if (r.Tested == BySchema) != (match != nil) {
		complain("match is given if and only if tested is schema: it says which violations break the requirement")
	}
	known := rr.operations
	if !r.Applies {
		known = nil // another edition's promise may name an operation that this one has not
	}
	r.matches = readMatches(complain, match, known)
	readCases(complain, row, &r, known)
	if first, twice := rr.reg.byID[id]; twice {
		flaw(RuleID, "stands twice; first in %s:%d. An id is given once, and never again", rr.reg.rows[first].File, rr.reg.rows[first].Line)
	}
	if len(rr.errs) > before {
		return
	}
	rr.reg.byID[id] = len(rr.reg.rows)
	rr.reg.rows = append(rr.reg.rows, r)
	rr.addFamily(r.Family())
}

// placeRow finds the line of a row's id. With an overlay the place in the list is not the one in either file, so the id is looked for.
func (rr *registerReader) placeRow(pointer, id string) Place {
	for _, d := range rr.files {
		if n := nodeOfID(d.root, id); n != nil {
			return placeOf(d.file, n)
		}
	}
	return rr.place(pointer)
}

func nodeOfID(n *yaml.Node, id string) *yaml.Node {
	if v := yamltree.Child(n, "id"); v != nil && n.Kind == yaml.MappingNode && v.Value == id {
		return v
	}
	for _, c := range n.Content {
		if v := nodeOfID(c, id); v != nil {
			return v
		}
	}
	return nil
}

func orUnnamed(id string) string {
	if id == "" {
		return "without id"
	}
	return id
}

type complaint func(format string, args ...any)

func oneOf(complain complaint, key, got string, want ...string) {
	if slices.Contains(want, got) {
		return
	}
	if got == "" {
		complain("%s is missing; want one of %s", key, strings.Join(want, ", "))
		return
	}
	complain("%s %q; want one of %s%s", key, got, strings.Join(want, ", "), nearest.Hint(got, want))
}

// stringList reads a list of scalars, or one scalar alone.
func stringList(complain complaint, row *yaml.Node, key string) []string {
	n := yamltree.Child(row, key)
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		return []string{n.Value}
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		complain("%s: %v with at least one entry, got %s", key, errNotList, kindName(n))
		return nil
	}
	var out []string
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || item.Value == "" {
			complain("%s: want plain words, got %s in line %d", key, kindName(item), item.Line)
			continue
		}
		if slices.Contains(out, item.Value) {
			complain("%s: %q stands twice", key, item.Value)
		}
		out = append(out, item.Value)
	}
	return out
}
