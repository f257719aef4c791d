package preflight

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/target"
)

// Bodies of the requests by which it is found out what a resize knows. Each is a dry run, to a flavor that there is not, of a server that nobody has: three times over
// there is nothing that could be carried out. A member that is known and holds an object in place of a text is refused for that; one that is not known is not looked at.
const (
	plainBody       = `{"resize":{"flavorRef":"conformance.no-such-flavor"},"dry_run":true}`
	wrongFlavorBody = `{"resize":{"flavorRef":{}},"dry_run":true}`
	wrongModeBody   = `{"resize":{"flavorRef":"conformance.no-such-flavor","mode":{}},"dry_run":true}`
)

// offered looks whether v1 and mode, where they are declared, are there. Those that are not declared are asked for when it is to be thorough, and told as a hint.
func (c *check) offered(ctx context.Context) {
	edition := c.t.Contract.Behaviour()
	asks := func(name target.Capability) bool {
		tested := c.tested(name)
		if c.t.Capabilities[name] && !tested {
			c.say(Warning, "capabilities", "do not declare it, or choose the --profile that has it", "%s is declared, but nothing is tested of it in this edition of the contract", name)
		}
		return tested && (c.o.Thorough || c.t.Capabilities[name])
	}
	v1, mode := asks(target.CapV1), asks(target.CapMode)
	if !v1 && !mode {
		return
	}
	p := &probing{c: c, server: target.Nobody(), edition: edition.DryRun}
	if !p.unknown(ctx) {
		return
	}
	if v1 {
		p.version1(ctx)
	}
	if mode && ctx.Err() == nil {
		p.mode(ctx, edition.Versions)
	}
}

// tested says whether a promise of the edition needs a capability.
func (c *check) tested(name target.Capability) bool {
	return slices.ContainsFunc(c.t.Contract.Requirements(), func(r contract.Requirement) bool { return slices.Contains(r.Needs, string(name)) })
}

// probing asks about a server that nobody has.
type probing struct {
	c       *check
	server  string
	edition []string // versions that take dry_run
}

// unknown looks whether the target says that there is no such server. One that shows some server for an id that nobody has might carry something out with it, and is asked
// nothing further.
func (p *probing) unknown(ctx context.Context) bool {
	a, err := p.c.t.Client.ShowServer(ctx, p.server, ecs.Patient())
	switch {
	case ctx.Err() != nil:
	case err != nil || a.Status >= 500 || a.Busy():
		p.c.say(OK, "capabilities", "", "v1 and mode were not asked for: showServer of a server that nobody has was not answered (%s)", summaryOf(a, err))
	case a.Status != http.StatusNotFound:
		p.c.say(Warning, "capabilities", "look by hand: does it show other servers than were asked for?", "v1 and mode were not asked for: showServer of a server that nobody has is answered %s, not 404", told(a))
	default:
		return true
	}
	return false
}

// ask sends a request that can change nothing. It is nil where it may not be sent, or no whole answer came.
func (p *probing) ask(ctx context.Context, version, body string) *ecs.Answer {
	path := "/" + version + "/" + p.c.t.ProjectID + "/cloudservers/" + p.server + "/resize"
	a, err := p.c.t.Client.Raw(ctx, http.MethodPost, path, ecs.Body([]byte(body)), ecs.ContentType("application/json"), ecs.Outside())
	if err != nil {
		return nil
	}
	return a
}

// may says whether a version may be asked in a run that changes nothing: where the edition knows no dry run, a request that asks for one is none.
func (p *probing) may(version string) bool {
	return !p.c.t.ReadOnly || slices.Contains(p.edition, version)
}

