package proxy

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/signature"
)

// What real clients sign is as it was when the server looks at it, the Host line included, unless another one was asked for.
func TestSignaturesHold(t *testing.T) {
	scope := &signature.Scope{Region: "eu-de", Service: "ecs"}
	for name, c := range map[string]struct {
		signer signature.Signer
		host   string // Config.Host
		broken bool
	}{
		"host is not signed (sdk-go-v3)":          {signer: signature.Signer{Headers: []string{"User-Agent", "X-Project-Id", "X-Sdk-Date"}}},
		"accept and content-type (golangsdk)":     {signer: signature.Signer{Headers: []string{"Accept", "Content-Type", "User-Agent", "X-Sdk-Date"}}},
		"host is signed (npm)":                    {signer: signature.Signer{Headers: []string{"Content-Type", "Host", "X-Project-Id", "X-Sdk-Date"}}},
		"scoped, host is signed (cloudmux)":       {signer: signature.Signer{Scope: scope, Headers: []string{"Host", "X-Project-Id", "X-Sdk-Date"}}},
		"scoped, nothing in it (gophertelekom)":   {signer: signature.Signer{Scope: &signature.Scope{}, Headers: []string{"Accept", "Content-Type", "Host", "User-Agent", "X-Sdk-Date"}}},
		"another Host, which is not signed":       {signer: signature.Signer{Headers: []string{"X-Sdk-Date"}}, host: "ecs.eu-de.example"},
		"another Host breaks what is signed":      {signer: signature.Signer{Headers: []string{"Host", "X-Sdk-Date"}}, host: "ecs.eu-de.example", broken: true},
		"a newline after the body, like sdk-go's": {signer: signature.Signer{Headers: []string{"X-Sdk-Date"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c.signer.AccessKey, c.signer.SecretKey = "AKEXAMPLE", "SKEXAMPLE"
			var (
				mu       sync.Mutex
				verified error
				host     string
			)
			upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mu.Lock()
				defer mu.Unlock()
				host = r.Host
				_, verified = signature.Verify(r, body, func(ak string) (string, bool) { return "SKEXAMPLE", ak == "AKEXAMPLE" }, time.Now())
				handler(w, r)
			}))
			defer upstream.Close()
			l := newLab(t, Config{Upstream: upstream.URL, Host: c.host})
			body := asked
			if strings.HasPrefix(name, "a newline") {
				body += "\n"
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.port.Endpoint()+resize, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"sdk/1.0"}, "X-Project-Id": {project}}
			if err := c.signer.Sign(req, []byte(body), time.Now()); err != nil {
				t.Fatal(err)
			}
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			if (verified != nil) != c.broken {
				t.Errorf("the server verifies the signature with %v; want it broken: %v", verified, c.broken)
			}
			want := c.host
			if want == "" {
				want = l.port.Address()
			}
			if host != want {
				t.Errorf("the server got the Host %q, want %q", host, want)
			}
		})
	}
}

// An https server is spoken to with TLS, trusted as the configuration says.
func TestUpstreamWithTLS(t *testing.T) {
	upstream := httptest.NewUnstartedServer(http.HandlerFunc(handler))
	upstream.Config.ErrorLog = log.New(io.Discard, "", 0)
	upstream.StartTLS()
	defer upstream.Close()
	trusting := upstream.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trusting.ServerName = "example.com"
	l := newLab(t, Config{Upstream: upstream.URL, TLS: trusting})
	if answer, err := l.send(post("Connection: close\r\n")); err != nil || !strings.HasSuffix(answer, told) {
		t.Errorf("got %q, %v", answer, err)
	}
	if _, x := l.one(); !strings.HasPrefix(x.URL, upstream.URL+"/v1.1/") {
		t.Errorf("recorded the URL %s", x.URL)
	}
	distrustful := newLab(t, Config{Upstream: upstream.URL})
	if answer, err := distrustful.send(post("")); answer != "" || err == nil {
		t.Errorf("got %q, %v; want a reset", answer, err)
	}
	if e, _ := distrustful.one(); e.Err == nil || !strings.Contains(e.Err.Error(), "certificate") {
		t.Errorf("recorded %v", e.Err)
	}
}

// The path of the server's URL is a part of the endpoint; what the client sends is not changed by it.
func TestPathOfTheServer(t *testing.T) {
	u := newUpstream(t, answering(good))
	l := newLab(t, Config{Upstream: u.url + "/ecs/"})
	if endpoint, err := url.Parse(l.port.Endpoint()); err != nil || endpoint.Path != "/ecs" {
		t.Errorf("got the endpoint %s, want it to end in /ecs", l.port.Endpoint())
	}
	if _, err := l.send(post("")); err != nil || u.received() != post("") {
		t.Errorf("the server got %q, %v", u.received(), err)
	}
}

func TestBadConfiguration(t *testing.T) {
	recorder := newLab(t, Config{Handler: http.HandlerFunc(handler)}).proxy.c.Recorder
	for want, c := range map[string]Config{
		"a Recorder is needed": {Upstream: "http://h"},
		"either an upstream":   {Recorder: recorder},
		"wanted a URL":         {Recorder: recorder, Upstream: "ftp://h"},
		"perhaps a path":       {Recorder: recorder, Upstream: "http://user:secret@h"},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}
