package target

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
)

// wire is a transport that keeps what is sent, and answers 200 with a text.
type wire struct {
	sent   []string // method, path and body
	answer string
	status int
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	body := []byte{}
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	w.sent = append(w.sent, req.Method+" "+req.URL.Path+" "+string(body))
	status := w.status
	if status == 0 {
		status = http.StatusOK
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(w.answer)), Request: req}, nil
}

func send(t *testing.T, g http.RoundTripper, method, path, body string) (string, error) {
	t.Helper()
	resp, err := g.RoundTrip(httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1"+path, strings.NewReader(body)))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(got), nil
}

const (
	inProject = "/v1.1/0123456789abcdef0123456789abcdef/cloudservers"
	byUse     = "11111111-1111-4111-8111-111111111111"
	byMonth   = "22222222-2222-4222-8222-222222222222"
)

// withheld asserts whether a request is sent, and that what is sent is just what was given.
func withheld(t *testing.T, g http.RoundTripper, w *wire, wanted bool, method, path, body string) {
	t.Helper()
	w.sent = nil
	_, err := send(t, g, method, path, body)
	var why *exchange.Withheld
	switch is := errors.As(err, &why); {
	case is != wanted:
		t.Errorf("%s %s %s: withheld: %v, want %t", method, path, body, err, wanted)
	case wanted && len(w.sent) > 0, !wanted && (len(w.sent) != 1 || w.sent[0] != method+" "+path+" "+body):
		t.Errorf("%s %s %s: sent %q", method, path, body, w.sent)
	}
}

func TestNothingIsOrderedWithoutPermission(t *testing.T) {
	w := &wire{}
	g := &orderGuard{RoundTripper: w, payPerUse: func(id string) bool { return id == byUse }, orderless: func(id string) bool { return id == byUse }}
	for body, pays := range map[string]bool{
		`{"resize":{"flavorRef":"s","extendparam":{"isAutoPay":"true"}}}`:            true,
		`{"resize":{"flavorRef":"s","extendparam":{"isAutoPay":true}}}`:              true,
		`{"resize":{"flavorRef":"s","extendparam":{"isAutoPay" : "TRUE"`:             true, // no whole JSON
		`{"resize":{"flavorRef":"s","extendparam":{"isauto\u0050ay":"\u0074rue"}}}`:  true,
		`{"resize":{"flavorRef":"s","extendparam":{"isAutoPay":"false"}}}`:           false,
		`{"resize":{"flavorRef":"isAutoPay"}}`:                                       false,
		`{"dry_run":true,"resize":{"extendparam":{"isAutoPay":"true"}}}`:             true, // an edition may not know dry_run
		`{"resize":{"extendparam":{"isAutoPay":"false"},"x":{"isAutoPay":"true"}}} `: true,
	} {
		withheld(t, g, w, pays, "POST", inProject+"/"+byMonth+"/resize", body)
		withheld(t, g, w, pays, "PUT", inProject+"/"+byMonth+"/resize/", body)
		withheld(t, g, w, pays, "POST", inProject, body) // a creation
		withheld(t, g, w, false, "POST", inProject+"/"+byUse+"/resize", body)
		allowed := *g
		allowed.allowed = true
		withheld(t, &allowed, w, false, "POST", inProject+"/"+byMonth+"/resize", body)
	}
}

func TestASpentBudgetOfOrdersWithholdsWhatOrders(t *testing.T) {
	w, b := &wire{}, newBudget(map[string]int{BudgetOrders: 1}, nowhere{})
	g := &orderGuard{RoundTripper: w, allowed: true, payPerUse: func(id string) bool { return id == byUse }, orderless: func(id string) bool { return id == byUse },
		spent: func() *exchange.Withheld { return b.spent(BudgetOrders) }}
	const resize, prepaid = `{"resize":{"flavorRef":"s"}}`, `{"server":{"extendparam":{"chargingMode":"prePaid"}}}`
	for _, spent := range []bool{false, true} {
		withheld(t, g, w, spent, "POST", inProject+"/"+byMonth+"/resize", resize)
		withheld(t, g, w, spent, "POST", inProject, prepaid)
		withheld(t, g, w, false, "POST", inProject+"/"+byMonth+"/resize", `{"resize":{"flavorRef":"s"},"dry_run":true}`)
		withheld(t, g, w, false, "POST", inProject+"/"+byUse+"/resize", resize)
		withheld(t, g, w, false, "POST", inProject, `{"server":{}}`)
		x := &journal.Exchange{Method: "POST", Status: 200, ResponseBody: journal.Body{Text: `{"job_id":"1","order_id":"2"}`}}
		if err := b.Write(journal.Event{Exchange: x}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadOnlyLetsOnlyReadsAndDryRunsOut(t *testing.T) {
	w := &wire{}
	g := readGuard{w}
	withheld(t, g, w, false, "GET", inProject+"/x", "")
	for body, held := range map[string]bool{
		`{"resize":{"flavorRef":"s"},"dry_run":true}`:                  false,
		` {"dry_run" : true , "resize":{"dry_run":false}} `:            false,
		`{"resize":{"flavorRef":"s"},"dry_run":"true"}`:                true,
		`{"resize":{"flavorRef":"s"},"dry_run":false}`:                 true,
		`{"resize":{"flavorRef":"s","dry_run":true}}`:                  true,
		`{"resize":{"flavorRef":"s"},"dry_run":true,"dry_run":false}`:  true,
		`{"resize":{"flavorRef":"s"},"dry_run":true} {"resize":{}}`:    true,
		`{"resize":{"flavorRef":"s"},"dry_run":true`:                   true,
		`[{"dry_run":true}]`:                                           true,
		``:                                                             true,
		`{"resize":{"flavorRef":"s"},"DRY_RUN":true}`:                  true,
		`{"resize":{"flavorRef":"s"},"dry_run":true,"dry\u005frun":1}`: true,
	} {
		withheld(t, g, w, held, "POST", inProject+"/"+byUse+"/resize", body)
		withheld(t, g, w, held, "POST", inProject, body)
		withheld(t, g, w, true, "POST", inProject+"/action", body)
		withheld(t, g, w, true, "POST", inProject+"/delete", body)
		withheld(t, g, w, true, "PUT", inProject+"/"+byUse+"/resize", body)
		withheld(t, g, w, true, "DELETE", inProject+"/"+byUse, body)
	}
}

func TestOnlyWhatTheRunHasMadeIsDeleted(t *testing.T) {
	w := &wire{answer: `{"job_id":"j","serverIds":["` + byUse + `"]}`}
	r := fixture.NewRegistry(nil)
	g := &registrar{w, r}
	withheld(t, g, w, true, "POST", inProject+"/delete", `{"servers":[{"id":"`+byUse+`"}]}`)
	got, err := send(t, g, "POST", inProject, `{"server":{"name":"rsz-1"}}`)
	if err != nil || got != w.answer {
		t.Fatalf("the answer to a creation: %q, %v", got, err)
	}
	if left := r.Left(); len(left) != 1 || left[0] != (fixture.Made{Name: "rsz-1", ID: byUse}) {
		t.Errorf("registered: %v", left)
	}
	for body, held := range map[string]bool{
		`{"servers":[{"id":"` + byUse + `"}]}`:        false,
		`{"servers":[{"id":"` + cases.Nobody + `"}]}`: false,
		`{"servers":[]}`: false,
		`{"servers":[{"id":"` + byUse + `"},{"id":"` + byMonth + `"}]}`:         true,
		`{"servers":["` + byMonth + `"]}`:                                       true,
		`{"servers":[{"id":"vm-17"}]}`:                                          true, // a target may have ids of any form
		`{"servers":[{"\u0069d":"\u0076m-17"`:                                   true,
		`{"servers":[{"ID":"` + strings.ReplaceAll(byMonth, "-", "") + `"}]} x`: true,
	} {
		withheld(t, g, w, held, "POST", inProject+"/delete", body)
	}
	withheld(t, g, w, true, "DELETE", inProject+"/"+byMonth, "")
	withheld(t, g, w, false, "DELETE", inProject+"/"+byUse, "")
}

// What came of a creation is known by its answer alone.
func TestEveryCreationIsNotedBeforeItIsSent(t *testing.T) {
	const create = `{"server":{"name":"rsz-1"}}`
	for _, c := range []struct {
		name, body, answer string
		status, left       int
	}{
		{"accepted", create, `{"job_id":"j","serverIds":["a","b"]}`, 200, 2},
		{"accepted without ids", create, `{"job_id":"j"}`, 200, 1},
		{"refused", create, `{"error":{"code":"Ecs.0005"}}`, 400, 0},
		{"answered by a gateway that gave up", create, "", 504, 1},
		{"a dry run", `{"server":{"name":"rsz-1"},"dry_run":true}`, "", 202, 0},
	} {
		w := &wire{answer: c.answer, status: c.status}
		var noted []string
		r := fixture.NewRegistry(func(e fixture.Entry) error {
			noted = append(noted, e.Event)
			if e.Event == fixture.LedgerCreating && len(w.sent) > 0 {
				t.Errorf("%s: it was sent before it was noted", c.name)
			}
			return nil
		})
		if _, err := send(t, &registrar{w, r}, "POST", inProject, c.body); err != nil || len(w.sent) != 1 {
			t.Errorf("%s: %v, sent %q", c.name, err, w.sent)
		}
		if left := r.Left(); len(left) != c.left {
			t.Errorf("%s: left %v, noted %q", c.name, left, noted)
		}
	}
	w := &wire{}
	full := errors.New("no space left")
	if _, err := send(t, &registrar{w, fixture.NewRegistry(func(fixture.Entry) error { return full })}, "POST", inProject, create); !errors.Is(err, full) || len(w.sent) > 0 {
		t.Errorf("a creation that cannot be noted: %v, sent %q", err, w.sent)
	}
}

func TestTheLedgerTellsWhatIsLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), fixture.LedgerName)
	l, left, err := fixture.OpenLedger(path)
	if err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	r := fixture.NewRegistry(l.Write)
	for _, name := range []string{"lost", "refused", "gone", "there"} {
		c, err := r.Creating(name)
		if err != nil {
			t.Fatal(err)
		}
		switch name {
		case "refused":
			c.Refused()
		case "gone":
			c.Made("id-gone")
			r.Gone(fixture.Made{Name: name, ID: "id-gone"})
		case "there":
			c.Made("id-there")
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, left, err = fixture.OpenLedger(path)
	if err != nil || len(left) != 2 || left[0] != (fixture.Made{Name: "lost"}) || left[1] != (fixture.Made{Name: "there", ID: "id-there"}) {
		t.Errorf("left: %v, %v", left, err)
	}
	for _, m := range r.Left() {
		r.Gone(m)
	}
	if left := r.Left(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// The ids that the suite makes up are those that the guard takes for nobody's.
func TestWhatNobodyHasMayBeDeleted(t *testing.T) {
	if !strings.HasPrefix(cases.Nobody, madeUp) {
		t.Errorf("%s does not begin with %s", cases.Nobody, madeUp)
	}
	w := &wire{}
	g := &registrar{w, fixture.NewRegistry(nil)}
	withheld(t, g, w, false, "DELETE", inProject+"/"+byUse+"/resize", "")
	withheld(t, g, w, true, "DELETE", inProject+"/"+byUse, "")
}
