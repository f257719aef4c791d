package cases

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/contract"
)

// placeholderOf gives what stands for a member whose value only the target knows, or nobody may have.
func placeholderOf(pointer string) (string, bool) {
	switch pointer[strings.LastIndexByte(pointer, '/')+1:] {
	case "flavorRef":
		return Flavor, true
	case "id":
		return Nobody, true
	}
	return "", false
}

// stands says that something of the target stands at a place.
func stands(pointer string) bool {
	_, placeholder := placeholderOf(pointer)
	return placeholder
}

// smallestScalar is a valid value of a string, number or boolean: what stands for it, the first of an enum, its example, or one made to fit.
func (r *request) smallestScalar(schema *openapi3.Schema, pointer string) value {
	if len(schema.Enum) > 0 {
		return valueOf(schema.Enum[0])
	}
	switch {
	case schema.Type.Is("boolean"):
		return raw("true")
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		switch {
		case schema.Min != nil && schema.ExclusiveMin.IsTrue():
			return number(*schema.Min + 1)
		case schema.Min != nil:
			return number(*schema.Min)
		case schema.Max != nil && *schema.Max < 1:
			return number(*schema.Max)
		}
		return raw("1")
	}
	if stand, ok := placeholderOf(pointer); ok {
		return text(stand)
	}
	if example, ok := schema.Example.(string); ok {
		return text(example)
	}
	if sample, ok := samples()[schema.Format]; ok {
		return text(sample)
	}
	if schema.Pattern != "" {
		r.problems = append(r.problems, fmt.Errorf("cases: %s %s has a pattern and no example; give it one, so that a valid request can be made", r.op.ID, pointer))
	}
	return text(strings.Repeat("x", int(max(schema.MinLength, 1))))
}

func valueOf(v any) value {
	switch v := v.(type) {
	case string:
		return text(v)
	case float64:
		return number(v)
	case bool:
		return raw(strconv.FormatBool(v))
	}
	return raw("null")
}

func number(f float64) raw { return raw(strconv.FormatFloat(f, 'f', -1, 64)) }

// scalar are the boundaries of a string or number, in the order of the keywords; few of those outside when few are enough.
func (r *request) scalar(schema *openapi3.Schema, pointer string, few bool) []variant {
	switch {
	case len(schema.Enum) > 0:
		return enum(schema, few)
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		return bounds(schema)
	case schema.Type.Is("boolean"):
		if pointer == "/dry_run" {
			return nil // false is a request to carry it out, a promise of its own
		}
		return []variant{{"type", "", contract.Inside, "false", raw("false")}}
	case schema.Type.Is("string"):
		return r.strings(schema, pointer, stands(pointer))
	}
	return nil
}

// enum are all values, and the nearest that are none.
func enum(schema *openapi3.Schema, few bool) []variant {
	var out []variant
	taken := map[string]bool{}
	for _, v := range schema.Enum {
		taken[string(render(valueOf(v)))] = true
	}
	for _, v := range schema.Enum {
		out = append(out, variant{"enum", "", contract.On, fmt.Sprint(v), valueOf(v)})
	}
	found := 0
	near := func(name string, v value) {
		const enough = 2
		if few && found >= enough {
			return
		}
		found++
		if written := string(render(v)); !taken[written] {
			taken[written] = true
			out = append(out, variant{"enum", "", contract.Outside, name, v})
		}
	}
	for _, v := range schema.Enum {
		switch v := v.(type) {
		case float64:
			for _, n := range []float64{v - 1, v + 1, 0, -1} {
				near(string(number(n)), number(n))
			}
		case string:
			if v == "" {
				continue
			}
			near(otherCase(v), text(otherCase(v)))
			near(v+"+x", text(v+"x"))
		}
	}
	if _, isText := schema.Enum[0].(string); isText {
		near("empty", text(""))
	} else if schema.Type.Is("integer") {
		near("huge", raw("100000000000000000000"))
	}
	return out
}

