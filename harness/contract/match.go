package contract

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
)

// Where a message a violation lies in (journal.Violation.In).
const (
	inRequest  = "request"
	inResponse = "response"
)

// The parts of a message (journal.Violation.Part).
const (
	partPath      = "path"
	partQuery     = "query"
	partHeader    = "header"
	partMediaType = "media-type"
	partBody      = "body"
	partStatus    = "status"
)

func parts() []string {
	return []string{partPath, partQuery, partHeader, partMediaType, partBody, partStatus}
}

// Keywords of violations that no JSON Schema keyword names: what our own strict layer finds. A requirement's match may name them.
const (
	KeywordSyntax        = "json-syntax"        // the body is not JSON
	KeywordTrailing      = "trailing-data"      // something follows the JSON value
	KeywordDuplicate     = "duplicate-key"      // a name stands twice in one object
	KeywordUTF8          = "utf-8"              // the body is not UTF-8
	KeywordSurrogate     = "lone-surrogate"     // a \uD800-\uDFFF escape without its partner
	KeywordDepth         = "depth"              // nested deeper than 10,000
	KeywordEmptyBody     = "empty-body"         // nothing, or white space, where a body is declared
	KeywordNullBody      = "null-body"          // null where an object is declared
	KeywordNoBody        = "no-body"            // a body on a status that has none
	KeywordRepeated      = "repeated-parameter" // a scalar query parameter given more than once
	KeywordPathForm      = "path-form"          // a trailing or doubled slash
	KeywordPath          = "path"               // no operation has the path
	KeywordMethod        = "method"             // the path has no operation with the method
	KeywordStatus        = "status"             // an undocumented status
	KeywordMediaType     = "media-type"         // another media type than the declared one
	KeywordErrorEnvelope = "error-envelope"     // no code and message to be found in an error answer
	KeywordUndeclared    = "undeclared"         // a property no schema declares; information only
)

// layerStrict is the word of a match for what breaks the JSON text itself, whatever its schema.
const layerStrict = "strict"

func strictKeywords() []string {
	return []string{KeywordSyntax, KeywordTrailing, KeywordDuplicate, KeywordUTF8, KeywordSurrogate, KeywordDepth}
}

// keywords lists everything a match may name: ours, and those of JSON Schema that OpenAPI 3.0 has.
func keywords() []string {
	return []string{
		KeywordSyntax, KeywordTrailing, KeywordDuplicate, KeywordUTF8, KeywordSurrogate, KeywordDepth, KeywordEmptyBody, KeywordNullBody,
		KeywordNoBody, KeywordRepeated, KeywordPathForm, KeywordPath, KeywordMethod, KeywordStatus, KeywordMediaType, KeywordErrorEnvelope, KeywordUndeclared,
		"type", "enum", "required", "additionalProperties", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
		"minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
		"allOf", "anyOf", "oneOf", "not", "readOnly", "writeOnly",
	}
}

// match says which violations break a requirement. Every field but In may be empty: then it admits any.
type match struct {
	in         string
	parts      []string
	operations []string
	statuses   []string // "2xx", "404"
	pointer    []string // tokens; "*" stands for any one
	keywords   []string
	anyPointer bool     // no pointer is given
	sides      []string // of the boundary; for cases only
	members    int      // how many keys the match has
}

// readMatches reads a match or a list of them. Without operations, any name of one is taken.
func readMatches(complain complaint, n *yaml.Node, operations []string) []match {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.SequenceNode {
		var out []match
		for _, item := range n.Content {
			out = append(out, readMatches(complain, item, operations)...)
		}
		return out
	}
	if n.Kind != yaml.MappingNode {
		complain("match: want a mapping like {in: response, part: body}, or a list of them; got %s", kindName(n))
		return nil
	}
	complain = within(complain, "match")
	m := readPlace(complain, n, operations, keywords(), []string{"in", "part", "operation", "status", "pointer", "keyword", "layer"})
	m.in = yamltree.Text(n, "in")
	oneOf(complain, "in", m.in, inRequest, inResponse)
	for _, s := range stringList(complain, n, "status") {
		s = strings.ToLower(s)
		if !validStatusPattern(s) {
			complain("status %q; want a number like 404, or a class like 4xx", s)
		}
		m.statuses = append(m.statuses, s)
	}
	if p := yamltree.Child(n, "pointer"); p != nil {
		m.anyPointer = false
		m.pointer = jsonpointer.Split(p.Value)
		if !strings.HasPrefix(p.Value, "/") {
			m.pointer = []string{p.Value} // the name of a header or parameter
		}
	}
	return []match{m}
}

