package suites

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/gomega/types"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/jsonpointer"
)

// at is the place of a JSON pointer in an answer.
func at(a *ecs.Answer, pointer string) Place { return Place{Exchange: a.Exchange, Pointer: pointer} }

// Expect asserts what stands at a JSON pointer of an answer's body; wanted says it in words. Where nothing stands the matcher sees nil.
func (x *Exercise) Expect(a *ecs.Answer, pointer string, m types.GomegaMatcher, wanted string, args ...any) {
	x.expect(at(a, pointer), lookup(a, pointer), m, fmt.Sprintf(wanted, args...))
}

// expect asserts what was got somewhere.
func (x *Exercise) expect(where Place, got any, m types.GomegaMatcher, wanted string) {
	matches, err := m.Match(got)
	if err == nil && matches {
		return
	}
	x.Fail(where, wanted, shown(got))
}

// ExpectStatus asserts the HTTP status.
func (x *Exercise) ExpectStatus(a *ecs.Answer, what string, wanted ...int) {
	if !slices.Contains(wanted, a.Status) {
		x.Fail(at(a, ""), fmt.Sprintf("%s answered with %s", what, ecs.Either(wanted)), describe(a))
	}
}

// Text is the string at a JSON pointer, "" when there is none.
func Text(a *ecs.Answer, pointer string) string {
	s, _ := lookup(a, pointer).(string)
	return s
}

// lookup finds what a JSON pointer (RFC 6901) names in an answer's body; nil when there is nothing, or null. Numbers are float64.
func lookup(a *ecs.Answer, pointer string) any {
	var value any
	if json.Unmarshal(a.Body, &value) != nil {
		return nil
	}
	for _, token := range jsonpointer.Split(pointer) {
		switch in := value.(type) {
		case map[string]any:
			value = in[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(in) {
				return nil
			}
			value = in[i]
		default:
			return nil
		}
	}
	return value
}

// longest is how much of one value a finding shows; the exchange has all of it.
const longest = 120

func shown(v any) string {
	if v == nil {
		return "nothing there"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(text) > longest {
		return strings.ToValidUTF8(string(text[:longest]), "") + "…"
	}
	return string(text)
}

// describe says what an answer is, in one phrase and without its free text, which may hold anything: "404 Ecs.0114", "200 with job_id".
func describe(a *ecs.Answer) string {
	if codes := a.ErrorCodes(); len(codes) > 0 {
		return fmt.Sprintf("%d %s", a.Status, strings.Join(codes, ", "))
	}
	var ids []string
	for _, id := range []string{"job_id", "order_id"} {
		if lookup(a, "/"+id) != nil {
			ids = append(ids, id)
		}
	}
	switch {
	case len(ids) > 0:
		return fmt.Sprintf("%d with %s", a.Status, strings.Join(ids, " and "))
	case len(a.Body) == 0:
		return fmt.Sprintf("%d with an empty body", a.Status)
	default:
		return fmt.Sprintf("%d with %d bytes of %s and no error code", a.Status, len(a.Body), orNothing(a.Header.Get("Content-Type")))
	}
}

func orNothing(mediaType string) string {
	if mediaType == "" {
		return "no media type"
	}
	return mediaType
}

// codePointer is where the error code stands in the envelope at hand.
func codePointer(a *ecs.Answer) string {
	for _, p := range []string{"/error_code", "/error/code", "/code"} {
		if lookup(a, p) != nil {
			return p
		}
	}
	return ""
}
