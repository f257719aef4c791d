package driver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"resize-conformance/harness/exchange"
)

// Standing is what a check of a driver came to.
type Standing string

// The standings. Only Breaks is against the driver.
const (
	Fine    Standing = "ok"
	Look    Standing = "look"   // unexpected, but it may be the client's own way: the driver's author has to look
	Breaks  Standing = "breaks" // the driver breaks the protocol
	Skipped Standing = "skip"   // it does not apply, or could not be tried
)

// Finding is what one check of a driver came to.
type Finding struct {
	Name     string
	Standing Standing
	Detail   string
	Next     string // what to do, "" when there is nothing to do
}

// The made-up credentials of a check.
const (
	checkToken     = "check-token-7f3a9c41d2e8"
	checkAccessKey = "CHECKACCESSKEY000001"
	checkSecretKey = "check-secret-key-5b1d0e97a3c6"
	checkSecurity  = "check-security-token-e41f7720"
)

// Check tries the driver of a command line against canned answers on loopback, and reports each check as it ends. It judges the driver, never the client: it
// looks at whether lines come as the protocol has them, whether each request goes to the endpoint that it names, and whether what was answered is told.
//
// The error is a *Failure of cause NotStarted when there is no such program, or the cause of ctx.
func Check(ctx context.Context, command string, o Options, report func(Finding)) error {
	o.Redactor = exchange.NewRedactor(map[string]string{checkToken: "$CHECK_TOKEN", checkSecretKey: "$CHECK_SECRET_KEY", checkSecurity: "$CHECK_SECURITY_TOKEN"})
	started := time.Now()
	p, err := Start(ctx, command, o)
	var f *Failure
	if err != nil {
		if !errors.As(err, &f) || f.Cause == NotStarted {
			return err
		}
		report(broken("hello", f))
		return nil
	}
	defer func() { _ = p.Close() }()
	h := p.Hello()
	report(Finding{Name: "hello", Standing: Fine, Detail: fmt.Sprintf("%s: %d operations, %d in flight, after %s", h, len(h.Operations), h.Concurrency(), since(started))})
	c := &check{p: p, hello: h, patience: cmp.Or(o.Patience, DefaultPatience), report: report}
	for _, step := range c.steps() {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if p.Down() != nil {
			report(Finding{Name: step.name, Standing: Skipped, Detail: "the driver had broken down"})
			continue
		}
		found := step.do(ctx)
		found.Name = step.name
		report(found)
	}
	if p.Down() == nil {
		report(c.end())
	}
	return context.Cause(ctx)
}

// check is one check under way.
type check struct {
	p        *Process
	hello    Hello
	patience time.Duration // how long one request may take
	report   func(Finding)
}

type step struct {
	name string
	do   func(context.Context) Finding
}

// steps are all checks for this hello: each operation bare, each with its options, then what any of them shows.
func (c *check) steps() []step {
	var all []step
	var first Operation
	for _, o := range Operations() {
		if !c.hello.Has(o) {
			continue
		}
		if first == "" {
			first = o
		}
		all = append(all, step{string(o), func(ctx context.Context) Finding { return c.operation(ctx, c.request(o), told(o)) }})
		for _, option := range c.hello.Operations[o] {
			r := c.request(o)
			setOption(&r, option)
			all = append(all, step{string(o) + " " + string(option), func(ctx context.Context) Finding { return c.operation(ctx, r, told(o)) }})
		}
	}
	all = append(all,
		step{"error of the API", func(ctx context.Context) Finding { return c.refusal(ctx, c.request(first)) }},
		step{"nothing listens", func(ctx context.Context) Finding { return c.unreachable(ctx, c.request(first)) }},
		step{"time limit", func(ctx context.Context) Finding { return c.limit(ctx, c.request(first)) }},
		step{"side by side", func(ctx context.Context) Finding { return c.together(ctx, c.request(first)) }},
	)
	for _, k := range c.hello.Credentials {
		all = append(all, step{"credentials " + string(k), func(ctx context.Context) Finding {
			r := c.request(first)
			r.Credentials = credentialsOf(k)
			return c.operation(ctx, r, told(first))
		}})
	}
	return append(all, step{"ids", func(ctx context.Context) Finding {
		r := c.request(first)
		r.ID = `check "é" \ 🙂`
		return c.operation(ctx, r, told(first))
	}})
}

