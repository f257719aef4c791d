package exchange

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// placeholder is what stands in a record where a secret was: the variable of a shell.
var placeholder = regexp.MustCompile(`\$[A-Z_][A-Z0-9_]{2,}`)

// Redacted says that a recorded text has lost a secret, so that it is not what was sent.
func Redacted(text string) bool { return placeholder.MatchString(text) }

// Again judges an exchange that the journal of a run has, by the contract of this recorder, and writes it with its id, its scenario and its times. Nothing is sent. What
// the journal has not kept (a body that was too long, or that had a secret in it) is marked as lost and accuses nobody. Nothing is judged that the run kept from being
// judged: what the contract does not describe, what was answered in the server's place.
func (r *Recorder) Again(ctx context.Context, recorded *journal.Exchange) (*journal.Exchange, error) {
	x := *recorded
	x.Lost = slices.Clone(recorded.Lost)
	lose := func(part journal.Lost, when bool) {
		if when && !slices.Contains(x.Lost, part) {
			x.Lost = append(x.Lost, part)
		}
	}
	sent, sentKept := recorded.RequestBody.Bytes()
	got, gotKept := recorded.ResponseBody.Bytes()
	lose(journal.LostRequestBody, !sentKept || Redacted(string(sent)))
	// A body that broke off was judged as far as it had come; so it is again.
	lose(journal.LostAnswerBody, !gotKept && recorded.Error == "" || Redacted(string(got)))
	e := &Exchange{
		ID: x.ID, RequestBody: sent, Status: x.Status, Header: headerOf(x.ResponseHeader), Body: got, Truncated: x.ResponseBody.Truncated || x.Lacks(journal.LostAnswerBody), Start: x.Start,
		FirstByte: x.FirstByte, Duration: x.Duration, Malformed: x.Malformed, External: x.External, Outside: x.Outside, Substitute: x.Substitute, lost: x.Lost,
		cut: x.Lacks(journal.LostRequestBody), target: originForm(x.URL),
	}
	e.Request = requestOf(&Observed{Server: serverOf(x.URL), Method: x.Method, Target: e.target, Sent: x.RequestHeader, Body: sent})
	unread := slices.ContainsFunc(x.Violations, func(v journal.Violation) bool { return v.Keyword == keywordNoHTTP })
	foreign := x.Outside && (x.Method == "" || x.Status == 0 && x.Method == "PRI")
	var j contract.Judgement
	switch {
	case Redacted(x.URL): // neither the operation nor what it is about is known
		e.Outside = true
	case unread, foreign:
		j.Request = x.Violations
	case e.External:
		e.Outside = false // whether it is described is for this contract to say
		j = r.judgeExternal(ctx, e)
	case e.Outside:
	default:
		j = r.o.Contract.Judge(ctx, r.message(e))
		if recorded.Operation != "" && j.Operation == "" {
			e.Outside, j = true, contract.Judgement{} // an operation of the contract then, and of no concern to this one
		}
		j.Request, j.Response = without(j.Request, e.unknownOfRequest()), without(j.Response, e.unknownOfAnswer())
	}
	hidden := hiddenHeaders(x.RequestHeader, x.ResponseHeader)
	x.Operation, x.Outside = j.Operation, e.Outside
	x.Violations = slices.DeleteFunc(slices.Concat(j.Request, j.Response), func(v journal.Violation) bool {
		return v.Part == "header" && slices.Contains(hidden, v.In+" "+strings.ToLower(v.Pointer))
	})
	if r.o.Sink == nil {
		return &x, nil
	}
	end := x.Start.Add(x.Duration)
	if x.Lacks(journal.LostTimes) {
		end = time.Now()
	}
	if err := r.o.Sink.Write(journal.Event{Time: end, Type: journal.ExchangeRecorded, Exchange: &x}); err != nil {
		return &x, fmt.Errorf("exchange %d could not be recorded: %w", x.ID, err)
	}
	for i := range j.Disagreements {
		d := j.Disagreements[i]
		d.Exchange = x.ID
		if err := r.o.Sink.Write(journal.Event{Time: end, Type: journal.OraclesDisagreed, Disagreement: &d}); err != nil {
			return &x, fmt.Errorf("exchange %d could not be recorded: %w", x.ID, err)
		}
	}
	return &x, nil
}

// hiddenHeaders lists the headers whose values are not known, because a secret was taken out.
func hiddenHeaders(sent, got []journal.Header) []string {
	var hidden []string
	for side, lines := range map[string][]journal.Header{"request": sent, "response": got} {
		for _, l := range lines {
			if Redacted(l.Value) {
				hidden = append(hidden, side+" "+strings.ToLower(l.Name))
			}
		}
	}
	return hidden
}

// serverOf is the base URL of the server that a URL is of.
func serverOf(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[:i]
	}
	return scheme + "://" + rest
}
