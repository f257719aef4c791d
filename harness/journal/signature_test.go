package journal_test

import (
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

// What differs from run to run is no part of a way; what tells one failure from another is.
func TestConstant(t *testing.T) {
	for _, same := range [][2]string{
		{"job ff80805e01645bf7e07a629dbf6418c9 to end", "job ff8080371c9e7665c6604723def22ac0 to end"},
		{"server 616fb98f-46ca-475e-917e-2563e5a8cd19 is gone", "server 4f2c6f0a-9d3b-4e5a-8b1c-0a1b2c3d4e5f is gone"},
		{"GET http://127.0.0.1:33657/v1/jobs: 404", "GET https://ecs.eu-de.example.com/v1/jobs: 404"},
		{"dial tcp 127.0.0.1:4711: connect: connection refused", "dial tcp [::1]:80: connect: connection refused"},
		{"begin_time 2026-11-28T23:54:01.123Z", "begin_time 2026-12-01T00:00:00Z"},
		{"signed at 20261128T235401Z", "signed at 20261201T000000Z"},
		{"Date Mon, 23 Nov 2026 08:05:33 GMT", "Date Sun, 29 Nov 2026 00:00:00 GMT"},
		{"read tcp 127.0.0.1:50312->127.0.0.1:443: read: connection reset by peer", "unexpected EOF"},
		{`more after it: "{\"order_id\":\"CS2611290036BH3ECN0B\"}"`, `more after it: "{\"order_id\":\"CS26112900360P8RE679\"}"`},
		{"200 with 45 bytes of text/html", "200 with 1 byte of text/html"},
		{"wanted x (spec/openapi.yaml:789)", "wanted x (spec/openapi.yaml:801)"},
		{
			"waited 401ms for job ff80802b1d6e8a14efdb8ac84f2aa56c to end; last seen RUNNING since 22ms into the wait, 3 polls; GET http://127.0.0.1:33657/v1/p/jobs/x: waited 16.1ms for the first byte of the answer; nothing had come: the time is up; the limit is 400ms (Timeouts.Job)",
			"waited 1m2.5s for job ff80805e33ea123e342dbe4bbb0986a6 to end; last seen RUNNING since 95ms into the wait (before: INIT), 7 polls; the limit is 10m0s (Timeouts.Job)",
		},
	} {
		if a, b := journal.Constant(same[0]), journal.Constant(same[1]); a != b {
			t.Errorf("%q and %q are one failure; got\n%s\n%s", same[0], same[1], a, b)
		}
	}
	for _, other := range [][2]string{
		{"400 Ecs.0005", "400 Ecs.0029"}, {"404 Ecs.0114", "403 Ecs.0114"}, {"last seen RUNNING", "last seen INIT"}, {"the number 2", "the number 4"},
		{`"s3.large.2"`, `"s3.large.4"`}, {"500 with an empty body", "500 with 12 bytes of text/html"}, {"connection refused", "unexpected EOF"},
	} {
		if a := journal.Constant(other[0]); a == journal.Constant(other[1]) {
			t.Errorf("%q and %q are two failures; both give %q", other[0], other[1], a)
		}
	}
}

func TestConstantIsStable(t *testing.T) {
	for _, text := range []string{"job ff80805e01645bf7e07a629dbf6418c9, 3 polls at 127.0.0.1:80 in 3ms", "exchange 12 of 2026-11-28T23:54:01Z"} {
		if once := journal.Constant(text); journal.Constant(once) != once {
			t.Errorf("%q becomes %q, and that %q", text, once, journal.Constant(once))
		}
	}
}

func TestWay(t *testing.T) {
	if a, b := journal.Way("/flavors/3/id", "x", "y"), journal.Way("/flavors/11/id", "x", "y"); a != b || a != "/flavors/*/id: wanted x; got y" {
		t.Errorf("got %q and %q", a, b)
	}
	if way := journal.Way("", strings.Repeat("ä", 900), "y"); len(way) > 410 || strings.ContainsRune(way, '\uFFFD') {
		t.Errorf("a way of %d bytes: %q", len(way), way)
	}
}

func TestSigned(t *testing.T) {
	finding := &journal.Finding{Pointer: "/status", Wanted: "SUCCESS", Got: "FAIL"}
	for name, tt := range map[string]struct {
		row  journal.Result
		want []string
	}{
		"finding":               {journal.Result{Verdict: journal.Fail, Kind: journal.KindScenario, Finding: finding}, []string{"/status: wanted SUCCESS; got FAIL"}},
		"warning":               {journal.Result{Verdict: journal.Warn, Kind: journal.KindScenario, Finding: finding}, []string{"/status: wanted SUCCESS; got FAIL"}},
		"a way of its own":      {journal.Result{Verdict: journal.Fail, Finding: &journal.Finding{Wanted: "a", Got: "b", Way: "c"}}, []string{"c"}},
		"several, sorted, once": {journal.Result{Verdict: journal.Fail, Kind: journal.KindSchema, Finding: finding, Signature: []string{"b", "a", "b"}}, []string{"a", "b"}},
		"not testable":          {journal.Result{Verdict: journal.NotTestable, Reason: "no server is to be had within 10s"}, []string{"not testable: no server is to be had within <duration>"}},
		"pass":                  {journal.Result{Verdict: journal.Pass, Signature: []string{"a"}}, nil},
		"blocked":               {journal.Result{Verdict: journal.Blocked, Finding: finding}, nil},
		"harness error":         {journal.Result{Verdict: journal.HarnessError, Finding: finding}, nil},
		"cleanup":               {journal.Result{Verdict: journal.Fail, Kind: journal.KindCleanup, Finding: finding}, nil},
	} {
		if got := tt.row.Signed().Signature; !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
