package signature

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// Signer signs requests.
type Signer struct {
	AccessKey, SecretKey string
	SecurityToken        string // of a temporary key: sent as X-Security-Token and signed, unless Headers says otherwise
	Scope                *Scope // nil: the Access= form
	// Headers names the headers to sign, in any case and order. Nil: X-Sdk-Date, and of Host, X-Project-Id and
	// X-Security-Token those that the request has. Content-Type is left out like the vendor's SDK does, because proxies
	// rewrite it. An empty, non-nil list signs no header at all, which no server accepts.
	Headers []string
}

// Sign sets X-Sdk-Date (unless the request already has one), X-Security-Token (if there is one) and Authorization.
// body must be the bytes that will be sent. Everything else about the request must be final.
func (s Signer) Sign(r *http.Request, body []byte, at time.Time) error {
	if s.AccessKey == "" || s.SecretKey == "" {
		return errors.New("signing needs both an access key and a secret key")
	}
	if s.SecurityToken != "" {
		r.Header.Set("X-Security-Token", s.SecurityToken)
	}
	if sent := r.Header.Get(DateHeader); sent == "" {
		r.Header.Set(DateHeader, at.UTC().Format(DateFormat))
	} else if t, err := time.Parse(DateFormat, sent); err == nil {
		at = t
	} // else: a date nobody can read is sent as it is; the signature is then made with the time given
	names := s.Headers
	if names == nil {
		names = []string{"host", DateHeader}
		for _, optional := range []string{"X-Project-Id", "X-Security-Token"} {
			if r.Header.Get(optional) != "" {
				names = append(names, optional)
			}
		}
	}
	names = CanonicalNames(names)
	canonical := Canonical(r, names, payloadHash(r, body), s.Scope != nil)
	who := "Access=" + s.AccessKey
	if s.Scope != nil {
		who = "Credential=" + s.AccessKey + "/" + s.Scope.text(at)
	}
	r.Header.Set("Authorization", Algorithm+" "+who+", SignedHeaders="+strings.Join(names, ";")+
		", Signature="+compute(s.SecretKey, at, s.Scope, canonical))
	return nil
}
