package suites

import (
	"bytes"
	"context"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
)

// documentedExample is the request body of the documentation page as it stands there: the comma after the extendparam object makes it no JSON.
const documentedExample = `{ "resize": { "flavorRef": "s3.large.2", "dedicated_host_id": "459a2b9d-804a-4745-ab19-a113bb1b4ddc", "extendparam":{ "isAutoPay": "true" }, } }`

// bodyBytes is what the bytes of the body must be before there is any shape to look at.
func bodyBytes(w *writer) {
	w.cases("RSZ-BODY-013", "an empty body is rejected")
	// The first value alone is a good request: a decoder that stops after it would carry it out.
	w.cases("RSZ-BODY-014", "more than one JSON value is rejected")
	// As documented it names a flavor and a host that the target may not know, which would be grounds enough to refuse it; with a flavor that the server can have
	// and no host nothing is wrong but the comma.
	w.rejectsBodies("RSZ-BODY-015", "the documented example, which has a trailing comma, is rejected", `{ "resize": { "flavorRef": "FLAVOR", "extendparam":{ "isAutoPay": "true" } }, "dry_run": true }`,
		documentedExample,
		`{ "resize": { "flavorRef": "FLAVOR", "extendparam":{ "isAutoPay": "true" }, } }`,
	)
	// What a named host means for a server that is on none is undocumented, so the host stays in only where there is one.
	w.raw("RSZ-BODY-016", "the documented example without its trailing comma is understood", func(ctx context.Context, x *Exercise) {
		repaired := strings.Replace(documentedExample, "}, }", "} }", 1)
		s := x.Server(ctx, fixture.Stopped)
		plain := strings.NewReplacer("s3.large.2", "FLAVOR", `"dedicated_host_id": "459a2b9d-804a-4745-ab19-a113bb1b4ddc", `, "", "} } }", `} }, "dry_run": true }`)
		x.Understood(x.Resize(ctx, x.bodied(s, plain.Replace(repaired))), "the repaired example for a server that is on no dedicated host")
		if !x.Has(target.CapDedicatedHost) {
			return
		}
		s = x.Server(ctx, fixture.Dedicated)
		placed := strings.NewReplacer("s3.large.2", "FLAVOR", "459a2b9d-804a-4745-ab19-a113bb1b4ddc", s.DedicatedHostID)
		x.Accepted(x.Resize(ctx, ask(s, ecs.Resize{}, x.body(s, placed.Replace(repaired)))))
	})
	w.takes(fixture.Dedicated)
	w.acceptsBodies("RSZ-BODY-020", "a body is understood with and without a newline at its end",
		goodBody, goodBody+"\n", goodBody+"\r\n",
	)
	// One published client writes members in the order of the documentation, another one alphabetically, a third as its caller does.
	w.raw("RSZ-BODY-021", "members are understood in any order", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		bodies := []string{goodBody, `{"dry_run":true,"resize":{"flavorRef":"FLAVOR"}}`, "{\n\t\"dry_run\" : true ,\n\t\"resize\" : { \"flavorRef\" : \"FLAVOR\" }\n}"}
		if x.Promised("RSZ-BODY-009") {
			bodies = append(bodies, `{"resize":{"extendparam":{},"flavorRef":"FLAVOR"},"dry_run":true}`, `{"resize":{"flavorRef":"FLAVOR","extendparam":{}},"dry_run":true}`)
		}
		for _, body := range bodies {
			x.Understood(x.Resize(ctx, x.bodied(s, body)), "the body")
		}
	})
	// Each is what a lenient parser takes: JSON5, a literal of another language, a body cut off in transit.
	w.cases("RSZ-BODY-022", "malformed JSON is rejected")
	w.cases("RSZ-BODY-023", "a body that is JSON but no object is rejected",
		example{name: "empty-array", what: "an empty array", body: `[]`},
	)
	// What one reader repairs another refuses, and a third stumbles over.
	w.cases("RSZ-BODY-039", "doubtful JSON brings no server error")
	// White space makes the body too long without making it any other request, so nothing but its length can be held against it.
	w.raw("RSZ-BODY-024", "a body of more than 12 MB is answered 413", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		good := []byte(strings.Replace(goodBody, "FLAVOR", x.Flavor(s, "target", s.Flavors.Target), 1))
		tooLong := append(good, bytes.Repeat([]byte(" "), 12<<20)...)
		x.MustReject(ctx, s, x.bodied(s, goodBody), ask(s, ecs.Resize{}, ecs.Body(tooLong)))
	})
}

// bodyMediaType is what Content-Type says about the body.
func bodyMediaType(w *writer) {
	w.cases("RSZ-BODY-017", "a body that is declared to be something else than JSON is not accepted")
	w.cases("RSZ-BODY-018", "a body of which no media type is declared is not accepted")
	// All of them were seen in real clients, or differ from one only in what RFC 9110 section 8.3 says makes no difference.
	w.raw("RSZ-BODY-019", "application/json is understood with and without a charset, in any case", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		for _, mediaType := range []string{
			"application/json", "application/json;charset=UTF-8", "application/json;charset=utf-8", "application/json; charset=utf-8", `application/json; charset="UTF-8"`, "Application/JSON",
		} {
			x.Understood(x.Resize(ctx, x.good(s, ecs.Header("Content-Type", mediaType)).dry()), "a body declared as "+mediaType)
		}
	})
}
