package target_test

import (
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"resize-conformance/harness/target"
)

func flags(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	fs := pflag.NewFlagSet("run", pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	target.Bind(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return fs
}

func environment(pairs ...string) func(string) (string, bool) {
	env := map[string]string{}
	for _, p := range pairs {
		name, text, _ := strings.Cut(p, "=")
		env[name] = text
	}
	return func(name string) (string, bool) { text, set := env[name]; return text, set }
}

func TestNothingSetIsTheEmbeddedEmulator(t *testing.T) {
	c, err := target.Resolve(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Embedded() || c.Profile != "intl" || c.JobDuration <= 0 || c.RequestTimeout != 10*time.Second || c.Inventory() != nil {
		t.Errorf("got %+v", c)
	}
}

// A setting is given in every way at once; the ways are taken away one by one, the first of the order first.
func TestPrecedence(t *testing.T) {
	const server = "server: http://127.0.0.1:9\n"
	inventory := write(t, "i.yaml", "job-timeout: 4m\n"+minimal)
	file := write(t, "c.yaml", server+"job-timeout: 3m\n")
	fileWithout := write(t, "c2.yaml", server)
	inventoryWithout := write(t, "i2.yaml", minimal)
	for _, tt := range []struct {
		name string
		args []string
		env  string
		want time.Duration
	}{
		{"flag", []string{"--job-timeout=1m", "--config", file, "--inventory", inventory}, "CONFORMANCE_JOB_TIMEOUT=2m", time.Minute},
		{"variable", []string{"--config", file, "--inventory", inventory}, "CONFORMANCE_JOB_TIMEOUT=2m", 2 * time.Minute},
		{"file", []string{"--config", file, "--inventory", inventory}, "CONFORMANCE_JOB_TIMEOUT=", 3 * time.Minute},
		{"inventory", []string{"--config", fileWithout, "--inventory", inventory}, "", 4 * time.Minute},
		{"default", []string{"--config", fileWithout, "--inventory", inventoryWithout}, "", 10 * time.Minute},
	} {
		c, err := target.Resolve(flags(t, tt.args...), environment(tt.env))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if c.JobTimeout != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, c.JobTimeout, tt.want)
		}
	}
}

func TestEverySettingCanBeGivenInEveryWay(t *testing.T) {
	sample := map[target.Kind]string{target.KindText: "x", target.KindPath: "/x", target.KindSwitch: "true", target.KindDuration: "7s", target.KindList: "v1,mode"}
	for _, f := range target.Describe() {
		if slices.Contains([]string{"config", "inventory", "server"}, f.Name) {
			continue // the other tests cannot do without these
		}
		text := sample[f.Kind]
		if f.Name == "request-timeouts" {
			text = "showJob=7s,createServers=1m"
		}
		ways := map[string]func() (target.Config, error){
			"flag":     func() (target.Config, error) { return target.Resolve(flags(t, "--"+f.Name+"="+text), nil) },
			"variable": func() (target.Config, error) { return target.Resolve(nil, environment(f.Env+"="+text)) },
			"file": func() (target.Config, error) {
				return target.Resolve(flags(t, "--config", write(t, "c.yaml", f.Name+": "+text)), nil)
			},
		}
		for way, get := range ways {
			c, err := get()
			if f.Only == "url" { // it was read, and is refused because there is no URL
				if err == nil || !strings.Contains(err.Error(), f.Name) || !strings.Contains(err.Error(), "is for a server URL") {
					t.Errorf("%s by %s: got %v", f.Name, way, err)
				}
			} else if f.Only == "client" { // likewise without a client
				if err == nil || !strings.Contains(err.Error(), f.Name) || !strings.Contains(err.Error(), "is for a client under test") {
					t.Errorf("%s by %s: got %v", f.Name, way, err)
				}
			} else if err != nil || c.Settings()[f.Name] != text {
				t.Errorf("%s by %s: got %q, %v, want %q", f.Name, way, c.Settings()[f.Name], err, text)
			}
		}
	}
}

func TestTheVariablesOfOtherTools(t *testing.T) {
	inventory := write(t, "i.yaml", "endpoint: http://127.0.0.1:9\n"+minimal)
	others := []string{"HUAWEICLOUD_SDK_AK=ak", "HUAWEICLOUD_SDK_SK=sk", "OS_AUTH_TOKEN=tk"}
	c, err := target.Resolve(flags(t, "--inventory", inventory), environment(others...))
	if err != nil || c.AccessKey != "ak" || c.SecretKey != "sk" || c.Token != "tk" {
		t.Errorf("no other credentials: got %q %q %q, %v", c.AccessKey, c.SecretKey, c.Token, err)
	}
	c, err = target.Resolve(flags(t, "--inventory", inventory, "--token", "mine"), environment(others...))
	if err != nil || c.AccessKey != "" || c.Token != "mine" {
		t.Errorf("a token is given: got %q %q, %v", c.AccessKey, c.Token, err)
	}
	c, err = target.Resolve(nil, environment(others...))
	if err != nil || c.AccessKey != "" || c.Token != "" {
		t.Errorf("embedded: got %q %q, %v", c.AccessKey, c.Token, err)
	}
	if _, err = target.Resolve(flags(t, "--inventory", inventory), environment(others[0])); err == nil || !strings.Contains(err.Error(), "access-key ($HUAWEICLOUD_SDK_AK) is given without secret-key") {
		t.Errorf("half a pair: got %v", err)
	}
}

func TestPathsInTheFileAreRelativeToIt(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	folder := filepath.Dir(inventory)
	file := filepath.Join(folder, "c.yaml")
	writeTo(t, file, "server: https://127.0.0.1:9\ninventory: i.yaml\nca-file: ca.pem\nprofile: ./own.yaml\nclient-cert: /abs.pem\nclient-key: /abs.key\ncapabilities: [v1, mode]\n")
	c, err := target.Resolve(flags(t, "--config", file), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.InventoryFile != inventory || c.CAFile != filepath.Join(folder, "ca.pem") || c.Profile != "./own.yaml" && c.Profile != filepath.Join(folder, "own.yaml") || c.ClientCert != "/abs.pem" {
		t.Errorf("got %+v", c)
	}
	if !slices.Equal(c.Capabilities, []string{"v1", "mode"}) {
		t.Errorf("capabilities %q", c.Capabilities)
	}
}

func TestListsAddUpOnTheCommandLine(t *testing.T) {
	inventory := write(t, "i.yaml", "endpoint: http://127.0.0.1:9\n"+minimal)
	c := resolve(t, "--inventory", inventory, "--capabilities", "v1, mode", "--capabilities", "spot")
	if !slices.Equal(c.Capabilities, []string{"v1", "mode", "spot"}) {
		t.Errorf("got %q", c.Capabilities)
	}
}

func TestFlagsRefuseWhatCannotBeRead(t *testing.T) {
	for arg, want := range map[string]string{
		"--job-timeout=5":    `wanted a duration with its unit such as 300ms, 90s or 10m, got "5"`,
		"--job-timeout=0s":   "wanted a duration above zero",
		"--latency=-1s":      "wanted a duration above zero",
		"--insecure=perhaps": `wanted true or false, got "perhaps"`,
	} {
		fs := pflag.NewFlagSet("run", pflag.ContinueOnError)
		fs.SetOutput(io.Discard)
		target.Bind(fs)
		if err := fs.Parse([]string{arg}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", arg, err, want)
		}
	}
}

func TestResolveTellsWhatIsWrong(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	url := []string{"--server", "http://127.0.0.1:9", "--inventory", inventory}
	secure := []string{"--server", "https://127.0.0.1:9", "--inventory", inventory}
	with := func(base []string, more ...string) []string { return append(slices.Clone(base), more...) }
	file := func(text string) []string { return []string{"--config", write(t, "c.yaml", text)} }
	tests := map[string]struct {
		args []string
		want string
	}{
		"config missing":         {[]string{"--config", "nowhere.yaml"}, "configuration file (--config): open nowhere.yaml"},
		"config is a folder":     {[]string{"--config", t.TempDir()}, "configuration file (--config): read "},
		"config no YAML":         {file("a: ["), "c.yaml:1: neither YAML nor JSON"},
		"config unknown key":     {file("\nserevr: x"), `c.yaml:2: unknown key "serevr"; did you mean "server"?`},
		"config names itself":    {file("config: x"), `c.yaml:1: unknown key "config"`},
		"config key twice":       {file("token: a\ntoken: b"), `c.yaml:2: key "token" stands here a second time`},
		"config list for one":    {file("server: [a]"), "c.yaml:1: server: wanted one value, got a list"},
		"config bad value":       {file("poll: 3"), `c.yaml:1: poll: wanted a duration`},
		"config null":            {file("server:"), "c.yaml:1: server: wanted text, got nothing"},
		"inventory missing":      {[]string{"--inventory", "nowhere.yaml"}, "inventory: open nowhere.yaml"},
		"inventory bad":          {[]string{"--inventory", write(t, "bad.yaml", "servers: {stoped: []}")}, `bad.yaml:1: unknown key "stoped"; did you mean "stopped"?`},
		"inventory without URL":  {[]string{"--inventory", inventory}, "inventory (--inventory) is for a server URL, but the server is the embedded emulator; give --server"},
		"URL without inventory":  {[]string{"--server", "http://127.0.0.1:9"}, "a server URL needs an inventory"},
		"URL without project":    {[]string{"--server", "http://h", "--inventory", write(t, "i3.yaml", strings.TrimPrefix(minimal, "project-id: p\n"))}, "give --project-id"},
		"other project":          {with(url, "--project-id", "q"), `project-id is "q" (--project-id), but the servers of `},
		"no URL":                 {[]string{"--server", "127.0.0.1:9", "--inventory", inventory}, "server (--server): "},
		"other scheme":           {[]string{"--server", "ftp://h", "--inventory", inventory}, `wanted a URL such as http://127.0.0.1:9000, got "ftp://h"`},
		"user in the URL":        {[]string{"--server", "http://u:sesame@h", "--inventory", inventory}, "a URL with a user in it"},
		"query in the URL":       {[]string{"--server", "http://h?x=1", "--inventory", inventory}, "a base URL has no query"},
		"URL only":               {[]string{"--token", "x"}, "token (--token) is for a server URL"},
		"embedded only":          {with(url, "--latency", "1ms"), "latency (--latency) is for the embedded emulator, but the server is http://127.0.0.1:9"},
		"key alone":              {with(url, "--access-key", "x"), "access-key (--access-key) is given without secret-key; give --secret-key, too"},
		"secret alone":           {with(url, "--secret-key", "x"), "secret-key (--secret-key) is given without access-key; give --access-key, too"},
		"security token alone":   {with(url, "--security-token", "x"), "security-token (--security-token) belongs to a temporary access key"},
		"certificate alone":      {with(secure, "--client-cert", "x"), "client-cert (--client-cert) is given without client-key"},
		"TLS without TLS":        {with(url, "--insecure"), "insecure (--insecure) is about TLS, but the server's URL is http://127.0.0.1:9"},
		"insecure and authority": {with(secure, "--insecure", "--ca-file", "x"), "insecure (--insecure) accepts any certificate, so that ca-file (--ca-file) means nothing"},
		"foreign id alone":       {with(url, "--foreign-project-id", "f"), "foreign-project-id (--foreign-project-id) is given, but no credentials of that project"},
		"foreign token alone":    {with(url, "--foreign-token", "x"), "but not its id; give --foreign-project-id, too"},
		"foreign is own":         {with(url, "--foreign-token", "x", "--foreign-project-id", "p"), "are the same project"},
		"expired is valid":       {with(url, "--token", "x", "--expired-token", "x"), "are the same token"},
		"unknown capability":     {with(url, "--capabilities", "spott"), `capabilities (--capabilities): unknown capability "spott"; did you mean "spot"?`},
		"capability of data":     {with(url, "--capabilities", "aksk"), `capability "aksk" is declared, but cannot be: it follows from --access-key and --secret-key`},
		"capability of embedded": {with(url, "--capabilities", "payment"), `capability "payment" is declared, but cannot be: it follows from pay-order in the inventory`},
		"auto-pay":               {with(url, "--capabilities", "auto-pay"), `it follows from --allow-orders`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := target.Resolve(flags(t, tt.args...), nil)
			var e *target.ConfigError
			if !errors.As(err, &e) || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("got  %v\nwant a *ConfigError with %s", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "sesame") {
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
	if _, err := target.Resolve(nil, environment("CONFORMANCE_POLL=soon")); err == nil || !strings.Contains(err.Error(), `$CONFORMANCE_POLL: poll: wanted a duration`) {
		t.Errorf("variable: got %v", err)
	}
}

func TestASwitchThatIsOffContradictsNothing(t *testing.T) {
	if _, err := target.Resolve(nil, environment("CONFORMANCE_INSECURE=false", "CONFORMANCE_ALLOW_ORDERS=0")); err != nil {
		t.Errorf("embedded: %v", err)
	}
	inventory := write(t, "i.yaml", "endpoint: http://127.0.0.1:9\n"+minimal)
	if _, err := target.Resolve(flags(t, "--inventory", inventory, "--insecure=false"), nil); err != nil {
		t.Errorf("URL: %v", err)
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	inventory := write(t, "i.yaml", "endpoint: http://127.0.0.1:9\ncredentials: {expired-token: canary-3}\n"+minimal)
	args := []string{"--inventory", inventory, "--token", "canary-1", "--access-key", "canary-2", "--secret-key", "canary-4"}
	fs := flags(t, args...)
	c, err := target.Resolve(fs, nil)
	if err != nil {
		t.Fatal(err)
	}
	shown := fs.FlagUsages()
	for name, text := range c.Settings() {
		shown += name + "=" + text + "\n"
	}
	fs.VisitAll(func(f *pflag.Flag) { shown += f.Value.String() + "\n" })
	if strings.Contains(shown, "canary") {
		t.Errorf("a secret is shown:\n%s", shown)
	}
	if got := c.Settings()["token"]; got != "$CONFORMANCE_TOKEN" {
		t.Errorf("token is shown as %q", got)
	}
	if got, want := slices.Sorted(maps.Keys(c.Secrets())), []string{"canary-1", "canary-2", "canary-3", "canary-4"}; !slices.Equal(got, want) {
		t.Errorf("secrets %q, want %q", got, want)
	}
}
