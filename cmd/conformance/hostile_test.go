package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/report"
	"resize-conformance/harness/target"
)

const (
	// patience is how long a run against a hostile server may take at most. It is far above what any of them takes, so that only one that hangs is caught.
	patience = 2 * time.Minute
	// hostileToken must be found nowhere.
	hostileToken = "token-that-must-not-travel-4711"
	// mostMemory is what a run may take at most against servers that offer any amount, in MB. About 350 are taken: several copies of 16 MB, and what the
	// collector has not come to. The race detector takes its own share.
	mostMemory = 512 * memoryFactor
)

// hostile are the arguments of a short run. The limits are long, so that a slow machine is not taken for a slow server; impatient makes them short.
func hostile(t *testing.T, server, dir string) []string {
	t.Helper()
	inventory := write(t, "servers.yaml", "project-id: 00112233445566778899aabbccddeeff\ncredentials: {token: "+hostileToken+"}\nflavors: {target: s3.large.2}\n"+
		"servers:\n  stopped:\n    - {id: 616fb98f-46ca-475e-917e-2563e5a8cd19}\n  running:\n    - {id: 4f2c6f0a-9d3b-4e5a-8b1c-0a1b2c3d4e5f}\n")
	return []string{
		"run", "--server", server, "--inventory", inventory, "--reports", dir, "--requirement", "RSZ-URI-001,RSZ-URI-002,RSZ-JOB-001,RSZ-JOB-011",
		"--request-timeout", "10s", "--job-timeout", "10s", "--power-timeout", "10s", "--create-timeout", "10s", "--poll", "5ms",
	}
}

// impatient are the arguments for servers that would use up any limit.
func impatient() []string { return []string{"--request-timeout", "250ms", "--job-timeout", "250ms"} }

// callWithin is call for a run that must come to its end by itself: one that has to be stopped ends with another exit code.
func callWithin(t *testing.T, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, strings.NewReader(""), &stdout, &stderr)
	if ctx.Err() != nil {
		t.Errorf("the run did not end within %v", patience)
	}
	return outcome{code, stdout.String(), stderr.String()}
}

// wholeAndReadable asserts that a run left a whole journal and reports that can be read, none of them with a harness error or the token in it.
func wholeAndReadable(t *testing.T, dir string, got outcome) *journal.Run {
	t.Helper()
	record, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatalf("the journal cannot be read: %v", err)
	}
	if record.End == nil || len(record.Missing()) > 0 || len(record.Exchanges) == 0 {
		t.Errorf("the journal is not whole: end %v, missing %v, %d exchanges", record.End, record.Missing(), len(record.Exchanges))
	}
	for _, row := range record.Rows() {
		if row.Verdict == journal.HarnessError {
			t.Errorf("blamed on the harness: %s: %s %+v", row.Name(), row.Reason, row.Finding)
		}
	}
	texts := map[string]string{"stdout": got.stdout, "stderr": got.stderr}
	for _, name := range []string{journal.FileName, report.ResultsFile, report.JUnitFile} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(data)
	}
	parsesAsXML(t, texts[report.JUnitFile])
	keepsResultsSchema(t, texts[report.ResultsFile])
	for where, text := range texts {
		if strings.Contains(text, hostileToken) {
			t.Errorf("%s holds the token", where)
		}
		for _, sign := range []string{"panicked", "runtime error", "goroutine "} {
			if strings.Contains(text, sign) {
				t.Errorf("%s tells of a panic: %q", where, sign)
			}
		}
	}
	if got.stdout == "" {
		t.Error("nothing on the terminal")
	}
	return record
}

func parsesAsXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		switch _, err := d.Token(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.Errorf("%s: %v", report.JUnitFile, err)
			return
		}
	}
}

