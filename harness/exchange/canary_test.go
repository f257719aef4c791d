package exchange

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/signature"
)

// canaries are the secrets of a run. Each is searched for, in every form, in everything that a recorder writes or says.
var canaries = map[string]string{
	"CANARYACCESSKEY00001":                     "$HUAWEICLOUD_SDK_AK",
	"canary/Secret+Key=\"quoted\"\\0002":       "$HUAWEICLOUD_SDK_SK",
	"MIIcanaryTOKEN0003" + "abcdefghij/+/==":   "$OS_AUTH_TOKEN",
	"canary-security-token-0004":               "$HUAWEICLOUD_SDK_SECURITY_TOKEN",
	"Canary!Pass&0005 with <space> and ümlaut": "$ADMIN_PASS",
}

// traces are the forms in which a secret could show.
func traces(t *testing.T, secret string) map[string]string {
	t.Helper()
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	inner := strings.Trim(string(quoted), `"`)
	twice, err := json.Marshal(inner)
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(inner)
	all := map[string]string{
		"plain": secret, "JSON": inner, "JSON without HTML escapes": plain, "JSON twice": strings.Trim(string(twice), `"`),
		"query": url.QueryEscape(secret), "path": url.PathEscape(secret),
	}
	for shift := range 3 {
		text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), secret...))
		all[fmt.Sprintf("base64 at %d", shift)] = text[4 : len(text)-4]
	}
	return all
}

func TestNoSecretReachesTheRecord(t *testing.T) {
	t.Parallel()
	echo := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var said strings.Builder
		for secret := range canaries {
			quoted, _ := json.Marshal(map[string]string{"free": "text " + secret + " text"})
			wrapped, _ := json.Marshal(string(quoted))
			fmt.Fprintf(&said, `{"a":%s,"b":%s,"c":"%s","d":"%s","e":"%s","f":"%s"}`, quoted, wrapped, url.QueryEscape(secret), url.PathEscape(secret),
				base64.StdEncoding.EncodeToString([]byte("u:"+secret)), base64.RawURLEncoding.EncodeToString([]byte(secret+"u")))
			w.Header().Add("X-Echo", strings.ToValidUTF8(secret, ""))
			w.Header().Add("Location", "/?x="+url.QueryEscape(secret))
		}
		fmt.Fprintf(&said, "canonicalRequest:%s\n%s\n", r.Method, r.URL.EscapedPath())
		for name, values := range r.Header {
			for _, v := range values {
				fmt.Fprintf(&said, "%s:%s\n", strings.ToLower(name), v)
			}
		}
		fmt.Fprintf(&said, "%s\n%s", r.Header.Get("Authorization"), body)
		w.Header().Set("Set-Cookie", "session=canary-cookie-0006; Path=/")
		w.Header().Set("X-Subject-Token", "canary-subject-token-0007")
		_, _ = io.WriteString(&said, "canary-subject-token-0007")
		if r.URL.Query().Has("zip") {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, said.String())
			_ = z.Close()
			return
		}
		_, _ = io.WriteString(w, said.String())
	})
	var next int
	garbage := rawServer(t, func(c net.Conn) { // one connection after the other
		_, _ = io.WriteString(c, slices.Sorted(maps.Keys(canaries))[next%len(canaries)]+"\r\n")
		next++
	})

	var sink events
	var errorsSaid strings.Builder
	quoting := judgeFunc(func(m *contract.Message) contract.Judgement {
		got := string(m.RequestBody) + string(m.ResponseBody) + m.RequestHeader.Get("X-Auth-Token")
		return contract.Judgement{
			Request:       []journal.Violation{{Got: got, Wanted: got, Pointer: m.Query}},
			Response:      []journal.Violation{{Got: got, Wanted: got}},
			Disagreements: []journal.Disagreement{{Kin: got, Lib: got}},
		}
	})
	r := recorder(t, Options{Sink: &sink, Contract: quoting, Redactor: NewRedactor(canaries)})
	scope := &Scope{Scenario: "RSZ-X-001 canaries"}
	values := make(map[string]string) // name -> secret
	for secret, name := range canaries {
		values[name] = secret
	}
	pass, _ := json.Marshal(values["$ADMIN_PASS"])
	var signatures []string
	for _, base := range []string{echo, garbage} {
		for _, query := range []string{"", "?zip=1", "?x=" + url.QueryEscape(values["$HUAWEICLOUD_SDK_SK"]), "?" + url.PathEscape(values["$ADMIN_PASS"]), "?again"} {
			req := request(WithScope(t.Context(), scope), t, "POST", base+"/v1/x"+query, `{"server":{"adminPass":`+string(pass)+`}}`)
			req.Header.Set("X-Auth-Token", values["$OS_AUTH_TOKEN"])
			req.Header.Set("X-Free", "text "+base64.StdEncoding.EncodeToString([]byte(values["$HUAWEICLOUD_SDK_SK"])))
			req.Header.Set("Cookie", "c=canary-cookie-0008")
			s := signature.Signer{AccessKey: values["$HUAWEICLOUD_SDK_AK"], SecretKey: values["$HUAWEICLOUD_SDK_SK"], SecurityToken: values["$HUAWEICLOUD_SDK_SECURITY_TOKEN"]}
			if err := s.Sign(req, []byte("{}"), time.Now()); err != nil {
				t.Fatal(err)
			}
			_, sig, _ := strings.Cut(req.Header.Get("Authorization"), "Signature=")
			signatures = append(signatures, sig)
			e, err := r.Do(req)
			if err != nil {
				errorsSaid.WriteString(err.Error())
			} else if !bytes.Contains(e.Body, []byte(values["$OS_AUTH_TOKEN"])) {
				t.Errorf("the scenario must see the real bytes, got %.200q", e.Body)
			}
		}
	}
	undeclared, err := json.Marshal(scope.Undeclared())
	if err != nil {
		t.Fatal(err)
	}
	// The record as JSON, and as a reader sees it after decoding.
	record := map[string]string{"journal": sink.text(t), "errors": errorsSaid.String(), "undeclared": string(undeclared)}
	for _, e := range sink.all {
		if e.Exchange != nil {
			record["texts"] += strings.Join([]string{e.Exchange.URL, e.Exchange.Curl, e.Exchange.Error, e.Exchange.RequestBody.Text, e.Exchange.ResponseBody.Text}, "\n")
		}
	}
	if !strings.Contains(errorsSaid.String(), "what came is no HTTP answer") {
		t.Errorf("the garbage must be told, got %q", errorsSaid.String())
	}
	wanted := map[string]map[string]string{}
	for secret := range canaries {
		wanted[secret] = traces(t, secret)
	}
	for _, plain := range append(signatures, "canary-cookie-0006", "canary-subject-token-0007", "canary-cookie-0008") {
		wanted[plain] = map[string]string{"plain": plain}
	}
	for where, text := range record {
		for secret, forms := range wanted {
			for form, trace := range forms {
				if i := strings.Index(text, trace); i >= 0 {
					t.Errorf("%s: %q as %s: …%s…", where, secret, form, text[max(0, i-80):min(len(text), i+len(trace)+20)])
				}
			}
		}
	}
}
