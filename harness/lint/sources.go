package lint

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

// position says how the contract reads the sources where they contradict each other or are silent.
type position struct {
	number  int
	pointer string
	node    *yaml.Node
}

// allPositions collects every x-position, wherever it stands.
func (s *subject) allPositions() []position {
	var all []position
	var walk func(n *yaml.Node, pointer string)
	walk = func(n *yaml.Node, pointer string) {
		for key, value := range yamltree.Pairs(n) {
			at := pointer + "/" + jsonpointer.Escape(key)
			if key != "x-position" {
				walk(value, at)
				continue
			}
			for i, item := range yamltree.Items(value) {
				number, _ := strconv.Atoi(yamltree.Text(item, "number"))
				all = append(all, position{number, at + "/" + strconv.Itoa(i), item})
			}
		}
		for i, item := range yamltree.Items(n) {
			walk(item, pointer+"/"+strconv.Itoa(i))
		}
	}
	walk(s.Root(), "")
	return all
}

// positions checks the positions themselves.
func (s *subject) positions() {
	all := s.allPositions()
	first := map[int]position{}
	for _, p := range all {
		for _, key := range []string{"topic", "decision"} {
			if strings.TrimSpace(yamltree.Text(p.node, key)) == "" {
				s.report(rulePosition, p.pointer, "position %d has no %s", p.number, key)
			}
		}
		if len(yamltree.Items(yamltree.Child(p.node, "sources"))) == 0 {
			s.report(rulePosition, p.pointer, "position %d has no sources", p.number)
		}
		switch before, twice := first[p.number]; {
		case p.number < 1:
			s.report(rulePosition, p.pointer, "number %q", yamltree.Text(p.node, "number"))
		case twice:
			s.report(rulePosition, p.pointer+"/number", "position %d stands twice, first at %s", p.number, s.Place(before.pointer+"/number"))
		default:
			first[p.number] = p
		}
	}
	last := 0
	for _, p := range all {
		last = max(last, p.number)
	}
	for n := 1; n < last; n++ {
		if _, there := first[n]; !there {
			s.report(rulePosition, first[last].pointer+"/number", "there is a position %d, but no position %d", last, n)
		}
	}
}

// sources checks what rows and positions cite. A document without x-sources names its sources freely.
func (s *subject) sources() {
	list := yamltree.Child(s.Root(), "x-sources")
	if list == nil {
		return
	}
	taken := map[string]bool{}
	positions := s.allPositions()
	for _, p := range positions {
		taken[strconv.Itoa(p.number)] = true
	}
	cited := map[string]bool{}
	check := func(who, pointer, item string) {
		item = strings.TrimSpace(item)
		if number, ok := strings.CutPrefix(item, "position "); ok {
			if !taken[number] {
				s.report(ruleSource, pointer, "%s cites %q, which is nowhere", who, item)
			}
			return
		}
		if strings.HasPrefix(item, "RFC ") {
			return
		}
		for name := range yamltree.Pairs(list) {
			if item == name || strings.HasPrefix(item, name+",") || strings.HasPrefix(item, name+": ") || name == "issue" && strings.HasPrefix(item, "issue ") {
				cited[name] = true
				return
			}
		}
		s.report(ruleSource, pointer, "%s cites %q, which x-sources does not have", who, item)
	}
	for _, r := range s.register {
		if strings.TrimSpace(r.Source) == "" {
			continue // its form is broken
		}
		for _, item := range strings.Split(strings.TrimSpace(r.Source), "; ") {
			check(r.ID, r.pointer+"/source", item)
		}
	}
	for _, p := range positions {
		for i, item := range yamltree.Items(yamltree.Child(p.node, "sources")) {
			check("position "+strconv.Itoa(p.number), p.pointer+"/sources/"+strconv.Itoa(i), item.Value)
		}
	}
	for name := range yamltree.Pairs(list) {
		if !cited[name] {
			s.report(ruleUncited, "/x-sources/"+jsonpointer.Escape(name), "nothing cites %q", name)
		}
	}
}
