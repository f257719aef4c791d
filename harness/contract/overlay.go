package contract

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/libopenapi"
	liboverlay "github.com/pb33f/libopenapi/overlay"
	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
	"resize-conformance/spec"
)

// overlay is what a profile changes: the actions of its OpenAPI Overlay file, after those of the files that it builds on.
type overlay struct {
	name    string      // the profile's name
	file    string      // its own file
	layers  []*document // the files: those built on first, its own last, each once
	actions []action    // of all layers, in order
}

// action is one action of a layer.
type action struct {
	in     *document
	number int // from 0, in its file
	node   *yaml.Node
}

// buildsOn names, at the top of an overlay file, what is applied before it: other profiles, or parts that several share (spec/profiles/parts). The
// standard has extends, which says to which document an overlay is applied, and nothing for one that goes on where another ends.
const buildsOn = "x-builds-on"

// Profiles lists the built-in profiles: the base one first, then the overlays by name.
func Profiles() []string {
	names := []string{BaseProfile}
	entries, err := spec.Profiles.ReadDir("profiles")
	if err != nil {
		return names // the folder is embedded at build time: it cannot be missing
	}
	for _, e := range entries {
		if name, yes := strings.CutSuffix(e.Name(), ".yaml"); yes && name != BaseProfile {
			names = append(names, name)
		}
	}
	return names
}

// Parts lists the built-in parts of overlays, by name.
func Parts() []string {
	var names []string
	entries, err := spec.Profiles.ReadDir("profiles/parts")
	if err != nil {
		return nil // the folder is embedded at build time
	}
	for _, e := range entries {
		if name, yes := strings.CutSuffix(e.Name(), ".yaml"); yes {
			names = append(names, name)
		}
	}
	return names
}

// readOverlay finds a profile's overlay by name or path, and what it builds on; nil for the base profile.
func readOverlay(profile string) (*overlay, error) {
	if profile == "" || profile == BaseProfile {
		return nil, nil
	}
	if slices.Contains(Profiles(), profile) {
		d, err := readLayer("profiles", profile)
		if err != nil {
			return nil, err
		}
		return newOverlay(profile, d)
	}
	if !looksLikePath(profile) {
		return nil, fmt.Errorf("unknown profile %q; built in are %s%s; an overlay of your own is given by its path", profile,
			strings.Join(Profiles(), ", "), nearest.Hint(profile, Profiles()))
	}
	data, err := os.ReadFile(profile)
	if err != nil {
		return nil, fmt.Errorf("read the profile overlay: %w", err)
	}
	d, err := parseLayer(profile, data)
	if err != nil {
		return nil, err
	}
	return newOverlay(strings.TrimSuffix(filepath.Base(profile), filepath.Ext(profile)), d)
}

// readLayer reads a built-in overlay file.
func readLayer(folder, name string) (*document, error) {
	file := path.Join(folder, name+".yaml")
	data, err := spec.Profiles.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the built-in overlay %q: %w", name, err)
	}
	return parseLayer(path.Join("spec", file), data)
}

// looksLikePath tells an overlay file from a misspelled profile name.
func looksLikePath(s string) bool {
	return strings.ContainsRune(s, filepath.Separator) || strings.Contains(s, "/") || filepath.Ext(s) == ".yaml" || filepath.Ext(s) == ".yml" || filepath.Ext(s) == ".json"
}

// parseLayer reads one overlay file strictly.
func parseLayer(file string, data []byte) (*document, error) {
	d, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	top := []string{"overlay", "info", "extends", "actions", "components", buildsOn}
	for key := range yamltree.Pairs(d.root) {
		if !slices.Contains(top, key) && !strings.HasPrefix(key, "x-") {
			return nil, d.errorf(d.root, "unknown key %q in an OpenAPI Overlay%s", key, nearest.Hint(key, top))
		}
	}
	actionKeys := []string{"target", "description", "update", "remove", "copy", "$ref"}
	for i, action := range yamltree.Items(yamltree.Child(d.root, "actions")) {
		for key := range yamltree.Pairs(action) {
			if !slices.Contains(actionKeys, key) && !strings.HasPrefix(key, "x-") {
				return nil, d.errorf(action, "unknown key %q in action %d%s", key, i+1, nearest.Hint(key, actionKeys))
			}
		}
	}
	if yamltree.Text(d.root, "overlay") == "" {
		return nil, d.errorf(d.root, "not an OpenAPI Overlay: it does not say of which version of overlay it is; write overlay: 1.0.0")
	}
	if _, err := libopenapi.NewOverlayDocument(d.bytes); err != nil {
		return nil, fmt.Errorf("%s: not an OpenAPI Overlay: %w", file, err)
	}
	return d, nil
}

