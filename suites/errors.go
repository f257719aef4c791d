package suites

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/onsi/gomega"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// errorAnswers is what an error tells beyond its code. That every error has a known envelope is judged by the contract's schema, exchange by exchange.
func errorAnswers(w *writer) {
	// A request without credentials is the one that every gateway answers itself.
	w.scenario("RSZ-ERR-003", "the request_id of a gateway's error is the X-Request-Id of the answer", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		refused := x.good(s)
		refused.how = []ecs.Option{ecs.Anonymous()}
		a := x.Resize(ctx, refused)
		id := Text(a, "/request_id")
		if id == "" || lookup(a, "/error_code") == nil {
			x.NotApplicable("the target has no gateway in front: a request without credentials is not answered in the gateway's envelope")
		}
		x.Expect(a, "/request_id", gomega.Equal(a.Header.Get("X-Request-Id")), "the value of the answer's X-Request-Id, %q", a.Header.Get("X-Request-Id"))
	})
	// One error of the service about the server, one about the body, one of whoever checks credentials: they come from three places of a real cloud.
	w.scenario("RSZ-ERR-004", "error codes are spelled as documented", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		unknown, unreadable, stranger := x.good(s), ask(s, ecs.Resize{}, ecs.Body([]byte(`{"resize":`)), ecs.Malformed("cut off")), x.good(s)
		unknown.to = nobody
		stranger.how = []ecs.Option{ecs.Anonymous()}
		for _, r := range []request{unknown, unreadable, stranger} {
			x.SpelledAsDocumented(x.Resize(ctx, r))
		}
	})
}

// SpelledAsDocumented asserts that a code that has a documented prefix in any case has it in the documented case. A code of another family is no misspelling.
func (x *Exercise) SpelledAsDocumented(a *ecs.Answer) {
	for _, code := range a.ErrorCodes() {
		prefix, number, _ := strings.Cut(code, ".")
		for _, documented := range []string{"Ecs", "Common", "Pdp", "APIGW", "APIG"} {
			if !strings.EqualFold(prefix, documented) {
				continue
			}
			if prefix != documented || !regexp.MustCompile(`^\d{4}$`).MatchString(number) {
				x.Fail(at(a, codePointer(a)), fmt.Sprintf("a code of the form %s.0000", documented), fmt.Sprintf("%q", code))
			}
		}
	}
}
