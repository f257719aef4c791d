package spec_test

import (
	"testing"

	"go.yaml.in/yaml/v3"
)

// positionCount is how many contradictions and gaps of the sources the contract takes a position on.
const positionCount = 54

// position says how the contract reads the sources where they contradict each other or are silent.
type position struct {
	Number   int      `yaml:"number"`
	Topic    string   `yaml:"topic"`
	Decision string   `yaml:"decision"`
	Sources  []string `yaml:"sources"`
	line     int
}

// positions collects every x-position, wherever it stands.
func positions(t *testing.T, d document) []position {
	t.Helper()
	var all []position
	var walk func(*yaml.Node)
	walk = func(node *yaml.Node) {
		for i, child := range node.Content {
			if node.Kind == yaml.MappingNode && i%2 == 1 && node.Content[i-1].Value == "x-position" {
				for _, item := range child.Content {
					p := position{line: item.Line}
					if err := item.Decode(&p); err != nil {
						t.Errorf("line %d: %v", item.Line, err)
					}
					all = append(all, p)
				}
				continue
			}
			walk(child)
		}
	}
	walk(&d.root)
	return all
}

func TestEveryContradictionHasItsPosition(t *testing.T) {
	seen := map[int]position{}
	for _, p := range positions(t, read(t, base)) {
		if p.Topic == "" || p.Decision == "" || len(p.Sources) == 0 {
			t.Errorf("line %d: position %d lacks topic, decision or sources", p.line, p.Number)
		}
		if first, ok := seen[p.Number]; ok {
			t.Errorf("line %d: position %d stands in line %d already", p.line, p.Number, first.line)
		}
		seen[p.Number] = p
	}
	for n := 1; n <= positionCount; n++ {
		if _, ok := seen[n]; !ok {
			t.Errorf("position %d is nowhere", n)
		}
	}
	if len(seen) != positionCount {
		t.Errorf("there are %d positions, wanted 1 to %d", len(seen), positionCount)
	}
}
