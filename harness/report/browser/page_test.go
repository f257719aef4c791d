// Package browser_test looks at report.html in a real browser. It is a module of its own because of what it needs: Chromium, and the library that drives it.
package browser_test

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// browser starts Chromium: the one that $CHROMIUM names, else the first that is in the path.
func browser(t testing.TB) context.Context {
	t.Helper()
	path := os.Getenv("CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); path == "" && err == nil {
			path = found
		}
	}
	if path == "" {
		t.Fatal("there is no Chromium: install it (Debian: apt-get install chromium), or name one in $CHROMIUM")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.DisableGPU, chromedp.WindowSize(1280, 900), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-component-update", true),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's own sandbox does not work for root
	}
	allocated, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	limited, cancel := context.WithTimeout(allocated, 2*time.Minute)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewContext(limited)
	t.Cleanup(end)
	return ctx
}

// page is a tab that has a report open, and what it complained of and asked for.
type page struct {
	t       testing.TB
	ctx     context.Context
	address string

	mu         sync.Mutex
	complaints []string
	requests   []string
}

// write renders a run to a file and returns its address.
func write(t testing.TB, run *journal.Run) string {
	t.Helper()
	return writeAs(t, report.HTMLFile, func(out io.Writer) error { return report.HTML(out, run, report.Options{}) })
}

// writeAs renders a page to a file of this name and returns its address.
func writeAs(t testing.TB, name string, render func(io.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := render(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// setting is what is set before a page is opened.
type setting func(ctx context.Context) error

// open navigates a new browser to an address.
func open(t testing.TB, address string, settings ...setting) *page {
	t.Helper()
	p := &page{t: t, ctx: browser(t), address: address}
	if err := chromedp.Listen(p.ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			p.complaints = append(p.complaints, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			p.complaints = append(p.complaints, fmt.Sprintf("console.%v", e.Type))
		case *log.EventEntryAdded:
			p.complaints = append(p.complaints, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			p.requests = append(p.requests, e.Request.URL)
		}
	}); err != nil {
		t.Fatal(err)
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdp.Empty{})
	for _, set := range settings {
		if err := set(p.ctx); err != nil {
			t.Fatal(err)
		}
	}
	p.do(chromedp.Navigate(address))
	return p
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

func call[P, R any](p *page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// eval is the value of an expression in the page.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// want compares the value of an expression.
func want[T comparable](p *page, expression string, wanted T) {
	p.t.Helper()
	if got := eval[T](p, expression); got != wanted {
		p.t.Errorf("%s is %v, want %v", expression, got, wanted)
	}
}

// until waits for an expression to become true.
func (p *page) until(expression string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(10*time.Second))); err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
}

// quiet wants no complaint, and no request but the one for the page.
func (p *page) quiet() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.complaints) > 0 {
		p.t.Errorf("the console says: %s", strings.Join(p.complaints, "\n"))
	}
	for i, asked := range p.requests {
		if i > 0 || strings.SplitN(asked, "#", 2)[0] != strings.SplitN(p.address, "#", 2)[0] {
			p.t.Errorf("the page asked for %s", asked)
		}
	}
	if len(p.requests) == 0 {
		p.t.Error("no request was seen: nothing is known of what the page asks for")
	}
}

// wait draws frames until there are so many complaints, or for ten seconds.
func (p *page) wait(complaints int) {
	p.t.Helper()
	told := func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.complaints)
	}
	for began := time.Now(); told() < complaints && time.Since(began) < 10*time.Second; {
		p.until(`new Promise((drawn) => requestAnimationFrame(() => drawn(true)))`)
	}
}

// shot keeps a picture for people where $SCREENSHOTS names a directory.
func (p *page) shot(name string) {
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func dark() setting {
	return func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	}
}

func size(width, height int64) setting {
	return func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.EmulateViewport(width, height)) }
}

func scriptsOff() setting {
	return func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}
}
