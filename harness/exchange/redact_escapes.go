package exchange

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

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
