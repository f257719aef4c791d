package replay

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
	"resize-conformance/harness/signature"
)

// The headers that a client makes by itself, or that belong to one sending only.
var ownHeaders = []string{"Host", "Content-Length", "Transfer-Encoding", "Traceparent", "Connection", "Accept-Encoding"}

// The headers in which credentials stand.
var credentialHeaders = []string{"X-Auth-Token", "Authorization", "X-Security-Token"}

// unsendable says why the bytes of a request are not known; "" when they are.
func (p *play) unsendable(x *journal.Exchange) string {
	body, whole := x.RequestBody.Bytes()
	switch {
	case !whole:
		return fmt.Sprintf("its body is not in the record as it was sent: %d of %d bytes were kept", len(body), x.RequestBody.Size)
	case x.Lacks(journal.LostRequestBody), x.Lacks(journal.LostRequestHeader):
		return "the record has not kept all of the request"
	case x.Substitute != "":
		return "the record has an answer that was not the server's: " + x.Substitute
	case exchange.Redacted(x.URL):
		return "a secret was taken out of its URL, and is not made up"
	case exchange.Redacted(string(body)):
		return "a secret was taken out of its body, and is not made up"
	}
	for _, h := range x.RequestHeader {
		if exchange.Redacted(h.Value) && !slices.ContainsFunc(credentialHeaders, func(name string) bool { return strings.EqualFold(name, h.Name) }) {
			return "a secret was taken out of its header " + h.Name + ", and is not made up"
		}
	}
	return ""
}

// compose makes the options of a call that sends the recorded bytes with the target's ids and credentials.
func (p *play) compose(x *journal.Exchange) (options []ecs.Option, path, why string) {
	whole := strings.TrimPrefix(recording.TargetOf(x.URL), p.Record.BasePath)
	path, query, hasQuery := strings.Cut(p.ids.apply(whole), "?")
	if hasQuery {
		options = append(options, ecs.RawQuery(query))
	}
	signed, why := p.credentials(x, &options)
	if why != "" {
		return nil, "", why
	}
	if x.Malformed != "" {
		options = append(options, ecs.Malformed(x.Malformed))
	}
	if x.Outside {
		options = append(options, ecs.Outside())
	}
	if body, _ := x.RequestBody.Bytes(); len(body) > 0 || recording.Sent(x, "Content-Type") != "" || recording.Sent(x, "Content-Length") != "" {
		if x.RequestBody.Base64 == "" {
			body = []byte(p.ids.apply(string(body)))
		}
		options = append(options, ecs.Body(body))
	}
	if strings.EqualFold(recording.Sent(x, "Transfer-Encoding"), "chunked") {
		options = append(options, ecs.Chunked())
	}
	return append(options, p.headers(x, signed)...), path, ""
}

// headers sends the recorded lines but for those that are made anew, and none that were not there.
func (p *play) headers(x *journal.Exchange, signed bool) (options []ecs.Option) {
	seen := map[string]bool{}
	for _, h := range x.RequestHeader {
		name := http.CanonicalHeaderKey(h.Name)
		switch {
		case slices.ContainsFunc(ownHeaders, func(own string) bool { return strings.EqualFold(own, name) }) && !p.otherHost(x, name, h.Value):
			continue
		case slices.Contains(credentialHeaders, name) && (signed || exchange.Redacted(h.Value)), name == signature.DateHeader && signed:
			seen[name] = true
			continue
		}
		value := p.ids.apply(h.Value)
		if seen[name] {
			options = append(options, ecs.AddHeader(name, value))
		} else {
			options = append(options, ecs.Header(name, value))
		}
		seen[name] = true
	}
	for _, name := range []string{"User-Agent", "Accept", "X-Language", "Content-Type", "X-Project-Id", "Expect"} {
		if !seen[name] {
			options = append(options, ecs.WithoutHeader(name))
		}
	}
	return options
}

// otherHost says that a Host line names another server than the URL: then it was sent on purpose.
func (p *play) otherHost(x *journal.Exchange, name, value string) bool {
	if name != "Host" {
		return false
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(x.URL, "http://"), "https://"), "/")
	return value != host
}

