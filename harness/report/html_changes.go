package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wI2L/jsondiff"
)

// What is compared of two JSON texts, and how many differences are shown.
const (
	diffLimit   = 64 << 10 // bytes of a text
	diffChanges = 40
)

// htmlDiff is how one JSON value differs from another.
type htmlDiff struct {
	Title         string
	Before, After string // what the two are
	Changes       []htmlChange
	More          int
}

// htmlChange is one difference: what stands at a pointer in the one and in the other; "" where there is nothing.
type htmlChange struct{ Pointer, Old, New string }

// diffOf compares two texts; nil unless both are JSON objects or lists, and they differ.
func diffOf(title, before, after, old, changed string) *htmlDiff {
	for _, s := range []string{old, changed} {
		if s = strings.TrimLeft(s, " \t\r\n"); s == "" || s[0] != '{' && s[0] != '[' || len(s) > diffLimit {
			return nil
		}
	}
	patch, err := jsondiff.CompareJSON([]byte(old), []byte(changed), jsondiff.Invertible(), jsondiff.UnmarshalFunc(decodeExactly))
	if err != nil || len(patch) == 0 {
		return nil
	}
	diff := &htmlDiff{Title: title, Before: before, After: after}
	for i := 0; i < len(patch); i++ {
		op := patch[i]
		c := htmlChange{Pointer: text(op.Path, 200)}
		switch op.Type {
		case jsondiff.OperationTest:
			// An invertible patch says before each removal and replacement what was there.
			if i+1 == len(patch) {
				continue
			}
			i++
			c.Old = shortJSON(op.Value)
			if patch[i].Type == jsondiff.OperationReplace {
				c.New = shortJSON(patch[i].Value)
			}
		default:
			c.New = shortJSON(op.Value)
		}
		if len(diff.Changes) == diffChanges {
			diff.More++
			continue
		}
		diff.Changes = append(diff.Changes, c)
	}
	return diff
}

// decodeExactly keeps numbers as they were written: as floats, two large ones could look alike.
func decodeExactly(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if dec.More() {
		return fmt.Errorf("more than one JSON value")
	}
	return nil
}

func shortJSON(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return oneLine(b.String(), 200)
}
