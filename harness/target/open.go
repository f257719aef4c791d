package target

import (
	"cmp"
	"context"
	"crypto/x509"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/pace"
)

// Option changes what Open opens.
type Option func(*opening)

// WithEmulator changes the embedded emulator before it is made: its seams, its clock, its state. It means nothing to a server URL.
func WithEmulator(change func(*emulator.Config)) Option {
	return func(o *opening) { o.change = append(o.change, change) }
}

// WithContract uses a contract that is loaded already, so that many targets can share one. The settings spec and profile are then those it was loaded with.
func WithContract(k *contract.Contract) Option {
	return func(o *opening) { o.contract = k }
}

// WithClaims has the embedded emulator take itself for another edition than the one it keeps: it offers servers and declares capabilities as that one's would.
// It is for showing what comes of a claim that is wrong.
func WithClaims(profile string) Option {
	return func(o *opening) { o.claims = profile }
}

// WithUserAgent names the program in what the built-in client sends; the scenario's id is added to it. Without it: ecs.Config's default.
func WithUserAgent(name string) Option {
	return func(o *opening) { o.userAgent = name }
}

// WithClient puts a client in this process to the test, whatever the setting client says. It is told where the contract has listResizeFlavors and which authorities
// it is to trust, and closed with the target.
func WithClient(made func(flavorsPath string, roots *x509.CertPool) driver.Client) Option {
	return func(o *opening) { o.client = made }
}

// WithLeases has the servers of an inventory leased from somebody who knows what other processes hold.
func WithLeases(l fixture.Leases) Option {
	return func(o *opening) { o.leases = l }
}

// WithoutCurl leaves the curl lines out of the exchanges that go to the sink, for one that shows none of them.
func WithoutCurl() Option {
	return func(o *opening) { o.noCurl = true }
}

// Open makes both sides of a run ready: it loads the contract, reaches the server or starts the embedded emulator, and puts recorder, client and servers on
// top. What they have to tell goes to sink (nil: nowhere). Settings of c that are not set get their defaults.
//
// Errors: *ConfigError when the configuration, the contract or a file it names is wrong; *UnreachableError when no connection to the server can be made.
// A Target must be closed.
func Open(ctx context.Context, c Config, sink exchange.Sink, o ...Option) (*Target, error) {
	c.fillIn()
	if problems := c.check(); len(problems) > 0 {
		return nil, &ConfigError{Problems: problems}
	}
	if sink == nil {
		sink = nowhere{}
	}
	p := &opening{c: &c, sink: sink}
	for _, option := range o {
		option(p)
	}
	if p.contract == nil {
		k, err := contract.Load(ctx, contract.Source{File: c.Spec, Profile: c.Profile})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, configError(err)
		}
		p.contract = k
	}
	open := p.url
	if c.Embedded() {
		open = p.embedded
	}
	t, err := open(ctx)
	if err != nil {
		return nil, err
	}
	return p.withClient(ctx, t)
}

// opening is a target under way.
type opening struct {
	c         *Config
	contract  *contract.Contract
	sink      exchange.Sink
	change    []func(*emulator.Config)
	userAgent string
	claims    string
	noCurl    bool
	ledger    string // path; "" for none
	part      part
	shards    int // of the run; 0: it is whole
	leases    fixture.Leases
	client    func(flavorsPath string, roots *x509.CertPool) driver.Client
}

type nowhere struct{}

func (nowhere) Write(journal.Event) error { return nil }

// fillIn gives every setting that is not set its default, for a Config that was not made by Resolve.
func (c *Config) fillIn() {
	for _, f := range Describe() {
		text := f.Default
		if c.Embedded() && f.Embedded != "" {
			text = f.Embedded
		}
		if text != "" && reflect.ValueOf(c).Elem().Field(f.index).IsZero() {
			f.set(c, value{texts: []string{text}})
		}
	}
}

