package report

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
)

// How much of the exchanges of a row is shown.
const (
	htmlWhole      = 8   // exchanges with their bytes
	htmlLines      = 60  // exchanges that are shown as a line
	htmlColumns    = 400 // of a line of a message
	htmlHeadLines  = 60
	htmlBodyLines  = 120
	htmlQuietLines = 30 // of a body that is no evidence
	htmlViolations = 12
	htmlOverhead   = 900 // bytes that an exchange takes beside its own
)

// htmlPassage is an exchange in whole, or several of which each is a line.
type htmlPassage struct {
	*htmlExchange
	Lines string
}

type htmlExchange struct {
	ID               int64
	Anchor           string // the first time that it is shown
	Open, Evidence   bool
	Method, Path     string
	Status, Class    string
	At, Took         string
	Facts            []string
	Request, Answer  htmlMessage
	Violations       []htmlViolation
	MoreViolations   int
	Curl, CurlAbsent string
}

// htmlMessage is a message in three pieces, of which the second is what a finding points at.
type htmlMessage struct{ Before, Mark, After string }

type htmlViolation struct{ Who, Requirement, Level, Where, Wanted, Got, Place, SpecText string }

// evidence shows the exchanges of a row in the order in which they were made: with their bytes those that tell why, the others as lines. Of what passed only the last
// is shown in whole.
func (b *htmlBuilder) evidence(row *htmlRow, r journal.Result, hasCases bool) {
	proof, _ := evidenceOf(b.run, r)
	var all []*journal.Exchange
	for _, id := range r.Exchanges {
		if x := b.run.Exchange(id); x != nil {
			all = append(all, x)
		}
	}
	if proof != nil && !slices.Contains(all, proof) {
		all = append(all, proof)
	}
	row.Made = len(all)
	if len(all) == 0 {
		return
	}
	if proof == nil {
		proof = all[len(all)-1]
	}
	slices.SortStableFunc(all, func(x, y *journal.Exchange) int { return cmp.Compare(x.ID, y.ID) })
	failed := showsScreen(r.Verdict)
	roomy := b.room > 0 && (failed || b.room > b.limit/2) // what failed needs the room more
	if roomy {
		b.lookAt(row, r, all, proof)
	} else {
		b.outOfRoom++
	}
	whole := map[*journal.Exchange]bool{}
	switch {
	case !roomy:
	case failed:
		for _, x := range b.telling(r, all, proof, hasCases) {
			whole[x] = true
		}
	case r.Kind == journal.KindScenario && !b.anchored[proof.ID]:
		whole[proof] = true
	}
	var lines []string
	flush := func() {
		if len(lines) == 0 {
			return
		}
		if left := len(lines) - htmlLines; left > 0 {
			lines = append(append(slices.Clone(lines[:htmlLines-6]), fmt.Sprintf("       … %d more in %s", left+1, journal.FileName)), lines[len(lines)-5:]...)
		}
		passage := strings.Join(lines, "\n")
		b.room -= len(passage)
		row.Exchanges = append(row.Exchanges, htmlPassage{Lines: passage})
		lines = nil
	}
	for _, x := range all {
		if !whole[x] {
			lines = append(lines, lineOf(x))
			if !b.anchored[x.ID] {
				b.lined++
			}
			continue
		}
		flush()
		shown := b.exchange(x, r, x == proof, failed)
		shown.Open = failed && x == proof
		row.Exchanges = append(row.Exchanges, htmlPassage{htmlExchange: shown})
	}
	flush()
}

// telling are the exchanges of what failed that say most: what it rests on, what breaks the promise as well, what changed something, the last ones. What another row
// shows already is not among them. With cases, those show theirs.
func (b *htmlBuilder) telling(r journal.Result, all []*journal.Exchange, proof *journal.Exchange, hasCases bool) []*journal.Exchange {
	chosen := []*journal.Exchange{proof}
	if hasCases {
		return chosen
	}
	rank := func(x *journal.Exchange) int {
		switch {
		case slices.ContainsFunc(x.Violations, func(v journal.Violation) bool { return v.Requirement == r.Requirement }):
			return 0
		case x.Method != "GET":
			return 1
		}
		return 2
	}
	others := slices.DeleteFunc(slices.Clone(all), func(x *journal.Exchange) bool { return x == proof || b.anchored[x.ID] })
	slices.SortStableFunc(others, func(x, y *journal.Exchange) int { return cmp.Or(rank(x)-rank(y), cmp.Compare(y.ID, x.ID)) })
	return append(chosen, others[:min(len(others), htmlWhole-1)]...)
}

// lineOf is an exchange in a line.
func lineOf(x *journal.Exchange) string {
	took := ""
	if !x.Lacks(journal.LostTimes) {
		took = millis(x.Duration)
	}
	line := fmt.Sprintf("%6d  %-3s  %9s  %-4s %s", x.ID, statusOf(x), took, oneLine(x.Method, 20), pathOf(x))
	if x.Malformed != "" {
		line += "  wrong on purpose: " + oneLine(x.Malformed, 80)
	}
	return line
}

// pathOf is what of the URL tells exchanges of a run apart: without scheme and host.
func pathOf(x *journal.Exchange) string {
	if u, err := url.Parse(x.URL); err == nil && u.Host != "" {
		if _, path, found := strings.Cut(strings.TrimPrefix(x.URL, u.Scheme+"://"), "/"); found {
			return oneLine("/"+path, 300)
		}
	}
	return oneLine(x.URL, 300)
}

