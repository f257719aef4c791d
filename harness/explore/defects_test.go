package explore_test

import (
	"slices"
	"testing"

	"resize-conformance/harness/defect"
	"resize-conformance/harness/explore"
)

// A defect that needs several operations, or two at a time, is found by the numbers that a run has by default, and shown in as few steps as it takes.
func TestDefectsAreFoundAndMadeShort(t *testing.T) {
	for name, most := range map[string]int{
		"second-resize-does-nothing":       2,
		"start-during-resize-says-success": 2,
		"dry-run-after-resize-is-real":     4, // as soon as it is seen under way, else one step later
		"refused-flavor-is-kept":           2,
		"job-vanishes-with-start":          3,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it mostly waits for jobs
			for seed := range int64(2) {
				c := lab(t, "intl", defectNamed(t, name).Apply)
				c.Seed = seed
				r, err := explore.Sequences(t.Context(), c)
				f := told(t, r, err)
				if f == nil {
					t.Errorf("seed %d: not found", seed)
				} else if len(f.Steps) > most || f.Exchange == 0 {
					t.Errorf("seed %d: wanted %d steps at most and the exchange that shows it, got %d steps and exchange %d", seed, most, len(f.Steps), f.Exchange)
				}
			}
		})
	}
	for _, name := range []string{"simultaneous-resize-lost", "simultaneous-resizes-share-a-job"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it mostly waits for jobs
			for seed := range int64(2) {
				c := lab(t, "intl", defectNamed(t, name).Apply)
				c.Seed, c.Number, c.Workers = seed, 4, 4
				r, err := explore.Overlaps(t.Context(), c)
				if f := told(t, r, err); f == nil {
					t.Errorf("seed %d: not found", seed)
				} else if f.Exchange == 0 || len(f.Steps) < 2 {
					t.Errorf("seed %d: wanted at least two resizes and the exchange that shows it, got %+v", seed, f)
				}
			}
		})
	}
}

func defectNamed(t *testing.T, name string) defect.Defect {
	t.Helper()
	all := defect.Defects()
	i := slices.IndexFunc(all, func(d defect.Defect) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("there is no defect %s", name)
	}
	return all[i]
}
