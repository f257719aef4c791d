package interop

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSignature wants the SDKs' signatures to be verified, not merely to be there: what was signed with another secret, or changed after it was
// signed, is refused. That the unspoiled twin is accepted is the first thing each does.
func TestSignature(t *testing.T) {
	eachClient(t, func(t *testing.T, connect connector) {
		spoiled := func(c *cloud, spoil func(*http.Request)) *cloud { return &cloud{c.inventory, c.wire.spoiling(spoil)} }
		for _, test := range []struct {
			name  string
			key   func(*credentials)
			spoil func(*http.Request)
		}{
			{name: "wrong secret", key: func(k *credentials) { k.secretKey += "x" }},
			{name: "body changed", spoil: func(r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(bytes.Replace(body, []byte(`"flavorRef"`), []byte(`"FlavorRef"`), 1)))
			}},
			{name: "path changed", spoil: func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, "/v1.1/", "/v1/", 1) }},
			{name: "query added", spoil: func(r *http.Request) { r.URL.RawQuery = "added=after" }},
			{name: "date changed", spoil: func(r *http.Request) {
				r.Header.Set("X-Sdk-Date", time.Now().Add(time.Minute).UTC().Format("20060102T150405Z"))
			}},
			{name: "signed header changed", spoil: func(r *http.Request) { r.Header.Set("User-Agent", "somebody else") }},
			{name: "signature cut", spoil: func(r *http.Request) {
				whole := r.Header.Get("Authorization")
				r.Header.Set("Authorization", whole[:len(whole)-1])
			}},
			{name: "no signature", spoil: func(r *http.Request) { r.Header.Del("Authorization") }},
		} {
			t.Run(test.name, func(t *testing.T) {
				c := serve(t)
				id := c.server(t, "stopped")
				before := mustShow(t, connect(t, c, c.accessKey()), id)
				key, way := c.accessKey(), c
				if test.key != nil {
					test.key(&key)
				}
				if test.spoil != nil {
					way = spoiled(c, test.spoil)
				}
				_, err := connect(t, way, key).resize("v1.1", id, c.Flavors.Target, options{})
				refused(t, err, 401, "APIGW.0301")
				if after := mustShow(t, connect(t, c, c.accessKey()), id); after != before {
					t.Errorf("after a refusal: wanted the server as it was, %+v, got %+v", before, after)
				}
			})
		}
	})
}

// TestSignatureOfOddNames wants agreement on how a path and a query are written down for signing. The names are of nothing that exists, so being
// refused by the service is right; being refused for the signature is not.
func TestSignatureOfOddNames(t *testing.T) {
	eachClient(t, func(t *testing.T, connect connector) {
		c := serve(t)
		me := connect(t, c, c.accessKey())
		for _, name := range []string{"a b", "a+b", "a~b-c_d.e", "a*b", "a:b", "a@b", "a,b;c", "a=b", "a&b", "(a)'b'!", "$a", "größe", "規格"} {
			_, err := me.server(name)
			refused(t, err, 404, "Ecs.0114", "Ecs.0614")
			_, err = me.resizeFlavors("source_flavor_name", name)
			refused(t, err, 400, "Ecs.0029", "Ecs.0019")
		}
	})
}

// TestTemporaryKey has a key that is good only together with a security token. One SDK signs the token's header, the other does not.
func TestTemporaryKey(t *testing.T) {
	eachClient(t, func(t *testing.T, connect connector) {
		c := serve(t, "--state", "testdata/temporary-key.yaml")
		key, id := c.accessKey(), c.server(t, "stopped")
		resizeTo(t, connect(t, c, key), "v1.1", id, c.Flavors.Target, "SHUTOFF")
		for _, token := range []string{"", "another"} {
			key.securityToken = token
			_, err := connect(t, c, key).server(id)
			refused(t, err, 401, "APIGW.0301")
		}
	})
}
