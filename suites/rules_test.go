package suites

import (
	"slices"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// droppedRules says of every rule by which the emulator refuses a resize what happens to an emulator without it: which requirements find it out, or why none can.
var droppedRules = map[string]struct {
	foundBy  []string
	profile  string // where it can be found; empty: intl
	notFound string // why no scenario can tell
}{
	"media-type":          {foundBy: []string{"RSZ-BODY-017", "RSZ-BODY-018"}},
	"json":                {foundBy: []string{"RSZ-BODY-014", "RSZ-BODY-015", "RSZ-BODY-022", "RSZ-DRY-003"}},
	"body-object":         {foundBy: []string{"RSZ-BODY-023"}},
	"resize":              {foundBy: []string{"RSZ-BODY-001", "RSZ-BODY-002", "RSZ-DRY-003", "RSZ-DRY-005"}},
	"flavorRef":           {foundBy: []string{"RSZ-BODY-003", "RSZ-BODY-004", "RSZ-DRY-003", "RSZ-DRY-005", "RSZ-V1-003"}},
	"dry_run":             {foundBy: []string{"RSZ-BODY-006"}},
	"dedicated_host_id":   {foundBy: []string{"RSZ-BODY-007"}},
	"extendparam":         {foundBy: []string{"RSZ-BODY-008"}},
	"cpu_options":         {foundBy: []string{"RSZ-BODY-010"}},
	"cpu_threads":         {foundBy: []string{"RSZ-BODY-012"}},
	"server-exists":       {foundBy: []string{"RSZ-URI-002", "RSZ-URI-003", "RSZ-URI-007"}},
	"locked":              {foundBy: []string{"RSZ-STATE-007"}},
	"frozen":              {foundBy: []string{"RSZ-STATE-008"}},
	"spot":                {foundBy: []string{"RSZ-SPOT-001", "RSZ-SPOT-002"}},
	"windows":             {foundBy: []string{"RSZ-WIN-001"}},
	"stopped":             {foundBy: []string{"RSZ-STATE-002", "RSZ-V1-004"}},
	"flavor-exists":       {foundBy: []string{"RSZ-FLAVOR-002"}},
	"flavor-abandoned":    {foundBy: []string{"RSZ-FLAVOR-004"}},
	"flavor-sold-out":     {foundBy: []string{"RSZ-FLAVOR-003"}},
	"flavor-open-beta":    {foundBy: []string{"RSZ-FLAVOR-013"}},
	"flavor-changes":      {foundBy: []string{"RSZ-FLAVOR-001"}},
	"flavor-reachable":    {foundBy: []string{"RSZ-FLAVOR-005"}},
	"dedicated-host":      {foundBy: []string{"RSZ-DEH-001"}},
	"cpu-threads-allowed": {foundBy: []string{"RSZ-CPU-003"}},
	"v1-pay-per-use":      {foundBy: []string{"RSZ-V1-002"}},
	"downgrade":           {foundBy: []string{"RSZ-FLAVOR-012"}, profile: "ae-ad-1"},

	"body-not-blank":        {notFound: "the next rule refuses an empty body as well, with the other code that is allowed"},
	"isAutoPay":             {notFound: "RSZ-BODY-030: what another type gets is not documented"},
	"mode":                  {notFound: "this edition does not document the field"},
	"idle":                  {notFound: "a server that is being resized is not stopped, and is refused for that, with a code that is allowed"},
	"order-settled":         {notFound: "no source says what a second resize gets while an order is unpaid"},
	"capacity":              {notFound: "no part of an inventory is a flavor that is on sale and has no room"},
	"dedicated-host-exists": {notFound: "RSZ-DEH-004: not documented"},
	"dedicated-host-room":   {notFound: "RSZ-DEH-004: not documented"},
}

// An emulator that has lost one of its rules is found out by every requirement that the rule keeps, and by the right ones.
func TestEveryDroppedRuleIsFound(t *testing.T) {
	contracts := map[string]*contract.Contract{}
	for _, name := range ruleNames(t) {
		dropped, listed := droppedRules[name]
		if !listed {
			t.Errorf("rule %q is not in the table: say which requirements find an emulator without it, or why none can", name)
			continue
		}
		if dropped.notFound != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			without := target.WithEmulator(func(c *emulator.Config) {
				c.Seams.Rules = func(rules []emulator.Rule) []emulator.Rule {
					return slices.DeleteFunc(rules, func(r emulator.Rule) bool { return r.Name == name })
				}
			})
			options := []target.Option{without}
			if shared := contracts[dropped.profile]; shared != nil {
				options = append(options, target.WithContract(shared))
			}
			tg := open(t, dropped.profile, options...)
			contracts[dropped.profile] = tg.Contract
			pack := packOf(t, tg)
			for _, id := range dropped.foundBy {
				s := pick(t, pack, id)
				r := s.Perform(t.Context(), &Env{Target: tg})[0]
				wanted := journal.Fail
				if s.Requirement.Level != journal.Must {
					wanted = journal.Warn
				}
				if r.Verdict != wanted || r.Finding == nil || r.Finding.Exchange == 0 {
					t.Errorf("%s: wanted %s with an exchange that proves it, got %s %s %+v", s.Name(), wanted, r.Verdict, r.Reason, r.Finding)
				}
			}
		})
	}
}

// ruleNames lists the rules of the emulator.
func ruleNames(t *testing.T) []string {
	t.Helper()
	var names []string
	_, err := emulator.New(emulator.Config{Seams: emulator.Seams{Rules: func(rules []emulator.Rule) []emulator.Rule {
		for _, r := range rules {
			names = append(names, r.Name)
		}
		return rules
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
