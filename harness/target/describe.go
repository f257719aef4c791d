package target

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Field describes one setting. All of it comes from the tags of Config.
type Field struct {
	Name      string   // of the flag (--name), and of the key in the configuration file
	Env       string   // "CONFORMANCE_" and the name in upper case
	Fallbacks []string // variables of other tools that are looked at last
	Kind      Kind
	Default   string // as one would write it; "" for none
	Embedded  string // the default where the server is the embedded emulator, when that is another one
	Only      string // "url" or "embedded" when it means something to that kind of server only, "client" when to a client under test only
	Secret    bool
	Group     string
	Help      string
	Why       string // of the default

	index int // in Config
}

// Kind says how a setting is written.
type Kind string

// The kinds of setting.
const (
	KindText     Kind = "text"
	KindPath     Kind = "path" // in the configuration file: relative to its folder
	KindSwitch   Kind = "bool"
	KindDuration Kind = "duration" // Go: 300ms, 90s, 10m
	KindList     Kind = "list"     // separated by commas; in a file also a list
)

// Describe lists every setting in the order of Config.
func Describe() []Field {
	t := reflect.TypeFor[Config]()
	var fields []Field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		name := tag.Get("name")
		if name == "" {
			continue
		}
		f := Field{
			Name: name, Env: envOf(name), Kind: Kind(tag.Get("kind")),
			Default: tag.Get("default"), Embedded: tag.Get("embedded"), Only: tag.Get("only"), Secret: tag.Get("secret") == "true",
			Group: tag.Get("group"), Help: tag.Get("help"), Why: tag.Get("why"), index: i,
		}
		if fallback := tag.Get("fallback"); fallback != "" {
			f.Fallbacks = strings.Split(fallback, ",")
		}
		if f.Kind == "" {
			f.Kind = kindOf(t.Field(i).Type)
		}
		fields = append(fields, f)
	}
	return fields
}

func envOf(name string) string {
	return "CONFORMANCE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

func kindOf(t reflect.Type) Kind {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return KindDuration
	case t.Kind() == reflect.Bool:
		return KindSwitch
	case t.Kind() == reflect.Slice:
		return KindList
	}
	return KindText
}

// Usage is the setting's text in --help. pflag adds the default.
func (f Field) Usage() string {
	parts := []string{"$" + f.Env}
	for _, name := range f.Fallbacks {
		parts = append(parts, "else $"+name)
	}
	if f.Embedded != "" {
		parts = append(parts, f.Embedded+" embedded")
	}
	text := f.Help + " (" + strings.Join(parts, ", ") + ")"
	if f.Secret {
		text += "; rather set the variable or the file: everybody on this machine can see a flag"
	}
	return text
}

// Precedence states, once, which of several values of a setting is taken.
const Precedence = "A flag comes before its environment variable, that before the configuration file, that before what the inventory file says, " +
	"that before the variables of other tools, and those before the default. A variable that is empty is not set. " +
	"The variables of other tools are looked at only when a server URL is given, and those for credentials only when no other way gives a token or an access key. " +
	"Paths in the configuration file are relative to its folder."

// Markdown renders the settings as a table for the README.
func Markdown() string {
	var b strings.Builder
	b.WriteString(Precedence + "\n")
	group := ""
	for _, f := range Describe() {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(&b, "\n**%s**\n\n| flag and key | variable | default | what it is |\n|---|---|---|---|\n", group)
		}
		fmt.Fprintf(&b, "| `--%s` | %s | %s | %s |\n", f.Name, f.variables(), f.defaults(), cell(f.meaning()))
	}
	return b.String()
}

func (f Field) variables() string {
	text := "`" + f.Env + "`"
	for _, name := range f.Fallbacks {
		text += ", else `" + name + "`"
	}
	return text
}

func (f Field) defaults() string {
	text := "none"
	if f.Default != "" {
		text = "`" + f.Default + "`"
	}
	if f.Embedded != "" {
		text += ", embedded `" + f.Embedded + "`"
	}
	if f.Why != "" {
		text += ": " + f.Why
	}
	return cell(text)
}

func (f Field) meaning() string {
	text := f.Help
	switch f.Only {
	case "url":
		text += "; with a server URL only"
	case "embedded":
		text += "; embedded emulator only"
	case onlyClient:
		text += "; with a client under test only"
	}
	if f.Secret {
		text += "; secret, better not as a flag"
	}
	return text
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
