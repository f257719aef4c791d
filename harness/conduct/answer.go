package conduct

import (
	"bytes"
	"encoding/json"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// answer is a whole answer of the operation that was called.
type answer struct {
	*exchange.Exchange
	object members // of its body; nil when that is anything but one JSON object that everybody reads alike
}

// settled is the answer that a client goes by: the last one of the operation that was called. It is nil when that one did not come whole, or when the requests of the
// operation overlap, so that nobody can say which one counts.
func settled(c Call) *answer {
	var last *exchange.Exchange
	for _, e := range c.Sent {
		if e.Judgement.Operation != contractName(c.Asked.Operation) {
			continue
		}
		if last != nil && last.Start.Add(last.Duration).After(e.Start) {
			return nil
		}
		last = e
	}
	if last == nil || last.Err != nil || last.Truncated || last.Status < 200 {
		return nil
	}
	a := &answer{Exchange: last}
	if utf8.Valid(last.Body) {
		a.object = object(last.Body)
	}
	return a
}

// contractName is the operationId of what was asked for.
func contractName(o driver.Operation) string {
	switch o {
	case driver.StartServers, driver.StopServers:
		return "batchStartOrStopServers"
	case driver.WaitForJob:
		return string(driver.ShowJob)
	}
	return string(o)
}

// followed says whether the client looked at a job of its own accord: it then need not tell its user by what to follow it.
func followed(c Call) bool {
	return slices.ContainsFunc(c.Sent, func(e *exchange.Exchange) bool { return e.Judgement.Operation == string(driver.ShowJob) })
}

// isPage says whether the answer is a page of HTML, by its media type and by how it begins.
func (a *answer) isPage() bool {
	media, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	return err == nil && media == "text/html" && bytes.HasPrefix(bytes.TrimSpace(a.Body), []byte("<"))
}

// hasFault says whether the answer is an error in the envelope of the service or of the gateway, and nothing else.
func (a *answer) hasFault() bool {
	for _, id := range []string{"job_id", "order_id"} {
		if _, there := a.object[id]; there {
			return false
		}
	}
	inner := object(a.object["error"])
	code, message := inner.text("code"), inner.text("message")
	if inner == nil {
		code, message = a.object.text("error_code"), a.object.text("error_msg")
	}
	return code != "" && message != ""
}

// isEmpty says whether the body is nothing, null or an object without members.
func (a *answer) isEmpty() bool {
	body := bytes.TrimSpace(a.Body)
	return len(body) == 0 || string(body) == "null" || a.object != nil && len(a.object) == 0
}

// members are those of a JSON object, as text.
type members map[string]json.RawMessage

// object reads an object. It is nil when the text is none, or has a member twice, of which some read the first and some the last.
func object(text []byte) members {
	dec := json.NewDecoder(bytes.NewReader(text))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	out := members{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return nil
		}
		key, _ := name.(string)
		if _, twice := out[key]; twice {
			return nil
		}
		out[key] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil
	}
	if len(bytes.TrimSpace(text[dec.InputOffset():])) > 0 {
		return nil
	}
	return out
}

// text is a member that is a string which every reader reads alike; "" when there is none.
func (m members) text(name string) string {
	var s string
	if raw, there := m[name]; !there || json.Unmarshal(raw, &s) != nil || strings.ContainsRune(s, utf8.RuneError) {
		return ""
	}
	return s
}

// list is a member that is an array; ok tells an empty one from none.
func (m members) list(name string) (items []json.RawMessage, ok bool) {
	raw, there := m[name]
	if !there || json.Unmarshal(raw, &items) != nil {
		return nil, false
	}
	return items, items != nil
}
