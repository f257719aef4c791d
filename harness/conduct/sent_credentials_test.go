package conduct

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/signature"
)

// What the published clients sign differs: some leave host out, some sign more, some write the Credential form. Each holds.
func TestSignatures(t *testing.T) {
	t.Parallel()
	now := time.Now()
	bare := headers("X-Auth-Token", "X-Project-Id: "+project)
	keys := driver.Credentials{AccessKey: "AK", SecretKey: secret}
	temporary := keys
	temporary.SecurityToken = "the-security-token"
	resize := message{line: resizeLine, header: bare, body: body("", "") + "\n"}
	list := message{line: listLine + "?sort_key=vcpus&instance_uuid=i", header: bare}
	type change func(*message)
	for _, c := range []struct {
		name   string
		m      message
		keys   driver.Credentials
		sign   signature.Signer
		at     time.Time
		change change
		want   string
	}{
		{"as SDK Go v3", resize, keys, signature.Signer{Headers: []string{"user-agent", "x-project-id", "x-sdk-date"}}, now, nil, ""},
		{"as SDK Go v3, temporary", resize, temporary, signature.Signer{Headers: []string{"user-agent", "x-project-id", "x-sdk-date", "x-security-token"}, SecurityToken: "the-security-token"}, now, nil, ""},
		{"as golangsdk", resize, keys, signature.Signer{Headers: []string{"accept", "content-type", "user-agent", "x-sdk-date"}}, now, nil, ""},
		{"as the SDK of npm", resize, keys, signature.Signer{Headers: []string{"content-type", "host", "x-project-id", "x-sdk-date"}}, now, nil, ""},
		{"as cloudmux", list, keys, signature.Signer{Scope: &signature.Scope{Region: "r", Service: "ecs"}}, now, nil, ""},
		{"as gophertelekomcloud", resize, keys, signature.Signer{Scope: &signature.Scope{}, Headers: []string{"accept", "content-type", "host", "user-agent", "x-sdk-date"}}, now, nil, ""},
		{"a clock that is off", list, keys, signature.Signer{}, now.Add(-14 * time.Minute), nil, ""},
		{"hours away", list, keys, signature.Signer{}, now.Add(8 * time.Hour), nil, "017!"},
		{"without a date", list, keys, signature.Signer{}, now, func(m *message) { drop(m, "X-Sdk-Date") }, "017!"},
		{"another body", resize, keys, signature.Signer{}, now, func(m *message) { m.body = body("", "") }, "016!"},
		{"another query", list, keys, signature.Signer{}, now, func(m *message) { m.line = strings.Replace(m.line, "vcpus", "name", 1) }, "016! 022!"},
		{"a header changed", list, keys, signature.Signer{}, now, func(m *message) { drop(m, "X-Project-Id"); m.header = append(m.header, "X-Project-Id: other") }, "016!"},
		{"cut off", resize, keys, signature.Signer{}, now, func(m *message) { m.body, m.cut = "{", true }, ""},
		{"another key", list, driver.Credentials{AccessKey: "other", SecretKey: secret}, signature.Signer{}, now, nil, "016!"},
		{"no security token", list, temporary, signature.Signer{}, now, nil, "018!"},
		{"another security token", list, temporary, signature.Signer{SecurityToken: "other"}, now, nil, "018!"},
		{"no form", list, keys, signature.Signer{}, now, func(m *message) {
			drop(m, "Authorization")
			m.header = append(m.header, "Authorization: SDK-HMAC-SHA256 Access=AK")
		}, "016!"},
		{"another scheme", list, keys, signature.Signer{}, now, func(m *message) { drop(m, "Authorization"); m.header = append(m.header, "Authorization: Basic QUs6") }, "015!"},
		{"nothing", list, keys, signature.Signer{}, now, func(m *message) { drop(m, "Authorization") }, "015!"},
		{"a token got for the keys", list, keys, signature.Signer{}, now, func(m *message) { drop(m, "Authorization"); m.header = append(m.header, "X-Auth-Token: got") }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ask := completed(driver.Request{Operation: driver.ListResizeFlavors, Credentials: c.keys, Params: driver.Params{InstanceUUID: "i", SortKey: "vcpus"}})
			if strings.HasPrefix(c.m.line, "POST") {
				ask = completed(resizeOf(driver.Params{}))
				ask.Credentials = c.keys
			}
			m := c.m
			m.header = signedLines(t, c.sign, m, c.at)
			if c.change != nil {
				c.change(&m)
			}
			call := Call{Asked: ask}
			call.Sent = append(call.Sent, observed(t, recorder(t), m, now))
			if found := Judge(call); said(found) != c.want {
				t.Errorf("wanted %q, got %q: %+v", c.want, said(found), found)
			}
		})
	}
}

