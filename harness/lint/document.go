package lint

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
)

// extensions lists the x- names that programs of this repository read.
func extensions() []string {
	return []string{"x-profile", "x-profile-about", "x-profile-unknown", "x-profile-behaviour", "x-error-tables", "x-sources", "x-requirement-families", "x-retired-requirements", "x-requirements", "x-position",
		"x-body-optional", "x-not-exercised"}
}

// walk visits every mapping entry of a document but the data of examples.
func walk(n *yaml.Node, pointer string, visit func(pointer, key string, value *yaml.Node)) {
	for key, value := range yamltree.Pairs(n) {
		at := pointer + "/" + jsonpointer.Escape(key)
		visit(at, key, value)
		if key != "example" && key != "examples" {
			walk(value, at, visit)
		}
	}
	for i, item := range yamltree.Items(n) {
		walk(item, pointer+"/"+strconv.Itoa(i), visit)
	}
}

// extensions looks for names that are one slip away from those that are read: what they say would silently not be said. Others are somebody else's.
func (s *subject) extensions() {
	walk(s.Root(), "", func(pointer, key string, _ *yaml.Node) {
		if !strings.HasPrefix(key, "x-") || slices.Contains(extensions(), key) {
			return
		}
		if hint := nearest.Hint(key, extensions()); hint != "" {
			s.report(ruleExtension, pointer, "%q is read by nothing%s", key, hint)
		}
	})
}

// tags compares the tags of operations with the list of tags. A document without the list has none to compare.
func (s *subject) tags() {
	list := yamltree.Child(s.Root(), "tags")
	if list == nil {
		return
	}
	var names []string
	for _, tag := range yamltree.Items(list) {
		names = append(names, yamltree.Text(tag, "name"))
	}
	used := map[string]bool{}
	for _, op := range operations(s.Root()) {
		for i, tag := range yamltree.Items(yamltree.Child(op.node, "tags")) {
			used[tag.Value] = true
			if !slices.Contains(names, tag.Value) {
				s.report(ruleTag, op.pointer+"/tags/"+strconv.Itoa(i), "%s has the tag %q, which is not in tags%s", op.id, tag.Value, nearest.Hint(tag.Value, names))
			}
		}
	}
	for i, name := range names {
		if !used[name] {
			s.report(ruleTag, "/tags/"+strconv.Itoa(i), "no operation has the tag %q", name)
		}
	}
}

// components looks for components that no operation reaches, over however many references.
func (s *subject) components() {
	reached := map[string]bool{}
	var reach func(n *yaml.Node)
	reach = func(n *yaml.Node) {
		walk(n, "", func(_, key string, value *yaml.Node) {
			switch {
			case key == "$ref" && value.Kind == yaml.ScalarNode:
				target, local := strings.CutPrefix(value.Value, "#")
				if name := componentOf(target); local && name != "" && !reached[name] {
					reached[name] = true
					reach(s.Find(name))
				}
			case key == "examples":
				reach(value) // data, but for references to components
			case key == "mapping":
				for _, schema := range yamltree.Pairs(value) {
					if name := componentOf(strings.TrimPrefix(schema.Value, "#")); name != "" && !reached[name] {
						reached[name] = true
						reach(s.Find(name))
					}
				}
			case key == "security":
				for _, either := range yamltree.Items(value) {
					for scheme := range yamltree.Pairs(either) {
						reached["/components/securitySchemes/"+jsonpointer.Escape(scheme)] = true
					}
				}
			}
		})
	}
	for key, value := range yamltree.Pairs(s.Root()) {
		if key != "components" {
			reach(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: key}, value}})
		}
	}
	for kind, list := range yamltree.Pairs(yamltree.Child(s.Root(), "components")) {
		for name := range yamltree.Pairs(list) {
			pointer := "/components/" + jsonpointer.Escape(kind) + "/" + jsonpointer.Escape(name)
			if !strings.HasPrefix(kind, "x-") && !reached[pointer] {
				s.report(ruleComponent, pointer, "nothing refers to %s of components/%s", name, kind)
			}
		}
	}
}

// componentOf cuts a pointer down to the component it leads into, "" when it leads elsewhere.
func componentOf(pointer string) string {
	steps := strings.Split(pointer, "/")
	if len(steps) < 4 || steps[1] != "components" {
		return ""
	}
	return strings.Join(steps[:4], "/")
}

// errorAnswers looks for error answers of which nothing says what they look like.
func (s *subject) errorAnswers() {
	for _, op := range operations(s.Root()) {
		for status := range yamltree.Pairs(yamltree.Child(op.node, "responses")) {
			if !strings.HasPrefix(status, "4") && !strings.HasPrefix(status, "5") && status != "default" {
				continue
			}
			at, answer := s.Resolve(op.pointer + "/responses/" + status)
			if answer == nil {
				continue // a dangling reference
			}
			content := yamltree.Child(answer, "content")
			if content == nil || len(content.Content) == 0 {
				s.report(ruleErrorSchema, at, "the answer %s of %s describes no body", status, op.id)
			}
			for media, entry := range yamltree.Pairs(content) {
				if schema := yamltree.Child(entry, "schema"); schema == nil || len(schema.Content) == 0 {
					s.report(ruleErrorSchema, at+"/content/"+jsonpointer.Escape(media), "the answer %s of %s has no schema for %s", status, op.id, media)
				}
			}
		}
	}
}
