package target

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/nearest"
)

// Capability is something a target declares that it offers. A requirement's `needs` are names of capabilities.
type Capability string

// The capabilities.
const (
	CapToken         Capability = "token" // token credentials are given
	CapAKSK          Capability = "aksk"  // AK/SK credentials are given
	CapV1            Capability = "v1"    // serves the v1 sibling
	CapMode          Capability = "mode"  // mode=withStopServer
	CapYearlyMonthly Capability = "yearly-monthly"
	CapSpot          Capability = "spot"
	CapWindows       Capability = "windows"
	CapDedicatedHost Capability = "dedicated-host"
	CapLock          Capability = "lock"
	CapFreeze        Capability = "freeze"
	CapCPUOptions    Capability = "cpu-options"
	CapSoldOut       Capability = "sold-out" // a sold-out flavor is named
	CapAbandoned     Capability = "abandoned"
	CapOpenBeta      Capability = "open-beta"
	CapUnreachable   Capability = "unreachable"
	CapFailingJob    Capability = "failing-job"     // a flavor whose job fails is named
	CapForeign       Capability = "foreign-project" // credentials or a server of another project are given
	CapExpiredToken  Capability = "expired-token"   // an expired token is given
	CapDenied        Capability = "denied-token"    // a token is given whose bearer is denied the operations
	CapThrottled     Capability = "throttled-token" // a token is given whose requests meet flow control
	CapFailing       Capability = "failing-token"   // a token is given whose requests meet a service that fails
	CapPayment       Capability = "payment"         // the run may settle orders
	CapAutoPay       Capability = "auto-pay"        // the run may send isAutoPay "true" for a yearly/monthly server
	CapCreate        Capability = "create"          // the run may make servers and delete them again
)

// KnownCapability describes one capability.
type KnownCapability struct {
	Name Capability
	What string // what a target with it offers
	// Follows says from which setting or part of the inventory it follows; "" when it can only be declared.
	Follows string

	state fixture.State // servers in this state are what it is about
	part  string        // a flavor that plays this part is what it is about
	never string        // why it cannot be declared; "" when it can
}

// State is the state of the servers that the capability is about; "" when it is about none.
func (k KnownCapability) State() fixture.State { return k.state }

// Capabilities is the table of all capabilities.
func Capabilities() []KnownCapability {
	return []KnownCapability{
		{Name: CapToken, What: "token credentials are given", Follows: "token", never: "it follows from --token"},
		{Name: CapAKSK, What: "an access key and its secret key are given", Follows: "access-key and secret-key", never: "it follows from --access-key and --secret-key"},
		{Name: CapV1, What: "the v1 sibling of resize is served"},
		{Name: CapMode, What: `mode "withStopServer" is understood`},
		{Name: CapYearlyMonthly, What: "there are yearly/monthly servers", Follows: "inventory: servers.yearly-monthly", state: fixture.YearlyMonthly},
		{Name: CapSpot, What: "there are spot servers", Follows: "inventory: servers.spot", state: fixture.Spot},
		{Name: CapWindows, What: "there are Windows servers", Follows: "inventory: servers.windows", state: fixture.Windows},
		{Name: CapDedicatedHost, What: "there are servers on a dedicated host", Follows: "inventory: servers.dedicated-host", state: fixture.Dedicated},
		{Name: CapLock, What: "there are locked servers", Follows: "inventory: servers.locked", state: fixture.Locked},
		{Name: CapFreeze, What: "there are frozen servers", Follows: "inventory: servers.frozen", state: fixture.Frozen},
		{Name: CapCPUOptions, What: "cpu_options is understood, and a flavor that allows threads 1 is named", Follows: "inventory: flavors.dedicated-cpu", part: "dedicated-cpu"},
		{Name: CapSoldOut, What: "a sold-out flavor is named", Follows: "inventory: flavors.sold-out", part: "sold-out"},
		{Name: CapAbandoned, What: "an abandoned flavor is named", Follows: "inventory: flavors.abandoned", part: "abandoned"},
		{Name: CapOpenBeta, What: "a flavor in open beta is named that the account has no right to", Follows: "inventory: flavors.open-beta", part: "open-beta"},
		{Name: CapUnreachable, What: "a flavor is named that cannot be reached from the servers' own", Follows: "inventory: flavors.unreachable", part: "unreachable"},
		{Name: CapFailingJob, What: "a flavor is named whose resize is accepted and whose job fails", Follows: "inventory: flavors.failing", part: "failing"},
		{Name: CapForeign, What: "another project and its credentials are given", Follows: "foreign-project-id", never: "it follows from --foreign-project-id"},
		{Name: CapExpiredToken, What: "an expired token is given", Follows: "expired-token", never: "it follows from --expired-token"},
		{Name: CapDenied, What: "a token is given whose bearer an identity policy denies the operations", Follows: "denied-token", never: "it follows from --denied-token"},
		{Name: CapThrottled, What: "a token is given whose requests meet flow control", Follows: "throttled-token", never: "it follows from --throttled-token"},
		{Name: CapFailing, What: "a token is given whose requests meet a service that fails", Follows: "failing-token", never: "it follows from --failing-token"},
		{Name: CapPayment, What: "the run can settle an order", Follows: "inventory: pay-order", never: "it follows from pay-order in the inventory"},
		{Name: CapAutoPay, What: `isAutoPay "true" may be sent for a yearly/monthly server`, Follows: "allow-orders", never: "it follows from --allow-orders"},
		{Name: CapCreate, What: "the run may make servers of its own, of made-up image and network, and delete them again"},
	}
}

func capabilityNames() []string {
	var names []string
	for _, c := range Capabilities() {
		names = append(names, string(c.Name))
	}
	return names
}

// declare checks declared names and adds what follows from the data. A name may be declared although the data for it is missing: what needs it is then not
// testable, and that counts as a failure. Nothing may be declared that follows from a setting which was not given.
func declare(declared []string, follows map[Capability]bool) (map[Capability]bool, []string) {
	names := capabilityNames()
	var problems []string
	for _, name := range declared {
		i := slices.Index(names, name)
		if i < 0 {
			hint := nearest.Hint(name, names)
			if hint == "" {
				hint = " (known: " + strings.Join(names, ", ") + ")"
			}
			problems = append(problems, fmt.Sprintf("unknown capability %q%s", name, hint))
			continue
		}
		c := Capability(name)
		if why := Capabilities()[i].never; why != "" && !follows[c] {
			problems = append(problems, fmt.Sprintf("capability %q is declared, but cannot be: %s", name, why))
		}
		follows[c] = true
	}
	return follows, problems
}

// fromInventory tells what follows from the servers and flavors that an inventory lists.
func fromInventory(inv *fixture.Inventory) map[Capability]bool {
	follows := map[Capability]bool{}
	for _, c := range Capabilities() {
		if (c.state != "" && len(inv.Servers[c.state]) > 0) || (c.part != "" && inv.Names(c.part)) {
			follows[c.Name] = true
		}
	}
	if inv.PayOrder != "" {
		follows[CapPayment] = true
	}
	return follows
}
