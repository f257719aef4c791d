package target_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
)

// serve serves an emulator as another process would, and writes its inventory.
func serve(t *testing.T, c emulator.Config) (inventoryFile string, inv *fixture.Inventory) {
	t.Helper()
	e, err := emulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	inv, err = target.InventoryOf(e, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	text, err := inv.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return write(t, "inventory.yaml", string(text)), inv
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// resolve makes a configuration of command-line arguments.
func resolve(t *testing.T, args ...string) target.Config {
	t.Helper()
	c, err := target.Resolve(flags(t, args...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func resizeTo(t *testing.T, tg *target.Target, server, flavor string) {
	t.Helper()
	a, err := tg.Client.Resize(t.Context(), server, ecs.Resize{FlavorRef: flavor})
	if err != nil {
		t.Fatal(err)
	}
	job, ok := a.JobID()
	if !ok {
		t.Fatalf("resize of %s to %s: %s %s", server, flavor, a.Summary(), a.Body)
	}
	if _, err := tg.Client.WaitForSuccess(t.Context(), job); err != nil {
		t.Fatal(err)
	}
}

func TestAServedEmulatorIsUsedThroughItsInventory(t *testing.T) {
	file, inv := serve(t, emulator.Config{})
	var record sink
	tg := open(t, resolve(t, "--inventory", file, "--poll", "2ms"), &record)
	if tg.Endpoint != inv.Endpoint || tg.ProjectID != inv.ProjectID || tg.Token.Token == "" || tg.Keys.AccessKey == "" || tg.ExpiredToken == "" || tg.Foreign.ID == "" {
		t.Errorf("got %+v", tg)
	}
	lacks := map[target.Capability]bool{target.CapMode: true, target.CapPayment: true, target.CapAutoPay: true}
	for _, c := range target.Capabilities() {
		if tg.Capabilities[c.Name] == lacks[c.Name] {
			t.Errorf("%s: declared %t, want %t", c.Name, tg.Capabilities[c.Name], !lacks[c.Name])
		}
	}
	for _, state := range fixture.States() {
		s := lease(t, tg, state)
		if state == fixture.Foreign {
			continue
		}
		if err := tg.Servers.Release(t.Context(), s); err != nil {
			t.Error(err)
		}
	}

	before := record.exchanges()
	s := lease(t, tg, fixture.Stopped)
	if n := record.exchanges() - before; n != 1 {
		t.Errorf("a lease of a server that is as wanted took %d requests, want 1", n)
	}
	resizeTo(t, tg, s.ID, s.Flavors.Target)
	if err := tg.Servers.Release(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := show(t, tg, s.ID); got.FlavorID != s.Flavor || got.Status != "SHUTOFF" {
		t.Errorf("left with flavor %s, %s", got.FlavorID, got.Status)
	}
	if notes := record.notes(); len(notes) > 0 {
		t.Errorf("notes: %q", notes)
	}
}

func TestStockMakesServersInEveryState(t *testing.T) {
	e, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	before, err := target.InventoryOf(e, "http://h")
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Stock(e, 3); err != nil {
		t.Fatal(err)
	}
	after, err := target.InventoryOf(e, "http://h")
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range fixture.States() {
		if got, want := len(after.Servers[state]), len(before.Servers[state])+3; got != want {
			t.Errorf("%s: %d servers, want %d", state, got, want)
		}
	}
}

func TestAPendingOrderTakesItsServerOutOfUse(t *testing.T) {
	file, _ := serve(t, emulator.Config{})
	var record sink
	tg := open(t, resolve(t, "--inventory", file, "--poll", "2ms"), &record)
	s := lease(t, tg, fixture.YearlyMonthly)
	if _, err := tg.Client.Resize(t.Context(), s.ID, ecs.Resize{FlavorRef: s.Flavors.Target}); err != nil {
		t.Fatal(err)
	}
	if err := tg.Servers.Release(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if notes := record.notes(); len(notes) != 1 || !strings.Contains(notes[0], "waits for payment") {
		t.Errorf("notes: %q", notes)
	}
	if other := lease(t, tg, fixture.YearlyMonthly); other.ID == s.ID {
		t.Errorf("server %s is leased again", s.ID)
	}
}

func TestWhereDowngradingIsBannedTheServerGoesOutOfUse(t *testing.T) {
	file, _ := serve(t, emulator.Config{Profile: "ae-ad-1"})
	var record sink
	tg := open(t, resolve(t, "--inventory", file, "--poll", "2ms"), &record)
	s := lease(t, tg, fixture.Stopped)
	resizeTo(t, tg, s.ID, "s3.xlarge.2") // larger than its own
	if err := tg.Servers.Release(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if notes := record.notes(); len(notes) != 1 || !strings.Contains(notes[0], "bans the way back") {
		t.Errorf("notes: %q", notes)
	}
}

func TestNothingIsBoughtWithoutPermission(t *testing.T) {
	file, _ := serve(t, emulator.Config{})
	for _, allowed := range []bool{false, true} {
		args := []string{"--inventory", file, "--poll", "2ms"}
		if allowed {
			args = append(args, "--allow-orders")
		}
		tg := open(t, resolve(t, args...), nil)
		if tg.Capabilities[target.CapAutoPay] != allowed {
			t.Errorf("auto-pay declared: %t, want %t", !allowed, allowed)
		}
		s := lease(t, tg, fixture.YearlyMonthly)
		_, err := tg.Client.Resize(t.Context(), s.ID, ecs.Resize{FlavorRef: s.Flavors.Target, AutoPay: "true"})
		if allowed != (err == nil) || (!allowed && !strings.Contains(err.Error(), "--allow-orders")) {
			t.Errorf("allowed %t: got %v", allowed, err)
		}
		if err := tg.Servers.Release(t.Context(), s); err != nil { // with permission it is even resized back
			t.Error(err)
		}
		plain := lease(t, tg, fixture.Stopped)
		if a, err := tg.Client.Resize(t.Context(), plain.ID, ecs.Resize{FlavorRef: plain.Flavors.Target, AutoPay: "true"}); err != nil || a.Status != 200 {
			t.Errorf("a pay-per-use server can place no order: %v, %s", err, a.Summary())
		}
		if err := tg.Servers.Release(t.Context(), plain); err != nil {
			t.Error(err)
		}
	}
}

const minimal = "project-id: p\nflavors: {target: t}\nservers: {stopped: [{id: a}]}\n"

func tlsServer(t *testing.T) (server *httptest.Server, caFile string) {
	t.Helper()
	server = httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients that refuse its certificate, as they should
	server.StartTLS()
	t.Cleanup(server.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return server, write(t, "ca.pem", string(ca))
}

func TestAServerThatCannotBeReached(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes the connection and says nothing: no TLS handshake comes about
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	secure, caFile := tlsServer(t)
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()

	k := contracttest.Base(t)
	tests := map[string]struct {
		args []string
		want string
	}{
		"refused":           {[]string{"--server", "http://" + refused}, "nothing listens there"},
		"silent":            {[]string{"--server", "https://" + silent.Addr().String(), "--request-timeout", "50ms"}, "nothing came within 50ms"},
		"unknown authority": {[]string{"--server", secure.URL}, "--ca-file"},
		"other name":        {[]string{"--server", strings.Replace(secure.URL, "127.0.0.1", "localhost", 1), "--ca-file", caFile}, "certificate is for another name"},
		"no TLS":            {[]string{"--server", strings.Replace(plain.URL, "http:", "https:", 1)}, "http://"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := target.Open(t.Context(), resolve(t, append(tt.args, "--inventory", inventory)...), nil, target.WithContract(k))
			var e *target.UnreachableError
			if !errors.As(err, &e) || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("got %v (%T), want an *UnreachableError with %q", err, err, tt.want)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		c := resolve(t, "--server", "https://"+silent.Addr().String(), "--inventory", inventory)
		if _, err := target.Open(ctx, c, nil, target.WithContract(k)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
	})
}

func TestAServerOverTLS(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	server, caFile := tlsServer(t)
	for name, args := range map[string][]string{"authority given": {"--ca-file", caFile}, "any certificate": {"--insecure"}} {
		tg := open(t, resolve(t, append(args, "--server", server.URL+"/base/", "--inventory", inventory)...), nil)
		if tg.URL != server.URL+"/base" {
			t.Errorf("%s: URL %q, want it without the slash", name, tg.URL)
		}
		if a, err := tg.Client.ShowServer(t.Context(), "a"); err != nil || a.Status != 404 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAServerThatAsksForAClientCertificate(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	certFile, keyFile := clientCertificate(t)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	args := []string{"--server", server.URL, "--inventory", inventory, "--insecure"}
	tg := open(t, resolve(t, append(args, "--client-cert", certFile, "--client-key", keyFile)...), nil)
	if a, err := tg.Client.ShowServer(t.Context(), "a"); err != nil || a.Status != 404 {
		t.Errorf("got %v", err)
	}
}

func TestCertificateFilesThatCannotBeUsed(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	garbage := write(t, "garbage.pem", "no PEM")
	k := contracttest.Base(t)
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"missing authority": {[]string{"--ca-file", "nowhere.pem"}, "ca-file (--ca-file): open nowhere.pem"},
		"no authority":      {[]string{"--ca-file", garbage}, "no certificate in"},
		"no certificate":    {[]string{"--client-cert", garbage, "--client-key", garbage}, "client-cert (--client-cert) and client-key (--client-key): "},
	} {
		_, err := target.Open(t.Context(), resolve(t, append(tt.args, "--server", "https://127.0.0.1:1", "--inventory", inventory)...), nil, target.WithContract(k))
		var e *target.ConfigError
		if !errors.As(err, &e) || !strings.Contains(e.Error(), tt.want) {
			t.Errorf("%s: got %v, want a *ConfigError with %q", name, err, tt.want)
		}
	}
}
