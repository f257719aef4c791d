package emulator

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/signature"
)

const firstKey, firstSecret = "EMULATORAK0000000003", "emulator-secret-key-without-a-security-token"

// signed makes a signed resize request.
func (l *lab) signed(s signature.Signer, id, body string, headers ...string) *http.Request {
	l.t.Helper()
	r := l.request(http.MethodPost, base11+id+"/resize", body, append([]string{"X-Auth-Token", ""}, headers...)...)
	if s.AccessKey == "" {
		s.AccessKey, s.SecretKey = firstKey, firstSecret
	}
	if err := s.Sign(r, []byte(body), l.read()); err != nil {
		l.t.Fatal(err)
	}
	return r
}

const dry = `{"resize":{"flavorRef":"s3.large.2"},"dry_run":true}`

func TestSignaturesThatClientsSend(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	for name, s := range map[string]signature.Signer{
		"vendor SDK for Go":   {Headers: []string{"user-agent", "x-project-id", "x-sdk-date"}},
		"golangsdk":           {Headers: []string{"accept", "content-type", "user-agent", "x-sdk-date"}},
		"vendor SDK for Node": {Headers: []string{"content-type", "host", "x-project-id", "x-sdk-date"}},
		"cloudmux":            {Headers: []string{"host", "x-project-id", "x-sdk-date"}, Scope: &signature.Scope{Region: "local-1", Service: "ecs"}},
		"gophertelekomcloud":  {Headers: []string{"accept", "content-type", "host", "user-agent", "x-sdk-date"}, Scope: &signature.Scope{}},
		"our own":             {},
	} {
		r := l.signed(s, id, dry, "X-Project-Id", defaultProject, "User-Agent", "test", "Accept", "application/json")
		if got := l.send(r); got.status != http.StatusAccepted {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
}

func TestRefusedSignatures(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	for name, c := range map[string]struct {
		request func() *http.Request
		says    string
	}{
		"unknown key": {func() *http.Request {
			return l.signed(signature.Signer{AccessKey: "NOBODY", SecretKey: "x"}, id, dry)
		}, `access key "NOBODY" does not exist`},
		"wrong secret": {func() *http.Request {
			return l.signed(signature.Signer{AccessKey: firstKey, SecretKey: "x"}, id, dry)
		}, "canonicalRequest:POST\n/v1.1/" + defaultProject + "/cloudservers/" + id + "/resize/\n"},
		"too late": {func() *http.Request {
			return l.signed(signature.Signer{}, id, dry, "X-Sdk-Date", l.read().Add(-15*time.Minute-time.Second).Format(signature.DateFormat))
		}, "skew"},
		"too early": {func() *http.Request {
			return l.signed(signature.Signer{}, id, dry, "X-Sdk-Date", l.read().Add(15*time.Minute+time.Second).Format(signature.DateFormat))
		}, "skew"},
		"half a header": {func() *http.Request {
			r := l.signed(signature.Signer{}, id, dry)
			r.Header.Set("Authorization", "SDK-HMAC-SHA256")
			return r
		}, "authorization header"},
		"security token of nobody": {func() *http.Request {
			return l.signed(signature.Signer{AccessKey: firstKey, SecretKey: firstSecret, SecurityToken: "temporary"}, id, dry)
		}, "security token"},
	} {
		got := l.send(c.request())
		l.wantRefused(got, 401, "APIGW.0301")
		if !strings.Contains(got.text("error_msg"), c.says) {
			t.Errorf("%s: %q does not say %q", name, got.text("error_msg"), c.says)
		}
	}
	// The body that arrives is not the one that was signed.
	r := l.signed(signature.Signer{}, id, dry)
	other := l.request(http.MethodPost, base11+id+"/resize", to("s3.large.2"))
	other.Header = r.Header
	l.wantRefused(l.send(other), 401, "APIGW.0301")
	if l.Counts().Jobs != 0 {
		t.Error("a refused caller has changed something")
	}
}

func TestSecretsAreNotEchoed(t *testing.T) {
	l := newLab(t, Config{})
	got := l.send(l.signed(signature.Signer{AccessKey: firstKey, SecretKey: "x", SecurityToken: "top-secret-token"}, "x", dry))
	if strings.Contains(got.raw, "top-secret-token") || !strings.Contains(got.raw, "x-security-token:(hidden)") {
		t.Errorf("%s", got.raw)
	}
}

func TestTemporaryKey(t *testing.T) {
	s, err := DefaultState("")
	if err != nil {
		t.Fatal(err)
	}
	s.Projects[0].Keys = append(s.Projects[0].Keys, Key{Access: "TEMP", Secret: "s", SecurityToken: "t"})
	l := newLab(t, Config{State: s})
	id := l.add(ServerSpec{})
	if got := l.send(l.signed(signature.Signer{AccessKey: "TEMP", SecretKey: "s", SecurityToken: "t"}, id, dry)); got.status != 202 {
		t.Errorf("%s", got.raw)
	}
	l.wantRefused(l.send(l.signed(signature.Signer{AccessKey: "TEMP", SecretKey: "s"}, id, dry)), 401, "APIGW.0301")
}

func TestTokens(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	for token, says := range map[string]string{
		"": "x-auth-token not found", "garbage": "decrypt token fail",
		"emulator-token-that-has-expired": "token expires, expires_at: 2020-01-01T00:00:00.000000Z",
	} {
		got := l.resize(id, dry, "X-Auth-Token", token)
		l.wantRefused(got, 401, "APIGW.0301")
		if !strings.Contains(got.text("error_msg"), says) {
			t.Errorf("%q: %s", token, got.raw)
		}
	}
}

func TestTokenExpiresWithTheClock(t *testing.T) {
	s, err := DefaultState("")
	if err != nil {
		t.Fatal(err)
	}
	s.Projects[0].Tokens[0].Expires = "2026-01-01T01:00:00Z"
	l := newLab(t, Config{State: s})
	id := l.add(ServerSpec{})
	l.pass(time.Hour - time.Second)
	l.show(id)
	l.pass(time.Second)
	l.wantRefused(l.resize(id, dry), 401, "APIGW.0301")
}

func TestAuthModes(t *testing.T) {
	for mode, want := range map[AuthMode][3]int{ // by token, by signature, without
		AuthBoth: {202, 202, 401}, AuthToken: {202, 401, 401}, AuthAKSK: {401, 202, 401}, AuthNone: {202, 202, 202},
	} {
		l := newLab(t, Config{Auth: mode})
		id := l.add(ServerSpec{})
		for i, got := range []reply{l.resize(id, dry), l.send(l.signed(signature.Signer{}, id, dry)), l.resize(id, dry, "X-Auth-Token", "")} {
			if got.status != want[i] {
				t.Errorf("%s, request %d: got %d %s", mode, i, got.status, got.raw)
			}
		}
	}
	l := newLab(t, Config{Auth: AuthNone})
	l.wantRefused(l.do("POST", "/v1.1/nobody/cloudservers/x/resize", dry), 400, "Common.0018")
}

func TestKeyIsLockedAfterWrongSignatures(t *testing.T) {
	l := newLab(t, Config{LockAfter: 5})
	id := l.add(ServerSpec{})
	wrong := func() reply { return l.send(l.signed(signature.Signer{AccessKey: firstKey, SecretKey: "x"}, id, dry)) }
	right := func() reply { return l.send(l.signed(signature.Signer{}, id, dry)) }
	for range 4 {
		wrong()
	}
	if got := right(); got.status != 202 {
		t.Fatalf("locked too early: %s", got.raw)
	}
	for range 5 { // counting begins anew after a right one
		wrong()
	}
	if got := right(); got.status != 401 || !strings.Contains(got.raw, "AK access failed to reach the limit,forbidden") {
		t.Errorf("%s", got.raw)
	}
	l.pass(5 * time.Minute)
	if got := right(); got.status != 202 {
		t.Errorf("%s", got.raw)
	}
}

// A service whose time falls behind refuses nobody whose clock is right: the gateway has a clock of its own.
func TestAGatewayHasAClockOfItsOwn(t *testing.T) {
	var ahead time.Duration
	l := newLab(t, Config{})
	e, err := New(Config{Now: l.read, GatewayNow: func() time.Time { return l.read().Add(ahead) }})
	if err != nil {
		t.Fatal(err)
	}
	l.Emulator = e
	id := l.add(ServerSpec{})
	ahead = time.Hour
	for name, k := range map[string]struct {
		at   time.Duration
		want int
	}{"the gateway's time": {time.Hour, http.StatusAccepted}, "the service's time": {0, http.StatusUnauthorized}} {
		r := l.signed(signature.Signer{}, id, dry, "X-Sdk-Date", l.read().Add(k.at).Format(signature.DateFormat))
		if got := l.send(r); got.status != k.want {
			t.Errorf("signed with %s: wanted %d, got %d %s", name, k.want, got.status, got.raw)
		}
	}
}
