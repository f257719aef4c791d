package conduct

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"resize-conformance/harness/exchange"
)

// document reads the body of a request that has one, and judges it as JSON. false says that there is nothing to be judged any further.
func (b *breaches) document(e *exchange.Exchange) (any, bool) {
	if e.RequestCut() || e.Request.Header.Get("Content-Encoding") != "" {
		return nil, false // what is missing may be all that is wrong, and what is compressed is not read here
	}
	pointer, got, whole := flawOf(e.RequestBody)
	if got != "" {
		b.add(Breach{
			Requirement: "RSZ-CLIENT-012", Wanted: "one JSON value (RFC 8259), with each name once in an object and nothing after it", Got: got, Pointer: pointer, Exchange: e.ID, Distorts: true,
		})
	}
	if !whole {
		return nil, false
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(e.RequestBody))
	d.UseNumber()
	err := d.Decode(&value)
	return value, err == nil
}

// flawOf says what is wrong with a text that should be JSON; whole says that it can be read all the same. A surrogate without its partner is left to the contract: by
// RFC 8259 it may stand there.
func flawOf(body []byte) (pointer, got string, whole bool) {
	if len(bytes.TrimSpace(body)) == 0 {
		return "", "nothing", false
	}
	read := func(o ...jsontext.Options) (rest []byte, err error) {
		d := jsontext.NewDecoder(bytes.NewReader(body), append(o, jsontext.AllowInvalidUTF8(true))...)
		err = d.SkipValue()
		return bytes.Trim(body[d.InputOffset():], " \t\r\n"), err
	}
	rest, err := read()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		pointer = string(syntax.JSONPointer)
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		got = "the name " + lastOf(pointer) + " twice in one object"
		rest, err = read(jsontext.AllowDuplicateNames(true))
	}
	switch {
	case err != nil && strings.Contains(err.Error(), "max depth"):
		return "", got, false // RFC 8259, section 9: how deep is read is up to who reads
	case err != nil && got == "":
		return pointer, "what is no JSON: " + strings.TrimPrefix(err.Error(), "jsontext: "), false
	case err != nil:
		return pointer, got, false
	case len(rest) > 0 && got == "":
		return "", fmt.Sprintf("%d more bytes after it: %s", len(rest), shortened(string(rest))), false
	case !utf8.Valid(body) && got == "":
		return "", "bytes that are not UTF-8", true
	}
	return pointer, got, len(rest) == 0
}

func lastOf(pointer string) string {
	return pointer[strings.LastIndexByte(pointer, '/')+1:]
}

// longestShown is how much of a value is shown; the exchange has all of it.
const longestShown = 200

func shortened(s string) string {
	if len(s) <= longestShown {
		return s
	}
	return strings.ToValidUTF8(s[:longestShown], "") + "…"
}

// shown is a value as it stands in JSON.
func shown(v any, there bool) string {
	if !there {
		return "nothing there"
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "what cannot be shown"
	}
	return shortened(strings.TrimSuffix(text.String(), "\n"))
}
