package signature

import (
	"crypto/hmac"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Cause says why a signature was refused.
type Cause string

// The causes, in the order in which they are looked for.
const (
	BadHeader  Cause = "authorization header" // Authorization is not of either form
	BadDate    Cause = "date"                 // X-Sdk-Date is missing or cannot be read
	Skewed     Cause = "skew"                 // X-Sdk-Date is more than Window away
	UnknownKey Cause = "access key"
	BadHash    Cause = "content hash" // X-Sdk-Content-Sha256 is not the hash of the body
	Mismatch   Cause = "signature"
)

// Error is a refused signature.
type Error struct {
	Cause     Cause
	AccessKey string // as far as it could be read
	Detail    string // what was wanted and what was got
	Canonical string // the canonical request the verifier computed; only for Mismatch
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Cause, e.Detail) }

// Authorization is a parsed Authorization header.
type Authorization struct {
	AccessKey     string
	Scope         *Scope // nil in the Access= form
	ScopeDate     string // the date in the scope, YYYYMMDD
	SignedHeaders []string
	Signature     string
}

// Is says whether an Authorization header is of this scheme at all.
func Is(header string) bool {
	return header == Algorithm || strings.HasPrefix(header, Algorithm+" ")
}

// Parse reads an Authorization header of either form. The parts may come in any order, each once.
func Parse(header string) (Authorization, error) {
	var a Authorization
	rest, ok := strings.CutPrefix(header, Algorithm+" ")
	if !ok {
		return a, fmt.Errorf("wanted %q first, got %q", Algorithm, firstWord(header))
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || value == "" {
			return a, fmt.Errorf("wanted name=value, got %q", strings.TrimSpace(part))
		}
		if seen[name] {
			return a, fmt.Errorf("%s stands twice", name)
		}
		seen[name] = true
		switch name {
		case "Access":
			a.AccessKey = value
		case "Credential":
			p := strings.Split(value, "/")
			if len(p) != 5 || p[4] != scopeEnd {
				return a, fmt.Errorf("wanted Credential=AK/date/region/service/%s, got %d parts ending in %q", scopeEnd, len(p), p[len(p)-1])
			}
			a.AccessKey, a.ScopeDate, a.Scope = p[0], p[1], &Scope{Region: p[2], Service: p[3]}
		case "SignedHeaders":
			a.SignedHeaders = strings.Split(value, ";")
		case "Signature":
			a.Signature = value
		default:
			return a, fmt.Errorf("unknown part %q; wanted Access or Credential, SignedHeaders, Signature", name)
		}
	}
	switch {
	case seen["Access"] == seen["Credential"]:
		return a, fmt.Errorf("wanted either Access or Credential")
	case a.AccessKey == "":
		return a, fmt.Errorf("the access key is empty")
	case a.SignedHeaders == nil:
		return a, fmt.Errorf("SignedHeaders is missing")
	case a.Signature == "":
		return a, fmt.Errorf("signature is missing")
	}
	return a, nil
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// Verify checks the signature of a received request over the raw bytes of its body. secret finds the secret key of an
// access key. It returns the access key that signed; the error is always an *Error.
func Verify(r *http.Request, body []byte, secret func(accessKey string) (string, bool), now time.Time) (string, error) {
	a, err := Parse(r.Header.Get("Authorization"))
	if err != nil {
		return "", &Error{Cause: BadHeader, AccessKey: a.AccessKey, Detail: err.Error()}
	}
	refuse := func(c Cause, format string, args ...any) (string, error) {
		return "", &Error{Cause: c, AccessKey: a.AccessKey, Detail: fmt.Sprintf(format, args...)}
	}
	sent := r.Header.Get(DateHeader)
	at, err := time.Parse(DateFormat, sent)
	if err != nil {
		return refuse(BadDate, "wanted %s as YYYYMMDDThhmmssZ, got %q", DateHeader, sent)
	}
	if a.Scope != nil && a.ScopeDate != at.Format(dayFormat) {
		return refuse(BadDate, "the scope says %q, %s says %s", a.ScopeDate, DateHeader, sent)
	}
	if skew := now.Sub(at).Abs(); skew > Window {
		return refuse(Skewed, "%s %s is %s away from %s, allowed are %s", DateHeader, sent, skew.Round(time.Second), now.UTC().Format(DateFormat), Window)
	}
	key, ok := secret(a.AccessKey)
	if !ok {
		return refuse(UnknownKey, "access key %q does not exist", a.AccessKey)
	}
	names := CanonicalNames(a.SignedHeaders)
	if !slices.Contains(names, strings.ToLower(DateHeader)) {
		return refuse(BadHeader, "%s must be among the signed headers, got %s", DateHeader, strings.Join(names, ";"))
	}
	for _, name := range names {
		if len(headerValues(r, name)) == 0 {
			return refuse(BadHeader, "header %s is said to be signed, but was not sent", name)
		}
	}
	hash := payloadHash(r, body)
	if real := hexHash(body); hash != UnsignedPayload && !strings.EqualFold(hash, real) {
		return refuse(BadHash, "%s is %s, the body's is %s", ContentHashHeader, hash, real)
	}
	canonical := Canonical(r, names, hash, a.Scope != nil)
	if !hmac.Equal([]byte(compute(key, at, a.Scope, canonical)), []byte(a.Signature)) {
		return "", &Error{Cause: Mismatch, AccessKey: a.AccessKey, Canonical: canonical,
			Detail: "the signature is not that of the canonical request which the server computed"}
	}
	return a.AccessKey, nil
}
