package defect

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
)

// ClientDefect is one named deviation of the reference client.
type ClientDefect struct {
	Name   string   // permanent, words with dashes: "auto-pay-as-boolean"
	Title  string   // what the client does, one phrase
	Breaks []string // the requirements that this breaks; it counts as found when one of them says so
	// Profile is the edition in which it is put in; empty: intl.
	Profile string
	// Apply puts it in. It wraps what is there already and is called once for each client.
	Apply func(*reference.Config)
}

// ClientVariant is one client that differs from the reference client and keeps the contract all the same: nobody may accuse it.
type ClientVariant struct {
	Name    string // permanent, words with dashes
	Title   string // what the client does, one phrase
	Freedom string // where the contract or a standard leaves it free to
	// Apply puts it in. It wraps what is there already and is called once for each client.
	Apply func(*reference.Config)
}

// ClientDefects lists every defect of clients, by family, in an order that does not change.
func ClientDefects() []ClientDefect {
	return slices.Concat(
		clientAddressDefects(),
		clientBodyDefects(),
		clientCredentialDefects(),
		clientIDDefects(),
		clientDecodeDefects(),
		clientEnvelopeDefects(),
		clientWaitDefects(),
		clientReadDefects(),
		clientFaultDefects(),
	)
}

// ClientVariants lists every conforming variant of clients, in an order that does not change.
func ClientVariants() []ClientVariant {
	return slices.Concat(clientSigningVariants(), clientWireVariants(), clientBodyVariants(), clientConductVariants())
}

// around wraps a seam, and keeps what was there.
func around[T any](seam *func(T) T, wrap func(T) T) {
	before := *seam
	*seam = func(faithful T) T {
		if before != nil {
			faithful = before(faithful)
		}
		return wrap(faithful)
	}
}

// inMessages changes requests before they are signed.
func inMessages(change func(driver.Request, *reference.Message)) func(*reference.Config) {
	return func(c *reference.Config) {
		around(&c.Seams.Compose, func(compose reference.Composer) reference.Composer {
			return func(r driver.Request) (*reference.Message, error) {
				m, err := compose(r)
				if err == nil {
					change(r, m)
				}
				return m, err
			}
		})
	}
}

// inRequestBodies changes the JSON of requests that have some.
func inRequestBodies(change func(r driver.Request, body map[string]any)) func(*reference.Config) {
	return inMessages(func(r driver.Request, m *reference.Message) {
		var body map[string]any
		if m.Body == nil || json.Unmarshal(m.Body, &body) != nil {
			return
		}
		change(r, body)
		m.Body = encoded(body)
	})
}

// inResizeBodies changes the JSON of resizes: the whole body, and the object resize in it.
func inResizeBodies(change func(r driver.Request, body, resize map[string]any)) func(*reference.Config) {
	return inRequestBodies(func(r driver.Request, body map[string]any) {
		if resize, ok := body["resize"].(map[string]any); ok {
			change(r, body, resize)
		}
	})
}

func encoded(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// inSending wraps the sending of one request.
func inSending(wrap func(reference.Sender) reference.Sender) func(*reference.Config) {
	return func(c *reference.Config) { around(&c.Seams.Send, wrap) }
}

// inReplies changes what came before anything is made of it.
func inReplies(change func(m *reference.Message, a *reference.Answer)) func(*reference.Config) {
	return inSending(func(send reference.Sender) reference.Sender {
		return func(ctx context.Context, m *reference.Message) (*reference.Answer, error) {
			a, err := send(ctx, m)
			if a != nil {
				change(m, a)
			}
			return a, err
		}
	})
}

// inReading wraps what is made of an answer.
func inReading(wrap func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response) func(*reference.Config) {
	return func(c *reference.Config) {
		around(&c.Seams.Read, func(read reference.Reader) reference.Reader {
			return func(r driver.Request, a *reference.Answer) driver.Response { return wrap(read, r, a) }
		})
	}
}

// inTold changes what the user is told in the end.
func inTold(change func(r driver.Request, told *driver.Response)) func(*reference.Config) {
	return inCalls(func(call reference.Teller, ctx context.Context, r driver.Request) driver.Response {
		told := call(ctx, r)
		change(r, &told)
		return told
	})
}

// inClientErrors changes the errors that the user is told.
func inClientErrors(change func(r driver.Request, e *driver.Error)) func(*reference.Config) {
	return inTold(func(r driver.Request, told *driver.Response) {
		if told.Error != nil {
			change(r, told.Error)
		}
	})
}

// inCalls wraps whole calls.
func inCalls(wrap func(call reference.Teller, ctx context.Context, r driver.Request) driver.Response) func(*reference.Config) {
	return func(c *reference.Config) {
		around(&c.Seams.Tell, func(call reference.Teller) reference.Teller {
			return func(ctx context.Context, r driver.Request) driver.Response { return wrap(call, ctx, r) }
		})
	}
}

// inFaults changes what is found of an error.
func inFaults(change func(find reference.FaultFinder, body map[string]any) (reference.Fault, bool)) func(*reference.Config) {
	return func(c *reference.Config) {
		around(&c.Seams.Fault, func(find reference.FaultFinder) reference.FaultFinder {
			return func(body map[string]any) (reference.Fault, bool) { return change(find, body) }
		})
	}
}

// inLooks changes what a wait makes of a look at its job.
func inLooks(change func(watch reference.Watcher, l reference.Look) (bool, driver.Response)) func(*reference.Config) {
	return func(c *reference.Config) {
		around(&c.Seams.Watch, func(watch reference.Watcher) reference.Watcher {
			return func(l reference.Look) (bool, driver.Response) { return change(watch, l) }
		})
	}
}

func isResizing(r driver.Request) bool {
	return r.Operation == driver.ResizeServer || r.Operation == driver.ResizePostPaidServer
}

// passes is a success that says nothing.
func passes() driver.Response { return driver.Response{Result: &driver.Result{}} }

func text(s string) *string { return &s }
