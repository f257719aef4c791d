package preflight_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/preflight"
)

// answer writes an answer of a target that stands in front of the emulator.
func answer(w http.ResponseWriter, status int, body string) bool {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "0123456789abcdef0123456789abcdef")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	return true
}

// resizes answers the resizes of one version, or of all where version is "".
func resizes(version string, status int, body string) func(http.ResponseWriter, *http.Request, string) bool {
	return func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if !strings.HasSuffix(r.URL.Path, "/resize") || version != "" && !strings.HasPrefix(r.URL.Path, "/"+version+"/") {
			return false
		}
		return answer(w, status, body)
	}
}

// What is declared and can be had, or cannot, or cannot be told without a server: v1 and mode. Whatever the target is like, nothing is sent that it could carry out.
func TestWhetherWhatIsDeclaredCanBeHad(t *testing.T) {
	const (
		noSuchServer = `{"error":{"code":"Ecs.0114","message":"no such server"}}`
		noSuchAPI    = `{"error_code":"APIGW.0101","error_msg":"no such API","request_id":"0123456789abcdef0123456789abcdef"}`
		job          = `{"job_id":"ff8080819a5d1b2c019a5d1b2c000001"}`
	)
	declared := func(names ...string) func(*fixture.Inventory) {
		return func(inv *fixture.Inventory) { inv.Capabilities = names }
	}
	for _, c := range []struct {
		name  string
		world world
		grade preflight.Grade
		text  string
		posts int // dry runs that are sent
	}{
		{"both are there", world{emulator: emulator.Config{Profile: "cn"}}, preflight.OK, "v1 is served; mode is understood", 4},
		{"neither is declared", world{emulator: emulator.Config{Profile: "cn"}, listed: declared()}, "", "", 0},
		{"neither is declared, and a thorough look", world{emulator: emulator.Config{Profile: "cn"}, listed: declared(), options: preflight.Options{Thorough: true}}, preflight.OK,
			"v1 is served, and not declared: with --capabilities v1 it is tested; mode is understood, and not declared", 4},
		{"nobody serves v1", world{between: resizes("v1", 404, noSuchAPI), listed: declared("v1")}, preflight.Warning, "v1 is declared, but nobody serves it: a dry run of v1 for a server that nobody has is answered 404 APIGW.0101; take v1 out", 1},
		{"v1 is no method", world{between: resizes("v1", 405, ``), listed: declared("v1")}, preflight.Warning, "nobody serves it", 1},
		{"v1 is denied", world{between: resizes("v1", 403, `{"error":{"code":"Pdp.0001","message":"denied"}}`), listed: declared("v1")}, preflight.Warning, "may not be used", 1},
		{"v1 fails", world{between: resizes("v1", 500, noSuchServer), listed: declared("v1")}, preflight.OK, "v1 cannot be told", 1},
		{"v1 looks at the form alone", world{between: resizes("v1", 202, `{}`), listed: declared("v1")}, preflight.OK, "v1 is served", 1},
		{"v1 carries out what nobody has", world{between: resizes("v1", 200, job), listed: declared("v1")}, preflight.Warning, "with a job, as if it had been carried out", 1},
		{"mode is not looked at", world{emulator: emulator.Config{Profile: "cn", Mode: new(bool)}, listed: declared("mode")}, preflight.Warning, "mode is declared, but one that is no text is answered like none (404 Ecs.0114)", 3},
		{"v1 of an edition without it", world{emulator: emulator.Config{Profile: "cloud-ru"}, listed: declared("v1")}, preflight.Warning, "nothing is tested of it in this edition", 0},
		{"the server is looked for first", world{emulator: emulator.Config{Profile: "cn"}, between: resizes("", 404, noSuchServer), listed: declared("mode")}, preflight.OK, "mode cannot be told without a server", 3},
		{"mode is asked about, and a job comes", world{emulator: emulator.Config{Profile: "cn"}, between: resizes("", 200, job), listed: declared("mode")}, preflight.Warning, "with a job, as if it had been carried out", 1},
		{"some server is shown for any id", world{listed: declared("v1"), between: func(w http.ResponseWriter, r *http.Request, _ string) bool {
			return strings.Contains(r.URL.Path, "/cloudservers/00000000-") && answer(w, 200, `{"server":{"id":"5e7a0000-0000-4000-8000-000000000001"}}`)
		}}, preflight.Warning, "showServer of a server that nobody has is answered 200, not 404", 0},
		{"read-only, where v1 has dry runs", world{listed: declared("v1"), env: map[string]string{"CONFORMANCE_READ_ONLY": "true"}}, preflight.OK, "v1 is served", 1},
		{"read-only, where v1.1 has none", world{emulator: emulator.Config{Profile: "en-old"}, listed: declared("mode"), env: map[string]string{"CONFORMANCE_READ_ONLY": "true"}}, preflight.OK,
			"mode is not asked for: the run is --read-only, and v1.1 of this edition knows no dry run", 0},
		{"an edition of which mode is not known", world{emulator: emulator.Config{Profile: "hcs", Mode: new(bool)}, listed: declared("mode")}, preflight.Warning, "mode is declared, but one that is no text", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.world.look(t)
			posts := 0
			for _, r := range got.requests {
				if strings.HasPrefix(r, "POST ") {
					posts++
				}
			}
			if c.text != "" && !of(got.lines, c.grade, c.text) || posts != c.posts || preflight.Stopped(got.lines) != nil {
				t.Errorf("wanted %s with %q, and %d dry runs; got %d, and\n%+v", c.grade, c.text, c.posts, posts, got.lines)
			}
		})
	}
}

