package suites

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/reference"
	"resize-conformance/harness/target"
)

// bothSides opens a served emulator and the reference client, each with a defect or without, as somebody would who has a server and a client.
func bothSides(t *testing.T, server, client string) *target.Target {
	t.Helper()
	config := emulator.Config{JobDuration: 12 * 1e6}
	if server != "" {
		d := slices.IndexFunc(defect.Defects(), func(d defect.Defect) bool { return d.Name == server })
		defect.Defects()[d].Apply(&config)
	}
	return opened(t, config, client, nil, nil)
}

// opened is bothSides with a server of its own making, with something before it, and with a change of what is known of it; nil: nothing.
func opened(t *testing.T, config emulator.Config, client string, before func(http.Handler) http.Handler, known func(*fixture.Inventory)) *target.Target {
	t.Helper()
	e, err := emulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler = e
	if before != nil {
		handler = before(e)
	}
	served := httptest.NewServer(handler)
	t.Cleanup(served.Close)
	inventory, err := target.InventoryOf(e, served.URL)
	if err != nil {
		t.Fatal(err)
	}
	if known != nil {
		known(inventory)
	}
	text, err := inventory.YAML()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "servers.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := target.Resolve(nil, func(name string) (string, bool) {
		v, set := map[string]string{"CONFORMANCE_INVENTORY": file, "CONFORMANCE_POLL": "2ms"}[name]
		return v, set
	})
	if err != nil {
		t.Fatal(err)
	}
	var change func(*reference.Config)
	if client != "" {
		d := slices.IndexFunc(defect.ClientDefects(), func(d defect.ClientDefect) bool { return d.Name == client })
		change = defect.ClientDefects()[d].Apply
	}
	return openWith(t, c, target.WithContract(contracttest.Base(t)), referenceWith(change))
}

// Blame goes to the side whose bytes break the contract: a server in order is not accused of what its client sent, nor a client of what its server answered.
func TestBlame(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		name, server, client string
		scenario             string
		verdict              journal.Verdict
		reason               string
	}{
		{"both in order", "", "", "RSZ-DRY-001", journal.Pass, ""},
		{"the server", "dry-run-executes", "", "RSZ-DRY-002", journal.Fail, ""},
		{"the client", "", "dry-run-dropped", "RSZ-DRY-001", journal.Blocked, "RSZ-CLIENT-007"},
		{"the client, and the server as well", "dry-run-executes", "dry-run-dropped", "RSZ-DRY-002", journal.Blocked, "RSZ-CLIENT-007"},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			tg := bothSides(t, k.server, k.client)
			env := &Env{Target: tg}
			r := pick(t, packOf(t, tg), k.scenario).Perform(t.Context(), env)[0]
			if r.Verdict != k.verdict || !strings.Contains(r.Reason, k.reason) {
				t.Errorf("%s: wanted %s and %q, got %s %s", k.scenario, k.verdict, k.reason, r.Verdict, r.Reason)
			}
			accused := slices.ContainsFunc(env.Conduct(nil), func(r journal.Result) bool { return r.Side == journal.Client && r.Verdict == journal.Fail })
			if accused != (k.client != "") {
				t.Errorf("the client is accused: %v", env.Conduct(nil))
			}
		})
	}
}

// A client that signs the Host line is not to be blamed for being refused by a server that got another one on the way, nor is the server.
func TestASignatureOverAHostLineThatWasChanged(t *testing.T) {
	t.Parallel()
	const host = "ecs.example"
	elsewhere := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.UserAgent(), "resize-reference/") {
				r.Host = host
			}
			next.ServeHTTP(w, r)
		})
	}
	keysOnly := func(known *fixture.Inventory) { delete(known.Credentials, "token") }
	for _, k := range []struct {
		scenario string
		renamed  bool
		verdict  journal.Verdict
	}{
		{"RSZ-DRY-001", true, journal.Blocked},
		{"RSZ-DRY-001", false, journal.Fail},
		{"RSZ-CLIENT-001", true, journal.Pass}, // what meets it there is a stand-in for the server,
	} {
		t.Run(fmt.Sprint(k.scenario, " ", k.renamed), func(t *testing.T) {
			t.Parallel()
			tg := opened(t, emulator.Config{JobDuration: 12 * time.Millisecond}, "", elsewhere, keysOnly)
			tg.Under.Renamed = k.renamed
			r := pick(t, packOf(t, tg), k.scenario).Perform(t.Context(), &Env{Target: tg})[0]
			if r.Verdict != k.verdict || k.verdict == journal.Blocked && !strings.Contains(r.Reason, "Host") {
				t.Errorf("wanted %s, got %s: %s", k.verdict, r.Verdict, r.Reason)
			}
		})
	}
}

// A client under test may pay without being asked to: where orders are not allowed, it is never sent to a server whose resize costs an order.
func TestAClientUnderTestIsKeptFromOrders(t *testing.T) {
	t.Parallel()
	tg := bothSides(t, "", "")
	r := pick(t, packOf(t, tg), "RSZ-BILL-002").Perform(t.Context(), &Env{Target: tg})[0]
	if r.Verdict != journal.NotApplicable || !strings.Contains(r.Reason, "--allow-orders") {
		t.Errorf("wanted %s and how to allow it, got %s %s", journal.NotApplicable, r.Verdict, r.Reason)
	}
}
