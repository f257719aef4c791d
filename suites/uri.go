package suites

import (
	"context"
	"net/http"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// nobody is the id of a server, a job or a host that does not exist: a well-formed UUID that no random generator gives.
const nobody = "00000000-0000-4000-8000-000000000000"

// uri is whether requests find the operation, and only the operation.
func uri(w *writer) {
	w.cases("RSZ-URI-010", "ids of no or one letter and malformed or stale headers bring no server error")
	w.scenario("RSZ-URI-001", "the v1.1 path serves the operation", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.Understood(x.Resize(ctx, x.good(s).dry()), "a good request at the v1.1 path")
	})
	// The request is good in all but the id, so the id alone can be refused; no dry run, because how deep a dry run looks is undocumented.
	w.scenario("RSZ-URI-002", "an unknown server is answered 404", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		unknown := x.good(s)
		unknown.to = nobody
		x.MustReject(ctx, s, x.good(s).dry(), unknown)
	})
	// The second is a leased server's id with one character more: a target that compares only a prefix would resize that server.
	w.scenario("RSZ-URI-003", "a malformed server id is rejected", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		short, long := x.good(s), x.good(s)
		short.to, long.to = "abc", s.ID+"0"
		x.MustReject(ctx, s, x.good(s).dry(), short, long)
	})
	w.scenario("RSZ-URI-004", "the project of another tenant in the path is rejected", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		elsewhere := x.good(s)
		elsewhere.how = []ecs.Option{ecs.InProject(x.Target().Foreign.ID)}
		x.MustReject(ctx, s, x.good(s).dry(), elsewhere)
	})
	// Each path is one letter, one segment or one version away from the real one; a router that matches prefixes serves some of them.
	w.raw("RSZ-URI-005", "a path that is not documented is answered 404 or 405", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		rest := "/" + x.Target().ProjectID + "/cloudservers/" + s.ID
		for _, path := range []string{"/v1.1" + rest + "/resized", "/v1.1" + rest + "/resize/now", "/v9" + rest + "/resize"} {
			x.Rejected(x.Send(ctx, http.MethodPost, path, x.body(s, realBody), ecs.ContentType("application/json"), ecs.Malformed("no operation has this path")))
		}
		x.Unchanged(ctx, s)
		x.Control(ctx, x.good(s).dry())
	})
	// PUT and PATCH carry a body that would be a good one, were the method POST.
	w.raw("RSZ-URI-006", "a method that is not documented is answered 404 or 405", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		for _, method := range []string{http.MethodPut, http.MethodPatch} {
			x.Rejected(x.Resize(ctx, x.good(s, ecs.Method(method), ecs.Malformed("no operation has this method"))))
		}
		for _, method := range []string{http.MethodGet, http.MethodDelete} {
			bare := []ecs.Option{ecs.Method(method), ecs.Body(nil), ecs.WithoutHeader("Content-Type"), ecs.Malformed("no operation has this method")}
			x.Rejected(x.Resize(ctx, request{to: s.ID, how: bare}))
		}
		x.Unchanged(ctx, s)
		x.Control(ctx, x.good(s).dry())
	})
	w.scenario("RSZ-URI-007", "a server of another project is not found under the own project", func(ctx context.Context, x *Exercise) {
		s, foreign := x.Server(ctx, fixture.Stopped), x.Server(ctx, fixture.Foreign)
		theirs := x.good(s)
		theirs.to = foreign.ID
		x.MustReject(ctx, s, x.good(s).dry(), theirs)
	})
	w.takes(fixture.Foreign)
	w.scenario("RSZ-URI-008", "the id in the path is the one that showServer tells", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		_, shown := x.Show(ctx, s.ID)
		x.Expect(shown, "/server/id", gomega.Equal(s.ID), "the server's id, %q", s.ID)
		again := x.good(s).dry()
		again.to = Text(shown, "/server/id")
		x.Understood(x.Resize(ctx, again), "a good request for the id that showServer tells")
	})
}

// Send sends a request that belongs to no operation and returns whatever the target answers.
func (x *Exercise) Send(ctx context.Context, method, path string, how ...ecs.Option) *ecs.Answer {
	a, err := x.client().Raw(ctx, method, path, how...)
	return x.answered(ctx, a, err, "an answer to "+method+" "+path)
}
