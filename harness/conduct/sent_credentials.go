package conduct

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/signature"
)

// The headers in which a client says who asks.
const (
	authorization = "Authorization"
	tokenHeader   = "X-Auth-Token"
	securityToken = "X-Security-Token"
)

// credentials judges how a request says who asks, by what the client was given for it.
func (b *breaches) credentials(k driver.Credentials, e *exchange.Exchange) {
	h := e.Request.Header
	breach := func(requirement, pointer, wanted, got string) {
		b.add(Breach{Requirement: requirement, Wanted: wanted, Got: got, Pointer: pointer, Exchange: e.ID, Distorts: true})
	}
	signed, token := signature.Is(h.Get(authorization)), h.Get(tokenHeader)
	switch kind := k.Kind(); {
	case kind == driver.WithNone:
		if h.Get(authorization) != "" || token != "" {
			breach("", "", "no credentials, since the user gave none", "some that come from elsewhere")
		}
	case !signed && token == "":
		breach("RSZ-CLIENT-015", "", "a token or a signature", credentialsOf(h))
	case kind == driver.WithToken:
		if token != k.Token && !signed {
			breach("RSZ-CLIENT-015", tokenHeader, "the token that the user gave", "another one")
		}
	case signed: // keys that were exchanged for a token elsewhere sign nothing
		b.signature(k, e, breach)
		if k.SecurityToken != "" && h.Get(securityToken) != k.SecurityToken {
			got := "another one"
			if h.Get(securityToken) == "" {
				got = "none"
			}
			breach("RSZ-CLIENT-018", securityToken, "the security token that the user gave", got)
		}
	}
}

// credentialsOf says what stands in place of a token or a signature.
func credentialsOf(h http.Header) string {
	if sent := h.Get(authorization); sent != "" {
		scheme, _, _ := strings.Cut(sent, " ")
		return "an Authorization of the scheme " + strconv.Quote(shortened(scheme))
	}
	return "neither"
}

// signature judges the time of a signature, and whether it holds for what was sent.
func (b *breaches) signature(k driver.Credentials, e *exchange.Exchange, breach func(requirement, pointer, wanted, got string)) {
	h := e.Request.Header
	sent := h.Get(signature.DateHeader)
	at, err := time.Parse(signature.DateFormat, sent)
	switch {
	case err != nil:
		breach("RSZ-CLIENT-017", signature.DateHeader, "the time of sending as YYYYMMDDThhmmssZ", orNone(sent))
		at = e.Start
	case e.Start.Sub(at).Abs() > signature.Window:
		breach("RSZ-CLIENT-017", signature.DateHeader, fmt.Sprintf("within %s of %s", signature.Window, e.Start.UTC().Format(signature.DateFormat)), sent)
	}
	if e.RequestCut() && h.Get(signature.ContentHashHeader) != signature.UnsignedPayload {
		return // the bytes that were signed are not all there
	}
	// The time has been judged: here it is whether the signature holds at its own time.
	_, err = signature.Verify(e.Request, e.RequestBody, func(accessKey string) (string, bool) { return k.SecretKey, accessKey == k.AccessKey }, at)
	var wrong *signature.Error
	switch {
	case !errors.As(err, &wrong) || wrong.Cause == signature.BadDate && !strings.Contains(wrong.Detail, "scope"):
	case wrong.Cause == signature.UnknownKey:
		breach("RSZ-CLIENT-016", authorization, "a signature with the access key that the user gave", "another access key")
	default:
		breach("RSZ-CLIENT-016", authorization, "a signature that holds for the bytes that were sent", wrong.Error())
	}
}

// shortestSecret is how long a secret is at least that is looked for: a shorter one may stand anywhere by chance.
const shortestSecret = 8

// secrets judges that no secret is where it does not belong.
func (b *breaches) secrets(asked driver.Request, e *exchange.Exchange) {
	if !readable(e) {
		return
	}
	k := asked.Credentials
	path, query := target(e)
	line := path + "?" + query
	head := func() string {
		var text strings.Builder
		for name, values := range e.Request.Header {
			text.WriteString(name + ": " + strings.Join(values, "\n") + "\n")
		}
		return text.String()
	}
	breach := func(pointer, what, where string) {
		b.add(Breach{Requirement: "RSZ-CLIENT-019", Wanted: "no " + what + " " + where, Got: "one that stands there", Pointer: pointer, Exchange: e.ID})
	}
	if k.SecretKey != "" && !ordinary(asked, k.SecretKey) {
		switch {
		case exchange.Holds(line, k.SecretKey):
			breach("", "secret key", "in the URL")
		case exchange.Holds(head(), k.SecretKey):
			breach("", "secret key", "in the header")
		case exchange.Holds(string(e.RequestBody), k.SecretKey):
			breach("", "secret key", "in the body")
		}
	}
	for _, s := range []struct{ what, secret string }{{"token", k.Token}, {"security token", k.SecurityToken}} {
		if s.secret != "" && !ordinary(asked, s.secret) && exchange.Holds(line, s.secret) {
			breach("", s.what, "in the URL")
		}
	}
}

// ordinary says that a secret is too short to be told from other text, or is a part of what has to be sent.
func ordinary(asked driver.Request, secret string) bool {
	p := asked.Params
	sent := append([]string{
		asked.Endpoint, asked.ProjectID, asked.ServerID, asked.JobID, asked.Credentials.AccessKey, p.FlavorRef, p.DedicatedHostID, p.InstanceUUID, p.SourceFlavorID,
		p.SourceFlavorName, p.Marker,
	}, p.ServerIDs...)
	return len(secret) < shortestSecret || slices.ContainsFunc(sent, func(s string) bool { return strings.Contains(s, secret) })
}
