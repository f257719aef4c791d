// Package target turns configuration into the two sides of a run.
package target

import (
	"context"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/pace"
)

// Target is an opened target: both sides, ready to run.
type Target struct {
	Contract     *contract.Contract
	Recorder     *exchange.Recorder
	Client       *ecs.Client // the suite's own: it prepares, looks and tidies up; and it asks, where no client is under test
	Under        *Under      // the client under test; nil when there is none
	Servers      fixture.Source
	Capabilities map[Capability]bool
	Embedded     bool   // the server side is the emulator in this process: servers are made as they are wanted, and cost nothing
	Endpoint     string // shown name of the server side: "embedded emulator" or the URL
	URL          string // base URL of the server side, without trailing slash
	ProjectID    string
	Region       string          // of credential scopes; "" when neither given nor part of the host's name
	Token        ecs.Credentials // the run's token; the zero value when there is none
	Keys         ecs.Credentials // the run's access and secret key; the zero value when there are none
	Foreign      ForeignProject  // the zero value when there is none
	ExpiredToken string          // "" when there is none, as of the next three
	// DeniedToken is one whose bearer a policy denies the operations, ThrottledToken one whose requests meet flow control, FailingToken one whose requests meet
	// a service that fails.
	DeniedToken, ThrottledToken, FailingToken string
	Timeouts                                  ecs.Timeouts      // how long each wait may take
	Settings                                  map[string]string // the effective configuration, redacted
	Warnings                                  []string          // what every report of a run has to say about how it was made
	Trace                                     string            // names the run in the trace ids of its scenarios (ecs.TraceID)
	Pace                                      *pace.Pace        // how fast the server is asked; nil: as fast as can be
	// Prefix begins the names of servers that the run makes, and is the value of their tag; "" embedded.
	Prefix string
	// Inventory is what the target lists for the run, or for its shard (Keep); nil where nothing does.
	Inventory *fixture.Inventory
	// OneWay says that the edition refuses a smaller flavor, so that a resized server may not be had in its flavor again.
	OneWay bool
	// Makes are the states in which the run makes servers where the inventory lists none.
	Makes    []fixture.State
	ReadOnly bool // nothing is sent that changes anything
	// Budget is what the run may spend, by what it limits (BudgetServers and the others); what is not in it has no limit. nil embedded.
	Budget map[string]int
	// SignedIn is what the identity service said when it gave the run its token; nil where the run did not sign in.
	SignedIn *SignedIn
	// Over says why no further scenario may begin, because the budget is spent; "" while it is not. nil embedded.
	Over func() string
	// Registry knows what servers the run has made; nil embedded. LeftBefore is what an earlier run noted in the ledger to have made and not to have removed.
	Registry   *fixture.Registry
	LeftBefore []fixture.Made
	// Adopt takes over what other processes of the run have noted in the ledger to have made, and not to have removed; nil embedded.
	Adopt func() error

	// Close ends everything that Open began: connections, and the embedded emulator. It returns when all of it has ended, or ctx has.
	Close func(ctx context.Context) error
}

// ForeignProject is a project that the run's credentials have no right to.
type ForeignProject struct {
	ID          string
	Credentials ecs.Credentials // credentials of that project, for "token of another project"
}

// Keep leaves the run the servers of a share of the inventory and no others. It is for before the first lease. What the target declares stays: it is the same for every shard.
func (t *Target) Keep(share fixture.Share) {
	t.Inventory = t.Inventory.Only(share)
	if from, divides := t.Servers.(interface{ Keep(fixture.Share) }); divides {
		from.Keep(share)
	}
}
