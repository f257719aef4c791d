package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/racedetector"
)

// Whatever is wrong with what the program is given: a clear sentence on stderr, the right exit code, and no screen of flags on top of it.
func TestBadInput(t *testing.T) {
	racedetector.LeaveOut(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := "http://" + closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	good := write(t, "servers.yaml", "servers:\n  stopped:\n    - {id: 616fb98f-46ca-475e-917e-2563e5a8cd19}\nflavors: {target: s3.large.2}\nproject-id: p\n")
	misspelt := write(t, "servers.yaml", "servers:\n  stoped:\n    - {id: a}\n")
	notYAML := write(t, "config.yaml", "server: [\n")
	unknownKey := write(t, "config.yaml", "servre: http://127.0.0.1:1\n")
	notOpenAPI := write(t, "openapi.yaml", "openapi: 3.0.3\ninfo: {title: x}\n")
	badOverlay := write(t, "overlay.yaml", "overlay: 1.0.0\ninfo: {title: x, version: '1'}\nactions:\n  - target: $.paths['/nothing']\n    remove: true\n")
	file := write(t, "file", "")

	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"unknown command", []string{"rnu"}, exitUsage, []string{"rnu"}},
		{"unknown flag", []string{"run", "--sever", "x"}, exitUsage, []string{"--sever"}},
		{"unknown requirement", []string{"run", "--requirement", "RSZ-STATE-01"}, exitUsage, []string{`did you mean "RSZ-STATE-001"?`}},
		{"focus that selects nothing", []string{"run", "--focus", "zzz"}, exitUsage, []string{"selects no scenario"}},
		{"label filter that is none", []string{"run", "--label", "&&"}, exitUsage, []string{"no label filter"}},
		{"shard out of range", []string{"run", "--shard", "3/2"}, exitUsage, []string{"3/2"}},
		{"unknown profile", []string{"run", "--profile", "ottc"}, exitUsage, []string{`did you mean "otc"?`}},
		{"overlay that matches nothing", []string{"run", "--profile", badOverlay}, exitUsage, []string{"overlay.yaml", "/nothing"}},
		{"contract that is missing", []string{"run", "--spec", "nowhere.yaml"}, exitUsage, []string{"nowhere.yaml"}},
		{"contract that is none", []string{"run", "--spec", notOpenAPI}, exitUsage, []string{"openapi.yaml"}},
		{"config that is missing", []string{"run", "--config", "nowhere.yaml"}, exitUsage, []string{"nowhere.yaml"}},
		{"config that is no YAML", []string{"run", "--config", notYAML}, exitUsage, []string{"config.yaml"}},
		{"config with an unknown key", []string{"run", "--config", unknownKey}, exitUsage, []string{"config.yaml:1", `did you mean "server"?`}},
		{"URL without inventory", []string{"run", "--server", "http://127.0.0.1:1"}, exitUsage, []string{"inventory"}},
		{"inventory that is missing", []string{"run", "--server", "http://127.0.0.1:1", "--inventory", "nowhere.yaml"}, exitUsage, []string{"nowhere.yaml"}},
		{"inventory with an unknown state", []string{"run", "--server", "http://127.0.0.1:1", "--inventory", misspelt}, exitUsage, []string{`did you mean "stopped"?`}},
		{"capability that is unknown", []string{"run", "--server", refused, "--inventory", good, "--token", "t", "--capabilities", "v11"}, exitUsage, []string{`did you mean "v1"?`}},
		{"server that refuses", []string{"run", "--server", refused, "--inventory", good, "--token", "t"}, exitUnreachable, []string{"refused"}},
		{"reports that are a file", []string{"run", "--reports", file}, exitHarness, []string{file}},
		{"JUnit dialect that is unknown", []string{"run", "--junit-dialect", "xds"}, exitUsage, []string{`did you mean "xsd"?`}},
		{"a format that is unknown", []string{"run", "--format", "json,sarf"}, exitUsage, []string{"--format", `did you mean "sarif"?`}},
		{"a format that is unknown, later", []string{"report", "--from", good, "--format", "hra"}, exitUsage, []string{"servers.yaml"}},
		{"a schema that there is not", []string{"schema", "jornal"}, exitUsage, []string{`did you mean "journal"?`}},
		{"no schema", []string{"schema"}, exitUsage, []string{"journal and results"}},
		{"list of an unknown requirement", []string{"list", "--requirement", "RSZ-JOBS"}, exitUsage, []string{`did you mean "RSZ-JOB"?`}},
		{"cases of an unknown operation", []string{"cases", "--operation", "showJobs"}, exitUsage, []string{`did you mean "showJob"?`}},
		{"cases of a requirement that has none", []string{"cases", "--requirement", "RSZ-STATE-001"}, exitUsage, []string{"no cases"}},
		{"a case that there is not", []string{"run", "--requirement", "RSZ-BODY-012/enum/hw:cpu_threads/outside/4"}, exitUsage, []string{`did you mean "RSZ-BODY-012/enum/hw:cpu_threads/outside/`}},
		{"report without a journal", []string{"report", "--from", "nowhere.jsonl"}, exitUsage, []string{"nowhere.jsonl"}},
		{"report of what is no journal", []string{"report", "--from", good}, exitUsage, []string{"servers.yaml"}},
		{"merge of nothing", []string{"merge"}, exitUsage, []string{"arg"}},
		{"diff of one run", []string{"diff", "old"}, exitUsage, []string{"wanted OLD NEW", "got old", "conformance diff --help"}},
		{"diff of what is not there", []string{"diff", "nowhere", "nowhere"}, exitUsage, []string{"nowhere", "journal.jsonl", "--reports"}},
		{"explain nothing", []string{"explain"}, exitUsage, []string{"wanted REQUIREMENT", "got no argument"}},
		{"selftest of a client's defect that there is not", []string{"selftest", "--only", "job-id-without-dashs"}, exitUsage, []string{`did you mean "job-id-without-dashes"?`}},
		{"selftest of a client's variant that there is not", []string{"selftest", "--only", "keys-by-alphabeth"}, exitUsage, []string{`did you mean "keys-by-alphabet"?`}},
		{"selftest of a side that there is not", []string{"selftest", "--side", "cleint"}, exitUsage, []string{`did you mean "client"?`}},
		{"selftest of the other side's defect", []string{"selftest", "--side", "server", "--only", "job-id-without-dashes"}, exitUsage, []string{"one of a client"}},
		{"list of a side that there is not", []string{"selftest", "--list", "--side", "both"}, exitUsage, []string{"server or client"}},
		{"serve with an unknown profile", []string{"serve", "--profile", "itnl"}, exitUsage, []string{`did you mean "intl"?`}},
		{"serve with a state that is missing", []string{"serve", "--state", "nowhere.yaml"}, exitUsage, []string{"nowhere.yaml"}},
		{"serve with a state that has an unknown key", []string{"serve", "--state", unknownKey}, exitUsage, []string{"config.yaml:1"}},
		{"serve with an unknown kind of credentials", []string{"serve", "--auth", "tokn"}, exitUsage, []string{`did you mean "token"?`}},
		{"serve with an unknown envelope", []string{"serve", "--envelope", "nestd"}, exitUsage, []string{`did you mean "nested"?`}},
		{"serve with an unknown level of flow control", []string{"serve", "--flow-limit", "1", "--flow-level", "gatway"}, exitUsage, []string{`did you mean "gateway"?`}},
		{"serve with a level of flow control but no limit", []string{"serve", "--flow-level", "service"}, exitUsage, []string{"--flow-level", "--flow-limit"}},
		{"serve with a negative limit", []string{"serve", "--flow-limit", "-1"}, exitUsage, []string{"-1"}},
		{"serve with a window that is none", []string{"serve", "--flow-limit", "1", "--flow-per", "0s"}, exitUsage, []string{"--flow-per", "0s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := c.args
			if args[0] == "run" && !strings.Contains(strings.Join(args, " "), "--reports") {
				args = append(args, "--reports", t.TempDir())
			}
			got := call(t, args...)
			if got.code != c.code {
				t.Errorf("exit code %d, want %d\n%s%s", got.code, c.code, got.stdout, got.stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("stderr lacks %q:\n%s", want, got.stderr)
				}
			}
			if strings.Count(got.stderr, "\n") > 12 {
				t.Errorf("more than a dozen lines hide what is wrong:\n%s", got.stderr)
			}
		})
	}
}

