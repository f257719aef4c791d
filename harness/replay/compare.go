package replay

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// Difference is one point in which two answers to the same request differ. Messages, ids and times never do: only whether they are there, and in which form.
type Difference struct {
	Part    string `json:"part"`              // status, code, header, body
	Pointer string `json:"pointer,omitempty"` // JSON pointer into the body, or the name of a header
	Wanted  string `json:"wanted"`            // what the record has
	Got     string `json:"got"`
}

func (d Difference) String() string {
	where := d.Part
	if d.Pointer != "" {
		where += " " + d.Pointer
	}
	return fmt.Sprintf("%s: wanted %s, got %s", where, d.Wanted, d.Got)
}

// Compare says in what the answer to a recorded request differs from the recorded one; translate puts what the target has in place of what the record had.
// It is empty for what did not come to its end in the record or now and was still under way: how far it had come is a matter of moments.
func Compare(then, now *journal.Exchange, translate func(string) string) []Difference {
	return compare(then, now, translate, false)
}

// compare is Compare; lenient says that something else was under way that shows in the answer.
func compare(then, now *journal.Exchange, translate func(string) string, lenient bool) []Difference {
	if then.Status == 0 {
		return nil // it was given up before it was answered: there is nothing to compare with
	}
	if then.Status != now.Status {
		return []Difference{{Part: "status", Wanted: statusAndCode(then), Got: statusAndCode(now)}}
	}
	old, _ := then.ResponseBody.Bytes()
	young, _ := now.ResponseBody.Bytes()
	a, b := recording.ParseDocument([]byte(translate(string(old)))), recording.ParseDocument(young)
	lenient = lenient || passing(then, a) || passing(now, b)
	var found []Difference
	if a, b := codesOf(old), codesOf(young); a != b && !lenient {
		found = append(found, Difference{Part: "code", Wanted: orNone(a), Got: orNone(b)})
	}
	found = append(found, headers(then, now)...)
	if then.ResponseBody.Truncated || now.ResponseBody.Truncated {
		return found
	}
	switch {
	case a.Present() != b.Present():
		return append(found, Difference{Part: "body", Wanted: bodyKind(old, a), Got: bodyKind(young, b)})
	case !a.Present():
		if (len(old) == 0) != (len(young) == 0) {
			found = append(found, Difference{Part: "body", Wanted: bodyKind(old, a), Got: bodyKind(young, b)})
		}
		return found
	}
	c := comparing{lenient: lenient, coded: slices.ContainsFunc(found, func(d Difference) bool { return d.Part == "code" })}
	c.values("", "", a.Value(), b.Value())
	return append(found, c.found...)
}

// passing says that an answer shows something that is under way.
func passing(x *journal.Exchange, doc recording.Node) bool {
	switch {
	case x.Status != 200:
		return false
	case x.Operation == "showJob":
		return jobPassing(doc.At("status").Text())
	case x.Operation == "showServer":
		return serverPassing(doc)
	}
	return false
}

func statusAndCode(x *journal.Exchange) string {
	if x.Status == 0 {
		return "no answer"
	}
	body, _ := x.ResponseBody.Bytes()
	return strings.TrimSpace(fmt.Sprintf("%d %s", x.Status, codesOf(body)))
}

func codesOf(body []byte) string { return strings.Join(contract.ErrorCodes(body), " ") }

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func bodyKind(body []byte, doc recording.Node) string {
	switch {
	case doc.Present():
		return "JSON"
	case len(body) == 0:
		return "no body"
	}
	return fmt.Sprintf("%d bytes that are no JSON", len(body))
}

// headers compares those that clients go by: the media type, and whether there is a request id, a time to come back at, a place to go to.
func headers(then, now *journal.Exchange) (found []Difference) {
	media := func(x *journal.Exchange) string {
		kind, _, _ := strings.Cut(strings.ToLower(recording.Answered(x, "Content-Type")), ";")
		return strings.TrimSpace(kind)
	}
	if a, b := media(then), media(now); a != b {
		found = append(found, Difference{"header", "Content-Type", orNone(a), orNone(b)})
	}
	for _, name := range []string{"X-Request-Id", "Retry-After", "Location"} {
		a, b := recording.Answered(then, name), recording.Answered(now, name)
		if (a == "") != (b == "") {
			found = append(found, Difference{"header", name, presence(a), presence(b)})
		}
	}
	return found
}

func presence(value string) string {
	if value == "" {
		return "none"
	}
	return "one"
}

// comparing goes through two documents at the same time.
type comparing struct {
	lenient bool // how far something has come does not count
	coded   bool // that the codes differ was told, and is not told again
	found   []Difference
}

// words are the members whose value is one of few, by which clients decide; anything else that is a text is compared by its form.
var words = map[string]bool{
	"status": true, "vm_state": true, "task_state": true, "OS-EXT-STS:vm_state": true, "OS-EXT-STS:task_state": true, "OS-EXT-STS:power_state": true,
	"job_type": true, "error_code": true, "code": true, "charging_mode": true, "locked": true, "sub_jobs_total": true, "op_status": true,
	"cond:operation:status": true, "os_type": true, "OS-DCF:diskConfig": true, "progress": true,
}

