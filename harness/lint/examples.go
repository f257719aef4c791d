package lint

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/yamltree"
)

// otherExamples takes what kin-openapi has against examples that are no messages: of parameters, headers and schemas. It names the component, or else no more than
// the operation; those of an operation say again what a component or a message has said, unless nothing was said yet.
func (s *subject) otherExamples() {
	said := slices.ContainsFunc(s.findings, func(f Finding) bool { return f.Rule == contract.RuleExample })
	for _, inPaths := range []bool{false, true} {
		for _, f := range s.byKin {
			if strings.HasPrefix(f.Pointer, "/paths/") == inPaths && !(inPaths && said) {
				s.note(f.Rule, f.Place, f.Pointer, f.Message)
			}
		}
		said = said || slices.ContainsFunc(s.findings, func(f Finding) bool { return f.Rule == contract.RuleExample })
	}
}

// examples has every example of a body judged where it stands, by all layers.
func (s *subject) examples(ctx context.Context) {
	if s.loaded == nil {
		return
	}
	seen := map[string]bool{} // a response that many operations share is judged once for each kind of status
	for _, op := range operations(s.Root()) {
		s.eachExample(op.pointer+"/requestBody", func(pointer, media string, body []byte) {
			m := s.message(op, media)
			m.RequestHeader.Set("Content-Type", media)
			m.RequestBody = body
			j := s.loaded.Judge(ctx, m)
			s.judged(pointer, j.Request, j.Disagreements)
		})
		for key := range yamltree.Pairs(yamltree.Child(op.node, "responses")) {
			status, err := strconv.Atoi(strings.NewReplacer("XX", "00", "xx", "00", "default", "500").Replace(key))
			if err != nil {
				continue
			}
			s.eachExample(op.pointer+"/responses/"+key, func(pointer, media string, body []byte) {
				if seen[pointer] {
					return
				}
				seen[pointer] = true
				m := s.message(op, media)
				m.Status, m.ResponseBody = status, body
				m.ResponseHeader.Set("Content-Type", media)
				j := s.loaded.Judge(ctx, m)
				s.judged(pointer, j.Response, j.Disagreements)
				if status < http.StatusBadRequest { // the error envelopes are open: what another service adds is not ours to declare
					s.judged(pointer, j.Information, nil)
				}
			})
		}
	}
	s.otherExamples()
}

// eachExample visits the JSON examples of a request body or a response.
func (s *subject) eachExample(pointer string, visit func(pointer, media string, body []byte)) {
	at, n := s.Resolve(pointer)
	for media, entry := range yamltree.Pairs(yamltree.Child(n, "content")) {
		if base, _, _ := strings.Cut(media, ";"); base != "application/json" && !strings.HasSuffix(base, "+json") {
			continue
		}
		entryAt := at + "/content/" + jsonpointer.Escape(media)
		if one := yamltree.Child(entry, "example"); one != nil {
			s.visitValue(entryAt+"/example", media, one, visit)
		}
		for name := range yamltree.Pairs(yamltree.Child(entry, "examples")) {
			valueAt, example := s.Resolve(entryAt + "/examples/" + jsonpointer.Escape(name))
			if value := yamltree.Child(example, "value"); value != nil {
				s.visitValue(valueAt+"/value", media, value, visit)
			}
		}
	}
}

func (s *subject) visitValue(pointer, media string, value *yaml.Node, visit func(pointer, media string, body []byte)) {
	var v any
	err := value.Decode(&v)
	var body []byte
	if err == nil {
		body, err = json.Marshal(v)
	}
	if err != nil {
		s.report(contract.RuleExample, pointer, "the example cannot be written as JSON: %v", err)
		return
	}
	visit(pointer, media, body)
}

// message is a request that fits the operation's path; of what it lacks otherwise nothing is said, because only the bodies are examples.
func (s *subject) message(op operation, media string) *contract.Message {
	path := op.template
	for strings.Contains(path, "{") && strings.Contains(path, "}") {
		path = path[:strings.Index(path, "{")] + "0605767d5a00d5762fcbc00c5cb1f8ae" + path[strings.Index(path, "}")+1:]
	}
	return &contract.Message{Method: strings.ToUpper(op.method), Path: path, RequestHeader: http.Header{"Accept": {media}}, ResponseHeader: http.Header{}}
}

// judged reports what the judgement has against a body.
func (s *subject) judged(pointer string, violations []journal.Violation, disagreements []journal.Disagreement) {
	for _, v := range violations {
		if v.Part == "body" {
			place := "the example"
			if v.Pointer != "" {
				place += " at " + v.Pointer
			}
			s.report(contract.RuleExample, s.deepest(pointer, v.Pointer), "%s", fmt.Sprintf("%s: wanted %s, got %s", place, v.Wanted, v.Got))
		}
	}
	for _, d := range disagreements {
		if d.Known == "" {
			s.report(contract.RuleExample, pointer, "the two libraries judge the example differently: kin-openapi %s, libopenapi %s", d.Kin, d.Lib)
		}
	}
}

// deepest is the pointer of a place within an example, or as far as there is something.
func (s *subject) deepest(example, within string) string {
	for p := example + within; p != example; p = p[:strings.LastIndexByte(p, '/')] {
		if s.Find(p) != nil {
			return p
		}
	}
	return example
}
