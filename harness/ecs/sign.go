package ecs

import (
	"context"
	"net/http"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/signature"
)

// authenticate adds the credentials, last of all, so that a signature covers what is sent. An Authorization or X-Auth-Token that the scenario set itself stays.
// The context tells the recorder how the signature was made, where the request does not show it.
func (w *wire) authenticate(req *http.Request, c Call, signed []byte) (context.Context, error) {
	ctx, k := req.Context(), c.Credentials
	if c.Anonymous || k == (Credentials{}) {
		return ctx, nil
	}
	if k.Token != "" {
		if req.Header.Get("X-Auth-Token") == "" {
			req.Header.Set("X-Auth-Token", k.Token)
		}
		return ctx, nil
	}
	if req.Header.Get("Authorization") != "" {
		return ctx, nil
	}
	if c.ProjectID != "" && req.Header.Get("X-Project-Id") == "" {
		req.Header.Set("X-Project-Id", c.ProjectID) // as the vendor's SDKs do
		dropHeaders(req.Header, c.Raw.Without)
	}
	at := c.Raw.SignedAt
	now := w.config.Now()
	if at.IsZero() {
		at = now
	}
	s := signature.Signer{AccessKey: k.AccessKey, SecretKey: k.SecretKey, SecurityToken: k.SecurityToken, Headers: c.Raw.SignedHeaders}
	if c.Raw.Scope != nil {
		s.Scope = &signature.Scope{Region: c.Raw.Scope.Region, Service: c.Raw.Scope.Service}
	}
	if err := s.Sign(req, signed, at); err != nil {
		return ctx, err
	}
	told := exchange.Signing{SecretKey: k.SecretKey, Body: signed, Tampered: c.Raw.HasSignedBody}
	if !c.Raw.SignedAt.IsZero() {
		told.Skew = at.Sub(now)
	}
	return exchange.Signed(ctx, told), nil
}
