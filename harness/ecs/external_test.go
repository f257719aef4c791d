package ecs

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// asked is a client under test that keeps what it is asked and tells what it was given to tell.
type asked struct {
	hello    driver.Hello
	tells    driver.Response
	err      error
	requests []driver.Request
	left     time.Duration // until the deadline of the last request
}

func (a *asked) Hello() driver.Hello { return a.hello }
func (a *asked) Close() error        { return nil }
func (a *asked) Do(ctx context.Context, r driver.Request) (driver.Response, error) {
	a.requests = append(a.requests, r)
	if deadline, ok := ctx.Deadline(); ok {
		a.left = time.Until(deadline)
	}
	return a.tells, a.err
}

// fake is a port at which these exchanges were recorded.
type fake struct {
	recorded []*exchange.Exchange
	closing  error
	settled  bool
	closed   bool
}

func (f *fake) Endpoint() string                { return "http://127.0.0.1:1" }
func (f *fake) Exchanges() []*exchange.Exchange { return f.recorded }
func (f *fake) Settle(context.Context) error    { f.settled = !f.closed; return nil }
func (f *fake) Close() error                    { f.closed = true; return f.closing }

// capable is a client that can do everything.
func capable() driver.Hello {
	h := driver.Hello{Protocol: driver.Protocol, Name: "c", Version: "1", Operations: map[driver.Operation][]driver.Option{}, Credentials: driver.CredentialKinds(), Timeout: true}
	for _, o := range driver.Operations() {
		h.Operations[o] = driver.OptionsOf(o)
	}
	return h
}

func done(operation string, status int) *exchange.Exchange {
	return &exchange.Exchange{Status: status, Body: []byte("{}"), Judgement: contract.Judgement{Operation: operation}}
}

// everything is a port at which each operation was answered.
func everything() *fake {
	f := &fake{}
	for _, o := range []string{"resizeServer", "resizePostPaidServer", "showJob", "showServer", "listResizeFlavors", "batchStartOrStopServers"} {
		f.recorded = append(f.recorded, done(o, 200))
	}
	return f
}

func through(a *asked, f *fake) *Client {
	return NewWith(Config{ProjectID: project, Credentials: Credentials{Token: "t"}}, &External{Client: a, Open: func(context.Context, Call) (Port, error) { return f, nil }})
}

func TestCallsInTheWordsOfTheProtocol(t *testing.T) {
	t.Parallel()
	base := driver.Request{Endpoint: "http://127.0.0.1:1", Credentials: driver.Credentials{Token: "t"}, ProjectID: project, TimeoutMS: 30000}
	for _, c := range []struct {
		name string
		do   func(context.Context, *Client) (*Answer, error)
		want func(*driver.Request)
	}{
		{"resize with everything", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Resize(ctx, server, Resize{FlavorRef: "f", DedicatedHostID: "deh", AutoPay: "false", Mode: "withStopServer", CPUThreads: 2, DryRun: yes(false)})
		}, func(r *driver.Request) {
			r.Operation, r.ServerID = driver.ResizeServer, server
			r.Params = driver.Params{FlavorRef: "f", DedicatedHostID: "deh", AutoPay: yes(false), Mode: "withStopServer", CPUThreads: 2, DryRun: yes(false)}
		}},
		{"v1, signed, within 5 s", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Resize(ctx, server, Resize{FlavorRef: "f"}, V1(), As(Credentials{AccessKey: "a", SecretKey: "s", SecurityToken: "x"}), Timeout(5*time.Second))
		}, func(r *driver.Request) {
			r.Operation, r.ServerID, r.TimeoutMS = driver.ResizePostPaidServer, server, 5000
			r.Credentials, r.Params.FlavorRef = driver.Credentials{AccessKey: "a", SecretKey: "s", SecurityToken: "x"}, "f"
		}},
		{"stop", func(ctx context.Context, c *Client) (*Answer, error) { return c.StopServers(ctx, []string{"a", "b"}) },
			func(r *driver.Request) {
				r.Operation, r.Params = driver.StopServers, driver.Params{ServerIDs: []string{"a", "b"}, Type: "SOFT"}
			}},
		{"flavors", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.ListResizeFlavors(ctx, FlavorQuery{InstanceUUID: server, SourceFlavorID: "i", SourceFlavorName: "n", SortKey: "vcpus", SortDir: "desc", Limit: 5, Marker: "m"})
		}, func(r *driver.Request) {
			r.Operation = driver.ListResizeFlavors
			r.Params = driver.Params{InstanceUUID: server, SourceFlavorID: "i", SourceFlavorName: "n", SortKey: "vcpus", SortDir: "desc", Limit: 5, Marker: "m"}
		}},
		{"a job awaited, without credentials", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.AwaitJob(ctx, "j", 20*time.Millisecond, Anonymous())
		}, func(r *driver.Request) {
			r.Operation, r.JobID, r.TimeoutMS, r.Credentials = driver.WaitForJob, "j", 600000, driver.Credentials{}
			r.Params.IntervalMS = 20
		}},
	} {
		client := &asked{hello: capable(), tells: driver.Response{Result: &driver.Result{}}}
		if _, err := c.do(t.Context(), through(client, everything())); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want := base
		c.want(&want)
		if got := client.requests[0]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the client was asked\n%+v, want\n%+v", c.name, got, want)
		}
		if limit := want.Timeout(); client.left <= limit || client.left > limit+10*time.Second {
			t.Errorf("%s: the client was given %s, want %s and the grace", c.name, client.left, limit)
		}
	}
}

