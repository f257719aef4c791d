package exchange

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

func TestLiteralSecretsAreFoundInEveryForm(t *testing.T) {
	t.Parallel()
	const secret = `p@ss "w/örd"\&+ü`
	r := NewRedactor(map[string]string{secret: "$ADMIN"})
	inJSON := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	everyByteEscaped := ""
	for _, c := range secret {
		everyByteEscaped += `\u` + hex4(c)
	}
	for name, text := range map[string]string{
		"plain":                     "before " + secret + " after",
		"JSON":                      inJSON(map[string]string{"note": "x" + secret + "y"}),
		"JSON, all escaped":         `{"note":"` + everyByteEscaped + `"}`,
		"JSON with escaped slash":   strings.ReplaceAll(inJSON(secret), "/", `\/`),
		"JSON in JSON":              inJSON(map[string]string{"message": inJSON(map[string]string{"note": secret})}),
		"query":                     "a=1&x=" + url.QueryEscape(secret) + "&b=2",
		"path":                      "/v1/" + url.PathEscape(secret) + "/x",
		"lower-case percent":        strings.ToLower(url.PathEscape(secret)),
		"URL in JSON":               inJSON(map[string]string{"link": "http://x/?q=" + url.PathEscape(secret)}),
		"base64":                    base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64, second alignment":  base64.StdEncoding.EncodeToString([]byte("u" + secret + ":zzz")),
		"base64, third alignment":   base64.StdEncoding.EncodeToString([]byte("us" + secret + "zz")),
		"base64 of URLs":            base64.RawURLEncoding.EncodeToString([]byte("user:" + secret)),
		"twice":                     secret + secret,
		"at both ends of a message": secret + " and " + secret,
	} {
		got := r.String(text)
		if !strings.Contains(got, "$ADMIN") {
			t.Errorf("%s: wanted $ADMIN in its place, got %q", name, got)
		}
		for form, trace := range map[string]string{
			"plain": secret, "JSON": strings.Trim(inJSON(secret), `"`), "path": url.PathEscape(secret), "query": url.QueryEscape(secret),
			"base64": base64.StdEncoding.EncodeToString([]byte(secret))[:12],
		} {
			if strings.Contains(got, trace) {
				t.Errorf("%s: the %s form is still there: %q", name, form, got)
			}
		}
	}
}

func hex4(c rune) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>12&15], digits[c>>8&15], digits[c>>4&15], digits[c&15]})
}

