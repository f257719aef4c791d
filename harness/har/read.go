package har

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// File is a recording.
type File struct {
	Name    string // as it was given
	Creator string // what wrote it: "mitmproxy 11.0.2"; "" when it does not say
	Entries []*Entry
}

// longestEntry bounds what one entry may take of the memory.
const longestEntry = 64 << 20

// SyntaxError says where a file is no HAR.
type SyntaxError struct {
	File         string
	Offset       int64 // in bytes
	Line, Column int   // from 1; 0 when they are not known
	Pointer      string
	Text         string
}

func (e *SyntaxError) Error() string {
	where := fmt.Sprintf("byte %d", e.Offset)
	if e.Line > 0 {
		where = fmt.Sprintf("line %d, column %d (byte %d)", e.Line, e.Column, e.Offset)
	}
	if e.Pointer != "" {
		where += ", at " + e.Pointer
	}
	return fmt.Sprintf("%s: %s: %s", e.File, where, e.Text)
}

// Locate finds the line, by reading the file again. Of what cannot be read twice it finds none.
func (e *SyntaxError) Locate() {
	f, err := os.Open(e.File)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return
	}
	line, column, r := 1, 1, bufio.NewReader(f)
	for range e.Offset {
		b, err := r.ReadByte()
		if err != nil {
			break
		}
		if column++; b == '\n' {
			line, column = line+1, 1
		}
	}
	e.Line, e.Column = line, column
}

// bounded fails when more is read than there is room for.
type bounded struct {
	r    io.Reader
	left int64
}

var errTooLong = errors.New("too long")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

type reader struct {
	limit int64 // of one value
	name  string
	skew  int64 // bytes before the JSON
	room  *bounded
	dec   *jsontext.Decoder
	file  *File
	found bool // entries
}

// Read reads a recording from r; name is how errors and entries call it. Versions of the format are not told apart: what differs between them is not read.
func Read(r io.Reader, name string) (*File, error) { return readWithin(r, name, longestEntry) }

func readWithin(r io.Reader, name string, limit int64) (*File, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	h := &reader{limit: limit, name: name, file: &File{Name: name}}
	switch {
	case len(head) == 0:
		return nil, fmt.Errorf("%s: wanted a HAR file, got an empty one", name)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%s: wanted a HAR file, got a packed one; unpack it and give what is in it", name)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, fmt.Errorf("%s: wanted UTF-8, got UTF-16; save it as UTF-8", name)
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		h.skew, _ = 3, must(in.Discard(3))
	}
	h.room = &bounded{in, limit}
	h.dec = jsontext.NewDecoder(h.room, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := h.read(); err != nil {
		return nil, h.describe(err)
	}
	return h.file, nil
}

// must is for what cannot fail: discarding what has been peeked at.
func must(n int, _ error) int { return n }

func (h *reader) read() error {
	if err := h.object("a HAR file: an object with the member log", func(name string) error {
		if name != "log" {
			return h.dec.SkipValue()
		}
		return h.object("an object with the member entries", h.log)
	}); err != nil {
		return err
	}
	if !h.found {
		return h.wanted("a HAR file: {\"log\": {\"entries\": [...]}}", "none of it")
	}
	if _, err := h.dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err != nil {
			return err
		}
		return h.wanted("the end of the file", "more after the HAR object")
	}
	return nil
}

// object reads the members of an object, each by a function that takes its value.
func (h *reader) object(wanted string, member func(name string) error) error {
	if kind := h.dec.PeekKind(); kind != '{' {
		if kind == 0 { // an error, which ReadToken gives
			_, err := h.dec.ReadToken()
			return err
		}
		return h.wanted(wanted, "a JSON value that begins with "+kind.String())
	}
	if _, err := h.dec.ReadToken(); err != nil {
		return err
	}
	for h.dec.PeekKind() == '"' {
		h.room.left = h.limit
		name, err := h.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := member(name.String()); err != nil {
			return err
		}
	}
	_, err := h.dec.ReadToken()
	return err
}

func (h *reader) log(name string) error {
	switch name {
	case "creator":
		var creator optional[struct {
			Name    text `json:"name"`
			Version text `json:"version"`
		}]
		err := json.UnmarshalDecode(h.dec, &creator)
		h.file.Creator = strings.TrimSpace(creator.v.Name.s + " " + creator.v.Version.s)
		return err
	case "entries":
		return h.entries()
	}
	return h.dec.SkipValue()
}

func (h *reader) entries() error {
	if kind := h.dec.PeekKind(); kind != '[' {
		if kind == 0 {
			_, err := h.dec.ReadToken()
			return err
		}
		return h.wanted("the list of entries", "a JSON value that begins with "+kind.String())
	}
	if _, err := h.dec.ReadToken(); err != nil {
		return err
	}
	h.found = true
	for kind := h.dec.PeekKind(); kind != ']' && kind != 0; kind = h.dec.PeekKind() {
		h.room.left = h.limit
		var w optional[wireEntry]
		if err := json.UnmarshalDecode(h.dec, &w); err != nil {
			return err
		}
		h.file.Entries = append(h.file.Entries, entryOf(h.file, len(h.file.Entries), &w))
	}
	_, err := h.dec.ReadToken()
	return err
}

func (h *reader) wanted(wanted, got string) error {
	return &SyntaxError{File: h.name, Offset: h.skew + h.dec.InputOffset(), Pointer: string(h.dec.StackPointer()), Text: "wanted " + wanted + ", got " + got}
}

// describe makes one sentence of what a decoder says.
func (h *reader) describe(err error) error {
	var own *SyntaxError
	if errors.As(err, &own) {
		return err
	}
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errTooLong):
		return &SyntaxError{File: h.name, Offset: h.skew + h.dec.InputOffset(), Pointer: string(h.dec.StackPointer()),
			Text: fmt.Sprintf("this value is longer than %d MiB, more than any exchange of the contract", h.limit>>20)}
	case errors.As(err, &syntax):
		at := &SyntaxError{File: h.name, Offset: h.skew + syntax.ByteOffset, Pointer: string(syntax.JSONPointer)}
		at.Text = "this is not JSON: " + strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
		if errors.Is(err, io.ErrUnexpectedEOF) {
			at.Text = "the file ends here, within its JSON; was it cut off when it was saved or copied?"
		}
		return at
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &SyntaxError{File: h.name, Offset: h.skew + h.dec.InputOffset(), Text: "the file ends here, and holds no JSON value"}
	}
	return fmt.Errorf("%s: %w", h.name, err)
}

// Creators names what wrote the files, each once.
func Creators(files []*File) []string {
	var names []string
	for _, f := range files {
		if f.Creator != "" && !slices.Contains(names, f.Creator) {
			names = append(names, f.Creator)
		}
	}
	return names
}
