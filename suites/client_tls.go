package suites

import (
	"context"
	"fmt"
	"time"

	"resize-conformance/harness/director"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/proxy"
)

// clientCertificates is whom a client sends its request to.
func clientCertificates(w *writer) {
	// The control shows that the client sends over TLS at all where the certificate is in order, so that it is the certificate that keeps it from sending. Without the
	// control what must hold is the same, but a client that trusts nobody holds it, too.
	w.scenario("RSZ-CLIENT-212", "a server whose certificate is not in order is sent nothing", func(ctx context.Context, x *Exercise) {
		if c := x.callOverTLS(ctx, director.Trusted, director.Connect()); c.Told.Error != nil || len(c.Sent) == 0 {
			x.Note("the client could not be made to trust the authority of the run ($CONFORMANCE_CA_FILE), so it was not seen that it accepts a good certificate; it told: %s", told(c.Answer))
		}
		sentNothing := func(what string, c *Called) {
			n := max(len(c.Sent), len(c.Account.Requests))
			if n > 0 {
				x.Fail(Place{Exchange: c.Exchange, In: "request", Steps: c.story()}, "nothing sent to a server that "+what, fmt.Sprintf("%d requests, with the credentials that the client was given", n))
			}
			x.Tells(c, "an error for a server that "+what, c.Told.Error != nil)
		}
		parts := []func(){func() {
			sentNothing("speaks plain HTTP where TLS was asked for", x.callOverTLS(ctx, director.Trusted, director.NoTLS()))
		}}
		for _, certificate := range director.Certificates() {
			parts = append(parts, func() {
				sentNothing(fmt.Sprintf("shows a certificate with the flaw %q", certificate), x.callOverTLS(ctx, certificate, director.Connect()))
			})
		}
		x.together(parts...)
	})
}

// callOverTLS has the client resize at a port that serves a certificate. Whatever is sent there is answered by the script.
func (x *Exercise) callOverTLS(ctx context.Context, c director.Certificate, connection director.Act) *Called {
	x.needsClient()
	serving, err := x.env.Target.Under.Authority.Serve(c)
	if err != nil {
		x.end(journal.HarnessError, err.Error(), nil)
	}
	script := []director.Step{{Connection: 1, Act: connection}, {Onwards: true, Spare: true, Act: director.Say(jobMade())}}
	return x.Call(ctx, script, x.resizing(ecs.Grace(max(x.grace(), 5*time.Second))), proxy.ServeTLS(serving))
}