func (p *opening) url(ctx context.Context) (*Target, error) {
	c := p.c
	tlsConfig, err := c.TLSConfig()
	if err != nil {
		return nil, configError(err)
	}
	if err := preflight(ctx, c.Server, tlsConfig, c.RequestTimeout); err != nil {
		return nil, err
	}
	u, err := url.Parse(c.Server)
	if err != nil {
		return nil, configError(err)
	}
	transport := exchange.Transport(tlsConfig)
	watch := fixture.NewWatch(p.sink)
	session, err := p.signIn(ctx, transport)
	if err != nil {
		transport.CloseIdleConnections()
		return nil, err
	}
	guarded, spending, err := p.restrain(transport, watch)
	if err != nil {
		transport.CloseIdleConnections()
		return nil, configError(err)
	}
	t := p.assemble(access{
		endpoint: c.Server, basePath: u.EscapedPath(), project: c.ProjectID,
		token: ecs.Credentials{Token: cmp.Or(c.Token, session.token)},
		keys:  ecs.Credentials{AccessKey: c.AccessKey, SecretKey: c.SecretKey, SecurityToken: c.SecurityToken},
		base:  guarded, sink: spending.budget, secrets: session.secrets, timeouts: ecs.DefaultTimeouts(),
		pace: c.pace(u, max(p.part.of, 1)*max(p.shards, 1)), provoking: []string{c.ThrottledToken, c.FailingToken}, first: session.exchanges + 1,
	})
	t.Warnings = c.warnings()
	t.Endpoint, t.Region = c.Server, c.Region
	if t.Region == "" {
		t.Region = RegionOf(c.Server)
	}
	t.ExpiredToken, t.DeniedToken, t.ThrottledToken, t.FailingToken = c.ExpiredToken, c.DeniedToken, c.ThrottledToken, c.FailingToken
	t.Foreign = ForeignProject{ID: c.ForeignProjectID, Credentials: ecs.Credentials{Token: c.ForeignToken}}
	if c.ForeignToken == "" {
		t.Foreign.Credentials = ecs.Credentials{AccessKey: c.ForeignAccessKey, SecretKey: c.ForeignSecretKey}
	}
	t.Capabilities, _ = declare(c.Capabilities, c.followsFromSettings()) // checked
	t.Prefix = cmp.Or(c.Prefix, fixture.NewPrefix())
	if len(c.Provision) > 0 || t.Capabilities[CapCreate] {
		t.Settings["prefix"] = t.Prefix
	}
	t.Inventory, t.OneWay = c.inventory, p.downgradeBanned()
	pay := payer(c.listed().PayOrder, transport)
	if c.ReadOnly {
		pay = nil
	}
	t.Servers = p.servers(t, spending, fixture.PoolConfig{
		Inventory: c.listed(), Operations: fixture.NewOperations(t.Client, p.version()...), Watch: watch,
		Declared: states(t.Capabilities), DowngradeBanned: p.downgradeBanned(), AllowOrders: c.AllowOrders, Note: p.note,
		Pay: pay, Leases: p.leases,
	})
	t.ReadOnly, t.Budget, t.SignedIn = c.ReadOnly, maps.Clone(spending.budget.limits), session.told
	t.Over, t.Registry, t.LeftBefore, t.Adopt = spending.budget.over, spending.registry, spending.left, spending.adopt
	t.Close = func(context.Context) error {
		transport.CloseIdleConnections()
		return spending.close()
	}
	return t, nil
}

// pollGrowth is how many times the first pause the longest one may be, where the first was chosen.
const pollGrowth = 8

// access is what differs between the two kinds of server when the client's side is put together.
type access struct {
	endpoint, basePath, project string
	token, keys                 ecs.Credentials
	base                        http.RoundTripper
	sink                        exchange.Sink
	secrets                     map[string]string
	timeouts                    ecs.Timeouts // for what no setting covers
	pace                        *pace.Pace   // nil: as fast as can be
	provoking                   []string     // tokens that meet trouble on purpose
	first                       int64        // id of the first exchange; 0: 1
}

