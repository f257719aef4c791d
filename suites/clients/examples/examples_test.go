// Package examples_test shows that the drivers of the documentation are in order.
package examples_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"resize-conformance/harness/driver"
)

func TestExamplesAreInOrder(t *testing.T) {
	t.Parallel()
	built := filepath.Join(t.TempDir(), "example")
	for _, c := range []struct{ tool, command, file string }{
		{"go", "'" + built + "'", "go/main.go"},
		{"python3", "python3 python/driver.py", "python/driver.py"},
		{"node", "node node/driver.js", "node/driver.js"},
	} {
		t.Run(c.tool, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(text, []byte("\n")); n >= 80 {
				t.Errorf("%s has %d lines, want less than 80", c.file, n)
			}
			if _, err := exec.LookPath(c.tool); err != nil {
				t.Skip("there is no " + c.tool + " in PATH to run the example with")
			}
			if c.tool == "go" {
				if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", built, "./go").CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			checks := 0
			err = driver.Check(t.Context(), c.command, driver.Options{}, func(f driver.Finding) {
				checks++
				if f.Standing == driver.Breaks || f.Standing == driver.Look {
					t.Errorf("%s  %s: %s", f.Standing, f.Name, f.Detail)
				}
			})
			if err != nil || checks < 9 {
				t.Errorf("%d checks, %v", checks, err)
			}
		})
	}
}

// The lines that the documentation shows are what the schemas and the reader take.
func TestLinesOfTheDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, s := range driver.Schemas() {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(s.Text))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource("x.json", value); err != nil {
			t.Fatal(err)
		}
		schemas[s.Name] = compiler.MustCompile("x.json")
	}
	lines := regexp.MustCompile("(?m)```json\n *(\\{.*\\})\n").FindAllSubmatch(page, -1)
	if len(lines) != 4 {
		t.Fatalf("%d lines of JSON were found, want 4", len(lines))
	}
	for i, name := range []string{"hello", "request", "response", "response"} {
		line := lines[i][1]
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schemas[name].Validate(value); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	var hello driver.Hello
	if err := json.Unmarshal(lines[0][1], &hello); err != nil || hello.Problems() != nil {
		t.Errorf("hello: %v, %v", err, hello.Problems())
	}
}
