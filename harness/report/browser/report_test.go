package browser_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	pages "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"resize-conformance/harness/journal"
)

const (
	counted  = `document.getElementById("n").textContent`
	visible  = `[...document.querySelectorAll(".row")].filter(r => r.checkVisibility()).length`
	openRows = `[...document.querySelectorAll(".row[open]")].map(r => r.querySelector(".in").id).join(" ")`
	focused  = `document.activeElement.closest(".row")?.querySelector(".in").id ?? document.activeElement.id`
)

func TestItOpens(t *testing.T) {
	p := open(t, write(t, synthetic(60, "")))
	want(p, `document.title`, "DOES NOT CONFORM: http://127.0.0.1:9000")
	want(p, visible, 60)
	want(p, counted, "60 of 60")
	want(p, openRows, "RSZ-F00-000 RSZ-F10-000 RSZ-F00-001")
	want(p, `document.querySelectorAll(".row.fail[open] mark").length > 0`, true)
	want(p, `document.documentElement.scrollWidth <= innerWidth`, true)
	p.shot("light")
	p.quiet()
}

func TestFilters(t *testing.T) {
	p := open(t, write(t, synthetic(60, "")))
	p.do(chromedp.SendKeys(chromedp.ID("q"), "f07-002"))
	p.until(counted + ` === "1 of 60"`)
	want(p, `location.hash`, "#?q=f07-002")
	want(p, visible, 1)
	p.do(chromedp.Click(chromedp.ID("clear")))
	want(p, counted, "60 of 60")
	p.do(chromedp.Click(`#vs button[data-v="FAIL"]`))
	want(p, counted, "6 of 60")
	want(p, `[...document.querySelectorAll(".group")].filter(g => g.checkVisibility()).map(g => g.id).join()`, "against")
	p.do(chromedp.Click(`#vs button[data-v="PASS"]`))
	want(p, counted, "60 of 60")
	p.do(chromedp.Click(chromedp.ID("clear")))
	// Bytes of exchanges are searched, too.
	p.do(chromedp.SendKeys(chromedp.ID("q"), "0000000000000000000000000000000a"))
	p.until(counted + ` !== "60 of 60"`)
	want(p, counted, "1 of 60")
	p.do(chromedp.Click(chromedp.ID("clear")))
	for control, wanted := range map[string]string{"f": "RSZ-F03 3", "l": "SHOULD 20", "s": "client 15"} {
		value, n, _ := strings.Cut(wanted, " ")
		eval[bool](p, `(() => { const e = document.getElementById("`+control+`"); e.value = "`+value+`"; return e.dispatchEvent(new Event("change")); })()`)
		want(p, counted, n+" of 60")
		p.do(chromedp.Click(chromedp.ID("clear")))
	}
	// A cell of the matrix filters for what it counts.
	p.do(chromedp.Click(`.matrix a[data-f="RSZ-F10"][data-v="FAIL"]`))
	want(p, counted, "3 of 60")
	want(p, `location.hash`, "#?f=RSZ-F10&v=FAIL")
	p.do(chromedp.SendKeys(chromedp.ID("q"), "no such thing"))
	p.until(`document.getElementById("none").checkVisibility()`)
	p.quiet()
}

func TestAnAddressCanHoldFilters(t *testing.T) {
	p := open(t, write(t, synthetic(60, ""))+"#?v=FAIL&f=RSZ-F10")
	want(p, counted, "3 of 60")
	want(p, `document.getElementById("f").value`, "RSZ-F10")
	p.quiet()
}

// inSight says that the row is open and its head can be seen.
func inSight(id string) string {
	return `(() => { const d = document.getElementById("` + id + `").closest("details"); const y = d.querySelector("summary").getBoundingClientRect().y; return d.open && y >= 0 && y < innerHeight / 2; })()`
}

func TestDeepLinks(t *testing.T) {
	address := write(t, synthetic(400, ""))
	for _, settings := range [][]setting{{size(1280, 900)}, {size(390, 800)}} {
		p := open(t, address+"#RSZ-F07-011", settings...)
		p.until(inSight("RSZ-F07-011"))
		p.until("(" + focused + `) === "RSZ-F07-011"`)
		// Also one that the filters hide, and an exchange.
		p.do(chromedp.Click(`#vs button[data-v="FAIL"]`))
		eval[string](p, `location.hash = "#RSZ-F01-003"`)
		p.until(inSight("RSZ-F01-003"))
		want(p, counted, "400 of 400")
		eval[string](p, `location.hash = "#exchange-110"`)
		p.until(inSight("exchange-110"))
		p.quiet()
	}
}

