package contract

import (
	"context"
	"net/url"
	"slices"

	"resize-conformance/harness/journal"
)

// Judge runs the four layers over one exchange. What the strict layer finds is settled. Of what the oracles find, that in which both agree is;
// the rest is a Disagreement, decided by the table of known differences, and accuses nobody when it is new.
//
// Credentials are not judged: whether a request is authorised is for the server to say. A response without a body to judge (no answer, a
// truncated one) is judged as far as it goes.
func (c *Contract) Judge(ctx context.Context, m *Message) Judgement {
	var j Judgement
	op, params, pathFits := c.route(m.Method, m.Path)
	if op != nil {
		j.Operation = op.id
		c.judgeRequest(ctx, &j, op, m, params)
	} else {
		j.Request = append(j.Request, c.finish(c.strictPath(m, pathFits), nil, m))
	}
	if m.Status > 0 {
		c.judgeResponse(ctx, &j, op, m)
	}
	return j
}

func (c *Contract) judgeRequest(ctx context.Context, j *Judgement, op *operation, m *Message, params map[string]string) {
	for _, v := range strictQuery(op, m.Query) {
		j.Request = append(j.Request, c.finish(v, op, m))
	}
	view := wholeBody
	if op.body != nil {
		var v *journal.Violation
		v, view = strictBody(op.body, op.bodyRequired, m.RequestHeader.Get(headerContentType), m.RequestBody)
		if v != nil {
			v.In, v.Blame, v.Oracles = inRequest, journal.Client, []string{oracleStrict}
			j.Request = append(j.Request, c.finish(*v, op, m))
		}
	}
	var query url.Values
	if m.Query != "" {
		query, _ = url.ParseQuery(m.Query) // what cannot be parsed strictQuery has told
	} else {
		query = url.Values{}
	}
	read := withoutPadding(m)
	byKin := c.kin.request(ctx, op, read, params, query, view)
	byLib := c.lib.request(ctx, op, read, view)
	if len(byKin)+len(byLib) > 0 {
		x := &weighing{c: c, j: j, op: op, m: m, in: inRequest, blame: journal.Client, content: op.body}
		j.Request = append(j.Request, x.weigh(byKin, byLib)...)
	}
}

// withoutPadding takes the white space from the end of a request's body before the oracles copy it several times: it means nothing to JSON, the strict layer has
// seen it, and a body beyond the gateway's limit is best made of it.
func withoutPadding(m *Message) *Message {
	trimmed := trimPadding(m.RequestBody)
	if len(trimmed) == 0 || len(trimmed) == len(m.RequestBody) {
		return m
	}
	read := *m
	read.RequestBody = trimmed
	return &read
}

func (c *Contract) judgeResponse(ctx context.Context, j *Judgement, op *operation, m *Message) {
	contentType := m.ResponseHeader.Get(headerContentType)
	isError := m.Status >= 400
	judged := op // the operation whose responses the answer is held against
	if judged == nil && isError {
		judged = c.unmatched
	}
	var declared *response
	if judged != nil {
		declared = judged.response(m.Status)
	}
	add := func(v journal.Violation) {
		v.In, v.Blame, v.Oracles = inResponse, journal.Server, []string{oracleStrict}
		j.Response = append(j.Response, c.finish(v, op, m))
	}

	m = inOneLine(m, declared)
	var bodies *content
	if declared != nil {
		bodies = declared.content
	}
	view := nothingYet
	mayBeClean := judged != nil && !m.ResponseTruncated && !hasNoBody(m.Status)
	var key bodyKey
	if mayBeClean {
		if key = keyOf(judged, m); c.clean.has(key) {
			byKin, byLib := c.kin.headers(ctx, judged, m), c.lib.headers(ctx, judged, m)
			j.Response = append(j.Response, c.weighResponse(j, op, judged, m, declared, byKin, byLib)...)
			return
		}
	}
	said := len(j.Response) + len(j.Disagreements)
	switch {
	case m.ResponseTruncated:
		view = typeOnly
	case hasNoBody(m.Status):
		if len(m.ResponseBody) > 0 {
			add(journal.Violation{Part: partBody, Keyword: KeywordNoBody, SpecPointer: pointerOf(declared, op), Wanted: "no body", Got: quote(string(m.ResponseBody))})
		}
	default:
		var v *journal.Violation
		v, view = strictBody(bodies, declared == nil || !declared.bodyOptional, contentType, m.ResponseBody)
		if v != nil && (!isError || slices.Contains(strictKeywords(), v.Keyword)) { // of an error, the missing envelope says it
			add(*v)
		}
	}

	var byKin, byLib []finding
	if judged != nil {
		byKin = c.kin.response(ctx, judged, m, view)
		byLib = c.lib.response(ctx, judged, m, view)
	}
	fromOracles := c.weighResponse(j, op, judged, m, declared, byKin, byLib)
	if isError && !m.ResponseTruncated && !hasNoBody(m.Status) {
		fromOracles = c.judgeEnvelope(j, op, m, declared, view, fromOracles)
	}
	j.Response = append(j.Response, fromOracles...)

	if bodies != nil && view == wholeBody {
		if mt := bodies.find(contentType); mt != nil && mt.json {
			j.Information = c.undeclared(mt.schema, m.ResponseBody)
		}
	}
	if mayBeClean && len(byKin)+len(byLib)+len(j.Information) == 0 && len(j.Response)+len(j.Disagreements) == said {
		c.clean.add(key)
	}
}

