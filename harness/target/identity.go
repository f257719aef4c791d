package target

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
)

// session is what signing in has brought.
type session struct {
	token     string
	secrets   map[string]string // of the run, with the token among them
	exchanges int64             // that were made
	told      *SignedIn         // nil: nobody signed in
}

// SignedIn is what an identity service says of the token that it gives (POST /v3/auth/tokens, Identity v3 of OpenStack). All of it may be left out.
type SignedIn struct {
	ProjectID   string
	ProjectName string            // on public clouds the region's, followed by _ and a name of the account's own for a further project
	Catalog     []CatalogEndpoint // of the service ecs
}

// CatalogEndpoint is where a service's catalog says that it is.
type CatalogEndpoint struct{ Region, URL string }

// SignInError says that the identity service gave no token: the caller ends with exit code 3.
type SignInError struct {
	Endpoint string
	Err      error
	Hint     string // what to do next
}

func (e *SignInError) Error() string {
	return "no token from the identity service at " + e.Endpoint + ": " + e.Err.Error() + "; " + e.Hint
}

// Unwrap gives the cause.
func (e *SignInError) Unwrap() error { return e.Err }

// signInRequest is the body of POST /v3/auth/tokens for a user and password, scoped to a project (Identity v3 of OpenStack, which the vendors' IAM keeps).
func signInRequest(c *Config) ([]byte, error) {
	type object = map[string]any
	return json.Marshal(object{"auth": object{
		"identity": object{"methods": []string{"password"}, "password": object{"user": object{
			"name": c.User, "password": c.Password, "domain": object{"name": c.Domain},
		}}},
		"scope": object{"project": object{"id": c.ProjectID}},
	}})
}

// signIn gets a token for the user, where one is given. The exchange is recorded like any other, and not judged: the contract does not describe it.
func (p *opening) signIn(ctx context.Context, transport http.RoundTripper) (session, error) {
	c := p.c
	s := session{secrets: c.Secrets()}
	if c.User == "" {
		return s, nil
	}
	body, err := signInRequest(c)
	if err != nil {
		return s, configError(err)
	}
	endpoint := strings.TrimSuffix(strings.TrimRight(c.IAMEndpoint, "/"), "/v3")
	ctx, cancel := context.WithTimeoutCause(exchange.Outside(ctx), c.RequestTimeout, fmt.Errorf("no whole answer within %s (--request-timeout)", c.RequestTimeout))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/v3/auth/tokens", bytes.NewReader(body))
	if err != nil {
		return s, configError(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", p.userAgent)
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r := exchange.NewRecorder(exchange.Options{Base: transport, Sink: p.sink, Redactor: exchange.NewRedactor(s.secrets), NoCurl: p.noCurl})
	e, err := r.Do(req)
	s.exchanges = e.ID
	if err != nil {
		return s, &SignInError{endpoint, err, "check --iam-endpoint and the way there"}
	}
	if err := refusedSignIn(e); err != nil {
		return s, &SignInError{endpoint, err, signInHint(e.Status)}
	}
	s.token, s.told = e.Header.Get("X-Subject-Token"), signedIn(e.Body)
	s.secrets = maps.Clone(s.secrets)
	s.secrets[s.token] = "$" + envOf("token")
	return s, nil
}

// refusedSignIn says what is wrong with an answer of the identity service. Its message is not shown: it may quote what was sent.
func refusedSignIn(e *exchange.Exchange) error {
	code, _, _ := contract.ErrorCode(e.Body)
	switch {
	case e.Status != http.StatusCreated && e.Status != http.StatusOK:
		return fmt.Errorf("wanted 201, got %s (exchange %d)", strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, code)), e.ID)
	case e.Header.Get("X-Subject-Token") == "":
		return fmt.Errorf("its answer (%d) has no X-Subject-Token (exchange %d)", e.Status, e.ID)
	}
	var told struct {
		Token struct {
			Expires time.Time `json:"expires_at"`
		} `json:"token"`
	}
	if err := json.Unmarshal(e.Body, &told); err == nil && !told.Token.Expires.IsZero() && !time.Now().Before(told.Token.Expires) {
		return errors.New("the token that it gave has expired already, at " + told.Token.Expires.UTC().Format(time.RFC3339) + ": does this machine's clock go right?")
	}
	return nil
}

// signedIn reads what the identity service said of the token. What cannot be read says nothing: no contract describes it.
func signedIn(body []byte) *SignedIn {
	var told struct {
		Token struct {
			Project struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"project"`
			Catalog []struct {
				Type      string `json:"type"`
				Endpoints []struct {
					Region   string `json:"region"`
					RegionID string `json:"region_id"`
					URL      string `json:"url"`
				} `json:"endpoints"`
			} `json:"catalog"`
		} `json:"token"`
	}
	s := &SignedIn{}
	if json.Unmarshal(body, &told) != nil {
		return s
	}
	s.ProjectID, s.ProjectName = told.Token.Project.ID, told.Token.Project.Name
	for _, service := range told.Token.Catalog {
		if service.Type != "ecs" {
			continue
		}
		for _, e := range service.Endpoints {
			s.Catalog = append(s.Catalog, CatalogEndpoint{Region: cmp.Or(e.RegionID, e.Region), URL: e.URL})
		}
	}
	return s
}

func signInHint(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "user, domain or password is wrong; mind that the domain is the account's name, and that a user needs programmatic access"
	case http.StatusForbidden:
		return "the user may not use this project, or not in this way; grant it, or give an access key"
	case http.StatusNotFound:
		return "there is no such service: the URL goes up to the host, such as https://iam.REGION.myhuaweicloud.com"
	case http.StatusBadRequest:
		return "is --project-id the id of a project of that account?"
	}
	return "is --iam-endpoint the identity service?"
}
