package contract

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// ErrorCode extracts code and message from any of the known error envelopes; ok is false when either is missing or empty.
//
// The envelopes: {"error":{code,message}} with or without details (ECS), {error_code,error_msg} (API gateway), {code,message} (job query),
// an integer code (IAM), and any of these inside one more object. Of an answer with details the outer code is returned; ErrorCodes gives
// all. A top-level error_code is looked for first, then code, then the nested objects: the order in which the vendor's own SDKs look.
func ErrorCode(body []byte) (code, message string, ok bool) {
	if !mayCarryCode(body) {
		return "", "", false
	}
	members, readable := readObject(body)
	if !readable {
		return "", "", false
	}
	return findCode(members, 0)
}

// ErrorCodes gives every code that an error body carries: the outer one first, then those of its details, of a batch's internalError, and of an
// error that another service wrote as JSON into the message. Each once.
func ErrorCodes(body []byte) []string {
	if !mayCarryCode(body) {
		return nil
	}
	members, readable := readObject(body)
	if !readable {
		return nil
	}
	var out []string
	if code, _, ok := findCode(members, 0); ok {
		out = append(out, code)
	}
	return gatherCodes(members, out, 0)
}

// mayCarryCode says whether a body that may be long, as lists are, is worth taking apart: in every envelope the name of the member ends in "code", of which any
// character can also be written by its number.
func mayCarryCode(body []byte) bool {
	return bytes.Contains(body, []byte("code")) || bytes.Contains(body, []byte(`\u`))
}

// maxEnvelopeDepth bounds the search: no known envelope is nested deeper than JSON in a string in an error in an object.
const maxEnvelopeDepth = 6

// member keeps the order of an object's members, so that of several nested errors always the same one is found.
type member struct {
	name  string
	value json.RawMessage
}

func readObject(data []byte) ([]member, bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	open, err := dec.Token()
	if err != nil || open != json.Delim('{') {
		return nil, false
	}
	var out []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, false
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, false
		}
		key, _ := name.(string)
		out = append(out, member{key, value})
	}
	return out, true
}

func findCode(members []member, depth int) (code, message string, ok bool) {
	pairsOfNames := [][2][]string{
		{{"error_code"}, {"error_msg", "error_message"}},
		{{"code"}, {"message"}},
	}
	for _, names := range pairsOfNames {
		code, message = scalar(members, names[0]...), scalar(members, names[1]...)
		if code != "" && message != "" {
			return code, message, true
		}
	}
	if depth >= maxEnvelopeDepth {
		return "", "", false
	}
	for _, m := range members {
		if nested, isObject := readObject(m.value); isObject {
			if code, message, ok = findCode(nested, depth+1); ok {
				return code, message, true
			}
		}
	}
	return "", "", false
}

// scalar is the text of the first member of these names that is a string or a number and says something.
func scalar(members []member, names ...string) string {
	for _, m := range members {
		if !slices.Contains(names, m.name) {
			continue
		}
		var s string
		if json.Unmarshal(m.value, &s) == nil {
			if s = strings.TrimSpace(s); s != "" {
				return s
			}
			continue
		}
		var n json.Number
		if json.Unmarshal(m.value, &n) == nil && n != "" {
			return n.String()
		}
	}
	return ""
}

func gatherCodes(members []member, out []string, depth int) []string {
	if depth > maxEnvelopeDepth {
		return out
	}
	for _, m := range members {
		value := bytes.TrimSpace(m.value)
		if len(value) == 0 {
			continue
		}
		switch value[0] {
		case '{':
			if nested, ok := readObject(value); ok {
				out = gatherCodes(nested, out, depth+1)
			}
		case '[':
			var list []json.RawMessage
			if json.Unmarshal(value, &list) == nil {
				for _, item := range list {
					if nested, ok := readObject(item); ok {
						out = gatherCodes(nested, out, depth+1)
					}
				}
			}
		case '"':
			var s string
			if json.Unmarshal(value, &s) != nil {
				continue
			}
			if m.name == "code" || m.name == "error_code" {
				out = appendNew(out, strings.TrimSpace(s))
			} else if nested, ok := readObject([]byte(s)); ok {
				out = gatherCodes(nested, out, depth+1)
			}
		default:
			if m.name == "code" || m.name == "error_code" {
				out = appendNew(out, scalar([]member{m}, m.name))
			}
		}
	}
	return out
}

func appendNew(out []string, code string) []string {
	if code == "" || code == "null" || slices.Contains(out, code) {
		return out
	}
	return append(out, code)
}
