package exchange

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// Redactor replaces secrets. It is made with the literal secrets of the run (AK, SK, tokens, passwords) and also knows header names, body fields
// and query parameters that carry them. A secret is shown as the shell variable that a reader has to set instead: "$HUAWEICLOUD_SDK_SK".
//
// Literal secrets are found anywhere: as they are, escaped as in JSON or in a URL (also one within the other), and in base64 at any alignment.
// It is immutable and safe for concurrent use.
type Redactor struct {
	literals []literal
}

// literal is one secret of the run in the forms that cannot be undone while searching.
type literal struct {
	name    string // of the variable, without "$"
	plain   string
	query   string   // with "+" for a space; "" when that is no different
	encoded []string // what is sure to stand in the base64 of any text with the secret in it
}

// shortest is the length from which a literal secret is searched for: shorter ones would be "found" everywhere. They are still hidden where names tell.
const shortest = 4

// NewRedactor takes secret -> variable name, e.g. "s3cr3t" -> "$HUAWEICLOUD_SDK_SK"; the name is what is shown instead. Secrets of less than 4 bytes are
// hidden only where a header, field or parameter is known to carry secrets.
func NewRedactor(secrets map[string]string) *Redactor {
	r := &Redactor{}
	for plain, name := range secrets {
		if len(plain) < shortest {
			continue
		}
		l := literal{name: variable(name), plain: plain, encoded: base64Cores(plain)}
		if q := url.QueryEscape(plain); strings.Contains(q, "+") {
			l.query = q
		}
		r.literals = append(r.literals, l)
	}
	// The longer first, so that a secret that contains another is replaced as a whole; then by name, so that every run says the same.
	slices.SortFunc(r.literals, func(a, b literal) int {
		return cmp.Or(cmp.Compare(len(b.plain), len(a.plain)), cmp.Compare(a.name, b.name))
	})
	return r
}

// String redacts a text of any kind: a message, a body, a dump of headers.
func (r *Redactor) String(text string) string {
	return r.censor(nil, nil).text(text)
}

// Sink redacts what others than a recorder write: verdicts, notes, the configuration. Exchanges pass as they are, a recorder has redacted them.
func (r *Redactor) Sink(next Sink) Sink { return redactingSink{r, next} }

type redactingSink struct {
	r    *Redactor
	next Sink
}

func (s redactingSink) Write(e journal.Event) error {
	if e.Start != nil {
		start := *e.Start
		start.Command, start.Target, start.Client = s.r.String(start.Command), s.r.String(start.Target), s.r.String(start.Client)
		start.Config = make(map[string]string, len(e.Start.Config))
		for name, value := range e.Start.Config {
			start.Config[name] = s.r.header(name, value)
		}
		e.Start = &start
	}
	if e.Note != nil {
		note := *e.Note
		note.Text = s.r.String(note.Text)
		e.Note = &note
	}
	if e.Result != nil {
		result := s.r.Result(*e.Result)
		e.Result = &result
	}
	return s.next.Write(e)
}

// Result redacts what a verdict rests on: it quotes what a target answered.
func (r *Redactor) Result(result journal.Result) journal.Result {
	result.Reason, result.Rerun = r.String(result.Reason), r.String(result.Rerun)
	result.Signature = slices.Clone(result.Signature)
	for i, way := range result.Signature {
		result.Signature[i] = r.String(way)
	}
	if result.Finding != nil {
		finding := *result.Finding
		finding.Way = r.String(finding.Way)
		finding.Wanted, finding.Got = r.String(finding.Wanted), r.String(finding.Got)
		finding.Steps = slices.Clone(finding.Steps)
		for i, step := range finding.Steps {
			finding.Steps[i].Text = r.String(step.Text)
		}
		result.Finding = &finding
	}
	return result
}

// Holds says whether a text has a secret in it, in any of the forms in which a Redactor finds one. Secrets of less than 4 bytes are not found.
func Holds(text, secret string) bool {
	const sought = "SOUGHT"
	found := NewRedactor(map[string]string{secret: sought}).censor(nil, nil).find(text, 0)
	return slices.ContainsFunc(found, func(s span) bool { return strings.HasPrefix(s.name, sought) })
}

