package cases

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/contract"
)

// Derive makes the cases of a contract, operation by operation in the order of the document. The error names schemas of which no valid request can be made, and
// cases that came to have the same id.
func Derive(c *contract.Contract) ([]Case, error) {
	doc := c.Model()
	d := &derivation{contract: c, ids: map[string]bool{}, sent: map[string]bool{}}
	for _, op := range c.Operations() {
		item := doc.Paths.Value(op.Path)
		if item == nil || item.GetOperation(op.Method) == nil {
			return nil, fmt.Errorf("cases: %s %s is not in the document that the loader gives", op.Method, op.Path)
		}
		d.operation(op, item)
	}
	return d.cases, errors.Join(d.problems...)
}

// derivation gathers the cases of a contract.
type derivation struct {
	contract *contract.Contract
	cases    []Case
	ids      map[string]bool
	sent     map[string]bool // requests of which no source says how they are answered
	problems []error
}

func (d *derivation) operation(op contract.Operation, item *openapi3.PathItem) {
	spec := item.GetOperation(op.Method)
	r := &request{derivation: d, op: op}
	for _, list := range []openapi3.Parameters{item.Parameters, spec.Parameters} {
		for _, p := range list {
			r.parameters = append(r.parameters, p.Value)
		}
	}
	var schema *openapi3.Schema
	if spec.RequestBody != nil {
		if media := spec.RequestBody.Value.Content["application/json"]; media != nil && media.Schema != nil {
			schema = media.Schema.Value
		}
	}
	r.readBase(schema)
	if schema != nil {
		r.walk(site{pointer: "", schema: schema, within: none, place: func(v value) value { return v }}, 0)
		r.bytes(spec.RequestBody.Value.Required)
		r.mediaTypes()
	}
	r.parameterCases()
}

// request derives the cases of one operation.
type request struct {
	*derivation
	op         contract.Operation
	parameters []*openapi3.Parameter

	path  string  // with placeholders
	query string  // of the smallest request
	body  *object // the smallest valid body; nil: no body, or none that is an object
	dry   bool    // the body has a dry_run at its top
}

// readBase makes the smallest valid request.
func (r *request) readBase(schema *openapi3.Schema) {
	r.path = r.op.Path
	var query []string
	for _, p := range r.parameters {
		switch {
		case p.In == "path":
			r.path = strings.ReplaceAll(r.path, "{"+p.Name+"}", stand(p))
		case p.In == "query" && (p.Required || p.Name == selector):
			query = append(query, p.Name+"="+stand(p))
		}
	}
	r.query = strings.Join(query, "&")
	if schema == nil {
		return
	}
	r.body, _ = r.smallest(schema, "").(*object)
	_, r.dry = schema.Properties["dry_run"]
}

// selector is the query parameter by which the list of flavors is asked for a leased server: one of three, which the schema cannot say.
const selector = "instance_uuid"

// stand is what stands for a parameter in the smallest request.
func stand(p *openapi3.Parameter) string {
	switch p.Name {
	case "project_id":
		return Project
	case "server_id", selector:
		return Server
	}
	return Nobody
}

// constraint is one thing that the contract demands, and one way to keep or to break it.
type constraint struct {
	part    string
	pointer string
	keyword string // which routes the case to its requirement and stands in its id
	judged  string // the keyword by which the oracles tell it; "": keyword
	within  string // see Claim.Within
	side    contract.Side
	name    string // of the value, or of what is done
	what    string
	field   string // in the id, where the pointer is none
	valid   bool   // it keeps the contract although it lies outside: undeclared
}

