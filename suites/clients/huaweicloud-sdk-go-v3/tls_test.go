package main

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCertificatesAreVerified wants HTTPS to be as the SDK has it, and SSL_CERT_FILE to be the way to make a server trusted.
func TestCertificatesAreVerified(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"job_id":"j"}`) }))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	request := object{"op": "resizeServer", "endpoint": server.URL, "project_id": "p", "server_id": "s", "params": object{"flavor_ref": "f"},
		"credentials": object{"access_key": "a", "secret_key": "s"}}
	if a := startDriver(t, "SSL_CERT_FILE="+file).ask(request)[0]; a.Result == nil || a.Result.JobID != "j" {
		t.Errorf("a server that is trusted: %s", a)
	}
	if a := startDriver(t).ask(request)[0]; a.Error == nil || a.Error.Kind != "network" || !strings.Contains(a.Error.Message, "certificate") {
		t.Errorf("a server that is not: %s", a)
	}
}