func TestWhatAClientCannotExpress(t *testing.T) {
	t.Parallel()
	modest := driver.Hello{Operations: map[driver.Operation][]driver.Option{driver.ResizeServer: nil, driver.StopServers: nil, driver.ListResizeFlavors: nil, driver.ShowJob: nil},
		Credentials: []driver.CredentialKind{driver.WithToken, driver.WithAccessKey}}
	resize := func(r Resize, o ...Option) func(context.Context, *Client) (*Answer, error) {
		return func(ctx context.Context, c *Client) (*Answer, error) { return c.Resize(ctx, server, r, o...) }
	}
	plain := Resize{FlavorRef: "f"}
	for _, c := range []struct {
		name string
		do   func(context.Context, *Client) (*Answer, error)
		want string
	}{
		{"raw request", func(ctx context.Context, c *Client) (*Answer, error) { return c.Raw(ctx, "GET", "/x") }, "no operation of the contract"},
		{"raw body", resize(plain, Body([]byte("{"))), "a raw body"},
		{"malformed", resize(plain, Malformed("a bad flavor")), "on purpose (a bad flavor)"},
		{"another operation", resize(plain, V1()), "does not offer"},
		{"creation", func(ctx context.Context, c *Client) (*Answer, error) { return c.CreateServers(ctx, Create{}) }, "does not offer"},
		{"option", resize(Resize{FlavorRef: "f", DryRun: yes(true)}), "the option dry_run"},
		{"value", resize(Resize{FlavorRef: "f", AutoPay: "yes"}), `an isAutoPay of "yes"`},
		{"no flavor", resize(Resize{}), "no flavor"},
		{"anonymous", resize(plain, Anonymous()), `kind "none"`},
		{"temporary keys", resize(plain, As(Credentials{AccessKey: "a", SecretKey: "s", SecurityToken: "x"})), `kind "security_token"`},
		{"both kinds", resize(plain, As(Credentials{Token: "t", AccessKey: "a", SecretKey: "s"})), "at once"},
		{"half a key", resize(plain, As(Credentials{AccessKey: "a"})), "half of an access key"},
		{"limit", resize(plain, Timeout(time.Second)), "a time limit"},
		{"two servers", func(ctx context.Context, c *Client) (*Answer, error) { return c.StopServers(ctx, []string{"a", "b"}) }, "the option several"},
		{"no server", func(ctx context.Context, c *Client) (*Answer, error) { return c.StopServers(ctx, nil) }, "empty list"},
		{"empty id", func(ctx context.Context, c *Client) (*Answer, error) { return c.ShowJob(ctx, "") }, "an empty job id"},
		{"selector of its own", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Do(ctx, Call{Operation: ListResizeFlavors, Query: map[string][]string{"limit": {"x"}}})
		}, "the selector limit=x"},
		{"selector twice", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Do(ctx, Call{Operation: ListResizeFlavors, Query: map[string][]string{"marker": {"a", "b"}}})
		}, "the selector marker 2 times"},
	} {
		client := &asked{hello: modest}
		_, err := c.do(t.Context(), through(client, &fake{}))
		var missing *NotExpressible
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want *NotExpressible with %q", c.name, err, c.want)
		}
		if len(client.requests) != 0 {
			t.Errorf("%s: the client was asked all the same: %+v", c.name, client.requests)
		}
	}
	// A soft stop is the default.
	soft := &asked{hello: modest, tells: driver.Response{Result: &driver.Result{}}}
	if _, err := through(soft, everything()).StopServers(t.Context(), []string{"a"}); err != nil || soft.requests[0].Params.Type != "" {
		t.Errorf("soft stop: %v, asked %+v", err, soft.requests)
	}
	// The driver may know better than its hello can say.
	client := &asked{hello: capable(), tells: driver.Response{Error: &driver.Error{Kind: driver.Unsupported, Message: "an enum without this value"}}}
	var missing *NotExpressible
	if _, err := through(client, &fake{}).Resize(t.Context(), server, plain); !errors.As(err, &missing) || !strings.Contains(err.Error(), "an enum without this value") {
		t.Errorf("unsupported: got %v", err)
	}
	var broken *driver.Failure
	if _, err := through(client, &fake{recorded: []*exchange.Exchange{done("resizeServer", 200)}}).Resize(t.Context(), server, plain); !errors.As(err, &broken) {
		t.Errorf("unsupported, though a request was sent: got %v, want *driver.Failure", err)
	}
}

