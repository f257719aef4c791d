package explore_test

import (
	"fmt"
	"testing"

	"resize-conformance/harness/explore"
)

// The reference keeps the contract, whatever is drawn and in every edition.
func TestTheReferenceIsNotAccused(t *testing.T) {
	for _, profile := range []string{"intl", "cn", "otc", "ae-ad-1"} {
		for seed := range int64(2) {
			t.Run(fmt.Sprintf("%s seed %d", profile, seed), func(t *testing.T) {
				t.Parallel()
				c := lab(t, profile)
				c.Seed = seed
				r, err := explore.Sequences(t.Context(), c)
				if f := told(t, r, err); f != nil {
					t.Error("the reference is accused by a sequence")
				} else if r.Ran != c.Number {
					t.Errorf("ran %d of %d", r.Ran, c.Number)
				}
				c.Number = 4
				r, err = explore.Overlaps(t.Context(), c)
				if told(t, r, err) != nil {
					t.Error("the reference is accused by resizes that overlap")
				}
			})
		}
	}
}
