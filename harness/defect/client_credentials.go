package defect

import (
	"context"
	"strings"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
	"resize-conformance/harness/signature"
)

// clientCredentialDefects do not take care of credentials.
func clientCredentialDefects() []ClientDefect {
	return []ClientDefect{
		{Name: "queries-without-credentials", Title: "asks for jobs without credentials", Breaks: []string{"RSZ-CLIENT-015"}, Apply: inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
			if strings.Contains(m.URL.Path, "/jobs/") {
				return nil
			}
			return next(m, k, at)
		})},
		{Name: "signs-before-mutating", Title: "adds a newline to the body after it has signed it", Breaks: []string{"RSZ-CLIENT-016"}, Apply: inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
			err := next(m, k, at)
			if m.Body != nil {
				m.Body = append(m.Body, '\n')
			}
			return err
		})},
		{Name: "signs-without-query", Title: "leaves the query out of what it signs", Breaks: []string{"RSZ-CLIENT-016"}, Apply: inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
			query := m.URL.RawQuery
			m.URL.RawQuery = ""
			err := next(m, k, at)
			m.URL.RawQuery = query
			return err
		})},
		{Name: "header-changed-after-signing", Title: "changes a header that it has signed", Breaks: []string{"RSZ-CLIENT-016"}, Apply: inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
			err := next(m, k, at)
			if project := m.Header.Get("X-Project-Id"); project != "" {
				m.Header.Set("X-Project-Id", strings.ToUpper(project))
			}
			return err
		})},
		{Name: "date-in-local-time", Title: "signs with the local time of UTC+8 and calls it UTC", Breaks: []string{"RSZ-CLIENT-017"}, Apply: signedLater(8 * time.Hour)},
		{Name: "date-kept", Title: "signs with the date on which it was started", Breaks: []string{"RSZ-CLIENT-017"}, Apply: signedLater(-time.Hour)},
		{Name: "security-token-dropped", Title: "does not send the security token of a temporary key", Breaks: []string{"RSZ-CLIENT-018"}, Apply: inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
			k.SecurityToken = ""
			return next(m, k, at)
		})},
		{Name: "secret-key-sent", Title: "sends the secret key along", Breaks: []string{"RSZ-CLIENT-019"}, Apply: inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
			if k.SecretKey != "" {
				m.Header.Set("X-Secret-Key", k.SecretKey)
			}
			return next(m, k, at)
		})},
		{Name: "token-in-url", Title: "puts the token into the URL, too", Breaks: []string{"RSZ-CLIENT-019"}, Apply: inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
			if k.Token != "" {
				query := m.URL.Query()
				query.Set("token", k.Token)
				m.URL.RawQuery = query.Encode()
			}
			return next(m, k, at)
		})},
		{Name: "sends-twice", Title: "sends every resize twice", Breaks: []string{"RSZ-CLIENT-020"}, Apply: inSending(func(send reference.Sender) reference.Sender {
			return func(ctx context.Context, m *reference.Message) (*reference.Answer, error) {
				if strings.HasSuffix(m.URL.Path, "/resize") {
					_, _ = send(ctx, m)
				}
				return send(ctx, m)
			}
		})},
		{Name: "follows-with-credentials", Title: "follows redirects to another host and takes its credentials along", Breaks: []string{"RSZ-CLIENT-021"}, Apply: inSending(followed(func(*reference.Message) {}))},
		{Name: "secret-in-messages", Title: "shows the secret key in its errors", Breaks: []string{"RSZ-CLIENT-139"}, Apply: inClientErrors(func(r driver.Request, e *driver.Error) {
			e.Message += " (signed with " + r.Credentials.AccessKey + ":" + r.Credentials.SecretKey + ")"
		})},
		{Name: "token-in-messages", Title: "shows the token in its errors", Breaks: []string{"RSZ-CLIENT-139"}, Apply: inClientErrors(func(r driver.Request, e *driver.Error) {
			e.Message += " (X-Auth-Token: " + r.Credentials.Token + ")"
		})},
	}
}

// inAuthorizing wraps the adding of credentials.
func inAuthorizing(wrap func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error) func(*reference.Config) {
	return func(c *reference.Config) {
		around(&c.Seams.Authorize, func(next reference.Authorizer) reference.Authorizer {
			return func(m *reference.Message, k driver.Credentials, at time.Time) error { return wrap(next, m, k, at) }
		})
	}
}