// A report that cannot be written is never exit code 0, however green the run.
func TestReportThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	// A directory of the report's name stands in its way, for root as well.
	if err := os.MkdirAll(filepath.Join(dir, "junit.xml", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	got := call(t, "run", "--requirement", "RSZ-URI-001", "--reports", dir)
	if got.code != exitHarness || !strings.Contains(got.stderr, "junit.xml") {
		t.Errorf("exit code %d, stderr %q; want 4 and the name of the report", got.code, got.stderr)
	}
}

func TestHelpTeaches(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"conformance run", "conformance serve", "Exit codes: 0 conforms"}},
		{[]string{"run", "--help"}, []string{"--server", "CONFORMANCE_SERVER", "--inventory", "costs money", "Examples:"}},
		{[]string{"serve", "--help"}, []string{"--inventory", "--job-duration", "Examples:"}},
		{[]string{"list", "--help"}, []string{"--json", "--untested"}},
		{[]string{"cases", "--help"}, []string{"--json", "--operation", "sanity", "Examples:"}},
		{[]string{"report", "--help"}, []string{"killed", "--from"}},
		{[]string{"merge", "--help"}, []string{"--shard i/n"}},
		{[]string{"completion", "bash"}, []string{"complete"}},
	} {
		got := call(t, c.args...)
		if got.code != 0 {
			t.Errorf("%v: exit code %d: %s", c.args, got.code, got.stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(got.stdout, want) {
				t.Errorf("%v: the help lacks %q:\n%s", c.args, want, got.stdout)
			}
		}
	}
}

