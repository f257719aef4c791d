package target

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// ErrOrder says that a request was not sent because it could have placed an order that is paid from the account.
var ErrOrder = errors.New(`a resize with isAutoPay "true" is not sent to a server that is not known to be pay-per-use: it could spend money; --allow-orders permits it`)

// orderGuard stands at the very end of the way to a server URL and lets no request out that could spend money without permission, whoever made it and
// however. A request for a server that showServer said is billed by use can place no order, and passes.
type orderGuard struct {
	http.RoundTripper
	allowed   bool
	payPerUse func(serverID string) bool
}

var autoPays = regexp.MustCompile(`(?i)isAutoPay"\s*:\s*"?\s*true`)

func (g *orderGuard) RoundTrip(req *http.Request) (*http.Response, error) {
	path := strings.Split(req.URL.Path, "/")
	if g.allowed || req.Body == nil || len(path) < 2 || path[len(path)-1] != "resize" || g.payPerUse(path[len(path)-2]) {
		return g.RoundTripper.RoundTrip(req)
	}
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close() // a RoundTripper closes it; whether that works says nothing about the request
	if err != nil {
		return nil, err
	}
	if autoPays.Match(body) {
		return nil, ErrOrder
	}
	again := req.Clone(req.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return g.RoundTripper.RoundTrip(again)
}