func TestKeys(t *testing.T) {
	p := open(t, write(t, synthetic(60, "")))
	p.do(chromedp.KeyEvent("j"))
	want(p, focused, "RSZ-F00-000")
	p.do(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"))
	want(p, focused, "RSZ-F10-000")
	want(p, openRows, "RSZ-F00-000 RSZ-F10-000 RSZ-F00-001")
	p.do(chromedp.KeyEvent("\r"))
	want(p, openRows, "RSZ-F00-000 RSZ-F00-001")
	for range 8 {
		p.do(chromedp.KeyEvent("n"))
	}
	want(p, focused, "RSZ-F10-002")
	p.do(chromedp.KeyEvent("j"))
	want(p, focused, "RSZ-F01-000")
	p.do(chromedp.KeyEvent("p"))
	want(p, focused, "RSZ-F10-002")
	// As a keyboard does it: the letter comes only when nobody has prevented it.
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "/", Text: "/"})
	p.do(chromedp.KeyEvent("j"))
	want(p, focused, "q")
	want(p, `document.getElementById("q").value`, "j")
	p.do(chromedp.KeyEvent("\x1b"))
	want(p, `document.getElementById("q").value`, "")
	p.do(chromedp.KeyEvent("a"))
	want(p, `document.querySelectorAll(".row[open]").length`, 60)
	p.do(chromedp.KeyEvent("a"))
	want(p, `document.querySelectorAll(".row[open]").length`, 0)
	p.do(chromedp.KeyEvent("?"))
	want(p, `document.getElementById("keys").open`, true)
	p.shot("keys")
	// Who speaks to the machine, or hits keys by accident, can turn the letters off.
	p.do(chromedp.Click(chromedp.ID("keys-on")), chromedp.Click(`#keys form button`), chromedp.KeyEvent("a"))
	want(p, `document.querySelectorAll(".row[open]").length`, 0)
	p.quiet()
}

// With scripts off everything is there, and a link still opens what it leads to.
func TestWithoutScripts(t *testing.T) {
	p := open(t, write(t, synthetic(60, ""))+"#RSZ-F07-002", scriptsOff())
	want(p, visible, 60)
	want(p, `document.getElementById("tools").checkVisibility()`, false)
	want(p, inSight("RSZ-F07-002"), true)
	want(p, `document.getElementById("RSZ-F07-002").innerText.includes("States over time")`, true)
	p.shot("without-scripts")
	p.quiet()
}

// Some viewers of artifacts allow neither scripts nor styles. These are the headers of Jenkins.
func TestInAStrictViewer(t *testing.T) {
	address := write(t, synthetic(60, ""))
	viewer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';")
		http.ServeFile(w, r, filepath.FromSlash(strings.TrimPrefix(address, "file://")))
	}))
	defer viewer.Close()
	p := open(t, viewer.URL+"/report.html#RSZ-F07-002")
	want(p, visible, 60)
	want(p, `document.body.innerText.includes("DOES NOT CONFORM")`, true)
	want(p, `document.getElementById("RSZ-F07-002").checkVisibility()`, true)
	p.shot("strict-viewer")
}

// What a server sends does not run, and if it found a way into the page, the page's own policy would stop it.
func TestHostileBytesDoNotRun(t *testing.T) {
	hostile := ` </script><script>document.title = "pwned"</script><img src="http://127.0.0.1:1/x.png" onerror="document.title = 'pwned'"><svg/onload=document.title='pwned'>`
	p := open(t, write(t, synthetic(20, hostile)))
	p.do(chromedp.KeyEvent("a"))
	want(p, `document.title`, "DOES NOT CONFORM: http://127.0.0.1:9000")
	want(p, `document.images.length`, 0)
	want(p, `document.body.textContent.includes("<svg/onload=document.title='pwned'>")`, true)
	p.quiet()
	eval[bool](p, `(() => { const s = document.createElement("script"); s.textContent = "document.title = 'pwned'"; document.body.append(s); return true; })()`)
	eval[bool](p, `(() => { const d = document.createElement("div"); d.innerHTML = "<img src='http://127.0.0.1:1/x.png' onerror='document.title = \"pwned\"'><b onclick='document.title = \"pwned\"'>x</b>"; document.body.append(d); d.querySelector("b").click(); return true; })()`)
	p.wait(3)
	want(p, `document.title`, "DOES NOT CONFORM: http://127.0.0.1:9000")
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.complaints); n < 3 || !strings.Contains(strings.Join(p.complaints, "\n"), "Content Security Policy") {
		t.Errorf("the policy stopped %d of 3: %s", n, p.complaints)
	}
}

