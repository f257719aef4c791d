// Package target turns configuration into the two sides of a run.
package target

import (
	"context"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
)

// Capability is something a target declares that it offers.
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
	CapPayment       Capability = "payment"         // the run may settle orders (embedded emulator)
	CapAutoPay       Capability = "auto-pay"        // the run may send isAutoPay "true" for a yearly/monthly server
)

// Target is an opened target: both sides, ready to run.
type Target struct {
	Contract     *contract.Contract
	Recorder     *exchange.Recorder
	Client       *ecs.Client
	Servers      fixture.Source
	Capabilities map[Capability]bool
	Endpoint     string // shown name of the server side
	ProjectID    string
	Foreign      ForeignProject
	ExpiredToken string
	Close        func(ctx context.Context) error
}

// ForeignProject is a project that the run's credentials have no right to.
type ForeignProject struct {
	ID          string
	Credentials ecs.Credentials // credentials of that project, for "token of another project"
}
