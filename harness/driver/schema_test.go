package driver

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// node is as much of a schema as is compared with a Go type.
type node struct {
	Properties map[string]node `json:"properties"`
	Items      *node           `json:"items"`
	Enum       []string        `json:"enum"`
}

func TestSchemasHaveTheMembersOfTheTypes(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]any{"hello": Hello{}, "request": Request{}, "response": Response{}} {
		sameMembers(t, name, reflect.TypeOf(of), schemaOf(t, name))
	}
	hello, request, response := schemaOf(t, "hello"), schemaOf(t, "request"), schemaOf(t, "response")
	same(t, "operations", texts(Operations()), slices.Collect(maps.Keys(hello.Properties["operations"].Properties)))
	same(t, "op", texts(Operations()), request.Properties["op"].Enum)
	for _, o := range Operations() {
		var enum []string
		if items := hello.Properties["operations"].Properties[string(o)].Items; items != nil {
			enum = items.Enum
		}
		same(t, "options of "+string(o), texts(OptionsOf(o)), enum)
	}
	same(t, "credentials", texts(CredentialKinds()), hello.Properties["credentials"].Items.Enum)
	same(t, "kinds", texts(ErrorKinds()), response.Properties["error"].Properties["kind"].Enum)
}

// The schemas and the reader judge lines alike.
func TestSchemasAndReaderAgree(t *testing.T) {
	t.Parallel()
	lines := map[string]map[string]bool{
		"hello": {
			goodHello: true,
			`{"protocol":1,"name":"c","version":"1","operations":{"showJob":null},"credentials":["none"]}`:              true,
			`{"protocol":2,"name":"c","version":"1","operations":{"showJob":[]},"credentials":["token"]}`:               false,
			`{"protocol":1,"name":" ","version":"1","operations":{"showJob":[]},"credentials":["token"]}`:               false,
			`{"protocol":1,"name":"c","version":"1","operations":{},"credentials":["token"]}`:                           false,
			`{"protocol":1,"name":"c","version":"1","operations":{"showJobs":[]},"credentials":["token"]}`:              false,
			`{"protocol":1,"name":"c","version":"1","operations":{"showJob":["dry_run"]},"credentials":["token"]}`:      false,
			`{"protocol":1,"name":"c","version":"1","operations":{"showJob":[]},"credentials":[]}`:                      false,
			`{"protocol":1,"name":"c","version":"1","operations":{"showJob":[]},"credentials":["none"],"in_flight":-1}`: false,
		},
		"response": {
			`{"id":"1","result":{}}`: true,
			`{"id":"1","result":{"job_id":null,"flavors":[]},"error":null,"more":1}`:             true,
			`{"id":"1","error":{"kind":"api","status":400,"code":"Ecs.0005","retryable":false}}`: true,
			`{"id":"1"}`: false,
			`{"id":"1","result":{},"error":{"kind":"api"}}`: false,
			`{"id":"1","result":null,"error":null}`:         false,
			`{"id":1,"result":{}}`:                          false,
			`{"id":"1","error":{"kind":"http"}}`:            false,
			`{"id":"1","error":{"status":400}}`:             false,
			`{"id":"1","error":{"kind":"api","status":1}}`:  false,
			`{"id":"1","result":{"job_id":5}}`:              false,
			`{"id":"1","result":[]}`:                        false,
		},
	}
	for name, cases := range lines {
		schema := compiled(t, name)
		for line, want := range cases {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); (err == nil) != want {
				t.Errorf("%s: the schema says %v, want good: %v", line, err, want)
			}
			problem := ""
			if name == "hello" {
				var h Hello
				if err := decode([]byte(line), &h); err != nil {
					problem = err.Error()
				} else {
					problem = strings.Join(h.Problems(), "; ")
				}
			} else {
				var r Response
				if err := decode([]byte(line), &r); err != nil {
					problem = err.Error()
				} else {
					problem = r.Problem()
				}
			}
			if (problem == "") != want {
				t.Errorf("%s: the reader says %q, want good: %v", line, problem, want)
			}
		}
	}
	pays := true
	line, err := encode(Request{ID: "1", Operation: ResizeServer, Endpoint: "http://127.0.0.1:1", ProjectID: "p", ServerID: "s", Params: Params{FlavorRef: "f", AutoPay: &pays}, TimeoutMS: 5})
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled(t, "request").Validate(value); err != nil {
		t.Errorf("%s: %v", line, err)
	}
}

func schemaOf(t *testing.T, name string) (n node) {
	t.Helper()
	for _, s := range Schemas() {
		if s.Name == name {
			if err := json.Unmarshal([]byte(s.Text), &n); err != nil {
				t.Fatal(err)
			}
		}
	}
	return n
}

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	for _, s := range Schemas() {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(s.Text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(s.Name+".json", value); err != nil {
			t.Fatal(err)
		}
	}
	return c.MustCompile(name + ".json")
}

// sameMembers compares a struct with a schema, down to the last member.
func sameMembers(t *testing.T, where string, of reflect.Type, n node) {
	t.Helper()
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() == reflect.Slice && n.Items != nil {
		sameMembers(t, where+"[]", of.Elem(), *n.Items)
		return
	}
	if of.Kind() != reflect.Struct {
		return
	}
	var names []string
	for _, f := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
		sameMembers(t, where+"."+name, f.Type, n.Properties[name])
	}
	same(t, where, names, slices.Collect(maps.Keys(n.Properties)))
}

func same(t *testing.T, where string, inGo, inSchema []string) {
	t.Helper()
	slices.Sort(inGo)
	slices.Sort(inSchema)
	if !slices.Equal(inGo, inSchema) {
		t.Errorf("%s: the Go type has %v, the schema %v", where, inGo, inSchema)
	}
}

func texts[T ~string](names []T) []string {
	var all []string
	for _, n := range names {
		all = append(all, string(n))
	}
	return all
}
