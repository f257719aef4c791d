package exchange

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The shell is the one of POSIX: no $'…', which dash does not know.

// word quotes a text for the shell. Secrets become "$VARIABLES"; bytes that cannot stand in a line of text are made by printf.
func word(text string, spans []span) string {
	if len(spans) == 0 && isPlainWord(text) {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range spans {
		quote(&b, text[at:s.start])
		b.WriteString(`"$` + s.name + `"`)
		at = s.end
	}
	quote(&b, text[at:])
	if b.Len() == 0 {
		return "''"
	}
	return b.String()
}

// isPlainWord tells words that need no quotes.
func isPlainWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !isNameByte(c) && c != '.' && c != '/' && c != ':' && c != '@' && c != ',' && c != '+' && c != '%' {
			return false
		}
	}
	return s != ""
}

// quote writes text so that the shell sees it as it is; nothing for an empty text.
func quote(b *strings.Builder, text string) {
	for text != "" {
		n := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && isOdd(r) }) // $(…) would swallow a line end
		if n < 0 {
			n = len(text)
		}
		if n > 0 {
			b.WriteByte('\'')
			b.WriteString(strings.ReplaceAll(text[:n], `'`, `'\''`))
			b.WriteByte('\'')
			text = text[n:]
			continue
		}
		_, size := utf8.DecodeRuneInString(text)
		b.WriteString(`"$(printf '`)
		for _, c := range []byte(text[:size]) {
			fmt.Fprintf(b, `\%03o`, c)
		}
		b.WriteString(`')"`)
		text = text[size:]
	}
}

// isOdd tells what a line of text cannot hold: control characters, and what is no UTF-8.
func isOdd(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }

// printf makes the command that prints exactly this text, odd bytes included. Secrets become "$VARIABLES".
func printf(text string, spans []span) string {
	var format, args strings.Builder
	at := 0
	for _, s := range spans {
		printfFormat(&format, text[at:s.start])
		format.WriteString("%s")
		args.WriteString(` "$` + s.name + `"`)
		at = s.end
	}
	printfFormat(&format, text[at:])
	f := format.String()
	if strings.HasPrefix(f, "-") {
		f = `\055` + f[1:] // no option
	}
	return "printf '" + f + "'" + args.String()
}

func printfFormat(b *strings.Builder, text string) {
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == '%':
			b.WriteString("%%")
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\'':
			b.WriteString(`'\''`)
		case r == '\n':
			b.WriteString(`\n`)
		case isOdd(r):
			for _, c := range []byte(text[:size]) {
				fmt.Fprintf(b, `\%03o`, c)
			}
		default:
			b.WriteString(text[:size])
		}
		text = text[size:]
	}
}