func drop(m *message, name string) {
	m.header = slices.DeleteFunc(m.header, func(line string) bool { return strings.HasPrefix(line, name+": ") })
}

func TestSecretsAndTokens(t *testing.T) {
	t.Parallel()
	keys := driver.Request{Operation: driver.ShowServer, Credentials: driver.Credentials{AccessKey: "AK", SecretKey: "a secret/key+of=the user"}}
	known := driver.Request{Operation: driver.ShowServer}
	sk := keys.Credentials.SecretKey
	get := func(query string, changes ...string) []message {
		return []message{{line: serverLine + query, header: headers(changes...)}}
	}
	judgeAll(t, []sentCase{
		{"token", known, get(""), ""},
		{"another token", known, get("", "X-Auth-Token: other"), "015!"},
		{"no token", known, get("", "X-Auth-Token"), "015!"},
		{"token in the URL", known, get("?token=" + token), "019"},
		{"token in another URL", known, append(get(""), message{line: "GET /v3/x?t=" + token, header: headers()}), "019"},
		{"secret key in the URL", keys, get("?k=" + url.QueryEscape(sk)), "019"},
		{"secret key in a header", keys, get("", "X-Key: "+sk), "019"},
		{"secret key in Basic", keys, get("", "Proxy-Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte("AK:"+sk))), "019"},
		{"secret key in a body", keys, []message{{line: serverLine, header: headers(), body: `{"k":"a secret\/key+of=the user"}`}}, "014 019"},
		{"access key in the URL", keys, get("?ak=AK"), ""},
		{"a short one", driver.Request{Operation: driver.ShowServer, Credentials: driver.Credentials{AccessKey: "AK", SecretKey: "v1"}}, get(""), ""},
		{"one that is the project", driver.Request{Operation: driver.ShowServer, Credentials: driver.Credentials{AccessKey: "AK", SecretKey: project}}, get(""), ""},
	})
	r := recorder(t)
	anonymous := completed(known)
	anonymous.Credentials = driver.Credentials{}
	for want, change := range map[string]string{"!": "X-Auth-Token: from-elsewhere", "": "X-Auth-Token"} {
		call := Call{Asked: anonymous}
		call.Sent = append(call.Sent, observed(t, r, get("", change)[0], time.Now()))
		if got := said(Judge(call)); got != want {
			t.Errorf("without credentials, %s: wanted %q, got %q", change, want, got)
		}
	}
}

// Every call of a run is judged.
func BenchmarkJudge(b *testing.B) {
	keys := driver.Credentials{AccessKey: "AK", SecretKey: secret}
	m := message{line: resizeLine, header: headers("X-Auth-Token"), body: body("", "")}
	m.header = signedLines(b, signature.Signer{}, m, time.Now())
	ask := completed(resizeOf(driver.Params{}))
	ask.Credentials = keys
	call := Call{Asked: ask}
	call.Sent = append(call.Sent, observed(b, recorder(b), m, time.Now()))
	for b.Loop() {
		if found := Judge(call); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
