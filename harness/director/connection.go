package director

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"time"
)

// Connect does nothing about a connection: a step that only counts it, such as one that the client is to give up for its certificate.
func Connect() Act { return Act{Name: "a connection", passes: true, greet: func(net.Conn) {}} }

// ResetUnread breaks a connection off before anything of it is read. It is for a connection, not for a request.
func ResetUnread() Act {
	return Act{Name: "reset before the request was read", greet: func(c net.Conn) {
		c = plain(c)
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		_ = c.Close()
	}}
}

// NoTLS answers in plain HTTP where TLS is spoken. It is for a connection of a port that serves TLS.
func NoTLS() Act {
	return Act{Name: "plain HTTP in place of TLS", greet: func(c net.Conn) {
		_, _ = io.WriteString(plain(c), "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	}}
}

// plain is the connection below TLS.
func plain(c net.Conn) net.Conn {
	if secure, ok := c.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return c
}

// Certificate says what is wrong with a server's certificate.
type Certificate string

// The certificates.
const (
	Trusted   Certificate = "trusted"           // nothing is wrong with it
	Unknown   Certificate = "unknown authority" // nobody that the client trusts vouches for it
	WrongName Certificate = "wrong name"        // it is another host's
	Expired   Certificate = "expired"
	NotYet    Certificate = "not yet valid"
)

// Certificates lists the certificates with which something is wrong.
func Certificates() []Certificate { return []Certificate{Unknown, WrongName, Expired, NotYet} }

// TLS makes what a port of 127.0.0.1 needs to serve TLS with such a certificate, for proxy.ServeTLS, and the authorities that the client is to trust, as PEM
// and in a pool. They are made anew each time and are good for an hour around now.
func (c Certificate) TLS(now time.Time) (server *tls.Config, roots *x509.CertPool, authorities []byte, err error) {
	authority, authorityKey, err := authorityAt(now)
	if err != nil {
		return nil, nil, nil, err
	}
	trusted := authority
	if c == Unknown {
		if trusted, _, err = authorityAt(now); err != nil {
			return nil, nil, nil, err
		}
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	switch c {
	case WrongName:
		leaf.IPAddresses, leaf.DNSNames = nil, []string{"ecs.example.com"}
	case Expired:
		leaf.NotAfter = now.Add(-time.Minute)
	case NotYet:
		leaf.NotBefore, leaf.NotAfter = now.Add(30*time.Minute), now.Add(time.Hour)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, authorityKey)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("director: certificate: %w", err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(trusted)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: trusted.Raw}), nil
}

func authorityAt(now time.Time) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "resize-conformance"}, NotBefore: now.Add(-2 * time.Hour), NotAfter: now.Add(2 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, fmt.Errorf("director: authority: %w", err)
	}
	made, err := x509.ParseCertificate(der)
	return made, key, err
}
