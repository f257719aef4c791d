package infer_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/infer"
	"resize-conformance/harness/target"
)

func editions(t *testing.T) []*contract.Contract {
	t.Helper()
	var all []*contract.Contract
	for _, name := range contract.Profiles() {
		all = append(all, contracttest.Profile(t, name))
	}
	return all
}

// lab is a served emulator of an edition, and the client that asks it.
type lab struct {
	*emulator.Emulator
	config infer.Config
	bodies []string // of the requests that came
}

// serve serves an edition behind a handler that may change what comes back.
func serve(t *testing.T, profile string, between func(w http.ResponseWriter, r *http.Request, next http.Handler)) *lab {
	t.Helper()
	e, err := emulator.New(emulator.Config{Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{Emulator: e}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.bodies = append(l.bodies, r.Method+" "+r.URL.Path)
		if between != nil {
			between(w, r, e)
			return
		}
		e.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	inv, err := target.InventoryOf(e, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	l.config = infer.Config{Inventory: inv, Editions: editions(t), Client: ecs.New(ecs.Config{
		Endpoint: server.URL, ProjectID: inv.ProjectID, Credentials: ecs.Credentials{Token: inv.Credentials["token"]},
		Recorder: exchange.NewRecorder(exchange.Options{Contract: contracttest.Base(t), Base: http.DefaultTransport, Redactor: exchange.NewRedactor(nil)}),
		Timeouts: ecs.DefaultTimeouts(),
	})}
	return l
}

// alike are editions of which the same is documented, or as much as can be asked for.
func alike(name string) []string {
	if name == "ae-ad-1" || name == "my-kualalumpur-1" {
		return []string{"ae-ad-1", "my-kualalumpur-1"}
	}
	return []string{name}
}

// Each edition is named by how it answers, or together with those that answer the same, and nothing is changed by asking.
func TestEveryEditionIsTold(t *testing.T) {
	for _, profile := range emulator.Profiles() {
		t.Run(profile, func(t *testing.T) {
			l := serve(t, profile, nil)
			servers, counts := l.Servers(), l.Counts()
			got, err := infer.Ask(t.Context(), l.config)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(alike(profile), got.Editions); diff != "" {
				t.Errorf("named (wanted -, got +)\n%s%+v", diff, got)
			}
			if slices.ContainsFunc(alike(profile), func(name string) bool { return slices.Contains(got.NotRuledOut, name) }) {
				t.Errorf("%v are named and said not to be ruled out: %v", got.Editions, got.NotRuledOut)
			}
			for _, p := range got.Probes {
				if p.Asked == "" || p.Answered == "" || p.Says == "" || !slices.Contains(p.Fits, profile) {
					t.Errorf("%+v", p)
				}
			}
			if diff := cmp.Diff(counts, l.Counts()); diff != "" {
				t.Errorf("asking left something behind:\n%s", diff)
			}
			if after := l.Servers(); len(after) != len(servers) || slices.ContainsFunc(after, func(s emulator.Server) bool {
				i := slices.IndexFunc(servers, func(before emulator.Server) bool { return before.ID == s.ID })
				return i < 0 || servers[i].Flavor != s.Flavor || servers[i].Status != s.Status || servers[i].Updated != s.Updated
			}) {
				t.Errorf("asking changed a server:\n%+v\n%+v", servers, after)
			}
			for _, sent := range l.bodies {
				if !strings.HasPrefix(sent, "GET ") && !strings.HasSuffix(sent, "/resize") {
					t.Errorf("sent %s", sent)
				}
			}
		})
	}
}

// Without an inventory only servers that nobody has are asked about; what cannot be told apart then is said to be so.
func TestWithoutAnInventory(t *testing.T) {
	l := serve(t, "eu", nil)
	l.config.Inventory = nil
	got, err := infer.Ask(t.Context(), l.config)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"ae-ad-1", "eu", "intl-2022", "my-kualalumpur-1"}; !slices.Equal(got.Editions, want) || len(got.Untried) != 1 {
		t.Errorf("named %v, want %v; untried %q", got.Editions, want, got.Untried)
	}
	for _, sent := range l.bodies {
		if strings.Contains(sent, "/cloudservers/") && !strings.Contains(sent, infer.Nobody) && !strings.Contains(sent, "resize_flavors") {
			t.Errorf("sent %s", sent)
		}
	}
}

// An endpoint that is like none is told the nearest, and what speaks against it.
func TestLikeNoEdition(t *testing.T) {
	l := serve(t, "otc", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path = strings.Replace(r.URL.Path, "/v3/", "/v2.1/", 1); strings.Contains(r.URL.Path, "resize_flavors") {
			http.Error(w, `{"error_code":"APIGW.0101","error_msg":"no"}`, http.StatusNotFound)
			return
		}
		next.ServeHTTP(w, r)
	})
	got, err := infer.Ask(t.Context(), l.config)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Editions) != 0 || got.Nearest == "" || len(got.Against) == 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatEndsTheAsking(t *testing.T) {
	for name, c := range map[string]struct {
		between func(w http.ResponseWriter, r *http.Request, next http.Handler)
		says    string
	}{
		"no such operation": {func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusNotFound) }, "neither version"},
		"no right":          {func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusForbidden) }, "the credentials open nothing there"},
		"throttled": {func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.WriteHeader(http.StatusTooManyRequests)
		}, "ask again later"},
	} {
		l := serve(t, "intl", c.between)
		if _, err := infer.Ask(t.Context(), l.config); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// A server that says it knows dry_run and carries a dry run out is asked no further.
func TestADryRunThatIsCarriedOut(t *testing.T) {
	l := serve(t, "intl", nil)
	stopped := l.config.Inventory.Servers[fixture.Stopped][0].ID
	asked := 0
	l = serve(t, "intl", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if !strings.Contains(r.URL.Path, infer.Nobody) && !strings.Contains(r.URL.Path, stopped) && r.Method == http.MethodPost {
			asked++
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"job_id":"1"}`))
			return
		}
		next.ServeHTTP(w, r)
	})
	_, err := infer.Ask(t.Context(), l.config)
	var acted *infer.Acted
	if !errors.As(err, &acted) || asked != 1 {
		t.Errorf("%v after %d dry runs, want *Acted after 1", err, asked)
	}
}
