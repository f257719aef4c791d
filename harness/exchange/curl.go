package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/signature"
)

// curlBody is the longest body that stands in a curl line; a shell takes 128 KiB for one argument, a reader far less.
const curlBody = 32 << 10

// curl makes the shell command that repeats the request byte for byte, except for what must differ: the secrets, which are variables, and the signature and
// date of an AK/SK request, which are made anew because the old ones are void after 15 minutes. Lines that begin with "#" tell what the reader has to do.
func curl(e *Exchange, sent []headerLine, seal *censor, signing *Signing) string {
	var notes, before, pipe, args []string
	resign := signatureOf(e, signing)
	switch {
	case resign != nil:
		before = resign.script(seal)
	case isSignature(e.Request.Header.Get("Authorization")):
		notes = append(notes, `# The signature cannot be made anew here, and the recorded one is void 15 minutes after its date. With a token instead: -H "X-Auth-Token: $OS_AUTH_TOKEN"`)
	}

	args = append(args, "-sS", "-i", "-g", "--path-as-is")
	method := e.Request.Method
	switch {
	case method == http.MethodHead:
		args = append(args, "--head")
	case method != http.MethodGet || e.RequestBody != nil:
		args = append(args, "-X", word(method, nil))
	}
	if e.proto == "HTTP/1.1" && e.Request.URL.Scheme == "https" {
		args = append(args, "--http1.1")
	}
	args = append(args, headerArgs(e, sent, resign)...)

	switch body := string(e.RequestBody); {
	case len(body) > curlBody:
		notes = append(notes, fmt.Sprintf("# The body of %d bytes is too long for a command line: put it into the file body.bin first.", len(body)))
		args = append(args, "--data-binary", "@body.bin")
	case body == "" && (e.RequestBody != nil || sendsEmptyBody(method)):
		args = append(args, "--data-binary", "''")
	case body == "":
	case strings.ContainsFunc(body, isOdd):
		pipe = append(pipe, printf(body, seal.spans(body)), "|")
		args = append(args, "--data-binary", "@-")
	case body[0] == '@':
		args = append(args, "--data-raw", word(body, seal.spans(body)))
	default:
		args = append(args, "--data-binary", word(body, seal.spans(body)))
	}
	where := target(e.Request.URL)
	args = append(args, word(where, seal.spans(where)))
	line := strings.Join(slices.Concat(pipe, []string{"curl"}, args), " ")
	return strings.Join(slices.Concat(notes, before, []string{line}), "\n")
}

// sendsEmptyBody tells the methods with which net/http announces an empty body (Content-Length: 0) and curl does not.
func sendsEmptyBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}

// headerArgs gives curl the header lines of the wire, and takes away those that curl would add.
func headerArgs(e *Exchange, sent []headerLine, resign *resigning) []string {
	var args []string
	seen := map[string]bool{}
	for _, h := range sent {
		name := strings.ToLower(h.Name)
		seen[name] = true
		switch {
		case name == "content-length", name == "host" && h.Value == e.Request.URL.Host:
			continue // curl makes the same
		case h.Value == "":
			args = append(args, "-H", word(h.Name+";", nil)) // curl's way to send a header without a value
			continue
		}
		line := h.Name + ": " + h.Value
		spans := h.secrets
		if resign != nil {
			spans = resign.spans(h.Header, slices.Clone(spans))
		}
		shift := len(h.Name) + 2
		shifted := make([]span, len(spans))
		for i, s := range spans {
			shifted[i] = span{start: s.start + shift, end: s.end + shift, name: s.name}
		}
		args = append(args, "-H", word(line, shifted))
	}
	unwanted := []string{"Accept", "User-Agent"}
	if e.RequestBody != nil || sendsEmptyBody(e.Request.Method) {
		unwanted = append(unwanted, "Content-Type", "Expect")
	}
	for _, name := range unwanted {
		if !seen[strings.ToLower(name)] {
			args = append(args, "-H", name+":")
		}
	}
	return args
}

