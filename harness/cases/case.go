// Package cases derives requests from a contract: for every constraint that a request is under, those that keep it only just and those that break it and nothing
// else, and for every body that is JSON those that break what no schema can say.
//
// The same contract always gives the same cases, in the same order and with the same ids. What is expected of a case is what the requirement promises that stands
// for its constraint (x-requirements, cases); a constraint for which no requirement stands has no cases. Nothing here sends anything.
package cases

import (
	"bytes"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
)

// Case is one request that is known to keep or to break one constraint of the contract.
type Case struct {
	Requirement contract.Requirement
	Title       string // the id without the requirement: "enum/hw:cpu_threads/outside/3"
	Side        contract.Side
	Operation   string // operationId
	Expect      Expectation
	// The constraint that the case is about; empty for one written by hand.
	Part    string // "path", "query", "header", "media-type", "body"
	Pointer string // JSON pointer into the body, or the name of the parameter
	Keyword string // of JSON Schema, of the strict layer, or one of the contract's keywords for cases

	Claim Claim
	// What says in a phrase in what the request differs from the smallest one.
	What string
	// Bytes says that the body is no JSON, or none that an encoder would write.
	Bytes bool

	// The request. Path, Query, the values of Header and Body may hold placeholders (Values).
	Method  string
	Path    string // below the base URL, escaped
	Query   string
	Header  []Header // beside what every request has
	Untyped bool     // without Content-Type
	Body    []byte   // nil: none
}

// ID is permanent and unique: the requirement, the keyword, the place, the side, and the value or what is done to it.
func (c Case) ID() string { return c.Requirement.ID + "/" + c.Title }

// Header is a header line that a case sets.
type Header struct{ Name, Value string }

// Expectation says how a case is to be answered.
type Expectation string

// The expectations.
const (
	// Reject: refused with a status and a code that the requirement names.
	Reject Expectation = "reject"
	// Accept: 2xx.
	Accept Expectation = "accept"
	// Sanity: no source says how. The answer is no 5xx, and after a 4xx nothing has changed.
	Sanity Expectation = "sanity"
)

// Claim is what a case says of itself; Judge holds it to that before it is sent.
type Claim struct {
	Valid bool
	// Anything says that the request breaks the contract in whatever way: of a request written by hand.
	Anything bool
	// Where and how it breaks the contract: every violation lies there, and one of them is of this keyword.
	Part    string
	Pointer string
	Keyword string
	// Within is the place of a oneOf or anyOf around Pointer, of which no branch may be left standing: the oracles may stop there. "-": there is none.
	Within string
}

// Placeholders stand in a case for what only a leased server or the target knows.
const (
	Project  = "${project}"  // the run's project
	Server   = "${server}"   // a leased server
	Flavor   = "${flavor}"   // a flavor it can be resized to
	Threaded = "${threaded}" // one that allows both values of hw:cpu_threads
)

// Placeholders lists all.
func Placeholders() []string { return []string{Project, Server, Flavor, Threaded} }

// Nobody is an id that nothing has: no case about other things than a leased server may meet one of somebody's.
const Nobody = "00000000-0000-4000-8000-00000000c0de"

// Values says what to put for each placeholder.
type Values map[string]string

// Needs lists the placeholders of a case.
func (c Case) Needs() []string {
	var all []string
	for _, p := range Placeholders() {
		if strings.Contains(c.Path, p) || strings.Contains(c.Query, p) || strings.Contains(string(c.Body), p) {
			all = append(all, p)
		}
	}
	return all
}

// DryRun says that the request asks for a check only.
func (c Case) DryRun() bool { return bytes.Contains(c.Body, []byte(`"dry_run":true`)) }

// OnServer says that the request names a leased server in its path, so that carried out by mistake it would show there and nowhere else.
func (c Case) OnServer() bool { return slices.Contains(c.Needs(), Server) }

// Fill puts values for the placeholders. They are ids: no value needs escaping in a path, a query or a JSON string.
func (c Case) Fill(values Values) Case {
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, name, value)
	}
	r := strings.NewReplacer(pairs...)
	c.Path, c.Query = r.Replace(c.Path), r.Replace(c.Query)
	if c.Body != nil {
		c.Body = []byte(r.Replace(string(c.Body)))
	}
	return c
}
