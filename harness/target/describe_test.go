package target_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
)

func writeTo(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Every setting has a comment that gives its default, and, for a duration, how it is written.
func TestSettingsAreDocumented(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]target.Field{}
	for _, f := range target.Describe() {
		fields[f.Name] = f
	}
	seen := 0
	ast.Inspect(file, func(n ast.Node) bool {
		f, ok := n.(*ast.Field)
		if !ok || f.Tag == nil {
			return true
		}
		seen++
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
		field, comment := fields[tag.Get("name")], strings.Join(strings.Fields(f.Doc.Text()), " ")
		_, rest, found := strings.Cut(comment, "Default: ")
		want := field.Default
		if want == "" {
			want = "none"
		}
		if !found || !strings.HasPrefix(rest, want) || !strings.HasPrefix(comment, f.Names[0].Name+" ") {
			t.Errorf("%s: the comment must begin with its name and say \"Default: %s\" and why; it is %q", field.Name, want, comment)
		}
		if field.Embedded != "" && !strings.Contains(rest, "and "+field.Embedded+" embedded") {
			t.Errorf("%s: the comment must say \"and %s embedded\"", field.Name, field.Embedded)
		}
		if field.Kind == target.KindDuration && !strings.Contains(comment, "(Go duration)") {
			t.Errorf("%s: the comment must say how it is written", field.Name)
		}
		if field.Help == "" || field.Group == "" {
			t.Errorf("%s: no help or no group", field.Name)
		}
		return true
	})
	if seen != len(fields) {
		t.Errorf("%d fields have tags, %d are described", seen, len(fields))
	}
}

// The defaults for timeouts are those of the client, which says where they come from.
func TestTimeoutsAreThoseOfTheClient(t *testing.T) {
	url, embedded := ecs.DefaultTimeouts(), ecs.EmbeddedTimeouts()
	wants := map[string][2]time.Duration{
		"request-timeout": {url.Request, embedded.Request}, "job-timeout": {url.Job, embedded.Job},
		"power-timeout": {url.Power, embedded.Power}, "create-timeout": {url.Create, embedded.Create}, "poll": {url.Poll, embedded.Poll},
	}
	for _, f := range target.Describe() {
		if want, ok := wants[f.Name]; ok {
			for i, text := range []string{f.Default, f.Embedded} {
				if d, err := time.ParseDuration(text); err != nil || d != want[i] {
					t.Errorf("%s: default %s, the client's is %v", f.Name, text, want[i])
				}
			}
			delete(wants, f.Name)
		}
	}
	if len(wants) > 0 {
		t.Errorf("no settings for %v", wants)
	}
}

func TestHelpAndTableHaveEverySetting(t *testing.T) {
	usage, table := flags(t).FlagUsages(), target.Markdown()
	for _, f := range target.Describe() {
		if !strings.Contains(usage, "--"+f.Name+" ") || !strings.Contains(usage, "$"+f.Env) {
			t.Errorf("%s is not in the help", f.Name)
		}
		if !strings.Contains(table, "| `--"+f.Name+"` | `"+f.Env+"`") {
			t.Errorf("%s is not in the table", f.Name)
		}
		if f.Secret && !strings.Contains(f.Usage(), "everybody on this machine can see a flag") {
			t.Errorf("%s is a secret, and the help does not warn", f.Name)
		}
	}
	if !strings.Contains(table, target.Precedence) {
		t.Error("the table does not state the precedence")
	}
}

// An inventory may carry what the configuration has settings for, and nothing else.
func TestCredentialsOfAnInventoryAreSettings(t *testing.T) {
	names := map[string]bool{}
	for _, f := range target.Describe() {
		names[f.Name] = true
	}
	for _, name := range fixture.CredentialName("").KnownNames() {
		if !names[name] {
			t.Errorf("an inventory may carry %q, which is no setting", name)
		}
	}
}

func TestCapabilitiesAreNamedOnceAndExplained(t *testing.T) {
	seen := map[target.Capability]bool{}
	for _, c := range target.Capabilities() {
		if seen[c.Name] || c.What == "" {
			t.Errorf("%s: twice, or not explained", c.Name)
		}
		seen[c.Name] = true
	}
}
