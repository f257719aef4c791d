package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"resize-conformance/harness/journal"
)

// shown is a message's part as lines, and the line that a finding points at.
type shown struct {
	lines []string
	mark  int    // -1: none
	note  string // what the mark says
}

// prettyLimit is the size in bytes of bodies that are laid out as JSON. A larger one is shown from its beginning as it is.
const prettyLimit = 1 << 20

// showBody lays out a body for people: JSON indented, in the order and with the numbers and escapes of the wire, the value at pointer marked (or
// where it is missing, the nearest value around it). A pointer "" marks nothing.
func showBody(b journal.Body, pointer string, width int) shown {
	switch {
	case b.Base64 != "":
		raw, err := base64.StdEncoding.DecodeString(head(b.Base64, 256))
		if len(raw) == 0 && err != nil {
			return shown{lines: []string{fmt.Sprintf("(%d bytes that are no text)", b.Size)}, mark: -1}
		}
		return shown{lines: []string{fmt.Sprintf("(%d bytes that are no UTF-8 text)", b.Size), cut(printable(string(raw)), width)}, mark: -1}
	case b.Text == "" && b.Size > 0:
		return shown{lines: []string{fmt.Sprintf("(%d bytes, not kept)", b.Size)}, mark: -1}
	case b.Text == "":
		return shown{lines: nil, mark: -1}
	}
	var s shown
	if len(b.Text) <= prettyLimit {
		if p, ok := prettyJSON(b.Text, pointer); ok {
			s = p
			for i, line := range s.lines {
				room := width
				if i == s.mark {
					room = max(width-columns(s.note), width/2) // the mark must be seen, whatever the length of its line
				}
				s.lines[i] = cut(printable(head(line, 4*width)), room)
			}
			if s.mark >= 0 {
				s.lines[s.mark] += s.note
			}
		}
	}
	if s.lines == nil {
		s = shown{lines: rawLines(b.Text, width), mark: -1}
	}
	if b.Truncated {
		s.lines = append(s.lines, fmt.Sprintf("(broken off: %d bytes were seen)", b.Size))
	}
	return s
}

// rawLines are the lines of a text as they are, at most a few hundred. A line that is too long is broken, and cut after its third part.
func rawLines(text string, width int) []string {
	const most = 300
	var lines []string
	for line := range strings.Lines(text) {
		if len(lines) >= most {
			return append(lines, fmt.Sprintf("… %d bytes in all", len(text)))
		}
		line = printable(head(strings.TrimRight(line, "\r\n"), 4*width))
		for range 2 {
			if columns(line) <= width {
				break
			}
			part := prefix(line, width)
			lines = append(lines, part)
			line = line[len(part):]
		}
		lines = append(lines, cut(line, width))
	}
	return lines
}

// prettyJSON lays out a text that is exactly one JSON value.
func prettyJSON(text, pointer string) (shown, bool) {
	dec := jsontext.NewDecoder(strings.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	p := &jsonPrinter{dec: dec, pointer: pointer, mark: -1}
	if err := p.value("", 0, ""); err != nil {
		return shown{}, false
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return shown{}, false
	}
	note := "   <-- " + oneLine(pointer, 60)
	if p.found != pointer {
		note += " is not here"
	}
	return shown{lines: p.lines, mark: p.mark, note: note}, true
}

type jsonPrinter struct {
	dec     *jsontext.Decoder
	lines   []string
	pointer string
	found   string // the longest part of pointer that is there
	mark    int
}

// astray is where a value is that the pointer does not lead through. Its own pointer is not kept: in a text that is nested deeply all of them together would
// be a thousand times as long as the text.
const astray = "astray"

// step is the pointer of a value within the one at at.
func (p *jsonPrinter) step(at, token string) string {
	if at == astray {
		return astray
	}
	if at += "/" + token; at != p.pointer && !strings.HasPrefix(p.pointer, at+"/") {
		return astray
	}
	return at
}

func (p *jsonPrinter) emit(depth int, text string) {
	p.lines = append(p.lines, strings.Repeat("  ", min(depth, 20))+text)
}

// value prints the next value; lead is what stands before it on its line (a member's name), at is its pointer, or astray.
func (p *jsonPrinter) value(lead string, depth int, at string) error {
	// Of duplicate names the last one is marked: most parsers take that one.
	if p.pointer != "" && at != astray && len(at) >= len(p.found) {
		p.mark, p.found = len(p.lines), at
	}
	kind := p.dec.PeekKind()
	if kind != '{' && kind != '[' {
		raw, err := p.dec.ReadValue()
		if err != nil {
			return err
		}
		p.emit(depth, lead+string(raw))
		return nil
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	shut := jsontext.Kind(kind + 2) // ASCII: } and ] stand two after { and [
	if p.dec.PeekKind() == shut {
		p.emit(depth, lead+string([]byte{byte(kind), byte(shut)}))
		_, err := p.dec.ReadToken()
		return err
	}
	first := len(p.lines)
	p.emit(depth, lead+string([]byte{byte(kind)}))
	for i := 0; p.dec.PeekKind() != shut; i++ {
		name, token := "", fmt.Sprint(i)
		if kind == '{' {
			raw, err := p.dec.ReadValue()
			if err != nil {
				return err
			}
			name = string(raw) + ": "
			unquoted, err := jsontext.AppendUnquote(nil, raw)
			if err != nil {
				return err
			}
			token = string(bytes.ReplaceAll(bytes.ReplaceAll(unquoted, []byte("~"), []byte("~0")), []byte("/"), []byte("~1")))
		}
		if err := p.value(name, depth+1, p.step(at, token)); err != nil {
			return err
		}
		if p.dec.PeekKind() != shut {
			p.lines[len(p.lines)-1] += ","
		}
	}
	_, err := p.dec.ReadToken()
	p.emit(depth, string([]byte{byte(shut)}))
	p.inline(first)
	return err
}

// inline puts the value that begins in line first into that one line when it is short and nothing within it is marked: a screen has few lines.
func (p *jsonPrinter) inline(first int) {
	const longest = 60
	value := p.lines[first:]
	if len(value) > longest/2 || p.mark > first {
		return
	}
	line := value[0]
	for i, next := range value[1:] {
		if i > 0 && i < len(value)-2 {
			line += " "
		}
		line += strings.TrimLeft(next, " ")
		if len(line) > longest {
			return
		}
	}
	p.lines = append(p.lines[:first], line)
}

// fold keeps so many lines: the first ones, those about the mark, and a word on how many are left out.
func (s shown) fold(n int) shown {
	if len(s.lines) <= n {
		return s
	}
	n = max(n, 3)
	left := func(k int) string { return fmt.Sprintf("… %d more lines", k) }
	if s.mark < n-1 {
		return shown{lines: append(append([]string{}, s.lines[:n-1]...), left(len(s.lines)-n+1)), mark: s.mark}
	}
	if n < 5 { // room for the marked line only
		return shown{lines: []string{left(s.mark), s.lines[s.mark], left(len(s.lines) - s.mark - 1)}, mark: 1}
	}
	window := n - 3 // besides the first line and two words
	from := max(1, min(s.mark-window/2, len(s.lines)-window))
	to := from + window
	lines := []string{s.lines[0], left(from - 1)}
	lines = append(lines, s.lines[from:to]...)
	if rest := len(s.lines) - to; rest > 0 {
		lines = append(lines, left(rest))
	}
	return shown{lines: lines, mark: s.mark - from + 2}
}
