package target

import (
	"context"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// Found is what bears the prefix of a run at a target.
type Found struct {
	Left   []*ecs.Server // name and tag begin with the prefix
	Spared []*ecs.Server // the name alone does: somebody else's
}

// FindLeft lists what runs with the target's prefix have left. Nothing is changed.
func (t *Target) FindLeft(ctx context.Context) (Found, error) {
	all, err := fixture.ListAll(ctx, t.Client)
	if err != nil {
		return Found{}, err
	}
	var f Found
	for _, s := range all {
		switch {
		case !strings.HasPrefix(s.Name, t.Prefix):
		case slices.ContainsFunc(s.Tags, func(tag string) bool { return strings.HasPrefix(tag, fixture.Tag(t.Prefix).String()) }):
			f.Left = append(f.Left, s)
		default:
			f.Spared = append(f.Spared, s)
		}
	}
	return f, nil
}

// RemoveLeft removes what FindLeft found, the last first, and tells what it could not.
func (t *Target) RemoveLeft(ctx context.Context, servers []*ecs.Server) []fixture.Leftover {
	var made []fixture.Made
	for _, s := range slices.Backward(servers) {
		t.Registry.Found(s.Name, s.ID)
		made = append(made, fixture.Made{Name: s.Name, ID: s.ID})
	}
	return fixture.RemoveAll(ctx, t.Client, t.Registry, made)
}
