package reference

import (
	"net/http"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/signature"
)

// authorize sends the token, or signs with the keys. It comes last of all, so that what is signed is what is sent.
func authorize(m *Message, k driver.Credentials, at time.Time) error {
	switch k.Kind() {
	case driver.WithNone:
		return nil
	case driver.WithToken:
		m.Header.Set("X-Auth-Token", k.Token)
		return nil
	}
	return m.Sign(signature.Signer{AccessKey: k.AccessKey, SecretKey: k.SecretKey, SecurityToken: k.SecurityToken}, at)
}

// Sign signs the message as it is. An earlier signature is replaced.
func (m *Message) Sign(s signature.Signer, at time.Time) error {
	m.Header.Del("Authorization")
	m.Header.Del(signature.DateHeader)
	return s.Sign(&http.Request{Method: m.Method, URL: m.URL, Host: m.URL.Host, Header: m.Header}, m.Body, at)
}
