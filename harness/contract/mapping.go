package contract

import (
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/jsonpointer"
)

// Gap is a violation of answers that no requirement stands for.
type Gap struct {
	Operation string // operationId; "no operation" for requests that match none
	Pointer   string // of the operation, or of paths
	What      string // "the status 418: part status, keyword status"
}

// Unmapped looks for violations of answers that would be put down to no requirement of the profile that is tested by schema: the first one of each operation.
func (c *Contract) Unmapped() []Gap {
	var gaps []Gap
	for _, op := range append(slices.Clone(c.routes), nil) {
		id, name, pointer := "", "no operation", "/paths"
		if op != nil {
			id, name, pointer = op.id, op.id, op.pointer
		}
		if what := c.firstUnmapped(id, c.statusesOf(op)); what != "" {
			gaps = append(gaps, Gap{Operation: name, Pointer: pointer, What: what})
		}
	}
	return gaps
}

func (c *Contract) firstUnmapped(operation string, statuses []int) string {
	for _, status := range statuses {
		for _, part := range parts() {
			for _, keyword := range keywords() {
				v := journal.Violation{In: inResponse, Part: part, Keyword: keyword, Pointer: "/some/where"}
				if m := c.register.find(&v, operation, status); m != nil {
					if r, _ := c.Requirement(m.id); r.Side != journal.Client {
						continue
					}
				}
				return "the status " + strconv.Itoa(status) + ": part " + part + ", keyword " + keyword
			}
		}
	}
	return ""
}

// statusesOf gives a status of each kind that an answer can have: those that the operation documents, and some that none does.
func (c *Contract) statusesOf(op *operation) []int {
	statuses := []int{200, 202, 204, 301, 400, 404, 409, 418, 429, 500, 503, 599}
	if op == nil {
		return statuses
	}
	for key := range op.responses {
		if n, err := strconv.Atoi(key); err == nil && !slices.Contains(statuses, n) {
			statuses = append(statuses, n)
		}
	}
	slices.Sort(statuses)
	return statuses
}

// Shadowed lists the requirements of the profile, tested by schema, to which no violation is ever put down, because for each that their matches admit another
// match fits better.
func (c *Contract) Shadowed() []string {
	var ids []string
	for _, r := range c.Requirements() {
		if r.Tested == BySchema && !slices.ContainsFunc(r.matches, func(m match) bool { return c.wins(r.ID, m) }) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// wins says whether there is a violation that a match of the row takes.
func (c *Contract) wins(id string, m match) bool {
	for _, op := range append(slices.Clone(c.routes), nil) {
		name := ""
		if op != nil {
			name = op.id
		}
		if !admitsWord(m.operations, name) {
			continue
		}
		for _, status := range c.statusesOf(op) {
			if !m.admitsStatus(status) {
				continue
			}
			for _, part := range orAll(m.parts, parts()) {
				for _, keyword := range orAll(m.keywords, keywords()) {
					for _, pointer := range m.samplePointers(part) {
						v := journal.Violation{In: m.in, Part: part, Keyword: keyword, Pointer: pointer}
						if found := c.register.find(&v, name, status); found != nil && found.id == id {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

func orAll(named, all []string) []string {
	if len(named) > 0 {
		return named
	}
	return all
}

// samplePointers gives pointers that a match admits: the very place, and one below it.
func (m match) samplePointers(part string) []string {
	if m.anyPointer {
		return []string{"", "/some/where", "some"}
	}
	if part != partBody {
		return []string{strings.Join(m.pointer, "/")}
	}
	tokens := slices.Clone(m.pointer)
	for i, t := range tokens {
		if t == "*" {
			tokens[i] = "0"
		}
	}
	return []string{jsonpointer.Join(tokens), jsonpointer.Join(append(tokens, "0"))}
}
