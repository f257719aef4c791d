// Package clients_test shows that the drivers of published clients that are no Go programs are in order.
package clients_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/driver"
)

// scripted are the drivers that a script builds and a script starts.
var scripted = []struct {
	dir     string
	checks  int      // at least
	looks   []string // checks whose outcome is the client's own way, as its README says
	without string   // the tool that is said to be missing when there is none
}{
	{"huaweicloud-sdk-nodejs", 34, []string{"nothing listens", "time limit"}, "node"},
	{"huaweicloud-sdk-python", 34, nil, "python3"},
	{"huaweicloud-sdk-java", 34, nil, "java"},
}

func TestScriptedDriversAreInOrder(t *testing.T) {
	t.Parallel()
	for _, s := range scripted {
		t.Run(s.dir, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(filepath.Join(s.dir, ".built", "installed")); err != nil {
				t.Skipf("it is not built; suites/clients/%s/build does so, and needs a package registry", s.dir)
			}
			checks, looks := 0, []string(nil)
			err := driver.Check(t.Context(), s.dir+"/driver", driver.Options{}, func(f driver.Finding) {
				checks++
				switch f.Standing {
				case driver.Breaks:
					t.Errorf("%s: %s", f.Name, f.Detail)
				case driver.Look:
					looks = append(looks, f.Name)
				}
			})
			if err != nil || checks < s.checks || !slices.Equal(looks, s.looks) {
				t.Errorf("wanted %d checks or more, and to look at %q; got %d, %q, %v", s.checks, s.looks, checks, looks, err)
			}
		})
	}
}

// Where a toolchain is missing, the script that builds says which, where to get it, and exits with 3.
func TestScriptedDriversWithoutToolchain(t *testing.T) {
	t.Parallel()
	bare := t.TempDir()
	for _, tool := range []string{"sh", "dirname"} {
		found, err := exec.LookPath(tool)
		if err == nil {
			err = os.Symlink(found, filepath.Join(bare, tool))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range scripted {
		c := exec.CommandContext(t.Context(), filepath.Join(s.dir, "build"))
		c.Env = []string{"PATH=" + bare}
		var stderr bytes.Buffer
		c.Stderr = &stderr
		err := c.Run()
		var exit *exec.ExitError
		if want := s.without + " is missing"; !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(stderr.String(), want) || !strings.Contains(stderr.String(), "https://") {
			t.Errorf("%s/build: wanted exit code 3, %q and where to get it; got %v and %q", s.dir, want, err, stderr.String())
		}
	}
}

// What is installed is the same everywhere: exact versions, with hashes where the tool has them, from wherever the user's packages come.
func TestScriptedDriversArePinned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, each, exact, never string }{
		{"huaweicloud-sdk-nodejs/package-lock.json", `(?m)^    "node_modules/`, `(?m)^      "integrity": "sha512-`, `"resolved"`},
		{"huaweicloud-sdk-python/requirements.txt", `(?m)^\w`, `(?m)^[\w-]+==[\w.]+ \\\n +--hash=sha256:`, `https?:|--index|--find-links`},
		{"huaweicloud-sdk-java/pom.xml", `<dependency>|<plugin>`, `<version>[\d.]*\d\.[\d.]*\d</version>`, `<repositor`},
	} {
		text, err := os.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		count := func(pattern string) int { return len(regexp.MustCompile(pattern).FindAll(text, -1)) }
		if entries, exact := count(c.each), count(c.exact); entries < 5 || entries != exact || count(c.never) != 0 {
			t.Errorf("%s: %d entries, %d of them exact, and %d of what is not to be in it", c.file, entries, exact, count(c.never))
		}
	}
}
