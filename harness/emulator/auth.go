package emulator

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"time"

	"resize-conformance/harness/signature"
)

// AuthMode says which credentials are asked for.
type AuthMode string

// The authentication modes.
const (
	AuthBoth  AuthMode = "both"  // either kind, whichever the client sends
	AuthToken AuthMode = "token" // X-Auth-Token only
	AuthAKSK  AuthMode = "aksk"  // signatures only
	AuthNone  AuthMode = "none"  // nothing is looked at; everybody is at home in every project
)

// AuthModes lists the modes.
func AuthModes() []AuthMode { return []AuthMode{AuthBoth, AuthToken, AuthAKSK, AuthNone} }

// Caller is who sent a request.
type Caller struct {
	Project string
	Denied  []string // IAM actions that policy denies it
	Meets   []Trouble
}

// keyring knows all credentials. It never changes after the start.
type keyring struct {
	tokens map[string]credential
	keys   map[string]credential // by access key
}

type credential struct {
	caller        Caller
	secret        string
	securityToken string
	expires       time.Time
}

func newKeyring(s *State) keyring {
	k := keyring{tokens: map[string]credential{}, keys: map[string]credential{}}
	for _, p := range s.Projects {
		for _, t := range p.Tokens {
			k.tokens[t.Token] = credential{caller: Caller{p.ID, t.Deny, t.Meets}, expires: t.expires}
		}
		for _, a := range p.Keys {
			k.keys[a.Access] = credential{caller: Caller{Project: p.ID, Denied: a.Deny}, secret: a.Secret, securityToken: a.SecurityToken}
		}
	}
	return k
}

// authenticated finds out who calls.
func (e *Emulator) authenticated(r *Request) *Refusal {
	caller, refusal := e.authenticate(r.HTTP, r.Body, e.gatewayNow())
	r.Caller = caller
	return refusal
}

// authenticator is the faithful Authenticator.
func (e *Emulator) authenticator(mode AuthMode) Authenticator {
	return func(r *http.Request, body []byte, now time.Time) (Caller, *Refusal) {
		switch {
		case mode == AuthNone:
			return e.anybody(r)
		case mode != AuthToken && signature.Is(r.Header.Get("Authorization")):
			return e.bySignature(r, body, now)
		case mode == AuthAKSK:
			return Caller{}, unauthenticated("Authorization of the form %s not found", signature.Algorithm)
		}
		return e.byToken(r, now)
	}
}

func unauthenticated(format string, args ...any) *Refusal {
	return refuseAtGateway(http.StatusUnauthorized, "APIGW.0301", "Incorrect IAM authentication information: "+format, args...)
}

// anybody is at home where the path says, as long as the project exists.
func (e *Emulator) anybody(r *http.Request) (Caller, *Refusal) {
	project := cmp.Or(RequestOf(r.Context()).Project, r.Header.Get("X-Project-Id"), e.state.Projects[0].ID) // only the fringe has paths without one
	if !slices.ContainsFunc(e.state.Projects, func(p Project) bool { return p.ID == project }) {
		return Caller{}, nil // refused as a foreign project
	}
	return Caller{Project: project}, nil
}

func (e *Emulator) byToken(r *http.Request, now time.Time) (Caller, *Refusal) {
	sent := r.Header.Get("X-Auth-Token")
	if sent == "" {
		return Caller{}, unauthenticated("x-auth-token not found")
	}
	t, known := e.keys.tokens[sent]
	switch {
	case !known:
		return Caller{}, unauthenticated("decrypt token fail")
	case !t.expires.IsZero() && !now.Before(t.expires):
		return Caller{}, unauthenticated("token expires, expires_at: %s", t.expires.UTC().Format("2006-01-02T15:04:05.000000Z"))
	}
	return t.caller, nil
}

func (e *Emulator) bySignature(r *http.Request, body []byte, now time.Time) (Caller, *Refusal) {
	if a, err := signature.Parse(r.Header.Get("Authorization")); err == nil && e.lockedOut(a.AccessKey, now) {
		return Caller{}, unauthenticated("AK access failed to reach the limit,forbidden")
	}
	ak, err := signature.Verify(r, body, func(ak string) (string, bool) {
		k, known := e.keys.keys[ak]
		return k.secret, known
	}, now)
	if e2 := new(signature.Error); errors.As(err, &e2) {
		if e2.Cause != signature.Mismatch {
			return Caller{}, unauthenticated("verify aksk signature fail, %s", e2)
		}
		e.wrongSignature(e2.AccessKey, now)
		return Caller{}, unauthenticated("verify aksk signature fail, canonicalRequest:%s", withoutSecrets(e2.Canonical))
	}
	e.rightSignature(ak)
	k := e.keys.keys[ak]
	if sent := r.Header.Get("X-Security-Token"); sent != k.securityToken {
		return Caller{}, unauthenticated("the security token is not that of the access key")
	}
	return k.caller, nil
}

// withoutSecrets hides what a canonical request may carry besides the signature, before it is echoed.
func withoutSecrets(canonical string) string {
	return regexp.MustCompile(`(?m)^(x-security-token|x-auth-token):.*$`).ReplaceAllString(canonical, "$1:(hidden)")
}

// lockout counts an access key's wrong signatures.
type lockout struct {
	wrong int
	until time.Time // locked until then
}

// The gateway locks an access key for a while after some wrong signatures in a row (observed: five, for five minutes).
const lockedFor = 5 * time.Minute

func (e *Emulator) lockedOut(ak string, now time.Time) bool {
	if e.lockAfter <= 0 {
		return false
	}
	e.world.mu.Lock()
	defer e.world.mu.Unlock()
	l := e.world.locks[ak]
	return l != nil && now.Before(l.until)
}

// wrongSignature is called for known access keys only, so there are never more entries than keys.
func (e *Emulator) wrongSignature(ak string, now time.Time) {
	if e.lockAfter <= 0 {
		return
	}
	e.world.mu.Lock()
	defer e.world.mu.Unlock()
	l := e.world.locks[ak]
	if l == nil {
		l = &lockout{}
		e.world.locks[ak] = l
	}
	if l.wrong++; l.wrong >= e.lockAfter {
		l.wrong, l.until = 0, now.Add(lockedFor)
	}
}

func (e *Emulator) rightSignature(ak string) {
	if e.lockAfter <= 0 {
		return
	}
	e.world.mu.Lock()
	defer e.world.mu.Unlock()
	delete(e.world.locks, ak)
}
