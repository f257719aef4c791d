package exchange

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/signature"
)

// heard is a request as a server heard it.
type heard struct {
	Method, URI, Host string
	Header            http.Header
	Chunked           bool
	Body              string
}

// listener is a server that tells what it heard.
func listener(t *testing.T) (url string, requests <-chan heard) {
	t.Helper()
	all := make(chan heard, 1)
	url = serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		all <- heard{r.Method, r.RequestURI, r.Host, r.Header, slices.Contains(r.TransferEncoding, "chunked"), string(body)}
	})
	return url, all
}

// shell runs a script with POSIX sh and the given variables.
func shell(t *testing.T, script string, env ...string) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("needs curl")
	}
	c := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
	c.Dir = t.TempDir()
	c.Env = append(os.Environ(), env...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("sh: %v\n%s\nscript:\n%s", err, out, script)
	}
}

// The line is run by a real curl, and what arrives is compared with what the recorder sent.
func TestTheCurlLineRepeatsTheRequest(t *testing.T) {
	t.Parallel()
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, c := range []struct {
		name, method, path, body string
		header                   http.Header
		change                   func(*http.Request)
	}{
		{name: "GET", method: "GET", path: "/v1/p/jobs/1"},
		{name: "HEAD", method: "HEAD", path: "/"},
		{name: "query", method: "GET", path: "/v1/p?limit=1&limit=2&sort_key=a%20b&x=[1]{2}"},
		{name: "GET with a body", method: "GET", path: "/", body: "{}"},
		{name: "JSON", method: "POST", path: "/v1.1/p/cloudservers/s/resize", body: `{"resize":{"flavorRef":"s3.large.2"}}`, header: http.Header{"Content-Type": {"application/json"}}},
		{name: "JSON in lines", method: "POST", path: "/", body: "{\n  \"a\":\t1\r\n}\n", header: http.Header{"Content-Type": {"application/json"}}},
		{name: "no Content-Type", method: "POST", path: "/", body: "{}"},
		{name: "empty Content-Type", method: "POST", path: "/", body: "{}", header: http.Header{"Content-Type": {""}}},
		{name: "no body", method: "POST", path: "/"},
		{name: "DELETE without a body", method: "DELETE", path: "/"},
		{name: "another method", method: "PATCH", path: "/", body: "{}"},
		{name: "every byte", method: "POST", path: "/", body: string(every)},
		{name: "no UTF-8", method: "POST", path: "/", body: "{\"a\":\"\xff\xfe\"}"},
		{name: "characters of the shell", method: "POST", path: "/", body: `it's $HOME "quoted" \n %s %d $(date) ` + "`date`" + ` !! {a,b} *`},
		{name: "the same in lines", method: "POST", path: "/", body: "it's $HOME \"quoted\" \\n %s %d\n$(date) `date` \\"},
		{name: "begins with @", method: "POST", path: "/", body: "@/etc/passwd"},
		{name: "begins with @, in lines", method: "POST", path: "/", body: "@/etc/passwd\n"},
		{name: "begins with a dash", method: "POST", path: "/", body: "--data"},
		{name: "begins with a dash, in lines", method: "POST", path: "/", body: "-n\n"},
		{name: "umlauts", method: "POST", path: "/%C3%BC", body: `{"ü":"日本"}`},
		{name: "headers", method: "GET", path: "/", header: http.Header{"X-Twice": {"1", "2"}, "X-Empty": {""}, "X-Odd": {`it's; "$HOME"`}, "Accept": {"application/json"}, "User-Agent": {"resize-conformance/1 (RSZ-X-001)"}}},
		{name: "no User-Agent", method: "GET", path: "/", header: http.Header{"User-Agent": {""}}},
		{name: "not ASCII in a header", method: "GET", path: "/", header: http.Header{"X-Odd": {"ü \xff"}}},
		{name: "chunked", method: "POST", path: "/", body: "{}", change: func(r *http.Request) { r.ContentLength = -1 }},
		{name: "another host", method: "GET", path: "/", change: func(r *http.Request) { r.Host = "ecs.example.com" }},
		{name: "dots in the path", method: "GET", path: "/a/../b/./c//d"},
		{name: "an encoded slash", method: "GET", path: "/a%2Fb%2e%2e"},
		{name: "long", method: "POST", path: "/", body: strings.Repeat("x", 30<<10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url, requests := listener(t)
			var sink events
			req := request(t.Context(), t, c.method, url+c.path, c.body)
			for name, values := range c.header {
				req.Header[name] = values
			}
			if c.change != nil {
				c.change(req)
			}
			if _, err := recorder(t, Options{Sink: &sink}).Do(req); err != nil {
				t.Fatal(err)
			}
			first := <-requests
			line := sink.last(t).Curl
			if strings.ContainsAny(line, "\n\x00\t") && !strings.HasPrefix(line, "#") {
				t.Errorf("wanted one line, got %q", line)
			}
			shell(t, line)
			second := <-requests
			compare(t, first, second, line)
		})
	}
}

