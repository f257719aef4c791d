package ecs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// node is a value in an answer, with the place it stands at. Decoding is lenient where the documents contradict each other (numbers as
// strings, null or absent) and says what and where it is wrong otherwise; whether the contract allows it is judged elsewhere.
type node struct {
	value   any
	pointer string
	present bool
	in      *Answer
}

// document decodes the body.
func (a *Answer) document() (node, error) {
	if a == nil || a.Exchange == nil {
		return node{}, errors.New("there is no answer to read")
	}
	a.parsing.Do(func() { a.parsed, a.unreadable = a.parse() })
	return a.parsed, a.unreadable
}

func (a *Answer) parse() (node, error) {
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		switch {
		case a.Truncated:
			return node{}, fmt.Errorf("exchange %d: the body breaks off after %d bytes: %w", a.ID, len(a.Body), err)
		case errors.Is(err, io.EOF):
			return node{}, fmt.Errorf("exchange %d: wanted a JSON body, got an empty one (status %d)", a.ID, a.Status)
		}
		return node{}, fmt.Errorf("exchange %d: wanted a JSON body, got %d bytes that are none (status %d): %w", a.ID, len(a.Body), a.Status, err)
	}
	return node{value: v, present: true, in: a}, nil
}

// at goes down; what is not there gives a node that is not present.
func (n node) at(keys ...string) node {
	for _, key := range keys {
		object, _ := n.value.(map[string]any)
		v, ok := object[key]
		n = node{value: v, pointer: n.pointer + "/" + strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1"), present: ok, in: n.in}
	}
	return n
}

// isNull says that there is nothing: no member, or null.
func (n node) isNull() bool { return n.value == nil }

func (n node) show() string {
	b, err := json.Marshal(n.value)
	if err != nil {
		return fmt.Sprint(n.value)
	}
	const limit = 120
	if len(b) > limit {
		return string(b[:limit]) + "…"
	}
	return string(b)
}

func (n node) wanted(what string) error {
	got := "nothing"
	if n.present {
		got = n.show()
	}
	where := n.pointer
	if where == "" {
		where = "the body"
	}
	return fmt.Errorf("exchange %d: %s: wanted %s, got %s", n.in.ID, where, what, got)
}

// text takes a string or a number.
func (n node) text() (string, error) {
	switch v := n.value.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	}
	return "", n.wanted("a string")
}

// optional takes a string or a number; null and absent give "".
func (n node) optional() (string, error) {
	if n.isNull() {
		return "", nil
	}
	return n.text()
}

// integer takes a number or a string of digits; null, absent and "" give 0.
func (n node) integer() (int, error) {
	s, err := n.optional()
	if err != nil || s == "" {
		return 0, err
	}
	i, err := strconv.Atoi(s)
	if err != nil {
		return 0, n.wanted("an integer, or a string of digits")
	}
	return i, nil
}

// boolean takes a boolean; null and absent give nil.
func (n node) boolean() (*bool, error) {
	if n.isNull() {
		return nil, nil
	}
	if b, ok := n.value.(bool); ok {
		return &b, nil
	}
	return nil, n.wanted("a boolean")
}

// object takes an object.
func (n node) object() (map[string]any, error) {
	if o, ok := n.value.(map[string]any); ok {
		return o, nil
	}
	return nil, n.wanted("an object")
}

// list takes an array; null and absent give none.
func (n node) list() ([]node, error) {
	if n.isNull() {
		return nil, nil
	}
	values, ok := n.value.([]any)
	if !ok {
		return nil, n.wanted("an array")
	}
	nodes := make([]node, len(values))
	for i, v := range values {
		nodes[i] = node{value: v, pointer: fmt.Sprintf("%s/%d", n.pointer, i), present: true, in: n.in}
	}
	return nodes, nil
}

// texts takes an object whose values are strings or numbers; null and absent give none, and a null in it gives "".
func (n node) texts() (map[string]string, error) {
	if n.isNull() {
		return nil, nil
	}
	object, err := n.object()
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(object))
	for key, v := range object {
		if b, ok := v.(bool); ok {
			out[key] = strconv.FormatBool(b)
			continue
		}
		if out[key], err = n.at(key).optional(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reader takes values one after the other and keeps the first error.
type reader struct{ err error }

func (r *reader) text(n node) string     { return take(r, n.text) }
func (r *reader) optional(n node) string { return take(r, n.optional) }
func (r *reader) integer(n node) int     { return take(r, n.integer) }

func take[T any](r *reader, get func() (T, error)) T {
	v, err := get()
	if r.err == nil {
		r.err = err
	}
	return v
}
