package journal_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"resize-conformance/harness/journal"
)

var update = flag.Bool("update", false, "rewrite journal.schema.json from the types")

const schemaFile = "journal.schema.json"

// The schema says what the types say, comments included, so that it cannot be forgotten when they change.
func TestTheSchemaIsThatOfTheEvents(t *testing.T) {
	s := &schemaMaker{comments: comments(t), defs: map[string]any{}}
	root := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "journal.schema.json", "title": "One line of the journal of a conformance run",
		"description": "The first line is a run-start, which names the version of the format (journal_version); the last one of a whole journal is a run-end. Lines are numbered from 1 (seq). " +
			"A reader lets pass fields that it does not know, and refuses types of event that it does not know.",
		"$defs": s.defs,
	}
	for name, value := range s.object(reflect.TypeFor[journal.Event]()) {
		root[name] = value
	}
	var kinds []any
	for _, kind := range []struct{ name, field string }{
		{"run-start", "start"}, {"scenario-start", "scenario"}, {"exchange", "exchange"}, {"oracle-disagreement", "disagreement"}, {"note", "note"}, {"result", "result"}, {"run-end", "end"},
	} {
		kinds = append(kinds, map[string]any{"required": []string{kind.field}, "properties": map[string]any{"type": map[string]any{"const": kind.name}}})
	}
	root["oneOf"] = kinds
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(journal.Schema(), b.String()); diff != "" {
		t.Errorf("%s is not what the types say (go test ./harness/journal -update rewrites it):\n%s", schemaFile, diff)
	}
}

type schemaMaker struct {
	comments map[string]string // "Exchange.ID" -> what its comment says
	defs     map[string]any
}

func (s *schemaMaker) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		value := s.of(f.Type)
		if !strings.Contains(rest, "omitempty") {
			required = append(required, name)
			if k := f.Type.Kind(); k == reflect.Slice || k == reflect.Map {
				value["type"] = []string{value["type"].(string), "null"}
			}
		}
		if said := s.comments[t.Name()+"."+f.Name]; said != "" {
			value["description"] = said
		}
		properties[name] = value
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

func (s *schemaMaker) of(t reflect.Type) map[string]any {
	if words := wordsOf(t); words != nil {
		return map[string]any{"enum": words}
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem())
	case t.Kind() == reflect.Struct:
		if _, made := s.defs[t.Name()]; !made {
			s.defs[t.Name()] = nil // it may hold itself
			s.defs[t.Name()] = s.object(t)
		}
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case t.Kind() == reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case t.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	}
	return map[string]any{"type": "integer"}
}

// wordsOf are the values of a type that has a few; nil of any other.
func wordsOf(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[journal.Verdict]():
		return texts(journal.Verdicts())
	case reflect.TypeFor[journal.EventType]():
		return texts([]journal.EventType{
			journal.RunStarted, journal.ScenarioStarted, journal.ExchangeRecorded, journal.OraclesDisagreed, journal.Noted, journal.ResultGiven, journal.RunEnded,
		})
	case reflect.TypeFor[journal.Kind]():
		return texts([]journal.Kind{journal.KindScenario, journal.KindCase, journal.KindSchema, journal.KindMonitor, journal.KindCleanup})
	case reflect.TypeFor[journal.Level]():
		return texts([]journal.Level{journal.Must, journal.Should, journal.May, ""})
	case reflect.TypeFor[journal.Side]():
		return texts([]journal.Side{journal.Server, journal.Client, journal.Both, journal.Harness, ""})
	case reflect.TypeFor[journal.Lost]():
		return texts([]journal.Lost{journal.LostRequestHeader, journal.LostRequestBody, journal.LostAnswerHeader, journal.LostAnswerBody, journal.LostTimes})
	}
	return nil
}

func texts[T ~string](words []T) []string {
	var all []string
	for _, w := range words {
		all = append(all, string(w))
	}
	return all
}

// comments reads what the sources of this package say of each field.
func comments(t *testing.T) map[string]string {
	t.Helper()
	said := map[string]string{}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			fields, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, f := range fields.Fields.List {
				for _, name := range f.Names {
					said[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(f.Doc.Text()+" "+f.Comment.Text()), " ")
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// compiledSchema is the checked-in one, formats asserted.
func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(journal.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:///"+schemaFile, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:///" + schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The schema must be able to say no, and let pass what a later suite of the same version may add.
func TestTheSchemaTellsLinesFromOthers(t *testing.T) {
	s := compiledSchema(t)
	const note = `{"seq":2,"time":"2026-11-29T03:25:39Z","type":"note","note":{"text":"x"}}`
	for line, good := range map[string]bool{
		note: true,
		strings.Replace(note, `{"text"`, `{"later":1,"text"`, 1):     true,
		strings.Replace(note, `"note","note"`, `"other","note"`, 1):  false,
		strings.Replace(note, `"type":"note"`, `"type":"result"`, 1): false,
		strings.Replace(note, `{"text":"x"}`, `{}`, 1):               false,
		strings.Replace(note, `"2026-11-29T03:25:39Z"`, `"noon"`, 1): false,
		strings.Replace(note, `"seq":2`, `"seq":"2"`, 1):             false,
	} {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(instance); (err == nil) != good {
			t.Errorf("%s: %v", line, err)
		}
	}
}