func compare(t *testing.T, want, got heard, line string) {
	t.Helper()
	if want.Method != got.Method || want.URI != got.URI || want.Host != got.Host || want.Body != got.Body || want.Chunked != got.Chunked {
		t.Errorf("wanted %+v\ngot    %+v\nof     %s", want, got, line)
	}
	for _, h := range []http.Header{want.Header, got.Header} {
		h.Del("Content-Length") // of a body of no bytes: one sends it, the other may not
	}
	for name := range want.Header {
		if !slices.Equal(want.Header[name], got.Header[name]) {
			t.Errorf("%s: wanted %q, got %q\nof %s", name, want.Header[name], got.Header[name], line)
		}
	}
	for name := range got.Header {
		if want.Header[name] == nil {
			t.Errorf("%s: %q was added\nof %s", name, got.Header[name], line)
		}
	}
}

func TestTheCurlLineHasVariablesForSecrets(t *testing.T) {
	t.Parallel()
	url, requests := listener(t)
	var sink events
	const token, pass = "MIIC-it's-a-token", `p@ss"'\word`
	r := recorder(t, Options{Sink: &sink, Redactor: NewRedactor(map[string]string{token: "$OS_AUTH_TOKEN"})})
	for _, body := range []string{`{"server":{"adminPass":"simple-pass"}}`, "{\"server\":\n{\"adminPass\":\"simple-pass\"}}"} {
		req := request(t.Context(), t, "POST", url+"/x?token=abcdefgh", body)
		req.Header.Set("X-Auth-Token", token)
		req.Header.Set("X-Security-Token", pass)
		if _, err := r.Do(req); err != nil {
			t.Fatal(err)
		}
		first := <-requests
		line := sink.last(t).Curl
		for _, secret := range []string{token, "simple-pass", "p@ss", "abcdefgh"} {
			if strings.Contains(line, secret) {
				t.Errorf("%q stands in %s", secret, line)
			}
		}
		shell(t, line, "OS_AUTH_TOKEN="+token, "HUAWEICLOUD_SDK_SECURITY_TOKEN="+pass, "ADMIN_PASS=simple-pass", "TOKEN=abcdefgh")
		compare(t, first, <-requests, line)
	}
}

