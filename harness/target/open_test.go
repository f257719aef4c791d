package target_test

import (
	"context"
	"errors"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// sink keeps the events of a run.
type sink struct {
	mu     sync.Mutex
	events []journal.Event
}

func (s *sink) Write(e journal.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
	return nil
}

func (s *sink) exchanges() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, e := range s.events {
		if e.Exchange != nil {
			n++
		}
	}
	return n
}

func (s *sink) notes() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Note != nil {
			all = append(all, e.Note.Text)
		}
	}
	return all
}

func open(t *testing.T, c target.Config, s exchange.Sink, o ...target.Option) *target.Target {
	t.Helper()
	k := contracttest.Profile(t, c.Profile)
	o = append(o, target.WithContract(k))
	tg, err := target.Open(t.Context(), c, s, o...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tg.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return tg
}

func lease(t *testing.T, tg *target.Target, state fixture.State) *fixture.Server {
	t.Helper()
	s, err := tg.Servers.Lease(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func show(t *testing.T, tg *target.Target, id string) *ecs.Server {
	t.Helper()
	a, err := tg.Client.ShowServer(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.Server()
	if err != nil {
		t.Fatalf("%v: %s", err, a.Summary())
	}
	return s
}

func TestTheEmbeddedEmulatorIsOpenedWithNothingSet(t *testing.T) {
	var record sink
	tg := open(t, target.Config{}, &record)
	if tg.Endpoint != "embedded emulator" || !strings.HasPrefix(tg.URL, "http://127.0.0.1:") || tg.ProjectID == "" || tg.Region == "" {
		t.Errorf("got %+v", tg)
	}
	if tg.Contract.Profile != "intl" || tg.Settings["profile"] != "intl" || tg.Settings["job-timeout"] != "10s" {
		t.Errorf("profile %q, settings %v", tg.Contract.Profile, tg.Settings)
	}
	wants := map[fixture.State]ecs.Server{
		fixture.Stopped:       {Status: "SHUTOFF", ChargingMode: "0"},
		fixture.Running:       {Status: "ACTIVE", ChargingMode: "0"},
		fixture.YearlyMonthly: {Status: "SHUTOFF", ChargingMode: "1"},
		fixture.Spot:          {Status: "SHUTOFF", ChargingMode: "2"},
		fixture.Windows:       {Status: "SHUTOFF", ChargingMode: "0", OSType: "Windows"},
		fixture.Dedicated:     {Status: "SHUTOFF", ChargingMode: "0"},
		fixture.Locked:        {Status: "SHUTOFF", ChargingMode: "0", Locked: true},
		fixture.Frozen:        {Status: "SHUTOFF", ChargingMode: "0", Frozen: true},
	}
	for state, want := range wants {
		s := lease(t, tg, state)
		got := show(t, tg, s.ID)
		if want.OSType == "" {
			want.OSType = "Linux"
		}
		if got.Status != want.Status || got.ChargingMode != want.ChargingMode || got.OSType != want.OSType || got.Locked != want.Locked || got.Frozen != want.Frozen {
			t.Errorf("%s: got %+v, want %+v", state, got, want)
		}
		if (got.DedicatedHostID != "") != (state == fixture.Dedicated) || got.DedicatedHostID != s.DedicatedHostID {
			t.Errorf("%s: dedicated host shown %q, leased with %q", state, got.DedicatedHostID, s.DedicatedHostID)
		}
		if got.FlavorID != s.Flavor || s.Flavors.Target == "" || s.Flavors.Target == s.Flavor {
			t.Errorf("%s: shown flavor %q, leased with %q, target %q", state, got.FlavorID, s.Flavor, s.Flavors.Target)
		}
		if err := tg.Servers.Release(t.Context(), s); err != nil {
			t.Error(err)
		}
		if a, err := tg.Client.ShowServer(t.Context(), s.ID); err != nil || a.Status != 404 {
			t.Errorf("%s: after release: %v, %s", state, err, a.Summary())
		}
		if err := tg.Servers.Release(t.Context(), s); err == nil {
			t.Errorf("%s: released twice", state)
		}
	}
	foreign := lease(t, tg, fixture.Foreign)
	a, err := tg.Client.ShowServer(t.Context(), foreign.ID, ecs.As(tg.Foreign.Credentials), ecs.InProject(tg.Foreign.ID))
	if err != nil || a.Status != 200 {
		t.Errorf("its own project does not see the foreign server: %v, %s", err, a.Summary())
	}
	for name, c := range map[string]ecs.Credentials{"token": tg.Token, "keys": tg.Keys} {
		if a, err := tg.Client.ListResizeFlavors(t.Context(), ecs.FlavorQuery{SourceFlavorID: "s3.medium.4"}, ecs.As(c)); err != nil || a.Status != 200 {
			t.Errorf("%s: %v, %s", name, err, a.Summary())
		}
	}
	if record.exchanges() == 0 {
		t.Error("nothing was recorded")
	}
}

func TestTheEmbeddedEmulatorLetsTheRunPay(t *testing.T) {
	tg := open(t, target.Config{}, nil)
	s := lease(t, tg, fixture.YearlyMonthly)
	a, err := tg.Client.Resize(t.Context(), s.ID, ecs.Resize{FlavorRef: s.Flavors.Target})
	if err != nil {
		t.Fatal(err)
	}
	order, _ := a.OrderID()
	job, _ := a.JobID()
	if err := tg.Servers.Pay(t.Context(), order); err != nil {
		t.Fatalf("order %q of %s: %v", order, a.Body, err)
	}
	if _, err := tg.Client.WaitForSuccess(t.Context(), job); err != nil {
		t.Error(err)
	}
}

func TestTheEmbeddedEmulatorDeclaresWhatItsProfileHas(t *testing.T) {
	all := target.Capabilities()
	for profile, lacks := range map[string][]target.Capability{
		"intl":    {target.CapMode},
		"cn":      {},
		"ae-ad-1": {target.CapMode, target.CapCPUOptions},
		"otc":     {target.CapMode, target.CapYearlyMonthly, target.CapDedicatedHost, target.CapCPUOptions, target.CapPayment, target.CapAutoPay},
	} {
		t.Run(profile, func(t *testing.T) {
			tg := open(t, target.Config{Profile: profile}, nil)
			for _, c := range all {
				if want := !slices.Contains(lacks, c.Name); tg.Capabilities[c.Name] != want {
					t.Errorf("%s: declared %t, want %t", c.Name, tg.Capabilities[c.Name], want)
				}
				if c.Name == target.CapYearlyMonthly && !tg.Capabilities[c.Name] {
					_, err := tg.Servers.Lease(t.Context(), fixture.YearlyMonthly)
					var notOffered *fixture.NotOffered
					if !errors.As(err, &notOffered) {
						t.Errorf("got %v, want a *NotOffered", err)
					}
				}
			}
		})
	}
}

func TestTheEmulatorCanBeChangedFromOutside(t *testing.T) {
	mode := true
	tg := open(t, target.Config{}, nil, target.WithEmulator(func(c *emulator.Config) { c.Mode = &mode }))
	if !tg.Capabilities[target.CapMode] {
		t.Error("mode is switched on, but not declared")
	}
}

// An emulator that speaks HTTP/2 is spoken to in HTTP/2, and any other is not.
func TestTheEmulatorsProtocolIsSpoken(t *testing.T) {
	for _, two := range []bool{false, true} {
		var record sink
		tg := open(t, target.Config{}, &record, target.WithEmulator(func(c *emulator.Config) { c.HTTP2 = two }))
		show(t, tg, lease(t, tg, fixture.Stopped).ID)
		want := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[two]
		spoken := 0
		for _, e := range record.events {
			if e.Exchange == nil {
				continue
			}
			if spoken++; e.Exchange.Proto != want {
				t.Errorf("wanted an answer in %s, got %s", want, e.Exchange.Proto)
			}
		}
		if spoken == 0 {
			t.Error("wanted an exchange in the record, got none")
		}
	}
}

func TestCloseEndsTheEmulator(t *testing.T) {
	k := contracttest.Base(t)
	tg, err := target.Open(t.Context(), target.Config{}, nil, target.WithContract(k))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := tg.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tg.Client.ShowServer(t.Context(), "x"); err == nil {
		t.Error("it still answers")
	}
	// A goroutine that has returned is listed until the scheduler has cleared it away.
	var stacks strings.Builder
	for end := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		stacks.Reset()
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(stacks.String(), "emulator.(*Emulator)") && !strings.Contains(stacks.String(), "target.Open") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("something goes on:\n%s", stacks.String())
		}
	}
}

func TestOpenTellsWhatIsWrongWithTheContract(t *testing.T) {
	for name, c := range map[string]target.Config{
		"profile":      {Profile: "intll"},
		"overlay file": {Profile: "./nowhere.yaml"},
		"missing file": {Spec: "nowhere.yaml"},
	} {
		_, err := target.Open(t.Context(), c, nil)
		var e *target.ConfigError
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v (%T), want a *ConfigError", name, err, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := target.Open(ctx, target.Config{}, nil); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}
