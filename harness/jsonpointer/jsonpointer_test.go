package jsonpointer

import (
	"slices"
	"testing"
)

func TestThereAndBack(t *testing.T) {
	for pointer, tokens := range map[string][]string{
		"":                nil,
		"/":               {""},
		"/a/b":            {"a", "b"},
		"/paths/~1v1~1{}": {"paths", "/v1/{}"},
		"/~01":            {"~1"}, // not "/": ~1 is read before ~0
		"/a~0b/":          {"a~b", ""},
	} {
		if got := Split(pointer); !slices.Equal(got, tokens) {
			t.Errorf("%q splits into %q, want %q", pointer, got, tokens)
		}
		if got := Join(tokens); got != pointer {
			t.Errorf("%q join to %q, want %q", tokens, got, pointer)
		}
	}
}
