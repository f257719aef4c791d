package contract

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/jsonpointer"
)

// oracleStrict names our own layer among a violation's oracles.
const oracleStrict = "strict"

// checkJSON reads a body as strictly as RFC 8259 and RFC 7493 let one read: one value, nothing after it, no name twice in an object, valid
// UTF-8, no lone surrogates, at most 10,000 deep. fatal says that there is no value to judge any further.
//
// Neither schema library does this: both read the first value, take the last of two members, and replace bad UTF-8.
func checkJSON(body []byte) (keyword, pointer, got string, fatal bool) {
	err := readOne(body)
	if err == nil {
		return "", "", "", false
	}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		pointer = string(syntax.JSONPointer)
	}
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		// Still wholly readable? Then what else is wrong with it counts too.
		return KeywordDuplicate, pointer, "the name " + quote(lastToken(pointer)) + " twice in one object", readOne(body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) != nil
	case errors.Is(err, errTrailing):
		return KeywordTrailing, "", err.Error(), true
	}
	loose := readOne(body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if loose == nil {
		if utf8.Valid(body) { // then it is not the bytes that are wrong but what an escape stands for
			return KeywordSurrogate, pointer, "a surrogate escape without its partner" + atByte(syntax), false
		}
		return KeywordUTF8, pointer, "bytes that are not UTF-8" + atByte(syntax), false
	}
	if strings.Contains(err.Error(), "max depth") {
		return KeywordDepth, "", "nested deeper than 10,000", true
	}
	return KeywordSyntax, pointer, plainSyntax(err, syntax, body), true
}

var errTrailing = errors.New("more after the JSON value")

func readOne(body []byte, opts ...jsontext.Options) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), opts...)
	if err := dec.SkipValue(); err != nil {
		return err
	}
	rest := bytes.TrimLeft(trimPadding(body[dec.InputOffset():]), jsonSpace)
	if len(rest) > 0 {
		return fmt.Errorf("%w: %s", errTrailing, quote(string(rest)))
	}
	return nil
}

// jsonSpace is the white space that JSON allows between its tokens (RFC 8259 section 2).
const jsonSpace = " \t\r\n"

// A body longer than longBody is looked at in strides.
const (
	longBody = 64 << 10
	stride   = 4 << 10
)

// trimPadding takes white space from the end of a body, a long run of blanks in strides: a body beyond the gateway's limit is best made of them, and the
// layers would look at each of millions.
func trimPadding(body []byte) []byte {
	if len(body) > longBody {
		blanks := bytes.Repeat([]byte(" "), stride)
		for bytes.HasSuffix(body, blanks) {
			body = body[:len(body)-stride]
		}
	}
	return bytes.TrimRight(body, jsonSpace)
}

func offset(err *jsontext.SyntacticError) int {
	if err == nil {
		return 0
	}
	return int(err.ByteOffset)
}

func atByte(err *jsontext.SyntacticError) string {
	if err == nil {
		return ""
	}
	return fmt.Sprintf(" at byte %d", err.ByteOffset)
}

func plainSyntax(err error, syntax *jsontext.SyntacticError, body []byte) string {
	reason := strings.TrimPrefix(err.Error(), "jsontext: ")
	if syntax != nil && syntax.Err != nil {
		reason = strings.TrimPrefix(syntax.Err.Error(), "jsontext: ")
	}
	at := min(offset(syntax), len(body))
	return reason + atByte(syntax) + ", near " + quote(string(body[at:]))
}

func lastToken(pointer string) string {
	tokens := jsonpointer.Split(pointer)
	if len(tokens) == 0 {
		return ""
	}
	return tokens[len(tokens)-1]
}