// moving are the members that show how far something has come.
var moving = map[string]bool{
	"status": true, "OS-EXT-STS:vm_state": true, "OS-EXT-STS:task_state": true, "OS-EXT-STS:power_state": true, "end_time": true, "updated": true, "sub_jobs_total": true,
	"sub_jobs": true, "flavor": true, "progress": true, "fault": true, "OS-SRV-USG:launched_at": true, "OS-SRV-USG:terminated_at": true, "error_code": true, "fail_reason": true, "metadata": true, "entities": true,
}

// identified are members whose value has to be the one that stands in for the recorded one.
var identified = map[string]bool{"job_id": true, "server_id": true, "order_id": true, "serverIds": true, "tenant_id": true}

// most differences of one answer that are told.
const most = 20

func (c *comparing) differ(pointer, wanted, got string) {
	if len(c.found) < most {
		c.found = append(c.found, Difference{"body", pointer, wanted, got})
	}
}

func (c *comparing) values(pointer, member string, old, young any) {
	if c.lenient && moving[member] {
		return
	}
	if kindOf(old) != kindOf(young) {
		c.differ(pointer, shown(old), shown(young))
		return
	}
	switch o := old.(type) {
	case map[string]any:
		c.objects(pointer, o, young.(map[string]any))
	case []any:
		c.lists(pointer, member, o, young.([]any))
	case string:
		c.texts(pointer, member, o, young.(string))
	case bool:
		if o != young.(bool) {
			c.differ(pointer, shown(old), shown(young))
		}
	case json.Number:
		if words[member] && o != young.(json.Number) {
			c.differ(pointer, shown(old), shown(young))
		}
	}
}

func (c *comparing) objects(pointer string, old, young map[string]any) {
	// The keys of some objects are ids: then the first of them stands for all.
	if keyed(old) && keyed(young) {
		for _, a := range slices.Sorted(maps.Keys(old)) {
			for _, b := range slices.Sorted(maps.Keys(young)) {
				c.values(pointer+"/"+a, "", old[a], young[b])
				return
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		to := pointer + "/" + escape(name)
		if c.lenient && moving[name] || ofOnesOwn(pointer, name) {
			continue
		}
		value, has := young[name]
		if !has {
			c.differ(to, shown(old[name]), "no such member")
			continue
		}
		c.values(to, name, old[name], value)
	}
	for _, name := range slices.Sorted(maps.Keys(young)) {
		if _, had := old[name]; !had && !(c.lenient && moving[name]) && !ofOnesOwn(pointer, name) {
			c.differ(pointer+"/"+escape(name), "no such member", shown(young[name]))
		}
	}
}

// ofOnesOwn says that a member is metadata that somebody gave a server: another server has other.
func ofOnesOwn(pointer, name string) bool {
	return strings.HasSuffix(pointer, "/metadata") && !recording.DocumentedMetadata(name)
}

// furniture are lists of what somebody has given a server; the server that stands in for it has other.
var furniture = map[string]bool{"tags": true, "sys_tags": true, "security_groups": true, "os-extended-volumes:volumes_attached": true}

// lists compares each element with the one in the same place; where there are more of them or fewer, that is told, unless it is a catalogue, which is a target's own, or what
// a server is furnished with.
func (c *comparing) lists(pointer, member string, old, young []any) {
	if furniture[member] || strings.Contains(pointer, "/addresses/") {
		if len(old) > 0 && len(young) > 0 {
			c.values(pointer+"/0", member, old[0], young[0])
		}
		return
	}
	if len(old) == 0 != (len(young) == 0) || len(old) != len(young) && member != "flavors" && member != "servers" {
		c.differ(pointer, fmt.Sprintf("a list of %d", len(old)), fmt.Sprintf("a list of %d", len(young)))
		return
	}
	for i := range min(len(old), len(young)) {
		c.values(fmt.Sprintf("%s/%d", pointer, i), member, old[i], young[i])
	}
}

func (c *comparing) texts(pointer, member, old, young string) {
	switch {
	case c.coded && (member == "code" || member == "error_code"):
	case words[member], identified[member], strings.HasSuffix(pointer, "/flavor/id"), strings.HasSuffix(pointer, "/flavor/name"):
		if old != young && !(member == "fail_reason") {
			c.differ(pointer, shown(old), shown(young))
		}
	case member == "message", member == "error_msg", member == "fail_reason", member == "description":
		if (old == "") != (young == "") {
			c.differ(pointer, shown(old), shown(young))
		}
	default:
		if form(old) != form(young) {
			c.differ(pointer, shown(old)+", which is "+form(old), shown(young)+", which is "+form(young))
		}
	}
}
