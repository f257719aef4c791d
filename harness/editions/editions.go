// Package editions compares the vendor editions: what a server of one does that the contract of another does not admit, told from the two contracts, and shown
// by running the pack of the one against the emulator of the other.
package editions

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// Difference is one thing in which a server of one edition does not do what the contract of another promises.
type Difference struct {
	Letter string // of the table
	Name   string // the switch of x-profile-behaviour, or "creation"
	Why    string // what it is
}

// The differences that a run sees.
const (
	version  = "V"
	creation = "N"
	list     = "L"
	mode     = "M"
	host     = "H"
	prepaid  = "P"
	cpu      = "C"
	dryRun   = "D"
	spot     = "S"
	windows  = "W"
	smaller  = "G"
	codes    = "E"
	pending  = "J"
)

// Differences lists what editions can differ in, as far as a run sees it, by letter.
func Differences() []Difference {
	return []Difference{
		{version, "versions", "a version of the resize is not served"},
		{creation, "creation", "servers are made at another path"},
		{list, "resize_flavors_path", "the list of target flavors is at another path"},
		{mode, "mode_supported", "mode withStopServer is not understood"},
		{host, "deh", "dedicated_host_id is not understood"},
		{prepaid, "prepaid", "extendparam is not understood"},
		{cpu, "cpu_options", "cpu_options are not understood"},
		{dryRun, "dry_run", "dry_run is not understood: what should be a check is carried out"},
		{spot, "spot_banned", "spot-priced servers are resized"},
		{windows, "windows_banned", "Windows servers are resized"},
		{smaller, "downgrade_banned", "a smaller flavor is accepted"},
		{codes, "error_table", "a refusal has another code"},
		{pending, "job_pending_payment", "a job is PENDING_PAYMENT where there is no such status"},
	}
}

// Silent lists the switches of which a run sees nothing, and why.
func Silent() map[string]string {
	return map[string]string{
		"must_be_stopped":     "without mode, a server of any edition is expected to refuse to resize a running one",
		"v1_pay_per_use_only": "a server is expected to refuse a yearly/monthly one in v1 also where the page does not say so",
		"flowcontrol_status":  "every documented form of flow control is accepted in every edition",
		"job_kept_days":       "no run lasts a day",
		"example_comma":       "what is no JSON is refused everywhere",
	}
}

// Between says in what a server that keeps one contract does not do what another promises: the letters of Differences, in their order.
func Between(server, judge *contract.Contract) []string {
	var found []string
	add := func(letter string) {
		if !slices.Contains(found, letter) {
			found = append(found, letter)
		}
	}
	for _, r := range judge.Requirements() {
		if asked(r) {
			for _, letter := range owed(server, judge, r) {
				add(letter)
			}
		}
	}
	for _, op := range judge.Operations() {
		if letter := missing(server, op); letter != "" && (letter != list || judge.Edition().Meets([]contract.Condition{{Switch: "resize_flavors_path", Values: []string{"known"}}})) {
			add(letter)
		}
	}
	for letter, versions := range map[string][2][]string{
		cpu:    {server.Behaviour().CPUOptions, judge.Behaviour().CPUOptions},
		dryRun: {server.Behaviour().DryRun, judge.Behaviour().DryRun},
	} {
		if slices.ContainsFunc(versions[1], func(v string) bool { return !slices.Contains(versions[0], v) }) {
			add(letter)
		}
	}
	if waits(server, judge) {
		add(pending)
	}
	order := func(letter string) int {
		return slices.IndexFunc(Differences(), func(d Difference) bool { return d.Letter == letter })
	}
	slices.SortFunc(found, func(a, b string) int { return order(a) - order(b) })
	return found
}

// asked says whether a requirement can accuse a server.
func asked(r contract.Requirement) bool {
	return r.Side != journal.Client && r.Tested != contract.NotTested && r.Level != journal.May
}

// owed says by which differences a server that keeps one contract breaks a requirement of another, as far as the two registers tell.
func owed(server, judge *contract.Contract, r contract.Requirement) []string {
	var letters []string
	for _, c := range r.Where {
		if letter := letterOf(c.Switch); letter != "" && c.Values[0] != "known" && !server.Edition().Meets([]contract.Condition{c}) {
			letters = append(letters, letter)
		}
	}
	b := server.Behaviour()
	for _, need := range r.Needs {
		switch {
		case need == "mode" && !b.ModeSupported && judge.Behaviour().ModeSupported:
			letters = append(letters, mode)
		case need == "v1" && !slices.Contains(b.Versions, "v1"):
			letters = append(letters, version)
		case need == "dedicated-host" && !b.DeH:
			letters = append(letters, host)
		case slices.Contains([]string{"yearly-monthly", "auto-pay", "payment"}, need) && !b.Prepaid:
			letters = append(letters, prepaid)
		case need == "cpu-options" && len(b.CPUOptions) == 0:
			letters = append(letters, cpu)
		}
	}
	if theirs, known := server.Requirement(r.ID); known && len(r.Codes) > 0 && len(theirs.Codes) == 0 {
		letters = append(letters, codes)
	}
	return letters
}

func letterOf(name string) string {
	for _, d := range Differences() {
		if d.Name == name {
			return d.Letter
		}
	}
	return ""
}

// missing says by which difference a server lacks an operation; "" when it has it.
func missing(server *contract.Contract, op contract.Operation) string {
	for _, theirs := range server.Operations() {
		if theirs.Method == op.Method && theirs.Path == op.Path {
			return ""
		}
	}
	switch {
	case op.ID == "createServers":
		return creation
	case op.ID == "listResizeFlavors":
		return list
	}
	return version
}

// waits says whether a job of the server shows a status that the judge does not have.
func waits(server, judge *contract.Contract) bool {
	return server.Behaviour().JobPendingPayment && !judge.Behaviour().JobPendingPayment && judge.Behaviour().Prepaid
}

// Cell is the letters of a pair in the table: "·" where a server of the one keeps the contract of the other.
func Cell(server, judge *contract.Contract) string {
	letters := strings.Join(Between(server, judge), "")
	if letters == "" {
		return "·"
	}
	return letters
}

// Table is the matrix of all editions as Markdown: a row for each server, a column for each contract.
func Table(contracts []*contract.Contract) string {
	var b strings.Builder
	b.WriteString("| server \\ contract |")
	for i := range contracts {
		fmt.Fprintf(&b, " %d |", i+1)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(contracts)) + "\n")
	for i, server := range contracts {
		fmt.Fprintf(&b, "| %d `%s` |", i+1, server.Profile)
		for _, judge := range contracts {
			fmt.Fprintf(&b, " %s |", Cell(server, judge))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for _, d := range Differences() {
		fmt.Fprintf(&b, "- `%s`: %s (`%s`)\n", d.Letter, d.Why, d.Name)
	}
	return b.String()
}
