package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// world is what the served emulator has: every call has a server of its own.
const world = `{"region": "conformance-1", "zones": ["conformance-1a"],
	"projects": [{"id": "0123456789abcdef0123456789abcdef", "keys": [{"access": "AK", "secret": "SK"}, {"access": "AKT", "secret": "SKT", "security-token": "ST"}]}],
	"flavors": [{"id": "small.1", "vcpus": 1, "ram": 2048}, {"id": "large.1", "vcpus": 2, "ram": 4096}, {"id": "broken.1", "vcpus": 2, "ram": 4096, "job-error": "Ecs.0217"}],
	"reachable": [{"from": ["small.1"], "to": ["large.1", "broken.1"]}],
	"servers": [
		{"id": "616fb98f-46ca-475e-917e-2563e5a8cd01", "name": "one", "flavor": "small.1"}, {"id": "616fb98f-46ca-475e-917e-2563e5a8cd02", "flavor": "small.1"},
		{"id": "616fb98f-46ca-475e-917e-2563e5a8cd03", "flavor": "small.1"}, {"id": "616fb98f-46ca-475e-917e-2563e5a8cd04", "flavor": "small.1"},
		{"id": "616fb98f-46ca-475e-917e-2563e5a8cd05", "flavor": "small.1", "status": "ACTIVE"}]}`

const (
	project = "0123456789abcdef0123456789abcdef"
	servers = "616fb98f-46ca-475e-917e-2563e5a8cd0"
)

// conformance is the program that CONFORMANCE_BIN names, or one built from the repository around this module.
func conformance(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("CONFORMANCE_BIN"); named != "" {
		return named
	}
	binary := filepath.Join(t.TempDir(), "conformance")
	build := exec.CommandContext(t.Context(), "go", "build", "-C", filepath.Join("..", "..", ".."), "-o", binary, "./cmd/conformance")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", build, err, out)
	}
	return binary
}

