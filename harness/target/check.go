package target

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"resize-conformance/harness/fixture"
)

// check finds what contradicts or is missing. It does no I/O.
func (c *Config) check() []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }

	kind, other := "url", "the server is the embedded emulator; give --server to aim at one of your own"
	if c.Embedded() {
		kind = "embedded"
	} else {
		other = "the server is " + c.Server + ", which has its own"
	}
	for _, f := range Describe() {
		if f.Only == onlyClient {
			if c.Client == "" && c.given(f.Name) {
				say("%s (%s) is for a client under test, and there is none; give --client, too", f.Name, c.from(f.Name))
			}
			continue
		}
		if f.Only != "" && f.Only != kind && c.given(f.Name) {
			say("%s (%s) is for %s, but %s", f.Name, c.from(f.Name), map[string]string{"url": "a server URL", "embedded": "the embedded emulator"}[f.Only], other)
		}
	}
	_, undeclarable := declare(c.Capabilities, c.followsFromSettings())
	for _, p := range undeclarable {
		say("capabilities (%s): %s", c.from("capabilities"), p)
	}
	if _, err := c.requestTimeouts(); err != nil {
		say("request-timeouts (%s): %v", c.from("request-timeouts"), err)
	}
	if c.Embedded() {
		return problems
	}

	problems = append(problems, c.checkServer()...)
	c.pair(say, "access-key", c.AccessKey, "secret-key", c.SecretKey)
	c.pair(say, "foreign-access-key", c.ForeignAccessKey, "foreign-secret-key", c.ForeignSecretKey)
	c.pair(say, "client-cert", c.ClientCert, "client-key", c.ClientKey)
	if c.SecurityToken != "" && c.AccessKey == "" {
		say("security-token (%s) belongs to a temporary access key, but there is no access-key; give --access-key and --secret-key, too", c.from("security-token"))
	}
	foreign := c.ForeignToken != "" || c.ForeignAccessKey != ""
	switch {
	case foreign && c.ForeignProjectID == "":
		say("credentials of a foreign project are given, but not its id; give --foreign-project-id, too")
	case !foreign && c.ForeignProjectID != "":
		say("foreign-project-id (%s) is given, but no credentials of that project; give --foreign-token, or --foreign-access-key and --foreign-secret-key, too", c.from("foreign-project-id"))
	case c.ForeignProjectID != "" && c.ForeignProjectID == c.ProjectID:
		say("foreign-project-id (%s) and project-id (%s) are the same project", c.from("foreign-project-id"), c.from("project-id"))
	}
	for _, other := range []struct{ name, token string }{
		{"expired-token", c.ExpiredToken}, {"denied-token", c.DeniedToken}, {"throttled-token", c.ThrottledToken}, {"failing-token", c.FailingToken},
	} {
		if other.token != "" && other.token == c.Token {
			say("%s (%s) and token (%s) are the same token", other.name, c.from(other.name), c.from("token"))
		}
	}
	if c.Insecure && c.CAFile != "" {
		say("insecure (%s) accepts any certificate, so that ca-file (%s) means nothing; leave one of them out", c.from("insecure"), c.from("ca-file"))
	}
	problems = append(problems, c.checkManners()...)
	problems = append(problems, c.checkSpending()...)
	if c.inventory == nil && len(c.Provision) == 0 && !c.bare {
		say("a server URL needs an inventory: which servers may the run use? Give --inventory FILE, or --provision to have it make its own; the least an inventory takes is\n" +
			"    flavors: {target: ID-OF-A-FLAVOR-THE-SERVER-CAN-BE-RESIZED-TO}\n    servers: {stopped: [{id: ID-OF-A-SERVER}]}")
	} else if p := c.listed().ProjectID; p != "" && p != c.ProjectID {
		say("project-id is %q (%s), but the servers of %s are in project %q", c.ProjectID, c.from("project-id"), c.InventoryFile, p)
	}
	if c.ProjectID == "" {
		say("a server URL needs the id of the project that the servers are in; give --project-id")
	}
	return problems
}

// listed is the inventory; an empty one when there is none.
func (c *Config) listed() *fixture.Inventory {
	if c.inventory == nil {
		return &fixture.Inventory{}
	}
	return c.inventory
}

