package preflight

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// specialTokens looks whether the credentials that are meant to be refused are what they are said to be. All of it is looks. What they look at is a list that the contract
// does not describe, so that a token which meets trouble in turn has met none of it yet where a scenario begins.
func (c *check) specialTokens(ctx context.Context) {
	for _, step := range []func(context.Context){c.expired, c.denied, c.foreign, c.throttled, c.failing} {
		if step(ctx); ctx.Err() != nil {
			return
		}
	}
}

// look lists servers as somebody; nil without a whole answer, which says nothing about who asks.
func (c *check) look(ctx context.Context, token, what string) *ecs.Answer {
	a, err := c.t.Client.ListServers(ctx, 1, ecs.As(ecs.Credentials{Token: token}))
	if err != nil && ctx.Err() == nil {
		c.say(Warning, "capabilities", "", "no whole answer to a look with %s: %v", what, err)
	}
	if err != nil {
		return nil
	}
	return a
}

func refused(a *ecs.Answer) bool {
	return a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden
}

func (c *check) expired(ctx context.Context) {
	if c.t.ExpiredToken == "" {
		return
	}
	switch a := c.look(ctx, c.t.ExpiredToken, "the expired token"); {
	case a == nil:
	case a.Status < 300:
		c.say(Warning, "capabilities", "wait until it ends (tokens are good for 24 hours), give an older one, or leave --expired-token out", "expired-token: the server answered %d to it: it has not expired", a.Status)
	case a.Status != http.StatusUnauthorized:
		c.say(Warning, "capabilities", "give another, or leave --expired-token out", "expired-token: a look with it is answered %s, not 401: it may be more than expired", a.Summary())
	default:
		c.good("expired-token is refused (" + told(a) + ")")
	}
}

// denied looks at a server, which is an operation of the contract; without one, at the list.
func (c *check) denied(ctx context.Context) {
	if c.t.DeniedToken == "" {
		return
	}
	var a *ecs.Answer
	if own := c.own(); len(own) > 0 {
		got, err := c.t.Client.ShowServer(ctx, own[0].ID, ecs.As(ecs.Credentials{Token: c.t.DeniedToken}))
		if err == nil {
			a = got
		}
	} else {
		a = c.look(ctx, c.t.DeniedToken, "the denied token")
	}
	switch {
	case a == nil:
	case a.Status < 300:
		c.say(Warning, "capabilities", "have a policy deny its bearer all ecs:cloudServers actions, or leave --denied-token out", "denied-token: its bearer may look at servers (%d): no policy denies that", a.Status)
	case a.Status == http.StatusUnauthorized:
		c.say(Warning, "capabilities", "get a new one (tokens end after 24 hours), or leave --denied-token out", "denied-token: it is no good token (%s): it would be refused for that, and not by a policy", a.Summary())
	case a.HasCode("Common.0018", "Ecs.0023"):
		c.say(Warning, "capabilities", "give one of project "+c.t.ProjectID+", or leave --denied-token out", "denied-token: it is of another project (%s)", a.Summary())
	case a.Status != http.StatusForbidden:
		c.say(Warning, "capabilities", "give another, or leave --denied-token out", "denied-token: a look with it is answered %s, not 403", a.Summary())
	default:
		c.good("denied-token is denied (" + told(a) + ")")
	}
}

// foreign looks whether each of the two projects is closed to the other's credentials. That the foreign one's open their own was looked at before.
func (c *check) foreign(ctx context.Context) {
	other := c.t.Foreign
	if other.ID == "" {
		return
	}
	closed := 0
	if other.Credentials != (ecs.Credentials{}) {
		a, err := c.t.Client.ListServers(ctx, 1, ecs.As(other.Credentials))
		switch {
		case err != nil:
		case a.Status < 300:
			c.say(Warning, "capabilities", "give credentials that have no right to project "+c.t.ProjectID, "foreign-project-id: its credentials open the run's own project, too (%d)", a.Status)
		default:
			closed++
		}
	}
	if ctx.Err() != nil {
		return
	}
	if list := c.inventory.Servers[fixture.Foreign]; len(list) > 0 {
		a, err := c.t.Client.ShowServer(ctx, list[0].ID, ecs.InProject(other.ID))
		switch {
		case err != nil:
		case a.Status < 300:
			c.say(Warning, "capabilities", "name a project that they have no right to", "foreign-project-id: the run's own credentials open it (%d): it is not foreign", a.Status)
		default:
			closed++
		}
	}
	if closed > 0 {
		c.good("foreign-project-id is closed to the run")
	}
}

// throttled looks once: what is let through now may be throttled later, as a limit is of a time.
func (c *check) throttled(ctx context.Context) {
	if c.t.ThrottledToken == "" {
		return
	}
	switch a := c.look(ctx, c.t.ThrottledToken, "the throttled token"); {
	case a == nil:
	case refused(a):
		c.say(Warning, "capabilities", "get a new one (tokens end after 24 hours), or leave --throttled-token out", "throttled-token: it is refused (%s), and not throttled", a.Summary())
	case a.Busy():
		c.good("throttled-token is throttled (" + told(a) + ")")
	default:
		c.good("throttled-token was let through once (" + told(a) + ")")
	}
}

// failing looks once. A 401 may be one of the failures: an identity service that does not confirm what the gateway let pass.
func (c *check) failing(ctx context.Context) {
	if c.t.FailingToken == "" {
		return
	}
	switch a := c.look(ctx, c.t.FailingToken, "the failing token"); {
	case a == nil:
	case a.Status < 300:
		c.say(Warning, "capabilities", "have all of its requests fail, or leave --failing-token out", "failing-token: a look with it was answered %d: the service is well", a.Status)
	case refused(a) && slices.ContainsFunc(a.ErrorCodes(), func(code string) bool { return strings.HasPrefix(strings.ToUpper(code), "APIG") }):
		c.say(Warning, "capabilities", "get a new one (tokens end after 24 hours), or leave --failing-token out", "failing-token: the gateway refuses it (%s)", a.Summary())
	default:
		c.good("failing-token meets a failure (" + told(a) + ")")
	}
}
