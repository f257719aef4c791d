package contract

import (
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/nearest"
)

// register is the requirements of a contract: the rows of every x-requirements list, and the tombstones.
type register struct {
	rows     []Requirement // in the order of the document, all profiles
	byID     map[string]int
	retired  map[string]Requirement
	families []Family
	matchers []matcher // which violations break a row that is tested by schema
	cases    []matcher // which constraints of a request a row with cases stands for
}

// Family is a behaviour family: the part of an id before its number, and what it is about.
type Family struct {
	Name  string // "RSZ-STATE"
	Title string // from x-requirement-families; the name itself when the document gives none
}

// Requirements lists the register in the order of the document, only those that the profile has.
func (c *Contract) Requirements() []Requirement {
	var out []Requirement
	for _, r := range c.register.rows {
		if r.Applies {
			out = append(out, r)
		}
	}
	return out
}

// Requirement finds one by id. It also finds those of other editions (Applies tells) and the retired (Retired tells).
func (c *Contract) Requirement(id string) (Requirement, bool) {
	if i, ok := c.register.byID[id]; ok {
		return c.register.rows[i], true
	}
	r, ok := c.register.retired[id]
	return r, ok
}

// NearestRequirement is the half-sentence for an error on an unknown id: `; did you mean "RSZ-STATE-001"?`, or "" when nothing is near.
func (c *Contract) NearestRequirement(id string) string {
	ids := make([]string, len(c.register.rows))
	for i, r := range c.register.rows {
		ids[i] = r.ID
	}
	return nearest.Hint(id, ids)
}

// Families lists the behaviour families in the order in which the document first uses them.
func (c *Contract) Families() []Family { return slices.Clone(c.register.families) }

var idPattern = regexp.MustCompile(`^RSZ-[A-Z][A-Z0-9]*-[0-9]{3}$`)

func familyOf(id string) string {
	if i := strings.LastIndexByte(id, '-'); i > 0 {
		return id[:i]
	}
	return id
}
