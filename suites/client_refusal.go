package suites

import (
	"context"
	"fmt"
	"net/http"

	"resize-conformance/harness/director"
)

// clientRefusal is what a client tells of refusals whatever is in them, and whether it says that trying again may help.
func clientRefusal(w *writer) {
	w.scenario("RSZ-CLIENT-123", "a refusal is told as one, with its status", func(ctx context.Context, x *Exercise) {
		for _, a := range anyRefusals() {
			c := x.Told(ctx, x.resizingOnce(), a)
			what := fmt.Sprintf("status %d with %s", a.Status, orNothing(a.Header.Get("Content-Type")))
			x.Refuses(c, "a refusal not to be told as success: "+what)
			x.Tells(c, "the status of a refusal to be told: "+what, tellsStatus(c.Told.Error, a.Status))
		}
	})
	w.scenario("RSZ-CLIENT-124", "what asks to come back later is told as that", func(ctx context.Context, x *Exercise) {
		x.saysWhether(ctx, true, []director.Answer{
			byGateway(429, "APIGW.0308", "The throttling threshold has been reached").answer(), later(byGateway(429, "APIGW.0308", "The throttling threshold has been reached").answer()),
			byService(503, "Common.1503", "The flow is controlled.").answer(), later(byService(503, "Common.1503", "The flow is controlled.").answer()),
			byService(501, "Ecs.0603", "Another command is executed.").answer(), director.JSON(202, throttle),
		})
	})
	w.scenario("RSZ-CLIENT-125", "what stays refused is not told as worth another try", func(ctx context.Context, x *Exercise) {
		x.saysWhether(ctx, false, []director.Answer{
			byService(400, "Ecs.0005", "The parameter is invalid.").answer(), byGateway(401, "APIGW.0301", "Incorrect authentication information").answer(),
			byService(403, "Ecs.0110", "Ask the main account for rights.").answer(), byService(404, "Ecs.0114", "The instance could not be found.").answer(),
		})
	})
}

// anyRefusals are refusals as services, gateways, proxies and firewalls write them.
func anyRefusals() []director.Answer {
	page := func(status int) director.Answer {
		return director.Answer{Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: fmt.Sprintf("<html><body><h1>%d %s</h1></body></html>\n", status, http.StatusText(status))}
	}
	text := func(status int) director.Answer {
		return director.Answer{Status: status, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: http.StatusText(status) + "\n"}
	}
	empty := func(status int) director.Answer { return director.Answer{Status: status} }
	return []director.Answer{
		byService(400, "Ecs.0005", "The parameter is invalid.").answer(), text(400), director.JSON(400, `{}`),
		page(401), byService(403, "Ecs.0110", "Ask the main account for rights.").answer(), empty(403), byService(404, "Ecs.0114", "The instance could not be found.").answer(), page(404), empty(405),
		byService(409, "Ecs.0100", "The status does not suit.").answer(), page(413), empty(429), later(byGateway(429, "APIGW.0308", "The throttling threshold has been reached").answer()),
		byService(500, "Common.0001", "System exception.").answer(), page(500), empty(501), page(502), director.JSON(502, `{"message":"upstream"`), empty(502),
		page(503), empty(503), later(byService(503, "Common.1503", "The flow is controlled.").answer()), page(504), text(504),
	}
}

// later adds that the client may come back in a second.
func later(a director.Answer) director.Answer {
	h := a.Header.Clone()
	h.Set("Retry-After", "1")
	a.Header = h
	return a
}

// saysWhether asserts that a client which says whether trying again may help says so rightly.
func (x *Exercise) saysWhether(ctx context.Context, helps bool, answers []director.Answer) {
	said := false
	var others []*Called
	for _, a := range answers {
		c := x.Told(ctx, x.resizingOnce(), a)
		if c.Told.Error == nil || c.Told.Error.Retryable == nil {
			continue
		}
		said = true
		if *c.Told.Error.Retryable != helps {
			others = append(others, c)
		}
	}
	switch {
	case !said:
		x.NotApplicable("the client does not say whether trying again may help")
	case len(others) > 0 && helps:
		x.Tells(others[0], fmt.Sprintf("the user to be told that trying again may help, after status %d", others[0].Status), false)
	default:
		x.informs("what stays refused is told as not worth another try", others)
	}
}
