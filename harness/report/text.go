package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// printable makes text safe to show: what a server answered may hold escape sequences that drive a terminal, characters that XML forbids, or marks
// that turn the reading direction. They become \x1b, \u202e and so on. Line feeds stay, tabs become spaces.
func printable(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= ' ' && s[i] < 0x7f || s[i] == '\n'
	}
	if clean {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\t':
			b.WriteString("    ")
		case r == '\n':
			b.WriteByte('\n')
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// hidden says whether a character shows nothing and changes how others are shown, or may not stand in XML 1.0.
func hidden(r rune) bool {
	switch {
	case r >= 0x80 && r < 0xa0, // C1 controls
		r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff,
		r == 0xfffe, r == 0xffff:
		return true
	}
	return false
}

// oneLine is printable text without line breaks, cut to so many characters.
func oneLine(s string, limit int) string {
	return cut(strings.Join(strings.Fields(printable(head(s, 4*limit))), " "), limit)
}

// head is the beginning of a text, in bytes, cut between characters: what follows is too long to be looked at.
func head(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// columns is how many terminal columns a printable text takes: East Asian wide characters take two, combining marks none.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case r <= 0x36f:
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// cut shortens a printable text to so many columns.
func cut(s string, width int) string {
	if len(s) <= width || columns(s) <= width {
		return s
	}
	n := 0
	for i, r := range s {
		w := runeColumns(r)
		if n+w > width-1 {
			return s[:i] + "…"
		}
		n += w
	}
	return s
}

// wrap breaks a printable text into lines of so many columns, between words where it can.
func wrap(s string, width int) []string {
	var lines []string
	for _, paragraph := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		line, used := "", 0
		for _, word := range strings.Fields(paragraph) {
			w := columns(word)
			if used > 0 && used+1+w > width {
				lines = append(lines, line)
				line, used = "", 0
			}
			for w > width {
				part := prefix(word, width)
				lines = append(lines, part)
				word = word[len(part):]
				w = columns(word)
			}
			if used > 0 {
				line += " "
				used++
			}
			line += word
			used += w
		}
		lines = append(lines, line)
	}
	return lines
}

// prefix is as much of a word as fits into so many columns, at least one character.
func prefix(word string, width int) string {
	n := 0
	for i, r := range word {
		w := runeColumns(r)
		if i > 0 && n+w > width {
			return word[:i]
		}
		n += w
	}
	return word
}