// bounds are those of a number: its minimum and maximum, else those of its format.
func bounds(schema *openapi3.Schema) []variant {
	var out []variant
	step := 1.0
	if schema.Type.Is("number") {
		step = 0.5
	}
	edge := func(keyword string, at *float64, exclusive bool, outward float64) {
		if at == nil {
			return
		}
		on, outside, judged := *at, *at+outward*step, ""
		if exclusive {
			on, outside, judged = *at-outward*step, *at, "exclusive"+strings.ToUpper(keyword[:1])+keyword[1:]
		}
		out = append(out, variant{keyword, "", contract.On, string(number(on)), number(on)}, variant{keyword, judged, contract.Outside, string(number(outside)), number(outside)})
	}
	edge("minimum", schema.Min, schema.ExclusiveMin.IsTrue(), -1)
	edge("maximum", schema.Max, schema.ExclusiveMax.IsTrue(), 1)
	// Those of int64 lie as far outside as the next number that a reader in floating point can tell from the last one inside.
	type limits struct{ lowest, highest, below, above string }
	formats := map[string]limits{
		"int32": {strconv.Itoa(math.MinInt32), strconv.Itoa(math.MaxInt32), "-2147483649", "2147483648"},
		"int64": {strconv.Itoa(math.MinInt64), strconv.Itoa(math.MaxInt64), "-9223372036854777856", "9223372036854777856"},
	}
	l, has := formats[schema.Format]
	if !has {
		return out
	}
	if schema.Min == nil {
		out = append(out, variant{"format", "", contract.On, l.lowest, raw(l.lowest)}, variant{"format", "", contract.Outside, l.below, raw(l.below)})
	}
	if schema.Max == nil {
		out = append(out, variant{"format", "", contract.On, l.highest, raw(l.highest)}, variant{"format", "", contract.Outside, l.above, raw(l.above)})
	}
	return out
}

// strings are the boundaries of a text. Lengths count code points, so the longest is tried in letters of one byte and of four. A text that stands for something of
// the target has no other valid values that could be known.
func (r *request) strings(schema *openapi3.Schema, pointer string, placeholder bool) []variant {
	var out []variant
	free := !placeholder && free(schema)
	if n := int(schema.MinLength); n > 0 {
		if free {
			out = append(out, variant{"minLength", "", contract.On, strconv.Itoa(n), text(strings.Repeat("x", n))})
		}
		if schema.Pattern == "" {
			out = append(out, variant{"minLength", "", contract.Outside, strconv.Itoa(n - 1), text(strings.Repeat("x", n-1))})
		}
	}
	if schema.MaxLength != nil && schema.Pattern == "" {
		n := int(*schema.MaxLength)
		if free {
			out = append(out, variant{"maxLength", "", contract.On, strconv.Itoa(n), text(strings.Repeat("x", n))},
				variant{"maxLength", "", contract.On, strconv.Itoa(n) + "-of-four-bytes", text(strings.Repeat("\U00020000", n))})
		}
		out = append(out, variant{"maxLength", "", contract.Outside, strconv.Itoa(n + 1), text(strings.Repeat("x", n+1))},
			variant{"maxLength", "", contract.Outside, strconv.Itoa(n+1) + "-of-four-bytes", text(strings.Repeat("\U00020000", n+1))})
	}
	for _, m := range r.misfits(schema, pointer) {
		out = append(out, variant{"pattern", "", contract.Outside, m.name, text(m.text)})
	}
	if slices.Contains([]string{"date", "date-time", "byte"}, schema.Format) { // no oracle looks at others
		out = append(out, variant{"format", "", contract.Outside, "no-" + schema.Format, text("no " + schema.Format)})
	}
	return out
}

// samples are valid texts of formats.
func samples() map[string]string {
	return map[string]string{
		"date": "2026-01-31", "date-time": "2026-01-31T23:59:59Z", "uuid": "616fb98f-46ca-475e-917e-2563e5a8cd19", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
		"email": "someone@example.org", "uri": "https://example.org/", "byte": "AAECAw==",
	}
}

type misfit struct{ name, text string }

// misfits are texts near the example that a pattern does not admit.
func (r *request) misfits(schema *openapi3.Schema, pointer string) []misfit {
	if schema.Pattern == "" {
		return nil
	}
	pattern, err := regexp.Compile(schema.Pattern)
	if err != nil {
		r.problems = append(r.problems, fmt.Errorf("cases: %s %s: the pattern cannot be read: %w", r.op.ID, pointer, err))
		return nil
	}
	example, _ := schema.Example.(string)
	candidates := []misfit{{"empty", ""}, {"x", "x"}, {"longer", example + "x"}, {"blank-before", " " + example}, {"other-case", otherCase(example)}, {"non-ascii", example + "\u00e9"}}
	if _, size := utf8.DecodeRuneInString(example); len(example) > size {
		candidates = append(candidates, misfit{"shorter", example[size:]})
	}
	return slices.DeleteFunc(candidates, func(m misfit) bool {
		return pattern.MatchString(m.text) || uint64(utf8.RuneCountInString(m.text)) < schema.MinLength
	})
}

// otherCase writes a word in another case: in capitals, or in small letters when it is in capitals already.
func otherCase(s string) string {
	if strings.IndexFunc(s, unicode.IsUpper) >= 0 {
		return strings.ToLower(s)
	}
	return strings.ToUpper(s)
}
