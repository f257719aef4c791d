package contract

import (
	"net/http"
	"strings"
	"testing"
)

// What a schema says of an answer's header is held against its value, by both oracles, and once.
func TestHeadersOfAnswersAreHeldAgainstTheirSchemas(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/headers.yaml"})
	for _, k := range []struct {
		name   string
		header http.Header // beside the two that a good answer has
		want   string      // the violations; "": none
		known  string      // names of the differences on record
	}{
		{name: "those that may be left out are", header: nil},
		{name: "all in order", header: http.Header{
			"X-Count": {"1"}, "X-Share": {"0.5"}, "X-Sure": {"true"}, "X-Kind": {"slow"}, "X-Time": {"2026-01-02T03:04:05Z"}, "X-Size": {"9223372036854775807"},
			"X-Tags": {"a,b"}, "X-Numbers": {"1,2"}, "X-Pair": {"a,1,b,x"}, "X-Said": {"yes"}, "X-Free": {"?"}, "X-Undeclared": {"?"}}, known: "untyped-header"},
		{name: "pattern", header: http.Header{"X-Id": {"45"}}, want: `X-Id pattern | the header X-Id: a string that matches ^0123 | "45"`},
		{name: "empty", header: http.Header{"X-Id": {""}}, want: `X-Id minLength | the header X-Id: a string that is not empty | ""`},
		{name: "missing", header: http.Header{"X-Id": nil}, want: `X-Id required | the header X-Id | none`},
		{name: "type", header: http.Header{"X-Count": {"many"}}, want: `X-Count type | the header X-Count: an integer | "many"`},
		{name: "a fraction", header: http.Header{"X-Count": {"1.5"}}, want: `X-Count type | the header X-Count: an integer | "1.5"`},
		{name: "minimum", header: http.Header{"X-Count": {"0"}}, want: `X-Count minimum | the header X-Count: at least 1 | "0"`},
		{name: "maximum", header: http.Header{"X-Share": {"1.5"}}, want: `X-Share maximum | the header X-Share: at most 1 | "1.5"`},
		{name: "boolean", header: http.Header{"X-Sure": {"maybe"}}, want: `X-Sure type | the header X-Sure: a boolean | "maybe"`},
		{name: "enum", header: http.Header{"X-Kind": {"Fast"}}, want: `X-Kind enum | the header X-Kind: one of "fast", "slow" | "Fast"`},
		{name: "no time", header: http.Header{"X-Time": {"yesterday"}}, want: `X-Time format | the header X-Time: a string of the format date-time | "yesterday"`},
		{name: "no day of the calendar", header: http.Header{"X-Time": {"2026-02-30T00:00:00Z"}}, want: `X-Time format | the header X-Time: a string of the format date-time | "2026-02-30T00:00:00Z"`, known: "date-shape"},
		{name: "beyond int64", header: http.Header{"X-Size": {"9223372036854775808"}}, want: `X-Size format | the header X-Size: an integer of the format int64 | "9223372036854775808"`},
		{name: "a format that only annotates", header: http.Header{"X-Name": {"none"}}, known: "format-is-annotation"},
		{name: "through a reference", header: http.Header{"X-Said": {"nothing"}}, want: `X-Said maxLength | the header X-Said: a string of at most 3 characters | "nothing"`},

		{name: "several values with blanks", header: http.Header{"X-Tags": {"a, b ,c"}, "X-Numbers": {"1, 2"}}},
		{name: "several values on lines of their own", header: http.Header{"X-Tags": {"a", "b"}, "X-Numbers": {"1", "2,3"}}},
		{name: "a wrong one of several", header: http.Header{"X-Tags": {"a,d"}}, want: `X-Tags enum | each value of the header X-Tags: one of "a", "b", "c" | "a,d"`},
		{name: "a wrong one on a line of its own", header: http.Header{"X-Tags": {"a", "d"}}, want: `X-Tags enum | each value of the header X-Tags: one of "a", "b", "c" | "a, d"`},
		{name: "too many on several lines", header: http.Header{"X-Tags": {"a,b", "c,a"}}, want: `X-Tags maxItems`},
		{name: "one of several of the wrong type", header: http.Header{"X-Numbers": {"1,x"}}, want: `X-Numbers type | each value of the header X-Numbers: an integer | "1,x"`},
		{name: "a single value twice", header: http.Header{"X-Kind": {"fast", "fast"}}, want: `X-Kind enum | the header X-Kind: one of "fast", "slow" | "fast, fast"`},
		{name: "a wrong one after a right one", header: http.Header{"X-Id": {"0123", "45"}, "X-Count": {"1", "2"}}, want: `X-Count type | the header X-Count: an integer | "1, 2"`},
		{name: "a member missing", header: http.Header{"X-Pair": {"b,x"}}, want: `X-Pair required`},
		{name: "a member of the wrong type", header: http.Header{"X-Pair": {"a,x"}}, want: `X-Pair type`},

		{name: "two headers at once", header: http.Header{"X-Count": {"0"}, "X-Kind": {"x"}, "X-Sure": {"maybe"}}, want: "X-Count minimum\nX-Kind enum\nX-Sure type"},
	} {
		t.Run(k.name, func(t *testing.T) {
			for _, body := range []struct{ text, broken string }{{`{"id":"x"}`, ""}, {`{"id":1}`, "/id type"}, {`{"id":"x"}`, ""}} { // the last one is remembered as clean
				m := &Message{Method: http.MethodGet, Path: "/things", Status: http.StatusOK, ResponseBody: []byte(body.text),
					ResponseHeader: http.Header{"Content-Type": {"application/json"}, "X-Id": {"0123456789abcdef"}}}
				for name, values := range k.header {
					if values == nil {
						m.ResponseHeader.Del(name)
						continue
					}
					m.ResponseHeader[name] = values
				}
				want, got := []string{}, []string{}
				if body.broken != "" {
					want = append(want, body.broken)
				}
				if k.want != "" {
					want = append(want, strings.Split(k.want, "\n")...)
				}
				j := c.Judge(t.Context(), m)
				for _, v := range j.Response {
					text := v.Pointer + " " + v.Keyword
					if len(want) > len(got) && strings.Contains(want[len(got)], "|") {
						text += " | " + v.Wanted + " | " + v.Got
					}
					if v.Requirement != "RSZ-RSP-001" || !strings.HasPrefix(v.SpecLine, "testdata/headers.yaml:") || v.Wanted == "" || v.Got == "" {
						t.Errorf("a violation that says too little: %+v", v)
					}
					got = append(got, text)
				}
				if strings.Join(got, "\n") != strings.Join(want, "\n") {
					t.Errorf("with the body %s got\n%s\nwant\n%s", body.text, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				var known []string
				for _, d := range j.Disagreements {
					if d.Known == "" {
						t.Errorf("an unknown difference: %+v", d)
					}
					known = append(known, d.Known)
				}
				if got := strings.Join(known, ","); got != k.known {
					t.Errorf("known differences %q, want %q", got, k.known)
				}
			}
		})
	}
}
