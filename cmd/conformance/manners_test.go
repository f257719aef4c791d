package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/director"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// Whatever is difficult about a server that keeps the contract, a run comes to the verdicts that it comes to without, or says what could not be tested.
func TestWholeRunsAgainstDifficultServers(t *testing.T) {
	racedetector.LeaveOut(t)
	plain := t.TempDir()
	if got := call(t, "run", "--quiet", "--inventory", serve(t), "--reports", plain); got.code != exitConforms {
		t.Fatalf("a server without difficulties: exit code %d\n%s", got.code, got.stderr)
	}
	want := results(t, plain)
	for _, c := range []struct {
		name  string
		serve []string
		may   journal.Verdict // in place of the verdict that was come to without the difficulty; "": none
		says  string          // in the reason of each such row
	}{
		{name: "slow", serve: []string{"--latency", "5ms"}},
		{name: "throttled at the gateway", serve: []string{"--flow-limit", "200", "--flow-per", "1s"}},
		{name: "throttled by the service", serve: []string{"--flow-limit", "60", "--flow-per", "200ms", "--flow-level", "service", "--flow-retry-after=false"}},
		{name: "throttled with a status of success", serve: []string{"--flow-limit", "60", "--flow-per", "200ms", "--flow-level", "delayed", "--flow-retry-after=false"}},
		{name: "faulty", serve: []string{"--faults", "40"}, may: journal.Blocked, says: "the target failed for a moment"},
		{name: "stingy", serve: []string{"--quota-servers", "1", "--quota-vcpus", "1"}, may: journal.NotTestable, says: "the quota of the project"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // most of the time is waited; each in a process of its own, since Ginkgo keeps one tree in a process
			ca, dir := filepath.Join(t.TempDir(), "ca.pem"), t.TempDir()
			inventory := serve(t, append(c.serve, "--tls-ca", ca)...)
			got := outcomeOf(program(t.Context(), "run", "--quiet", "--inventory", inventory, "--ca-file", ca, "--reports", dir))
			if wanted := map[bool]int{true: exitConforms, false: exitDeviates}[c.may == ""]; got.code != wanted {
				t.Errorf("exit code %d, want %d\n%s", got.code, wanted, got.stderr)
			}
			run, err := journal.ReadFile(filepath.Join(dir, journal.FileName))
			if err != nil {
				t.Fatal(err)
			}
			instead := 0
			for _, row := range run.Rows() {
				wanted, known := want[row.Key()]
				switch {
				case known && row.Verdict == wanted:
				case c.may == journal.NotTestable && row.Verdict == journal.NotApplicable && row.Kind != journal.KindScenario: // next to nothing was resized
				case c.may != "" && row.Verdict == c.may && strings.Contains(row.Reason, c.says):
					instead++
				default:
					t.Errorf("%s: got %s, want %s: %s", row.Name(), row.Verdict, wanted, row.Reason)
				}
			}
			if c.may != "" && instead == 0 {
				t.Errorf("nothing is %s: the difficulty was not met", c.may)
			}
			repetitionsAreMarked(t, run, strings.Contains(c.name, "throttled"))
		})
	}
}

// repetitionsAreMarked asserts that only looks are repeated, each with a mark that names the exchange it repeats.
func repetitionsAreMarked(t *testing.T, run *journal.Run, wanted bool) {
	t.Helper()
	marked := 0
	for _, x := range run.Exchanges {
		if x.Retry == nil {
			continue
		}
		marked++
		first := run.Exchange(x.Retry.Of)
		if x.Method != http.MethodGet || first == nil || first.URL != x.URL || first.Retry != nil || x.Retry.Attempt < 2 || x.Retry.Why == "" {
			t.Errorf("exchange %d repeats another wrongly: %s %s, %+v", x.ID, x.Method, x.URL, x.Retry)
		}
	}
	if wanted && marked == 0 {
		t.Error("the journal marks no repetition")
	}
}