func statusOf(x *journal.Exchange) string {
	switch {
	case x.Status == 0:
		return "no answer"
	case x.Error != "":
		return strconv.Itoa(x.Status) + ", broken off"
	}
	return strconv.Itoa(x.Status)
}

// exchange lays an exchange out, with what the row's finding points at marked where it is the row's proof, else with its own first violation marked.
func (b *htmlBuilder) exchange(x *journal.Exchange, r journal.Result, proof, failed bool) *htmlExchange {
	e := &htmlExchange{
		ID: x.ID, Evidence: proof && r.Finding != nil, Method: oneLine(x.Method, 20), Path: pathOf(x), Status: statusOf(x), Class: statusClass(x), Took: millis(x.Duration),
	}
	if !b.anchored[x.ID] {
		b.anchored[x.ID] = true
		e.Anchor = exchangeID(x.ID)
	}
	if x.Lacks(journal.LostTimes) {
		e.Took = ""
		e.Facts = append(e.Facts, "at an unknown time")
	} else {
		e.Facts = append(e.Facts, x.Start.UTC().Format("15:04:05.000")+" UTC")
		if x.FirstByte > 0 {
			e.Facts = append(e.Facts, "first byte after "+millis(x.FirstByte))
		}
	}
	add := func(lead, fact string) {
		if fact != "" {
			e.Facts = append(e.Facts, text(lead+fact, 500))
		}
	}
	add("", x.Operation)
	add("read from ", x.Recording)
	add("wrong on purpose: ", x.Malformed)
	add("answered in the server's place by ", x.Substitute)
	if x.Retry != nil {
		add("", fmt.Sprintf("attempt %d at exchange %d, which was answered %s", x.Retry.Attempt, x.Retry.Of, x.Retry.Why))
	}
	marked := r
	if !proof || r.Finding == nil {
		marked = journal.Result{}
		if len(x.Violations) > 0 && x.Malformed == "" {
			v := x.Violations[0]
			marked = journal.Result{Requirement: v.Requirement, Finding: &journal.Finding{Pointer: v.Pointer, In: v.In}}
		}
	}
	most := htmlBodyLines
	if !failed || !proof {
		most = htmlQuietLines
	}
	parts := partsOf(x, marked, htmlColumns)
	e.Request, e.Answer = b.message(parts[0], parts[1], most), b.message(parts[2], parts[3], most)
	b.violations(e, x)
	switch {
	case x.Curl == "" || x.Substitute != "":
	case len(x.Curl) > curlLimit:
		e.CurlAbsent = fmt.Sprintf("The curl line has %d bytes: it is that of exchange %d in %s.", len(x.Curl), x.ID, journal.FileName)
	default:
		e.Curl = printable(x.Curl)
	}
	b.room -= htmlOverhead + len(e.Curl) + e.Request.size() + e.Answer.size()
	return e
}

func statusClass(x *journal.Exchange) string {
	switch {
	case x.Status == 0 || x.Error != "" || x.Status >= 500:
		return "fail"
	case x.Status >= 400:
		return "warn"
	case x.Status >= 200 && x.Status < 300:
		return "pass"
	}
	return "na"
}

func (m htmlMessage) size() int { return len(m.Before) + len(m.Mark) + len(m.After) }

// message joins a head and a body, each folded to so many lines.
func (b *htmlBuilder) message(head, body shown, most int) htmlMessage {
	if len(head.lines) > htmlHeadLines || len(body.lines) > most {
		b.bodies++
	}
	head, body = head.foldHead(htmlHeadLines), body.fold(most)
	lines, mark := head.lines, head.mark
	if len(body.lines) > 0 {
		if mark < 0 && body.mark >= 0 {
			mark = len(lines) + 1 + body.mark
		}
		lines = append(append(slices.Clone(lines), ""), body.lines...)
	}
	if mark < 0 || mark >= len(lines) {
		return htmlMessage{Before: strings.Join(lines, "\n")}
	}
	m := htmlMessage{Before: strings.Join(lines[:mark], "\n"), Mark: lines[mark], After: strings.Join(lines[mark+1:], "\n")}
	if m.Before != "" {
		m.Before += "\n"
	}
	if m.After != "" {
		m.After = "\n" + m.After
	}
	return m
}

// violations lists what the contract says the exchange breaks, each with its line there. What a request breaks on purpose is no finding.
func (b *htmlBuilder) violations(e *htmlExchange, x *journal.Exchange) {
	for _, v := range x.Violations {
		if x.Malformed != "" && v.In == "request" && !x.External {
			continue
		}
		if len(e.Violations) == htmlViolations {
			e.MoreViolations++
			continue
		}
		place := strings.TrimSpace(v.SpecLine + " " + v.SpecPointer)
		e.Violations = append(e.Violations, htmlViolation{
			Who: text(string(v.Blame), 40), Requirement: text(cmp.Or(v.Requirement, "the contract"), 100), Level: text(string(v.Level), 40), Where: text(strings.TrimSpace(v.Part+" "+v.Pointer)+" of the "+v.In, 300),
			Wanted: text(v.Wanted, 1000), Got: text(v.Got, 1000), Place: text(place, 500), SpecText: text(v.SpecText, 500),
		})
	}
}
