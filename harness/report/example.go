package report

import (
	"strings"

	"resize-conformance/harness/journal"
)

// exampleHeight is how many lines an exchange may take that is an example.
const exampleHeight = 24

// Example shows an exchange that is an example. Where a finding is given, what was wanted and got comes first, and the place in the exchange is marked. The text
// ends in a line feed.
func Example(x *journal.Exchange, found journal.Result, s Style) string {
	sc := &screen{Style: s}
	if f := found.Finding; f != nil {
		sc.field("wanted", f.Wanted, 4)
		sc.field("got", f.Got, 4)
		if x != nil {
			sc.field("where", whereOf(x, found), 2)
		}
	} else {
		sc.field("found", found.Reason, 4)
	}
	if x != nil {
		sc.exchange(x, found, "", exampleHeight)
	}
	if len(sc.lines) == 0 {
		return ""
	}
	return strings.Join(sc.lines, "\n") + "\n"
}

// Definition is a word and what it stands for.
type Definition struct{ Word, Text string }

// Definitions shows words with what they stand for, wrapped to the style's width.
func Definitions(list []Definition, s Style) string {
	sc := &screen{Style: s}
	for _, d := range list {
		const endless = 1 << 10
		sc.field(d.Word, d.Text, endless)
	}
	if len(sc.lines) == 0 {
		return ""
	}
	return strings.Join(sc.lines, "\n") + "\n"
}
