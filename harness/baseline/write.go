package baseline

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// write carries the edits out, last ones first.
func (u *update) write() []byte {
	lines := splitLines(u.file.data)
	slices.SortStableFunc(u.edits, func(a, b edit) int { return b.from - a.from })
	for _, e := range u.edits {
		lines = slices.Replace(lines, e.from, e.to, e.lines...)
	}
	out := strings.Join(lines, "\n")
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	if len(u.file.Entries) == 0 {
		out = u.begun(out)
	}
	indent := "  "
	if len(u.layout) > 0 {
		indent = strings.Repeat(" ", max(0, len(u.layout[0].indent)-2))
	}
	for _, e := range u.added {
		out += strings.Join(entryLines(indent, e), "\n") + "\n"
	}
	left := len(u.file.Entries) - len(slices.DeleteFunc(slices.Clone(u.edits), func(e edit) bool { return e.altered != nil }))
	if left == 0 && len(u.added) == 0 {
		out = emptied(out)
	}
	return []byte(out)
}

// begun makes a place for entries in a file that has none.
func (u *update) begun(text string) string {
	if len(u.added) == 0 {
		return text
	}
	lines := splitLines([]byte(text))
	for i, line := range lines {
		if strings.HasPrefix(line, "accepted:") {
			lines[i] = "accepted:"
			return strings.Join(lines, "\n") + "\n"
		}
	}
	return text + "accepted:\n"
}

// emptied says of a list without entries that it is one: a key without a value is an error in such a file.
func emptied(text string) string {
	lines := splitLines([]byte(text))
	for i, line := range lines {
		if strings.TrimSpace(strings.SplitN(line, "#", 2)[0]) == "accepted:" {
			lines[i] = strings.Replace(line, "accepted:", "accepted: []", 1)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// verify reads what was written and holds it against what was meant.
func (u *update) verify(out []byte) error {
	f, err := parse(u.file.name, out)
	if err != nil {
		return fmt.Errorf("baseline: %s is written in a way that cannot be edited, nothing was changed: %w", u.file.name, err)
	}
	var want []Entry
	for i, e := range u.file.Entries {
		gone := false
		for _, d := range u.edits {
			if d.entry == i && d.altered == nil {
				gone = true
			} else if d.entry == i {
				e = *d.altered
			}
		}
		if !gone {
			want = append(want, e)
		}
	}
	want = append(want, u.added...)
	same := slices.EqualFunc(want, f.Entries, func(a, b Entry) bool {
		return a.Requirement == b.Requirement && a.Scenario == b.Scenario && slices.Equal(a.Signature, b.Signature) && a.Owner == b.Owner && a.Reason == b.Reason &&
			a.Link == b.Link && a.Expires == b.Expires
	})
	if !same {
		return fmt.Errorf("baseline: %s is written in a way that cannot be edited, nothing was changed; write each entry as a list item with one key a line", u.file.name)
	}
	return nil
}

// Save puts a file's new text in its place in one step.
func Save(name string, text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	_, err = bytes.NewReader(text).WriteTo(tmp)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("baseline: %w", err)
	}
	return nil
}

// scalar is a text as a YAML value in one line.
func scalar(s string) string {
	out, err := yaml.Marshal(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle})
	plain, plainErr := yaml.Marshal(s)
	if plainErr == nil && bytes.Count(plain, []byte("\n")) == 1 {
		return strings.TrimSpace(string(plain))
	}
	if err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.ReplaceAll(strings.TrimSpace(string(out)), "\n", " ")
}
