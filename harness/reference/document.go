package reference

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"
)

// document is the JSON object of an answer. Members that nobody knows are left alone.
type document map[string]any

// parse reads a body that must be one JSON object and nothing else. The error says what it is instead.
func parse(body []byte) (document, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errors.New("the body is empty")
	}
	if !utf8.Valid(body) {
		return nil, errors.New("the body is no UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber() // an id or a size must not lose digits
	var value any
	switch err := dec.Decode(&value); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("the JSON ends in its middle, after %d bytes", len(body))
	case err != nil:
		return nil, fmt.Errorf("the body is no JSON: %w", err)
	}
	if rest := bytes.TrimSpace(body[dec.InputOffset():]); len(rest) > 0 {
		return nil, fmt.Errorf("%d bytes follow the JSON, from byte %d on", len(rest), dec.InputOffset())
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("wanted a JSON object, got %s", kindOf(value))
	}
	return object, nil
}

// isJSON says whether a Content-Type names JSON: application/json, or a type with the suffix +json (RFC 6839, section 3.1).
func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// object is the member of that name, nil when it is absent or no object.
func (d document) object(name string) document {
	o, _ := d[name].(map[string]any)
	return o
}

// text is a member that is a string or a number, as text. ok is false when it is absent, null or something else.
func (d document) text(name string) (value string, ok bool) {
	switch v := d[name].(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// optional is text for a member that need not be there: "" when it is absent or null; the error says that it is something else.
func (d document) optional(name string) (string, error) {
	v, ok := d[name].(string)
	if d[name] != nil && !ok {
		return "", fmt.Errorf("%s: wanted a string, got %s", name, kindOf(d[name]))
	}
	return v, nil
}

// required is a string that must be there and say something.
func (d document) required(name string) (string, error) {
	v, err := d.optional(name)
	if err == nil && v == "" {
		err = fmt.Errorf("%s: wanted a string, got %s", name, shown(d, name))
	}
	return v, err
}

// integer is a member that the documents write as a number in some places and as a string in others. 0 when it is absent or null.
func (d document) integer(name string) (int, error) {
	value, ok := d.text(name)
	if !ok {
		if d[name] != nil {
			return 0, fmt.Errorf("%s: wanted a whole number, got %s", name, kindOf(d[name]))
		}
		return 0, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		return 0, fmt.Errorf("%s: wanted a whole number, got %q", name, value)
	}
	return n, nil
}

func shown(d document, name string) string {
	v, there := d[name]
	switch {
	case !there:
		return "nothing"
	case v == "":
		return "an empty one"
	}
	return kindOf(v)
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case []any:
		return "an array"
	}
	return "an object"
}
