package cases

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/jsonpointer"
)

// broken is a way in which the bytes of a body are wrong, whatever its schema says.
type broken struct {
	keyword string
	judged  string
	name    string
	what    string
	body    func(good []byte) []byte
}

// bytes derives what no schema can express from the smallest valid body.
func (r *request) bytes(required bool) {
	if r.body == nil {
		return
	}
	ways := malformed()
	if required {
		ways = append(ways, emptiness()...)
	}
	ways = append(ways, doubtful()...)
	if r.undocumented("body", "", "type", contract.Outside) {
		// Of such an operation it is hardly documented that it reads its body at all.
		ways = slices.DeleteFunc(ways, func(w broken) bool { return !slices.Contains(usual(), w.name) })
	}
	for _, w := range ways {
		k := constraint{part: "body", keyword: w.keyword, judged: w.judged, within: none, side: contract.Outside, name: w.name, field: "body", what: w.what}
		r.add(k, func(c *Case, dry bool) {
			c.Body, c.Bytes = w.body(r.dressed(r.body, "", dry)), true
		})
	}
	r.duplicates()
	r.unusual()
}

// unusual is what every reader of JSON takes (RFC 8259, section 9) although few writers write it, and numbers of a size that a reader may not hold (section 6).
func (r *request) unusual() {
	for _, w := range []broken{
		{contract.KeywordSyntax, "", "white-space", "white space wherever it may stand", spread},
		{contract.KeywordSyntax, "", "escaped-names", "members' names with escapes", escapedNames},
	} {
		k := constraint{part: "body", keyword: w.keyword, within: none, side: contract.On, name: w.name, field: "body", what: w.what}
		r.add(k, func(c *Case, dry bool) { c.Body, c.Bytes = w.body(r.dressed(r.body, "", dry)), true })
	}
	for _, n := range []struct{ name, number string }{{"huge-exponent", "1e400"}, {"thousand-digits", strings.Repeat("9", 1000)}} {
		k := constraint{part: "body", keyword: contract.KeywordUndeclared, within: none, side: contract.Outside, name: n.name, field: "body", valid: true,
			what: "an unknown member with a number that no floating-point number of 64 bits is near"}
		r.add(k, func(c *Case, dry bool) { c.Body, c.Bytes = with(n.number)(r.dressed(r.body, "", dry)), true })
	}
}

// spread puts white space of every kind around what is no text.
func spread(good []byte) []byte {
	var b bytes.Buffer
	inText := false
	for _, c := range good { // no text of the smallest body has an escaped quote
		if c == '"' {
			inText = !inText
		}
		if !inText && strings.IndexByte("{}[]:,", c) >= 0 {
			b.WriteString("\t" + string(c) + "\r\n ")
			continue
		}
		b.WriteByte(c)
	}
	return b.Bytes()
}

var memberName = regexp.MustCompile(`"([A-Za-z])([^"]*":)`)

// escapedNames writes the first letter of each member's name as an escape.
func escapedNames(good []byte) []byte {
	return memberName.ReplaceAllFunc(good, func(name []byte) []byte {
		return []byte(fmt.Sprintf(`"\u%04x%s`, name[1], name[2:]))
	})
}

// usual are the ways in which bodies do go wrong, of each kind one.
func usual() []string {
	return []string{
		"trailing-comma", "single-quotes", "block-comment", "NaN", "open-brace", "form", "second-object", "nul", "empty", "white-space", "null", "utf-8", "lone-byte", "high", "arrays",
	}
}

// always is a body that has nothing of the good one.
func always(text string) func([]byte) []byte { return func([]byte) []byte { return []byte(text) } }

// with puts a member that nobody knows at the end of the object: what is wrong is wrong in it alone, so that a reader who skips it would take the rest.
func with(raw string) func([]byte) []byte {
	return func(good []byte) []byte {
		return []byte(strings.TrimSuffix(string(good), "}") + `,"x-unknown":` + raw + "}")
	}
}

// after puts something behind the value.
func after(more string) func([]byte) []byte {
	return func(good []byte) []byte { return append(bytes.Clone(good), more...) }
}

// replaced changes the first occurrence.
func replaced(old, by string) func([]byte) []byte {
	return func(good []byte) []byte { return []byte(strings.Replace(string(good), old, by, 1)) }
}

