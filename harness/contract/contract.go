// Package contract is the loaded contract: the OpenAPI document with a profile's overlay applied, the register of requirements
// that stands in it, and the judgement of one exchange by four layers.
package contract

import (
	"context"
	"net/http"

	"resize-conformance/harness/journal"
)

// Source says which contract to load. The zero value is the embedded contract in its base profile, intl.
type Source struct {
	File    string // path of an OpenAPI document; empty for the embedded one
	Profile string // name of a built-in profile ("intl", "cn", "otc", "ae-ad-1"), or the path of an overlay file; empty for intl
}

// Contract is an effective contract. It is immutable and safe for concurrent use.
type Contract struct {
	Title   string
	Version string
	Profile string
	File    string // how reports name the document: "spec/openapi.yaml" for the embedded one
	Hash    string // sha256 of the effective document, hex
}

// Load reads, overlays and checks a contract and prepares both oracles.
func Load(ctx context.Context, src Source) (*Contract, error) { panic("not yet") }

// Requirement is one promise of the contract, as x-requirements has it.
type Requirement struct {
	ID        string
	Level     journal.Level
	Side      journal.Side
	Clause    string   // in our own words
	Source    string   // which table or sentence of which edition
	Profiles  []string // nil: all
	Tested    Tested
	Reason    string   // why not, when Tested is NotTested
	Needs     []string // capabilities without which the promise does not apply to a target
	Codes     []string // error codes a rejection may carry; nil: any
	Statuses  []int    // HTTP statuses a rejection may carry; nil: any 4xx, or 5xx that the contract documents
	Operation string   // operationId on which it stands
	Line      int      // line in the contract file
	Retired   bool     // stands in the tombstone list only
}

// Tested says how a requirement is put to the test.
type Tested string

// The ways of testing.
const (
	ByScenario Tested = "scenario"
	BySchema   Tested = "schema"
	ByMonitor  Tested = "monitor"
	NotTested  Tested = "no"
)

// Requirements lists the register in the order of the document, only those that the profile has.
func (c *Contract) Requirements() []Requirement { panic("not yet") }

// Requirement finds one by id.
func (c *Contract) Requirement(id string) (Requirement, bool) { panic("not yet") }

// Message is one exchange as the contract judges it. Path is what follows the target's base URL.
type Message struct {
	Method         string
	Path           string // escaped path below the base URL, as sent: "/v1.1/…/resize"
	Query          string // raw query, as sent
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int // 0: no answer; only the request is judged
	ResponseHeader http.Header
	ResponseBody   []byte
	// ResponseTruncated says that ResponseBody is not the whole body; then the body is not judged.
	ResponseTruncated bool
}

// Judgement is what the contract makes of one exchange.
type Judgement struct {
	Operation     string // operationId, "" when the request matches none
	Request       []journal.Violation
	Response      []journal.Violation
	Disagreements []journal.Disagreement // Exchange is left 0
}

// Judge runs the four layers over one exchange.
func (c *Contract) Judge(ctx context.Context, m *Message) Judgement { panic("not yet") }

// ErrorCode extracts code and message from any of the known error envelopes; ok is false when either is missing or empty.
func ErrorCode(body []byte) (code, message string, ok bool) { panic("not yet") }
