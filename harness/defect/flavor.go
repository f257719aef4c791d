package defect

import (
	"net/http"
	"slices"

	"resize-conformance/harness/emulator"
)

// flavorDefects are about which flavors a server is resized to.
func flavorDefects() []Defect {
	return []Defect{
		{
			Name: "same-flavor-accepted", Title: "resizes to the flavor that the server has", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-001"},
			Apply: withoutRule("flavor-changes"),
		},
		{
			Name: "same-flavor-other-code", Title: "says that the flavor is sold out when the server has it", Kind: Reason, Breaks: []string{"RSZ-FLAVOR-001"},
			Apply: otherwise("flavor-changes", http.StatusBadRequest, "Ecs.0018"),
		},
		{
			Name: "unknown-flavor-accepted", Title: "takes an unknown flavor and lets the job fail", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-002"},
			Apply: withoutRule("flavor-exists"),
		},
		{
			Name: "unknown-flavor-404", Title: "answers 404 for a flavor that does not exist", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-002"},
			Apply: otherwise("flavor-exists", http.StatusNotFound, ""),
		},
		{
			Name: "sold-out-flavor-accepted", Title: "resizes to a flavor that is sold out", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-003"},
			Apply: withoutRule("flavor-sold-out"),
		},
		{
			Name: "sold-out-flavor-carried-out", Title: "refuses a flavor that is sold out and resizes all the same", Kind: Pretence, Breaks: []string{"RSZ-FLAVOR-003"},
			Apply: refusesYetDoes("flavor-sold-out"),
		},
		{
			Name: "abandoned-flavor-accepted", Title: "resizes to a flavor that is off the market", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-004"},
			Apply: withoutRule("flavor-abandoned"),
		},
		{
			Name: "unreachable-flavor-accepted", Title: "resizes to a flavor that cannot be reached", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-005"},
			Apply: withoutRule("flavor-reachable"),
		},
		{
			Name: "unreachable-flavor-other-code", Title: "calls the body illegal when the flavor cannot be reached", Kind: Reason, Breaks: []string{"RSZ-FLAVOR-005"},
			Apply: otherwise("flavor-reachable", http.StatusBadRequest, "Ecs.0005"),
		},
		{
			Name: "smaller-flavor-accepted", Title: "resizes to a smaller flavor where that is forbidden", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-012"}, Profile: "ae-ad-1",
			Apply: withoutRule("downgrade"),
		},
		{
			Name: "less-memory-accepted", Title: "compares vCPUs and not memory where a smaller flavor is forbidden", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-012"}, Profile: "ae-ad-1",
			Apply: knowing(func(s *emulator.State) func(*emulator.Config) {
				return changedRule("downgrade", func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
					from := slices.IndexFunc(s.Flavors, func(f emulator.Flavor) bool { return f.ID == q.Server.Flavor })
					if f != nil && from >= 0 && q.Target.VCPUs >= s.Flavors[from].VCPUs {
						return nil
					}
					return f
				})
			}),
		},
		{
			Name: "open-beta-flavor-accepted", Title: "resizes to a flavor in open beta without asking for the right to it", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-013"},
			Apply: withoutRule("flavor-open-beta"),
		},
		{
			Name: "open-beta-flavor-other-code", Title: "says that a flavor in open beta is off the market", Kind: Reason, Breaks: []string{"RSZ-FLAVOR-013"},
			Apply: otherwise("flavor-open-beta", http.StatusBadRequest, "Ecs.0019"),
		},
	}
}
