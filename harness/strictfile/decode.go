package strictfile

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/nearest"
)

// Names is implemented by string types that have a closed set of values, as keys of a map or as values.
type Names interface{ KnownNames() []string }

// Located is implemented by (pointers to) structs that want to know where they stand in the file, for checks that follow.
type Located interface{ Locate(file string, line int) }

// List is a list of texts of which one alone may stand without being a list: `a: x` for `a: [x]`.
type List []string

// Decode fills the struct that into points to. Keys are the fields' yaml tags. Understood are strings, booleans, integers, durations ("90s"), structs,
// pointers to structs, slices, and maps with string keys. Keys that are absent leave their field as it is. A returned error is an *Error.
func Decode(file string, data []byte, into any) error {
	root, err := parse(file, data)
	if root == nil || err != nil {
		return err
	}
	d := decoder{file: file}
	d.value(root, reflect.ValueOf(into).Elem(), "the file")
	return ErrorOf(d.problems)
}

type decoder struct {
	file     string
	problems []Problem
}

func (d *decoder) problem(n *yaml.Node, format string, args ...any) {
	d.problems = append(d.problems, Problem{d.file, n.Line, fmt.Sprintf(format, args...)})
}

var durationType = reflect.TypeFor[time.Duration]()

func (d *decoder) value(n *yaml.Node, into reflect.Value, path string) {
	n = resolve(n)
	if located, ok := into.Addr().Interface().(Located); ok {
		located.Locate(d.file, n.Line)
	}
	switch kind := into.Kind(); {
	case into.Type() == durationType:
		d.duration(n, into, path)
	case kind == reflect.String:
		s := d.text(n, path)
		if named, ok := into.Interface().(Names); ok {
			d.known(n, path, s, named.KnownNames())
		}
		into.SetString(s)
	case kind == reflect.Bool:
		d.parsed(n, path, "true or false", func(s string) (err error) {
			if n.Tag != "!!bool" {
				return strconv.ErrSyntax
			}
			b, err := strconv.ParseBool(strings.ToLower(s))
			into.SetBool(b)
			return err
		})
	case into.CanInt():
		d.parsed(n, path, "a whole number", func(s string) error {
			i, err := strconv.ParseInt(s, 10, into.Type().Bits())
			into.SetInt(i)
			return err
		})
	case kind == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.value(n, into.Elem(), path)
	case kind == reflect.Slice:
		d.slice(n, into, path)
	case kind == reflect.Map:
		d.mapping(n, into, path)
	case kind == reflect.Struct:
		d.structure(n, into, path)
	default:
		panic(fmt.Sprintf("strictfile: no rule for %s at %s", into.Type(), path))
	}
}

func (d *decoder) structure(n *yaml.Node, into reflect.Value, path string) {
	fields := map[string]int{}
	var names []string
	for i := range into.NumField() {
		name, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			fields[name] = i
			names = append(names, name)
		}
	}
	for _, e := range d.entries(n, path) {
		i, known := fields[e.Key]
		if !known {
			d.problems = append(d.problems, Unknown(e, "key", names))
			continue
		}
		d.value(e.value, into.Field(i), join(path, e.Key))
	}
}

func (d *decoder) mapping(n *yaml.Node, into reflect.Value, path string) {
	m := reflect.MakeMap(into.Type())
	for _, e := range d.entries(n, path) {
		key := reflect.New(into.Type().Key()).Elem()
		key.SetString(e.Key)
		if named, ok := key.Interface().(Names); ok && !slices.Contains(named.KnownNames(), e.Key) {
			d.problems = append(d.problems, Unknown(e, "key", named.KnownNames()))
			continue
		}
		value := reflect.New(into.Type().Elem()).Elem()
		d.value(e.value, value, join(path, e.Key))
		m.SetMapIndex(key, value)
	}
	into.Set(m)
}

func (d *decoder) slice(n *yaml.Node, into reflect.Value, path string) {
	if into.Type() == reflect.TypeFor[List]() && n.Kind == yaml.ScalarNode {
		into.Set(reflect.ValueOf(List{d.text(n, path)}))
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.problem(n, "%s: wanted a list, got %s", path, describe(n))
		return
	}
	s := reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		d.value(item, s.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	into.Set(s)
}

func (d *decoder) entries(n *yaml.Node, path string) []Entry {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		d.problem(n, "%s: wanted keys with values, got %s", path, describe(n))
		return nil
	}
	var entries []Entry
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if first, twice := seen[key.Value]; twice {
			d.problem(key, "key %q stands here a second time, first in line %d", key.Value, first)
			continue
		}
		seen[key.Value] = key.Line
		entries = append(entries, Entry{File: d.file, Line: key.Line, Key: key.Value, value: n.Content[i+1]})
	}
	return entries
}

// text takes any scalar as it is written: an id such as 616e10 is a string wherever a string is wanted, though YAML would read a number.
func (d *decoder) text(n *yaml.Node, path string) string {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		d.problem(n, "%s: wanted text, got %s", path, describe(n))
		return ""
	}
	return n.Value
}

func (d *decoder) duration(n *yaml.Node, into reflect.Value, path string) {
	d.parsed(n, path, "a duration with its unit such as 90s or 10m", func(s string) error {
		v, err := time.ParseDuration(s)
		into.SetInt(int64(v))
		return err
	})
}

func (d *decoder) parsed(n *yaml.Node, path, wanted string, parse func(string) error) {
	if n.Kind != yaml.ScalarNode || parse(n.Value) != nil {
		d.problem(n, "%s: wanted %s, got %s", path, wanted, describe(n))
	}
}

func (d *decoder) known(n *yaml.Node, path, got string, names []string) {
	if !slices.Contains(names, got) {
		d.problem(n, "%s: unknown name %q%s (known: %s)", path, got, nearest.Hint(got, names), strings.Join(names, ", "))
	}
}

// Unknown says that an entry's key is none of names; what is the noun for it.
func Unknown(e Entry, what string, names []string) Problem {
	hint := nearest.Hint(e.Key, names)
	if hint == "" {
		hint = " (known: " + strings.Join(names, ", ") + ")"
	}
	return Problem{e.File, e.Line, fmt.Sprintf("unknown %s %q%s", what, e.Key, hint)}
}

func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "keys with values"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	}
	return strconv.Quote(n.Value)
}

func join(path, key string) string {
	if path == "the file" {
		return key
	}
	return path + "." + key
}
