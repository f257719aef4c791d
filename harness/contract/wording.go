package contract

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/yamltree"
)

// maxQuoted bounds how much of a value is shown: a violation is read on a screen, the whole body stands with the exchange.
const maxQuoted = 120

// capped shortens a text to maxQuoted bytes, at a letter's end.
func capped(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	cut := maxQuoted
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// quote shows a text in quotes, capped.
func quote(s string) string {
	short := capped(s)
	if short != s {
		return strconv.Quote(strings.TrimSuffix(short, "…")) + "…"
	}
	return strconv.Quote(s)
}

// oneLine makes a library's message fit into one line and the cap.
func oneLine(s string) string { return capped(strings.Join(strings.Fields(s), " ")) }

// secretNames are parts of names whose values are never shown.
func secretNames() []string {
	return []string{"token", "authorization", "password", "passwd", "adminpass", "secret", "signature", "user_data", "cookie"}
}

func isSecretName(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc(secretNames(), func(s string) bool { return strings.Contains(lower, s) })
}

// safeValue quotes a value unless its name says that it is a secret.
func safeValue(name, value string) string {
	if isSecretName(name) {
		return "a value that is not shown"
	}
	return quote(value)
}

// wanted says in words what a keyword asks for.
func wanted(doc *document, pointer string, schema *yaml.Node, f finding) string {
	name := lastToken(f.pointer)
	value := yamltree.Text(schema, f.keyword)
	switch f.keyword {
	case "type":
		return withArticle(typeOf(doc, schema))
	case "enum":
		var list []string
		for _, item := range yamltree.Items(yamltree.Child(schema, "enum")) {
			list = append(list, scalarText(item))
		}
		return "one of " + capped(strings.Join(list, ", "))
	case "required":
		return "the member " + strconv.Quote(name)
	case "additionalProperties":
		return "no other members than " + capped(strings.Join(declaredNames(doc, pointer), ", "))
	case "minimum", "exclusiveMinimum":
		return atLeast("at least ", "more than ", yamltree.Text(schema, "minimum"), yamltree.Text(schema, "exclusiveMinimum"))
	case "maximum", "exclusiveMaximum":
		return atLeast("at most ", "less than ", yamltree.Text(schema, "maximum"), yamltree.Text(schema, "exclusiveMaximum"))
	case "minLength":
		if value == "1" {
			return "a string that is not empty"
		}
		return "a string of at least " + value + " characters"
	case "maxLength":
		return "a string of at most " + value + " characters"
	case "pattern":
		return "a string that matches " + capped(value)
	case "format":
		return withArticle(yamltree.Text(schema, "type")) + " of the format " + value
	case "minItems", "minProperties":
		return "at least " + value + " entries"
	case "maxItems", "maxProperties":
		return "at most " + value + " entries"
	case "uniqueItems":
		return "no entry twice"
	case "multipleOf":
		return "a multiple of " + value
	case "oneOf", "anyOf":
		which := "exactly one"
		if f.keyword == "anyOf" {
			which = "at least one"
		}
		return which + " of: " + capped(strings.Join(alternatives(doc, pointer, schema, f.keyword), " | "))
	case "not":
		return "a value that the contract does not exclude"
	case KeywordSyntax:
		return "a body that can be read as JSON"
	}
	if f.keyword != "" && value != "" {
		return f.keyword + " " + capped(value)
	}
	return "what the contract declares: " + f.message
}

func atLeast(inclusive, exclusive, bound, isExclusive string) string {
	if isExclusive == "true" {
		return exclusive + bound
	}
	return inclusive + bound
}

func scalarText(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		return strconv.Quote(n.Value)
	}
	return n.Value
}

func typeOf(doc *document, schema *yaml.Node) string {
	t := yamltree.Text(schema, "type")
	if t == "" {
		t = "value of the declared type"
	}
	if yamltree.Text(schema, "nullable") == "true" {
		t += " or null"
	}
	return t
}

func withArticle(t string) string {
	if strings.HasPrefix(t, "object") || strings.HasPrefix(t, "array") || strings.HasPrefix(t, "integer") {
		return "an " + t
	}
	return "a " + t
}

// alternatives names the branches of a oneOf or anyOf.
func alternatives(doc *document, pointer string, schema *yaml.Node, keyword string) []string {
	var out []string
	for i, branch := range yamltree.Items(yamltree.Child(schema, keyword)) {
		if ref := yamltree.Text(branch, "$ref"); ref != "" {
			out = append(out, ref[strings.LastIndexByte(ref, '/')+1:])
			continue
		}
		_, n := doc.resolve(pointer + "/" + keyword + "/" + strconv.Itoa(i))
		if title := yamltree.Text(n, "title"); title != "" {
			out = append(out, title)
			continue
		}
		var required []string
		for _, r := range yamltree.Items(yamltree.Child(n, "required")) {
			required = append(required, strconv.Quote(r.Value))
		}
		switch {
		case len(required) > 0:
			out = append(out, "with "+strings.Join(required, " and "))
		case yamltree.Text(n, "type") != "":
			out = append(out, withArticle(yamltree.Text(n, "type")))
		default:
			out = append(out, "alternative "+strconv.Itoa(i+1))
		}
	}
	return out
}

func valueText(name string, value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		if v == "" {
			return `the empty string ""`
		}
		return "the string " + safeValue(name, v)
	case json.Number:
		return "the number " + capped(v.String())
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return fmt.Sprintf("an array of %d", len(v))
	case map[string]any:
		if len(v) == 0 {
			return "the empty object {}"
		}
		return "an object with the members " + memberNames(v)
	}
	return "something else"
}

func memberNames(members map[string]any) string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, strconv.Quote(name))
	}
	sort.Strings(names)
	return capped(strings.Join(names, ", "))
}