// onlyClient marks a setting that means something to a client under test only.
const onlyClient = "client"

// checkServer looks at the URL, and at what only means something for https.
func (c *Config) checkServer() []string {
	from := c.from("server")
	u, err := url.Parse(c.Server)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("server (%s): no URL: %v", from, errors.Unwrap(err))} // the cause alone: what was given may hold a password
	case u.User != nil: // first, so that the password is not shown by another message
		return []string{fmt.Sprintf("server (%s): a URL with a user in it; give credentials by themselves, see --token and --access-key", from)}
	case (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return []string{fmt.Sprintf("server (%s): wanted a URL such as http://127.0.0.1:9000, got %q", from, c.Server)}
	case u.RawQuery != "" || u.Fragment != "":
		return []string{fmt.Sprintf("server (%s): a base URL has no query and no fragment, got %q", from, c.Server)}
	}
	c.Server = strings.TrimRight(c.Server, "/")
	var problems []string
	for _, name := range []string{"ca-file", "client-cert", "client-key", "insecure"} {
		if c.given(name) && u.Scheme == "http" {
			problems = append(problems, fmt.Sprintf("%s (%s) is about TLS, but the server's URL is %s; use https, or leave it out", name, c.from(name), c.Server))
		}
	}
	return problems
}

// given tells whether a setting was given at all. A switch that was given as off says nothing.
func (c *Config) given(name string) bool {
	return c.origin[name] != "" && !slices.ContainsFunc(Describe(), func(f Field) bool {
		return f.Name == name && f.Kind == KindSwitch && f.text(c) == "false"
	})
}

func (c *Config) pair(say func(string, ...any), nameA, a, nameB, b string) {
	if a == "" && b != "" {
		nameA, nameB, a = nameB, nameA, b
		b = ""
	}
	if a != "" && b == "" {
		say("%s (%s) is given without %s; give --%s, too", nameA, c.from(nameA), nameB, nameB)
	}
}

// followsFromSettings tells which capabilities follow from the settings and the inventory.
func (c *Config) followsFromSettings() map[Capability]bool {
	follows := map[Capability]bool{}
	if c.inventory != nil {
		follows = fromInventory(c.inventory)
	}
	for _, known := range Capabilities() {
		if known.state != "" && slices.Contains(c.Provision, string(known.state)) {
			follows[known.Name] = true
		}
	}
	for capability, given := range map[Capability]bool{
		CapToken:        c.Token != "" || c.User != "",
		CapAKSK:         c.AccessKey != "",
		CapForeign:      c.ForeignProjectID != "",
		CapExpiredToken: c.ExpiredToken != "",
		CapDenied:       c.DeniedToken != "",
		CapThrottled:    c.ThrottledToken != "",
		CapFailing:      c.FailingToken != "",
		CapAutoPay:      c.AllowOrders,
	} {
		if given {
			follows[capability] = true
		}
	}
	return follows
}

// Settings is the effective configuration for the record: the settings that are set, by name. A secret is shown as the variable that holds it.
func (c *Config) Settings() map[string]string {
	settings := map[string]string{}
	for _, f := range Describe() {
		text := f.text(c)
		switch {
		case text == "":
			continue
		case f.Secret:
			text = "$" + f.Env
		case f.Only == "embedded" && !c.Embedded(), f.Only == "url" && c.Embedded(), f.Only == onlyClient && c.Client == "":
			continue
		}
		settings[f.Name] = text
	}
	return settings
}

// SecretsIn gives the secrets that variables of the environment hold, those that other tools use among them, with what stands for each in what is shown.
func SecretsIn(env func(string) (string, bool)) map[string]string {
	secrets := map[string]string{}
	for _, f := range Describe() {
		if !f.Secret {
			continue
		}
		for _, name := range append([]string{f.Env}, f.Fallbacks...) {
			if text, set := env(name); set && text != "" {
				secrets[text] = "$" + name
			}
		}
	}
	return secrets
}

// Secrets gives the secrets of the configuration with the variable that stands for each in what is shown (exchange.NewRedactor).
func (c *Config) Secrets() map[string]string {
	secrets := map[string]string{}
	for _, f := range Describe() {
		if text := f.text(c); f.Secret && text != "" {
			secrets[text] = "$" + f.Env
		}
	}
	return secrets
}
