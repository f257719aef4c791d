package cases_test

import (
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/contract"
)

// values are good enough for judging: nothing is sent.
func values() cases.Values {
	return cases.Values{cases.Project: "0123456789abcdef0123456789abcdef", cases.Server: "616fb98f-46ca-475e-917e-2563e5a8cd19", cases.Flavor: "s3.large.2", cases.Threaded: "c6.large.2"}
}

func load(t *testing.T, source contract.Source) *contract.Contract {
	t.Helper()
	c, err := contract.Load(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func derive(t *testing.T, c *contract.Contract) []cases.Case {
	t.Helper()
	all, err := cases.Derive(c)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Every case of every edition is what it claims to be in the eyes of both oracles.
func TestEveryCaseIsWhatItClaims(t *testing.T) {
	for _, profile := range []string{"intl", "cn", "otc", "ae-ad-1"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			c := load(t, contract.Source{Profile: profile})
			all := derive(t, c)
			counts := map[cases.Expectation]int{}
			used := map[string]bool{}
			for _, k := range all {
				counts[k.Expect]++
				used[k.Requirement.ID] = true
				if err := k.Fill(values()).Judge(t.Context(), c); err != nil {
					t.Error(err)
				}
				if strings.ContainsAny(k.ID(), " \t\n") || strings.Count(k.Title, "/") != 3 {
					t.Errorf("%q is no id of four parts after the requirement", k.ID())
				}
				if !slices.Contains([]string{"resizeServer", "resizePostPaidServer"}, k.Operation) && k.Expect == cases.Reject && k.Body != nil && strings.Contains(k.Operation, "create") && !k.Bytes {
					t.Errorf("%s would create something", k.ID())
				}
			}
			for _, r := range c.Requirements() {
				if r.HasCases() && !used[r.ID] {
					t.Errorf("%s has cases in its row, yet no constraint of the edition falls to it", r.ID)
				}
			}
			t.Logf("%d cases: %v", len(all), counts)
		})
	}
}
