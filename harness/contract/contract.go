// Package contract is the loaded contract: the OpenAPI document with a profile's overlay applied, the register of requirements
// that stands in it, and the judgement of one exchange by four layers.
//
// The layers are, cheapest first: our own strict reading of HTTP and JSON (strict.go), kin-openapi (kin.go), libopenapi-validator
// (lib.go), and a look at undeclared properties that never accuses (undeclared.go). The two libraries are independent oracles: where
// they agree the matter is settled, where they differ differences.go decides, and a difference it does not know accuses nobody.
package contract

import (
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/journal"
)

// Source says which contract to load. The zero value is the embedded contract in its base profile, intl.
type Source struct {
	File    string // path of an OpenAPI document; empty for the embedded one
	Profile string // name of a built-in profile (Profiles), or the path of an overlay file; empty for intl
}

// BaseProfile is the profile of the document without any overlay.
const BaseProfile = "intl"

// Contract is an effective contract. What it says never changes, and it is safe for concurrent use.
type Contract struct {
	Title   string
	Version string
	Profile string // whose promises these are (info.x-profile)
	Overlay string // the overlay's file as reports name it; "" in the base profile
	File    string // how reports name the document: "spec/openapi.yaml" for the embedded one
	Hash    string // sha256 of the effective document, hex

	base      *document // as it stands in File
	effective *document // with the overlay applied; base itself when there is none
	overlay   *overlay  // nil in the base profile
	register  *register
	behaviour Behaviour
	about     About
	unknown   []Unknown
	states    []ServerState
	routes    []*operation
	unmatched *operation // judges error answers to requests that match no operation; nil when the contract has no error response
	kin       *kinOracle
	lib       libJudge
	shapes    shapes
	clean     *cleanBodies
}

// Requirement is one promise of the contract, as x-requirements has it.
type Requirement struct {
	ID        string
	Level     journal.Level
	Side      journal.Side
	Clause    string      // in our own words
	Source    string      // which table or sentence of which edition
	Where     []Condition // in which editions the promise is made; nil: in all
	Applies   bool        // the contract's edition is one of them
	Tested    Tested
	Reason    string   // why not, when Tested is NotTested; why it was retired, when Retired
	Needs     []string // capabilities without which the promise does not apply to a target
	Codes     []string // error codes a rejection may carry; nil: any, also where the edition's table of codes has none of those the row names
	Statuses  []int    // HTTP statuses a rejection may carry; nil: any 4xx, or 5xx that the contract documents
	Operation string   // operationId on which it stands
	File      string   // the file of Line: the contract's, or the overlay's when a profile adds the row
	Line      int      // line of its id in File
	Retired   bool     // stands in the tombstone list only

	// Sanity says that no source documents what the cases of the row are answered (expect: sanity).
	Sanity bool

	matches []match
	cases   []match
}

// Family is the part of the id that names the behaviour family: "RSZ-STATE" of "RSZ-STATE-001".
func (r Requirement) Family() string { return familyOf(r.ID) }

// Tested says how a requirement is put to the test.
type Tested string

// The ways of testing.
const (
	ByScenario Tested = "scenario"
	BySchema   Tested = "schema"
	ByMonitor  Tested = "monitor"
	NotTested  Tested = "no"
)

// Message is one exchange as the contract judges it. Path is what follows the target's base URL.
type Message struct {
	Method         string
	Path           string // escaped path below the base URL, as sent: "/v1.1/…/resize"
	Query          string // raw query, as sent
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int // 0: no answer; only the request is judged
	ResponseHeader http.Header
	ResponseBody   []byte // with any Content-Encoding undone
	// ResponseTruncated says that ResponseBody is not the whole body; then the body is not judged.
	ResponseTruncated bool
}

// Judgement is what the contract makes of one exchange.
type Judgement struct {
	Operation     string // operationId, "" when the request matches none
	Request       []journal.Violation
	Response      []journal.Violation
	Disagreements []journal.Disagreement // Exchange is left 0
	// Information lists what the contract neither promises nor forbids but a reader may want to know: undeclared properties. Its entries
	// have level MAY and accuse nobody.
	Information []journal.Violation
}

// Operation is one operation of the contract.
type Operation struct {
	ID      string
	Method  string
	Path    string // template: "/v1.1/{project_id}/cloudservers/{server_id}/resize"
	Pointer string // JSON pointer of the operation in the document
}

// Operations lists the operations in the order of the document.
func (c *Contract) Operations() []Operation {
	out := make([]Operation, len(c.routes))
	for i, op := range c.routes {
		out[i] = Operation{ID: op.id, Method: op.method, Path: op.template, Pointer: op.pointer}
	}
	return out
}

// Edition is what the conditions of rows are held against.
func (c *Contract) Edition() Edition { return EditionOf(c.effective.root) }

// Document is the effective document's YAML, with the overlay applied; the caller owns the copy.
func (c *Contract) Document() []byte { return slices.Clone(c.effective.bytes) }

// Model is the effective document with its references resolved, as one of the oracles holds it. It is shared and must not be changed.
func (c *Contract) Model() *openapi3.T { return c.kin.doc }

// operation is what judging needs to know of one operation, prepared once.
type operation struct {
	id, method, template string
	pointer              string
	segments             []segment
	query                []parameter
	headers              []parameter
	constrainedPath      bool // some path parameter's schema says more than "a string"
	body                 *content
	bodyRequired         bool
	responses            map[string]*response // "200", "4XX", "default"

	kin kinOperation
}

// segment is one segment of a path template: a literal, or a parameter's name.
type segment struct{ literal, param string }

// parameter is a query or header parameter of an operation.
type parameter struct {
	name, pointer string
	scalar        bool // its schema admits no array and no object, so that it may stand once only
}

// response is one documented answer.
type response struct {
	key     string // as the document writes it: "200", "4XX", "default"
	pointer string
	headers []string // the names of those that are described, as net/http writes them
	content *content // nil when no body is described
	// bodyOptional says that the body may be empty although one is described (x-body-optional): OpenAPI 3.0 cannot say so of an answer.
	bodyOptional bool
}

// content is the media types of a body.
type content struct {
	pointer string
	types   []mediaType
}

// mediaType is one entry of a content map.
type mediaType struct {
	name        string // lower case, without parameters: "application/json", "application/*"
	schema      string // canonical pointer of its schema, "" when it has none
	wantsObject bool   // the schema admits an object and no null
	json        bool
}
