package contract

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
)

func (rr *registerReader) tombstones() {
	const at = "/x-retired-requirements"
	list, ok := rr.doc.find(at)
	if !ok {
		return
	}
	if list.Kind != yaml.SequenceNode {
		rr.flawf(RuleRetired, at, "x-retired-requirements: %v of {id, reason}, got %s", errNotList, kindName(list))
		return
	}
	for i, row := range list.Content {
		pointer := at + "/" + strconv.Itoa(i)
		for key := range yamltree.Pairs(row) {
			if key != "id" && key != "reason" {
				rr.flawf(RuleRetired, pointer, "retired requirement: unknown key %q%s", key, nearest.Hint(key, []string{"id", "reason"}))
			}
		}
		id, reason := yamltree.Text(row, "id"), yamltree.Text(row, "reason")
		if !idPattern.MatchString(id) || reason == "" {
			rr.flawf(RuleRetired, pointer, "retired requirement %s: want {id: RSZ-FAMILY-000, reason: why}", orUnnamed(id))
			continue
		}
		if living, yes := rr.reg.byID[id]; yes {
			rr.flawf(RuleRetired, pointer, "%s is retired, but stands in the register in line %d; a retired id is never given again", id, rr.reg.rows[living].Line)
			continue
		}
		place := rr.place(pointer)
		rr.reg.retired[id] = Requirement{ID: id, Reason: reason, Retired: true, Tested: NotTested, File: place.File, Line: place.Line}
	}
}

func (rr *registerReader) addFamily(name string) {
	if !slices.ContainsFunc(rr.reg.families, func(f Family) bool { return f.Name == name }) {
		rr.reg.families = append(rr.reg.families, Family{Name: name, Title: name})
	}
}

func (rr *registerReader) familyTitles() {
	const at = "/x-requirement-families"
	titles, _ := rr.doc.find(at)
	for name, title := range yamltree.Pairs(titles) {
		i := slices.IndexFunc(rr.reg.families, func(f Family) bool { return f.Name == name })
		if i < 0 {
			names := make([]string, len(rr.reg.families))
			for j, f := range rr.reg.families {
				names[j] = f.Name
			}
			rr.flawf(RuleFamily, at+"/"+name, "family %q has a title but no requirement%s", name, nearest.Hint(name, names))
			continue
		}
		rr.reg.families[i].Title = title.Value
	}
}
