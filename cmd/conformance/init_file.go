package main

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/target"
)

// compose is the text of the configuration that the answers make.
func (flags *initFlags) compose(ask *questioner) (string, error) {
	if err := flags.answer(ask); err != nil {
		return "", err
	}
	b := &configText{flags: flags}
	b.comment("Configuration of a conformance run: conformance run --config %s", shellWord(flags.out))
	b.comment("The keys are the names of the flags; conformance run --help tells what each is. Secrets do not belong here.")
	b.section("Where the server is")
	if flags.value("server") == "" {
		b.comment("No server is named: the run is made against the emulator that is built in.")
		b.comment("server: https://ecs.example.com")
	}
	b.key("server")
	if flags.value("server") != "" {
		b.keyOr("project-id", "0123456789abcdef0123456789abcdef    # or in $CONFORMANCE_PROJECT_ID, or in the inventory")
	}
	b.key("region")
	b.key("ca-file")
	b.section("The edition of the contract that it keeps")
	b.key("profile")
	if flags.value("server") == "" {
		return b.String(), b.err
	}
	b.credentials()
	b.servers()
	b.section("What a run may spend")
	if flags.value("read-only") == "true" {
		b.comment("Nothing: only what reads, and dry runs, are sent.")
		b.key("read-only")
	}
	b.key("budget")
	b.comment("A resize of a yearly/monthly server places an order. It stays unpaid unless this is set:")
	b.comment("allow-orders: false")
	return b.String(), b.err
}

// configText is YAML with comments.
type configText struct {
	strings.Builder
	flags *initFlags
	err   error
}

func (b *configText) comment(format string, args ...any) { fmt.Fprintf(b, "# "+format+"\n", args...) }

func (b *configText) section(title string) { fmt.Fprintf(b, "\n# %s\n", title) }

// key writes a setting that was answered.
func (b *configText) key(name string) bool {
	value := b.flags.value(name)
	if name == "read-only" && value == "false" || value == "" {
		return false
	}
	var v any = value
	for _, f := range target.Describe() {
		switch {
		case f.Name == name && f.Kind == target.KindList:
			v = strings.Split(value, ",")
		case f.Name == name && f.Kind == target.KindSwitch:
			v = value == "true"
		}
	}
	var node yaml.Node
	if err := node.Encode(v); err != nil {
		b.err = err
		return false
	}
	node.Style |= yaml.FlowStyle
	text, err := yaml.Marshal(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: name}, &node}})
	if err != nil {
		b.err = err
		return false
	}
	b.Write(text)
	return true
}

// keyOr writes a setting, or what it could look like.
func (b *configText) keyOr(name, example string) {
	if !b.key(name) {
		b.comment("%s: %s", name, example)
	}
}

// credentials says where those are: never what they are.
func (b *configText) credentials() {
	b.section("How to sign in")
	switch b.flags.auth {
	case "inventory":
		b.comment("The inventory says it.")
		return
	case "token":
		b.comment("The token is in $CONFORMANCE_TOKEN (else $OS_AUTH_TOKEN); what needs an access key is then not applicable:")
		b.comment("  export CONFORMANCE_TOKEN=…")
	case "aksk":
		b.comment("The key is in $CONFORMANCE_ACCESS_KEY and $CONFORMANCE_SECRET_KEY (else $HUAWEICLOUD_SDK_AK and $HUAWEICLOUD_SDK_SK);")
		b.comment("of a temporary one the token is in $CONFORMANCE_SECURITY_TOKEN:")
		b.comment("  export CONFORMANCE_ACCESS_KEY=…  CONFORMANCE_SECRET_KEY=…")
	case "user":
		b.comment("The run gets its token itself; the password is in $CONFORMANCE_PASSWORD:")
		b.comment("  export CONFORMANCE_PASSWORD=…")
	}
	if b.flags.auth == "user" {
		b.keyOr("user", "…")
		b.keyOr("domain", "…    # name of the account")
		b.keyOr("iam-endpoint", "https://iam.REGION.example.com")
	}
}

// servers says where they come from.
func (b *configText) servers() {
	b.section("Which servers are resized")
	if b.key("inventory") {
		b.comment("It lists servers that nobody needs, by the state they are in: they are stopped, started and resized.")
	}
	if !b.key("provision") {
		return
	}
	b.comment("The run makes these itself, and removes them. That needs:")
	b.keyOr("provision-image", "…    # id of a small Linux image")
	b.keyOr("provision-vpc", "…      # id")
	b.keyOr("provision-subnet", "…   # id")
	b.key("provision-windows-image")
}
