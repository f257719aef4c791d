package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
)

// CAFileVariable names the environment variable in which a driver finds the PEM file of the authority that its client is to trust.
const CAFileVariable = "CONFORMANCE_CA_FILE"

// trustVariables are set to the same file, unless the user has set them: Go, OpenSSL (and with it Python) and Node.js go by them, so that most drivers need do nothing.
// For Go and OpenSSL the file takes the place of the system's authorities, which a client needs none of: all that it is asked to speak to is on loopback.
func trustVariables() []string { return []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"} }

// trusting is a driver and the file that names whom its client is to trust.
type trusting struct {
	*driver.Steady
	dir string
}

// startDriver starts a driver that is told which authority its client is to trust.
func startDriver(ctx context.Context, command string, authority *director.Authority, o driver.Options) (driver.Client, error) {
	dir, err := os.MkdirTemp("", "conformance-ca-")
	if err != nil {
		return nil, fmt.Errorf("a file for the authority that the client is to trust: %w", err)
	}
	file := filepath.Join(dir, "authority.pem")
	if err := os.WriteFile(file, authority.PEM(), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("a file for the authority that the client is to trust: %w", err), os.RemoveAll(dir))
	}
	o.Env = append(o.Env, CAFileVariable+"="+file)
	for _, name := range trustVariables() {
		if os.Getenv(name) == "" {
			o.Env = append(o.Env, name+"="+file)
		}
	}
	d, err := driver.StartSteady(ctx, command, o)
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return &trusting{Steady: d, dir: dir}, nil
}

// Close ends the driver and removes the file.
func (t *trusting) Close() error { return errors.Join(t.Steady.Close(), os.RemoveAll(t.dir)) }
