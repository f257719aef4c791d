package exchange

import "strings"

// A secret is told by the name that stands before it: in a header, a JSON body (malformed ones too), a query, a dump of headers in an error message.
// The value says which variable is shown in its place.

// secretName returns the variable for a name that carries a secret. The name is in lower case.
func secretName(name []byte) (string, bool) {
	switch string(name) {
	case "authorization", "proxy-authorization":
		return "AUTHORIZATION", true
	case "cookie", "set-cookie":
		return "COOKIE", true
	case "x-auth-token", "x-subject-token", "auth_token", "auth-token", "authtoken", "os_auth_token":
		return "OS_AUTH_TOKEN", true
	case "x-security-token", "security_token", "security-token", "securitytoken":
		return "HUAWEICLOUD_SDK_SECURITY_TOKEN", true
	case "ak", "access", "accesskey", "access_key", "access-key", "accesskeyid", "access_key_id", "access-key-id", "credential":
		return "HUAWEICLOUD_SDK_AK", true
	case "sk", "secret", "secretkey", "secret_key", "secret-key", "secretaccesskey", "secret_access_key":
		return "HUAWEICLOUD_SDK_SK", true
	case "signature", "x-sdk-signature", "x-amz-signature":
		return "SIGNATURE", true
	case "adminpass", "admin_pass", "admin-pass":
		return "ADMIN_PASS", true
	case "password", "passwd", "passphrase", "pwd":
		return "PASSWORD", true
	case "user_data", "userdata":
		return "USER_DATA", true // a start script, in base64: where passwords are set
	case "token", "access_token", "refresh_token", "id_token", "x-access-token":
		return "TOKEN", true
	case "apikey", "api_key", "api-key", "x-api-key", "private_key", "private-key", "privatekey":
		return "API_KEY", true
	}
	return "", false
}

// secretHeader is like secretName for the name of a header, and more suspicious: what sounds like a secret is one.
func secretHeader(name string) (string, bool) {
	lower := strings.ToLower(name)
	if v, ok := secretName([]byte(lower)); ok {
		return v, true
	}
	switch {
	case lower == "x-client-token":
		return "", false // makes a creation idempotent; shown, as it explains answers
	case strings.HasPrefix(lower, "access-control-"):
		return "", false // what browsers are told of other origins (Fetch standard, CORS): names of headers, true or false
	}
	for _, part := range []string{"token", "secret", "password", "passwd", "credential", "authorization", "cookie", "signature", "api-key", "access-key"} {
		if strings.Contains(lower, part) {
			return variable(strings.ReplaceAll(name, "-", "_")), true
		}
	}
	return "", false
}

// secretsOfHeader finds what a header holds by virtue of its name.
func (c *censor) secretsOfHeader(name, value string, spans []span) []span {
	v, ok := secretHeader(name)
	if !ok || value == "" {
		return spans
	}
	from := len(spans)
	switch {
	case v == "AUTHORIZATION" && isSignature(value):
		spans = structural(value, spans) // Access=, Credential=, Signature=
	case strings.EqualFold(name, "Set-Cookie"):
		pair, _, _ := strings.Cut(value, ";")
		spans = cookieValue(pair, 0, spans)
	case strings.EqualFold(name, "Cookie"):
		at := 0
		for pair := range strings.SplitSeq(value, ";") {
			spans = cookieValue(pair, at, spans)
			at += len(pair) + 1
		}
	default:
		spans = append(spans, span{start: 0, end: len(value), name: v})
	}
	return c.hide(value, spans, from)
}

// hide drops the spans from the given one on whose text was declared to be shown.
func (c *censor) hide(text string, spans []span, from int) []span {
	if len(c.shown) == 0 {
		return spans
	}
	kept := spans[:from]
	for _, s := range spans[from:] {
		if plain := text[s.start:s.end]; !c.isShown(plain) {
			kept = append(kept, s)
		}
	}
	return kept
}

func (c *censor) isShown(plain string) bool {
	for _, s := range c.shown {
		if s == plain {
			return true
		}
	}
	return false
}

// cookieValue hides the value of one cookie and leaves its name. A cookie without a name is hidden whole.
func cookieValue(pair string, at int, spans []span) []span {
	cut := strings.IndexByte(pair, '=') + 1
	if cut == len(pair) {
		return spans
	}
	return append(spans, span{start: at + cut, end: at + len(pair), name: "COOKIE"})
}

// isSignature tells the AK/SK schemes, whose header says more than a secret: SDK-HMAC-SHA256, SDK-HMAC-SM3, V11-HMAC-SHA256.
func isSignature(authorization string) bool {
	scheme, _, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	return strings.Contains(scheme, "-HMAC-")
}