// strictPath explains why a request is for no operation. A path that would match without its extra slashes is told as that.
func (c *Contract) strictPath(m *Message, pathFits bool) journal.Violation {
	v := journal.Violation{In: inRequest, Part: partPath, Blame: journal.Client, SpecPointer: "/paths", Oracles: []string{oracleStrict}}
	if pathFits {
		v.Keyword, v.Wanted, v.Got = KeywordMethod, "a method that the contract has for this path", m.Method+" "+capped(m.Path)
		return v
	}
	if clean := canonicalPath(m.Path); clean != m.Path {
		if op, _, _ := c.route(m.Method, clean); op != nil {
			v.Keyword, v.Wanted, v.Got, v.SpecPointer = KeywordPathForm, capped(clean), capped(m.Path), op.pointer
			return v
		}
	}
	v.Keyword, v.Wanted, v.Got = KeywordPath, "a path of the contract", m.Method+" "+capped(m.Path)
	return v
}

// canonicalPath takes away doubled and trailing slashes.
func canonicalPath(p string) string {
	segments := strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
	return "/" + strings.Join(segments, "/")
}

// strictQuery finds scalar parameters that are given more than once: which of the values a server takes is anybody's guess.
func strictQuery(op *operation, rawQuery string) []journal.Violation {
	if rawQuery == "" {
		return nil
	}
	values, err := url.ParseQuery(rawQuery)
	if err != nil {
		return []journal.Violation{{In: inRequest, Part: partQuery, Blame: journal.Client, Keyword: "format", SpecPointer: op.pointer, Oracles: []string{oracleStrict},
			Wanted: "a query of name=value pairs", Got: quote(rawQuery)}}
	}
	var out []journal.Violation
	for _, p := range op.query {
		if got := values[p.name]; p.scalar && len(got) > 1 {
			out = append(out, journal.Violation{In: inRequest, Part: partQuery, Blame: journal.Client, Pointer: p.name, Keyword: KeywordRepeated,
				SpecPointer: p.pointer, Oracles: []string{oracleStrict},
				Wanted: p.name + " at most once", Got: fmt.Sprintf("%d times: %s", len(got), safeValue(p.name, strings.Join(got, ", ")))})
		}
	}
	return out
}

// bodyView says how much of a body the oracles are asked about.
type bodyView int

const (
	wholeBody  bodyView = iota
	typeOnly            // there is one, but it cannot be read: only whether its media type is declared
	nothingYet          // there is none
)

// keeps says whether a finding is about something that was to be judged.
func (b bodyView) keeps(f finding) bool {
	switch f.part {
	case partBody:
		return b == wholeBody
	case partMediaType:
		return b != nothingYet
	}
	return true
}

func (b bodyView) filter(list []finding) []finding {
	if b == wholeBody {
		return list
	}
	return slices.DeleteFunc(list, func(f finding) bool { return !b.keeps(f) })
}

// strictBody judges the bytes of a body against what is declared for it, and says what is left for the oracles.
func strictBody(declared *content, required bool, contentType string, body []byte) (*journal.Violation, bodyView) {
	var mt *mediaType
	if declared != nil {
		mt = declared.find(contentType)
	}
	trimmed := bytes.TrimLeft(trimPadding(body), jsonSpace)
	if len(trimmed) == 0 {
		if declared == nil || !required {
			return nil, nothingYet
		}
		got := "an empty body"
		if len(body) > 0 {
			got = "white space only"
		}
		return &journal.Violation{Part: partBody, Keyword: KeywordEmptyBody, SpecPointer: declared.pointer, Wanted: "a body of " + declared.names(), Got: got}, nothingYet
	}
	if !isJSONType(baseMediaType(contentType)) {
		return nil, wholeBody
	}
	if keyword, pointer, got, fatal := checkJSON(body); keyword != "" {
		v := &journal.Violation{Part: partBody, Keyword: keyword, Pointer: pointer, Wanted: "one strict JSON value (RFC 8259, UTF-8, no name twice)", Got: got}
		if mt != nil {
			v.SpecPointer = mt.schema
		}
		if fatal {
			return v, typeOnly
		}
		return v, wholeBody
	}
	if mt != nil && mt.wantsObject && trimmed[0] == 'n' {
		return &journal.Violation{Part: partBody, Keyword: KeywordNullBody, SpecPointer: mt.schema, Wanted: "an object", Got: "null"}, typeOnly
	}
	return nil, wholeBody
}