// within puts the name of what is being read before a complaint.
func within(complain complaint, what string) complaint {
	return func(format string, args ...any) { complain(what+": "+format, args...) }
}

// readPlace reads the members that a match and an entry of cases have in common.
func readPlace(complain complaint, n *yaml.Node, operations, keywords, known []string) match {
	m := match{anyPointer: true}
	for key := range yamltree.Pairs(n) {
		if !slices.Contains(known, key) {
			complain("unknown key %q%s", key, nearest.Hint(key, known))
		}
		m.members++
	}
	m.parts = namedList(complain, n, "part", parts())
	m.operations = namedList(complain, n, "operation", operations)
	m.keywords = namedList(complain, n, "keyword", keywords)
	if layer := namedList(complain, n, "layer", []string{layerStrict}); len(layer) > 0 {
		if len(m.keywords) > 0 {
			complain("layer and keyword together; a layer is a set of keywords already")
		}
		m.keywords = strictKeywords()
	}
	return m
}

func namedList(complain complaint, n *yaml.Node, key string, known []string) []string {
	list := stringList(complain, n, key)
	for _, s := range list {
		if known != nil && !slices.Contains(known, s) {
			complain("unknown %s %q%s", key, s, nearest.Hint(s, known))
		}
	}
	return list
}

func validStatusPattern(s string) bool {
	if len(s) == 3 && s[1:] == "xx" {
		return s[0] >= '1' && s[0] <= '5'
	}
	n, err := strconv.Atoi(s)
	return err == nil && n >= 100 && n <= 599
}

// matcher is one match of one requirement, ready to be asked.
type matcher struct {
	match
	id      string
	level   journal.Level
	applies bool
}

// specificity orders matches: one that names keywords (or a layer of them) before one that does not, then the deeper pointer, then the one that
// says more, then the one that names a part, then the single status before the class.
func (m matcher) specificity() []int {
	pointer := 0
	if !m.anyPointer {
		pointer = 1 + len(m.pointer)
	}
	single := 0
	if len(m.statuses) > 0 && !slices.ContainsFunc(m.statuses, func(s string) bool { return strings.HasSuffix(s, "xx") }) {
		single = 1
	}
	return []int{min(len(m.keywords), 1), pointer, m.members, min(len(m.parts), 1), single}
}

// buildMatchers sorts all matches, the most specific first; among equals the order of the document stays.
func buildMatchers(rows []Requirement, of func(Requirement) []match) []matcher {
	var out []matcher
	for _, r := range rows {
		for _, m := range of(r) {
			out = append(out, matcher{match: m, id: r.ID, level: r.Level, applies: r.Applies})
		}
	}
	slices.SortStableFunc(out, func(a, b matcher) int {
		return slices.Compare(b.specificity(), a.specificity())
	})
	return out
}

// find gives the requirement that a violation breaks, or nil.
func (reg *register) find(v *journal.Violation, operation string, status int) *matcher {
	tokens := pointerTokens(v)
	for i := range reg.matchers {
		m := &reg.matchers[i]
		if m.applies && m.admits(v, tokens, operation, status) {
			return m
		}
	}
	return nil
}

func pointerTokens(v *journal.Violation) []string {
	if v.Part == partBody {
		return jsonpointer.Split(v.Pointer)
	}
	return []string{v.Pointer}
}

func (m *matcher) admits(v *journal.Violation, tokens []string, operation string, status int) bool {
	if m.in != v.In || !admitsWord(m.parts, v.Part) || !admitsWord(m.keywords, v.Keyword) || !admitsWord(m.operations, operation) || !m.admitsStatus(status) {
		return false
	}
	if m.anyPointer {
		return true
	}
	if len(m.pointer) > len(tokens) {
		return false
	}
	for i, want := range m.pointer {
		if want != "*" && !strings.EqualFold(want, tokens[i]) {
			return false
		}
		if v.Part == partBody && want != "*" && want != tokens[i] { // names in JSON are told apart by case, those of headers not
			return false
		}
	}
	return true
}

// admitsStatus compares a status with exact ones and with classes.
func (m match) admitsStatus(status int) bool {
	exact := strconv.Itoa(status)
	return admitsWord(m.statuses, exact) || slices.Contains(m.statuses, exact[:1]+"xx")
}

func admitsWord(list []string, word string) bool {
	return len(list) == 0 || slices.Contains(list, word)
}