// Two seconds is what a reader waits for: from the navigation until the page is drawn and the script has run.
func TestManyExchangesOpenInTwoSeconds(t *testing.T) {
	address := write(t, synthetic(2000, ""))
	info, err := os.Stat(strings.TrimPrefix(address, "file://"))
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, "about:blank")
	paint, loaded := math.Inf(1), math.Inf(1)
	for range 3 { // what else the machine does can only add to it
		p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(address))
		want(p, counted, "2000 of 2000")
		p.until(`performance.getEntriesByName("first-contentful-paint").length === 1 && performance.getEntriesByType("navigation")[0].loadEventEnd > 0`)
		paint = min(paint, eval[float64](p, `performance.getEntriesByName("first-contentful-paint")[0].startTime`))
		loaded = min(loaded, eval[float64](p, `performance.getEntriesByType("navigation")[0].loadEventEnd`))
	}
	search := eval[float64](p, `(() => { const q = document.getElementById("q"); q.value = "f07-002"; const t = performance.now(); document.getElementById("tools").requestSubmit(); return performance.now() - t; })()`)
	want(p, counted, "1 of 2000")
	t.Logf("%d bytes, first paint after %.0f ms, loaded after %.0f ms, first search %.0f ms, %d elements", info.Size(), paint, loaded, search, eval[int](p, `document.querySelectorAll("*").length`))
	if loaded > 2000 || paint > 2000 {
		t.Errorf("it opens in %.0f ms, first painted after %.0f ms", loaded, paint)
	}
}

// low lists the texts that can be seen with less contrast than WCAG AA wants, with the colours that the browser has computed.
const low = `(() => {
	const channels = (c) => c.match(/[\d.]+/g).map(Number);
	const lum = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
	const found = new Set();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	let n = 0;
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.matches("option, script, style, .hide, .skip") || e.closest("title")) continue;
		const style = getComputedStyle(e);
		let back = null;
		if (e instanceof SVGElement) { // what lies under a word is the bar before it
			const bar = e.previousElementSibling;
			if (e.classList.length && bar?.tagName === "rect") back = channels(getComputedStyle(bar).fill);
		}
		for (let p = e; p && !back; p = p.parentElement) { const c = channels(getComputedStyle(p).backgroundColor); if (c.length < 4 || c[3] > 0) back = c; }
		back ??= channels(getComputedStyle(document.documentElement).backgroundColor);
		const front = channels(e instanceof SVGElement ? style.fill : style.color);
		const [a, b] = [lum(front), lum(back)];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		n++;
		if (ratio < 4.5) found.add(e.tagName + "." + e.className + " " + ratio.toFixed(2) + " " + walk.currentNode.data.trim().slice(0, 30));
	}
	return n < 100 ? "only " + n + " texts were looked at" : [...found].join("\n");
})()`

func TestContrastOfEverything(t *testing.T) {
	address := write(t, synthetic(60, ""))
	for name, settings := range map[string][]setting{"light": nil, "dark": {dark()}} {
		t.Run(name, func(t *testing.T) {
			p := open(t, address, settings...)
			p.do(chromedp.KeyEvent("a"))
			eval[bool](p, `(() => { document.querySelectorAll("details").forEach((d) => { d.open = true; }); return true; })()`)
			want(p, low, "")
			p.quiet()
		})
	}
}

func TestNarrow(t *testing.T) {
	p := open(t, write(t, synthetic(60, "")), size(360, 800))
	eval[bool](p, `(() => { document.querySelectorAll("details").forEach((d) => { d.open = true; }); return true; })()`)
	want(p, `document.documentElement.scrollWidth`, 360)
	p.shot("narrow")
	p.quiet()
}

// On paper what failed is told in full, whatever was open on the screen, and nothing is there to be pressed.
func TestPrint(t *testing.T) {
	p := open(t, write(t, synthetic(60, "")), scriptsOff())
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	want(p, `[...document.querySelectorAll(".row.fail")].every((r) => r.querySelector(".pair").checkVisibility())`, true)
	want(p, `[...document.querySelectorAll(".row.pass")].some((r) => r.querySelector(".clause").checkVisibility())`, false)
	want(p, `document.getElementById("tools").checkVisibility()`, false)
	pdf := call(p, pages.PrintToPDF, pages.PrintToPDFParams{})
	if len(pdf.Data) < 10_000 {
		t.Errorf("a PDF of %d bytes", len(pdf.Data))
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "print.pdf"), pdf.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// For people: pictures of the page of any run, where $SCREENSHOTS says where to put them and $JOURNAL whose.
func TestPictures(t *testing.T) {
	path := os.Getenv("JOURNAL")
	if path == "" {
		t.Skip("$JOURNAL names no journal to make pictures of")
	}
	run, err := journal.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	address := write(t, run) + os.Getenv("FRAGMENT")
	for name, settings := range map[string][]setting{"run-light": {size(1280, 1500)}, "run-dark": {size(1280, 1500), dark()}, "run-narrow": {size(390, 1500)}} {
		p := open(t, address, settings...)
		p.shot(name)
		p.quiet()
	}
}