// version1 looks whether anybody answers at the path of v1.
func (p *probing) version1(ctx context.Context) {
	declared := p.c.t.Capabilities[target.CapV1]
	if !p.may("v1") {
		p.c.good("v1 is not asked for: the run is --read-only, and v1 of this edition knows no dry run")
		return
	}
	a := p.ask(ctx, "v1", plainBody)
	const asked = "a dry run of v1 for a server that nobody has"
	switch {
	case a == nil || a.Status >= 500 || a.Busy():
		p.c.good("v1 cannot be told: " + asked + " was not answered")
	case absent(a) && declared:
		p.c.say(Warning, "capabilities", "take v1 out of capabilities, or mend the gateway", "v1 is declared, but nobody serves it: %s is answered %s", asked, a.Summary())
	case absent(a):
	case (a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden) && declared:
		p.c.say(Warning, "capabilities", "grant it, or take v1 out of capabilities", "v1 is declared, but may not be used: %s is answered %s", asked, a.Summary())
	case carriedOut(a):
		p.c.say(Warning, "capabilities", "look what job it is: a run would resize servers of this target that it only asks about",
			"%s is answered %s with a job, as if it had been carried out", asked, a.Summary())
	case declared:
		p.c.good("v1 is served")
	default:
		p.c.good("v1 is served, and not declared: with --capabilities v1 it is tested")
	}
}

// mode looks whether the member is known, by what a wrong one is answered: like a flavorRef that is wrong in the same way, or like a request that has no mode.
func (p *probing) mode(ctx context.Context, versions []string) {
	version := "v1.1"
	if !slices.Contains(versions, version) {
		version = "v1"
	}
	declared := p.c.t.Capabilities[target.CapMode]
	if !p.may(version) {
		p.c.good("mode is not asked for: the run is --read-only, and " + version + " of this edition knows no dry run")
		return
	}
	var answers []*ecs.Answer
	for _, body := range []string{plainBody, wrongFlavorBody, wrongModeBody} {
		a := p.ask(ctx, version, body)
		if a == nil || a.Status >= 500 || a.Busy() || absent(a) {
			p.c.good("mode cannot be told: a dry run for a server that nobody has was not answered")
			return
		}
		if carriedOut(a) {
			p.c.say(Warning, "capabilities", "look what job it is: a run would resize servers of this target that it only asks about",
				"a dry run of %s for a server that nobody has is answered %s with a job, as if it had been carried out", version, a.Summary())
			return
		}
		answers = append(answers, a)
	}
	plain, wrongFlavor, wrongMode := told(answers[0]), told(answers[1]), told(answers[2])
	switch {
	case plain == wrongFlavor:
		p.c.good("mode cannot be told without a server: the target looks for it before it looks at the body (" + plain + ")")
	case wrongMode == plain && declared:
		p.c.say(Warning, "capabilities", "take mode out of capabilities, or have the target learn it",
			"mode is declared, but one that is no text is answered like none (%s), where a flavorRef that is no text is answered %s: it is not looked at", wrongMode, wrongFlavor)
	case wrongMode == plain:
	case wrongMode != wrongFlavor:
		p.c.good(fmt.Sprintf("mode cannot be told: one that is no text is answered %s, a flavorRef that is no text %s, and neither %s", wrongMode, wrongFlavor, plain))
	case declared:
		p.c.good("mode is understood")
	default:
		p.c.good("mode is understood, and not declared: with --capabilities mode it is tested")
	}
}

// told is what an answer says, but for its words.
func told(a *ecs.Answer) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, strings.Join(a.ErrorCodes(), ", ")))
}

// absent says that nobody is there: the gateway knows no such operation.
func absent(a *ecs.Answer) bool {
	ofService := slices.ContainsFunc(a.ErrorCodes(), func(code string) bool { return !strings.HasPrefix(strings.ToUpper(code), "APIG") })
	return a.Status == http.StatusMethodNotAllowed || a.Status == http.StatusNotFound && !ofService
}

// carriedOut says that an answer is that to a resize which is carried out.
func carriedOut(a *ecs.Answer) bool {
	job, _ := a.JobID()
	return a.Status < 300 && job != ""
}

// good keeps what is as it should be, to be told in one line (wellTold).
func (c *check) good(what string) { c.well = append(c.well, what) }

// wellTold tells what is as it should be.
func (c *check) wellTold(context.Context) {
	if len(c.well) > 0 {
		c.say(OK, "capabilities", "", "%s", strings.Join(c.well, "; "))
	}
	c.well = nil
}