func (r *Redactor) header(name, value string) string {
	return r.censor(nil, nil).header(name, value)
}

// censor is a redactor for one exchange: it also knows the secrets that this very request carries, since servers echo them.
type censor struct {
	literals []literal
	own      []literal
	shown    []string
}

// censor makes one for a request with these headers; shown values are no secrets.
func (r *Redactor) censor(h http.Header, shown []string) *censor {
	c := &censor{literals: r.literals, shown: shown}
	for name, values := range h {
		for _, value := range values {
			for _, s := range c.secretsOfHeader(name, value, nil) {
				if plain := value[s.start:s.end]; len(plain) >= 2*shortest && !c.knows(plain) {
					c.own = append(c.own, literal{name: s.name, plain: plain})
				}
			}
		}
	}
	slices.SortFunc(c.own, func(a, b literal) int {
		return cmp.Or(cmp.Compare(len(b.plain), len(a.plain)), cmp.Compare(a.name, b.name))
	})
	return c
}

// with makes a censor that also knows the secrets in an answer's headers.
func (c *censor) with(h http.Header) *censor {
	if len(h["X-Subject-Token"]) == 0 && len(h["Set-Cookie"]) == 0 {
		return c
	}
	r := Redactor{literals: c.literals}
	more := r.censor(h, c.shown)
	more.own = append(more.own, c.own...)
	return more
}

func (c *censor) knows(plain string) bool {
	same := func(l literal) bool { return l.plain == plain }
	return slices.ContainsFunc(c.literals, same) || slices.ContainsFunc(c.own, same)
}

// text redacts any text.
func (c *censor) text(s string) string { return replaceSpans(s, c.spans(s)) }

// header redacts the value of a header.
func (c *censor) header(name, value string) string {
	return replaceSpans(value, c.headerSpans(name, value))
}

// headerSpans finds the secrets in the value of a header.
func (c *censor) headerSpans(name, value string) []span {
	return merge(c.secretsOfHeader(name, value, c.find(value, 0)))
}

// spans finds the secrets in a text, in order and without overlap.
func (c *censor) spans(text string) []span { return merge(c.find(text, 0)) }

// judgement redacts what the contract says about an exchange, which quotes it.
func (c *censor) judgement(j contract.Judgement) contract.Judgement {
	redacted := func(in []journal.Violation) []journal.Violation {
		out := slices.Clone(in)
		for i := range out {
			out[i].Got, out[i].Wanted, out[i].Pointer = c.text(out[i].Got), c.text(out[i].Wanted), c.text(out[i].Pointer)
		}
		return out
	}
	j.Request, j.Response = redacted(j.Request), redacted(j.Response)
	j.Disagreements = slices.Clone(j.Disagreements)
	for i := range j.Disagreements {
		j.Disagreements[i].Kin, j.Disagreements[i].Lib = c.text(j.Disagreements[i].Kin), c.text(j.Disagreements[i].Lib)
	}
	return j
}

// variable makes a shell variable's name of any text.
func variable(name string) string {
	var b strings.Builder
	for _, c := range []byte(strings.ToUpper(strings.TrimPrefix(name, "$"))) {
		if c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			c = '_'
		}
		b.WriteByte(c)
	}
	if s := b.String(); s != "" && (s[0] < '0' || s[0] > '9') {
		return s
	}
	return "SECRET_" + b.String()
}

// base64Cores returns what is sure to stand in the base64 (either alphabet) of any text that contains the secret: for each of the three alignments
// the characters that depend on the secret alone. Cores of less than 5 characters cannot be told from chance and are left out: that concerns secrets of
// less than 6 bytes within a longer text.
func base64Cores(plain string) []string {
	var cores []string
	for shift := range 3 {
		padded := append(make([]byte, shift), plain...)
		text := base64.RawStdEncoding.EncodeToString(padded)[:len(padded)*8/6] // without a last character that the bytes after would share
		if shift > 0 {
			text = text[shift+1:] // without those that the bytes before share
		}
		if len(text) < 5 {
			continue
		}
		cores = append(cores, text)
		if urlSafe := strings.NewReplacer("+", "-", "/", "_").Replace(text); urlSafe != text {
			cores = append(cores, urlSafe)
		}
	}
	return cores
}
