package monitor

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// passed counts the exchanges of a client under test that are not judged, or not in both directions.
type passed struct {
	outside, substituted, unanswered, foreign int
	examples                                  []string // of outside: method and path, each once
	failure                                   string   // the first error
	protocol                                  string   // the first one
}

// mostExamples is how many paths that the contract does not describe are named.
const mostExamples = 5

func (p *passed) see(x *journal.Exchange) {
	if !x.External {
		return
	}
	switch {
	case x.Outside && x.Method == "" || x.Outside && x.Status == 0 && x.Method == "PRI":
		p.foreign++
		if p.protocol == "" {
			p.protocol = x.Error
		}
	case x.Outside:
		p.outside++
		path := x.URL
		if u, err := url.Parse(x.URL); err == nil {
			path = u.EscapedPath()
		}
		if example := x.Method + " " + path; len(p.examples) < mostExamples && !slices.Contains(p.examples, example) {
			p.examples = append(p.examples, example)
		}
	case x.Substitute != "":
		p.substituted++
	case x.Error != "":
		p.unanswered++
		if p.failure == "" {
			p.failure = fmt.Sprintf("exchange %d: %s", x.ID, x.Error)
		}
	}
}

func (p *passed) tell() []string {
	var out []string
	say := func(n int, one, many, detail string) {
		switch {
		case n == 1:
			out = append(out, "1 "+one+detail)
		case n > 1:
			out = append(out, fmt.Sprintf("%d %s%s", n, many, detail))
		}
	}
	say(p.outside, "request asked for something that the contract does not describe, and was not judged: ", "requests asked for things that the contract does not describe, and were not judged: ",
		strings.Join(p.examples, ", "))
	say(p.foreign, "connection did not speak HTTP/1, and was not judged: ", "connections did not speak HTTP/1, and were not judged; the first: ", p.protocol)
	say(p.unanswered, "request was not answered, or not whole; what did not come is not judged: ", "requests were not answered, or not whole; what did not come is not judged; the first: ", p.failure)
	say(p.substituted, "answer was not the server's own, and was not judged", "answers were not the server's own, and were not judged", "")
	return out
}