// add makes a case of a constraint when some requirement stands for it. send fills in the request; dry says whether it is to be a dry run.
func (r *request) add(k constraint, send func(c *Case, dry bool)) {
	row, byName, ok := r.contract.CaseRequirement(contract.Constraint{Operation: r.op.ID, Part: k.part, Pointer: k.pointer, Keyword: k.keyword, Side: k.side})
	if !ok {
		return
	}
	keeps := k.valid || k.side != contract.Outside
	c := Case{Requirement: row, Side: k.side, Operation: r.op.ID, Part: k.part, Pointer: k.pointer, Keyword: k.keyword, What: k.what, Method: r.op.Method, Path: r.path, Query: r.query}
	switch {
	case row.Sanity:
		c.Expect = Sanity
	case k.valid: // what an unknown member means no source says; without a row that says so it is nobody's business
		return
	case keeps:
		c.Expect = Accept
	default:
		c.Expect = Reject
	}
	field := k.field
	if field == "" {
		field = fieldName(k.part, k.pointer, byName)
	}
	c.Title = strings.Join([]string{k.keyword, field, string(k.side), word(k.name)}, "/")
	judged := k.judged
	if judged == "" {
		judged = k.keyword
	}
	c.Claim = Claim{Valid: true}
	if !keeps {
		c.Claim = Claim{Part: k.part, Pointer: k.pointer, Keyword: judged, Within: k.within}
	}
	// What is to be refused is no dry run where a leased server would show that it was carried out: a target that does not look is to be seen.
	send(&c, c.Expect != Reject || !c.OnServer())
	if c.Expect == Sanity && r.superfluous(k, &c) {
		return
	}
	if d := r.derivation; d.ids[c.ID()] {
		d.problems = append(d.problems, fmt.Errorf("cases: two cases have the id %s; let the requirement name the pointer of one of them only", c.ID()))
	} else {
		d.ids[c.ID()] = true
		d.cases = append(d.cases, c)
	}
}

// undocumented says that no source tells how a request is answered that keeps or breaks a constraint: that is put to the test with fewer requests, because all that
// can be seen is a server error.
func (r *request) undocumented(part, pointer, keyword string, side contract.Side) bool {
	row, _, ok := r.contract.CaseRequirement(contract.Constraint{Operation: r.op.ID, Part: part, Pointer: pointer, Keyword: keyword, Side: side})
	return ok && row.Sanity
}

// superfluous says that a case of which no source says how it is answered is not worth sending, as the same request is among them already.
func (r *request) superfluous(k constraint, c *Case) bool {
	if r.dry && k.pointer == "/dry_run" && k.side == contract.Outside && !c.Bytes && !c.OnServer() {
		// It asks for something other than a change of a leased server, and may or may not be read as a dry run: it must be of no avail.
		c.Body = bytes.ReplaceAll(c.Body, []byte(Flavor), []byte(Nobody))
	}
	request := fmt.Sprintf("%s %s %s?%s %v %t %s", c.Requirement.ID, c.Method, c.Path, c.Query, c.Header, c.Untyped, c.Body)
	seen := r.sent[request]
	r.sent[request] = true
	return seen
}

// fieldName is the place as an id has it: the member's own name where the requirement is about that member, else the way to it.
func fieldName(part, pointer string, byName bool) string {
	if part != "body" {
		return word(pointer)
	}
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if pointer == "" {
		return "body"
	}
	if byName {
		tokens = tokens[len(tokens)-1:]
	}
	return word(strings.Join(tokens, "."))
}

var notInWord = regexp.MustCompile(`[^A-Za-z0-9._:+-]+`)

// word makes a value fit for an id: no blanks, no slashes, never empty, never long.
func word(s string) string {
	const longest = 40
	s = notInWord.ReplaceAllString(s, "_")
	if len(s) > longest {
		s = s[:longest]
	}
	if s == "" {
		return "empty"
	}
	return s
}

// Example makes a case of a body that was written by hand, for what no derivation gives: an example of the documentation, say. It is sent like the derived cases of
// the same operation, one of which is like; its id is the requirement's with "example" and the name.
func Example(like Case, r contract.Requirement, name, what, body string, valid bool) Case {
	c := Case{Requirement: r, Title: "example/" + word(name), Side: contract.Outside, Operation: like.Operation, Expect: Reject, Claim: Claim{Anything: true}, What: what,
		Method: like.Method, Path: like.Path, Query: like.Query, Body: []byte(body)}
	if valid {
		c.Side, c.Expect, c.Claim = contract.Inside, Accept, Claim{Valid: true}
	}
	if like.Expect == Sanity { // of what its requirement speaks no source says more
		c.Expect = Sanity
	}
	return c
}
