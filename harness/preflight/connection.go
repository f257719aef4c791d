package preflight

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"resize-conformance/harness/target"
)

// soon is how long before its end a certificate is worth a word.
const soon = 3 * 24 * time.Hour

// Connection looks at the way to a server URL: the name, the connection, TLS. It sends no request. The error is that of ctx, or a *target.ConfigError.
func Connection(ctx context.Context, c *target.Config) ([]Line, error) {
	var lines []Line
	say := func(g Grade, about, next, format string, args ...any) {
		lines = append(lines, Line{Grade: g, About: about, Text: fmt.Sprintf(format, args...), Next: next})
	}
	u, err := url.Parse(c.Server)
	if err != nil {
		return nil, err // cannot be: the configuration was checked
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err != nil {
		say(Stop, "proxy", "mend HTTPS_PROXY and its like", "the proxy that the environment names cannot be used: %v", err)
		return lines, nil
	}
	if proxy != nil {
		say(OK, "proxy", "", "the way leads through %s, which looks the name up", proxy.Host)
	} else if net.ParseIP(u.Hostname()) == nil {
		if found, err := net.DefaultResolver.LookupHost(ctx, u.Hostname()); err == nil {
			say(OK, "name", "", "%s is %s", u.Hostname(), strings.Join(found, ", "))
		}
	}
	if err := c.Reach(ctx); err != nil {
		var unreachable *target.UnreachableError
		if !errors.As(err, &unreachable) {
			return lines, err
		}
		say(Stop, "connection", unreachable.Hint, "%s: %v", unreachable.Endpoint, unreachable.Err)
		return lines, nil
	}
	switch {
	case u.Scheme == "http" && proxy == nil && !loopback(u.Hostname()):
		say(Warning, "connection", "use https", "%s is reached, without TLS: whoever is on the way can read the credentials", u.Host)
	case u.Scheme == "http" || proxy != nil:
		say(OK, "connection", "", "%s is reached", u.Host)
	default:
		lines = append(lines, secured(ctx, c, u))
	}
	return lines, nil
}

// secured tells of a TLS connection, and when it will not be one any more.
func secured(ctx context.Context, c *target.Config, u *url.URL) Line {
	config, err := c.TLSConfig()
	if err != nil {
		return Line{Stop, "TLS", err.Error(), ""}
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	ctx, cancel := context.WithTimeout(ctx, c.RequestTimeout)
	defer cancel()
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return Line{Warning, "TLS", "the second connection failed: " + err.Error(), "is the network steady?"}
	}
	defer conn.Close()
	secure, is := conn.(*tls.Conn)
	if !is || len(secure.ConnectionState().PeerCertificates) == 0 {
		return Line{Warning, "TLS", "the server showed no certificate", ""}
	}
	state := secure.ConnectionState()
	shown := state.PeerCertificates[0]
	text := fmt.Sprintf("%s; the certificate is good until %s, issued by %s", tls.VersionName(state.Version), shown.NotAfter.UTC().Format(time.DateOnly), shown.Issuer.CommonName)
	switch {
	case c.Insecure:
		return Line{Warning, "TLS", text + "; it is not checked", "give the authority with --ca-file in place of --insecure"}
	case time.Until(shown.NotAfter) < soon:
		return Line{Warning, "TLS", text, "have it renewed"}
	}
	return Line{OK, "TLS", text, ""}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