// resigning is what a script needs to sign a request anew.
type resigning struct {
	authorization signature.Authorization
	canonical     string
	date          string // X-Sdk-Date as recorded
	skew          time.Duration
	secretKey     string
}

// signatureOf reads how a request was signed from the request itself, and from what the client told. It is nil when there is no signature, or none that can be
// made anew.
func signatureOf(e *Exchange, told *Signing) *resigning {
	value := e.Request.Header.Get("Authorization")
	if !signature.Is(value) {
		return nil
	}
	a, err := signature.Parse(value)
	date := e.Request.Header.Get(signature.DateHeader)
	if _, dateErr := time.Parse(signature.DateFormat, date); err != nil || dateErr != nil {
		return nil
	}
	s := &resigning{authorization: a, date: date}
	body := e.RequestBody
	if told != nil {
		s.secretKey, s.skew = told.SecretKey, told.Skew
		if told.Tampered {
			body = told.Body
		}
	}
	s.canonical = signature.Canonical(e.Request, a.SignedHeaders, payloadHash(e.Request, body), a.Scope != nil)
	return s
}

// payloadHash is what stands for the body in a canonical request.
func payloadHash(r *http.Request, body []byte) string {
	if sent := r.Header.Get(signature.ContentHashHeader); sent != "" {
		return sent
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// spans marks, in a header's value, what the script makes anew.
func (s *resigning) spans(h journal.Header, spans []span) []span {
	switch strings.ToLower(h.Name) {
	case "x-sdk-date":
		return []span{{start: 0, end: len(h.Value), name: "date"}}
	case "authorization":
		for i := range spans {
			if h.Value[spans[i].start:spans[i].end] == s.authorization.Signature {
				spans[i].name = "signature"
			}
		}
		if s.authorization.Scope == nil {
			return spans
		}
		if i := strings.Index(h.Value, "/"+s.authorization.ScopeDate+"/"); i >= 0 {
			spans = merge(append(spans, span{start: i + 1, end: i + 1 + len(s.authorization.ScopeDate), name: "day"}))
		}
	}
	return spans
}

// script computes $date and $signature (and $day) with openssl.
func (s *resigning) script(seal *censor) []string {
	const (
		format = "+%Y%m%dT%H%M%SZ"
		digest = ` | openssl dgst -sha256 | sed 's/^.* //'`
	)
	when := "date=$(date -u " + format + ")"
	if seconds := int64(s.skew.Round(time.Second) / time.Second); seconds != 0 {
		// GNU's date and BSD's spell it differently.
		when = fmt.Sprintf(`at=$(($(date +%%s) + %d)); date=$(date -u -d "@$at" %s 2>/dev/null || date -u -r "$at" %s)`, seconds, format, format)
	}
	key := `"$HUAWEICLOUD_SDK_SK"`
	if spans := seal.spans(s.secretKey); s.secretKey != "" && (len(spans) > 0 || seal.isShown(s.secretKey)) {
		key = word(s.secretKey, spans)
	}
	// The canonical request as it was, with the date of today in it.
	spans := seal.spans(s.canonical)
	spans = merge(occurrences(s.canonical, s.date, "date", spans))
	script := []string{when, "request=$(" + printf(s.canonical, spans) + digest + ")"}
	if s.authorization.Scope == nil {
		return append(script,
			`signature=$(printf 'SDK-HMAC-SHA256\n%s\n%s' "$date" "$request" | openssl dgst -sha256 -hmac `+key+` | sed 's/^.* //')`)
	}
	region, service := word(s.authorization.Scope.Region, nil), word(s.authorization.Scope.Service, nil)
	return append(script,
		`day=${date%T*}; key=$(printf 'SDK%s' `+key+` | od -An -v -tx1 | tr -d ' \n')`,
		`for part in "$day" `+region+` `+service+` sdk_request; do key=$(printf '%s' "$part" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" | sed 's/^.* //'); done`,
		`signature=$(printf 'SDK-HMAC-SHA256\n%s\n%s/%s/%s/sdk_request\n%s' "$date" "$day" `+region+` `+service+` "$request" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" | sed 's/^.* //')`)
}
