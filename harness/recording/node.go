package recording

import (
	"bytes"
	"encoding/json"
	"strings"

	"resize-conformance/harness/journal"
)

// Node is a place in a JSON text that may not be there. Its zero value is nowhere.
type Node struct {
	value   any
	present bool
}

// Document reads a recorded body; nowhere when it is no JSON.
func Document(b journal.Body) Node {
	text, _ := b.Bytes()
	return ParseDocument(text)
}

// ParseDocument reads a JSON text; nowhere when it is none.
func ParseDocument(text []byte) Node {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return Node{}
	}
	return Node{v, true}
}

// Present says that there is something.
func (n Node) Present() bool { return n.present }

// Value is what encoding/json makes of it, numbers as json.Number.
func (n Node) Value() any { return n.value }

// At goes to a member, and to a member of that.
func (n Node) At(path ...string) Node {
	for _, name := range path {
		object, is := n.value.(map[string]any)
		if !is {
			return Node{}
		}
		v, has := object[name]
		n = Node{v, has}
	}
	return n
}

// Text is a string, or the text of a number; else "".
func (n Node) Text() string {
	switch v := n.value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// Strings lists the strings of a list.
func (n Node) Strings() []string {
	list, _ := n.value.([]any)
	var all []string
	for _, v := range list {
		if s, is := v.(string); is {
			all = append(all, s)
		}
	}
	return all
}

// idsAt lists what a member of a body lists.
func idsAt(b journal.Body, member string) []string {
	if !strings.Contains(b.Text, `"`+member+`"`) {
		return nil
	}
	return Document(b).At(member).Strings()
}
