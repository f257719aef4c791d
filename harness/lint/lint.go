// Package lint checks a contract as its authors want it: in order for both libraries that judge by it, and beyond what loading asks. Every promise is tested or
// excused, every source can be found, every error answer has a schema, no component is dead, no promise is lost by an overlay.
//
// It works on the document, not on the loaded contract, wherever it can, so that one reading finds as much as possible. Each finding belongs to one of Rules.
package lint

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
)

// Finding is one thing that breaks a rule.
type Finding struct {
	Rule           string   `json:"rule"`
	contract.Place          // in the file that has to be changed
	Pointer        string   `json:"pointer"`            // JSON pointer of the thing in the effective document; "" is the document
	Profiles       []string `json:"profiles,omitempty"` // in which it was found; none when it is about the file without any overlay
	Found          string   `json:"found"`
	Wanted         string   `json:"wanted"`
	Next           string   `json:"next"` // what to do about it
}

// Known is what the program has that a contract speaks of. What is nil is not checked.
type Known struct {
	Capabilities []string          // that a target can declare
	Scenarios    map[string]string // place of each scenario by the id of its requirement
	Monitors     []string          // ids of the requirements that there are monitors for
}

// Report is what came of linting one document.
type Report struct {
	File     string    `json:"file"`
	Profiles []string  `json:"profiles"`
	Rules    int       `json:"rules"` // how many were checked
	Findings []Finding `json:"findings"`
}

// Check lints a document (contract.Source.File) in the given profiles. Findings are sorted by place; the same finding in several profiles is one. An error says
// that there is nothing to lint: see contract.Read.
func Check(ctx context.Context, file string, profiles []string, known Known) (*Report, error) {
	base, err := contract.Read(contract.Source{File: file})
	if err != nil {
		return nil, err
	}
	report := &Report{File: base.File(), Profiles: profiles, Rules: len(Rules()), Findings: []Finding{}}
	alone := newSubject(base, known)
	alone.sources()
	alone.positions()
	report.add(alone.findings, "")
	for _, profile := range profiles {
		draft, err := contract.Read(contract.Source{File: file, Profile: profile})
		if err != nil {
			return nil, err
		}
		s := newSubject(draft, known)
		if err := s.load(ctx); err != nil {
			return nil, err
		}
		s.extensions()
		s.tags()
		s.components()
		s.errorAnswers()
		s.examples(ctx)
		s.rows()
		s.scenarios()
		s.monitors()
		s.families()
		s.lost(base)
		s.behaviour()
		s.mapping()
		report.add(s.findings, draft.Profile())
	}
	slices.SortFunc(report.Findings, func(a, b Finding) int {
		return cmp.Or(a.Place.Compare(b.Place), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Found, b.Found))
	})
	return report, nil
}

// add takes findings in; one that is there already only gets another profile.
func (r *Report) add(findings []Finding, profile string) {
	for _, f := range findings {
		i := slices.IndexFunc(r.Findings, func(o Finding) bool {
			return o.Rule == f.Rule && o.Place == f.Place && o.Found == f.Found && (profile == "") == (o.Profiles == nil)
		})
		if i < 0 {
			i = len(r.Findings)
			r.Findings = append(r.Findings, f)
		}
		if profile != "" && !slices.Contains(r.Findings[i].Profiles, profile) {
			r.Findings[i].Profiles = append(r.Findings[i].Profiles, profile)
		}
	}
}

// subject is one effective document under the rules.
type subject struct {
	*contract.Draft
	known    Known
	loaded   *contract.Contract // nil when it cannot judge
	byKin    []contract.Flaw    // what kin-openapi has against examples
	register []row
	findings []Finding
}

func newSubject(d *contract.Draft, known Known) *subject {
	s := &subject{Draft: d, known: known}
	s.register = readRows(d)
	return s
}

// report notes a finding at the thing that a pointer names.
func (s *subject) report(rule, pointer, format string, args ...any) {
	s.note(rule, s.Place(pointer), pointer, fmt.Sprintf(format, args...))
}

func (s *subject) note(rule string, at contract.Place, pointer, found string) {
	r := ruleNamed(rule)
	s.findings = append(s.findings, Finding{Rule: rule, Place: at, Pointer: pointer, Found: found, Wanted: r.Wanted, Next: r.Next})
}

// load has the contract loaded and takes its flaws. It fails only where nothing can be said of the document.
func (s *subject) load(ctx context.Context) error {
	c, err := s.Load(ctx)
	s.loaded = c
	flaws := contract.Flaws(err)
	if err != nil && len(flaws) == 0 {
		return err
	}
	for _, f := range flaws {
		// examples.go says more of examples. A missing $ref is the other alternative of whatever may be written out or referred to, and never the point.
		if f.Rule != contract.RuleExample && !(f.Rule == contract.RuleLib && strings.Contains(f.Message, ": missing property '$ref'")) {
			s.note(f.Rule, f.Place, f.Pointer, f.Message)
		}
	}
	s.byKin = slices.DeleteFunc(flaws, func(f contract.Flaw) bool { return f.Rule != contract.RuleExample })
	return nil
}
