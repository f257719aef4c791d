package report

import (
	"bytes"
	"strings"
)

// xmlWriter writes XML 1.0 that people can read: line feeds in text stay line feeds. Text goes through printable first, so that no character that XML
// forbids can come into it, whatever a server sent.
type xmlWriter struct{ bytes.Buffer }

// attribute is one name="value"; those with an empty value are left out unless they must be there.
type attribute struct{ name, value string }

func (w *xmlWriter) open(indent int, name string, attributes ...attribute) {
	w.tag(indent, name, attributes)
	w.WriteString(">\n")
}

func (w *xmlWriter) close(indent int, name string) {
	w.indent(indent)
	w.WriteString("</" + name + ">\n")
}

// empty is an element without content.
func (w *xmlWriter) empty(indent int, name string, attributes ...attribute) {
	w.tag(indent, name, attributes)
	w.WriteString("/>\n")
}

// text is an element that holds text.
func (w *xmlWriter) text(indent int, name, text string, attributes ...attribute) {
	w.tag(indent, name, attributes)
	w.WriteByte('>')
	w.escape(text, false)
	w.WriteString("</" + name + ">\n")
}

func (w *xmlWriter) tag(indent int, name string, attributes []attribute) {
	w.indent(indent)
	w.WriteByte('<')
	w.WriteString(name)
	for _, a := range attributes {
		w.WriteByte(' ')
		w.WriteString(a.name)
		w.WriteString(`="`)
		w.escape(a.value, true)
		w.WriteByte('"')
	}
}

func (w *xmlWriter) indent(n int) { w.WriteString(strings.Repeat("  ", n)) }

func (w *xmlWriter) escape(s string, inAttribute bool) {
	s = printable(s)
	last := 0
	for i := range len(s) {
		var entity string
		switch s[i] {
		case '&':
			entity = "&amp;"
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;" // only "]]>" must be, but no reader minds
		case '"':
			if inAttribute {
				entity = "&quot;"
			}
		case '\n':
			if inAttribute {
				entity = "&#10;" // a parser would make a space of it
			}
		}
		if entity != "" {
			w.WriteString(s[last:i])
			w.WriteString(entity)
			last = i + 1
		}
	}
	w.WriteString(s[last:])
}