func TestSecretsAreKnownByName(t *testing.T) {
	t.Parallel()
	r := NewRedactor(nil)
	for _, c := range []struct{ text, want string }{
		{`{"server":{"adminPass":"Hidden!1"}}`, `{"server":{"adminPass":"$ADMIN_PASS"}}`},
		{`{"AdminPass" : "Hidden!1","x":1}`, `{"AdminPass" : "$ADMIN_PASS","x":1}`},
		{`{"admin\u0050ass":"Hidden!1"}`, `{"admin\u0050ass":"$ADMIN_PASS"}`},
		{`{"password":12345678}`, `{"password":$PASSWORD}`},
		{`{'password':'Hidden!1',}`, `{'password':'$PASSWORD',}`},
		{`{"password":"Hid\"den`, `{"password":"$PASSWORD`},
		{`{"password":null}`, `{"password":null}`},
		{`{"password":""}`, `{"password":""}`},
		{`{"headers":{"X-Auth-Token":["Hidden1","Hidden2"]}}`, `{"headers":{"X-Auth-Token":["$OS_AUTH_TOKEN","$OS_AUTH_TOKEN"]}}`},
		{`{"credential":{"access":"HIDDENAK","secret":"Hidden!1","securitytoken":"Hidden2"}}`, `{"credential":{"access":"$HUAWEICLOUD_SDK_AK","secret":"$HUAWEICLOUD_SDK_SK","securitytoken":"$HUAWEICLOUD_SDK_SECURITY_TOKEN"}}`},
		{`a=1&X-Auth-Token=Hidden1&b=2`, `a=1&X-Auth-Token=$OS_AUTH_TOKEN&b=2`},
		{`http://h/p?token=Hidden1`, `http://h/p?token=$TOKEN`},
		{`http://h/p?%74oken=Hidden1`, `http://h/p?%74oken=$TOKEN`},
		// What the gateway says about a wrong signature: its own canonical request, with line ends escaped.
		{
			`{"error_msg":"verify aksk signature fail, canonicalRequest:POST\n/v1/\n\nx-auth-token:Hidden1\nx-sdk-date:20260101T000000Z\n\nx-auth-token;x-sdk-date\nabc"}`,
			`{"error_msg":"verify aksk signature fail, canonicalRequest:POST\n/v1/\n\nx-auth-token:$OS_AUTH_TOKEN\nx-sdk-date:20260101T000000Z\n\nx-auth-token;x-sdk-date\nabc"}`,
		},
		{
			`Authorization: SDK-HMAC-SHA256 Access=HIDDENAK, SignedHeaders=host;x-sdk-date, Signature=00ff00ff`,
			`Authorization: SDK-HMAC-SHA256 Access=$HUAWEICLOUD_SDK_AK, SignedHeaders=host;x-sdk-date, Signature=$SIGNATURE`,
		},
		{
			`SDK-HMAC-SHA256 Credential=HIDDENAK/20260101/region/ecs/sdk_request, SignedHeaders=host, Signature=00ff00ff`,
			`SDK-HMAC-SHA256 Credential=$HUAWEICLOUD_SDK_AK/20260101/region/ecs/sdk_request, SignedHeaders=host, Signature=$SIGNATURE`,
		},
		{`{"Authorization":"Bearer Hidden1"}`, `{"Authorization":"$AUTHORIZATION"}`},
		{"authorization: Bearer Hidden1\r\nnext: 1", "authorization: $AUTHORIZATION\r\nnext: 1"},
		// What only sounds like one.
		{`AK access failed to reach the limit,forbidden`, `AK access failed to reach the limit,forbidden`},
		{`token expires, expires_at: 2026-01-01`, `token expires, expires_at: 2026-01-01`},
		{`{"resize":{"flavorRef":"s3.large.2","extendparam":{"isAutoPay":"true"}},"dry_run":true}`, `{"resize":{"flavorRef":"s3.large.2","extendparam":{"isAutoPay":"true"}},"dry_run":true}`},
		{`100%`, `100%`},
		{`\`, `\`},
		{`"token":`, `"token":`},
		{`"token":[`, `"token":[`},
		{`"token":["`, `"token":["`},
	} {
		if got := r.String(c.text); got != c.want {
			t.Errorf("%s\n  wanted %s\n  got    %s", c.text, c.want, got)
		}
	}
}

func TestHeadersThatCarrySecrets(t *testing.T) {
	t.Parallel()
	r := NewRedactor(map[string]string{"MIIC-of-the-run": "$HW_TOKEN"})
	for _, c := range []struct{ name, value, want string }{
		{"X-Auth-Token", "anything", "$OS_AUTH_TOKEN"},
		{"x-auth-token", "MIIC-of-the-run", "$HW_TOKEN"},
		{"X-Subject-Token", "anything", "$OS_AUTH_TOKEN"},
		{"X-Security-Token", "anything", "$HUAWEICLOUD_SDK_SECURITY_TOKEN"},
		{"Authorization", "Basic dXNlcjpwYXNz", "$AUTHORIZATION"},
		{"Authorization", "garbage", "$AUTHORIZATION"},
		{"Set-Cookie", "HWWAFSESID=abcdef; Path=/; HttpOnly", "HWWAFSESID=$COOKIE; Path=/; HttpOnly"},
		{"Cookie", "a=1; b=2", "a=$COOKIE; b=$COOKIE"},
		{"X-My-Api-Key", "anything", "$X_MY_API_KEY"},
		{"Access-Control-Allow-Credentials", "true", "true"},
		{"X-Client-Token", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
		{"X-Request-Id", "00112233445566778899aabbccddeeff", "00112233445566778899aabbccddeeff"},
		{"Location", "http://h/?token=anything", "http://h/?token=$TOKEN"},
	} {
		if got := r.header(c.name, c.value); got != c.want {
			t.Errorf("%s: %s: wanted %s, got %s", c.name, c.value, c.want, got)
		}
	}
}

// A server may echo what the request carried, in places where nothing tells a secret.
func TestWhatTheRequestCarriedIsHiddenInItsAnswer(t *testing.T) {
	t.Parallel()
	h := http.Header{
		"X-Auth-Token":  {"unheard-of-token"},
		"Authorization": {"SDK-HMAC-SHA256 Access=AKOFSOMEBODY, SignedHeaders=host, Signature=0123456789abcdef"},
	}
	seal := NewRedactor(nil).censor(h, nil)
	got := seal.text("I computed 0123456789abcdef for AKOFSOMEBODY who sent unheard-of-token")
	if want := "I computed $SIGNATURE for $HUAWEICLOUD_SDK_AK who sent $OS_AUTH_TOKEN"; got != want {
		t.Errorf("wanted %s, got %s", want, got)
	}
}

func TestMadeUpSecretsMayBeShownButNeverThoseOfTheRun(t *testing.T) {
	t.Parallel()
	seal := NewRedactor(map[string]string{"the-real-token": "$HW_TOKEN"}).censor(nil, []string{"no-token-at-all", "the-real-token"})
	if got := seal.header("X-Auth-Token", "no-token-at-all"); got != "no-token-at-all" {
		t.Errorf("a made-up token: wanted to see it, got %s", got)
	}
	if got := seal.header("X-Auth-Token", "the-real-token"); got != "$HW_TOKEN" {
		t.Errorf("the run's token: wanted $HW_TOKEN, got %s", got)
	}
}

func TestShortSecretsDoNotTearTextsApart(t *testing.T) {
	t.Parallel()
	r := NewRedactor(map[string]string{"a": "$A", "": "$EMPTY"})
	if got := r.String("a banana"); got != "a banana" {
		t.Errorf("got %q", got)
	}
	if got := r.String(`{"password":"a"}`); got != `{"password":"$PASSWORD"}` {
		t.Errorf("got %q", got)
	}
}

func TestSinkRedactsWhatOthersWrite(t *testing.T) {
	t.Parallel()
	var kept events
	sink := NewRedactor(map[string]string{"canary-secret": "$CANARY"}).Sink(&kept)
	for _, e := range []journal.Event{
		{Type: journal.RunStarted, Start: &journal.RunStart{Config: map[string]string{"token": "anything", "endpoint": "http://h/canary-secret"}, Command: "run --x canary-secret"}},
		{Type: journal.Noted, Note: &journal.Note{Text: "canary-secret"}},
		{Type: journal.ResultGiven, Result: &journal.Result{Reason: "canary-secret", Finding: &journal.Finding{Got: "canary-secret", Wanted: "canary-secret"}}},
	} {
		if err := sink.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	text := kept.text(t)
	if strings.Contains(text, "canary-secret") || strings.Contains(text, "anything") {
		t.Errorf("a secret got through: %s", text)
	}
	if n := strings.Count(text, "$CANARY"); n != 6 {
		t.Errorf("wanted $CANARY 6 times, got %d: %s", n, text)
	}
}

func FuzzRedactor(f *testing.F) {
	f.Add(`{"password":"x\u00`)
	f.Add("%4")
	f.Add(`Authorization: \`)
	r := NewRedactor(map[string]string{"s3cr3t-of-run": "$S", `we"ird\u0041`: "$W"})
	f.Fuzz(func(t *testing.T, text string) {
		got := r.String(text + "s3cr3t-of-run" + text)
		if strings.Contains(got, "s3cr3t-of-run") {
			t.Errorf("still there: %q", got)
		}
	})
}
