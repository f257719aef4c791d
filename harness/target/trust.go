package target

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
)

// CAFileVariable names the environment variable in which a driver finds the PEM file of the authority that its client is to trust.
const CAFileVariable = "CONFORMANCE_CA_FILE"

// trustVariables are set, too: Go, OpenSSL (and with it Python) and Node.js go by them, so that most drivers need do nothing. What the user's own file of that name
// has stays trusted. The system's authorities, whose place the file takes for Go and OpenSSL, are not needed: all that a client is asked to speak to is on loopback.
func trustVariables() []string { return []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"} }

// trust writes the files that name the authority, and gives the environment that names the files.
func trust(dir string, authority *director.Authority) ([]string, error) {
	var environment []string
	for _, name := range append(trustVariables(), CAFileVariable) {
		content := authority.PEM()
		if own := os.Getenv(name); own != "" && name != CAFileVariable {
			others, _ := os.ReadFile(own) // a file that cannot be read is of no use to the client either
			content = slices.Concat(content, others)
		}
		file := filepath.Join(dir, name+".pem")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return nil, err
		}
		environment = append(environment, name+"="+file)
	}
	return environment, nil
}

// trusting is a driver and the folder of the files that name whom its client is to trust.
type trusting struct {
	*driver.Steady
	dir string
}

// startDriver starts a driver that is told which authority its client is to trust.
func startDriver(ctx context.Context, command string, authority *director.Authority, o driver.Options) (driver.Client, error) {
	dir, err := os.MkdirTemp("", "conformance-ca-")
	if err != nil {
		return nil, fmt.Errorf("a folder for the authority that the client is to trust: %w", err)
	}
	if o.Env, err = trust(dir, authority); err != nil {
		return nil, errors.Join(fmt.Errorf("a file for the authority that the client is to trust: %w", err), os.RemoveAll(dir))
	}
	d, err := driver.StartSteady(ctx, command, o)
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	return &trusting{Steady: d, dir: dir}, nil
}

// Close ends the driver and removes the files.
func (t *trusting) Close() error { return errors.Join(t.Steady.Close(), os.RemoveAll(t.dir)) }
