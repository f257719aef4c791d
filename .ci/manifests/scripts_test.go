package manifests

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// program builds the product, or takes the one that CONFORMANCE_BIN names, and gives the folder that it is in, by the name that the scripts call.
func program(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	link := filepath.Join(folder, "conformance")
	if built := os.Getenv("CONFORMANCE_BIN"); built != "" {
		if err := os.Symlink(built, link); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", link, "./cmd/conformance")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the product: %v\n%s", err, out)
	}
	return folder
}

// serve runs the emulator until the test is over and returns its inventory.
func serve(t *testing.T, bin string, more ...string) string {
	t.Helper()
	inventory := filepath.Join(t.TempDir(), "servers.yaml")
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(bin, "conformance"), append([]string{"serve", "--inventory", inventory}, more...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // one that has ended already shows by its exit code
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, inventory) {
		t.Fatalf("serve printed %q, %v", line, err)
	}
	return inventory
}

// pod is a container's command as it would be started in a pod: with nothing of this process's environment but the way to programs.
func pod(t *testing.T, bin string, c *corev1.Container, environment map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	words := append(append(append([]string{}, c.Command...), c.Args...), args...)
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH")}
	for _, v := range c.Env {
		if _, other := environment[v.Name]; !other {
			cmd.Env = append(cmd.Env, v.Name+"="+v.Value)
		}
	}
	for name, value := range environment {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// few is enough of the pack to have something in every shard, of several kinds of server.
func few() []string {
	return []string{"--requirement", "RSZ-STATE,RSZ-URI,RSZ-SPOT,RSZ-DEH", "--poll", "10ms", "--allow-orders"}
}

// run gives a command's exit code, and what it said.
func run(cmd *exec.Cmd) (int, string) {
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return -1, err.Error()
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// All pods of the job at the same time, with the inventory of the secret, and then the pod that merges.
func TestKubernetesRunsAndMergesTheShards(t *testing.T) {
	bin := program(t)
	reports, job := t.TempDir(), jobOf(t, shardsFile)
	inventory := serve(t, bin)
	var all sync.WaitGroup
	for i := range int(*job.Spec.Completions) {
		all.Go(func() {
			code, said := run(pod(t, bin, containerOf(t, job), map[string]string{
				"JOB_COMPLETION_INDEX": strconv.Itoa(i), "CONFORMANCE_INVENTORY": inventory, "REPORTS": reports,
			}, few()...))
			if code != 0 || !strings.Contains(said, fmt.Sprintf("shard %d/%d", i+1, *job.Spec.Completions)) {
				t.Errorf("pod %d: exit code %d, said %s", i, code, said)
			}
		})
	}
	all.Wait()
	merge := containerOf(t, jobOf(t, mergeFile))
	if code, said := run(pod(t, bin, merge, map[string]string{"REPORTS": reports})); code != 0 || !strings.Contains(said, "CONFORMS") {
		t.Errorf("merge: exit code %d, said %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(reports, "merged", "junit.xml")); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(filepath.Join(reports, "shard-2")); err != nil {
		t.Fatal(err)
	}
	if code, said := run(pod(t, bin, merge, map[string]string{"REPORTS": reports})); code == 0 || !strings.Contains(said, "shard 3/4 is missing") {
		t.Errorf("merge without a shard: exit code %d, said %s", code, said)
	}
}

// A pod that cannot say anything about the target does not end as one that has come to a verdict, and one that is told to end gives its servers back.
func TestAPodEndsAsItShould(t *testing.T) {
	bin := program(t)
	job := jobOf(t, shardsFile)
	c, variables := containerOf(t, job), map[string]string{"JOB_COMPLETION_INDEX": "0", "CONFORMANCE_INVENTORY": "/nowhere/servers.yaml", "REPORTS": t.TempDir()}
	if code, said := run(pod(t, bin, c, variables)); code != 2 {
		t.Errorf("without an inventory: exit code %d, want 2; said %s", code, said)
	}
	variables["CONFORMANCE_INVENTORY"] = serve(t, bin, "--job-duration", "300ms")
	cmd := pod(t, bin, c, variables)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	underWay(t, filepath.Join(variables["REPORTS"], "shard-0", "journal.jsonl"))
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is what is looked at
	if code := cmd.ProcessState.ExitCode(); code != 4 || !strings.Contains(said.String(), "nterrupted") {
		t.Errorf("told to end: exit code %d, want 4 and a report; said %s", code, said.String())
	}
}

// underWay returns when a run has given a few results.
func underWay(t *testing.T, journal string) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if data, _ := os.ReadFile(journal); bytes.Count(data, []byte(`"type":"result"`)) >= 3 {
				return
			}
		case <-t.Context().Done():
			t.Fatalf("%s has no results", journal)
		}
	}
}

// plugins writes so many and reads them.
func plugins(t *testing.T, n int) []plugin {
	t.Helper()
	folder := t.TempDir()
	if code, said := run(exec.CommandContext(t.Context(), "../sonobuoy/plugins", strconv.Itoa(n), folder)); code != 0 {
		t.Fatalf("plugins: exit code %d, said %s", code, said)
	}
	all := make([]plugin, n)
	for i := range all {
		file := filepath.Join(folder, fmt.Sprintf("resize-conformance-%d.yaml", i+1))
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		strict(t, file, data, &all[i])
	}
	return all
}

// Each plugin leaves what Sonobuoy's worker looks for; of what the aggregator packs, merge makes the run.
func TestSonobuoyRunsTheShardsAndMergeMakesTheRun(t *testing.T) {
	bin := program(t)
	inventory, retrieved := serve(t, bin), t.TempDir()
	all := plugins(t, 3)
	var running sync.WaitGroup
	for _, p := range all {
		results := t.TempDir()
		running.Go(func() {
			code, said := run(pod(t, bin, &p.Spec, map[string]string{"SONOBUOY_RESULTS_DIR": results, "CONFORMANCE_INVENTORY": inventory}, few()...))
			if code != 0 {
				t.Errorf("%s: exit code %d, said %s", p.Config.PluginName, code, said)
			}
			sent, err := os.ReadFile(filepath.Join(results, "done"))
			if err != nil {
				t.Errorf("%s: %v", p.Config.PluginName, err)
				return
			}
			// Where the aggregator unpacks what it is sent.
			to := filepath.Join(retrieved, "plugins", p.Config.PluginName, "results", "global")
			unpack(t, string(sent), to)
			suites, err := os.ReadFile(filepath.Join(to, p.Config.ResultFiles[0]))
			var parsed struct {
				XMLName xml.Name `xml:"testsuites"`
				Suites  []struct {
					Cases []struct {
						Name string `xml:"name,attr"`
					} `xml:"testcase"`
				} `xml:"testsuite"`
			}
			if err = errors.Join(err, xml.Unmarshal(suites, &parsed)); err != nil || len(parsed.Suites) == 0 || len(parsed.Suites[0].Cases) == 0 {
				t.Errorf("%s: junit.xml: %v, %d suites", p.Config.PluginName, err, len(parsed.Suites))
			}
		})
	}
	running.Wait()
	tarball, reports := filepath.Join(t.TempDir(), "202612311200_sonobuoy.tar.gz"), t.TempDir()
	if code, said := run(exec.CommandContext(t.Context(), "tar", "-czf", tarball, "-C", retrieved, "plugins")); code != 0 {
		t.Fatal(said)
	}
	code, said := run(exec.CommandContext(t.Context(), "../sonobuoy/merge", filepath.Join(bin, "conformance"), tarball, reports))
	if code != 0 || !strings.Contains(said, "CONFORMS") {
		t.Errorf("merge: exit code %d, said %s", code, said)
	}
}

// Also a run that came to nothing says that it is done: else Sonobuoy waits for it until its own time is up.
func TestAPluginIsDoneWhateverHappens(t *testing.T) {
	bin := program(t)
	results := t.TempDir()
	p := plugins(t, 2)[1]
	code, said := run(pod(t, bin, &p.Spec, map[string]string{"SONOBUOY_RESULTS_DIR": results, "CONFORMANCE_INVENTORY": "/nowhere/servers.yaml"}))
	if code != 2 || !strings.Contains(said, "/nowhere/servers.yaml") {
		t.Errorf("exit code %d, said %s; want 2 and what is wrong", code, said)
	}
	sent, err := os.ReadFile(filepath.Join(results, "done"))
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	unpack(t, string(sent), to)
	if told, err := os.ReadFile(filepath.Join(to, "terminal.txt")); err != nil || !strings.Contains(string(told), "/nowhere/servers.yaml") {
		t.Errorf("what Sonobuoy is sent says %q, %v", told, err)
	}
}

// unpack does what the aggregator does with a .tar.gz.
func unpack(t *testing.T, file, to string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Error(err)
		return
	}
	for archive := tar.NewReader(zip); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Error(err)
			return
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) {
			continue
		}
		var data bytes.Buffer
		path := filepath.Join(to, h.Name)
		_, err = io.Copy(&data, archive)
		if err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755)); err == nil {
			err = os.WriteFile(path, data.Bytes(), 0o644)
		}
		if err != nil {
			t.Error(err)
			return
		}
	}
}
