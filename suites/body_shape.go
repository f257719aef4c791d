package suites

import (
	"context"
	"regexp"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// The smallest valid body, and the same as a dry run, which it is where the edition has one (body). FLAVOR stands for a flavor that the leased server can have.
const (
	realBody = `{"resize":{"flavorRef":"FLAVOR"}}`
	goodBody = `{"resize":{"flavorRef":"FLAVOR"},"dry_run":true}`
)

// bodyShape is the shape of the JSON body. Every broken body differs from its valid twin in the one thing that the title names, so that only a target that looks at
// this very thing can answer both rightly. None of the broken ones is a dry run: a target that does not look would carry them out, and the server would show it.
func bodyShape(w *writer) {
	w.cases("RSZ-BODY-001", "a body without resize is rejected",
		example{name: "one-level-too-high", what: "all that is needed, but one level too high", body: `{"flavorRef":"FLAVOR"}`},
		example{name: "dry-run-alone", what: "dry_run and nothing else", body: `{"dry_run":false}`},
	)
	w.cases("RSZ-BODY-002", "a resize that is no object is rejected")
	w.cases("RSZ-BODY-003", "a resize without flavorRef is rejected",
		example{name: "extendparam-alone", what: "extendparam and nothing else", body: `{"resize":{"extendparam":{"isAutoPay":"false"}}}`},
	)
	w.cases("RSZ-BODY-004", "a flavorRef that is no string is rejected")
	w.cases("RSZ-BODY-005", "an empty flavorRef is rejected")
	// "true" is the one that matters: a target that reads any non-empty string as true, or ignores what it cannot read, does not do what was asked.
	w.cases("RSZ-BODY-006", "a dry_run that is no boolean is rejected")
	w.cases("RSZ-BODY-007", "a dedicated_host_id that is no string is rejected")
	w.cases("RSZ-BODY-008", "an extendparam that is no object is rejected")
	w.cases("RSZ-BODY-009", "an empty extendparam is tolerated")
	w.cases("RSZ-BODY-010", "a cpu_options that is no object is rejected")
	w.cases("RSZ-BODY-011", "an empty cpu_options is tolerated")
	// 0 is what a client sends whose zero value was never set (seen in a published SDK); 3 is the first value outside on the other side.
	w.cases("RSZ-BODY-012", "hw:cpu_threads other than the integers 1 and 2 is rejected")
	w.cases("RSZ-BODY-037", "a body is rejected that breaks its schema in any other respect, and accepted when it keeps it")
	// No source bounds the name of a flavor, and a table in which it is looked up has a width and an alphabet.
	w.cases("RSZ-BODY-038", "values of which no source says what they mean bring no server error",
		example{name: "long-flavor", what: "the name of a flavor that nobody has, of 300 letters", body: `{"resize":{"flavorRef":"` + strings.Repeat("x", 300) + `"},"dry_run":true}`, valid: true},
		example{name: "non-ascii-flavor", what: "the name of a flavor that nobody has, in letters that are not ASCII", body: `{"resize":{"flavorRef":"größe.大.2"},"dry_run":true}`, valid: true},
	)
	w.cases("RSZ-BODY-040", "members that nobody knows bring no server error")
}

// rejectsBodies writes a scenario that sends each broken body and then their valid twin.
func (w *writer) rejectsBodies(id, title, twin string, broken ...string) {
	w.add(1, true, id, title, func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		var probes []request
		for _, body := range broken {
			probes = append(probes, ask(s, ecs.Resize{}, x.body(s, body), ecs.Malformed(title)))
		}
		x.MustReject(ctx, s, x.bodied(s, twin), probes...)
	})
}

// acceptsBodies writes a scenario in which each body is understood. The bodies are dry runs: what they ask for is RSZ-STATE-001's business, that they are read is theirs.
func (w *writer) acceptsBodies(id, title string, bodies ...string) {
	w.add(1, true, id, title, func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		for _, body := range bodies {
			x.Understood(x.Resize(ctx, x.bodied(s, body)), "the body")
		}
	})
}

// body fills in a template: FLAVOR is a flavor that the server can have, THREADED one that allows both values of hw:cpu_threads where the target names one.
func (x *Exercise) body(s *fixture.Server, template string) ecs.Option {
	flavor := x.Flavor(s, "target", s.Flavors.Target)
	threaded := flavor
	if s.Flavors.Dedicated != "" {
		threaded = s.Flavors.Dedicated
	}
	if !x.dryRuns() {
		template = withoutDryRun(template)
	}
	return ecs.Body([]byte(strings.NewReplacer("FLAVOR", flavor, "THREADED", threaded).Replace(template)))
}

// bodied is a request with a body that is to be understood: one that a template makes.
func (x *Exercise) bodied(s *fixture.Server, template string) request {
	r := ask(s, ecs.Resize{}, x.body(s, template))
	r.check = withoutDryRun(template) != template
	return r
}

var dryRunMember = regexp.MustCompile(`,\s*"dry_run"\s*:\s*true|"dry_run"\s*:\s*true\s*,\s*`)

// withoutDryRun takes the member out of a body, for an edition to which it is an unknown one.
func withoutDryRun(body string) string { return dryRunMember.ReplaceAllString(body, "") }