// An AK/SK signature is void after 15 minutes: the line signs anew, and a verifier takes it.
func TestTheCurlLineSignsAnew(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("needs openssl")
	}
	const sk = `S'K"$\%EXAMPLE`
	long := time.Now().Add(-48 * time.Hour)
	for _, c := range []struct {
		name   string
		signer signature.Signer
		signed string // the body that is signed, when another is sent
		skew   time.Duration
		made   string // a made-up secret key
		cause  signature.Cause
	}{
		{name: "Access="},
		{name: "Credential=", signer: signature.Signer{Scope: &signature.Scope{Region: "eu-de", Service: "ecs"}}},
		{name: "Credential= without region", signer: signature.Signer{Scope: &signature.Scope{}}},
		{name: "temporary key", signer: signature.Signer{SecurityToken: "token-of-a-temporary-key"}},
		{name: "host not signed", signer: signature.Signer{Headers: []string{"X-Sdk-Date", "X-Project-Id"}}},
		{name: "tampered", signed: "{}", cause: signature.Mismatch},
		{name: "wrong secret key", made: "no-such-key", cause: signature.Mismatch},
		{name: "clock behind", skew: -20 * time.Minute, cause: signature.Skewed},
		{name: "clock ahead", skew: 20 * time.Minute, cause: signature.Skewed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			type taken struct {
				r    *http.Request
				body []byte
			}
			requests := make(chan taken, 1)
			url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				requests <- taken{r, body}
			})
			var sink events
			body := "{\"resize\":{\"flavorRef\":\"s3.large.2\"}}\n"
			signed := body
			if c.signed != "" {
				signed = c.signed
			}
			s := c.signer
			s.AccessKey, s.SecretKey = "AKEXAMPLE", sk
			told := Signing{SecretKey: sk, Body: []byte(signed), Tampered: c.signed != "", Skew: c.skew}
			ctx := t.Context()
			if c.made != "" {
				s.SecretKey, told.SecretKey = c.made, c.made
				ctx = Shown(ctx, c.made)
			}
			req := request(Signed(ctx, told), t, "POST", url+"/v1.1/p/cloudservers/s%2Ft/resize?b=2&a=1%20", body)
			req.Header.Set("X-Project-Id", "p")
			if err := s.Sign(req, []byte(signed), long.Add(c.skew)); err != nil {
				t.Fatal(err)
			}
			r := recorder(t, Options{Sink: &sink, Redactor: NewRedactor(map[string]string{
				"AKEXAMPLE": "$HUAWEICLOUD_SDK_AK", sk: "$HUAWEICLOUD_SDK_SK", "token-of-a-temporary-key": "$HUAWEICLOUD_SDK_SECURITY_TOKEN",
			})})
			if _, err := r.Do(req); err != nil {
				t.Fatal(err)
			}
			check := func(who string, got taken, now time.Time) {
				t.Helper()
				_, err := signature.Verify(got.r, got.body, func(ak string) (string, bool) { return sk, ak == "AKEXAMPLE" }, now)
				var e *signature.Error
				switch {
				case c.cause == "" && err != nil:
					t.Errorf("%s: the signature was refused: %v", who, err)
				case c.cause != "" && (!errors.As(err, &e) || e.Cause != c.cause):
					t.Errorf("%s: wanted it refused for its %s, got %v", who, c.cause, err)
				}
			}
			check("recorder", <-requests, long) // made two days ago
			line := sink.last(t).Curl
			shell(t, line, "HUAWEICLOUD_SDK_AK=AKEXAMPLE", "HUAWEICLOUD_SDK_SK="+sk, "HUAWEICLOUD_SDK_SECURITY_TOKEN=token-of-a-temporary-key")
			check("curl", <-requests, time.Now())
			if t.Failed() {
				t.Log(line)
			}
		})
	}
}

func TestTheCurlLineSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	var sink events
	r := recorder(t, Options{Sink: &sink})
	if _, err := r.Do(request(t.Context(), t, "POST", url, strings.Repeat("x", 200<<10))); err != nil {
		t.Fatal(err)
	}
	if line := sink.last(t).Curl; !strings.Contains(line, "# The body of 204800 bytes") || !strings.Contains(line, "--data-binary @body.bin") || len(line) > 1000 {
		t.Errorf("got %.1000s", line)
	}
	req := request(t.Context(), t, "POST", url, "{}")
	req.Header.Set("Authorization", "SDK-HMAC-SM3 Access=AK, SignedHeaders=host, Signature=00")
	if _, err := r.Do(req); err != nil {
		t.Fatal(err)
	}
	if line := sink.last(t).Curl; !strings.Contains(line, "# The signature cannot be made anew") {
		t.Errorf("got %s", line)
	}
}

func TestQuotesForTheShell(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "it's", "a b", "$HOME", "\\", "a\nb", "\xff", "-n", "%d"} {
		var out bytes.Buffer
		c := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-c", "printf '%s|' "+word(text, nil)+"; "+printf(text, nil))
		c.Stdout = &out
		if err := c.Run(); err != nil {
			t.Fatal(err)
		}
		if want := text + "|" + text; out.String() != want {
			t.Errorf("wanted %q, got %q", want, out.String())
		}
	}
}
