package defect

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/signature"
)

// credentialDefects are about who may call.
func credentialDefects() []Defect {
	return []Defect{
		{
			Name: "anonymous-let-in", Title: "lets requests without credentials in", Kind: Credential, Breaks: []string{"RSZ-AUTH-001"},
			Apply: admitting(func(_ *emulator.State, r *http.Request) bool { return token(r) == "" && !signed(r) }),
		},
		{
			Name: "anonymous-400", Title: "answers 400 to requests without credentials", Kind: Answer, Breaks: []string{"RSZ-AUTH-001"},
			Apply: refusingCallers(http.StatusBadRequest, func(_ *emulator.State, r *http.Request) bool { return token(r) == "" && !signed(r) }),
		},
		{
			Name: "unknown-key-let-in", Title: "lets every access key in that it does not know", Kind: Credential, Breaks: []string{"RSZ-AUTH-002"},
			Apply: admitting(func(s *emulator.State, r *http.Request) bool { return signed(r) && ownerOf(s, r) == "" }),
		},
		{
			Name: "signature-not-compared", Title: "knows a caller by his access key and does not compare the signature", Kind: Credential,
			Breaks: []string{"RSZ-AUTH-003", "RSZ-AUTH-010"},
			Apply:  admitting(func(s *emulator.State, r *http.Request) bool { return signed(r) && ownerOf(s, r) != "" && fresh(r) }),
		},
		{
			Name: "wrong-signature-404", Title: "answers 404 to a wrong signature", Kind: Answer, Breaks: []string{"RSZ-AUTH-003", "RSZ-AUTH-010"},
			Apply: refusingCallers(http.StatusNotFound, func(s *emulator.State, r *http.Request) bool { return signed(r) && ownerOf(s, r) != "" && fresh(r) }),
		},
		{
			Name: "signature-date-ignored", Title: "lets signatures of any date in", Kind: Credential, Breaks: []string{"RSZ-AUTH-004"},
			Apply: atTheTime(func(now, at time.Time) time.Time { return at }),
		},
		{
			Name: "signature-date-within-half-an-hour", Title: "lets signatures in that are half an hour old or ahead", Kind: Credential, Breaks: []string{"RSZ-AUTH-004"},
			Apply: atTheTime(func(now, at time.Time) time.Time {
				if now.Sub(at).Abs() <= 30*time.Minute {
					return at
				}
				return now
			}),
		},
		{
			Name: "signature-date-ahead-ignored", Title: "lets signatures in that are of the future", Kind: Credential, Breaks: []string{"RSZ-AUTH-004"},
			Apply: atTheTime(func(now, at time.Time) time.Time {
				if at.After(now) {
					return at
				}
				return now
			}),
		},
		{
			Name: "expired-token-let-in", Title: "does not look at when a token expires", Kind: Credential, Breaks: []string{"RSZ-AUTH-005"},
			Apply: inAuthentication(func(faithful emulator.Authenticator) emulator.Authenticator {
				return func(r *http.Request, body []byte, now time.Time) (emulator.Caller, *emulator.Refusal) {
					if signed(r) {
						return faithful(r, body, now)
					}
					return faithful(r, body, time.Time{}) // when nothing had expired yet
				}
			}),
		},
		{
			Name: "foreign-credentials-let-in", Title: "lets everybody into every project whose credentials hold for any", Kind: Leak, Breaks: []string{"RSZ-AUTH-006", "RSZ-URI-004"},
			Apply: inLayer("project", func(func(http.Handler) http.Handler) func(http.Handler) http.Handler {
				return func(next http.Handler) http.Handler { return next }
			}),
		},
		{
			Name: "any-token-let-in", Title: "does not decode tokens: whoever has one is let in", Kind: Credential, Breaks: []string{"RSZ-AUTH-007"},
			Apply: admitting(func(s *emulator.State, r *http.Request) bool { return token(r) != "" && !isToken(s, token(r)) }),
		},
		{
			Name: "unreadable-token-500", Title: "fails at a token that it cannot decode", Kind: Answer, Breaks: []string{"RSZ-AUTH-007"},
			Apply: refusingCallers(http.StatusInternalServerError, func(s *emulator.State, r *http.Request) bool { return token(r) != "" && !isToken(s, token(r)) }),
		},
		{
			Name: "access-form-refused", Title: "does not know signatures of the form Access=", Kind: Strict, Breaks: []string{"RSZ-AUTH-008"},
			Apply: wantingSignatures(func(a signature.Authorization) bool { return a.Scope != nil }),
		},
		{
			Name: "credential-form-refused", Title: "does not know signatures of the form Credential=", Kind: Strict, Breaks: []string{"RSZ-AUTH-009"},
			Apply: wantingSignatures(func(a signature.Authorization) bool { return a.Scope == nil }),
		},
		{
			Name: "host-must-be-signed", Title: "wants the host signed", Kind: Strict, Breaks: []string{"RSZ-AUTH-011"},
			Apply: wantingSignatures(func(a signature.Authorization) bool { return slices.Contains(a.SignedHeaders, "host") }),
		},
		{
			Name: "media-type-must-not-be-signed", Title: "refuses signatures that sign Content-Type", Kind: Strict, Breaks: []string{"RSZ-AUTH-011"},
			Apply: wantingSignatures(func(a signature.Authorization) bool { return !slices.Contains(a.SignedHeaders, "content-type") }),
		},
		{
			Name: "signed-path-without-version", Title: "leaves the version out of the path that it verifies a signature over", Kind: Credential,
			Breaks: []string{"RSZ-AUTH-008", "RSZ-AUTH-009", "RSZ-AUTH-011"},
			Apply: verifying(func(r *http.Request) {
				_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
				r.URL.Path, r.URL.RawPath = "/"+rest, ""
			}),
		},
		{
			Name: "signed-query-left-out", Title: "leaves the query out of what it verifies a signature over", Kind: Credential, Breaks: []string{"RSZ-AUTH-008"},
			Apply: verifying(func(r *http.Request) { r.URL.RawQuery = "" }),
		},
		{
			Name: "tokens-refused", Title: "does not know tokens", Kind: Strict, Breaks: []string{"RSZ-AUTH-012"},
			Apply: inAuthentication(func(faithful emulator.Authenticator) emulator.Authenticator {
				return func(r *http.Request, body []byte, now time.Time) (emulator.Caller, *emulator.Refusal) {
					r = r.Clone(r.Context())
					r.Header.Del("X-Auth-Token")
					return faithful(r, body, now)
				}
			}),
		},
		{
			Name: "refused-callers-served", Title: "refuses callers after it has done what they asked for", Kind: Pretence, Breaks: []string{"RSZ-AUTH-013"},
			Apply: inLayer("authentication", servedAllTheSame),
		},
	}
}

