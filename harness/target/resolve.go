package target

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/strictfile"
)

// Resolve makes the configuration of a run from its flags (made by Bind; nil for none), the environment (os.LookupEnv; nil for none) and the files that
// these name. See Precedence. An error is a *ConfigError and tells everything that is wrong.
func Resolve(flags *pflag.FlagSet, env func(string) (string, bool)) (Config, error) {
	return resolve(flags, env, false)
}

// ResolveBare is Resolve for who leases no servers: a server URL needs no inventory then.
func ResolveBare(flags *pflag.FlagSet, env func(string) (string, bool)) (Config, error) {
	return resolve(flags, env, true)
}

func resolve(flags *pflag.FlagSet, env func(string) (string, bool), bare bool) (Config, error) {
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	r := resolver{flags: flags, env: env, fields: Describe()}
	r.c.origin, r.c.bare = map[string]string{}, bare
	steps := []func(){
		func() { r.take("config", r.given) },
		r.readFile,
		func() { r.take("inventory", r.given) },
		r.readInventory,
		func() { r.take("server", r.anywhere) },
		r.rest,
	}
	for _, step := range steps {
		if step(); len(r.problems) > 0 { // what follows would be told on top of a cause that is known
			return Config{}, &ConfigError{Problems: r.problems, Err: errors.Join(r.causes...)}
		}
	}
	if problems := r.c.check(); len(problems) > 0 {
		return Config{}, &ConfigError{Problems: problems}
	}
	return r.c, nil
}

type resolver struct {
	c        Config
	fields   []Field
	flags    *pflag.FlagSet
	env      func(string) (string, bool)
	file     map[string]value // what the configuration file gives
	listed   map[string]value // what the inventory file gives
	problems []string
	causes   []error
}

func (r *resolver) failed(err error) {
	r.problems = append(r.problems, strings.Split(err.Error(), "\n")...)
	r.causes = append(r.causes, err)
}

// given looks at the flag, the variable and the configuration file.
func (r *resolver) given(f Field) (value, bool) {
	if r.flags != nil {
		if flag := r.flags.Lookup(f.Name); flag != nil && flag.Changed {
			if v, ours := flag.Value.(*flagValue); ours {
				return value{texts: v.texts, origin: "--" + f.Name}, true
			}
		}
	}
	if text, set := r.env(f.Env); set && text != "" {
		return value{texts: []string{text}, origin: "$" + f.Env}, true
	}
	v, set := r.file[f.Name]
	return v, set
}

// anywhere looks at the inventory as well.
func (r *resolver) anywhere(f Field) (value, bool) {
	if v, set := r.given(f); set {
		return v, true
	}
	v, set := r.listed[f.Name]
	return v, set
}

func (r *resolver) take(name string, look func(Field) (value, bool)) {
	i := slices.IndexFunc(r.fields, func(f Field) bool { return f.Name == name })
	if v, set := look(r.fields[i]); set {
		r.use(r.fields[i], v)
	}
}

func (r *resolver) use(f Field, v value) {
	for _, text := range v.texts {
		if err := f.check(text); err != nil {
			r.problems = append(r.problems, fmt.Sprintf("%s: %s: %v", v.origin, f.Name, err))
			return
		}
	}
	f.set(&r.c, v)
	r.c.origin[f.Name] = v.origin
}

func (r *resolver) readFile() {
	r.file = map[string]value{}
	file := r.c.ConfigFile
	if file == "" {
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		r.failed(fmt.Errorf("configuration file (%s): %w", r.c.origin["config"], err))
		return
	}
	entries, err := strictfile.Parse(file, data)
	if err != nil {
		r.failed(err)
		return
	}
	var names []string
	for _, f := range r.fields {
		if f.Name != "config" { // a file does not name itself
			names = append(names, f.Name)
		}
	}
	var unknown []strictfile.Problem
	for _, e := range entries {
		if !slices.Contains(names, e.Key) {
			unknown = append(unknown, strictfile.Unknown(e, "key", names))
			continue
		}
		texts, whole, err := e.Strings()
		if err != nil {
			r.failed(err)
			continue
		}
		f := r.fields[slices.IndexFunc(r.fields, func(f Field) bool { return f.Name == e.Key })]
		if !whole && f.Kind != KindList {
			r.problems = append(r.problems, fmt.Sprintf("%s:%d: %s: wanted one value, got a list", file, e.Line, e.Key))
			continue
		}
		v := value{texts: texts, origin: fmt.Sprintf("%s:%d", file, e.Line), folder: filepath.Dir(file)}
		if f.Name == "profile" && strings.ContainsAny(texts[0], `/\.`) { // the path of an overlay, not a name
			v.texts = []string{v.path(texts[0])}
		}
		r.file[e.Key] = v
	}
	if err := strictfile.ErrorOf(unknown); err != nil {
		r.failed(err)
	}
}

func (r *resolver) readInventory() {
	file := r.c.InventoryFile
	if file == "" {
		return
	}
	inv, err := fixture.ReadInventory(file)
	if err != nil {
		r.failed(err)
		return
	}
	r.c.inventory = inv
	r.listed = map[string]value{}
	add := func(name string, texts ...string) {
		if len(texts) > 0 && texts[0] != "" {
			r.listed[name] = value{texts: texts, origin: file}
		}
	}
	add("server", inv.Endpoint)
	add("profile", inv.Profile)
	add("project-id", inv.ProjectID)
	add("capabilities", inv.Capabilities...)
	for name, secret := range inv.Credentials {
		add(string(name), secret)
	}
	for name, text := range inv.Provision {
		add("provision-"+string(name), text)
	}
	if inv.JobTimeout > 0 {
		add("job-timeout", inv.JobTimeout.String())
	}
	if inv.Poll > 0 {
		add("poll", inv.Poll.String())
	}
}

// rest takes every setting that has not been taken yet.
func (r *resolver) rest() {
	credentials := false
	for _, f := range r.fields {
		if slices.Contains([]string{"config", "inventory", "server"}, f.Name) {
			continue
		}
		v, set := r.anywhere(f)
		if !set {
			text := f.Default
			if r.c.Embedded() && f.Embedded != "" {
				text = f.Embedded
			}
			if text != "" {
				f.set(&r.c, value{texts: []string{text}})
			}
			continue
		}
		r.use(f, v)
		credentials = credentials || f.Name == "token" || f.Name == "access-key" || f.Name == "secret-key" || f.Name == "password"
	}
	if r.c.Embedded() {
		return // its credentials are its own
	}
	for _, f := range r.fields {
		if _, set := r.c.origin[f.Name]; set || (f.Secret && credentials) {
			continue
		}
		for _, name := range f.Fallbacks {
			if text, set := r.env(name); set && text != "" {
				r.use(f, value{texts: []string{text}, origin: "$" + name})
				break
			}
		}
	}
}

// Bare is a configuration for who leases no servers: a server URL needs no inventory then. For one that was not made by ResolveBare.
func Bare(c Config) Config {
	c.bare = true
	return c
}