func keepsResultsSchema(t *testing.T, text string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(report.ResultsSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("results.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Errorf("%s: %v", report.ResultsFile, err)
		return
	}
	if err := schema.Validate(instance); err != nil {
		t.Errorf("%s: %v", report.ResultsFile, err)
	}
}

// answering serves one answer to everything.
func answering(status int, header http.Header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// saying takes the connection away from net/http, says what no HTTP server says, and hangs up.
func saying(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	}
}

// without lets the client's patience run out: it answers with first, and then says nothing until the client has gone.
func without(first string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if first != "" {
			_, _ = io.WriteString(w, first)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
}

// pouring sends the same piece again and again, n times or, for 0, without end.
func pouring(n int, header http.Header, piece []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for name, values := range header {
			w.Header()[name] = values
		}
		for i := 0; n == 0 || i < n; i++ {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
}

func zipped(t *testing.T, plain []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever a server does: the run ends, says that the server does not conform, blames nobody else, and leaves its whole record.
func TestHostileServers(t *testing.T) {
	racedetector.LeaveOut(t)
	gz := http.Header{"Content-Encoding": {"gzip"}}
	deep := strings.Repeat(`{"server":`, 200000) + `1` + strings.Repeat(`}`, 200000)
	for _, c := range []struct {
		name   string
		server http.Handler
		told   string // what the reader must find in results.json
	}{
		{"hangs", without(""), "for the first byte of the answer"},
		{"hangs within the body", without(`{"server":`), "for the rest of the answer"},
		{"closes without an answer", saying(""), "closed the connection without an answer"},
		{"closes within the body", saying("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"server\":"), "closed the connection within the body"},
		{"answers garbage", saying("\x00\x01\xff not http at all\r\n\r\n"), "no HTTP answer"},
		{"contradicts itself about the length", saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n{}"), "Content-Length"},
		{"answers 1xx without end", saying(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 5000)), "informational"},
		{"switches protocols", saying("HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\nxyz"), "101"},
		{"answers HTML", answering(200, http.Header{"Content-Type": {"text/html"}}, "<!DOCTYPE html><html><body>It works!</body></html>"), "text/html"},
		{"answers HTML that is called JSON", answering(200, nil, "<!DOCTYPE html><html></html>"), "JSON"},
		{"declares gzip and sends none", answering(200, gz, `{"server":{}}`), "RSZ-RSP-013"},
		{"breaks the gzip off", answering(200, gz, zipped(t, bytes.Repeat([]byte(`{"server":{}}`), 500))[:40]), "breaks off"},
		{"answers 500 to everything", answering(500, nil, `{"error":{"code":"Common.0001","message":"oh"}}`), "500 Common.0001"},
		{"answers 200 without a body", answering(200, nil, ""), "200"},
		{"answers a status that there is not", saying("HTTP/1.1 999 What\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"), "999"},
		{"answers invalid UTF-8", answering(200, nil, "{\"server\":{\"id\":\"\xff\xfe\xc0\"},\"job_id\":\"\xff\"}"), "UTF-8"},
		{"answers with control characters", answering(400, nil, "{\"error\":{\"code\":\"\\u0000\\u001b[31m\\ufffe]]>\",\"message\":\"\\u0008</failure>\"}}"), "400"},
		{"answers JSON that is nested deeply", answering(200, nil, deep), "JSON"},
		{"answers with duplicate keys", answering(200, nil, `{"server":{"id":"a","id":"b","status":"SHUTOFF","flavor":{"id":"x"},"flavor":{"id":"y"}},"job_id":"1","job_id":"2"}`), "twice"},
		{"answers two JSON values", answering(200, nil, `{"job_id":"1"}{"job_id":"2"}`), "JSON"},
		{"sends a header of 100 KB", answering(200, http.Header{"X-Long": {strings.Repeat("h", 100<<10)}}, "{}"), `"server"`},
		{"sends a header of 3 MB", answering(200, http.Header{"X-Long": {strings.Repeat("h", 3<<20)}}, "{}"), "header"},
		{"sends 20,000 headers", answering(200, many(20000), "{}"), `"server"`},
		{"announces what it never sends", saying("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000000000000000000\r\n\r\n{}"), "9000000000000000000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.server)
			defer server.Close()
			dir := t.TempDir()
			args := hostile(t, server.URL, dir)
			if strings.HasPrefix(c.name, "hangs") {
				args = append(args, impatient()...)
			}
			got := callWithin(t, args...)
			if got.code != exitDeviates {
				t.Errorf("exit code %d, want 1\n%s%s", got.code, got.stdout, got.stderr)
			}
			record := wholeAndReadable(t, dir, got)
			if !strings.Contains(told(record), c.told) {
				t.Errorf("no finding tells of %q:\n%s", c.told, told(record))
			}
		})
	}
}

func many(n int) http.Header {
	h := http.Header{}
	for i := range n {
		h["X-"+strconv.Itoa(i)] = []string{"v"}
	}
	return h
}

// told is what the rows of a run say stands against the server.
func told(record *journal.Run) string {
	var b strings.Builder
	for _, row := range record.Rows() {
		if row.Verdict != journal.Pass && row.Verdict != journal.NotApplicable {
			fmt.Fprintf(&b, "%s %s: %s\n", row.Verdict, row.Requirement, row.Reason)
		}
	}
	return b.String()
}

// A body of any size costs no more than the cap. The run has a process of its own, so that its memory can be told.
func TestBodiesWithoutMeasure(t *testing.T) {
	racedetector.LeaveOut(t)
	piece := bytes.Repeat([]byte(`{"server":{"id":"0"}},`), 3000)
	for _, c := range []struct {
		name   string
		server http.Handler
	}{
		{"100 MB", answering(200, nil, `{"job_id":"`+strings.Repeat("a", 100<<20)+`"}`)},
		{"an endless body", pouring(0, nil, piece)},
		{"an endless body of brackets", pouring(0, nil, bytes.Repeat([]byte("["), 1<<16))},
		{"a bomb of gzip", answering(200, http.Header{"Content-Encoding": {"gzip"}}, zipped(t, make([]byte, 100<<20)))},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.server)
			defer server.Close()
			dir := t.TempDir()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			cmd := program(ctx, hostile(t, server.URL, dir)...)
			status := filepath.Join(t.TempDir(), "status")
			cmd.Env = append(cmd.Env, "CONFORMANCE_TEST_STATUS="+status)
			got := outcomeOf(cmd)
			if got.code != exitDeviates {
				t.Errorf("exit code %d, want 1\n%s%s", got.code, got.stdout, got.stderr)
			}
			wholeAndReadable(t, dir, got)
			told, err := os.ReadFile(status)
			if err != nil {
				t.Skipf("how much memory a process took cannot be told here: %v", err)
			}
			_, after, _ := strings.Cut(string(told), "VmHWM:")
			var peak int // kB
			if _, err := fmt.Sscan(after, &peak); err != nil {
				t.Fatalf("no peak in %s: %v", told, err)
			}
			t.Logf("%d MB at the peak, %v of CPU", peak>>10, cmd.ProcessState.UserTime())
			if peak>>10 > mostMemory {
				t.Errorf("%d MB at the peak, want at most %d", peak>>10, mostMemory)
			}
		})
	}
}