// servedAllTheSame does what a request asks for before it says whether its caller may.
func servedAllTheSame(faithful func(http.Handler) http.Handler) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		checked := faithful(next)
		return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			a := httptest.NewRecorder()
			faithful(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })).ServeHTTP(a, hr)
			if a.Code == http.StatusUnauthorized {
				r := emulator.RequestOf(hr.Context())
				r.Caller = emulator.Caller{Project: r.Project}
				next.ServeHTTP(httptest.NewRecorder(), hr)
			}
			checked.ServeHTTP(w, hr)
		})
	}
}

// inAuthentication wraps how the gateway finds out who calls.
func inAuthentication(wrap func(emulator.Authenticator) emulator.Authenticator) func(*emulator.Config) {
	return func(c *emulator.Config) {
		before := c.Seams.Authenticate
		c.Seams.Authenticate = func(faithful emulator.Authenticator) emulator.Authenticator {
			if before != nil {
				faithful = before(faithful)
			}
			return wrap(faithful)
		}
	}
}

// admitting lets callers in who would be refused, when they are such as who says. They are at home in the project of the path.
func admitting(who func(*emulator.State, *http.Request) bool) func(*emulator.Config) {
	return knowing(func(s *emulator.State) func(*emulator.Config) {
		return inAuthentication(func(faithful emulator.Authenticator) emulator.Authenticator {
			return func(r *http.Request, body []byte, now time.Time) (emulator.Caller, *emulator.Refusal) {
				caller, refusal := faithful(r, body, now)
				if refusal != nil && who(s, r) {
					return emulator.Caller{Project: emulator.RequestOf(r.Context()).Project}, nil
				}
				return caller, refusal
			}
		})
	})
}

