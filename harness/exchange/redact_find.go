package exchange

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// span is a secret within a text: [start, end), shown as the variable.
type span struct {
	start, end int
	name       string
}

// depthLimit is how many escapings, one within the other, are undone: JSON within JSON within a URL.
const depthLimit = 3

// find collects the secrets of a text, in no order. It also looks behind escapes: what stands there is searched in its plain form, and found in its place.
func (c *censor) find(text string, depth int) []span {
	var spans []span
	for _, list := range [2][]literal{c.literals, c.own} {
		for i := range list {
			spans = list[i].find(text, spans)
		}
	}
	from := len(spans)
	spans = c.hide(text, structural(text, spans), from)
	if depth == depthLimit {
		return spans
	}
	plain, at := unescape(text)
	if at == nil {
		return spans
	}
	for _, s := range c.find(plain, depth+1) {
		hidden := span{start: at[s.start], end: at[s.end], name: s.name}
		if text[hidden.start:hidden.end] != plain[s.start:s.end] && !strings.HasSuffix(s.name, "_ESCAPED") {
			hidden.name += "_ESCAPED"
		}
		spans = append(spans, hidden)
	}
	return spans
}

func (l *literal) find(text string, spans []span) []span {
	spans = occurrences(text, l.plain, l.name, spans)
	if l.query != "" {
		spans = occurrences(text, l.query, l.name+"_URLENCODED", spans)
	}
	for _, core := range l.encoded {
		spans = occurrences(text, core, l.name+"_BASE64", spans)
	}
	return spans
}

func occurrences(text, what, name string, spans []span) []span {
	for at := 0; ; {
		i := strings.Index(text[at:], what)
		if i < 0 {
			return spans
		}
		spans = append(spans, span{start: at + i, end: at + i + len(what), name: name})
		at += i + len(what)
	}
}

// merge puts spans in order and joins those that overlap; the longer one gives the name, the earlier found at equal length.
func merge(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortStableFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	out := spans[:1]
	for _, s := range spans[1:] {
		last := &out[len(out)-1]
		if s.start >= last.end {
			out = append(out, s)
			continue
		}
		if s.end-s.start > last.end-last.start {
			last.name = s.name
		}
		last.end = max(last.end, s.end)
	}
	return out
}

// replaceSpans shows the variables in place of the secrets. The spans are in order and do not overlap.
func replaceSpans(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.start])
		b.WriteByte('$')
		b.WriteString(s.name)
		at = s.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// structural finds what follows the name of a secret and ":" or "=". It asks for no well-formed text around.
func structural(text string, spans []span) []span {
	for at := 0; at < len(text); {
		i := strings.IndexAny(text[at:], ":=")
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		name, quoted := nameBefore(text, i)
		if len(name) == 0 {
			continue
		}
		var buf [24]byte
		if len(name) > len(buf) {
			continue
		}
		v, ok := secretName(lower(buf[:len(name)], name))
		if !ok || v == "HUAWEICLOUD_SDK_AK" && !quoted && text[i] == ':' {
			continue // "AK: not found" and "remote access: denied" are prose
		}
		found := valueAfter(text, i+1, v)
		spans = append(spans, found...)
		if n := len(found); n > 0 {
			at = max(at, found[n-1].end)
		}
	}
	return spans
}

