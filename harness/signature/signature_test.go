package signature

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	resizeURL = "/v1.1/0123456789abcdef0123456789abcdef/cloudservers/616fb98f-46ca-475e-917e-2563e5a8cd19/resize"
	project   = "0123456789abcdef0123456789abcdef"
)

var signedAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func post(t *testing.T, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, resizeURL, strings.NewReader(body))
	r.Header.Set("X-Project-Id", project)
	r.Header.Set("Content-Type", "application/json")
	return r
}

func secrets(known map[string]string) func(string) (string, bool) {
	return func(ak string) (string, bool) { s, ok := known[ak]; return s, ok }
}

var example = secrets(map[string]string{"AKEXAMPLE": "SKEXAMPLE"})

// Vectors computed by hand and checked against the vendor's Go SDK v0.1.207.
func TestVectorsOfTheVendorSDK(t *testing.T) {
	for name, c := range map[string]struct{ body, bodyHash, requestHash, signature string }{
		"plain": {
			`{"resize":{"flavorRef":"s3.large.2"}}`,
			"26235970260a1e72f3b3b79febbb8bebad78ceceea421791204fd98fd7e549eb",
			"e48a99d47c1e2d556ecce76932bc536e6dfa500e4c4c56a192989f663179dd58",
			"634a17e179bef35660f7f805c70532f933bb80698bcebe8786178d97da5831e2",
		},
		"with the newline of the Go SDK's encoder": {
			`{"resize":{"flavorRef":"s3.large.2"}}` + "\n",
			"13d500bd0bc4293e460f94f4e40a664327adec232303b1f346e70ea2d51a5f7b",
			"13bd5558e47fd70a2e93ce82fdd9aeea469887650ab9c109baf9f20593776260",
			"03d30fb04d87cf77941653d986fa3ea5e4c368dbc5bc9a600d8880f45a6bd835",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := post(t, c.body)
			s := Signer{AccessKey: "AKEXAMPLE", SecretKey: "SKEXAMPLE", Headers: []string{"X-Sdk-Date", "X-Project-Id"}}
			if err := s.Sign(r, []byte(c.body), signedAt); err != nil {
				t.Fatal(err)
			}
			if got := hexHash([]byte(c.body)); got != c.bodyHash {
				t.Errorf("body hash: got %s, want %s", got, c.bodyHash)
			}
			canonical := Canonical(r, []string{"x-project-id", "x-sdk-date"}, c.bodyHash, false)
			if got := hexHash([]byte(canonical)); got != c.requestHash {
				t.Errorf("canonical request hash: got %s, want %s\n%s", got, c.requestHash, canonical)
			}
			want := "SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders=x-project-id;x-sdk-date, Signature=" + c.signature
			if diff := cmp.Diff(want, r.Header.Get("Authorization")); diff != "" {
				t.Error(diff)
			}
			if _, err := Verify(r, []byte(c.body), example, signedAt); err != nil {
				t.Error(err)
			}
		})
	}
}

