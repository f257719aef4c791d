package manifests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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

// desk is where the pipelines work, one after the other. Each has the suite in .cache/suite of it: what the compiler keeps for the next build goes by the path, and so
// the suite is compiled once and not three times.
var desk string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if desk, err = os.MkdirTemp("", "pipelines"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(desk)
		return m.Run()
	}())
}

// cleared gives the desk and the folder in it that the suite goes into, empty.
func cleared(t *testing.T) (folder, cache string) {
	t.Helper()
	if err := os.RemoveAll(desk); err != nil {
		t.Fatal(err)
	}
	cache = filepath.Join(desk, ".cache")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	return desk, cache
}

// source makes a repository in a folder with the suite as it lies here, changes that no commit has included, on a branch main: what a CI system would clone.
func source(t *testing.T, parent string) string {
	t.Helper()
	folder := filepath.Join(parent, "suite")
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

// earlier makes the reports of a run that the pipelines' own run, which is green, is worse than: a promise is in it that theirs has no result for. better makes one of
// a run that theirs is no worse than.
func earlier(t *testing.T, bin string) (worse, better string) {
	t.Helper()
	better, worse = filepath.Join(t.TempDir(), "better"), filepath.Join(t.TempDir(), "worse")
	if code, said := run(exec.CommandContext(t.Context(), filepath.Join(bin, "conformance"), "run", "--quiet", "--format", "json", "--requirement", "RSZ-URI-001", "--reports", better)); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	data, err := os.ReadFile(filepath.Join(better, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(worse, 0o755); err != nil {
		t.Fatal(err)
	}
	vanishes := strings.ReplaceAll(string(data), `"RSZ-URI-001"`, `"RSZ-URI-999"`)
	if err := os.WriteFile(filepath.Join(worse, "results.json"), []byte(vanishes), 0o600); err != nil {
		t.Fatal(err)
	}
	return worse, better
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
	_, cache := cleared(t)
	suite, bin := source(t, cache), program(t)
	worse, better := earlier(t, bin)
	const few = "--requirement RSZ-URI"
	for i, c := range []struct {
		name    string
		inputs  map[string]string
		code    int
		steps   int
		outputs []string
		summary string
	}{
		{"as written", nil, 0, 2, []string{"exit-code=0", "verdict=conforms"}, "## ✅ CONFORMS"},
		{"a server", map[string]string{"inventory": "SERVED", "arguments": "--requirement RSZ-URI --poll 10ms"}, 0, 2, []string{"exit-code=0"}, "CONFORMS"},
		{"a mistake", map[string]string{"profile": "ottc"}, 2, 2, []string{"exit-code=2"}, ""},
		{"a mistake, compared", map[string]string{"profile": "ottc", "compare-with": better}, 2, 2, []string{"exit-code=2"}, ""},
		{"no worse", map[string]string{"arguments": few, "compare-with": better}, 0, 3, []string{"exit-code=0"}, "### ✅ NOT WORSE"},
		{"worse", map[string]string{"arguments": few, "compare-with": worse}, 1, 3, []string{"exit-code=0", "verdict=conforms"}, "### ❌ WORSE"},
		{"nothing to compare with", map[string]string{"arguments": few, "compare-with": "nowhere"}, 0, 3, []string{"exit-code=0"}, "no earlier run is in nowhere"},
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
					value = serve(t, bin)
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
				if s.Run == "" {
					continue
				}
				switch told, _ := os.ReadFile(output); s.If {
				case "":
					if code != 0 {
						continue
					}
				case "${{ !cancelled() && inputs.compare-with != '' && steps.judge.outputs.verdict != '' }}":
					if inputs["compare-with"] == "" || !strings.Contains(string(told), "verdict=") {
						continue
					}
				default:
					t.Fatalf("%s: this test does not know what %q comes to", s.Name, s.If)
				}
				ran++
				if strings.Contains(s.Run, "make -C") && i > 0 {
					continue // it is built: the first case has shown that
				}
				summary := filepath.Join(folder, "summary")
				variables := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": summary}
				for name, value := range s.Env {
					variables[name] = filled(value)
				}
				ended, said := step(t, folder, s.Run, variables, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
				if ended != 0 && ended != c.code {
					t.Fatalf("%s: exit code %d: %s", s.Name, ended, said)
				}
				code = max(code, ended)
			}
			if code != c.code || ran != c.steps {
				t.Errorf("exit code %d after %d steps, want %d after %d", code, ran, c.code, c.steps)
			}
			if told, _ := os.ReadFile(filepath.Join(folder, "summary")); !strings.Contains(string(told), c.summary) {
				t.Errorf("the summary lacks %q:\n%s", c.summary, told)
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
	job := file.Conformance
	folder, _ := cleared(t)
	variables := job.Variables
	variables["SUITE_REPOSITORY"] = "file://" + source(t, t.TempDir())
	delete(variables, "GOPATH") // the caches of whoever runs this test: they are where the job's would be
	delete(variables, "GOCACHE")
	variables["GITLAB_CI"] = "true"
	if code, said := step(t, folder, strings.Join(job.Script, "\n"), variables, "bash", "-eo", "pipefail", "-c"); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	reported(t, filepath.Join(folder, variables["REPORTS"]))
	kept, is := strings.CutPrefix(job.Artifacts.Reports["junit"], "$REPORTS/")
	if _, err := os.Stat(filepath.Join(folder, variables["REPORTS"], kept)); job.Artifacts.When != "always" || !is || err != nil {
		t.Errorf("the reports are not kept in any case: %+v, %v", job.Artifacts, err)
	}
	// The suite is there and built: what follows is the rest of the script.
	judge := slices.IndexFunc(job.Script, func(line string) bool { return strings.Contains(line, "conformance run") })
	worse, better := earlier(t, program(t))
	for _, c := range []struct {
		arguments, earlier string
		code               int
		said               string
	}{
		{"--requirement RSZ-NO-001", "", 2, "RSZ-NO-001"},
		{"--requirement RSZ-URI", better, 0, "NOT WORSE"},
		{"--requirement RSZ-URI", worse, 1, "1 vanished"},
		{"--requirement RSZ-URI", "nowhere", 0, "no earlier run is in nowhere"},
	} {
		if err := os.RemoveAll(filepath.Join(folder, variables["REPORTS"])); err != nil {
			t.Fatal(err)
		}
		variables["ARGUMENTS"], variables["COMPARE_WITH"] = c.arguments, c.earlier
		if code, said := step(t, folder, strings.Join(job.Script[judge:], "\n"), variables, "bash", "-eo", "pipefail", "-c"); code != c.code || !strings.Contains(said, c.said) {
			t.Errorf("%s, compared with %q: exit code %d, want %d and %q: %s", c.arguments, c.earlier, code, c.code, c.said, said)
		}
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
	_, folder := cleared(t)
	kept := filepath.Join(folder, "kept", "earlier")
	variables := map[string]string{"SUITE_REPOSITORY": "file://" + source(t, t.TempDir()), "SUITE_REF": "main", "COMPARE_WITH": kept}
	for name := range variables {
		if !strings.Contains(string(data), name+" = '") && !strings.Contains(string(data), name+` = "${env.WORKSPACE}@tmp/`) {
			t.Errorf("the pipeline does not set %s", name)
		}
	}
	for _, script := range scripts {
		if code, said := step(t, folder, script, variables, "sh", "-xe", "-c"); code != 0 {
			t.Fatalf("%s: exit code %d: %s", script, code, said)
		}
	}
	reported(t, filepath.Join(folder, "reports"))
	if !strings.Contains(string(data), "junit 'reports/junit-jenkins.xml'") {
		t.Error("the pipeline keeps no JUnit")
	} else if _, err := os.Stat(filepath.Join(folder, "reports", "junit-jenkins.xml")); err != nil {
		t.Error(err)
	}
	// What is kept for the next build is what this one made; a build that is worse than what is kept fails, and leaves that as it was.
	reported(t, kept)
	worse, _ := earlier(t, program(t))
	if err := os.RemoveAll(kept); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(worse, kept); err != nil {
		t.Fatal(err)
	}
	if code, said := step(t, folder, scripts[1], variables, "sh", "-xe", "-c"); code != 1 || !strings.Contains(said, "1 vanished") {
		t.Errorf("worse than the build before: exit code %d: %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(kept, "journal.jsonl")); err == nil {
		t.Error("a build that is worse has taken the place of the one before")
	}
}
