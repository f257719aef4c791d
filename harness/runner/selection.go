package runner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2/types"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/nearest"
	"resize-conformance/suites"
)

// Selection says which scenarios of the pack a run takes. The zero value takes all of them.
// Every part must match something: a filter that selects nothing is an error and never an empty green run.
type Selection struct {
	Focus        []string // regular expressions over "ID title"; a scenario is taken when one of them matches
	Requirements []string // requirement ids, families or cases ("RSZ-JOB-003", "RSZ-JOB", "RSZ-BODY-012/enum"); taken when one of them names it
	Labels       string   // a Ginkgo label filter, e.g. "level:must && !needs:mode"
	Shard        Shard    // after the other filters; see deal
}

// UsageError says that the caller asked for something that cannot be: the exit code is 2.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// candidate is what a filter can see of a scenario.
type candidate struct {
	Requirement string
	Title       string
	Labels      []string
	Cases       []string // ids of the cases that the scenario sends
}

// choose returns the positions of the pack that a selection takes in all its shards, in order.
func choose(pack []candidate, s Selection) ([]int, error) {
	taken := make([]int, 0, len(pack))
	for i := range pack {
		taken = append(taken, i)
	}
	narrow := func(what, hint string, keep func(candidate) bool) error {
		taken = slices.DeleteFunc(taken, func(i int) bool { return !keep(pack[i]) })
		if len(taken) == 0 {
			return &UsageError{fmt.Sprintf("%s selects no scenario%s; `conformance list` shows all of them", what, hint)}
		}
		return nil
	}
	if len(s.Requirements) > 0 {
		if err := checkRequirementNames(pack, s.Requirements); err != nil {
			return nil, err
		}
		err := narrow("--requirement "+strings.Join(s.Requirements, ","), "", func(c candidate) bool {
			return slices.ContainsFunc(s.Requirements, func(name string) bool { return c.named(name) })
		})
		if err != nil {
			return nil, err
		}
	}
	for _, f := range s.Focus {
		// Each expression on its own must find something, or a typing error in the second hides behind the first.
		re, err := regexp.Compile(f)
		if err != nil {
			return nil, &UsageError{fmt.Sprintf("--focus %q is no regular expression: %v", f, err)}
		}
		if !slices.ContainsFunc(pack, func(c candidate) bool { return re.MatchString(c.Requirement + " " + c.Title) }) {
			return nil, &UsageError{fmt.Sprintf("--focus %q selects no scenario%s; `conformance list` shows all of them", f, nearest.Hint(f, requirementNames(pack)))}
		}
	}
	if len(s.Focus) > 0 {
		re := regexp.MustCompile("(?:" + strings.Join(s.Focus, ")|(?:") + ")")
		if err := narrow("--focus together with the other filters", "", func(c candidate) bool { return re.MatchString(c.Requirement + " " + c.Title) }); err != nil {
			return nil, err
		}
	}
	if s.Labels != "" {
		match, err := types.ParseLabelFilter(s.Labels)
		if err != nil {
			return nil, &UsageError{fmt.Sprintf("--label %q is no label filter: %v", s.Labels, err)}
		}
		if err := narrow(fmt.Sprintf("--label %q", s.Labels), "", func(c candidate) bool { return match(c.Labels) }); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// names says whether a requirement id or family names a requirement.
func names(name, requirement string) bool {
	return name == requirement || strings.HasPrefix(requirement, strings.TrimSuffix(name, "-")+"-")
}

// named says whether a name is that of the scenario's requirement, of its family, or of some of its cases.
func (c candidate) named(name string) bool {
	return names(name, c.Requirement) || slices.ContainsFunc(c.Cases, func(id string) bool { return suites.CaseNamed(id, name) })
}

// casesOf gives the names by which the selection takes only some cases of a scenario; nil when it takes the whole of it.
func (s Selection) casesOf(c candidate) []string {
	var some []string
	for _, name := range s.Requirements {
		if names(name, c.Requirement) {
			return nil
		}
		if c.named(name) {
			some = append(some, name)
		}
	}
	return some
}

func checkRequirementNames(pack []candidate, wanted []string) error {
	for _, name := range wanted {
		if requirement, _, isCase := strings.Cut(name, "/"); isCase {
			i := slices.IndexFunc(pack, func(c candidate) bool { return c.Requirement == requirement })
			if i >= 0 && !pack[i].named(name) {
				return &UsageError{fmt.Sprintf("%s has no case %q%s; `conformance cases --requirement %s` shows all of them", requirement, name, nearest.Hint(name, pack[i].Cases), requirement)}
			}
		}
		if !slices.ContainsFunc(pack, func(c candidate) bool { return c.named(name) }) {
			return &UsageError{fmt.Sprintf("no scenario is bound to requirement %q%s; `conformance list` shows all of them", name, nearest.Hint(name, requirementNames(pack)))}
		}
	}
	return nil
}

func requirementNames(pack []candidate) []string {
	var all []string
	for _, c := range pack {
		all = append(all, c.Requirement)
		if cut := strings.LastIndex(c.Requirement, "-"); cut > 0 {
			all = append(all, c.Requirement[:cut])
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Requirements finds requirements by id or family in a contract's register, in its order; no names mean all of them. An unknown name is a *UsageError.
func Requirements(c *contract.Contract, wanted []string) ([]contract.Requirement, error) {
	all := c.Requirements()
	known := make([]candidate, len(all))
	for i, r := range all {
		known[i] = candidate{Requirement: r.ID}
	}
	for _, name := range wanted {
		if !slices.ContainsFunc(known, func(k candidate) bool { return names(name, k.Requirement) }) {
			return nil, &UsageError{fmt.Sprintf("the contract has no requirement %q%s", name, nearest.Hint(name, requirementNames(known)))}
		}
	}
	if len(wanted) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(r contract.Requirement) bool {
		return !slices.ContainsFunc(wanted, func(name string) bool { return names(name, r.ID) })
	}), nil
}

// clientsWanted is an error when a selection names what only a run with a client under test can do.
func clientsWanted(pack *suites.Pack, s Selection) error {
	ofServers := pack.OfServers().Scenarios()
	for _, name := range s.Requirements {
		named := func(sc suites.Scenario) bool { return sc.Requirement.ID == name || sc.Family == name }
		if slices.ContainsFunc(pack.Scenarios(), named) && !slices.ContainsFunc(ofServers, named) {
			return &UsageError{fmt.Sprintf("--requirement %s puts a client to the test, and the run has none: give --client COMMAND, or --client reference to see it with the built-in one", name)}
		}
	}
	return nil
}