// A redirect is an answer like any other: it is not followed, and the credentials stay with the server they are for.
func TestRedirectsLeadNowhere(t *testing.T) {
	racedetector.LeaveOut(t)
	var visits atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
			}))
			defer server.Close()
			dir := t.TempDir()
			got := callWithin(t, hostile(t, server.URL, dir)...)
			if got.code != exitDeviates {
				t.Errorf("exit code %d, want 1\n%s%s", got.code, got.stdout, got.stderr)
			}
			if record := wholeAndReadable(t, dir, got); !strings.Contains(told(record), strconv.Itoa(status)) {
				t.Errorf("no finding tells of the redirect:\n%s", told(record))
			}
		})
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("%d requests went where a redirect pointed", n)
	}
}

// emulated serves the emulator behind a wrapper and returns the arguments of a short run against it.
func emulated(t *testing.T, dir string, wrap func(http.Handler) http.Handler) (server *httptest.Server, args []string) {
	t.Helper()
	e, err := emulator.New(emulator.Config{JobDuration: 5 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	server = httptest.NewServer(wrap(e))
	t.Cleanup(server.Close)
	inventory, err := target.InventoryOf(e, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	text, err := inventory.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return server, []string{"run", "--inventory", write(t, "servers.yaml", string(text)), "--reports", dir, "--requirement", "RSZ-URI,RSZ-JOB-001", "--poll", "2ms", "--request-timeout", "5s"}
}

// What HTTP allows is no deviation: a right server that compresses, or gives a hint before it answers, conforms.
func TestStrangeButRightServers(t *testing.T) {
	racedetector.LeaveOut(t)
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"compresses what nobody asked it to": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				plain := httptest.NewRecorder()
				next.ServeHTTP(plain, r)
				for name, values := range plain.Header() {
					w.Header()[name] = values
				}
				w.Header().Del("Content-Length")
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(plain.Code)
				z := gzip.NewWriter(w)
				_, _ = z.Write(plain.Body.Bytes())
				_ = z.Close()
			})
		},
		"hints before it answers": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusProcessing)
				w.WriteHeader(http.StatusEarlyHints)
				next.ServeHTTP(w, r)
			})
		},
		"closes every connection after its answer": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Connection", "close")
				next.ServeHTTP(w, r)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, args := emulated(t, dir, wrap)
			got := callWithin(t, args...)
			if got.code != exitConforms {
				t.Errorf("exit code %d, want 0\n%s%s", got.code, got.stdout, got.stderr)
			}
			wholeAndReadable(t, dir, got)
		})
	}
}

// A server that was there and then is not: what was seen before stays, the rest fails, and it is not taken for one that was never reachable.
func TestServerThatDiesWithinTheRun(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	var (
		server   *httptest.Server
		requests atomic.Int32
		die      sync.Once
	)
	server, args := emulated(t, dir, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) <= 20 {
				next.ServeHTTP(w, r)
				return
			}
			die.Do(func() { _ = server.Listener.Close() })
			panic(http.ErrAbortHandler)
		})
	})
	got := callWithin(t, args...)
	if got.code != exitDeviates {
		t.Errorf("exit code %d, want 1\n%s%s", got.code, got.stdout, got.stderr)
	}
	record := wholeAndReadable(t, dir, got)
	counts := journal.Counts(record.Rows())
	if counts[journal.Pass] == 0 || !strings.Contains(told(record), "nothing listens there") {
		t.Errorf("wanted results from before and from after: %v\n%s", counts, told(record))
	}
}

// A server that accepts connections and never a TLS handshake is one that cannot be reached, within the time for one request.
func TestServerThatNeverShakesHands(t *testing.T) {
	racedetector.LeaveOut(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	got := callWithin(t, append(hostile(t, "https://"+silent.Addr().String(), t.TempDir()), impatient()...)...)
	if got.code != exitUnreachable || !strings.Contains(got.stderr, "--request-timeout") {
		t.Errorf("exit code %d, stderr %q; want 3 and the limit", got.code, got.stderr)
	}
}
