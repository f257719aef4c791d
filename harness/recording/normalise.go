package recording

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// Normalise makes a fixture of a run. The same run gives the same fixture, byte for byte.
//
// Replaced, everywhere and each always by the same: ids (UUIDs, 32 hexadecimal digits, orders), IP and MAC addresses, the host and port of the endpoint and any other URL's,
// names of servers, hosts, key pairs and images, tags, values of metadata that are no documented ones, encoded messages of denials. Placeholders have the form of what they
// stand for, so that a fixture keeps the contract where its service did. Times keep their form and are moved, so that the run began at the epoch. Secrets are in no
// journal. Flavors, zones and the texts of messages stay.
func Normalise(run *journal.Run) *Fixture {
	record := FromRun(run)
	f := &Fixture{Head: Head{
		Version: FixtureVersion, Recorded: run.Started.UTC().Format(time.DateOnly), Suite: run.Start.SuiteVersion, Profile: run.Start.Profile,
		ContractHash: run.Start.ContractHash, Embedded: record.Embedded, Capabilities: slices.Sorted(slices.Values(run.Start.Capabilities)),
	}}
	n := newNaming(record)
	f.Head.Project, f.Head.Foreign = n.text(record.Project), n.text(record.Foreign)
	next := int64(0)
	for _, s := range record.Sequences {
		made := &Sequence{Requirement: s.Requirement, Title: s.Title, Verdict: s.Verdict}
		for _, server := range s.Servers {
			server.ID, server.Host = n.text(server.ID), n.text(server.Host)
			made.Servers = append(made.Servers, server)
		}
		for _, x := range s.Exchanges {
			next++
			made.Exchanges = append(made.Exchanges, n.exchange(x, next))
		}
		f.Sequences = append(f.Sequences, made)
	}
	f.Head.Verdicts, f.Head.Reasons = verdicts(run, n) // last: reasons name what the exchanges have shown
	return f
}

// verdicts gives the worst verdict that a requirement was given, and why it was not put to the test where it was not.
func verdicts(run *journal.Run, n *naming) (all, reasons map[string]string) {
	all, reasons = map[string]string{}, map[string]string{}
	order := journal.Verdicts()
	for _, r := range run.Rows() {
		if r.Kind == journal.KindCase || r.Kind == journal.KindCleanup || r.Kind == journal.KindRecord {
			continue
		}
		was, had := all[r.Requirement]
		if had && slices.Index(order, journal.Verdict(was)) >= slices.Index(order, r.Verdict) {
			continue
		}
		all[r.Requirement] = string(r.Verdict)
		delete(reasons, r.Requirement)
		if r.Verdict == journal.NotApplicable || r.Verdict == journal.NotTestable || r.Verdict == journal.Blocked {
			reasons[r.Requirement] = n.told(r.Reason)
		}
	}
	return all, reasons
}

// dropped are headers that say nothing about the behaviour, or are made anew by whoever sends.
var dropped = []string{"Host", "User-Agent", "Content-Length", "Traceparent", "Date", "Connection", "Keep-Alive", "Via", "Server", "Set-Cookie", "Strict-Transport-Security", "Accept-Encoding"}

func (n *naming) exchange(x *journal.Exchange, id int64) *journal.Exchange {
	made := &journal.Exchange{
		ID: id, Scenario: x.Scenario, Operation: x.Operation, Malformed: n.text(x.Malformed), Outside: x.Outside, Method: x.Method,
		URL:           Endpoint + n.ids(n.withoutBase(TargetOf(x.URL))),
		RequestHeader: n.headers(x.RequestHeader, n.text), RequestBody: n.body(x.RequestBody, n.ids),
		Status: x.Status, ResponseHeader: n.headers(x.ResponseHeader, n.text), ResponseBody: n.body(x.ResponseBody, n.text),
		Start: epoch.Add(x.Start.Sub(n.began)), Duration: x.Duration, Lost: x.Lost,
	}
	if x.Error != "" {
		made.Error = "no whole answer" // the error tells of ports and times
	}
	if x.RequestBody.Size == 0 && hasBody(x) {
		made.RequestHeader = append(made.RequestHeader, journal.Header{Name: "Content-Length", Value: "0"})
	}
	for _, v := range x.Violations {
		made.Violations = append(made.Violations, journal.Violation{
			Requirement: v.Requirement, Level: v.Level, Blame: v.Blame, In: v.In, Part: v.Part, Pointer: n.told(v.Pointer), Keyword: v.Keyword, Wanted: n.told(v.Wanted), Got: n.told(v.Got),
		})
	}
	return made
}

// hasBody says that an empty body was sent, which is not the same as none.
func hasBody(x *journal.Exchange) bool { return Sent(x, "Content-Length") == "0" }

func (n *naming) withoutBase(target string) string {
	return strings.TrimPrefix(target, n.record.BasePath)
}

func (n *naming) headers(lines []journal.Header, replaced func(string) string) []journal.Header {
	var kept []journal.Header
	for _, h := range lines {
		if !slices.ContainsFunc(dropped, func(name string) bool { return strings.EqualFold(name, h.Name) }) {
			kept = append(kept, journal.Header{Name: h.Name, Value: replaced(h.Value)})
		}
	}
	return kept
}

// body replaces what stands in a body. Of one that was not kept whole nothing is kept: it can neither be sent nor answered again.
func (n *naming) body(b journal.Body, replaced func(string) string) journal.Body {
	switch {
	case b.Truncated:
		return journal.Body{Size: b.Size, Truncated: true}
	case b.Text == "":
		return n.bytes(b, replaced)
	}
	made := b
	made.Text = replaced(b.Text)
	made.Size += int64(len(made.Text) - len(b.Text))
	return made
}

// bytes replaces what stands in a body that is no text: an id is found between bytes that are no characters as well.
func (n *naming) bytes(b journal.Body, replaced func(string) string) journal.Body {
	old, whole := b.Bytes()
	if !whole || len(old) == 0 {
		return b
	}
	young := replaced(string(old))
	if young == string(old) {
		return b
	}
	return journal.Body{Base64: base64.StdEncoding.EncodeToString([]byte(young)), Size: b.Size + int64(len(young)-len(old))}
}

// told is what the suite tells of an exchange or of a scenario, with nothing in it that the answers named: it quotes what it saw.
func (n *naming) told(s string) string {
	s = n.text(s)
	if s == "" {
		return s
	}
	if len(n.quoted) < len(n.names) {
		n.quoted = slices.SortedFunc(maps.Keys(n.names), func(a, b string) int { // the longer first: one may be a part of another
			return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
		})
	}
	for _, name := range n.quoted {
		s = strings.ReplaceAll(s, `"`+name+`"`, `"`+n.names[name]+`"`)
		if len(name) >= tellingName {
			s = strings.ReplaceAll(s, name, n.names[name])
		}
	}
	return s
}

// tellingName is the length from which a name is looked for also where it stands in no quotes: a shorter one may be a word.
const tellingName = 8
