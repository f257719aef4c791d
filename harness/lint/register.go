package lint

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
)

// row is one row of the register, as far as it could be read; what its form breaks is said by contract.RuleRow.
type row struct {
	ID       string `yaml:"id"`
	Clause   string `yaml:"clause"`
	Source   string `yaml:"source"`
	Tested   string `yaml:"tested"`
	Needs    words  `yaml:"needs"`
	Codes    words  `yaml:"codes"`
	Statuses words  `yaml:"statuses"`
	cases    bool
	where    []contract.Condition
	pointer  string
	on       operation
}

// words is a list of scalars, or one scalar alone.
type words []string

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	for _, item := range yamltree.Items(n) {
		if item.Kind == yaml.ScalarNode {
			*w = append(*w, item.Value)
		}
	}
	return nil
}

// readRows reads every row that is a mapping with an id.
func readRows(d *contract.Draft) []row {
	var all []row
	read := func(pointer string, on operation) {
		for i, n := range yamltree.Items(d.Find(pointer)) {
			r := row{pointer: pointer + "/" + strconv.Itoa(i), on: on, cases: yamltree.Child(n, "cases") != nil}
			if n.Kind == yaml.MappingNode && n.Decode(&r) == nil && r.ID != "" {
				r.where, _ = contract.ReadWhere(n) // what is wrong with it is a flaw of the row
				all = append(all, r)
			}
		}
	}
	read("/x-requirements", operation{})
	for _, op := range operations(d.Root()) {
		read(op.pointer+"/x-requirements", op)
	}
	return all
}

// makes says whether the edition makes the promise.
func (s *subject) makes(r row) bool { return contract.EditionOf(s.Root()).Meets(r.where) }

func (r row) family() string { return r.ID[:max(0, strings.LastIndexByte(r.ID, '-'))] }

var codePattern = regexp.MustCompile(`^(Ecs|Common|Pdp|APIGW|APIG)\.[0-9]{4}$`)

// shortestClause is the length, in bytes, below which no clause says what is promised.
const shortestClause = 20

// rows checks what a row says beyond its form.
func (s *subject) rows() {
	for _, r := range s.register {
		if clause := strings.TrimSpace(r.Clause); clause != "" && (!strings.HasSuffix(clause, ".") || len(clause) < shortestClause) {
			s.report(ruleClause, r.pointer+"/clause", "%s: the clause is %q", r.ID, clause)
		}
		for i, n := range r.Needs {
			if s.known.Capabilities != nil && !slices.Contains(s.known.Capabilities, n) {
				s.report(ruleNeeds, s.entry(r.pointer+"/needs", i), "%s needs %q, which is no capability%s", r.ID, n, nearest.Hint(n, s.known.Capabilities))
			}
		}
		for i, c := range r.Codes {
			if !codePattern.MatchString(c) {
				s.report(ruleCode, s.entry(r.pointer+"/codes", i), "%s has the error code %q", r.ID, c)
			}
		}
		if !s.makes(r) || r.on.node == nil {
			continue
		}
		answers := yamltree.Child(r.on.node, "responses")
		for i, status := range r.Statuses {
			if len(status) == 3 && yamltree.Child(answers, status) == nil && yamltree.Child(answers, status[:1]+"XX") == nil && yamltree.Child(answers, "default") == nil {
				s.report(ruleStatus, s.entry(r.pointer+"/statuses", i), "%s expects %s, which %s does not document", r.ID, status, r.on.id)
			}
		}
	}
}

// entry is the pointer of an entry of a list; a scalar alone stands for a list of one.
func (s *subject) entry(list string, i int) string {
	if n := s.Find(list); n != nil && n.Kind == yaml.SequenceNode {
		return list + "/" + strconv.Itoa(i)
	}
	return list
}

// scenarios compares the register with the scenarios that the program has. Where a row has cases, its scenario is made of them.
func (s *subject) scenarios() {
	if s.known.Scenarios == nil || len(s.register) == 0 {
		return
	}
	rows := map[string]row{}
	for _, r := range s.register {
		rows[r.ID] = r
		if r.Tested == string(contract.ByScenario) && s.makes(r) && !r.cases && s.known.Scenarios[r.ID] == "" {
			s.report(ruleTested, r.pointer+"/tested", "%s is tested: scenario, but no scenario is bound to it and it has no cases", r.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.known.Scenarios)) {
		r, there := rows[id]
		switch {
		case !there:
			s.report(ruleTested, "/x-requirement-families", "the scenario at %s tests %s, which is not in the register", s.known.Scenarios[id], id)
		case r.Tested != string(contract.ByScenario):
			s.report(ruleTested, r.pointer+"/tested", "%s is tested: %s, but there is a scenario for it at %s", id, r.Tested, s.known.Scenarios[id])
		}
	}
}

// monitors compares the register with the monitors that the program has.
func (s *subject) monitors() {
	if s.known.Monitors == nil || len(s.register) == 0 {
		return
	}
	there := map[string]bool{}
	for _, r := range s.register {
		there[r.ID] = true
		switch watched := slices.Contains(s.known.Monitors, r.ID); {
		case r.Tested == string(contract.ByMonitor) && s.makes(r) && !watched:
			s.report(ruleTested, r.pointer+"/tested", "%s is tested: monitor, but there is no monitor for it", r.ID)
		case r.Tested != string(contract.ByMonitor) && watched:
			s.report(ruleTested, r.pointer+"/tested", "%s is tested: %s, but there is a monitor for it", r.ID, r.Tested)
		}
	}
	for _, id := range s.known.Monitors {
		if !there[id] {
			s.report(ruleTested, "/x-requirement-families", "there is a monitor for %s, which is not in the register", id)
		}
	}
}

// families looks for families without a title. Titles without a family are flaws of the contract.
func (s *subject) families() {
	titles := yamltree.Child(s.Root(), "x-requirement-families")
	said := map[string]bool{}
	for _, r := range s.register {
		if f := r.family(); f != "" && !said[f] && yamltree.Text(titles, f) == "" {
			said[f] = true
			s.report(ruleUntitled, r.pointer+"/id", "x-requirement-families has no title for %s", f)
		}
	}
}

// lost looks for rows that the document has for a profile and that are gone after its overlay.
func (s *subject) lost(base *contract.Draft) {
	left := map[string]bool{}
	for _, r := range s.register {
		left[r.ID] = true
	}
	alone := newSubject(base, s.known)
	for _, r := range alone.register {
		if s.makes(r) && !left[r.ID] {
			s.note(ruleLost, alone.Place(r.pointer+"/id"), r.pointer+"/id", r.ID+" is a promise of "+s.Profile()+", but its overlay removes the row")
		}
	}
}

// mapping asks the loaded contract whether every violation finds a requirement, and every requirement a violation.
func (s *subject) mapping() {
	if s.loaded == nil || len(s.register) == 0 {
		return
	}
	for _, gap := range s.loaded.Unmapped() {
		pointer := gap.Pointer
		s.report(ruleUnmapped, pointer, "an answer of %s that breaks %s breaks no requirement", gap.Operation, gap.What)
	}
	for _, id := range s.loaded.Shadowed() {
		i := slices.IndexFunc(s.register, func(r row) bool { return r.ID == id })
		s.report(ruleShadowed, s.register[i].pointer+"/match", "nothing that an exchange breaks is put down to %s: other matches fit better", id)
	}
}
