package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// patience is how long a process may take for one thing. It is only waited for when something is broken.
const patience = 60 * time.Second

// The binaries that the tests run: the driver, and the conformance binary, which CONFORMANCE_BIN may name.
var driverBinary, conformanceBinary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	scratch, err := os.MkdirTemp("", "driver-test-")
	if err == nil {
		defer os.RemoveAll(scratch)
		driverBinary = filepath.Join(scratch, "driver")
		err = build(".", driverBinary, ".")
	}
	if conformanceBinary = os.Getenv("CONFORMANCE_BIN"); err == nil && conformanceBinary == "" {
		conformanceBinary = filepath.Join(scratch, "conformance")
		err = build(filepath.Join("..", "..", ".."), conformanceBinary, "./cmd/conformance")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func build(in, binary, what string) error {
	command := exec.Command("go", "build", "-C", in, "-o", binary, what)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command, err, out)
	}
	return nil
}

// cloud is what `conformance serve` says about itself.
type cloud struct {
	Endpoint    string
	ProjectID   string `yaml:"project-id"`
	Credentials map[string]string
	Flavors     map[string]string
	Servers     map[string][]struct{ ID string }
}

// serveCloud starts an emulator, which ends with the test.
func serveCloud(t *testing.T) *cloud {
	t.Helper()
	file := filepath.Join(t.TempDir(), "inventory.yaml")
	c := exec.CommandContext(t.Context(), conformanceBinary, "serve", "--listen", "127.0.0.1:0", "--inventory", file)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer watchdog.Stop()
	t.Cleanup(func() {
		_, _ = io.Copy(io.Discard, stdout)
		_ = c.Wait() // the end of the test has ended it
	})
	made := &cloud{}
	// The first line on stdout comes when the server can be reached and the inventory is written.
	_, err = bufio.NewReader(stdout).ReadString('\n')
	var document []byte
	if err == nil {
		document, err = os.ReadFile(file)
	}
	if err == nil {
		err = yaml.Unmarshal(document, made)
	}
	if err != nil || made.Endpoint == "" || len(made.Servers["stopped"]) == 0 {
		t.Fatalf("%s: wanted an inventory with an endpoint and stopped servers, got (error: %v):\n%s\n%s", c, err, document, &stderr)
	}
	return made
}

// answer is what a driver tells.
type answer struct {
	ID     string
	Result *struct {
		JobID   string `json:"job_id"`
		OrderID string `json:"order_id"`
		Job     struct {
			ID, Type, Status string
			ErrorCode        string `json:"error_code"`
			FailReason       string `json:"fail_reason"`
			ServerID         string `json:"server_id"`
		}
		Server  struct{ ID, Name, Status, Flavor string }
		Flavors []struct{ ID string }
	}
	Error *struct {
		Kind, Code, Message string
		Status              int
	}
}

func (a answer) String() string {
	line, _ := json.Marshal(a)
	return string(line)
}

// driver is a driver that runs.
type driver struct {
	t      *testing.T
	stdin  io.WriteCloser
	stdout *bufio.Reader
	end    func()
}

// startDriver runs the driver, with more in its environment, and reads its hello. Its end has to come with that of its input, and with exit code 0.
func startDriver(t *testing.T, environment ...string) *driver {
	t.Helper()
	c := exec.Command(driverBinary)
	c.Env = append(os.Environ(), environment...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	d := &driver{t: t, stdin: in, stdout: bufio.NewReader(out)}
	ended := false
	d.end = func() {
		if ended {
			return
		}
		ended = true
		_ = in.Close()
		rest, _ := io.ReadAll(d.stdout)
		if err := c.Wait(); err != nil || len(rest) > 0 {
			t.Errorf("wanted exit code 0 with the end of the input and no more output, got %v and %q\n%s", err, rest, &stderr)
		}
		watchdog.Stop()
	}
	t.Cleanup(d.end)
	if line, err := d.stdout.ReadString('\n'); err != nil || line != hello+"\n" {
		t.Fatalf("wanted the hello, got %q, %v", line, err)
	}
	return d
}

// ask sends requests at once, and gives what was told to each.
func (d *driver) ask(requests ...object) []answer {
	d.t.Helper()
	for i, r := range requests {
		r["id"] = fmt.Sprint(i)
		if _, ok := r["timeout_ms"]; !ok {
			r["timeout_ms"] = 20000
		}
		line, err := json.Marshal(r)
		if err == nil {
			_, err = d.stdin.Write(append(line, '\n'))
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
	answers := make([]answer, len(requests))
	for range requests {
		line, err := d.stdout.ReadBytes('\n')
		var a answer
		var i int
		if err == nil {
			err = json.Unmarshal(line, &a)
		}
		if err == nil {
			_, err = fmt.Sscan(a.ID, &i)
		}
		if err != nil || answers[i].ID != "" {
			d.t.Fatalf("wanted an answer to each request, got %q, %v", line, err)
		}
		answers[i] = a
	}
	return answers
}
