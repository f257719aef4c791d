package replay

import (
	"encoding/json"
	"regexp"
	"strings"
)

// keyed says that every key is an id.
func keyed(object map[string]any) bool {
	for name := range object {
		if form(name) != "a UUID" {
			return false
		}
	}
	return len(object) > 0
}

var forms = []struct {
	name string
	is   *regexp.Regexp
}{
	{"empty", regexp.MustCompile(`^$`)},
	{"a UUID", regexp.MustCompile(`^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)},
	{"32 hexadecimal digits", regexp.MustCompile(`^[0-9a-fA-F]{32}$`)},
	{"a time in UTC with Z and milliseconds", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)},
	{"a time in UTC with Z", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)},
	{"a time with microseconds and without zone", regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$`)},
	{"another time", regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d`)},
	{"a number in quotes", regexp.MustCompile(`^-?\d+(\.\d+)?$`)},
	{"true or false in quotes", regexp.MustCompile(`^(?i:true|false)$`)},
	{"an IPv4 address", regexp.MustCompile(`^(\d{1,3}\.){3}\d{1,3}$`)},
	{"a MAC address", regexp.MustCompile(`^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$`)},
	{"an IPv6 address", regexp.MustCompile(`^[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}$`)},
	{"a URL", regexp.MustCompile(`^https?://`)},
}

// form is what kind of text a text is.
func form(s string) string {
	for _, f := range forms {
		if f.is.MatchString(s) {
			return f.name
		}
	}
	return "another text"
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		return "number"
	case []any:
		return "list"
	}
	return "object"
}

// shown is a value in few characters.
func shown(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return kindOf(v)
	}
	if runes := []rune(string(text)); len(runes) > 80 {
		return string(runes[:79]) + "…"
	}
	return string(text)
}

// escape makes a member's name a token of a JSON pointer (RFC 6901).
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
