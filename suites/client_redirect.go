package suites

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/proxy"
)

// credentialsStay sends the client on to another host, and looks at what comes there.
func credentialsStay(ctx context.Context, x *Exercise) {
	g := x.asking()
	var all []leak
	for _, kind := range g.taken([]driver.CredentialKind{driver.WithToken, driver.WithAccessKey, driver.WithSecurityToken}) {
		for _, a := range operationWishes() {
			all = append(all, x.sentOn(ctx, g, a, madeUp(kind))...)
		}
	}
	if len(all) > 0 {
		var headers []string
		for _, l := range all {
			if !slices.Contains(headers, l.header) {
				headers = append(headers, l.header)
			}
		}
		x.Fail(Place{Exchange: all[0].exchange, Pointer: all[0].header, In: "request"}, "no credentials to be sent to a host that the user did not name, after a redirect to it",
			fmt.Sprintf("%s there, in %s first", strings.Join(headers, ", "), all[0].operation))
	}
	g.end()
}

// leak is a header with credentials that came to a host which the user did not name.
type leak struct {
	header    string
	operation ecs.Operation
	exchange  *exchange.Exchange
}

// sentOn redirects one call to another name of this machine, which its user did not give. 307 keeps the method (RFC 9110, section 15.4.8), 302 may change it to GET.
func (x *Exercise) sentOn(ctx context.Context, g *asking, a wish, k ecs.Credentials) []leak {
	a.brief = true
	shown := exchange.Shown(ctx, k.Token, k.AccessKey, k.SecretKey, k.SecurityToken)
	elsewhere, err := x.env.Target.Under.Open(shown, x.standIn(jobMade()))
	if err != nil {
		x.end(journal.HarnessError, err.Error(), nil)
	}
	defer func() { _ = elsewhere.Close() }()
	for _, status := range []int{http.StatusTemporaryRedirect, http.StatusFound} {
		to := director.Answer{Status: status, Header: http.Header{"Location": {"http://localhost:" + elsewherePort(elsewhere) + "/v1/elsewhere"}}}
		if g.ask(ctx, a, x.staging(map[string]director.Answer{"": to}), ecs.As(k)) == nil {
			break
		}
	}
	settling, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	_ = elsewhere.Settle(settling) // what is under way by then is cut off
	if err := elsewhere.Close(); err != nil {
		x.end(journal.HarnessError, err.Error(), nil)
	}
	var all []leak
	for _, e := range elsewhere.Exchanges() {
		for _, name := range []string{"Authorization", "X-Auth-Token", "X-Security-Token"} {
			if e.Request.Header.Get(name) != "" {
				all = append(all, leak{name, a.call.Operation, e})
			}
		}
	}
	return all
}

// settleWithin is how long a record may take to catch up with a client that has ended its call.
const settleWithin = 2 * time.Second

// elsewherePort is the number of a port.
func elsewherePort(p *proxy.Port) string {
	return p.Address()[strings.LastIndexByte(p.Address(), ':')+1:]
}
