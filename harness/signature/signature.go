// Package signature signs and verifies requests with SDK-HMAC-SHA256, the AK/SK scheme of the gateway in front of ECS.
//
// Two forms of the Authorization header are in use and both are spoken here:
//
//	SDK-HMAC-SHA256 Access=<AK>, SignedHeaders=…, Signature=…
//	SDK-HMAC-SHA256 Credential=<AK>/<date>/<region>/<service>/sdk_request, SignedHeaders=…, Signature=…
//
// The first one signs with the secret key itself and is what the vendor's guide and its SDKs do. The second one, sent by
// gophertelekomcloud and cloudmux, adds the credential scope to the string to sign and derives the key from it, step by
// step: HMAC("SDK"+SK, date), then region, service and "sdk_request". Region and service may be empty.
//
// The guide: support.huaweicloud.com/devg-apisign, "AK/SK signing and authentication algorithm".
package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

const (
	// Algorithm is the first word of the Authorization header and of the string to sign.
	Algorithm = "SDK-HMAC-SHA256"
	// DateFormat is the layout of X-Sdk-Date, always in UTC.
	DateFormat = "20060102T150405Z"
	// Window is how far X-Sdk-Date may be from the server's clock, in either direction.
	Window = 15 * time.Minute
	// DateHeader carries the time of signing. It is the only header that must be signed.
	DateHeader = "X-Sdk-Date"
	// ContentHashHeader, if sent, takes the place of the body's hash in the canonical request.
	ContentHashHeader = "X-Sdk-Content-Sha256"
	// UnsignedPayload is the value of ContentHashHeader that leaves the body out of the signature. The vendor's SDK sends it with bodies that are not JSON.
	UnsignedPayload = "UNSIGNED-PAYLOAD"

	scopeEnd  = "sdk_request"
	dayFormat = "20060102"
)

// Scope is the credential scope of the Credential= form. The date in it is that of X-Sdk-Date.
type Scope struct {
	Region, Service string // either may be empty
}

func (s Scope) text(at time.Time) string {
	return strings.Join([]string{at.UTC().Format(dayFormat), s.Region, s.Service, scopeEnd}, "/")
}

// stringToSign joins what is signed in the end; scope is empty in the Access= form.
func stringToSign(at time.Time, scope, canonical string) string {
	lines := []string{Algorithm, at.UTC().Format(DateFormat)}
	if scope != "" {
		lines = append(lines, scope)
	}
	return strings.Join(append(lines, hexHash([]byte(canonical))), "\n")
}

// compute makes the signature of a canonical request. A nil scope is the Access= form.
func compute(secret string, at time.Time, scope *Scope, canonical string) string {
	if scope == nil {
		return hex.EncodeToString(mac([]byte(secret), stringToSign(at, "", canonical)))
	}
	key := []byte("SDK" + secret)
	for _, part := range []string{at.UTC().Format(dayFormat), scope.Region, scope.Service, scopeEnd} {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, stringToSign(at, scope.text(at), canonical)))
}

func mac(key []byte, data string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(data))
	return h.Sum(nil)
}

func hexHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
