package journal

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// wayLimit bounds one way of a signature, in bytes: it is to be read, and written by hand.
const wayLimit = 400

// inCase is the way in which one case of a scenario fails, as the scenario's signature names it.
func inCase(title, way string) string { return short("case " + title + ": " + way) }

// Way says in one line in which way something fails: where, what was wanted and what came, without what differs from run to run (see Constant). Two failures with
// the same way are taken for the same failure.
func Way(where, wanted, got string) string {
	text := fmt.Sprintf("wanted %s; got %s", Constant(wanted), Constant(got))
	if where != "" {
		text = elements.ReplaceAllString(where, "/*$1") + ": " + text
	}
	return short(text)
}

// elements are the numbers of a JSON pointer: which element of a list it is that is wrong depends on what else is in the list.
var elements = regexp.MustCompile(`/[0-9]+(/|$)`)

// Listable says whether a failure can be accepted by listing it. BLOCKED and HARNESS_ERROR cannot: they say that nothing is known of the promise, or that a server was
// not left as it was found, and neither is a known deviation of anybody.
func (v Verdict) Listable() bool { return v == Fail || v == Warn || v == NotTestable }

// Signed gives the result with its signature, unless it has one or fails in no way that can be listed.
func (r Result) Signed() Result {
	switch f := r.Finding; {
	case !r.Verdict.Listable() || r.Kind == KindCleanup || r.Kind == KindRecord:
		r.Signature = nil
	case len(r.Signature) > 0:
		slices.Sort(r.Signature)
		r.Signature = slices.Compact(r.Signature)
	case f != nil && f.Way != "":
		r.Signature = []string{f.Way}
	case f != nil && (f.Wanted != "" || f.Got != ""):
		r.Signature = []string{Way(f.Pointer, f.Wanted, f.Got)}
	default:
		r.Signature = []string{short(strings.ToLower(strings.ReplaceAll(string(r.Verdict), "_", " ")) + ": " + Constant(r.Reason))}
	}
	return r
}

// short is one line of bounded length.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= wayLimit {
		return s
	}
	end := wayLimit
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// incidental is one kind of thing that differs from run to run, and what stands in its place.
type incidental struct {
	pattern *regexp.Regexp
	place   string
}

// Constant takes out of a text what differs from run to run although the cause is the same: ids, times, durations, addresses, how many bytes or polls, line numbers,
// and in which way a connection broke. Statuses, codes, states and names stay: they are what tells one failure from another.
func Constant(s string) string {
	for _, i := range incidentals() {
		s = i.pattern.ReplaceAllString(s, i.place)
	}
	return opaque().ReplaceAllStringFunc(s, func(word string) string {
		digits := 0
		for _, r := range word {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits < 5 {
			return word
		}
		return "<id>"
	})
}

// opaque finds long words of letters and digits; one with many digits is an id, such as that of an order.
var opaque = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b[0-9A-Za-z]{12,}\b`) })

// incidentals in the order in which they are replaced: what holds others comes before them.
var incidentals = sync.OnceValue(func() []incidental {
	return []incidental{
		{regexp.MustCompile(`\bhttps?://[^\s"'<>/?#]+`), "<address>"},
		{regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?`), "<time>"},
		{regexp.MustCompile(`\b[0-9]{8}T[0-9]{6}Z\b`), "<time>"},
		{regexp.MustCompile(`\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT`), "<time>"},
		{regexp.MustCompile(`\b[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\b`), "<id>"},
		{regexp.MustCompile(`\b[0-9a-fA-F]{16,}\b`), "<id>"},
		// Which of these a broken connection gives is a matter of moments.
		{regexp.MustCompile(`(?:read|write) tcp \S+: (?:read|write|wsasend|wsarecv): (?:connection reset by peer|broken pipe)|\bunexpected EOF\b|\bEOF\b|http: server closed idle connection`), "<broken connection>"},
		{regexp.MustCompile(`(?:\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-fA-F:]+\]|\blocalhost):[0-9]{1,5}\b`), "<address>"},
		{regexp.MustCompile(`\b([\w./-]+\.(?:ya?ml|json|go)):[0-9]+\b`), "$1"},
		// Of a wait in vain only what was waited for and what was seen last: the rest depends on when one looked, and where the time ran out.
		{regexp.MustCompile(` since \S+ into the wait|, [0-9]+ polls?\b| \(before: [^)]*\)|; the limit is \S+ \([^)]*\)`), ""},
		{regexp.MustCompile(`; [A-Z]+ \S+: waited \S+ for [^;]*; nothing had come: the time is up`), ""},
		{regexp.MustCompile(`\b(?:[0-9]+h)?(?:[0-9]+m)?[0-9]+(?:\.[0-9]+)?(?:ns|µs|ms|s|m|h)\b`), "<duration>"},
		{regexp.MustCompile(`\b[0-9]+ (poll|byte|exchange|second|minute)s?\b`), "<n> ${1}s"},
		{regexp.MustCompile(`\bexchange [0-9]+\b`), "exchange <n>"},
		{regexp.MustCompile(`\b[0-9]{7,}\b`), "<n>"},
	}
})
