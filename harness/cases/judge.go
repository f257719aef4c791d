package cases

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// Judge asks both oracles about a filled case and says why it is not what it claims to be; nil when it is. A case that is not must not be sent: its answer would
// prove nothing.
func (c Case) Judge(ctx context.Context, with *contract.Contract) error {
	j := with.Judge(ctx, c.message())
	var told []string
	for _, v := range j.Request {
		told = append(told, fmt.Sprintf("%s of %s %q", v.Keyword, v.Part, v.Pointer))
	}
	found := strings.Join(told, ", ")
	if found == "" {
		found = "nothing"
	}
	k := c.Claim
	switch {
	case j.Operation != c.Operation && k.Part != "path":
		return fmt.Errorf("%s: wanted a request to %s, it is one to %q", c.ID(), c.Operation, j.Operation)
	case k.Valid && len(j.Request) > 0:
		return fmt.Errorf("%s: wanted a request that keeps the contract; it breaks %s", c.ID(), found)
	case k.Valid:
		return nil
	case len(j.Request) == 0:
		return fmt.Errorf("%s: wanted a request that breaks %s of %s %q; both oracles find nothing wrong with it", c.ID(), k.Keyword, k.Part, k.Pointer)
	case k.Anything:
		return nil
	}
	named := false
	for _, v := range j.Request {
		if !k.admits(v) {
			return fmt.Errorf("%s: wanted %s of %s %q and nothing else broken; it breaks %s", c.ID(), k.Keyword, k.Part, k.Pointer, found)
		}
		named = named || v.Keyword == k.Keyword || k.Within != none && v.Pointer == k.Within
	}
	if !named {
		return fmt.Errorf("%s: wanted %s of %s %q broken; it breaks %s", c.ID(), k.Keyword, k.Part, k.Pointer, found)
	}
	return nil
}

// none is Claim.Within where there is no oneOf or anyOf around.
const none = "-"

// admits says whether a violation is of the place that is claimed. An oracle may name the object in which a member is missing, or the member.
func (k Claim) admits(v journal.Violation) bool {
	if v.Part != k.Part {
		return false
	}
	if k.Part == "path" || k.Part == "media-type" || strictKeyword(k.Keyword) {
		return v.Keyword == k.Keyword || k.Part == "path"
	}
	if k.Part != "body" {
		return strings.EqualFold(v.Pointer, k.Pointer)
	}
	if k.Within != none && (v.Pointer == k.Within || strings.HasPrefix(v.Pointer, k.Within+"/")) {
		return true
	}
	return v.Pointer == k.Pointer
}

func strictKeyword(keyword string) bool {
	switch keyword {
	case contract.KeywordSyntax, contract.KeywordTrailing, contract.KeywordDuplicate, contract.KeywordUTF8, contract.KeywordSurrogate, contract.KeywordDepth,
		contract.KeywordEmptyBody, contract.KeywordNullBody:
		return true
	}
	return false
}

// message is the request as the contract judges it.
func (c Case) message() *contract.Message {
	m := &contract.Message{Method: c.Method, Path: c.Path, Query: c.Query, RequestHeader: http.Header{}, RequestBody: c.Body}
	if c.Body != nil && !c.Untyped {
		m.RequestHeader.Set("Content-Type", "application/json")
	}
	for _, h := range c.Header {
		m.RequestHeader.Set(h.Name, h.Value)
	}
	return m
}