// refusingCallers refuses with another status those callers of the refused ones that who picks out.
func refusingCallers(status int, who func(*emulator.State, *http.Request) bool) func(*emulator.Config) {
	return knowing(func(s *emulator.State) func(*emulator.Config) {
		return inAuthentication(func(faithful emulator.Authenticator) emulator.Authenticator {
			return func(r *http.Request, body []byte, now time.Time) (emulator.Caller, *emulator.Refusal) {
				caller, refusal := faithful(r, body, now)
				if refusal != nil && who(s, r) {
					changed := *refusal
					changed.Status = status
					refusal = &changed
				}
				return caller, refusal
			}
		})
	})
}

// atTheTime verifies signatures at another time than now; at is the one that they tell.
func atTheTime(change func(now, at time.Time) time.Time) func(*emulator.Config) {
	return inAuthentication(func(faithful emulator.Authenticator) emulator.Authenticator {
		return func(r *http.Request, body []byte, now time.Time) (emulator.Caller, *emulator.Refusal) {
			if at, err := time.Parse(signature.DateFormat, r.Header.Get(signature.DateHeader)); err == nil && signed(r) {
				now = change(now, at)
			}
			return faithful(r, body, now)
		}
	})
}

// verifying changes the request that signatures are verified over.
func verifying(change func(*http.Request)) func(*emulator.Config) {
	return inAuthentication(func(faithful emulator.Authenticator) emulator.Authenticator {
		return func(r *http.Request, body []byte, now time.Time) (emulator.Caller, *emulator.Refusal) {
			if signed(r) {
				r = r.Clone(r.Context())
				change(r)
			}
			return faithful(r, body, now)
		}
	})
}

// wantingSignatures refuses the signatures that are not as it wants them.
func wantingSignatures(wanted func(signature.Authorization) bool) func(*emulator.Config) {
	return inAuthentication(func(faithful emulator.Authenticator) emulator.Authenticator {
		return func(r *http.Request, body []byte, now time.Time) (emulator.Caller, *emulator.Refusal) {
			if a, err := signature.Parse(r.Header.Get("Authorization")); err == nil && !wanted(a) {
				return emulator.Caller{}, &emulator.Refusal{Status: http.StatusUnauthorized, Code: "APIGW.0301",
					Message: "Incorrect IAM authentication information: the signature cannot be verified", Envelope: emulator.GatewayEnvelope}
			}
			return faithful(r, body, now)
		}
	})
}

func token(r *http.Request) string { return r.Header.Get("X-Auth-Token") }
func signed(r *http.Request) bool  { return signature.Is(r.Header.Get("Authorization")) }

// fresh says whether the date of a signature is within the window.
func fresh(r *http.Request) bool {
	at, err := time.Parse(signature.DateFormat, r.Header.Get(signature.DateHeader))
	return err == nil && time.Since(at).Abs() <= signature.Window
}

// ownerOf is the project of the access key that a request is signed with, "" for an unknown one.
func ownerOf(s *emulator.State, r *http.Request) string {
	a, err := signature.Parse(r.Header.Get("Authorization"))
	if err != nil {
		return ""
	}
	for _, p := range s.Projects {
		if slices.ContainsFunc(p.Keys, func(k emulator.Key) bool { return k.Access == a.AccessKey }) {
			return p.ID
		}
	}
	return ""
}

// isToken says whether anybody ever had a token.
func isToken(s *emulator.State, sent string) bool {
	return slices.ContainsFunc(s.Projects, func(p emulator.Project) bool {
		return slices.ContainsFunc(p.Tokens, func(t emulator.Token) bool { return t.Token == sent })
	})
}
