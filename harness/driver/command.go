package driver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Split takes a command line apart as a shell would, without one: words are separated by blanks, '…' and "…" keep them together, and a backslash takes the
// next character as it is (between double quotes only before " and \). Nothing is expanded. What only a shell understands is an error, which says so.
func Split(command string) ([]string, error) {
	var (
		words  []string
		word   strings.Builder
		inWord bool
		quoted bool // a part of the word was
		quote  rune
	)
	end := func() error {
		if !inWord {
			return nil
		}
		if w := word.String(); !quoted && slices.Contains([]string{"|", "||", "&&", "&", ";", ">", ">>", "<", "2>", "2>&1"}, w) {
			return fmt.Errorf("command %q: no shell runs it, so %s means nothing; write sh -c '…' if you want one", command, w)
		}
		words = append(words, word.String())
		word.Reset()
		inWord, quoted = false, false
		return nil
	}
	runes := []rune(command)
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; {
		case c == '\\' && quote != '\'':
			if i+1 == len(runes) {
				return nil, fmt.Errorf("command %q ends with a backslash that has nothing to stand before", command)
			}
			next := runes[i+1]
			if quote == '"' && next != '"' && next != '\\' {
				word.WriteRune(c)
				continue
			}
			i++
			word.WriteRune(next)
			inWord, quoted = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '\'' || c == '"':
			quote, inWord, quoted = c, true, true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if err := end(); err != nil {
				return nil, err
			}
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("command %q: the quote %c has no end", command, quote)
	}
	if err := end(); err != nil {
		return nil, err
	}
	if len(words) == 0 || words[0] == "" {
		return nil, fmt.Errorf("command %q names no program", command)
	}
	return words, nil
}

// find says where the program is: a path is relative to dir, a bare name is looked for in PATH.
func find(program, dir string) (string, error) {
	if strings.ContainsRune(program, filepath.Separator) {
		path := program
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		path, err := filepath.Abs(path)
		if err != nil {
			return "", err
		}
		switch info, err := os.Stat(path); {
		case err != nil:
			return "", fmt.Errorf("no program %s: %w", path, errors.Unwrap(err))
		case info.IsDir():
			return "", fmt.Errorf("%s is a directory, no program", path)
		}
		return path, nil
	}
	path, err := exec.LookPath(program)
	if err == nil {
		return filepath.Abs(path)
	}
	if _, here := os.Stat(filepath.Join(dir, program)); here == nil {
		return "", fmt.Errorf("no program %q in PATH; did you mean ./%s?", program, program)
	}
	return "", fmt.Errorf("no program %q in PATH", program)
}
