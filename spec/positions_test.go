package spec_test

import (
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// positionCount is how many contradictions and gaps of the sources the contract takes a position on.
const positionCount = 54

// What a position must say is a rule of the linter; that none of them got lost is not, because only this repository knows how many there were.
func TestEveryContradictionHasItsPosition(t *testing.T) {
	d := read(t, base)
	var numbers []int
	var walk func(*yaml.Node)
	walk = func(node *yaml.Node) {
		for i, child := range node.Content {
			if node.Kind == yaml.MappingNode && i%2 == 1 && node.Content[i-1].Value == "x-position" {
				for _, item := range child.Content {
					var p struct{ Number int }
					if err := item.Decode(&p); err != nil {
						t.Errorf("line %d: %v", item.Line, err)
					}
					numbers = append(numbers, p.Number)
				}
				continue
			}
			walk(child)
		}
	}
	walk(&d.root)
	if last := slices.Max(numbers); last != positionCount || len(numbers) != positionCount {
		t.Errorf("there are %d positions and the last is %d, wanted 1 to %d", len(numbers), last, positionCount)
	}
}
