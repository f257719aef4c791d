package contract

import (
	"maps"
	"strings"
)

// inOneLine gives an answer each described header of which stands on one line. Several lines of one name are one value, joined by commas (RFC 9110, section 5.3); of
// the oracles, one reads only the first line of a single value, and the other takes each line of a list for a whole one.
func inOneLine(m *Message, declared *response) *Message {
	if declared == nil {
		return m
	}
	joined := m
	for _, name := range declared.headers {
		values := m.ResponseHeader[name]
		if len(values) < 2 || name == headerContentType {
			continue
		}
		if joined == m {
			whole := *m
			whole.ResponseHeader = maps.Clone(m.ResponseHeader)
			joined = &whole
		}
		joined.ResponseHeader[name] = []string{strings.Join(values, ", ")}
	}
	return joined
}