// request asks for an operation without options, but for the one selector that a list needs.
func (c *check) request(o Operation) Request {
	r := bareRequest(o)
	for _, selector := range []Option{OptionInstance, OptionSourceFlavorID, OptionSourceFlavorName} {
		if c.hello.Has(o, selector) {
			setOption(&r, selector)
			break
		}
	}
	return r
}

// do asks for one call, and gives the finding when it cannot be looked at further.
func (c *check) do(ctx context.Context, r Request) (Response, *Finding) {
	if r.Credentials == (Credentials{}) && c.hello.Credentials[0] != WithNone {
		r.Credentials = credentialsOf(c.hello.Credentials[0])
	}
	if r.TimeoutMS == 0 {
		r.TimeoutMS = c.patience.Milliseconds()
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience+time.Second)
	defer cancel()
	response, err := c.p.Do(ctx, r)
	var f *Failure
	switch {
	case errors.As(err, &f):
		found := broken("", f)
		if f.Cause == Silent {
			found.Next = cmp.Or(found.Next, "answer sooner; a client that is slow by nature needs a longer --patience")
		}
		return response, &found
	case err != nil:
		return response, &Finding{Standing: Skipped, Detail: err.Error()}
	case response.Error != nil && response.Error.Kind == Unsupported:
		return response, &Finding{Standing: Breaks, Detail: "the hello declares it, and the driver says unsupported: " + response.Error.Message,
			Next: "leave out of the hello what the client cannot be asked for"}
	}
	return response, nil
}

// operation expects that a good answer is told as a result.
func (c *check) operation(ctx context.Context, r Request, lacks func(*Result) string) Finding {
	server, err := c.serve(ctx, good)
	if err != nil {
		return Finding{Standing: Skipped, Detail: err.Error()}
	}
	defer server.close()
	r.Endpoint = server.endpoint
	response, wrong := c.do(ctx, r)
	sent := server.requests()
	switch {
	case wrong != nil:
		return *wrong
	case len(sent) == 0 && response.Error != nil:
		return Finding{Standing: Look, Detail: fmt.Sprintf("no request came to %s, and the user is told %v", r.Endpoint, response.Error),
			Next: "send each request to its own endpoint; when the client refuses to send it, nothing is wrong with the driver"}
	case len(sent) == 0:
		return Finding{Standing: Breaks, Detail: "a result is told, but no request came to " + r.Endpoint, Next: "send each request to its own endpoint, which changes every time"}
	case response.Error != nil:
		return Finding{Standing: Look, Detail: fmt.Sprintf("a good answer to %s is told as an error: %v", sent[0], response.Error),
			Next: "see whether it is the client that says so; if the path is not the operation's, see what the driver calls"}
	}
	if what := lacks(response.Result); what != "" {
		return Finding{Standing: Look, Detail: "the result of " + sent[0] + " " + what, Next: "tell all that the client gives its user"}
	}
	return Finding{Standing: Fine, Detail: strings.Join(sent, ", ")}
}

// end expects that the driver ends with its input, and that no secret was written.
func (c *check) end() Finding {
	err := c.p.Close()
	var f *Failure
	if errors.As(err, &f) {
		return broken("end", f)
	}
	if strings.Contains(c.p.Stderr(), "$CHECK_") {
		return Finding{Name: "end", Standing: Look, Detail: "a secret stands in what was written to standard error", Next: "write no credentials; see whether it is the client that does"}
	}
	return Finding{Name: "end", Standing: Fine, Detail: "it ended with its input"}
}

// broken is the finding of a failure.
func broken(name string, f *Failure) Finding {
	detail := string(f.Cause) + ": " + f.Detail
	if f.Line != "" {
		detail += fmt.Sprintf("; the line begins %q", f.Line)
	}
	if f.Stderr != "" {
		lines := strings.Split(f.Stderr, "\n")
		detail += fmt.Sprintf("; last on standard error: %q", lines[len(lines)-1])
	}
	return Finding{Name: name, Standing: Breaks, Detail: detail, Next: f.Next}
}