// signedLater signs with a clock that is off.
func signedLater(by time.Duration) func(*reference.Config) {
	return inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
		return next(m, k, at.Add(by))
	})
}

// followed follows one redirect, after prepare has looked at the request that will be sent.
func followed(prepare func(*reference.Message)) func(reference.Sender) reference.Sender {
	return func(send reference.Sender) reference.Sender {
		return func(ctx context.Context, m *reference.Message) (*reference.Answer, error) {
			a, err := send(ctx, m)
			if err != nil || a.Status < 300 || a.Status > 399 || a.Header.Get("Location") == "" {
				return a, err
			}
			to, err := m.URL.Parse(a.Header.Get("Location"))
			if err != nil {
				return a, nil
			}
			next := *m
			next.URL, next.Header = to, m.Header.Clone()
			prepare(&next)
			return send(ctx, &next)
		}
	}
}

// clientSigningVariants sign in other ways that hold.
func clientSigningVariants() []ClientVariant {
	return []ClientVariant{
		{Name: "host-not-signed", Title: "does not sign host", Freedom: "signing guide: only X-Sdk-Date has to be signed", Apply: signing(func(m *reference.Message) signature.Signer {
			return signature.Signer{Headers: []string{"X-Project-Id", "X-Sdk-Date", "X-Security-Token", "User-Agent"}}
		})},
		{Name: "date-alone-signed", Title: "signs X-Sdk-Date and no other header", Freedom: "signing guide: only X-Sdk-Date has to be signed", Apply: signing(func(m *reference.Message) signature.Signer {
			return signature.Signer{Headers: []string{"X-Sdk-Date"}}
		})},
		{Name: "all-headers-signed", Title: "signs every header that it sends", Freedom: "signing guide: other headers may be signed", Apply: signing(func(m *reference.Message) signature.Signer {
			names := []string{"host", "x-sdk-date"}
			for name := range m.Header {
				names = append(names, name)
			}
			return signature.Signer{Headers: names}
		})},
		{Name: "scoped-credential", Title: "signs in the Credential form, with region and service", Freedom: "gophertelekomcloud v0.9.3: the other form of Authorization", Apply: signing(func(*reference.Message) signature.Signer {
			return signature.Signer{Scope: &signature.Scope{Region: "ap-southeast-1", Service: "ecs"}}
		})},
		{Name: "empty-scope", Title: "signs in the Credential form, with neither region nor service", Freedom: "gophertelekomcloud v0.9.3: the other form of Authorization", Apply: signing(func(*reference.Message) signature.Signer {
			return signature.Signer{Scope: &signature.Scope{}}
		})},
		{Name: "clock-two-minutes-late", Title: "has a clock that is two minutes late", Freedom: "signing guide: X-Sdk-Date may be 15 minutes off", Apply: signedLater(-2 * time.Minute)},
		{Name: "project-named-with-token", Title: "names the project in a header beside the token", Freedom: "the parameter X-Project-Id of every operation", Apply: inMessages(func(r driver.Request, m *reference.Message) {
			m.Header.Set("X-Project-Id", r.ProjectID)
		})},
	}
}

// signing signs as a signer says whose keys are filled in.
func signing(with func(*reference.Message) signature.Signer) func(*reference.Config) {
	return inAuthorizing(func(next reference.Authorizer, m *reference.Message, k driver.Credentials, at time.Time) error {
		if kind := k.Kind(); kind != driver.WithAccessKey && kind != driver.WithSecurityToken {
			return next(m, k, at)
		}
		if k.SecurityToken != "" {
			m.Header.Set("X-Security-Token", k.SecurityToken)
		}
		m.Header.Del("Authorization")
		m.Header.Del(signature.DateHeader)
		s := with(m)
		s.AccessKey, s.SecretKey = k.AccessKey, k.SecretKey
		for i := len(s.Headers) - 1; i >= 0; i-- { // what is not sent cannot be signed
			if name := s.Headers[i]; !strings.EqualFold(name, "host") && !strings.EqualFold(name, signature.DateHeader) && m.Header.Get(name) == "" {
				s.Headers = append(s.Headers[:i], s.Headers[i+1:]...)
			}
		}
		return m.Sign(s, at)
	})
}