// malformed is what is no JSON text, the good body being in it: what a lenient parser takes (JSON5, literals of other languages), and what was cut off.
func malformed() []broken {
	const syntax, trailing = contract.KeywordSyntax, contract.KeywordTrailing
	return []broken{
		{syntax, "", "trailing-comma", "a comma before the last brace", func(good []byte) []byte { return []byte(strings.TrimSuffix(string(good), "}") + ",}") }},
		{syntax, "", "leading-comma", "a comma after the first brace", replaced("{", "{,")},
		{syntax, "", "missing-colon", "a colon left out", replaced(`":`, `" `)},
		{syntax, "", "equals-sign", "an equals sign for a colon", replaced(`":`, `"=`)},
		{syntax, "", "single-quotes", "single quotes", func(good []byte) []byte { return bytes.ReplaceAll(good, []byte(`"`), []byte(`'`)) }},
		{syntax, "", "unquoted-name", "a member's name without quotes", func(good []byte) []byte {
			name, rest, _ := strings.Cut(strings.TrimPrefix(string(good), `{"`), `"`)
			return []byte("{" + name + rest)
		}},
		{syntax, "", "block-comment", "a comment", replaced("{", "{/* now */")},
		{syntax, "", "line-comment", "a comment to the end of the line", replaced("{", "{// now\n")},
		{syntax, "", "hash-comment", "a comment of other languages", replaced("{", "{# now\n")},
		{syntax, "", "NaN", "a value NaN", with("NaN")},
		{syntax, "", "Infinity", "a value Infinity", with("Infinity")},
		{syntax, "", "-Infinity", "a value -Infinity", with("-Infinity")},
		{syntax, "", "True", "a value True", with("True")},
		{syntax, "", "undefined", "a value undefined", with("undefined")},
		{syntax, "", "no-value", "a member without value", with("")},
		{syntax, "", "leading-zero", "a number with a leading zero", with("01")},
		{syntax, "", "plus-sign", "a number with a plus sign", with("+1")},
		{syntax, "", "leading-point", "a number that begins with its point", with(".5")},
		{syntax, "", "trailing-point", "a number that ends with its point", with("1.")},
		{syntax, "", "hexadecimal", "a hexadecimal number", with("0x1F")},
		{syntax, "", "line-feed-in-string", "a line feed in a string", with("\"a\nb\"")},
		{syntax, "", "nul-in-string", "a NUL in a string", with("\"a\x00b\"")},
		{syntax, "", "unknown-escape", "an escape that JSON does not have", with(`"\x41"`)},
		{syntax, "", "open-brace", "the last brace cut off", func(good []byte) []byte { return []byte(strings.TrimSuffix(string(good), "}")) }},
		{syntax, "", "open-string", "cut off in a string", func(good []byte) []byte { return good[:bytes.LastIndexByte(good, '"')] }},
		{syntax, "", "form", "a form", always("resize=now")},
		{trailing, "", "second-body", "the same body twice", func(good []byte) []byte { return append(bytes.Clone(good), good...) }},
		{trailing, "", "second-object", "a second object", after(" {}")},
		{trailing, "", "extra-brace", "a brace too many", after("}")},
		{trailing, "", "comma", "a comma after the value", after(",")},
		{trailing, "", "word", "a word after the value", after(" x")},
		{trailing, "", "nul", "a NUL after the value", after("\x00")},
	}
}

// emptiness is nothing, and what is no object.
func emptiness() []broken {
	return []broken{
		{contract.KeywordEmptyBody, "", "empty", "no body", always("")},
		{contract.KeywordEmptyBody, "", "white-space", "white space only", always(" \t\r\n")},
		{contract.KeywordNullBody, "", "null", "null", always("null")},
	}
}

// doubtful is what the RFC forbids, or leaves open, and readers treat differently.
func doubtful() []broken {
	const deep = 10_001 // RFC 8259 lets a reader set a limit; this is beyond the one that the strict layer has
	return []broken{
		{contract.KeywordByteOrderMark, contract.KeywordSyntax, "utf-8", "a byte order mark before the body", func(good []byte) []byte { return append([]byte("\xef\xbb\xbf"), good...) }},
		{contract.KeywordUTF8, "", "lone-byte", "a byte that is not UTF-8", with("\"\xff\"")},
		{contract.KeywordUTF8, "", "overlong", "a letter in more bytes than UTF-8 allows", with("\"\xc1\x81\"")},
		{contract.KeywordUTF8, "", "latin-1", "a letter of Latin-1", with("\"caf\xe9\"")},
		{contract.KeywordSurrogate, "", "high", "the first half of a surrogate pair", with(`"\ud800"`)},
		{contract.KeywordSurrogate, "", "low", "the second half of a surrogate pair", with(`"\udc00"`)},
		{contract.KeywordDepth, "", "arrays", "arrays nested ten thousand deep", with(strings.Repeat("[", deep) + strings.Repeat("]", deep))},
		{contract.KeywordDepth, "", "objects", "objects nested ten thousand deep", with(strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep))},
	}
}

// duplicates name a member twice, with the same value, so that it cannot matter which of the two counts.
func (r *request) duplicates() {
	r.duplicatesOf(r.body, "", func(v value) value { return v })
	if r.dry {
		doubled := &object{append(r.body.with("dry_run", raw("true")).members, member{"dry_run", raw("true")})}
		r.duplicate("/dry_run", doubled)
	}
}

func (r *request) duplicatesOf(o *object, pointer string, place func(value) value) {
	for _, m := range o.members {
		at := pointer + "/" + jsonpointer.Escape(m.name)
		r.duplicate(at, place(&object{append(o.without(m.name).members, m, m)}))
		if inner, isObject := m.value.(*object); isObject {
			r.duplicatesOf(inner, at, func(v value) value { return place(o.with(m.name, v)) })
		}
	}
}

func (r *request) duplicate(pointer string, doubled value) {
	k := constraint{part: "body", pointer: pointer, keyword: contract.KeywordDuplicate, within: none, side: contract.Outside, name: "twice", what: pointer + " stands twice"}
	r.add(k, func(c *Case, dry bool) { c.Body, c.Bytes = r.dressed(doubled, pointer, dry), true })
}