// emulate serves the world with its fringe, and gives the address.
func emulate(t *testing.T) *url.URL {
	t.Helper()
	dir := t.TempDir()
	state, inventory := filepath.Join(dir, "world.json"), filepath.Join(dir, "inventory.yaml")
	if err := os.WriteFile(state, []byte(world), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(conformance(t), "serve", "--fringe", "--stock", "0", "--listen", "127.0.0.1:0", "--state", state, "--inventory", inventory)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_, _ = io.Copy(io.Discard, stdout)
		if err := c.Wait(); err != nil {
			t.Errorf("%s: %v\n%s", c, err, &stderr)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n') // comes when the inventory is written
	if err != nil {
		t.Fatalf("%s: wanted a line on stdout, got %q: %v", c, line, err)
	}
	text, err := os.ReadFile(inventory)
	found := regexp.MustCompile(`(?m)^endpoint: (http://\S+)$`).FindSubmatch(text)
	if err != nil || found == nil {
		t.Fatalf("wanted an inventory with an endpoint, got (error: %v)\n%s", err, text)
	}
	u, err := url.Parse(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// wire stands before the emulator and keeps what passes.
type wire struct {
	http.Handler
	mu      sync.Mutex
	lines   []string          // "GET /path"
	resizes map[string]string // bodies, by the server's id
}

func newWire(to *url.URL) *wire {
	return &wire{Handler: httputil.NewSingleHostReverseProxy(to), resizes: map[string]string{}}
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	w.lines = append(w.lines, r.Method+" "+r.URL.Path)
	if before, is := strings.CutSuffix(r.URL.Path, "/resize"); is {
		w.resizes[before[strings.LastIndex(before, "/")+1:]] += string(body)
	}
	w.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.Handler.ServeHTTP(rw, r)
}

// ask has the driver answer these lines, and gives its answers by id.
func ask(t *testing.T, lines ...string) map[string]response {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), "bin", strings.NewReader(strings.Join(lines, "\n")+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	answers := map[string]response{}
	for i, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var r response
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if i > 0 { // the first is the hello
			answers[r.ID] = r
		}
	}
	return answers
}

// The provider itself, against the emulator: what it sends, and what its user is told.
func TestProvider(t *testing.T) {
	var missing *missingError
	if _, err := findClient(t.Context(), "bin"); errors.As(err, &missing) {
		t.Skip(err)
	}
	w := newWire(emulate(t))
	front := httptest.NewServer(w)
	defer front.Close()
	line := func(id, op, server, credentials, params string) string {
		return fmt.Sprintf(`{"id":%q,"op":%q,"endpoint":%q,"credentials":%s,"project_id":%q,"server_id":%q,"params":%s}`, id, op, front.URL, credentials, project, server, params)
	}
	const key, temporary = `{"access_key":"AK","secret_key":"SK"}`, `{"access_key":"AKT","secret_key":"SKT","security_token":"ST"}`
	first := ask(t,
		line("resize", "resizeServer", servers+"1", key, `{"flavor_ref":"large.1"}`),
		line("unpaid", "resizeServer", servers+"2", temporary, `{"flavor_ref":"large.1","auto_pay":false}`),
		line("fails", "resizeServer", servers+"3", key, `{"flavor_ref":"broken.1"}`),
		line("unknown", "resizeServer", servers+"4", key, `{"flavor_ref":"no-such-flavor"}`),
		line("list", "listResizeFlavors", "", key, `{"instance_uuid":"`+servers+`4"}`),
		line("stranger", "showServer", servers+"4", `{"access_key":"AK","secret_key":"wrong"}`, `{}`),
		line("job", "showJob", "", key, `{}`),
	)
	for id, want := range map[string]*told{
		"resize": nil, "unpaid": nil, "list": nil, "fails": {Kind: "job", Code: "Ecs.0217"}, "unknown": {Kind: "api", Status: 400, Code: "Ecs.0029"},
		"stranger": {Kind: "api", Status: 401}, "job": {Kind: "unsupported"},
	} {
		got, is := first[id]
		switch {
		case !is:
			t.Errorf("%s: no answer", id)
		case want == nil && got.Error != nil, want != nil && (got.Error == nil || got.Result != nil):
			t.Errorf("%s: got %+v, want the error %+v", id, got.Error, want)
		case want != nil && (got.Error.Kind != want.Kind || got.Error.Status != want.Status || got.Error.Code != want.Code):
			t.Errorf("%s: got %+v, want %+v", id, got.Error, want)
		}
	}
	if list := first["list"].Result; list == nil || len(list.Flavors) != 2 || list.Flavors[0].VCPUs == nil || list.Flavors[0].RAM == nil {
		t.Errorf("list: got %+v, want the two flavors that small.1 can become", list)
	}
	for server, want := range map[string]string{
		"1": `{"resize":{"extendparam":{"isAutoPay":"true"},"flavorRef":"large.1","mode":"withStopServer"}}`, // it always asks for these two
		"2": `{"resize":{"extendparam":{"isAutoPay":"false"},"flavorRef":"large.1","mode":"withStopServer"}}`,
	} {
		if got := strings.TrimSpace(w.resizes[servers+server]); got != want {
			t.Errorf("server %s\nsent   %s\nwanted %s", server, got, want)
		}
	}
	after := ask(t, line("one", "showServer", servers+"1", key, `{}`), line("four", "showServer", servers+"4", key, `{}`))
	for id, want := range map[string]string{"one": "large.1", "four": "small.1"} {
		if s := after[id].Result; s == nil || s.Server == nil || s.Server.Flavor == nil || *s.Server.Flavor != want || s.Server.Status == nil || *s.Server.Status != "SHUTOFF" {
			t.Errorf("%s: got %+v, want a server that is SHUTOFF and has %s", id, after[id], want)
		}
	}
	all := strings.Join(w.lines, "\n")
	for _, sent := range []string{"/v2/cloudimages", "/v1/" + project + "/ports", "/v2/" + project + "/cloudvolumes/", "/block_device/", "/v1/" + project + "/jobs/"} {
		if !strings.Contains(all, sent) {
			t.Errorf("nothing was sent to %s; the fringe may have what nobody asks for:\n%s", sent, all)
		}
	}
}

// What is missing is told before anything else, and told apart from a driver that is broken.
func TestMissingProviderIsTold(t *testing.T) {
	var missing *missingError
	if err := run(t.Context(), t.TempDir(), strings.NewReader(""), io.Discard); !errors.As(err, &missing) || !strings.Contains(err.Error(), "suites/clients/terraform/build") {
		t.Errorf("got %v, want that the provider has to be built", err)
	}
}