func TestWhatACallOfAClientSent(t *testing.T) {
	t.Parallel()
	refused := driver.Response{Error: &driver.Error{Kind: driver.ValidationError, Message: "no such flavor"}}
	accepted := driver.Response{Result: &driver.Result{}}
	lost := done("resizeServer", 0)
	lost.Err = &exchange.Failure{Method: "POST", Cause: http.ErrHandlerTimeout}
	first, second, other := done("resizeServer", 503), done("resizeServer", 200), done("showServer", 200)
	broken := &driver.Failure{Cause: driver.Exited, Detail: "exit status 3"}
	for _, c := range []struct {
		name     string
		client   *asked
		port     *fake
		chosen   *exchange.Exchange
		want     string // in the error
		wantTold bool
	}{
		{"one", &asked{tells: accepted}, &fake{recorded: []*exchange.Exchange{second}}, second, "", true},
		{"repeated, and something else after it", &asked{tells: accepted}, &fake{recorded: []*exchange.Exchange{first, second, other}}, second, "", true},
		{"something else only", &asked{tells: accepted}, &fake{recorded: []*exchange.Exchange{other}}, other, "no such request (but 1 others)", true},
		{"nothing", &asked{tells: refused}, &fake{}, nil, "the client sent nothing and told its user: validation: no such flavor", true},
		{"nothing, and no error", &asked{tells: accepted}, &fake{}, nil, "told its user of no error", true},
		{"no whole answer", &asked{tells: refused}, &fake{recorded: []*exchange.Exchange{lost}}, lost, "POST", true},
		{"the driver broke down", &asked{err: broken}, &fake{recorded: []*exchange.Exchange{first}}, first, "exit status 3", false},
		{"the record has holes", &asked{tells: accepted}, &fake{recorded: []*exchange.Exchange{second}, closing: errors.New("disk full")}, second, "disk full", true},
	} {
		c.client.hello = capable()
		a, err := through(c.client, c.port).Resize(t.Context(), server, Resize{FlavorRef: "f"})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
		if a == nil || a.Exchange == nil || c.chosen != nil && a.Exchange != c.chosen || len(a.Sent) != len(c.port.recorded) || (a.Told != nil) != c.wantTold {
			t.Errorf("%s: answer %+v", c.name, a)
		}
		if !c.port.closed || !c.port.settled {
			t.Errorf("%s: the port was left open, or closed before its record was whole", c.name)
		}
	}
}

// A client that cannot be told a time limit is waited for as long as it is given all the same.
func TestTimeThatIsGiven(t *testing.T) {
	t.Parallel()
	hello := capable()
	hello.Timeout = false
	client := &asked{hello: hello, tells: driver.Response{Result: &driver.Result{}}}
	_, err := through(client, &fake{recorded: []*exchange.Exchange{done("showJob", 200)}}).AwaitJob(t.Context(), "j", 0, Given(time.Minute), Grace(time.Hour))
	if err != nil || client.requests[0].Timeout() != time.Minute || client.left <= time.Hour || client.left > time.Hour+time.Minute {
		t.Errorf("asked %+v, given %s: %v; want a minute and an hour of grace", client.requests, client.left, err)
	}
}

// A driver that broke down is not asked again, though a wait repeats polls that got no answer.
func TestWaitEndsWithTheDriver(t *testing.T) {
	t.Parallel()
	client := &asked{hello: capable(), err: &driver.Failure{Cause: driver.Exited}}
	_, err := through(client, &fake{}).WaitForJob(t.Context(), "j")
	var broken *driver.Failure
	if !errors.As(err, &broken) || len(client.requests) != 1 {
		t.Errorf("%d requests and %v; want one and the driver's failure", len(client.requests), err)
	}
}
