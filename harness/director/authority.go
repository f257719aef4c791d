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
	"math/big"
	"net"
	"time"
)

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

// Authority vouches for the certificates of a run. The client under test is told to trust it: only then is it known why a client turns a certificate down.
// It is safe for concurrent use.
type Authority struct {
	now         func() time.Time
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// authorityFor is how long an authority is good for, longer than any run may take.
const authorityFor = 7 * 24 * time.Hour

// NewAuthority makes one. now tells the time for the certificates, too; nil: time.Now.
func NewAuthority(now func() time.Time) (*Authority, error) {
	if now == nil {
		now = time.Now
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("director: authority: %w", err)
	}
	at := now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "resize-conformance"}, NotBefore: at.Add(-2 * time.Hour), NotAfter: at.Add(authorityFor),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("director: authority: %w", err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("director: authority: %w", err)
	}
	return &Authority{now: now, certificate: made, key: key}, nil
}

// Roots is the pool of what the client is to trust.
func (a *Authority) Roots() *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	return roots
}

// PEM is what the client is to trust, as a file has it.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// Serve makes what a port of 127.0.0.1 needs to serve TLS with such a certificate, for proxy.ServeTLS. The certificate is made anew each time.
func (a *Authority) Serve(c Certificate) (*tls.Config, error) {
	if c == Unknown {
		stranger, err := NewAuthority(a.now)
		if err != nil {
			return nil, err
		}
		a = stranger
	}
	now := a.now()
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
		leaf.NotBefore = now.Add(30 * time.Minute)
	}
	return a.sign(leaf)
}

// ServeHosts makes what a server of these hosts, names or addresses, needs to serve TLS as long as the authority is good.
func (a *Authority) ServeHosts(hosts ...string) (*tls.Config, error) {
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "resize-conformance emulator"}, NotBefore: a.certificate.NotBefore, NotAfter: a.certificate.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, host)
		}
	}
	return a.sign(leaf)
}

// sign vouches for a certificate, with a key that is made anew each time.
func (a *Authority) sign(leaf *x509.Certificate) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("director: certificate: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("director: certificate: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, nil
}
