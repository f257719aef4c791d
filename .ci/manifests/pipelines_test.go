package manifests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// The examples for CI systems, as they lie there.
const (
	githubAction   = "../github/action.yml"
	gitlabTemplate = "../gitlab/conformance.yml"
	jenkinsfile    = "../jenkins/Jenkinsfile"
)

// published looks at a file by the schema that its CI system publishes, where a program is there that has it (PyPI: check-jsonschema).
func published(t *testing.T, schema, file string, more ...string) {
	t.Helper()
	program, err := exec.LookPath("check-jsonschema")
	if err != nil {
		t.Skip("check-jsonschema is not here (pip install check-jsonschema): the published schema was not asked")
	}
	if code, said := run(exec.CommandContext(t.Context(), program, append(more, "--builtin-schema", schema, file)...)); code != 0 {
		t.Errorf("%s: %s", file, said)
	}
}

func TestPipelinesKeepThePublishedSchemas(t *testing.T) {
	t.Run("GitHub", func(t *testing.T) { published(t, "vendor.github-actions", githubAction) })
	t.Run("GitLab", func(t *testing.T) { published(t, "vendor.gitlab-ci", gitlabTemplate, "--data-transform", "gitlab-ci") })
}

// source is a repository with the suite as it lies here, changes that no commit has included, on a branch main: what a CI system would clone.
func source(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "suite")
	for _, words := range [][]string{
		{"sh", "-c", `mkdir "$1" && cd ../.. && git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh | tar --null -T - -cf - | tar -xf - -C "$1"`, "sh", folder},
		{"git", "-C", folder, "init", "--quiet", "--initial-branch", "main"},
		{"git", "-C", folder, "add", "--all"},
		{"git", "-C", folder, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", "as it is"},
	} {
		if code, said := run(exec.CommandContext(t.Context(), words[0], words[1:]...)); code != 0 {
			t.Fatalf("%q: exit code %d: %s", words, code, said)
		}
	}
	return folder
}

// step is what a CI system does with a shell step: in a folder, with variables, by its own shell, beginning with those options that it has set.
func step(t *testing.T, folder, script string, variables map[string]string, shell ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), shell[0], append(shell[1:], script)...)
	cmd.Dir = folder
	cmd.Env = os.Environ()
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return run(cmd)
}