// The worked example of the vendor's signing guide (devg-apisign, api-sign-algorithm).
func TestVectorOfTheSigningGuide(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet,
		"https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0", nil)
	r.Header.Set("Content-Type", "application/json")
	s := Signer{AccessKey: "QTWAOYTTINDUT2QVKYUC", SecretKey: "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
		Headers: []string{"Host", "Content-Type", "X-Sdk-Date"}}
	if err := s.Sign(r, nil, time.Date(2019, 11, 15, 3, 36, 55, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	canonical := Canonical(r, []string{"content-type", "host", "x-sdk-date"}, hexHash(nil), false)
	if got, want := hexHash([]byte(canonical)), "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a"; got != want {
		t.Errorf("canonical request hash: got %s, want %s\n%s", got, want, canonical)
	}
	want := "SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, " +
		"Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe"
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRoundTrip(t *testing.T) {
	body := []byte(`{"resize":{"flavorRef":"s3.large.2"}}`)
	signers := map[string]Signer{
		"access form":              {},
		"scoped":                   {Scope: &Scope{Region: "eu-de", Service: "ecs"}},
		"scoped, nothing in scope": {Scope: &Scope{}},
		"host unsigned":            {Headers: []string{"X-Sdk-Date"}},
		"everything signed":        {Headers: []string{"Content-Type", "HOST", "X-Project-Id", "x-sdk-date"}},
		"temporary key":            {SecurityToken: "temp"},
	}
	for name, s := range signers {
		t.Run(name, func(t *testing.T) {
			s.AccessKey, s.SecretKey = "AKEXAMPLE", "SKEXAMPLE"
			r := post(t, string(body))
			if err := s.Sign(r, body, signedAt); err != nil {
				t.Fatal(err)
			}
			ak, err := Verify(r, body, example, signedAt.Add(Window))
			if err != nil || ak != "AKEXAMPLE" {
				t.Fatalf("got %q, %v", ak, err)
			}
			if _, err := Verify(r, append(body, '\n'), example, signedAt); cause(err) != Mismatch {
				t.Errorf("changed body: got %v, want cause %s", err, Mismatch)
			}
			if _, err := Verify(r, body, secrets(map[string]string{"AKEXAMPLE": "other"}), signedAt); cause(err) != Mismatch {
				t.Errorf("other secret: got %v, want cause %s", err, Mismatch)
			}
		})
	}
}

// The scoped form differs in two places, the derived key and the scope line; mixing them up must not verify.
func TestScopeIsPartOfTheSignature(t *testing.T) {
	body := []byte("{}")
	r := post(t, "{}")
	s := Signer{AccessKey: "AKEXAMPLE", SecretKey: "SKEXAMPLE", Scope: &Scope{Region: "eu-de", Service: "ecs"}}
	if err := s.Sign(r, body, signedAt); err != nil {
		t.Fatal(err)
	}
	auth := r.Header.Get("Authorization")
	r.Header.Set("Authorization", strings.Replace(auth, "/eu-de/", "/eu-nl/", 1))
	if _, err := Verify(r, body, example, signedAt); cause(err) != Mismatch {
		t.Errorf("other region: got %v", err)
	}
	r.Header.Set("Authorization", strings.Replace(auth, "/20260101/", "/20260102/", 1))
	if _, err := Verify(r, body, example, signedAt); cause(err) != BadDate {
		t.Errorf("other date: got %v", err)
	}
}

func TestRefusals(t *testing.T) {
	body := []byte("{}")
	for name, c := range map[string]struct {
		change func(*http.Request)
		now    time.Time
		want   Cause
	}{
		"no header":               {func(r *http.Request) { r.Header.Del("Authorization") }, signedAt, BadHeader},
		"other scheme":            {func(r *http.Request) { r.Header.Set("Authorization", "Basic YTpi") }, signedAt, BadHeader},
		"no signature":            {func(r *http.Request) { cutAuth(r, ", Signature") }, signedAt, BadHeader},
		"no date":                 {func(r *http.Request) { r.Header.Del(DateHeader) }, signedAt, BadDate},
		"unreadable date":         {func(r *http.Request) { r.Header.Set(DateHeader, "2026-01-01T00:00:00Z") }, signedAt, BadDate},
		"one second too late":     {func(*http.Request) {}, signedAt.Add(Window + time.Second), Skewed},
		"one second too early":    {func(*http.Request) {}, signedAt.Add(-Window - time.Second), Skewed},
		"unknown key":             {func(r *http.Request) { replaceAuth(r, "AKEXAMPLE", "AKUNKNOWN") }, signedAt, UnknownKey},
		"date not signed":         {func(r *http.Request) { replaceAuth(r, ";x-sdk-date", "") }, signedAt, BadHeader},
		"signed header not sent":  {func(r *http.Request) { r.Header.Del("X-Project-Id") }, signedAt, BadHeader},
		"signed header changed":   {func(r *http.Request) { r.Header.Set("X-Project-Id", "f") }, signedAt, Mismatch},
		"path changed":            {func(r *http.Request) { r.URL.Path += "x" }, signedAt, Mismatch},
		"query added":             {func(r *http.Request) { r.URL.RawQuery = "a=1" }, signedAt, Mismatch},
		"method changed":          {func(r *http.Request) { r.Method = http.MethodPut }, signedAt, Mismatch},
		"hash header that is lie": {func(r *http.Request) { r.Header.Set(ContentHashHeader, hexHash([]byte("x"))) }, signedAt, BadHash},
		"signature of other case": {func(r *http.Request) { upperSignature(r) }, signedAt, Mismatch},
	} {
		t.Run(name, func(t *testing.T) {
			r := post(t, "{}")
			if err := (Signer{AccessKey: "AKEXAMPLE", SecretKey: "SKEXAMPLE"}).Sign(r, body, signedAt); err != nil {
				t.Fatal(err)
			}
			c.change(r)
			_, err := Verify(r, body, example, c.now)
			if cause(err) != c.want {
				t.Errorf("got %v, want cause %q", err, c.want)
			}
			if e := new(Error); c.want == Mismatch && errors.As(err, &e) && !strings.HasPrefix(e.Canonical, r.Method+"\n/v1.1/") {
				t.Errorf("wanted the canonical request the server computed, got %q", e.Canonical)
			}
		})
	}
}

func TestUnsignedPayload(t *testing.T) {
	r := post(t, "{}")
	r.Header.Set(ContentHashHeader, UnsignedPayload)
	if err := (Signer{AccessKey: "AKEXAMPLE", SecretKey: "SKEXAMPLE"}).Sign(r, []byte("{}"), signedAt); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(r, []byte("anything"), example, signedAt); err != nil {
		t.Errorf("the body is not part of this signature: %v", err)
	}
}

func TestCanonicalPathAndQuery(t *testing.T) {
	for target, want := range map[string]string{
		"/":                       "/\n",
		"/a":                      "/a/\n",
		"/a/":                     "/a/\n",
		"/a%2Fb":                  "/a%2Fb/\n",
		"/a%20b/%7E":              "/a%20b/~/\n",
		"/a+b":                    "/a%2Bb/\n",
		"/ü":                      "/%C3%BC/\n",
		"/a?b=2&a=1":              "/a/\na=1&b=2",
		"/a?b=2&b=1":              "/a/\nb=1&b=2",
		"/a?flag":                 "/a/\nflag=",
		"/a?x=a+b&y=%2F":          "/a/\nx=a%20b&y=%2F",
		"/a?aB=1&aA=2":            "/a/\naA=2&aB=1",
		"/a?":                     "/a/\n",
		"/a?instance_uuid=%C3%BC": "/a/\ninstance_uuid=%C3%BC",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		lines := strings.SplitN(Canonical(r, nil, "", false), "\n", 4)
		if got := lines[1] + "\n" + lines[2]; got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
}

func TestHeaderValues(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://h.example/", nil)
	r.Header["X-A"] = []string{" b  c ", "a"}
	if got, want := canonicalHeaders(r, []string{"host", "x-a"}, false), "host:h.example\nx-a:b  c\nx-a:a\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := canonicalHeaders(r, []string{"x-a"}, true), "x-a:b c\nx-a:a\n"; got != want {
		t.Errorf("scoped: got %q, want %q", got, want)
	}
}

func TestParseRefusesWhatNoClientSends(t *testing.T) {
	for _, header := range []string{
		"", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 ", "SDK-HMAC-SHA256 Access=a",
		"SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c, Extra=d",
		"SDK-HMAC-SHA256 Access=a, Credential=a/b/c/d/sdk_request, SignedHeaders=b, Signature=c",
		"SDK-HMAC-SHA256 Access=a, Access=b, SignedHeaders=b, Signature=c",
		"SDK-HMAC-SHA256 Credential=a/b/c/sdk_request, SignedHeaders=b, Signature=c",
		"SDK-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=b, Signature=c",
		"SDK-HMAC-SHA256 SignedHeaders=b, Signature=c",
	} {
		if a, err := Parse(header); err == nil {
			t.Errorf("%q was read as %+v", header, a)
		}
	}
}

func TestSignNeedsBothKeys(t *testing.T) {
	if err := (Signer{AccessKey: "a"}).Sign(post(t, ""), nil, signedAt); err == nil {
		t.Error("signed without a secret key")
	}
}

func cause(err error) Cause {
	e := new(Error)
	if errors.As(err, &e) {
		return e.Cause
	}
	return ""
}

func replaceAuth(r *http.Request, from, to string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), from, to, 1))
}

func cutAuth(r *http.Request, from string) {
	head, _, _ := strings.Cut(r.Header.Get("Authorization"), from)
	r.Header.Set("Authorization", head)
}

func upperSignature(r *http.Request) {
	head, sig, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	r.Header.Set("Authorization", head+"Signature="+strings.ToUpper(sig))
}