// weighResponse brings together what the oracles say of an answer.
func (c *Contract) weighResponse(j *Judgement, op, judged *operation, m *Message, declared *response, byKin, byLib []finding) []journal.Violation {
	if len(byKin)+len(byLib) == 0 {
		return nil
	}
	x := &weighing{c: c, j: j, op: op, m: m, in: inResponse, blame: journal.Server, judged: judged, response: declared}
	if declared != nil {
		x.content = declared.content
	}
	return x.weigh(byKin, byLib)
}

// judgeEnvelope asks every error answer for a code and a message. A schema that has judged the body and let it pass knows better: an edition may
// have an envelope without a code. What a schema makes of a body that is no envelope adds nothing: one cause, one violation.
func (c *Contract) judgeEnvelope(j *Judgement, op *operation, m *Message, declared *response, view bodyView, found []journal.Violation) []journal.Violation {
	if _, _, ok := ErrorCode(m.ResponseBody); ok {
		return found
	}
	rest, oracles := withoutBody(found)
	if len(oracles) == 0 && c.schemaJudged(declared, m, view) {
		return found
	}
	j.Response = append(j.Response, c.finish(journal.Violation{In: inResponse, Part: partBody, Blame: journal.Server, Keyword: KeywordErrorEnvelope,
		SpecPointer: pointerOf(declared, op), Oracles: append([]string{oracleStrict}, oracles...),
		Wanted: "an error code and a message, neither empty, in one of the known envelopes", Got: describeErrorBody(m.ResponseBody)}, op, m))
	return rest
}

// schemaJudged says that the oracles held the body against a schema.
func (c *Contract) schemaJudged(declared *response, m *Message, view bodyView) bool {
	if view != wholeBody || declared == nil || declared.content == nil {
		return false
	}
	mt := declared.content.find(m.ResponseHeader.Get(headerContentType))
	return mt != nil && mt.schema != ""
}

func pointerOf(r *response, op *operation) string {
	switch {
	case r != nil:
		return r.pointer
	case op != nil:
		return op.pointer + "/responses"
	}
	return "/paths"
}

// withoutBody takes the body's violations out and gives their oracles.
func withoutBody(list []journal.Violation) (rest []journal.Violation, oracles []string) {
	for _, v := range list {
		if v.Part != partBody {
			rest = append(rest, v)
			continue
		}
		for _, o := range v.Oracles {
			if !slices.Contains(oracles, o) {
				oracles = append(oracles, o)
			}
		}
	}
	return rest, oracles
}

// finish gives a violation its requirement and the line of the contract.
func (c *Contract) finish(v journal.Violation, op *operation, m *Message) journal.Violation {
	id, status := "", m.Status
	if op != nil {
		id = op.id
	}
	if v.Level == "" {
		v.Level = journal.Must
	}
	if r := c.register.find(&v, id, status); r != nil {
		v.Requirement, v.Level = r.id, r.level
	}
	v.SpecLine, v.SpecText = c.Locate(v.SpecPointer), c.Quote(v.SpecPointer)
	return v
}