// What doctor finds, and that it stops only where a run would prove nothing. Nothing that it sends changes anything.
func TestDoctor(t *testing.T) {
	racedetector.LeaveOut(t)
	e, server, inventory := servedHere(t, emulator.Config{})
	before := e.Counts()
	text, err := os.ReadFile(inventory)
	if err != nil {
		t.Fatal(err)
	}
	without := func(name, old, new string) string {
		changed := strings.Replace(string(text), old, new, 1)
		if changed == string(text) {
			t.Fatalf("the inventory has no %q", old)
		}
		return write(t, name, changed)
	}
	d := e.Describe().Projects[0]
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"all is well", []string{"--inventory", inventory}, exitConforms, []string{"ok       clock", "the token is taken", "the access key is taken", "flavors", "resizes (there and back)", "looks at jobs", "an estimate", "A run can be made"}},
		{"wrong token", []string{"--inventory", inventory, "--token", "no-such-token"}, exitUnreachable, []string{"stop     credentials", "APIGW.0301", "→ get a new one"}},
		{"expired token", []string{"--inventory", inventory, "--token", d.ExpiredToken, "--expired-token", "another"}, exitUnreachable, []string{"stop     credentials"}},
		{"denied token", []string{"--inventory", inventory, "--token", d.DeniedToken, "--denied-token", "another"}, exitUnreachable, []string{"stop     credentials", "Pdp.0001", "→ grant"}},
		{"wrong secret key", []string{"--inventory", inventory, "--secret-key", "no-such-key-at-all"}, exitConforms, []string{"warning  credentials", "the access key is refused"}},
		{"temporary key with another token", []string{"--inventory", without("i.yaml", "security-token: "+d.SecurityToken, "security-token: none-that-it-gave")}, exitConforms, []string{"the access key is refused", "a temporary key needs"}},
		{"other project", []string{"--inventory", without("i.yaml", "project-id: "+d.ID, "project-id: 00000000000000000000000000000000")}, exitUnreachable, []string{"stop     project", "Common.0018"}},
		{"wrong path", []string{"--inventory", inventory, "--server", server.URL + "/elsewhere"}, exitUnreachable, []string{"stop     endpoint", "APIGW.0101"}},
		{"unknown target flavor", []string{"--inventory", without("i.yaml", "target: s3.large.2", "target: no.such.flavor")}, exitConforms, []string{"warning  flavors", "no.such.flavor (target) is not among those", "→ name one that is, such as c6.2xlarge.2"}},
		{"embedded", nil, exitUsage, []string{"doctor looks at a server URL"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := call(t, append([]string{"doctor", "--requirement", "RSZ-JOB-010"}, c.args...)...)
			if got.code != c.code {
				t.Errorf("exit code %d, want %d\n%s%s", got.code, c.code, got.stdout, got.stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(got.stdout+got.stderr, want) {
					t.Errorf("does not say %q:\n%s%s", want, got.stdout, got.stderr)
				}
			}
		})
	}
	if after := e.Counts(); after != before {
		t.Errorf("something was changed: %+v, was %+v", after, before)
	}
}

// The first phase of a run stops it like doctor does, and before anything is changed.
func TestARunThatWouldProveNothingIsNotBegun(t *testing.T) {
	e, _, inventory := servedHere(t, emulator.Config{})
	before, dir := e.Counts(), t.TempDir()
	got := call(t, "run", "--inventory", inventory, "--token", "no-such-token", "--reports", dir)
	if got.code != exitUnreachable || !strings.Contains(got.stderr, "the token is refused (401 APIGW.0301)") || e.Counts() != before {
		t.Errorf("exit code %d, %+v after %+v:\n%s", got.code, e.Counts(), before, got.stderr)
	}
	if strings.Contains(got.stdout+got.stderr, "no-such-token") {
		t.Error("the token is shown")
	}
	if _, err := os.Stat(filepath.Join(dir, "results.json")); err == nil {
		t.Error("there are reports of a run that was not made")
	}
}

// A warning of the first phase is a note of the run, and its requests are recorded outside any scenario; when all is well nothing is said.
func TestTheFirstPhaseIsRecorded(t *testing.T) {
	racedetector.LeaveOut(t)
	_, _, inventory := servedHere(t, emulator.Config{})
	const beside = 6 // the quota, four lists that special credentials ask for, and the dry run of v1
	for name, c := range map[string]struct {
		args  []string
		notes int
	}{"well": {nil, 0}, "a key that is refused": {[]string{"--secret-key", "no-such-key-at-all"}, 1}} {
		dir := t.TempDir()
		if got := call(t, append([]string{"run", "--inventory", inventory, "--requirement", "RSZ-URI-001", "--reports", dir}, c.args...)...); got.code != exitConforms {
			t.Fatalf("%s: exit code %d\n%s%s", name, got.code, got.stdout, got.stderr)
		}
		run, err := journal.ReadFile(filepath.Join(dir, journal.FileName))
		if err != nil {
			t.Fatal(err)
		}
		outside, unjudged := 0, 0
		for _, x := range run.Exchanges {
			if x.Scenario == "" {
				outside++
				if harmless := x.Method == http.MethodGet || strings.Contains(x.URL, "/cloudservers/00000000-0000-4000-8000-") && strings.Contains(x.RequestBody.Text, `"dry_run":true`); !harmless {
					t.Errorf("%s: the first phase sends %s %s %s", name, x.Method, x.URL, x.RequestBody.Text)
				}
			}
			if x.Outside {
				unjudged++
			}
		}
		if len(run.Notes) != c.notes || outside < 5 || outside > 25 || unjudged != beside {
			t.Errorf("%s: notes %+v, %d exchanges outside a scenario, %d of them not judged; want %d notes, 5 to 25 exchanges, and %d not judged", name, run.Notes, outside, unjudged, c.notes, beside)
		}
	}
}