func lower(to []byte, from string) []byte {
	for i := range to {
		c := from[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to[i] = c
	}
	return to
}

// nameBefore returns the name that ends before text[i], and whether it is quoted.
func nameBefore(text string, i int) (name string, quoted bool) {
	end := i
	for end > 0 && (text[end-1] == ' ' || text[end-1] == '\t' || text[end-1] == '\n' || text[end-1] == '\r') {
		end--
	}
	if end > 0 && (text[end-1] == '"' || text[end-1] == '\'') {
		quoted = true
		end--
	}
	start := end
	for start > 0 && isNameByte(text[start-1]) {
		start--
	}
	return text[start:end], quoted
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// valueAfter finds the value that begins at or after text[i]; several in a JSON array.
func valueAfter(text string, i int, name string) []span {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	if i == len(text) {
		return nil
	}
	switch c := text[i]; {
	case c == '[':
		var all []span
		for i++; i < len(text) && text[i] != ']'; {
			if text[i] != '"' {
				i++
				continue
			}
			one := quotedValue(text, i, name)
			all = append(all, one...)
			i = quoteEnd(text, i) + 1
		}
		return all
	case c == '{':
		return nil
	case c == '"', c == '\'':
		return quotedValue(text, i, name)
	}
	rest := text[i:]
	var end int
	switch name {
	case "AUTHORIZATION", "COOKIE":
		if name == "AUTHORIZATION" && isSignature(rest) {
			return nil // its parts are found by their own names
		}
		end = strings.IndexAny(rest, "\r\n\"'|")
	default:
		end = strings.IndexAny(rest, " \t\r\n,;&\"'|})]<\\")
	}
	if end < 0 {
		end = len(rest)
	}
	value := rest[:end]
	if name == "HUAWEICLOUD_SDK_AK" {
		value, _, _ = strings.Cut(value, "/") // Credential=AK/date/region/service/sdk_request
	}
	switch value {
	case "", "null", "true", "false":
		return nil
	}
	return []span{{start: i, end: i + len(value), name: name}}
}

func quotedValue(text string, i int, name string) []span {
	end := quoteEnd(text, i)
	if end == i+1 || name == "AUTHORIZATION" && isSignature(text[i+1:end]) {
		return nil
	}
	return []span{{start: i + 1, end: end, name: name}}
}

// quoteEnd returns where the quote that opens at text[i] closes, or the end of the text.
func quoteEnd(text string, i int) int {
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case text[i]:
			return j
		}
	}
	return len(text)
}

// unescape undoes JSON's and URLs' escapes in one go. at[i] is where plain[i] came from, at[len(plain)] is len(text); at is nil when there was none.
func unescape(text string) (plain string, at []int) {
	first := strings.IndexAny(text, `\%`)
	if first < 0 {
		return text, nil
	}
	out := make([]byte, 0, len(text))
	at = make([]int, 0, len(text)+1)
	changed := false
	for i := 0; i < len(text); {
		var buf [utf8.UTFMax]byte
		bytes, used := unescapeOne(text[i:], buf[:0])
		if used == 0 {
			out, at = append(out, text[i]), append(at, i)
			i++
			continue
		}
		changed = true
		out = append(out, bytes...)
		for range bytes {
			at = append(at, i)
		}
		i += used
	}
	if !changed {
		return text, nil
	}
	return string(out), append(at, len(text))
}

// unescapeOne undoes the escape that text begins with; used is 0 when it begins with none.
func unescapeOne(text string, buf []byte) (plain []byte, used int) {
	switch {
	case text[0] == '%' && len(text) >= 3:
		if v, err := strconv.ParseUint(text[1:3], 16, 8); err == nil {
			return append(buf, byte(v)), 3
		}
	case text[0] == '\\' && len(text) >= 2:
		switch text[1] {
		case '"', '\\', '/':
			return append(buf, text[1]), 2
		case 'n':
			return append(buf, '\n'), 2
		case 't':
			return append(buf, '\t'), 2
		case 'r':
			return append(buf, '\r'), 2
		case 'b':
			return append(buf, '\b'), 2
		case 'f':
			return append(buf, '\f'), 2
		case 'u':
			return unescapeRune(text, buf)
		}
	}
	return nil, 0
}

func unescapeRune(text string, buf []byte) ([]byte, int) {
	unit := func(s string) (rune, bool) {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return 0, false
		}
		v, err := strconv.ParseUint(s[2:6], 16, 16)
		return rune(v), err == nil
	}
	first, ok := unit(text)
	if !ok {
		return nil, 0
	}
	if utf16.IsSurrogate(first) {
		if second, ok := unit(text[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return utf8.AppendRune(buf, r), 12
			}
		}
	}
	return utf8.AppendRune(buf, first), 6
}
