package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// number is a JSON number as it was written.
type number string

// whole is the number's value if it is an integer in the mathematical sense: 1, 1.0 and 1e0 are the same value in JSON.
func (n number) whole() (int, bool) {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || f != float64(int(f)) {
		return 0, false
	}
	return int(f), true
}

// decodeJSON reads exactly one JSON value into map[string]any, []any, string, number, bool or nil. It is strict:
// duplicate names, invalid UTF-8, lone surrogates, and anything but white space after the value are errors.
func decodeJSON(raw []byte) (any, error) {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	v, err := decodeValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the JSON value")
	}
	return v, nil
}

func decodeValue(d *jsontext.Decoder) (any, error) {
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case '{':
		m := map[string]any{}
		for d.PeekKind() != '}' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			key := name.String()
			if m[key], err = decodeValue(d); err != nil {
				return nil, err
			}
		}
		_, err := d.ReadToken()
		return m, err
	case '[':
		list := []any{}
		for d.PeekKind() != ']' {
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.ReadToken()
		return list, err
	case '"':
		return t.String(), nil
	case '0':
		return number(t.String()), nil
	case 't', 'f':
		return t.Bool(), nil
	}
	return nil, nil
}

// notBlank refuses an empty body.
func notBlank(raw []byte) *Refusal {
	if len(bytes.TrimSpace(raw)) == 0 {
		return refuse(http.StatusBadRequest, "Common.0002", "The request body must not be blank.")
	}
	return nil
}

// isJSON refuses a media type other than application/json. Clients send it with charset=UTF-8 in several spellings, or without.
func isJSON(header http.Header) *Refusal {
	sent := header.Get("Content-Type")
	media, params, err := mime.ParseMediaType(sent)
	charset, given := params["charset"]
	if err != nil || media != "application/json" || given && !strings.EqualFold(charset, "utf-8") {
		return refuse(http.StatusUnsupportedMediaType, "Ecs.0005", "Content-Type must be application/json, got %q.", sent)
	}
	return nil
}

func illegalBody(format string, args ...any) *Refusal {
	return refuse(http.StatusBadRequest, "Ecs.0005", "The request body is illegal: "+format, args...)
}

// document is the beginning of every operation with a body other than resize: a JSON object, or why not.
func (r *Request) document() (map[string]any, *Refusal) {
	if refusal := notBlank(r.Body); refusal != nil {
		return nil, refusal
	}
	if refusal := isJSON(r.HTTP.Header); refusal != nil {
		return nil, refusal
	}
	v, err := decodeJSON(r.Body)
	if err != nil {
		return nil, illegalBody("%v", err)
	}
	m, isObject := v.(map[string]any)
	if !isObject {
		return nil, illegalBody("wanted an object, got %s", kindOf(v))
	}
	return m, nil
}

// reader takes fields out of a JSON object and remembers by JSON pointer what is wrong with them. Reading goes on after
// an error: what to make of it is decided elsewhere.
type reader struct {
	wrong map[string]string
}

func (rd *reader) complain(pointer, format string, args ...any) {
	if rd.wrong == nil {
		rd.wrong = map[string]string{}
	}
	rd.wrong[pointer] = fmt.Sprintf(format, args...)
}

// field reads a field of the wanted type; got is false when it is absent or wrong. null is not taken for absent.
func field[T any](rd *reader, parent map[string]any, base, name string, required bool) (value T, got bool) {
	pointer := base + "/" + name
	v, present := parent[name]
	if !present {
		if required {
			rd.complain(pointer, "%s is required", pointer)
		}
		return value, false
	}
	value, got = v.(T)
	if !got {
		rd.complain(pointer, "%s must be %s, got %s", pointer, kindOf(value), kindOf(v))
	}
	return value, got
}

// first is any complaint, the one with the smallest pointer.
func (rd *reader) first() *Refusal {
	best := ""
	for pointer := range rd.wrong {
		if best == "" || pointer < best {
			best = pointer
		}
	}
	if best == "" {
		return nil
	}
	return illegalBody("%s", rd.wrong[best])
}

func kindOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return "a string"
	case number:
		return "a number"
	case bool:
		return "a boolean"
	case nil:
		return "null"
	default:
		return fmt.Sprintf("%T", v)
	}
}
