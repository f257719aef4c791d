package change

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/journal"
)

const (
	ruleClosed    = "additional-properties-closed"
	ruleOpened    = "additional-properties-opened"
	ruleOtherwise = "additional-properties-changed"
)

// closings looks for objects that are closed for members which their schema does not name, or opened for them, in operations that both documents have.
func closings(before, after *openapi3.T) []Message {
	var out []Message
	for path, item := range after.Paths.Map() {
		old := before.Paths.Value(path)
		if old == nil {
			continue
		}
		for method, op := range item.Operations() {
			if was := old.GetOperation(method); was != nil {
				w := &walker{operation: method + " " + path, seen: map[[2]*openapi3.Schema]bool{}}
				w.operationBodies(was, op)
				out = append(out, w.found...)
			}
		}
	}
	return out
}

// walker goes through the schemas of two versions of an operation side by side.
type walker struct {
	operation string
	where     string // "the request body", "the answer 200"
	request   bool
	seen      map[[2]*openapi3.Schema]bool
	found     []Message
}

func (w *walker) operationBodies(old, now *openapi3.Operation) {
	if old.RequestBody != nil && now.RequestBody != nil {
		w.where, w.request = "the request body", true
		w.contents(old.RequestBody.Value.Content, now.RequestBody.Value.Content)
	}
	w.request = false
	for status, answer := range now.Responses.Map() {
		if was := old.Responses.Value(status); was != nil {
			clear(w.seen)
			w.where = "the answer " + status
			w.contents(was.Value.Content, answer.Value.Content)
		}
	}
}

func (w *walker) contents(old, now openapi3.Content) {
	for media, entry := range now {
		if was := old[media]; was != nil {
			w.schemas(was.Schema, entry.Schema, "")
		}
	}
}

func (w *walker) schemas(old, now *openapi3.SchemaRef, pointer string) {
	if old == nil || now == nil || old.Value == nil || now.Value == nil || w.seen[[2]*openapi3.Schema{old.Value, now.Value}] {
		return
	}
	o, n := old.Value, now.Value
	w.seen[[2]*openapi3.Schema{o, n}] = true
	w.others(o.AdditionalProperties, n.AdditionalProperties, pointer)
	for name, property := range n.Properties {
		w.schemas(o.Properties[name], property, pointer+"/"+name)
	}
	w.schemas(o.Items, n.Items, pointer+"/*")
	w.schemas(o.Not, n.Not, pointer)
	for _, lists := range [][2]openapi3.SchemaRefs{{o.AllOf, n.AllOf}, {o.AnyOf, n.AnyOf}, {o.OneOf, n.OneOf}} {
		if len(lists[0]) == len(lists[1]) { // else the alternatives cannot be told to be the same ones
			for i := range lists[1] {
				w.schemas(lists[0][i], lists[1][i], pointer)
			}
		}
	}
}

// others compares what two versions of an object say of members that they do not name.
func (w *walker) others(old, now openapi3.AdditionalProperties, pointer string) {
	o, n := openness(old), openness(now)
	place := w.where
	if pointer != "" {
		place += " at " + pointer
	}
	add := func(grade Grade, side journal.Side, rule, what string) {
		w.found = append(w.found, Message{Grade: grade, Breaks: side, Operation: w.operation, Rule: rule, Text: fmt.Sprintf("%s %s", place, what)})
	}
	switch {
	case o == n:
	case o == open || n == closed: // narrower
		if w.request {
			add(Breaking, journal.Client, ruleClosed, "no longer admits any member beside those that it names")
		} else {
			add(Breaking, journal.Server, ruleClosed, "no longer admits any member beside those that it names")
		}
	case n == open || o == closed: // wider
		if w.request {
			add(Breaking, journal.Server, ruleOpened, "admits members beside those that it names")
		} else {
			add(Risky, journal.Client, ruleOpened, "admits members beside those that it names")
		}
	default:
		add(Risky, journal.Client, ruleOtherwise, "says something else of members that it does not name")
		add(Risky, journal.Server, ruleOtherwise, "says something else of members that it does not name")
	}
}

const (
	open   = "any"
	closed = "none"
)

// openness is what may stand beside the named members: any, none, or those of a schema, as its text.
func openness(a openapi3.AdditionalProperties) string {
	switch {
	case a.Schema != nil:
		text, err := json.Marshal(a.Schema.Value)
		if err != nil || slices.Contains([]string{"{}", "null"}, strings.TrimSpace(string(text))) {
			return open
		}
		return string(text)
	case a.Has != nil && !*a.Has:
		return closed
	default:
		return open
	}
}
