package target

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/exchange"
)

// errOrder says that a request could have placed an order that is paid from the account.
func errOrder() *exchange.Withheld {
	return &exchange.Withheld{Why: `a request with isAutoPay "true" is not sent to a server that is not known to be pay-per-use: it could spend money; --allow-orders permits it`}
}

// orderGuard stands on the way to a server URL and lets no request out that could spend money without permission, whoever made it and however. A request for a server
// that showServer said is billed by use can place no order, and passes.
type orderGuard struct {
	http.RoundTripper
	allowed   bool
	payPerUse func(serverID string) bool
	// orderless says that a resize of a server is known to place no order at all.
	orderless func(serverID string) bool
	// spent says why no more orders may be placed; nil: any number may.
	spent func() *exchange.Withheld
}

// autoPays finds the order to pay in any body, also one that is no whole JSON.
var autoPays = regexp.MustCompile(`(?i)isAutoPay"\s*:\s*"?\s*true`)

// prepaid finds that a creation is of a yearly/monthly server.
var prepaid = regexp.MustCompile(`(?i)chargingMode"\s*:\s*"?\s*prePaid`)

func (g *orderGuard) RoundTrip(req *http.Request) (*http.Response, error) {
	if !changes(req) {
		return g.RoundTripper.RoundTrip(req)
	}
	again, body, err := withBody(req)
	if err != nil {
		return nil, err
	}
	last := lastSegment(req.URL.Path)
	segments := strings.Split(req.URL.Path, "/")
	text := unescaped(body)
	if !g.allowed && autoPays.Match(text) && !slices.ContainsFunc(segments, g.payPerUse) {
		return nil, errOrder()
	}
	orders := strings.EqualFold(last, "resize") && !slices.ContainsFunc(segments, g.orderless) || prepaid.Match(text)
	if g.spent != nil && orders && !dryRun(body) {
		if spent := g.spent(); spent != nil {
			return nil, spent
		}
	}
	return g.RoundTripper.RoundTrip(again)
}

// changes says that a request may change something: all but those that only read.
func changes(req *http.Request) bool {
	return req.Method != http.MethodGet && req.Method != http.MethodHead && req.Method != http.MethodOptions
}

func lastSegment(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// withBody reads a request's body and gives a request that has it still.
func withBody(req *http.Request) (*http.Request, []byte, error) {
	if req.Body == nil {
		return req, nil, nil
	}
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close() // a RoundTripper closes it; whether that works says nothing about the request
	if err != nil {
		return nil, nil, err
	}
	again := req.Clone(req.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return again, body, nil
}

// escapes are characters that are written by their number.
var escapes = regexp.MustCompile(`\\u00([0-7][0-9a-fA-F])`)

// unescaped is a JSON text in which letters stand for themselves.
func unescaped(body []byte) []byte {
	return escapes.ReplaceAllFunc(body, func(escape []byte) []byte {
		code, err := strconv.ParseUint(string(escape[4:]), 16, 8)
		if err != nil {
			return escape
		}
		return []byte{byte(code)}
	})
}