// The id that probes ask for is another one each time.
func TestProbesAskForAnIdThatNobodyCanKnow(t *testing.T) {
	ids := map[string]bool{}
	for range 2 {
		for _, r := range (world{}).look(t).requests {
			if i := strings.Index(r, "/cloudservers/00000000-0000-4000-8000-"); i >= 0 {
				ids[r[i+len("/cloudservers/"):][:36]] = true
			}
		}
	}
	if len(ids) != 2 {
		t.Errorf("two looks asked for %v; want one id each", ids)
	}
}

// goodToken is another token of a rightful caller.
const goodToken = "another-token-of-the-first-project"

func withGoodToken(t *testing.T) *emulator.State {
	t.Helper()
	s, err := emulator.DefaultState("")
	if err != nil {
		t.Fatal(err)
	}
	s.Projects[0].Tokens = append(s.Projects[0].Tokens, emulator.Token{Token: goodToken})
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

// Tokens that are not what they are named for are told, with what is the matter.
func TestSpecialTokensThatAreNone(t *testing.T) {
	credentials := func(pairs ...string) func(*fixture.Inventory) {
		return func(inv *fixture.Inventory) {
			for i := 0; i < len(pairs); i += 2 {
				name := fixture.CredentialName(pairs[i])
				inv.Credentials[name] = inv.Credentials[fixture.CredentialName(pairs[i+1])]
				if inv.Credentials[name] == "" {
					inv.Credentials[name] = pairs[i+1]
				}
			}
		}
	}
	for _, c := range []struct {
		name  string
		world world
		grade preflight.Grade
		text  string
	}{
		{"as they should be", world{}, preflight.OK, "expired-token is refused (401 APIGW.0301); denied-token is denied (403 Pdp.0001); foreign-project-id is closed to the run; throttled-token is throttled (429 APIGW.0308); failing-token meets a failure (500 Common.0001)"},
		{"not expired", world{listed: credentials("expired-token", goodToken)}, preflight.Warning, "expired-token: the server answered 200 to it: it has not expired; wait until"},
		{"expired and more", world{listed: credentials("expired-token", "denied-token")}, preflight.Warning, "expired-token: a look with it is answered 403 Pdp.0001, not 401"},
		{"not denied", world{listed: credentials("denied-token", goodToken)}, preflight.Warning, "denied-token: its bearer may look at servers (200)"},
		{"denied since it is none", world{listed: credentials("denied-token", "no-such-token")}, preflight.Warning, "denied-token: it is no good token (401 APIGW.0301)"},
		{"denied since it is of another project", world{listed: credentials("denied-token", "foreign-token")}, preflight.Warning, "denied-token: it is of another project"},
		{"throttled since it is none", world{listed: credentials("throttled-token", "no-such-token")}, preflight.Warning, "throttled-token: it is refused (401 APIGW.0301), and not throttled"},
		{"not throttled yet", world{listed: credentials("throttled-token", goodToken)}, preflight.OK, "throttled-token was let through once (200)"},
		{"nothing fails", world{listed: credentials("failing-token", goodToken)}, preflight.Warning, "failing-token: a look with it was answered 200: the service is well"},
		{"failing since it is none", world{listed: credentials("failing-token", "no-such-token")}, preflight.Warning, "failing-token: the gateway refuses it (401 APIGW.0301)"},
		{"the foreign token opens our project", world{listed: func(inv *fixture.Inventory) {
			inv.Credentials["foreign-token"] = goodToken
		}}, preflight.Warning, "its credentials open the run's own project, too (200)"},
		{"everybody is at home everywhere", world{emulator: emulator.Config{Auth: emulator.AuthNone}, listed: func(inv *fixture.Inventory) {
			inv.Credentials["foreign-token"] = "any"
		}}, preflight.Warning, "the run's own credentials open it (200): it is not foreign"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.world.emulator.State = withGoodToken(t)
			if got := c.world.look(t); !of(got.lines, c.grade, c.text) || preflight.Stopped(got.lines) != nil {
				t.Errorf("wanted %s with %q, got\n%+v", c.grade, c.text, got.lines)
			}
		})
	}
}

// A flavor that stands for a capability is held against what the list says of it.
func TestFlavorsThatAreNotWhatTheyAreNamedFor(t *testing.T) {
	all := func(change func(*fixture.Flavors)) func(*fixture.Inventory) {
		return func(inv *fixture.Inventory) { change(&inv.Flavors) }
	}
	for text, listed := range map[string]func(*fixture.Inventory){
		`(sold-out) is not: the list says "normal" of it, wanted sellout`: all(func(f *fixture.Flavors) { f.SoldOut = f.Target }),
		`(open-beta) is not: the list says "normal" of it, wanted obt`:    all(func(f *fixture.Flavors) { f.OpenBeta = f.Target }),
		`(abandoned) is not`:     all(func(f *fixture.Flavors) { f.Abandoned = f.Target }),
		`(dedicated-cpu) is not`: all(func(f *fixture.Flavors) { f.Dedicated = "s3.large.4" }),
	} {
		got := world{listed: listed}.look(t)
		if !of(got.lines, preflight.Warning, text) || preflight.Stopped(got.lines) != nil {
			t.Errorf("wanted a warning with %q, got\n%+v", text, got.lines)
		}
	}
	if got := (world{}).look(t); of(got.lines, preflight.Warning, "") {
		t.Errorf("where all is well: %+v", got.lines)
	}
}
