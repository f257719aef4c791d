package monitor

import (
	"encoding/json"
	"testing"
)

// read puts a text together again from what members and elements say of it, so that it can be compared with what a decoder says.
func read(text string) (any, bool) {
	switch text[blank(text, 0)] {
	case '{':
		out, whole := map[string]any{}, true
		ok := members(text, func(name, value string) {
			v, ok := read(value)
			whole = whole && ok
			out[name] = v
		})
		return out, ok && whole
	case '[':
		out, whole := []any{}, true
		ok := elements(text, func(value string) {
			v, ok := read(value)
			whole = whole && ok
			out = append(out, v)
		})
		return out, ok && whole
	}
	var v any
	return v, json.Unmarshal([]byte(text), &v) == nil
}

func FuzzReadingAsADecoderReads(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, ` { "a" : [ 1 , {"b":"c\"}]"} , null ] , "d\u0061\/":true,"é":-1.5e3 } `, `{"a":{"a":{"a":[[[]]]}}}`, `{"a":1,"a":2}`, "{\"a\"\n:\t[]\r}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want any
		if json.Unmarshal([]byte(text), &want) != nil {
			if len(text) > 0 { // it must come to an end, whatever it is given
				members(text, func(string, string) {})
				elements(text, func(string) {})
			}
			return
		}
		got, ok := read(text)
		a, errA := json.Marshal(want)
		b, errB := json.Marshal(got)
		if !ok || errA != nil || errB != nil || string(a) != string(b) {
			t.Errorf("%q is read as %s (%t), a decoder reads %s", text, b, ok, a)
		}
	})
}

func TestWhatIsBrokenIsNotRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, ` `, `x`, `"a"`, `{`, `{"a"`, `{"a":`, `{"a":}`, `{"a":1`, `{"a":1,`, `{"a":[1}`, `{a:1}`, `{"a":"`, `{"a":"\`, `{"a":{"b":"}`} {
		if members(text, func(string, string) {}) {
			t.Errorf("%q is taken for an object", text)
		}
	}
	for _, text := range []string{``, `[`, `[1`, `[1,`, `[,]`, `[1,]`, `["`, `{}`} {
		if elements(text, func(string) {}) {
			t.Errorf("%q is taken for an array", text)
		}
	}
}