// newOverlay gathers what a file builds on, deepest first, and puts the actions together.
func newOverlay(name string, own *document) (*overlay, error) {
	o := &overlay{name: name, file: own.file}
	if err := o.add(own, nil); err != nil {
		return nil, err
	}
	for _, d := range o.layers {
		for i, n := range yamltree.Items(yamltree.Child(d.root, "actions")) {
			o.actions = append(o.actions, action{in: d, number: i, node: n})
		}
	}
	return o, nil
}

// add adds a file after those that it builds on; below are the files that build on it.
func (o *overlay) add(d *document, below []string) error {
	list := yamltree.Child(d.root, buildsOn)
	if list != nil && list.Kind != yaml.SequenceNode {
		return d.errorf(list, "%s: want a list of names of profiles and parts, got %s", buildsOn, kindName(list))
	}
	for _, n := range yamltree.Items(list) {
		folder, known := "profiles/parts", append(Profiles()[1:], Parts()...)
		switch {
		case !slices.Contains(known, n.Value):
			return d.errorf(n, "%s: there is no overlay %q; built in are %s%s", buildsOn, n.Value, strings.Join(known, ", "), nearest.Hint(n.Value, known))
		case slices.Contains(Profiles(), n.Value):
			folder = "profiles"
		}
		part, err := readLayer(folder, n.Value)
		if err != nil {
			return err
		}
		if slices.Contains(append(below, d.file), part.file) {
			return d.errorf(n, "%s: %s builds on itself", buildsOn, part.file)
		}
		if slices.ContainsFunc(o.layers, func(have *document) bool { return have.file == part.file }) {
			continue
		}
		if err := o.add(part, append(slices.Clone(below), d.file)); err != nil {
			return err
		}
	}
	o.layers = append(o.layers, d)
	return nil
}

// text is one OpenAPI Overlay with the actions of all layers. Its version is the newest that a layer may have.
func (o *overlay) text() ([]byte, error) {
	actions := &yaml.Node{Kind: yaml.SequenceNode}
	for _, a := range o.actions {
		actions.Content = append(actions.Content, a.node)
	}
	own := o.layers[len(o.layers)-1]
	return yaml.Marshal(map[string]any{"overlay": "1.1.0", "info": yamltree.Child(own.root, "info"), "actions": actions})
}

// apply puts the overlay over a document. A target that matches nothing is an error: the overlay was written for another document, and
// what it wanted to say of the profile would silently be missing. Such flaws are told apart from errors, after which there is no document.
func (o *overlay) apply(base *document) (doc *document, flaws, err error) {
	text, err := o.text()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.file, err)
	}
	parsed, err := libopenapi.NewOverlayDocument(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: not an OpenAPI Overlay: %w", o.file, err)
	}
	at := func(i int) action {
		if i >= 0 && i < len(o.actions) {
			return o.actions[i]
		}
		own := o.layers[len(o.layers)-1]
		return action{in: own, number: -1, node: own.root}
	}
	result, err := liboverlay.Apply(base.bytes, parsed)
	if err != nil {
		var bad *liboverlay.OverlayError
		if errors.As(err, &bad) {
			a := at(slices.Index(parsed.Actions, bad.Action))
			return nil, nil, a.in.errorf(a.node, "action %d, target %s: %w", a.number+1, yamltree.Text(a.node, "target"), bad.Cause)
		}
		return nil, nil, fmt.Errorf("%s: not an OpenAPI Overlay: %w", o.file, err)
	}
	var problems []error
	for _, w := range result.Warnings {
		a := at(slices.Index(parsed.Actions, w.Action))
		if w.Message == "target matched zero nodes" {
			problems = append(problems, a.flawf("action %d: target %s matches nothing in %s; correct the JSONPath or remove the action", a.number+1, w.Target, base.file))
			continue
		}
		problems = append(problems, a.flawf("action %d, target %s: %s", a.number+1, w.Target, w.Message))
	}
	doc, err = parseDocument(base.file+" with "+o.file, result.Bytes)
	return doc, errors.Join(problems...), err
}

func (a action) flawf(format string, args ...any) *Flaw {
	return &Flaw{Rule: RuleOverlay, Place: placeOf(a.in.file, a.node), Pointer: "/actions/" + strconv.Itoa(a.number), Message: fmt.Sprintf(format, args...)}
}

// place finds where a layer writes the thing that an effective document has at a pointer and the base has not: the update whose content
// is the longest tail of the pointer, in the layer that had the last word.
func (o *overlay) place(pointer string) (Place, bool) {
	tokens := jsonpointer.Split(pointer)
	for start := range tokens {
		tail := tokens[start:]
		for _, action := range slices.Backward(o.actions) {
			update := yamltree.Child(action.node, "update")
			if update == nil {
				continue
			}
			if parent, ok := findIn(update, tail[:len(tail)-1]); ok {
				if n := keyNodeIn(parent, tail[len(tail)-1]); n != nil {
					return placeOf(action.in.file, n), true
				}
			}
		}
	}
	return Place{}, false
}
