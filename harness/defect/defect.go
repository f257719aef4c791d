// Package defect is what the suite is put to the test with: named, single deviations of the emulator and of the reference client from the contract, each with
// the requirements that it breaks, and conforming variants, each with the freedom that it makes use of.
//
// They are decorators around the seams of the emulator (emulator.Seams) and of the reference client (reference.Seams), so that neither knows anything of them.
// A defect breaks one thing: whoever reads its Apply sees what, and nothing else changes.
package defect

import (
	"time"

	"resize-conformance/harness/emulator"
)

// Kind says in which way a server is wrong.
type Kind string

// The kinds of defect.
const (
	Lenient    Kind = "accepts what it must refuse"
	Strict     Kind = "refuses what it must accept"
	Answer     Kind = "answers in the wrong form" // status, header, media type, envelope, type, id
	Reason     Kind = "gives the wrong reason"
	Pretence   Kind = "says one thing and does another" // does it although it said no, says yes and does nothing, half, twice, to another server
	Job        Kind = "has a job that does not tell the truth"
	Race       Kind = "breaks when requests overlap"
	Leak       Kind = "shows or does to one project what is another's"
	Credential Kind = "does not look at credentials as it must"
	Sometimes  Kind = "breaks only at times" // on the second call, one answer in ten, only v1, only yearly/monthly
)

// Defect is one named deviation.
type Defect struct {
	Name   string   // permanent, words with dashes: "accepts-empty-flavor"
	Title  string   // what the server does, one phrase: "takes an empty flavorRef for a flavor"
	Kind   Kind     // in which way that is wrong
	Breaks []string // the requirements that this breaks; it counts as found when one of them says so
	// Profile is the edition in which it is put in; empty: intl.
	Profile string
	// Apply puts it in. It wraps what is there already and is called once for each emulator.
	Apply func(*emulator.Config)
	// JobTimeout is how long a run waits for a job of such a server, for defects whose jobs never end; 0: as ever.
	JobTimeout time.Duration
}

// Variant is one server that differs from the emulator and keeps the contract all the same: nobody may accuse it.
type Variant struct {
	Name    string // permanent, words with dashes
	Title   string // what the server does, one phrase
	Freedom string // where the contract or a standard leaves it free to
	// Profile is the edition in which it is put in; empty: intl.
	Profile string
	// Apply puts it in. It wraps what is there already and is called once for each emulator.
	Apply func(*emulator.Config)
}
