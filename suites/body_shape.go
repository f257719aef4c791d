package suites

import (
	"context"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// The smallest valid body, and the same as a dry run. FLAVOR stands for a flavor that the leased server can have.
const (
	realBody = `{"resize":{"flavorRef":"FLAVOR"}}`
	goodBody = `{"resize":{"flavorRef":"FLAVOR"},"dry_run":true}`
)

// bodyShape is the shape of the JSON body. Every broken body differs from its valid twin in the one thing that the title names, so that only a target that looks at
// this very thing can answer both rightly. None of the broken ones is a dry run: a target that does not look would carry them out, and the server would show it.
func bodyShape(w *writer) {
	w.rejectsBodies("RSZ-BODY-001", "a body without resize is rejected", goodBody,
		`{}`, `{"dry_run":false}`,
		`{"flavorRef":"FLAVOR"}`, // all that is needed, but one level too high
	)
	w.rejectsBodies("RSZ-BODY-002", "a resize that is no object is rejected", goodBody,
		`{"resize":"FLAVOR"}`, `{"resize":["FLAVOR"]}`, `{"resize":[{"flavorRef":"FLAVOR"}]}`, `{"resize":true}`, `{"resize":null}`,
	)
	w.rejectsBodies("RSZ-BODY-003", "a resize without flavorRef is rejected", goodBody,
		`{"resize":{}}`,
		`{"resize":{"flavorref":"FLAVOR"}}`, // member names are case-sensitive
		`{"resize":{"extendparam":{"isAutoPay":"false"}}}`,
	)
	w.rejectsBodies("RSZ-BODY-004", "a flavorRef that is no string is rejected", goodBody,
		`{"resize":{"flavorRef":2}}`, `{"resize":{"flavorRef":true}}`, `{"resize":{"flavorRef":["FLAVOR"]}}`,
		`{"resize":{"flavorRef":{"id":"FLAVOR"}}}`, `{"resize":{"flavorRef":null}}`,
	)
	w.rejectsBodies("RSZ-BODY-005", "an empty flavorRef is rejected", goodBody,
		`{"resize":{"flavorRef":""}}`,
	)
	// "true" is the one that matters: a target that reads any non-empty string as true, or ignores what it cannot read, does not do what was asked.
	w.rejectsBodies("RSZ-BODY-006", "a dry_run that is no boolean is rejected", goodBody,
		`{"resize":{"flavorRef":"FLAVOR"},"dry_run":"true"}`, `{"resize":{"flavorRef":"FLAVOR"},"dry_run":1}`,
		`{"resize":{"flavorRef":"FLAVOR"},"dry_run":[true]}`, `{"resize":{"flavorRef":"FLAVOR"},"dry_run":{}}`,
	)
	w.rejectsBodies("RSZ-BODY-007", "a dedicated_host_id that is no string is rejected", goodBody,
		`{"resize":{"flavorRef":"FLAVOR","dedicated_host_id":5}}`, `{"resize":{"flavorRef":"FLAVOR","dedicated_host_id":true}}`,
		`{"resize":{"flavorRef":"FLAVOR","dedicated_host_id":["459a2b9d-804a-4745-ab19-a113bb1b4ddc"]}}`,
	)
	w.rejectsBodies("RSZ-BODY-008", "an extendparam that is no object is rejected", `{"resize":{"flavorRef":"FLAVOR","extendparam":{"isAutoPay":"false"}},"dry_run":true}`,
		`{"resize":{"flavorRef":"FLAVOR","extendparam":"isAutoPay"}}`, `{"resize":{"flavorRef":"FLAVOR","extendparam":[{"isAutoPay":"false"}]}}`,
		`{"resize":{"flavorRef":"FLAVOR","extendparam":true}}`, `{"resize":{"flavorRef":"FLAVOR","extendparam":0}}`,
	)
	w.acceptsBodies("RSZ-BODY-009", "an empty extendparam is tolerated",
		`{"resize":{"flavorRef":"FLAVOR","extendparam":{}},"dry_run":true}`,
	)
	w.rejectsBodies("RSZ-BODY-010", "a cpu_options that is no object is rejected", `{"resize":{"flavorRef":"FLAVOR","cpu_options":{}},"dry_run":true}`,
		`{"resize":{"flavorRef":"FLAVOR","cpu_options":"hw:cpu_threads"}}`, `{"resize":{"flavorRef":"FLAVOR","cpu_options":[{"hw:cpu_threads":2}]}}`,
		`{"resize":{"flavorRef":"FLAVOR","cpu_options":2}}`, `{"resize":{"flavorRef":"FLAVOR","cpu_options":true}}`,
	)
	w.acceptsBodies("RSZ-BODY-011", "an empty cpu_options is tolerated",
		`{"resize":{"flavorRef":"FLAVOR","cpu_options":{}},"dry_run":true}`,
	)
	// 0 is what a client sends whose zero value was never set (seen in a published SDK); 3 is the first value outside on the other side.
	w.rejectsBodies("RSZ-BODY-012", "hw:cpu_threads other than the integers 1 and 2 is rejected", `{"resize":{"flavorRef":"THREADED","cpu_options":{"hw:cpu_threads":2}},"dry_run":true}`,
		`{"resize":{"flavorRef":"THREADED","cpu_options":{"hw:cpu_threads":0}}}`, `{"resize":{"flavorRef":"THREADED","cpu_options":{"hw:cpu_threads":3}}}`,
		`{"resize":{"flavorRef":"THREADED","cpu_options":{"hw:cpu_threads":-1}}}`, `{"resize":{"flavorRef":"THREADED","cpu_options":{"hw:cpu_threads":1.5}}}`,
		`{"resize":{"flavorRef":"THREADED","cpu_options":{"hw:cpu_threads":"2"}}}`, `{"resize":{"flavorRef":"THREADED","cpu_options":{"hw:cpu_threads":true}}}`,
	)
}

// rejectsBodies writes a scenario that sends each broken body and then their valid twin.
func (w *writer) rejectsBodies(id, title, twin string, broken ...string) {
	w.add(1, true, id, title, func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		var probes []request
		for _, body := range broken {
			probes = append(probes, ask(s, ecs.Resize{}, x.body(s, body), ecs.Malformed(title)))
		}
		x.MustReject(ctx, s, ask(s, ecs.Resize{}, x.body(s, twin)), probes...)
	})
}

// acceptsBodies writes a scenario in which each body is understood. The bodies are dry runs: what they ask for is RSZ-STATE-001's business, that they are read is theirs.
func (w *writer) acceptsBodies(id, title string, bodies ...string) {
	w.add(1, true, id, title, func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		for _, body := range bodies {
			x.Understood(x.Resize(ctx, ask(s, ecs.Resize{}, x.body(s, body))), "the body")
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
	return ecs.Body([]byte(strings.NewReplacer("FLAVOR", flavor, "THREADED", threaded).Replace(template)))
}
