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

// overlay is one OpenAPI Overlay file.
type overlay struct {
	name string // the profile's name
	*document
}

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

// readOverlay finds a profile's overlay by name or path; nil for the base profile.
func readOverlay(profile string) (*overlay, error) {
	if profile == "" || profile == BaseProfile {
		return nil, nil
	}
	if slices.Contains(Profiles(), profile) {
		name := path.Join("profiles", profile+".yaml")
		data, err := spec.Profiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the built-in profile %q: %w", profile, err)
		}
		return parseOverlay(path.Join("spec", name), profile, data)
	}
	if !looksLikePath(profile) {
		return nil, fmt.Errorf("unknown profile %q; built in are %s%s; an overlay of your own is given by its path", profile,
			strings.Join(Profiles(), ", "), nearest.Hint(profile, Profiles()))
	}
	data, err := os.ReadFile(profile)
	if err != nil {
		return nil, fmt.Errorf("read the profile overlay: %w", err)
	}
	name := strings.TrimSuffix(filepath.Base(profile), filepath.Ext(profile))
	return parseOverlay(profile, name, data)
}

// looksLikePath tells an overlay file from a misspelled profile name.
func looksLikePath(s string) bool {
	return strings.ContainsRune(s, filepath.Separator) || strings.Contains(s, "/") || filepath.Ext(s) == ".yaml" || filepath.Ext(s) == ".yml" || filepath.Ext(s) == ".json"
}

func parseOverlay(file, name string, data []byte) (*overlay, error) {
	d, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	top := []string{"overlay", "info", "extends", "actions", "components"}
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
	return &overlay{name: name, document: d}, nil
}

// apply puts the overlay over a document. A target that matches nothing is an error: the overlay was written for another document, and
// what it wanted to say of the profile would silently be missing. Such flaws are told apart from errors, after which there is no document.
func (o *overlay) apply(base *document) (doc *document, flaws, err error) {
	parsed, err := libopenapi.NewOverlayDocument(o.bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: not an OpenAPI Overlay: %w", o.file, err)
	}
	at := func(i int) *yaml.Node {
		if actions := yamltree.Items(yamltree.Child(o.root, "actions")); i >= 0 && i < len(actions) {
			return actions[i]
		}
		return o.root
	}
	result, err := liboverlay.Apply(base.bytes, parsed)
	if err != nil {
		var bad *liboverlay.OverlayError
		if errors.As(err, &bad) {
			i := slices.Index(parsed.Actions, bad.Action)
			return nil, nil, o.errorf(at(i), "action %d, target %s: %w", i+1, yamltree.Text(at(i), "target"), bad.Cause)
		}
		return nil, nil, fmt.Errorf("%s: not an OpenAPI Overlay: %w", o.file, err)
	}
	var problems []error
	for _, w := range result.Warnings {
		i := slices.Index(parsed.Actions, w.Action)
		if w.Message == "target matched zero nodes" {
			problems = append(problems, o.flawf(at(i), i, "action %d: target %s matches nothing in %s; correct the JSONPath or remove the action", i+1, w.Target, base.file))
			continue
		}
		problems = append(problems, o.flawf(at(i), i, "action %d, target %s: %s", i+1, w.Target, w.Message))
	}
	doc, err = parseDocument(base.file+" with "+o.file, result.Bytes)
	return doc, errors.Join(problems...), err
}

func (o *overlay) flawf(n *yaml.Node, action int, format string, args ...any) *Flaw {
	return &Flaw{Rule: RuleOverlay, Place: placeOf(o.file, n), Pointer: "/actions/" + strconv.Itoa(action), Message: fmt.Sprintf(format, args...)}
}

// node finds where the overlay writes the thing that an effective document has at a pointer and the base has not: the update whose content
// is the longest tail of the pointer.
func (o *overlay) node(pointer string) *yaml.Node {
	tokens := jsonpointer.Split(pointer)
	for start := range tokens {
		tail := tokens[start:]
		for _, action := range yamltree.Items(yamltree.Child(o.root, "actions")) {
			update := yamltree.Child(action, "update")
			if update == nil {
				continue
			}
			if parent, ok := findIn(update, tail[:len(tail)-1]); ok {
				if n := keyNodeIn(parent, tail[len(tail)-1]); n != nil {
					return n
				}
			}
		}
	}
	return nil
}
