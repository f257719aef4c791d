package runner

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func samplePack() []candidate {
	return []candidate{
		{Requirement: "RSZ-STATE-001", Title: "a stopped server is resized", Labels: []string{"RSZ-STATE-001", "level:must"}},
		{Requirement: "RSZ-STATE-002", Title: "a running server is refused", Labels: []string{"RSZ-STATE-002", "level:must"}},
		{Requirement: "RSZ-JOB-003", Title: "statuses move only legally", Labels: []string{"RSZ-JOB-003", "level:must"}},
		{Requirement: "RSZ-JOB-013", Title: "the job says resizeServer", Labels: []string{"RSZ-JOB-013", "level:should"}},
		{Requirement: "RSZ-DRY-001", Title: "a valid request passes", Labels: []string{"RSZ-DRY-001", "level:must"}},
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		s    Selection
		want []int
	}{
		{"everything", Selection{}, []int{0, 1, 2, 3, 4}},
		{"one id", Selection{Requirements: []string{"RSZ-JOB-003"}}, []int{2}},
		{"a family", Selection{Requirements: []string{"RSZ-JOB"}}, []int{2, 3}},
		{"an id that is another's beginning selects that id only", Selection{Requirements: []string{"RSZ-STATE-001"}}, []int{0}},
		{"focus on the title", Selection{Focus: []string{"server is"}}, []int{0, 1}},
		{"focus on either", Selection{Focus: []string{"^RSZ-DRY", "resizeServer"}}, []int{3, 4}},
		{"label", Selection{Labels: "level:should"}, []int{3}},
		{"filters narrow one another", Selection{Requirements: []string{"RSZ-JOB"}, Labels: "level:must"}, []int{2}},
	} {
		got, err := choose(samplePack(), c.s)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, %v; want %v", c.name, got, err, c.want)
		}
	}
}

func TestChooseRefusesWhatSelectsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		s    Selection
		want string
	}{
		{"unknown id", Selection{Requirements: []string{"RSZ-STATE-01"}}, `did you mean "RSZ-STATE-001"?`},
		{"one of two unknown", Selection{Requirements: []string{"RSZ-JOB-003", "RSZ-JOBS"}}, `did you mean "RSZ-JOB"?`},
		{"focus without match", Selection{Focus: []string{"no such title"}}, "selects no scenario"},
		{"second focus without match", Selection{Focus: []string{"server", "zzz"}}, `"zzz" selects no scenario`},
		{"broken expression", Selection{Focus: []string{"("}}, "no regular expression"},
		{"label without match", Selection{Labels: "level:may"}, "selects no scenario"},
		{"broken label filter", Selection{Labels: "&& x"}, "no label filter"},
		{"filters that exclude one another", Selection{Requirements: []string{"RSZ-DRY"}, Labels: "level:should"}, "selects no scenario"},
	} {
		_, err := choose(samplePack(), c.s)
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v; want a usage error with %q", c.name, err, c.want)
		}
	}
}
