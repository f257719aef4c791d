package exchange

import "strings"

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
