package exchange

import (
	"cmp"
	"slices"
	"strings"
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
	run := longestRun(text)
	for _, list := range [2][]literal{c.literals, c.own} {
		for i := range list {
			spans = list[i].find(text, run, spans)
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

// longestRun is the length of the longest run of characters that base64 is written with, in either alphabet: no longer core can stand in the text, which spares
// most of the searches for most texts.
func longestRun(text string) int {
	longest, run := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '+', c == '/', c == '-', c == '_':
			run++
			longest = max(longest, run)
		default:
			run = 0
		}
	}
	return longest
}

// find adds the places of the secret in a text whose longest run of base64 is so long.
func (l *literal) find(text string, run int, spans []span) []span {
	spans = occurrences(text, l.plain, l.name, spans)
	if l.query != "" {
		spans = occurrences(text, l.query, l.name+"_URLENCODED", spans)
	}
	for _, core := range l.encoded {
		if len(core) > run {
			continue
		}
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
