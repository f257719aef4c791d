package coverage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/coverage"
	"resize-conformance/harness/journal"
)

// Every kind of element, exercised by exchanges that do and do not show it. A mark is how the element came out:
// "" not exercised, + positively, - negatively, +- both.
func TestWhatExchangesExercise(t *testing.T) {
	good := func(change ...func(*journal.Exchange)) *journal.Exchange { return exchangeOf(`{"size":3}`, change...) }
	for _, c := range []struct {
		name string
		x    *journal.Exchange
		want map[string]string // element: mark
	}{
		{"an accepted request keeps what it has, and an answer what it shows", good(), map[string]string{
			"changeBox":                                          "+",
			"changeBox request path id":                          "+",
			"changeBox request path id minLength":                "+",
			"changeBox request query limit":                      "",
			"changeBox request header X-Need":                    "+",
			"changeBox request header X-Need required":           "+",
			"changeBox request header X-Need pattern":            "+",
			"changeBox request media-type application/json":      "+",
			"changeBox request /size":                            "+",
			"changeBox request /size required":                   "+",
			"changeBox request /size minimum":                    "+",
			"changeBox request /colour":                          "",
			"changeBox response 200":                             "+",
			"changeBox response 404":                             "",
			"changeBox response 200 header X-Request-Id":         "+",
			"changeBox response 200 media-type application/json": "+",
			"Box response /id required":                          "+",
			"Box response /id minLength":                         "+",
			"Box response /note":                                 "",
			"Box response /tags":                                 "",
			"Error response /":                                   "",
		}},
		{"a refused request keeps nothing", good(answered(404, `{"code":1}`)), map[string]string{
			"changeBox":                      "",
			"changeBox request /size":        "",
			"changeBox response 404":         "+",
			"Error response / anyOf 1":       "+",
			"Error response / anyOf 2":       "",
			"Error response Coded /code":     "+",
			"Error response Bare /message":   "",
			"changeBox request path id type": "",
		}},
		{"an answer that breaks the contract shows nothing, the request still does", good(violated("response", "body", "/id", "required")), map[string]string{
			"changeBox":                  "+",
			"changeBox request /size":    "+",
			"changeBox response 200":     "",
			"Box response /":             "",
			"Box response /id minLength": "",
		}},
		{"what is undeclared is no fault", good(func(x *journal.Exchange) {
			x.Violations = []journal.Violation{{In: "response", Part: "body", Pointer: "/more", Oracles: []string{"undeclared"}}}
		}), map[string]string{"changeBox response 200": "+"}},
		{"no answer shows nothing", good(func(x *journal.Exchange) { x.Status, x.Error = 0, "connection reset" }), map[string]string{"changeBox": "", "changeBox request /size": ""}},
		{"a broken answer shows nothing", good(func(x *journal.Exchange) { x.Error = "unexpected EOF" }), map[string]string{"changeBox": "", "changeBox response 200": ""}},
		{"another operation's exchange", good(func(x *journal.Exchange) { x.Operation = "other" }), map[string]string{"changeBox": ""}},
		{"a body that is not whole shows none of its members", good(func(x *journal.Exchange) { x.ResponseBody.Truncated = true }), map[string]string{
			"changeBox response 200": "+", "changeBox response 200 media-type application/json": "", "Box response /id": "",
		}},
		{"a parameter of the query is read as what it is", good(func(x *journal.Exchange) { x.URL += "?limit=7" }), map[string]string{
			"changeBox request query limit": "+", "changeBox request query limit type": "+", "changeBox request query limit minimum": "+",
		}},
		{"values of an enum count one by one", exchangeOf(`{"size":3,"colour":"red"}`), map[string]string{
			"changeBox request /colour enum": "+", `changeBox request /colour enum "red"`: "+", `changeBox request /colour enum "grey"`: "",
		}},
		{"items, additional members and null", exchangeOf(`{"size":3,"lids":[{"id":"a"}]}`, answered(200, `{"id":"b","note":null,"tags":{"k":"v"}}`)), map[string]string{
			"changeBox request /lids":               "+",
			"changeBox request /lids/* type":        "+",
			"changeBox request /lids/*/id":          "+",
			"changeBox request /lids/*/id required": "+",
			"Box response /note":                    "+", // null is a value that it may have
			"Box response /note type":               "",  // but says nothing of its type
			"Box response /tags/*":                  "+",
			"Box response /tags/* type":             "+",
		}},
		{"alternatives count one by one, with what is within the one that fits", exchangeOf(`{"size":3,"shape":{"round":true}}`), map[string]string{
			"changeBox request /shape oneOf 1": "+", "changeBox request /shape oneOf 2": "", "changeBox request oneOf 1 /shape/round": "+", "changeBox request oneOf 2 /shape/square": "",
		}},

		{"a request that breaks one constraint", exchangeOf(`{"size":0}`, answered(404, `{"code":1}`), violated("request", "body", "/size", "minimum")), map[string]string{
			"changeBox request /size minimum": "-", "changeBox request /size maximum": "", "changeBox request /size": "", "changeBox": "",
		}},
		{"it counts although it was accepted: what it is answered is for others to judge", exchangeOf(`{"size":0}`, violated("request", "body", "/size", "minimum")), map[string]string{
			"changeBox request /size minimum": "-", "changeBox": "", "changeBox response 200": "+",
		}},
		{"a request that breaks two things shows neither", exchangeOf(`{"size":0}`, violated("request", "body", "/size", "minimum"), violated("request", "header", "X-Need", "pattern")), map[string]string{
			"changeBox request /size minimum": "", "changeBox request header X-Need pattern": "",
		}},
		{"a header and a parameter", exchangeOf(`{"size":1}`, violated("request", "header", "X-Need", "pattern")), map[string]string{"changeBox request header X-Need pattern": "-"}},
		{"a parameter of the query", exchangeOf(`{"size":1}`, violated("request", "query", "limit", "minimum")), map[string]string{"changeBox request query limit minimum": "-"}},
		{"a mandatory header that is missing", exchangeOf(`{"size":1}`, violated("request", "header", "X-Need", "required")), map[string]string{"changeBox request header X-Need required": "-"}},
		{"another media type", exchangeOf(`{"size":1}`, violated("request", "media-type", "", "")), map[string]string{"changeBox request media-type application/json": "-"}},
		{"a constraint on items", exchangeOf(`{"size":1,"lids":[{}]}`, violated("request", "body", "/lids/0/id", "required")), map[string]string{"changeBox request /lids/*/id required": "-"}},
		{"null where an object is wanted is another type", exchangeOf(`null`, violated("request", "body", "", "null-body")), map[string]string{"changeBox request / type": "-"}},
		{"no alternative fits, and the one that was meant says why", exchangeOf(`{"size":1,"shape":{"round":3}}`, violated("request", "body", "/shape", "oneOf")), map[string]string{
			"changeBox request /shape oneOf 1": "-", "changeBox request /shape oneOf 2": "-", "changeBox request oneOf 1 /shape/round type": "-", "changeBox request oneOf 2 /shape/square type": "",
		}},
		{"within an alternative another type is no value of the enum either", exchangeOf(`{"size":1,"shape":{"square":3}}`, violated("request", "body", "/shape", "oneOf")), map[string]string{
			"changeBox request oneOf 2 /shape/square enum": "-", "changeBox request oneOf 2 /shape/square type": "-",
		}},
		{"and a value that is not in it can be of the right type", exchangeOf(`{"size":1,"shape":{"square":"small"}}`, violated("request", "body", "/shape", "oneOf")), map[string]string{
			"changeBox request oneOf 2 /shape/square enum": "-", "changeBox request oneOf 2 /shape/square type": "",
		}},
		{"what is no object is of no alternative's type", exchangeOf(`{"size":1,"shape":3}`, violated("request", "body", "/shape", "oneOf")), map[string]string{
			"changeBox request /shape oneOf 1": "-", "changeBox request oneOf 1 /shape type": "-", "changeBox request oneOf 2 /shape type": "-", "changeBox request oneOf 1 /shape/round type": "",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := of(t, runOf(c.x))
			for name, want := range c.want {
				e := element(t, found, name)
				got := ""
				if e.Positive > 0 {
					got = "+"
				}
				if e.Negative > 0 {
					got += "-"
				}
				if got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

// Requirements are exercised by verdicts that the server has earned.
func TestVerdictsExerciseRequirements(t *testing.T) {
	for verdict, want := range map[journal.Verdict]bool{
		journal.Pass: true, journal.Fail: true, journal.Warn: true, journal.XFail: true, journal.XPass: true,
		journal.NotApplicable: false, journal.NotTestable: false, journal.Blocked: false, journal.HarnessError: false,
	} {
		run := runOf()
		run.Results = []journal.Result{{Requirement: "RSZ-BODY-001", Kind: journal.KindScenario, Verdict: verdict}}
		if got := element(t, of(t, run), "RSZ-BODY-001").Positive > 0; got != want {
			t.Errorf("%s exercises: %v, want %v", verdict, got, want)
		}
		run.Results[0].Kind = journal.KindCleanup
		if element(t, of(t, run), "RSZ-BODY-001").Positive > 0 {
			t.Errorf("giving servers back, %s, exercises a requirement", verdict)
		}
	}
}

// What is required of clients is to be exercised once a client is put to the test, and not before.
func TestRequirementsOnClients(t *testing.T) {
	run := runOf()
	if e := element(t, of(t, run), "RSZ-BODY-004"); !strings.Contains(e.Reason, "--client") {
		t.Errorf("no client was put to the test: reason %q", e.Reason)
	}
	run.Start.ClientUnderTest = true
	if e := element(t, of(t, runOf(), run), "RSZ-BODY-004"); !e.Eligible() || e.Missing() != "positive" {
		t.Errorf("a client was put to the test: eligible %v, missing %q", e.Eligible(), e.Missing())
	}
}

// An answer that was given in the server's place shows nothing of the server.
func TestSubstitutesExerciseNothing(t *testing.T) {
	x := exchangeOf(`{"size":3,"label":"a"}`)
	x.Substitute = "the suite"
	if e := element(t, of(t, runOf(x)), "changeBox response 200"); e.Positive != 0 {
		t.Errorf("exercised %d times, want never", e.Positive)
	}
}

// Each reason stands in the contract, reaches what it is for, and nothing else.
func TestReasons(t *testing.T) {
	found := of(t, runOf())
	for name, want := range map[string]string{
		"changeBox response 503":                             "Nothing overloads it.",
		"changeBox response 503 media-type application/json": "Nothing overloads it.",
		"changeBox response 404":                             "",
		"changeBox request header X-Old":                     "Nobody sends it any more.",
		"changeBox request header X-Need":                    "",
		"RSZ-BODY-003":                                       "No edition that is tested has it.",
		"RSZ-BODY-002":                                       "It cannot be seen.",
		"RSZ-BODY-001":                                       "",
		`changeBox request /colour enum "grey"`:              "Grey is sold out.",
		`changeBox request /colour enum "red"`:               "",
		"changeBox request /colour enum":                     "",
		"changeBox response 407":                             "No proxy stands in between.",
		"ProxyError response /who":                           "No proxy stands in between.", // a schema that only excused answers have
		"Error response Coded /code":                         "",                            // one that others have as well
		"changeBox request /label maxLength":                 "",
	} {
		if got := element(t, found, name).Reason; got != want {
			t.Errorf("%s: reason %q, want %q", name, got, want)
		}
	}
	long := element(t, found, "changeBox request /label maxLength")
	if long.NegativeReason != "A label that long does not fit through." {
		t.Errorf("%s: reason for not breaking it: %q", long, long.NegativeReason)
	}
	if long.Exercised() {
		t.Error("it need not be broken, but kept it must be")
	}
	found = of(t, runOf(exchangeOf(`{"size":3,"label":"a"}`)))
	if long = element(t, found, long.String()); !long.Exercised() || long.Missing() != "" {
		t.Errorf("%s is kept, and need not be broken; missing is %q", long, long.Missing())
	}
}

// An excuse that is not true any more, or that is for nothing, is told with its place.
func TestStaleReasons(t *testing.T) {
	found := of(t, runOf())
	if len(found.Stale) != 1 || !strings.Contains(found.Stale[0], "There is no ghost.") || !strings.Contains(found.Stale[0], "boxes.yaml:") {
		t.Errorf("stale %q; want the reason for what is not there, with its line", found.Stale)
	}
	found = of(t, runOf(exchangeOf(`{"size":3,"colour":"grey"}`)))
	if blue := of(t, runOf(exchangeOf(`{"size":3,"colour":"blue"}`))); len(blue.Stale) != 1 || element(t, blue, `changeBox request /colour enum "blue"`).Reason == "" {
		t.Errorf("stale %q; want nothing of blue, which is excused and may be exercised", blue.Stale)
	}
	if len(found.Stale) != 2 || !slices.ContainsFunc(found.Stale, func(s string) bool { return strings.Contains(s, `enum "grey"`) && strings.Contains(s, "exchange 1") }) {
		t.Errorf("stale %q; want grey, that was exercised after all by exchange 1", found.Stale)
	}
}

func TestReasonsThatAreNone(t *testing.T) {
	for bad, want := range map[string]string{
		`'503': Nothing overloads it.`:     `'503': ['a list']`,
		`X-Old: Nobody sends it any more.`: `X-Old: '  '`,
	} {
		source := strings.Replace(boxes(t), bad, want, 1)
		_, err := coverage.Of(t.Context(), load(t, source), run(t, load(t, source)))
		if err == nil || !strings.Contains(err.Error(), "x-not-exercised") {
			t.Errorf("%s: %v; want an error that names x-not-exercised", want, err)
		}
	}
}

func TestWrongJournals(t *testing.T) {
	c := load(t, boxes(t))
	if _, err := coverage.Of(t.Context(), c); !errors.Is(err, coverage.ErrNoRun) {
		t.Errorf("no run: %v", err)
	}
	other := run(t, c)
	other.Start.ContractHash = "0123456789abcdef"
	_, err := coverage.Of(t.Context(), c, run(t, c), other)
	if mismatch := new(coverage.MismatchError); !errors.As(err, &mismatch) || mismatch.Want != c.Hash || !strings.Contains(err.Error(), "0123456789ab") {
		t.Errorf("a run against another contract: %v", err)
	}
	killed := journal.NewRun(journal.Event{Start: &journal.RunStart{ContractHash: c.Hash, Planned: []journal.Planned{{Requirement: "RSZ-BODY-001", Kind: journal.KindScenario}}}},
		journal.Event{Exchange: exchangeOf(`{"size":3}`)})
	found, err := coverage.Of(t.Context(), c, killed)
	if err != nil {
		t.Fatal(err)
	}
	if element(t, found, "changeBox").Positive != 1 {
		t.Error("what a killed run has recorded does not count")
	}
	if text := strings.Join(found.Problems, "\n"); !strings.Contains(text, "did not come to its end") || !strings.Contains(text, "1 results that were planned") {
		t.Errorf("problems %q; want that the run was killed, and what is missing", text)
	}
}

// Two runs together have exercised what either has; the order of reports is that of the contract, always.
func TestRunsTogether(t *testing.T) {
	one, two := runOf(exchangeOf(`{"size":3,"colour":"red"}`)), runOf(exchangeOf(`{"size":3}`, answered(404, `{"message":"no"}`)))
	both := of(t, one, two)
	for _, name := range []string{"changeBox request /colour", "changeBox response 200", "changeBox response 404", "Error response Bare /message"} {
		if element(t, both, name).Positive != 1 {
			t.Errorf("%s is not exercised by the two runs together", name)
		}
	}
	if both.Runs != 2 || both.Exchanges != 2 {
		t.Errorf("%d runs, %d exchanges; want 2 and 2", both.Runs, both.Exchanges)
	}
	c := load(t, boxes(t))
	one.Start.ContractHash, two.Start.ContractHash = c.Hash, c.Hash
	var first []byte
	for range 3 {
		found, err := coverage.Of(t.Context(), c, one, two)
		if err != nil {
			t.Fatal(err)
		}
		if again := encode(t, found); first == nil {
			first = again
		} else if !bytes.Equal(first, again) {
			t.Fatal("the same runs give another report")
		}
	}
}

func TestJSON(t *testing.T) {
	var back coverage.Report
	found := of(t, runOf(exchangeOf(`{"size":3}`)))
	if err := json.Unmarshal(encode(t, found), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Elements) != len(found.Elements) {
		t.Fatalf("%d elements, want %d", len(back.Elements), len(found.Elements))
	}
	for i, e := range back.Elements {
		if *e != *found.Elements[i] {
			t.Errorf("%+v came back as %+v", found.Elements[i], e)
		}
		if e.SpecLine == "" || !strings.Contains(e.SpecLine, ":") {
			t.Errorf("%s has no line in the contract", e)
		}
	}
}

// Names are how a reader, and these tests, tell elements apart.
func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range of(t, runOf()).Elements {
		if seen[e.String()] {
			t.Errorf("two elements are called %q", e)
		}
		seen[e.String()] = true
	}
}

func TestPrint(t *testing.T) {
	found := of(t, runOf(exchangeOf(`{"size":3}`)))
	found.Problems = []string{"journal: cut off"}
	short, long := printed(t, found, coverage.PrintOptions{}), printed(t, found, coverage.PrintOptions{All: true})
	for _, want := range []string{"1 run of 1 exchange ", "changeBox", "(answers' schemas)", "(requirements)", "Not exercised (", "There is no ghost.", "cut off", "each for a reason"} {
		if !strings.Contains(short, want) {
			t.Errorf("%q is not in\n%s", want, short)
		}
	}
	if lines := strings.Count(short, "\n"); lines > 24 {
		t.Errorf("%d lines; want a screen\n%s", lines, short)
	}
	for _, e := range found.Elements {
		if !e.Exercised() && !strings.Contains(long, e.String()) {
			t.Errorf("--all does not name %s", e)
		}
		if e.Reason != "" && !strings.Contains(long, e.Reason) {
			t.Errorf("--all does not give the reason of %s", e)
		}
	}
	for _, e := range found.Elements {
		e.Positive, e.Negative = 1, 1
	}
	if all := printed(t, found, coverage.PrintOptions{}); !strings.Contains(all, "All that is to be exercised was.") || !strings.Contains(all, "100 %") {
		t.Errorf("nothing is missing, and it says\n%s", all)
	}
	if err := found.Print(broken{}, coverage.PrintOptions{}); err == nil {
		t.Error("a terminal that cannot be written to is no error")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("full") }

func printed(t *testing.T, r *coverage.Report, o coverage.PrintOptions) string {
	t.Helper()
	var b strings.Builder
	if err := r.Print(&b, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func encode(t *testing.T, r *coverage.Report) []byte {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// element finds one by its name; that it is there is part of every test.
func element(t *testing.T, r *coverage.Report, name string) *coverage.Element {
	t.Helper()
	i := slices.IndexFunc(r.Elements, func(e *coverage.Element) bool { return e.String() == name })
	if i < 0 {
		var all []string
		for _, e := range r.Elements {
			all = append(all, e.String())
		}
		t.Fatalf("no element is called %q; there are\n%s", name, strings.Join(all, "\n"))
	}
	return r.Elements[i]
}

func boxes(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "boxes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func load(t *testing.T, source string) *contract.Contract {
	t.Helper()
	path := filepath.Join(t.TempDir(), "boxes.yaml")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := contract.Load(t.Context(), contract.Source{File: path})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// run is a run against a contract.
func run(t *testing.T, c *contract.Contract, exchanges ...*journal.Exchange) *journal.Run {
	t.Helper()
	r := runOf(exchanges...)
	r.Start.ContractHash = c.Hash
	return r
}

// runOf is a run that has come to its end; of gives it its contract.
func runOf(exchanges ...*journal.Exchange) *journal.Run {
	events := []journal.Event{{Time: time.Unix(0, 0), Start: &journal.RunStart{}}}
	for i, x := range exchanges {
		x.ID = int64(i + 1)
		events = append(events, journal.Event{Exchange: x})
	}
	return journal.NewRun(append(events, journal.Event{Time: time.Unix(1, 0), End: &journal.RunEnd{}})...)
}

func of(t *testing.T, runs ...*journal.Run) *coverage.Report {
	t.Helper()
	c := load(t, boxes(t))
	for _, r := range runs {
		r.Start.ContractHash = c.Hash
	}
	found, err := coverage.Of(t.Context(), c, runs...)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// exchangeOf is a request with a body that was accepted.
func exchangeOf(body string, change ...func(*journal.Exchange)) *journal.Exchange {
	x := &journal.Exchange{
		Operation: "changeBox", Method: "POST", URL: "http://127.0.0.1:1/boxes/7",
		RequestHeader: []journal.Header{{Name: "Content-Type", Value: "application/json; charset=utf-8"}, {Name: "x-need", Value: "abc"}},
		RequestBody:   journal.Body{Text: body},
	}
	answered(200, `{"id":"b"}`)(x)
	for _, c := range change {
		c(x)
	}
	return x
}

func answered(status int, body string) func(*journal.Exchange) {
	return func(x *journal.Exchange) {
		x.Status, x.ResponseBody = status, journal.Body{Text: body}
		x.ResponseHeader = []journal.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Request-Id", Value: "r"}}
	}
}

func violated(in, part, pointer, keyword string) func(*journal.Exchange) {
	return func(x *journal.Exchange) {
		x.Violations = append(x.Violations, journal.Violation{In: in, Part: part, Pointer: pointer, Keyword: keyword, Oracles: []string{"kin"}})
	}
}
