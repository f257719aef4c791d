// Package explore looks for what single scenarios cannot see: what becomes of a server over several operations, and of resizes of one server that overlap.
//
// Sequences are drawn at random (pgregory.net/rapid), from a seed: the same seed gives the same sequences. Each is carried out on a server of its own, and
// after each step a model of the contract (Model) says what the contract allows to be seen. Where the sources leave something open the model allows all of it;
// where they are silent on what follows, a sequence ends without a finding. What fails is made shorter until nothing can be left out of it.
//
// What overlaps is judged as a history: it is wrong only when no order of the accepted operations explains it (github.com/anishathalye/porcupine).
package explore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// Config says what is explored, and how far.
type Config struct {
	Client *ecs.Client
	Model  Model
	Offers Offers
	// Lease gives a server that nobody else holds, and Release takes it back. Both are called by several goroutines. A *fixture.Unavailable of Lease makes
	// a worker stop as long as another one goes on.
	Lease   func(ctx context.Context, want fixture.State) (*fixture.Server, error)
	Release func(ctx context.Context, s *fixture.Server)
	// Pay settles an order; nil: orders are not explored.
	Pay func(ctx context.Context, orderID string) error

	Seed    int64 // decides what is drawn; 0: 1, so that it is always the same
	Number  int   // how many sequences, or rounds of overlapping resizes, are drawn
	Workers int   // how many are carried out at the same time, each on a server of its own; 0: 1
	// Shorten is how many shorter ones are tried at most when one fails, and ShortenTime how long; 0: it is reported as it was drawn.
	Shorten     int
	ShortenTime time.Duration
}

// Offers says what may be drawn. The zero value is what every edition has.
type Offers struct {
	V1            bool // the v1 sibling beside v1.1
	OnlyV1        bool // every resize goes to v1
	Mode          bool // mode withStopServer
	AutoPay       bool // extendparam.isAutoPay
	CPUOptions    bool // cpu_options, and a flavor that allows them
	YearlyMonthly bool // yearly/monthly servers, whose orders Pay settles
	SoldOut       bool // the parts that a server's flavors play
	Unreachable   bool
	Other         bool
	NoDryRun      bool // the edition has no dry_run
	NoList        bool // where it has its list of target flavors is not known
}

// Report tells what came of an exploration.
type Report struct {
	Ran     int      // how many were carried out to their end, or to where the contract is silent
	Failure *Failure // nil: nothing breaks the contract
}

// Failure is one sequence, or one round, that shows the contract broken.
type Failure struct {
	Violation
	Index     int    // which of those drawn, from 1
	Drawn     int    // how many steps it was drawn with
	Shortened bool   // Steps is a shorter one, made of it, that fails as well
	Server    string // the kind of server it began with
	Steps     []Done
}

// Done is a step as it was carried out.
type Done struct {
	Text      string  // what was done, and what came of it
	Exchanges []int64 // the request of the step first, then what was seen after it
}

// Violation is what the contract does not allow. It is the error with which a sequence ends.
type Violation struct {
	Check       string // which comparison failed, in a word or two
	Requirement string // the row that is broken, when it is a single one
	Wanted, Got string
	Pointer     string // into the body of the exchange's answer
	Exchange    int64  // that shows it
}

func (v *Violation) Error() string { return fmt.Sprintf("wanted %s; got %s", v.Wanted, v.Got) }

// Steps are the steps in one line, numbered, each with the exchanges that show it.
func (f *Failure) Story() string {
	parts := make([]string, len(f.Steps))
	for i, s := range f.Steps {
		parts[i] = fmt.Sprintf("%d. %s", i+1, s.Text)
		if len(s.Exchanges) > 0 {
			parts[i] += fmt.Sprintf(" [exchange %d]", s.Exchanges[0])
		}
	}
	return strings.Join(parts, "; ")
}

// seed gives number i (from 0) a seed of its own. Neighbouring numbers are spread out by the finalizer of splitmix64, and none is 0, which rapid takes for
// "any".
func (c *Config) seed(i int) uint64 {
	base := uint64(c.Seed)
	if base == 0 {
		base = 1
	}
	z := base*0x9e3779b97f4a7c15 + uint64(i+1)*0xbf58476d1ce4e5b9
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return max(z^z>>31, 1)
}
