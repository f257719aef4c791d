package target

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
)

// looksAtAJob is how many requests at least meet the emulator while a job of it runs, be the machine as busy as it may.
const looksAtAJob = 4

// embedded starts the emulator on a free port of loopback and puts the client's side on top.
func (p *opening) embedded(ctx context.Context) (*Target, error) {
	c := p.c
	config := emulator.Config{Profile: p.contract.Profile, JobDuration: c.JobDuration, Latency: c.Latency}
	config.Fringe = p.client != nil || c.Client != "" // what a client asks of other services is answered, too
	for _, change := range p.change {
		change(&config)
	}
	if config.Now == nil {
		// A job is to be seen running on a machine that does other things, too. The same part of any job: an instant one stays one.
		config.Now = emulator.PatientClock(max(config.JobDuration/looksAtAJob, time.Millisecond))
		config.GatewayNow = time.Now
	}
	e, err := emulator.New(config)
	if err != nil {
		return nil, configError(fmt.Errorf("embedded emulator: %w", err))
	}
	// It must outlive ctx: a run that is interrupted still gives its servers back.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- e.Listen(life, "127.0.0.1:0", func(baseURL string) { ready <- baseURL }) }()
	var endpoint string
	select {
	case endpoint = <-ready:
	case err := <-ended:
		end()
		return nil, &UnreachableError{Endpoint: "embedded emulator", Err: err, Hint: "it needs a free port on 127.0.0.1"}
	}

	d := e.Describe()
	own := d.Projects[0]
	token, keys := ecs.Credentials{Token: own.Token}, keysOf(own)
	transport := exchange.Transport(nil)
	transport.Proxy = nil // it is in this process
	if config.HTTP2 {
		transport.Protocols = new(http.Protocols)
		transport.Protocols.SetUnencryptedHTTP2(true)
	}
	t := p.assemble(access{
		endpoint: endpoint, project: own.ID, token: token, keys: keys, base: transport, sink: p.sink,
		secrets: emulatorSecrets(d), timeouts: ecs.EmbeddedTimeouts(),
	})
	t.Embedded = true
	t.Endpoint, t.Region, t.ExpiredToken = "embedded emulator", d.Region, own.ExpiredToken
	t.DeniedToken, t.ThrottledToken, t.FailingToken = own.DeniedToken, own.ThrottledToken, own.FailingToken
	if len(d.Projects) > 1 {
		other := d.Projects[1]
		t.Foreign = ForeignProject{ID: other.ID, Credentials: ecs.Credentials{Token: other.Token}}
		if other.Token == "" {
			t.Foreign.Credentials = keysOf(other)
		}
	}
	if p.claims != "" {
		claimed, err := emulator.BehaviourOf(p.claims)
		if err != nil {
			end()
			<-ended
			return nil, configError(err)
		}
		d.Profile, d.Behaviour, d.Mode = p.claims, claimed, claimed.Mode
	}
	source := &embeddedSource{emulator: e, about: d, leased: map[string]bool{}}
	t.Servers = source
	if t.Capabilities, err = source.capabilities(); err == nil {
		t.Close = func(ctx context.Context) error {
			transport.CloseIdleConnections()
			end()
			select {
			case err := <-ended:
				ended <- err // for a second Close
				return err
			case <-ctx.Done():
				return fmt.Errorf("the embedded emulator has not ended: %w", ctx.Err())
			}
		}
		return t, nil
	}
	end()
	<-ended
	return nil, configError(fmt.Errorf("embedded emulator: %w", err))
}

func keysOf(p emulator.ProjectInfo) ecs.Credentials {
	return ecs.Credentials{AccessKey: p.AccessKey, SecretKey: p.SecretKey, SecurityToken: p.SecurityToken}
}

// emulatorSecrets are made up and open nothing but this emulator, yet they are treated like any other: what is shown of a run looks the same everywhere.
func emulatorSecrets(d emulator.Description) map[string]string {
	secrets := map[string]string{}
	add := func(secret, setting string) {
		if secret != "" {
			secrets[secret] = "$" + envOf(setting)
		}
	}
	for i, p := range d.Projects {
		prefix := ""
		if i > 0 {
			prefix = "foreign-"
		} else {
			add(p.ExpiredToken, "expired-token")
			add(p.DeniedToken, "denied-token")
			add(p.ThrottledToken, "throttled-token")
			add(p.FailingToken, "failing-token")
			add(p.SecurityToken, "security-token")
		}
		add(p.Token, prefix+"token")
		add(p.AccessKey, prefix+"access-key")
		add(p.SecretKey, prefix+"secret-key")
	}
	return secrets
}

// embeddedSource makes a fresh server for every lease, directly in the emulator, and removes it afterwards: nothing has to be restored, and no two
// scenarios can meet.
type embeddedSource struct {
	emulator *emulator.Emulator
	about    emulator.Description

	mu     sync.Mutex
	leased map[string]bool
}

