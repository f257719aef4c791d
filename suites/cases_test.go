package suites

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
	"resize-conformance/spec"
)

// A constraint that is added to the contract is put to the test, and found broken where a server does not keep it, with no change of any program: the emulator knows
// nothing of such a member and takes whatever it holds.
func TestANewConstraintIsTested(t *testing.T) {
	const place = "        flavorRef:\n          $ref: '#/components/schemas/FlavorRef'\n        dedicated_host_id:"
	text := string(spec.Contract)
	if strings.Count(text, place) != 1 {
		t.Fatal("the place in the contract is no longer where it was")
	}
	file := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(text, place, "        tier: {type: string, enum: [gold, silver]}\n"+place, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	tg, err := target.Open(t.Context(), target.Config{Spec: file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tg.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	before := map[string]bool{}
	for _, s := range packOf(t, open(t, "")).Scenarios() {
		for _, c := range s.Cases {
			before[c.ID()] = true
		}
	}
	got := map[string]journal.Verdict{}
	for _, s := range packOf(t, tg).Scenarios() {
		s = s.Only(newCases(s, before)...)
		if len(s.Cases) == 0 {
			continue
		}
		rows := s.Perform(t.Context(), &Env{Target: tg})
		if rows[0].Requirement == "RSZ-BODY-037" && rows[0].Verdict != journal.Fail {
			t.Errorf("the scenario of what else the schema says: %s %s", rows[0].Verdict, rows[0].Reason)
		}
		for _, r := range rows[1:] {
			got[r.Key()] = r.Verdict
		}
	}
	for id, want := range map[string]journal.Verdict{
		"RSZ-BODY-037 enum/resize.tier/on/gold":          journal.Pass,
		"RSZ-BODY-037 enum/resize.tier/on/silver":        journal.Pass,
		"RSZ-BODY-037 enum/resize.tier/outside/GOLD":     journal.Fail,
		"RSZ-BODY-037 enum/resize.tier/outside/silver+x": journal.Fail,
		"RSZ-BODY-037 enum/resize.tier/outside/empty":    journal.Fail,
		"RSZ-BODY-037 type/resize.tier/outside/number":   journal.Fail,
		"RSZ-BODY-038 nullable/resize.tier/outside/null": journal.Pass, // no source says what null means
	} {
		if got[id] != want {
			t.Errorf("%s: wanted %s, got %q", id, want, got[id])
		}
	}
	if len(got) > 16 {
		t.Errorf("one member with an enum brings %d cases: %v", len(got), got)
	}
}

func newCases(s Scenario, before map[string]bool) []string {
	var ids []string
	for _, c := range s.Cases {
		if !before[c.ID()] {
			ids = append(ids, c.ID())
		}
	}
	return ids
}

// What is done to the server although the request is refused is found, and the case named that did it, among all that went to the same server.
func TestACaseThatChangesTheServer(t *testing.T) {
	tg, become := faulty(t)
	become(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent, _ := io.ReadAll(r.Body)
			meant := bytes.Replace(sent, []byte("/* now */"), nil, 1)
			r.Body = io.NopCloser(bytes.NewReader(sent))
			if isResize(r) && len(meant) < len(sent) {
				twin := r.Clone(r.Context())
				twin.Body, twin.ContentLength = io.NopCloser(bytes.NewReader(meant)), int64(len(meant))
				twin.Header.Del("Authorization") // it covers the bytes that were sent
				twin.Header.Set("X-Auth-Token", tg.Token.Token)
				next.ServeHTTP(httptest.NewRecorder(), twin)
			}
			next.ServeHTTP(w, r)
		})
	})
	rows := pick(t, packOf(t, tg), "RSZ-BODY-022").Perform(t.Context(), &Env{Target: tg})
	if rows[0].Verdict != journal.Fail || !strings.Contains(rows[0].Reason, "1 of 26 cases") {
		t.Errorf("%s %s", rows[0].Verdict, rows[0].Reason)
	}
	for _, r := range rows[1:] {
		if guilty := strings.HasSuffix(r.Title, "/block-comment"); guilty != (r.Verdict == journal.Fail) {
			t.Errorf("%s: %s %s", r.Title, r.Verdict, r.Reason)
		}
	}
}

// A case that is not what it claims to be is the harness's fault, and is not sent.
func TestACaseThatIsNotWhatItClaimsIsNotSent(t *testing.T) {
	tg := open(t, "")
	s := pick(t, packOf(t, tg), "RSZ-BODY-012").Only("RSZ-BODY-012/enum/hw:cpu_threads/outside/3")
	s.Cases[0].Body = []byte(strings.Replace(string(s.Cases[0].Body), ":3", ":2", 1))
	rows := s.Perform(t.Context(), &Env{Target: tg})
	if len(rows) != 2 || rows[0].Verdict != journal.HarnessError || rows[1].Verdict != journal.HarnessError || len(rows[1].Exchanges) != 0 {
		t.Errorf("%+v", rows)
	}
}
