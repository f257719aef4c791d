package contract

import (
	"cmp"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/yamltree"
)

// weighing brings together what the two oracles say of one message.
type weighing struct {
	c        *Contract
	j        *Judgement
	op       *operation // nil when the request matches none
	judged   *operation // whose responses the answer was held against
	m        *Message
	in       string
	blame    journal.Side
	content  *content
	response *response
	decoded  *decodedBody
}

// weigh pairs findings about the same thing; what has no partner is a dispute.
func (x *weighing) weigh(byKin, byLib []finding) []journal.Violation {
	var out []journal.Violation
	taken := make([]bool, len(byLib))
	var alone []finding
	for _, k := range byKin {
		i := partner(k, byLib, taken)
		if i < 0 {
			alone = append(alone, k)
			continue
		}
		taken[i] = true
		f := byLib[i]
		if len(k.pointer) > len(f.pointer) {
			f = k
		}
		out = append(out, x.violation(f, oracleKin, oracleLib))
	}
	for _, k := range alone {
		out = x.dispute(out, k, oracleKin, byKin, byLib)
	}
	for i, l := range byLib {
		if !taken[i] {
			out = x.dispute(out, l, oracleLib, byKin, byLib)
		}
	}
	slices.SortStableFunc(out, func(a, b journal.Violation) int { // the libraries' own order is partly that of maps
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Keyword, b.Keyword))
	})
	return out
}

// partner finds the finding that is about the same thing: first the same place and keyword, then the same place, then one that lies within the
// other (an oracle may stop at a oneOf that the other goes into).
func partner(k finding, list []finding, taken []bool) int {
	within, same := -1, -1
	for i, l := range list {
		if taken[i] || l.part != k.part {
			continue
		}
		switch {
		case strings.EqualFold(l.pointer, k.pointer) && l.keyword == k.keyword:
			return i
		case strings.EqualFold(l.pointer, k.pointer):
			same = i
		case k.part == partBody && (strings.HasPrefix(l.pointer, k.pointer+"/") || strings.HasPrefix(k.pointer, l.pointer+"/")):
			within = i
		}
	}
	if same >= 0 {
		return same
	}
	return within
}

// dispute settles a finding that only one oracle has. A second finding at a place at which both object already is no dispute about the message.
func (x *weighing) dispute(out []journal.Violation, f finding, accuser string, byKin, byLib []finding) []journal.Violation {
	for _, v := range out {
		if len(v.Oracles) == 2 && v.Part == f.part && strings.EqualFold(v.Pointer, f.pointer) {
			return out
		}
	}
	d := &dispute{finding: f, in: x.in, accuser: accuser, status: x.m.Status, format: x.format(f), value: x.scalar(f)}
	if x.in == inResponse && f.part == partHeader {
		_, schema := x.headerSchema(f.pointer)
		d.untyped = schema != nil && yamltree.Child(schema, "type") == nil
	}
	record := journal.Disagreement{In: x.in, Kin: "valid", Lib: "valid"}
	if said := sayings(byKin, f.part); said != "" {
		record.Kin = said
	}
	if said := sayings(byLib, f.part); said != "" {
		record.Lib = said
	}
	k, isKnown := known(d)
	if isKnown {
		record.Known = k.name
	}
	if !slices.Contains(x.j.Disagreements, record) {
		x.j.Disagreements = append(x.j.Disagreements, record)
	}
	if isKnown && k.right == accuser {
		out = append(out, x.violation(f, accuser))
	}
	return out
}

// sayings is what an oracle says of one part of a message.
func sayings(list []finding, part string) string {
	var out []string
	for _, f := range list {
		if f.part == part {
			text := f.part
			if f.pointer != "" {
				text += " " + f.pointer
			}
			out = append(out, text+": "+f.message)
		}
	}
	return capped(strings.Join(out, "; "))
}

// violation tells a finding in our own words, with its place in the contract.
func (x *weighing) violation(f finding, oracles ...string) journal.Violation {
	v := journal.Violation{Blame: x.blame, In: x.in, Part: f.part, Pointer: f.pointer, Keyword: f.keyword, Oracles: oracles}
	x.describe(&v, f)
	return x.c.finish(v, x.op, x.m)
}