// What runs one scenario again chooses nothing else, and carries no secret.
func TestCommandToRunAgain(t *testing.T) {
	args := []string{"conformance", "run", "--server=http://127.0.0.1:1", "--token", "s3cret", "--secret-key=s3cret", "--requirement", "RSZ-URI", "--shard=1/2", "--label", "a || b", "--reports", "my reports"}
	all := commandLine(newRun(), args, secretFlag)
	if want := "conformance run --server=http://127.0.0.1:1 --requirement RSZ-URI --shard=1/2 --label 'a || b' --reports 'my reports'"; all != want {
		t.Errorf("the command is told as\n%s\nwant\n%s", all, want)
	}
	narrowed := commandLine(newRun(), args, func(flag string) bool { return secretFlag(flag) || selecting(flag) })
	if want := "conformance run --server=http://127.0.0.1:1 --reports 'my reports'"; narrowed != want {
		t.Errorf("without what selects:\n%s\nwant\n%s", narrowed, want)
	}
}

// What cannot begin takes nothing from an earlier run's reports.
func TestBadInputLosesNoEarlierRun(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	said(t, "a run", call(t, "run", "--requirement", "RSZ-URI-001", "--reports", dir), exitConforms)
	kept := func() map[string]string {
		all := map[string]string{}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			all[e.Name()] = string(data)
		}
		return all
	}
	before := kept()
	wrong := write(t, "wrong.yaml", "version: 1\naccepted: 7\n")
	for _, args := range [][]string{
		{"run", "--spec", "no-such-file.yaml"}, {"run", "--inventory", "no-such-file.yaml"}, {"run", "--requirement", "RSZ-NO-001"}, {"run", "--baseline", wrong},
		{"check", "--baseline", wrong, mitmproxyHAR}, {"check", "--spec", "no-such-file.yaml", mitmproxyHAR}, {"proxy", "--upstream", "not a URL"},
	} {
		if got := call(t, append(args, "--reports", dir)...); got.code != exitUsage {
			t.Errorf("%q: exit code %d, want %d\n%s", args, got.code, exitUsage, got.stderr)
		}
		if diff := cmp.Diff(before, kept()); diff != "" {
			t.Errorf("%q: what an earlier run had left is changed: %.400s", args, diff)
		}
	}
	// Where there was none, none is left.
	empty := t.TempDir()
	call(t, "run", "--baseline", wrong, "--reports", empty)
	if _, err := os.Stat(filepath.Join(empty, "journal.jsonl")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a run that was not begun leaves a journal: %v", err)
	}
}