// reported looks whether what the pipeline keeps is there.
func reported(t *testing.T, folder string) {
	t.Helper()
	for _, name := range []string{"junit.xml", "results.json", "report.html", "journal.jsonl"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
}

// action is as much of an action as its steps are run by.
type action struct {
	Inputs map[string]struct {
		Default string `json:"default"`
	} `json:"inputs"`
	Runs struct {
		Steps []struct {
			Name, ID, If, Shell, Run, Uses string
			Env, With                      map[string]string
		} `json:"steps"`
	} `json:"runs"`
}

// Its steps build the suite and judge, with the inputs that are given and the defaults of the others, and say what came out.
func TestGitHubAction(t *testing.T) {
	data, err := os.ReadFile(githubAction)
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	suite := source(t)
	for _, c := range []struct {
		name    string
		inputs  map[string]string
		code    int
		outputs []string
	}{
		{"as written", nil, 0, []string{"exit-code=0", "verdict=conforms"}},
		{"a server", map[string]string{"inventory": "SERVED", "arguments": "--requirement RSZ-URI --poll 10ms"}, 0, []string{"exit-code=0"}},
		{"a mistake", map[string]string{"profile": "ottc"}, 2, []string{"exit-code=2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			output := filepath.Join(folder, "output")
			inputs := map[string]string{}
			for name, input := range a.Inputs {
				inputs[name] = input.Default
			}
			for name, value := range c.inputs {
				if value == "SERVED" {
					value = serve(t, program(t))
				}
				inputs[name] = value
			}
			expression := regexp.MustCompile(`\$\{\{ (.*?) \}\}`)
			filled := func(text string) string {
				return expression.ReplaceAllStringFunc(text, func(e string) string {
					name := expression.FindStringSubmatch(e)[1]
					if name == "github.action_path" {
						return filepath.Join(suite, ".ci", "github")
					}
					value, known := inputs[strings.TrimPrefix(name, "inputs.")]
					if !known {
						t.Errorf("nothing is known of %s", name)
					}
					return value
				})
			}
			code, ran := 0, 0
			for _, s := range a.Runs.Steps {
				if s.Run == "" || code != 0 {
					continue
				}
				ran++
				variables := map[string]string{"GITHUB_OUTPUT": output}
				for name, value := range s.Env {
					variables[name] = filled(value)
				}
				var said string
				if code, said = step(t, folder, s.Run, variables, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"); code != 0 && code != c.code {
					t.Fatalf("%s: exit code %d: %s", s.Name, code, said)
				}
			}
			if code != c.code || ran != 2 {
				t.Errorf("exit code %d after %d steps, want %d after 2", code, ran, c.code)
			}
			told, _ := os.ReadFile(output)
			for _, want := range c.outputs {
				if !strings.Contains(string(told), want+"\n") {
					t.Errorf("outputs are %q, want %q among them", told, want)
				}
			}
			if c.code == 0 {
				reported(t, filepath.Join(folder, "reports"))
			}
		})
	}
	for _, s := range a.Runs.Steps {
		if strings.HasPrefix(s.Uses, "actions/upload-artifact") && (s.If != "always()" || s.With["path"] != "${{ inputs.reports }}/") {
			t.Errorf("the reports are not kept in any case: %+v", s)
		}
		if s.Run != "" && strings.Contains(s.Run, "${{") {
			t.Errorf("%s: what an input holds would be run as a script", s.Name)
		}
	}
}

// The script of the job, line by line, in one shell as GitLab's runner does.
func TestGitLabTemplate(t *testing.T) {
	data, err := os.ReadFile(gitlabTemplate)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Conformance struct {
			Variables map[string]string `json:"variables"`
			Script    []string          `json:"script"`
			Artifacts struct {
				When    string            `json:"when"`
				Paths   []string          `json:"paths"`
				Reports map[string]string `json:"reports"`
			} `json:"artifacts"`
		} `json:"conformance"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	job, folder := file.Conformance, t.TempDir()
	variables := job.Variables
	variables["SUITE_REPOSITORY"] = "file://" + source(t)
	delete(variables, "GOPATH") // the caches of whoever runs this test: they are where the job's would be
	delete(variables, "GOCACHE")
	if code, said := step(t, folder, strings.Join(job.Script, "\n"), variables, "bash", "-eo", "pipefail", "-c"); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	reported(t, filepath.Join(folder, variables["REPORTS"]))
	if job.Artifacts.When != "always" || job.Artifacts.Reports["junit"] != "$REPORTS/junit.xml" {
		t.Errorf("the reports are not kept in any case: %+v", job.Artifacts)
	}
	variables["ARGUMENTS"] = "--requirement RSZ-NO-001"
	if code, said := step(t, folder, job.Script[len(job.Script)-1], variables, "bash", "-eo", "pipefail", "-c"); code != 2 {
		t.Errorf("a requirement that there is not: exit code %d: %s", code, said)
	}
}

// The shell steps of the pipeline, one after the other, as the agent does.
func TestJenkinsfile(t *testing.T) {
	data, err := os.ReadFile(jenkinsfile)
	if err != nil {
		t.Fatal(err)
	}
	var scripts []string
	for _, m := range regexp.MustCompile(`(?s)\bsh '''(.*?)'''|\bsh '([^'\n]*)'`).FindAllStringSubmatch(string(data), -1) {
		scripts = append(scripts, m[1]+m[2])
	}
	if len(scripts) != 2 {
		t.Fatalf("%d shell steps were found, want 2", len(scripts))
	}
	folder := t.TempDir()
	variables := map[string]string{"SUITE_REPOSITORY": "file://" + source(t), "SUITE_REF": "main"}
	for name := range variables {
		if !strings.Contains(string(data), name+" = '") {
			t.Errorf("the pipeline does not set %s", name)
		}
	}
	for _, script := range scripts {
		if code, said := step(t, folder, script, variables, "sh", "-xe", "-c"); code != 0 {
			t.Fatalf("%s: exit code %d: %s", script, code, said)
		}
	}
	reported(t, filepath.Join(folder, "reports"))
}