// Lease makes a server (fixture.Source).
func (s *embeddedSource) Lease(_ context.Context, want fixture.State) (*fixture.Server, error) {
	spec, err := s.spec(want)
	if err != nil {
		return nil, err
	}
	id, err := s.emulator.AddServer(spec)
	if err != nil {
		return nil, err
	}
	server := &fixture.Server{ID: id, State: want, DedicatedHostID: spec.DedicatedHostID}
	if want != fixture.Foreign {
		if server.Flavors, err = flavorsOf(s.emulator, id); err != nil {
			s.emulator.RemoveServer(id)
			return nil, err
		}
		made, _ := s.emulator.Server(id)
		server.Flavor = made.Flavor
	}
	s.mu.Lock()
	s.leased[id] = true
	s.mu.Unlock()
	return server, nil
}

// LeaseSpare makes one more server: there is always room for one (fixture.Source).
func (s *embeddedSource) LeaseSpare(ctx context.Context, want fixture.State) (*fixture.Server, error) {
	return s.Lease(ctx, want)
}

// spec is what a server in a state is made from. *fixture.NotOffered: the edition, or what the emulator was made of, has none.
func (s *embeddedSource) spec(want fixture.State) (emulator.ServerSpec, error) {
	lacks := func(why string) (emulator.ServerSpec, error) {
		return emulator.ServerSpec{}, &fixture.NotOffered{What: fmt.Sprintf("a %s server", want), Hint: why}
	}
	switch want {
	case fixture.Stopped:
		return emulator.ServerSpec{}, nil
	case fixture.Running:
		return emulator.ServerSpec{Status: "ACTIVE"}, nil
	case fixture.YearlyMonthly:
		if !s.about.Behaviour.Prepaid {
			return lacks("profile " + s.about.Profile + " resizes no such servers")
		}
		return emulator.ServerSpec{Billing: emulator.PrePaid}, nil
	case fixture.Spot:
		return emulator.ServerSpec{Billing: emulator.Spot}, nil
	case fixture.Windows:
		return emulator.ServerSpec{OSType: "Windows"}, nil
	case fixture.Dedicated:
		if !s.about.Behaviour.DedicatedHosts || len(s.about.Projects[0].Hosts) == 0 {
			return lacks("profile " + s.about.Profile + " knows no dedicated hosts, or the emulator has none")
		}
		return emulator.ServerSpec{DedicatedHostID: s.about.Projects[0].Hosts[0]}, nil
	case fixture.Locked:
		return emulator.ServerSpec{Locked: true}, nil
	case fixture.Frozen:
		return emulator.ServerSpec{Frozen: true}, nil
	case fixture.Foreign:
		if len(s.about.Projects) < 2 {
			return lacks("the emulator has one project only")
		}
		return emulator.ServerSpec{Project: s.about.Projects[1].ID}, nil
	}
	return emulator.ServerSpec{}, fmt.Errorf("unknown state %q", want)
}

// Release removes the server (fixture.Source).
func (s *embeddedSource) Release(_ context.Context, server *fixture.Server) error {
	s.mu.Lock()
	held := s.leased[server.ID]
	delete(s.leased, server.ID)
	s.mu.Unlock()
	if !held {
		return fmt.Errorf("server %s is released, but not leased; a lease ends once", server.ID)
	}
	s.emulator.RemoveServer(server.ID)
	return nil
}

// Pay settles an order (fixture.Source).
func (s *embeddedSource) Pay(_ context.Context, orderID string) error {
	return s.emulator.PayOrder(orderID)
}

// flavorsOf asks the emulator which flavor plays which part for a server.
func flavorsOf(e *emulator.Emulator, server string) (fixture.Flavors, error) {
	p, err := e.Parts(server)
	return fixture.Flavors{
		Target: p.Target, Other: p.Other, Unreachable: p.Unreachable, SoldOut: p.SoldOut, Abandoned: p.Abandoned,
		OpenBeta: p.OpenBeta, Smaller: p.Smaller, Dedicated: p.DedicatedCPU, Failing: p.Failing,
	}, err
}

// capabilities are what the emulator really offers in its profile.
func (s *embeddedSource) capabilities() (map[Capability]bool, error) {
	id, err := s.emulator.AddServer(emulator.ServerSpec{})
	if err != nil {
		return nil, err
	}
	defer s.emulator.RemoveServer(id)
	flavors, err := flavorsOf(s.emulator, id)
	if err != nil {
		return nil, err
	}
	has := describedCapabilities(s.about)
	for _, c := range Capabilities() {
		if c.state != "" {
			_, err := s.spec(c.state)
			has[c.Name] = err == nil
		}
		if c.part != "" {
			has[c.Name] = flavors.Part(c.part) != ""
		}
	}
	has[CapForeign] = len(s.about.Projects) > 1
	has[CapPayment] = s.about.Behaviour.Prepaid
	has[CapAutoPay] = s.about.Behaviour.Prepaid
	return has, nil
}

// describedCapabilities are those that follow from what the emulator says of itself.
func describedCapabilities(d emulator.Description) map[Capability]bool {
	own := d.Projects[0]
	has := map[Capability]bool{
		CapToken: own.Token != "", CapAKSK: own.AccessKey != "", CapExpiredToken: own.ExpiredToken != "", CapMode: d.Mode,
		CapCreate: true, CapDenied: own.DeniedToken != "", CapThrottled: own.ThrottledToken != "", CapFailing: own.FailingToken != "",
	}
	for _, version := range d.Behaviour.Versions {
		has[CapV1] = has[CapV1] || version == "v1"
	}
	return has
}
