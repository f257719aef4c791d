// Package strictfile reads YAML and JSON files and forgives nothing: an unknown key, a key given twice, a value of the wrong kind or a second document
// is an error that says where it stands and which name was probably meant. All that is wrong with a file is told at once.
package strictfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	File string
	Line int // from 1; 0 when it concerns the file as a whole
	Text string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// Error lists everything that is wrong with a file, in the order of its lines.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// ErrorOf makes an *Error of problems, nil when there are none.
func ErrorOf(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return &Error{Problems: problems}
}

// Entry is one key of a mapping with its value.
type Entry struct {
	File  string
	Line  int
	Key   string
	value *yaml.Node
}

// Parse reads a file that holds one mapping and returns its entries in order. The file's name is for messages only. A file that is empty or holds
// comments only is an empty mapping. JSON is read as well. A returned error is an *Error.
func Parse(file string, data []byte) ([]Entry, error) {
	root, err := parse(file, data)
	if root == nil || err != nil {
		return nil, err
	}
	d := decoder{file: file}
	entries := d.entries(root, "the file")
	return entries, ErrorOf(d.problems)
}

func parse(file string, data []byte) (*yaml.Node, error) {
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		// YAML forbids tabs that JSON allows between tokens; inside a JSON string a raw tab is not allowed, so none can be lost.
		data = bytes.ReplaceAll(data, []byte("\t"), []byte(" "))
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, syntaxError(file, err)
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return nil, ErrorOf([]Problem{{file, second.Line, "a second document; one file holds one document"}})
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxError(file, err)
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	return root, nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func syntaxError(file string, err error) error {
	text, line := err.Error(), 0
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		line, _ = strconv.Atoi(m[1]) // no number: 0, the whole file
	}
	return ErrorOf([]Problem{{file, line, "neither YAML nor JSON: " + text}})
}

// Strings returns the value as text: one element for a scalar, several for a list of scalars. whole is false for a list, so that a caller can tell
// `a: x` from `a: [x]`. The error is a *Error.
func (e Entry) Strings() (values []string, whole bool, err error) {
	d := decoder{file: e.File}
	n := resolve(e.value)
	if n.Kind != yaml.SequenceNode {
		s := d.text(n, e.Key)
		return []string{s}, true, ErrorOf(d.problems)
	}
	for i, item := range n.Content {
		values = append(values, d.text(resolve(item), fmt.Sprintf("%s[%d]", e.Key, i)))
	}
	return values, false, ErrorOf(d.problems)
}

func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
