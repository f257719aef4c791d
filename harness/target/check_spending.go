package target

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/nearest"
)

// aPrefix is what a prefix may be: a part of a server's name, and the value of a tag (43 characters at most).
var aPrefix = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{3,35}$`)

// checkSpending finds what is wrong with what the run may make and spend.
func (c *Config) checkSpending() []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	limits, err := parseBudget(c.Budget)
	if err != nil {
		say("budget (%s): %v", c.from("budget"), err)
	}
	if c.Prefix != "" && !aPrefix.MatchString(c.Prefix) {
		say("prefix (%s): wanted a letter and 3 to 35 letters, digits, _ or -, got %q", c.from("prefix"), c.Prefix)
	}
	if c.ReadOnly && c.AllowOrders {
		say("read-only (%s) and allow-orders (%s) contradict each other; leave one of them out", c.from("read-only"), c.from("allow-orders"))
	}
	if c.ReadOnly && c.Client != "" {
		say("read-only (%s): what a client under test sends cannot be held back; leave --client or --read-only out", c.from("read-only"))
	}
	if len(c.Provision) == 0 {
		for _, f := range Describe() {
			if strings.HasPrefix(f.Name, "provision-") && c.given(f.Name) && c.origin[f.Name] != c.InventoryFile {
				say("%s (%s) is for servers of the run's own, and none are asked for; give --provision, too", f.Name, c.from(f.Name))
			}
		}
		return problems
	}
	return append(problems, c.checkProvision(limits)...)
}

func (c *Config) checkProvision(limits map[string]int) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	var makeable, known []string
	for _, s := range fixture.Makeable() {
		makeable = append(makeable, string(s))
	}
	known = fixture.State("").KnownNames()
	for _, name := range c.Provision {
		switch {
		case !slices.Contains(known, name):
			say("provision (%s): unknown state %q%s (a run can make: %s)", c.from("provision"), name, nearest.Hint(name, known), strings.Join(makeable, ", "))
		case !slices.Contains(makeable, name):
			say("provision (%s): a %s server cannot be made by a run; list one in the inventory (a run can make: %s)", c.from("provision"), name, strings.Join(makeable, ", "))
		case name == string(fixture.YearlyMonthly):
			if n, limited := limits[BudgetOrders]; !c.AllowOrders || !limited || n == 0 {
				say("provision (%s): a yearly-monthly server is paid for a month and cannot be deleted through this API; it takes --allow-orders and a maximum, such as --budget orders=4", c.from("provision"))
			}
		}
	}
	if c.ReadOnly {
		say("provision (%s): servers cannot be made in a run that is read-only (%s)", c.from("provision"), c.from("read-only"))
	}
	onlyWindows := !slices.ContainsFunc(c.Provision, func(s string) bool { return s != string(fixture.Windows) })
	for _, needed := range []struct {
		name, value string
		is          bool
	}{
		{"provision-image", c.ProvisionImage, !onlyWindows}, {"provision-windows-image", c.ProvisionWindowsImage, slices.Contains(c.Provision, string(fixture.Windows))},
		{"provision-vpc", c.ProvisionVPC, true}, {"provision-subnet", c.ProvisionSubnet, true},
	} {
		if needed.is && needed.value == "" {
			say("provision (%s): a server cannot be made without %s; give --%s", c.from("provision"), needed.name, needed.name)
		}
	}
	return problems
}
