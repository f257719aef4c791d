package defect

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/emulator"
)

// What is put in goes around what was there before, so that several can be put in one after the other.
func TestApplyKeepsWhatWasThere(t *testing.T) {
	t.Parallel()
	for _, d := range Defects() {
		var c emulator.Config
		c.Profile, c.JobDuration = d.Profile, time.Nanosecond
		called := map[string]bool{}
		c.Seams = emulator.Seams{
			Layers:       func(v []emulator.Layer) []emulator.Layer { called["layers"] = true; return v },
			Routes:       func(v []emulator.Route) []emulator.Route { called["routes"] = true; return v },
			Authenticate: func(v emulator.Authenticator) emulator.Authenticator { called["authenticate"] = true; return v },
			Rules:        func(v []emulator.Rule) []emulator.Rule { called["rules"] = true; return v },
			Accept:       func(v emulator.Accepter) emulator.Accepter { called["accept"] = true; return v },
			Plan:         func(v emulator.Planner) emulator.Planner { called["plan"] = true; return v },
			Render:       func(v emulator.Renderer) emulator.Renderer { called["render"] = true; return v },
			NewID:        func(v emulator.IDMaker) emulator.IDMaker { called["ids"] = true; return v },
		}
		d.Apply(&c)
		if _, err := emulator.New(c); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
		if len(called) != 8 {
			t.Errorf("%s threw a seam away that was in use; left are %v", d.Name, called)
		}
	}
}

// Each emulator has a defect of its own: what one of two has seen, the other does not know.
func TestEmulatorsShareNothing(t *testing.T) {
	t.Parallel()
	for _, d := range Defects() {
		if d.Kind != Sometimes || d.Profile != "" {
			continue
		}
		first, second := sequence(t, d), sequence(t, d)
		if !slices.Equal(first, second) {
			t.Errorf("%s: one emulator answers %v, the next one %v", d.Name, first, second)
		}
	}
}

// sequence is how a new emulator with a defect answers the same few requests for one server, by their statuses.
func sequence(t *testing.T, d Defect) []int {
	t.Helper()
	var c emulator.Config
	d.Apply(&c)
	e := newEmulator(t, c)
	var out []int
	for _, version := range []string{"v1.1", "v1"} {
		for range 11 {
			out = append(out, e.resize(t, version, goodDryRun).Code, e.resize(t, version, `{"resize":`).Code,
				e.resize(t, version, `{"resize":{"flavorRef":"s3.large.2","cpu_options":{"hw:cpu_threads":3}},"dry_run":true}`).Code)
		}
	}
	return out
}

// A helper that changes a request or an answer changes those it is meant for, and no others.
func TestDefectsTouchWhatTheyAreMeantFor(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, version, body string
		status              int // without the defect
		other               int // with it
	}{
		{"trailing-comma-taken", "v1.1", `{"resize":{"flavorRef":"s3.large.2"},"dry_run":true,}`, 400, 202},
		{"trailing-comma-taken", "v1", `{"resize":{"flavorRef":"s3.large.2"},"dry_run":true,}`, 400, 400},
		{"trailing-comma-taken", "v1.1", `{"resize":{"flavorRef":"s3.large.2"},"dry_run":true}x`, 400, 400},
		{"comments-taken", "v1.1", `{"resize":{"flavorRef":"s3.large.2"},/* soon */"dry_run":true}`, 400, 202},
		{"comments-taken", "v1.1", `{"resize":{"flavorRef":"/* s3.large.2 */"},"dry_run":true}`, 400, 400},
		{"bare-names-taken", "v1.1", `{resize:{flavorRef:"s3.large.2"},dry_run:true}`, 400, 202},
		{"trailing-data-ignored", "v1.1", goodDryRun + ` {}`, 400, 202},
		{"cut-off-body-mended", "v1.1", strings.TrimSuffix(goodDryRun, "}"), 400, 202},
		{"flavor-as-number", "v1.1", `{"resize":{"flavorRef":2}}`, 400, 400}, // for another reason
		{"zero-threads-taken-for-none", "v1.1", `{"resize":{"flavorRef":"c6.large.2","cpu_options":{"hw:cpu_threads":0}},"dry_run":true}`, 400, 202},
		{"zero-threads-taken-for-none", "v1.1", `{"resize":{"flavorRef":"c6.large.2","cpu_options":{"hw:cpu_threads":3}},"dry_run":true}`, 400, 400},
		{"accepted-202", "v1.1", `{"resize":{"flavorRef":"s3.large.2"}}`, 200, 202},
		{"accepted-202", "v1", `{"resize":{"flavorRef":"s3.large.2"}}`, 200, 200},
	} {
		var c emulator.Config
		if got := newEmulator(t, c).resize(t, tc.version, tc.body).Code; got != tc.status {
			t.Errorf("%s of %s: the emulator as it is answers %d, want %d", tc.version, tc.body, got, tc.status)
		}
		named(t, tc.name).Apply(&c)
		if got := newEmulator(t, c).resize(t, tc.version, tc.body).Code; got != tc.other {
			t.Errorf("%s, %s of %s: answered %d, want %d", tc.name, tc.version, tc.body, got, tc.other)
		}
	}
}

func named(t *testing.T, name string) Defect {
	t.Helper()
	i := slices.IndexFunc(Defects(), func(d Defect) bool { return d.Name == name })
	if i < 0 {
		t.Fatalf("no defect is called %q", name)
	}
	return Defects()[i]
}

// The lists of flavors stay lists of the query's own order where a defect does not touch them.
func TestListsAreChangedInPlace(t *testing.T) {
	t.Parallel()
	var c emulator.Config
	named(t, "lists-unknown-flavors").Apply(&c)
	e := newEmulator(t, c)
	whole := e.ids(t, "")
	if !slices.IsSorted(whole) || !slices.Contains(whole, "zz.gone.2") {
		t.Errorf("wanted the unknown flavor where it belongs, got %v", whole)
	}
	if page := e.ids(t, "&limit=1"); len(page) != 1 {
		t.Errorf("wanted limit to hold, got %v", page)
	}
}

// Credentials that are in order get through a gateway that is wrong about others.
func TestGatewaysKeepLettingRightfulCallersIn(t *testing.T) {
	t.Parallel()
	for _, d := range credentialDefects() {
		if d.Name == "tokens-refused" {
			continue
		}
		var c emulator.Config
		d.Apply(&c)
		if a := newEmulator(t, c).resize(t, "v1.1", goodDryRun); a.Code != http.StatusAccepted {
			t.Errorf("%s: a good dry run with a token is answered %d %s", d.Name, a.Code, a.Body)
		}
	}
}