var (
	signedWith   = regexp.MustCompile(`(?:Access|Credential)=([^,/\s]+)(/[^,\s]*)?`)
	signedHeader = regexp.MustCompile(`SignedHeaders=([^,\s]*)`)
)

// credentials chooses those of the target that stand in for the recorded ones. signed: the request is signed anew. why: it cannot be sent with any.
func (p *play) credentials(x *journal.Exchange, options *[]ecs.Option) (signed bool, why string) {
	token, authorization := recording.Sent(x, "X-Auth-Token"), recording.Sent(x, "Authorization")
	switch {
	case authorization != "" && strings.Contains(authorization, signature.Algorithm):
		return true, p.signature(x, authorization, options)
	case exchange.Redacted(token):
		k, known := p.named(token)
		if !known {
			return false, "the target has no credentials that stand in for " + token
		}
		*options = append(*options, ecs.As(k))
	case exchange.Redacted(authorization):
		return false, "its credentials were taken out of the record, and the target has none like them"
	default:
		*options = append(*options, ecs.Anonymous()) // what was sent in their place is among the headers
	}
	return false, ""
}

// signature signs as the recorded request was, as far as the record tells.
func (p *play) signature(x *journal.Exchange, authorization string, options *[]ecs.Option) (why string) {
	with := signedWith.FindStringSubmatch(authorization)
	if with == nil {
		return "its Authorization cannot be read, and a signature is not in the record"
	}
	k := ecs.Credentials{AccessKey: with[1], SecretKey: "nobody-has-this-access-key", MadeUp: true}
	if exchange.Redacted(with[1]) {
		var known bool
		if k, known = p.named(with[1]); !known || k.AccessKey == "" {
			return "the target has no access key that stands in for " + with[1]
		}
		if x.Status == http.StatusUnauthorized {
			return "its signature was refused, and what was wrong with it was taken out of the record"
		}
	}
	if recording.Sent(x, "X-Security-Token") == "" {
		k.SecurityToken = ""
	}
	*options = append(*options, ecs.As(k))
	if scope := strings.Split(with[2], "/"); len(scope) >= 5 { // "", date, region, service, sdk_request
		*options = append(*options, ecs.ScopedCredential(scope[2], scope[3]))
	}
	if list := signedHeader.FindStringSubmatch(authorization); list != nil {
		*options = append(*options, ecs.Signing(strings.Split(list[1], ";")...))
	}
	if at, err := time.Parse(signature.DateFormat, recording.Sent(x, signature.DateHeader)); err == nil && !x.Start.IsZero() {
		if skew := at.Sub(x.Start); skew.Abs() > time.Minute {
			*options = append(*options, ecs.SignedAt(time.Now().Add(skew)))
		}
	}
	return ""
}

// named gives the credentials that the placeholder of a secret stands for.
func (p *play) named(placeholder string) (ecs.Credentials, bool) {
	t := p.Target
	none := ecs.Credentials{}
	own := t.Token
	if own == none {
		own = t.Keys
	}
	name := strings.TrimPrefix(strings.TrimPrefix(placeholder, "$"), "CONFORMANCE_")
	token := func(value string) (ecs.Credentials, bool) { return ecs.Credentials{Token: value}, value != "" }
	switch name {
	case "TOKEN", "OS_AUTH_TOKEN":
		return own, own != none
	case "ACCESS_KEY", "HUAWEICLOUD_SDK_AK":
		return t.Keys, t.Keys != none
	case "EXPIRED_TOKEN":
		return token(t.ExpiredToken)
	case "DENIED_TOKEN":
		return token(t.DeniedToken)
	case "THROTTLED_TOKEN":
		return token(t.ThrottledToken)
	case "FAILING_TOKEN":
		return token(t.FailingToken)
	case "FOREIGN_TOKEN", "FOREIGN_ACCESS_KEY":
		return t.Foreign.Credentials, t.Foreign.Credentials != none
	}
	return none, false
}