// assemble makes the client's side. Of two kinds of credentials the token is the one used by itself, because a curl line with it can be repeated later.
func (p *opening) assemble(a access) *Target {
	c := p.c
	timeouts := a.timeouts
	timeouts.Request, timeouts.Job, timeouts.Power = c.RequestTimeout, c.JobTimeout, c.PowerTimeout
	timeouts.Create, timeouts.Delete, timeouts.Status = c.CreateTimeout, c.DeleteTimeout, c.StatusTimeout
	timeouts.Poll, timeouts.PollMax = c.Poll, max(c.PollMax, c.Poll)
	timeouts.Requests, _ = c.requestTimeouts() // checked
	if c.origin["poll"] != "" && c.origin["poll-max"] == "" {
		timeouts.PollMax = min(timeouts.PollMax, pollGrowth*c.Poll) // who asks for short pauses does not want them to become long ones
	}
	t := &Target{Contract: p.contract, URL: a.endpoint, ProjectID: a.project, Timeouts: timeouts, Settings: c.Settings()}
	if a.token.Token != "" {
		t.Token = a.token
	}
	if a.keys.AccessKey != "" {
		t.Keys = a.keys
	}
	credentials := t.Token
	if credentials == (ecs.Credentials{}) {
		credentials = t.Keys
	}
	t.Recorder = exchange.NewRecorder(exchange.Options{
		Base: a.base, Contract: p.contract, Sink: a.sink, Redactor: exchange.NewRedactor(a.secrets), BasePath: a.basePath, NoCurl: p.noCurl, First: a.first,
	})
	t.Trace, t.Pace = newTrace(), a.pace
	t.Client = ecs.New(ecs.Config{
		Endpoint: a.endpoint, ProjectID: a.project, Credentials: credentials, Recorder: t.Recorder, Timeouts: timeouts, UserAgent: p.userAgent,
		ResizeFlavorsPath: p.path(ecs.ListResizeFlavors), Pace: a.pace, Provoking: a.provoking, Trace: t.Trace,
	})
	return t
}

// downgradeBanned tells whether the profile forbids a smaller flavor in the version of the operation that the pool uses.
func (p *opening) downgradeBanned() bool {
	version := "v1.1"
	if len(p.version()) > 0 {
		version = "v1"
	}
	return slices.Contains(p.contract.Behaviour().DowngradeBanned, version)
}

// path is where the contract has an operation; "" when it has not.
func (p *opening) path(operation ecs.Operation) string {
	for _, o := range p.contract.Operations() {
		if o.ID == string(operation) {
			return o.Path
		}
	}
	return ""
}

// version is how a resize is sent where the profile has no v1.1.
func (p *opening) version() []ecs.Option {
	if p.path(ecs.ResizeServer) == "" {
		return []ecs.Option{ecs.V1()}
	}
	return nil
}

// note tells a reader of the run something. That it cannot be written shows when the journal is closed.
func (p *opening) note(ctx context.Context, text string) {
	scenario := ""
	if s := exchange.ScopeOf(ctx); s != nil {
		scenario = s.Scenario
	}
	_ = p.sink.Write(journal.Event{Type: journal.Noted, Note: &journal.Note{Scenario: scenario, Text: text}})
}

// states are the states of servers that declared capabilities are about.
func states(declared map[Capability]bool) []fixture.State {
	var found []fixture.State
	for _, c := range Capabilities() {
		if c.state != "" && declared[c.Name] {
			found = append(found, c.state)
		}
	}
	return found
}

// RegionOf reads the region from the host of a URL of the form https://ecs.REGION.…; "" where it tells none.
func RegionOf(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return ""
	}
	if labels := strings.Split(u.Hostname(), "."); len(labels) > 3 && labels[0] == "ecs" {
		return labels[1]
	}
	return ""
}