// The run gets itself a token with user and password, and neither is anywhere in what it writes.
func TestARunSignsIn(t *testing.T) {
	racedetector.LeaveOut(t)
	e, server, inventory := servedHere(t, emulator.Config{})
	text, err := os.ReadFile(inventory)
	if err != nil {
		t.Fatal(err)
	}
	token := e.Describe().Projects[0].Token
	tokenless := write(t, "i.yaml", regexp.MustCompile(`(?m)^ +token: .*\n`).ReplaceAllString(string(text), ""))
	who := servedUser()
	args := []string{"--inventory", tokenless, "--user", who.Name, "--domain", who.Domain, "--iam-endpoint", server.URL, "--requirement", "RSZ-AUTH-001,RSZ-URI-001"}
	dir := t.TempDir()
	got := call(t, append([]string{"run", "--password", who.Password, "--reports", dir}, args...)...)
	if got.code != exitConforms {
		t.Fatalf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	for _, name := range []string{"journal.jsonl", "results.json", "junit.xml", "report.html"} {
		written, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{who.Password, token} {
			if exchange.Holds(string(written), secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	run, err := journal.ReadFile(filepath.Join(dir, journal.FileName))
	if err != nil || len(run.Exchanges) == 0 || !strings.HasSuffix(run.Exchanges[0].URL, emulator.SignInPath) || run.Exchanges[0].Status != http.StatusCreated || !run.Whole() {
		t.Fatalf("the first exchange is to be the sign-in: %v", err)
	}
	for name, c := range map[string]struct {
		change []string
		want   string
	}{
		"wrong password": {[]string{"--password", "wrong-password"}, "401 401 (exchange 1); user, domain or password is wrong"},
		"wrong endpoint": {[]string{"--password", who.Password, "--iam-endpoint", server.URL + "/elsewhere"}, "the URL goes up to the host"},
	} {
		for _, command := range []string{"run", "doctor"} {
			all := append([]string{command}, append(slices.Clone(args), c.change...)...)
			if command == "run" {
				all = append(all, "--reports", t.TempDir())
			}
			if got := call(t, all...); got.code != exitUnreachable || !strings.Contains(strings.Join(strings.Fields(got.stdout+got.stderr), " "), c.want) {
				t.Errorf("%s of %s: exit code %d, want 3 and %q\n%s%s", name, command, got.code, c.want, got.stdout, got.stderr)
			}
		}
	}
}

// A certificate that is not checked is told by every report.
func TestInsecureIsToldEverywhere(t *testing.T) {
	racedetector.LeaveOut(t)
	ca, dir := filepath.Join(t.TempDir(), "ca.pem"), t.TempDir()
	got := call(t, "run", "--inventory", serve(t, "--stock", "1", "--tls-ca", ca), "--insecure", "--requirement", "RSZ-URI-001", "--reports", dir)
	if got.code != exitConforms || !strings.Contains(got.stdout, "WARNING the server's certificate was not checked (--insecure)") {
		t.Errorf("exit code %d; the terminal does not warn:\n%s%s", got.code, got.stdout, got.stderr)
	}
	for name, want := range map[string]string{
		"junit.xml": `name="warning" value="the server's certificate was not checked`, "results.json": `"the server's certificate was not checked`, "report.html": `<li>the server's certificate was not checked`, "journal.jsonl": `"warnings":["the server's certificate was not checked`,
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(html.UnescapeString(string(text)), want) {
			t.Errorf("%s does not warn (%v)", name, err)
		}
	}
}

// The way to a name that only a proxy can look up, with an authority that only a file names.
func TestThroughAProxy(t *testing.T) {
	racedetector.LeaveOut(t)
	const host = "ecs.local-1.cloud.example"
	authority, err := director.NewAuthority(nil)
	if err != nil {
		t.Fatal(err)
	}
	config, err := authority.ServeHosts(host)
	if err != nil {
		t.Fatal(err)
	}
	e, err := emulator.New(emulator.Config{Account: true})
	if err != nil {
		t.Fatal(err)
	}
	cloud := httptest.NewUnstartedServer(e)
	cloud.TLS = config
	cloud.StartTLS()
	t.Cleanup(cloud.Close)
	inv, err := target.InventoryOf(e, "https://"+host)
	if err != nil {
		t.Fatal(err)
	}
	inv.Poll = 5 * time.Millisecond
	text, err := inv.YAML()
	if err != nil {
		t.Fatal(err)
	}
	proxy, asked := connectProxy(t, map[string]string{host + ":443": cloud.Listener.Addr().String()})
	common := []string{"--inventory", write(t, "i.yaml", string(text)), "--ca-file", write(t, "ca.pem", string(authority.PEM())), "--requirement", "RSZ-URI-001,RSZ-AUTH-001", "--rate", "off"}
	for _, command := range [][]string{{"run", "--reports", t.TempDir()}, {"doctor"}} {
		cmd := program(t.Context(), append(command, common...)...)
		cmd.Env = append(cmd.Env, "HTTPS_PROXY="+proxy, "https_proxy=", "NO_PROXY=", "no_proxy=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", command[0], err, out)
		}
	}
	if len(asked()) == 0 || slices.ContainsFunc(asked(), func(a string) bool { return a != host+":443" }) {
		t.Errorf("the proxy was asked for %q", asked())
	}
	// Without its proxy the name leads nowhere.
	if got := call(t, append([]string{"doctor"}, common...)...); got.code != exitUnreachable || !strings.Contains(got.stdout, "stop     connection") {
		t.Errorf("without the proxy: exit code %d\n%s", got.code, got.stdout)
	}
}

// connectProxy is a proxy that knows names of its own, and nothing else.
func connectProxy(t *testing.T, names map[string]string) (url string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		all = append(all, r.Host)
		mu.Unlock()
		to, known := names[r.Host]
		if r.Method != http.MethodConnect || !known {
			http.Error(w, "no such host", http.StatusBadGateway)
			return
		}
		server, err := new(net.Dialer).DialContext(context.WithoutCancel(r.Context()), "tcp", to)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		client, rest, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = server.Close()
			return
		}
		_, _ = fmt.Fprint(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() {
			_, _ = io.Copy(server, rest)
			_ = server.Close()
		}()
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// servedHere serves an emulator in this process, with what an account has besides, and writes its inventory.
func servedHere(t *testing.T, c emulator.Config) (*emulator.Emulator, *httptest.Server, string) {
	t.Helper()
	c.Account, c.Users = true, []emulator.User{servedUser()}
	e, err := emulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(emulator.IdentityDesk(e, e))
	t.Cleanup(server.Close)
	inv, err := target.InventoryOf(e, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	inv.Poll = 5 * time.Millisecond
	text, err := inv.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return e, server, write(t, "servers.yaml", string(text))
}

// Every request of a scenario carries its trace id, and another scenario's carry another; what a scenario composes itself carries none.
func TestTracesTellScenariosApart(t *testing.T) {
	dir := t.TempDir()
	if got := call(t, "run", "--quiet", "--requirement", "RSZ-URI-001,RSZ-JOB-010,RSZ-URI-012", "--reports", dir); got.code != exitConforms {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	run, err := journal.ReadFile(filepath.Join(dir, journal.FileName))
	if err != nil {
		t.Fatal(err)
	}
	traces, spans := map[string]map[string]bool{}, map[string]bool{}
	bare := 0
	for _, x := range run.Exchanges {
		parent := ""
		for _, h := range x.RequestHeader {
			if strings.EqualFold(h.Name, "traceparent") {
				parent = h.Value
			}
		}
		parts := strings.Split(parent, "-")
		if parent == "" {
			bare++
			if !strings.HasPrefix(x.Scenario, "RSZ-URI-012 ") {
				t.Errorf("exchange %d of %s has no traceparent", x.ID, x.Scenario)
			}
			continue
		}
		if len(parts) != 4 || parts[0] != "00" || len(parts[1]) != 32 || len(parts[2]) != 16 || spans[parts[2]] {
			t.Errorf("exchange %d: traceparent %q", x.ID, parent)
			continue
		}
		spans[parts[2]] = true
		if traces[parts[1]] == nil {
			traces[parts[1]] = map[string]bool{}
		}
		traces[parts[1]][x.Scenario] = true
	}
	for id, scenarios := range traces {
		if len(scenarios) != 1 {
			t.Errorf("trace %s is that of %v", id, scenarios)
		}
	}
	if len(traces) != 3 || bare == 0 {
		shown, _ := json.Marshal(traces)
		t.Errorf("%d traces, %d requests without; want 3, and some: %s", len(traces), bare, shown)
	}
}
