package strictfile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/strictfile"
)

type colour string

func (colour) KnownNames() []string { return []string{"red", "green"} }

type item struct {
	ID    string `yaml:"id"`
	Count int    `yaml:"count,omitempty"`
	Line  int    `yaml:"-"`
}

func (i *item) Locate(_ string, line int) { i.Line = line }

type document struct {
	Name   string            `yaml:"name"`
	On     bool              `yaml:"on"`
	Wait   time.Duration     `yaml:"wait"`
	Colour colour            `yaml:"colour"`
	Items  map[colour][]item `yaml:"items"`
	One    *item             `yaml:"one"`
	Free   map[string]string `yaml:"free"`
}

func TestDecode(t *testing.T) {
	want := document{
		Name: "616e10", On: true, Wait: 90 * time.Second, Colour: "green",
		Items: map[colour][]item{"red": {{ID: "a", Count: 2, Line: 7}, {ID: "b", Line: 9}}},
		One:   &item{ID: "c", Line: 10},
		Free:  map[string]string{"x": "1"},
	}
	yaml := `# a comment
name: 616e10
on: true
wait: 90s
colour: green
items:
  red: [{id: a,
      count: 2},
    {id: b}]
one: {id: c}
free: {x: 1}
`
	var got document
	if err := strictfile.Decode("f.yaml", []byte(yaml), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestDecodeAListOfOne(t *testing.T) {
	for text, want := range map[string][]string{"ways: a b": {"a b"}, "ways: [a, b]": {"a", "b"}, "ways: []": {}} {
		var got struct {
			Ways strictfile.List `yaml:"ways"`
		}
		if err := strictfile.Decode("f", []byte(text), &got); err != nil || !slices.Equal(got.Ways, want) {
			t.Errorf("%s: got %q, %v", text, got.Ways, err)
		}
	}
	var got struct {
		Ways strictfile.List `yaml:"ways"`
	}
	if err := strictfile.Decode("f", []byte("ways: {a: b}"), &got); err == nil {
		t.Error("keys with values pass for a list")
	}
}

func TestDecodeJSONWithTabs(t *testing.T) {
	var got document
	if err := strictfile.Decode("f.json", []byte("{\n\t\"name\":\t\"x\",\n\t\"wait\": \"1m\"\n}\n"), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "x" || got.Wait != time.Minute {
		t.Errorf("got %+v", got)
	}
}

func TestDecodeEmptyLeavesEverythingAsItIs(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "null"} {
		got := document{Name: "kept"}
		if err := strictfile.Decode("f", []byte(text), &got); err != nil || got.Name != "kept" {
			t.Errorf("%q: %v %+v", text, err, got)
		}
	}
}

func TestDecodeTellsEverythingThatIsWrong(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"unknown key":          {"nmae: x", []string{`f:1: unknown key "nmae"; did you mean "name"?`}},
		"unknown, none near":   {"qqqqqqqqqq: x", []string{`f:1: unknown key "qqqqqqqqqq" (known: name, on, wait, colour, items, one, free)`}},
		"unknown in a list":    {"items:\n  red:\n    - id: a\n      cuont: 1", []string{`f:4: unknown key "cuont"; did you mean "count"?`}},
		"unknown key of a map": {"items: {gren: []}", []string{`f:1: unknown key "gren"; did you mean "green"?`}},
		"unknown value":        {"colour: gren", []string{`f:1: colour: unknown name "gren"; did you mean "green"? (known: red, green)`}},
		"twice":                {"name: a\nname: b", []string{`f:2: key "name" stands here a second time, first in line 1`}},
		"no unit":              {"wait: 5", []string{`f:1: wait: wanted a duration with its unit such as 90s or 10m, got "5"`}},
		"no number":            {"one: {count: many}", []string{`f:1: one.count: wanted a whole number, got "many"`}},
		"too large":            {"one: {count: 99999999999999999999}", []string{`f:1: one.count: wanted a whole number, got "99999999999999999999"`}},
		"no boolean":           {"on: 'true'", []string{`f:1: on: wanted true or false, got "true"`}},
		"list for text":        {"name: [a]", []string{`f:1: name: wanted text, got a list`}},
		"nothing for text":     {"name:", []string{`f:1: name: wanted text, got nothing`}},
		"text for a list":      {"items: {red: a}", []string{`f:1: items.red: wanted a list, got "a"`}},
		"text for keys":        {"one: a", []string{`f:1: one: wanted keys with values, got "a"`}},
		"list at the top":      {"- a", []string{`f:1: the file: wanted keys with values, got a list`}},
		"second document":      {"name: a\n---\nname: b", []string{`f:2: a second document; one file holds one document`}},
		"no YAML":              {"name: [", []string{`f:1: neither YAML nor JSON: did not find expected node content`}},
		"several, in order": {"wait: 5\nnmae: x\non: 3", []string{
			`f:1: wait: wanted a duration with its unit such as 90s or 10m, got "5"`,
			`f:2: unknown key "nmae"; did you mean "name"?`,
			`f:3: on: wanted true or false, got "3"`,
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var into document
			err := strictfile.Decode("f", []byte(tt.text), &into)
			var e *strictfile.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if diff := cmp.Diff(tt.want, strings.Split(e.Error(), "\n")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestParseGivesEntriesWithLines(t *testing.T) {
	entries, err := strictfile.Parse("f", []byte("a: x\nb: [y, z]\nc: {d: e}\n"))
	if err != nil || len(entries) != 3 {
		t.Fatalf("got %v, %v", entries, err)
	}
	if one, whole, err := entries[0].Strings(); err != nil || !whole || len(one) != 1 || one[0] != "x" || entries[0].Line != 1 {
		t.Errorf("a: %v %v %v", one, whole, err)
	}
	if two, whole, err := entries[1].Strings(); err != nil || whole || len(two) != 2 || two[1] != "z" || entries[1].Line != 2 {
		t.Errorf("b: %v %v %v", two, whole, err)
	}
	if _, _, err := entries[2].Strings(); err == nil || err.Error() != "f:3: c: wanted text, got keys with values" {
		t.Errorf("c: %v", err)
	}
}
