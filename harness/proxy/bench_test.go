package proxy

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/exchange"
)

// BenchmarkExchange measures a resize as it passes the proxy, recorded and judged in both directions, against the same without a proxy between, and through a port of
// its own, as a run with a client under test has it for every call.
func BenchmarkExchange(b *testing.B) {
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, told)
	}))
	defer served.Close()
	p, err := New(Config{Upstream: served.URL, Recorder: exchange.NewRecorder(exchange.Options{Contract: contracttest.Base(b)})})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	ask := func(b *testing.B, client *http.Client, endpoint string) {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, endpoint+resize, strings.NewReader(asked))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Auth-Token", "t")
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	b.Run("direct", func(b *testing.B) {
		for b.Loop() {
			ask(b, served.Client(), served.URL)
		}
	})
	b.Run("proxied", func(b *testing.B) {
		port, err := p.Open(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer port.Close()
		for b.Loop() {
			ask(b, served.Client(), port.Endpoint())
		}
	})
	b.Run("a port a call", func(b *testing.B) {
		for b.Loop() {
			port, err := p.Open(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			ask(b, served.Client(), port.Endpoint())
			_ = port.Close()
		}
	})
}
