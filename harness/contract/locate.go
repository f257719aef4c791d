package contract

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

// Locate says where in the files the thing stands that a JSON pointer into the effective document names: "spec/openapi.yaml:123". That is
// the line in the base file when the pointer exists there, else the line of the overlay that adds it. A pointer that names nothing is
// located at its nearest existing parent.
func (c *Contract) Locate(specPointer string) string {
	p := c.Place(specPointer)
	return p.File + ":" + strconv.Itoa(p.Line)
}

// Place is Locate with the column.
func (c *Contract) Place(specPointer string) Place {
	tokens := jsonpointer.Split(specPointer)
	if p, ok := c.placeInList(tokens); ok {
		return p
	}
	for n := len(tokens); n > 0; n-- {
		p := jsonpointer.Join(tokens[:n])
		if at := c.base.keyNode(p); at != nil {
			return placeOf(c.base.file, at)
		}
		if c.overlay == nil || c.effective.keyNode(p) == nil {
			continue
		}
		if at, written := c.overlay.place(p); written {
			return at
		}
	}
	return Place{c.base.file, 1, 1}
}

// quoteLimit bounds a quoted line, in bytes.
const quoteLimit = 240

// Quote is the text of the line that Locate names, without the space around it; "" where an overlay says otherwise than that line, and at the head of the document,
// where what names nothing is located.
func (c *Contract) Quote(specPointer string) string {
	p := c.Place(specPointer)
	if p.Line <= 1 {
		return ""
	}
	if c.overlay != nil && p.File == c.base.file {
		was, there := c.base.find(specPointer)
		is, still := c.effective.find(specPointer)
		if !there || !still || was.Line == p.Line && !sameNode(was, is) {
			return ""
		}
	}
	for _, d := range c.files() {
		if d.file == p.File && p.Line <= len(d.lines) {
			line := strings.TrimSpace(strings.ToValidUTF8(string(d.lines[p.Line-1]), "\uFFFD"))
			if len(line) > quoteLimit {
				line = strings.ToValidUTF8(line[:quoteLimit], "") + "…"
			}
			return line
		}
	}
	return ""
}

// sameNode says whether two nodes say the same.
func sameNode(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Tag == b.Tag && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, sameNode)
}

func placeOf(file string, n *yaml.Node) Place { return Place{file, n.Line, n.Column} }

// keyed lists the lists whose entries are known by a member, not by their number: an overlay that adds or copies entries moves the others.
func keyed() map[string]string {
	return map[string]string{"x-requirements": "id", "x-retired-requirements": "id", "x-position": "number"}
}

// placeInList finds an entry of such a list, or what stands in it, by that member in whichever file has it.
func (c *Contract) placeInList(tokens []string) (Place, bool) {
	i := slices.IndexFunc(tokens, func(t string) bool { return keyed()[t] != "" })
	if i < 0 || i+1 >= len(tokens) {
		return Place{}, false
	}
	list, key := tokens[i], keyed()[tokens[i]]
	entry, ok := c.effective.find(jsonpointer.Join(tokens[:i+2]))
	if !ok || yamltree.Text(entry, key) == "" {
		return Place{}, false
	}
	for _, d := range c.files() {
		found := findEntry(d.root, list, key, yamltree.Text(entry, key))
		if found == nil {
			continue
		}
		at := found
		for rest := tokens[i+2:]; len(rest) > 0; rest = rest[:len(rest)-1] {
			if parent, ok := findIn(found, rest[:len(rest)-1]); ok {
				if n := keyNodeIn(parent, rest[len(rest)-1]); n != nil {
					at = n
					break
				}
			}
		}
		return placeOf(d.file, at), true
	}
	return Place{}, false
}

// files are the documents in which lines are looked for.
func (c *Contract) files() []*document {
	if c.overlay == nil {
		return []*document{c.base}
	}
	return append([]*document{c.base}, c.overlay.layers...)
}

// findEntry looks for the entry of a list of the given name, wherever the list stands, whose key is value.
func findEntry(n *yaml.Node, list, key, value string) *yaml.Node {
	for name, v := range yamltree.Pairs(n) {
		if name == list {
			for _, entry := range yamltree.Items(v) {
				if yamltree.Text(entry, key) == value {
					return entry
				}
			}
		}
		if found := findEntry(v, list, key, value); found != nil {
			return found
		}
	}
	for _, item := range yamltree.Items(n) {
		if found := findEntry(item, list, key, value); found != nil {
			return found
		}
	}
	return nil
}
