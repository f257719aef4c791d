package interop

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// patience is how long the process may take to start, to do one thing, or to stop. It is only waited for when something is broken.
const patience = 20 * time.Second

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run moves HOME to a scratch directory, because huaweicloud-sdk-go-v3 writes ~/.huaweicloud/application_id and sends what is in it. The binary is
// built before that: Go's caches are in the real one.
func run(m *testing.M) int {
	scratch, err := os.MkdirTemp("", "interop-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(scratch)
	binary, err := findBinary(scratch)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for name, value := range map[string]string{"CONFORMANCE_BIN": binary, "HOME": scratch} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return m.Run()
}

// findBinary takes the binary that CONFORMANCE_BIN names, or builds one from the repository around this module.
func findBinary(scratch string) (string, error) {
	if named := os.Getenv("CONFORMANCE_BIN"); named != "" {
		if _, err := os.Stat(named); err != nil {
			return "", fmt.Errorf("CONFORMANCE_BIN: wanted the conformance binary: %w; build it with `make build`, or leave the variable empty", err)
		}
		return filepath.Abs(named)
	}
	binary := filepath.Join(scratch, "conformance")
	build := exec.Command("go", "build", "-C", filepath.Join("..", "..", ".."), "-o", binary, "./cmd/conformance")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", build, err, out)
	}
	return binary, nil
}

// cloud is one served emulator with a world of its own.
type cloud struct {
	inventory
	wire *wire
}

// inventory is what `conformance serve` says about itself.
type inventory struct {
	Endpoint    string
	ProjectID   string `yaml:"project-id"`
	Credentials struct {
		AccessKey        string `yaml:"access-key"`
		SecretKey        string `yaml:"secret-key"`
		SecurityToken    string `yaml:"security-token"`
		Token            string
		ExpiredToken     string `yaml:"expired-token"`
		ForeignAccessKey string `yaml:"foreign-access-key"`
		ForeignSecretKey string `yaml:"foreign-secret-key"`
		ForeignToken     string `yaml:"foreign-token"`
	}
	Flavors flavors
	Servers map[string][]struct{ ID string }
}

type flavors struct {
	Target       string
	DedicatedCPU string `yaml:"dedicated-cpu"`
	Failing      string
}

// serve starts an emulator, with further arguments of `conformance serve` if need be, and stops it when the test ends: on SIGTERM it has to exit
// with 0.
func serve(t *testing.T, args ...string) *cloud {
	t.Helper()
	file := filepath.Join(t.TempDir(), "inventory.yaml")
	c := exec.Command(os.Getenv("CONFORMANCE_BIN"), append([]string{"serve", "--listen", "127.0.0.1:0", "--inventory", file}, args...)...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	made := &cloud{wire: newWire()}
	t.Cleanup(func() {
		made.wire.close()
		t.Logf("%d exchanges", made.wire.count())
		watchdog.Reset(patience)
		if err := c.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("%s: SIGTERM: %v", c, err)
		}
		_, _ = io.Copy(io.Discard, stdout)
		if err := c.Wait(); err != nil {
			t.Errorf("%s: wanted exit code 0 after SIGTERM, got: %v\n%s", c, err, &stderr)
		}
		watchdog.Stop()
	})
	// The first line on stdout comes when the server can be reached and the inventory is written.
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("%s: wanted a line on stdout, got %q: %v", c, line, err)
	}
	watchdog.Stop()
	document, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(document, &made.inventory)
	}
	if err != nil || made.Endpoint == "" || made.ProjectID == "" || len(made.Servers["stopped"]) == 0 {
		t.Fatalf("%s: wanted an inventory with an endpoint, a project and stopped servers, got (error: %v):\n%s", c, err, document)
	}
	return made
}

// server gives the id of a server that the inventory lists in the given state.
func (c *cloud) server(t *testing.T, state string) string {
	t.Helper()
	if len(c.Servers[state]) == 0 {
		t.Fatalf("the inventory lists no %s server", state)
	}
	return c.Servers[state][0].ID
}
