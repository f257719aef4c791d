package baseline

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/strictfile"
)

// lineRange is some lines of a file: from the first to the one after the last, from 0.
type lineRange struct{ from, to int }

// block is where an entry stands, with the comment that stands right above it, and where each of its keys does.
type block struct {
	lineRange
	indent string // of its keys
	keys   map[string]lineRange
}

// layout finds the lines of every entry. They are edited as text, because a YAML writer keeps neither blank lines nor the way in which values are written.
func (f *File) layout() ([]block, error) {
	if len(f.Entries) == 0 {
		return nil, nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(f.data, &doc); err != nil {
		return nil, err // it was read before
	}
	var list *yaml.Node
	for i, key := range doc.Content[0].Content {
		if i%2 == 0 && key.Value == "accepted" {
			list = doc.Content[0].Content[i+1]
		}
	}
	if list.Style&yaml.FlowStyle != 0 || doc.Content[0].Style&yaml.FlowStyle != 0 {
		return nil, f.uneditable(list.Line)
	}
	lines := splitLines(f.data)
	end := len(lines) // of the list: what follows it may be another key or a comment that is not indented
	for end > 0 && aside(lines[end-1]) {
		end--
	}
	blocks := make([]block, len(list.Content))
	for i, item := range list.Content {
		if item.Kind != yaml.MappingNode || item.Style&yaml.FlowStyle != 0 || len(item.Content) == 0 {
			return nil, f.uneditable(item.Line)
		}
		b := block{lineRange: lineRange{item.Line - 1, end}, indent: strings.Repeat(" ", item.Column-1), keys: map[string]lineRange{}}
		if i+1 < len(list.Content) {
			b.to = above(lines, list.Content[i+1].Line-1)
		}
		for k := 0; k < len(item.Content); k += 2 {
			r := lineRange{item.Content[k].Line - 1, b.to}
			if k+2 < len(item.Content) {
				r.to = above(lines, item.Content[k+2].Line-1)
			}
			for r.to > r.from+1 && aside(lines[r.to-1]) {
				r.to--
			}
			b.keys[item.Content[k].Value] = r
		}
		b.from = above(lines, b.from)
		blocks[i] = b
	}
	return blocks, nil
}

func (f *File) uneditable(line int) error {
	return strictfile.ErrorOf([]strictfile.Problem{{File: f.name, Line: line, Text: "this cannot be edited; write each entry as a list item with one key a line (no braces)"}})
}

// above is the first line of the comment that stands right above a line.
func above(lines []string, at int) int {
	for at > 0 && strings.HasPrefix(strings.TrimSpace(lines[at-1]), "#") {
		at--
	}
	return at
}

// aside is a line that is no part of a value before it.
func aside(line string) bool {
	text := strings.TrimSpace(line)
	return text == "" || strings.HasPrefix(text, "#")
}

func splitLines(data []byte) []string {
	text := strings.TrimSuffix(string(data), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// entryLines writes an entry that is new.
func entryLines(indent string, e Entry) []string {
	keys := indent + "  "
	lines := []string{indent + "- requirement: " + scalar(e.Requirement), keys + "scenario: " + scalar(e.Scenario)}
	lines = append(lines, signatureLines(keys, e.Signature)...)
	return append(lines, keys+"owner: "+scalar(e.Owner), keys+"reason: "+scalar(e.Reason), keys+"link: "+scalar(e.Link), keys+"expires: "+scalar(e.Expires))
}

func signatureLines(indent string, ways []string) []string {
	if len(ways) == 1 {
		return []string{indent + "signature: " + scalar(ways[0])}
	}
	lines := []string{indent + "signature:"}
	for _, way := range ways {
		lines = append(lines, indent+"  - "+scalar(way))
	}
	return lines
}
