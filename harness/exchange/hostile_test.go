package exchange

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"resize-conformance/harness/contract"
)

// rawServer answers every connection with a function of the bare connection, after the request's header was read.
func rawServer(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				answer(c)
			}
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String()
}

func say(text string) func(net.Conn) {
	return func(c net.Conn) { _, _ = io.WriteString(c, text) }
}

func TestServersThatAnswerNoHTTP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer func(net.Conn)
		status int
		body   string
		want   []string // in the error
	}{
		{"closes at once", say(""), 0, "", []string{"for the first byte of the answer", "nothing had come", "closed the connection without an answer"}},
		{"garbage", say("SSH-2.0-OpenSSH_9.9\r\n"), 0, "", []string{"what came is no HTTP answer", "SSH-2.0"}},
		{"bare HTML", say("<html>hello</html>\n\n"), 0, "", []string{"what came is no HTTP answer"}},
		{"broken header", say("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"), 0, "", []string{"what came is no HTTP answer"}},
		{"closes within the header", say("HTTP/1.1 200 OK\r\nContent-Ty"), 0, "", []string{"what came is no HTTP answer", "malformed MIME header"}},
		{"closes within the body", say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"job"), 200, `{"job`, []string{"status 200 and 5 bytes of the body had come", "announced 100 bytes"}},
		{"closes within a chunk", say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"job"), 200, `{"job`, []string{"5 bytes of the body had come", "closed the connection within the body"}},
		{"garbage instead of a chunk", say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"), 200, "", []string{"status 200", "invalid byte in chunk length"}},
		{"a header without end", func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for range 64 {
				if _, err := io.WriteString(c, "X-Long: "+strings.Repeat("x", 1<<16)+"\r\n"); err != nil {
					return
				}
			}
		}, 0, "", []string{"headers exceeded 1048576 bytes"}},
		{"garbage without end", func(c net.Conn) {
			for range 64 {
				if _, err := io.WriteString(c, strings.Repeat("x", 1<<16)); err != nil {
					return
				}
			}
		}, 0, "", []string{"nothing had come"}},
		{"negative length", say("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), 0, "", []string{"Content-Length"}},
		{"informational answers without end", func(c net.Conn) {
			for range 200 {
				_, _ = io.WriteString(c, "HTTP/1.1 103 Early Hints\r\n\r\n")
			}
		}, 0, "", []string{"more than 100 informational"}},
		{"HTTP/1.0 without length", say("HTTP/1.0 200 OK\r\n\r\n{}"), 200, "{}", nil},
		{"informational answers first", say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), 200, "{}", nil},
		{"another protocol", say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nnoise"), 101, "", nil},
		{"status nobody knows", say("HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n"), 799, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sink events
			var judged *contract.Message
			r := recorder(t, Options{Sink: &sink, Contract: judgeFunc(func(m *contract.Message) contract.Judgement {
				judged = m
				return contract.Judgement{}
			})})
			url := rawServer(t, c.answer)
			e, err := r.Do(request(t.Context(), t, "GET", url+"/v1/x", ""))
			if e.Status != c.status || string(e.Body) != c.body || !errors.Is(err, e.Err) {
				t.Errorf("wanted %d %q, got %d %q, %v", c.status, c.body, e.Status, e.Body, err)
			}
			j := sink.last(t)
			if c.want == nil {
				if err != nil || j.Error != "" {
					t.Errorf("wanted no error, got %v", err)
				}
				return
			}
			var f *Failure
			if !errors.As(err, &f) || f.Method != "GET" || j.Error != err.Error() {
				t.Fatalf("wanted a *Failure, in the journal too, got %v and %q", err, j.Error)
			}
			for _, part := range append(c.want, "GET "+url+"/v1/x: waited ") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("wanted %q in %q", part, err)
				}
			}
			if len(err.Error()) > 1000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			if judged == nil || judged.Status != c.status || c.status != 0 && !judged.ResponseTruncated {
				t.Errorf("a broken answer is judged as far as it goes, not its body: %+v", judged)
			}
		})
	}
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	_ = l.Close()
	_, err = recorder(t, Options{}).Do(request(t.Context(), t, "GET", url, ""))
	if err == nil || !strings.Contains(err.Error(), "for a connection") || !strings.Contains(err.Error(), "is the server running") {
		t.Errorf("got %v", err)
	}
}

func TestCredentialsInAURLAreNotShown(t *testing.T) {
	t.Parallel()
	var sink events
	url := strings.Replace(serve(t, func(http.ResponseWriter, *http.Request) {}), "http://", "http://user:hunter22@", 1)
	if _, err := recorder(t, Options{Sink: &sink}).Do(request(t.Context(), t, "GET", url, "")); err != nil {
		t.Fatal(err)
	}
	if text := sink.text(t); strings.Contains(text, "hunter22") {
		t.Errorf("the password stands in %s", text)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	e, err := recorder(t, Options{}).Do(request(t.Context(), t, "GET", url, ""))
	if err != nil || e.Status != http.StatusFound || e.Header.Get("Location") != "/again" || asked.Load() != 1 {
		t.Errorf("wanted one 302, got %d after %d requests, %v", e.Status, asked.Load(), err)
	}
}

// The server writes without end; it must see the connection go, and soon.
func TestAnEndlessBodyIsCutAndTheConnectionDropped(t *testing.T) {
	t.Parallel()
	var wrote atomic.Int64
	gone := make(chan error, 1)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		block := bytes.Repeat([]byte("x"), 1<<16)
		for {
			n, err := w.Write(block)
			wrote.Add(int64(n))
			if err != nil {
				gone <- err
				return
			}
		}
	})
	var sink events
	r := recorder(t, Options{Sink: &sink, MaxBody: 1 << 20, MaxKept: 100})
	e, err := r.Do(request(t.Context(), t, "GET", url, ""))
	if err != nil || !e.Truncated || len(e.Body) != 1<<20 {
		t.Errorf("wanted 1 MiB and no error, got %d bytes, truncated %t, %v", len(e.Body), e.Truncated, err)
	}
	if j := sink.last(t); !j.ResponseBody.Truncated || j.ResponseBody.Size != 1<<20 || len(j.ResponseBody.Text) != 100 {
		t.Errorf("journal: truncated %t, size %d, kept %d", j.ResponseBody.Truncated, j.ResponseBody.Size, len(j.ResponseBody.Text))
	}
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Errorf("the connection is still open, %d bytes were written", wrote.Load())
	}
}

func TestAHundredMegabytes(t *testing.T) {
	t.Parallel()
	const size = 100 << 20
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(size))
		block := bytes.Repeat([]byte(" "), 1<<20)
		for range size >> 20 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	e, err := recorder(t, Options{}).Do(request(t.Context(), t, "GET", url, ""))
	if err != nil || !e.Truncated || len(e.Body) != DefaultMaxBody {
		t.Errorf("got %d bytes, truncated %t, %v", len(e.Body), e.Truncated, err)
	}
	// Whoever reads through RoundTrip is told as well.
	resp, err := recorder(t, Options{MaxBody: 1000}).RoundTrip(request(t.Context(), t, "GET", url, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if n, err := io.Copy(io.Discard, resp.Body); n != 1000 || err == nil || !strings.Contains(err.Error(), "cut off after 1000 bytes") {
		t.Errorf("got %d bytes, %v", n, err)
	}
}

func zip(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGzipThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	const secret = "canary-in-gzip"
	plain := []byte(`{"x":"` + secret + `"}`)
	zipped := zip(t, plain)
	bomb := zip(t, make([]byte, 8<<20))
	for _, c := range []struct {
		name, encoding string
		wire, want     []byte
		truncated      bool
		kept           string
	}{
		{"undone", "gzip", zipped, plain, false, `{"x":"$CANARY"}`},
		{"in another spelling", "X-GZIP", zipped, plain, false, `{"x":"$CANARY"}`},
		{"a bomb", "gzip", bomb, make([]byte, 1<<20), true, ""},
		{"broken off", "gzip", zipped[:len(zipped)-8], plain, true, `{"x":"$CANARY"}`},
		{"not gzip at all", "gzip", plain, plain, true, ""},
		{"what cannot be undone", "br", zipped, zipped, true, ""},
		{"not declared", "", plain, plain, false, `{"x":"$CANARY"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var asked string
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked = r.Header.Get("Accept-Encoding")
				if c.encoding != "" {
					w.Header().Set("Content-Encoding", c.encoding)
				}
				_, _ = w.Write(c.wire)
			})
			var sink events
			r := recorder(t, Options{Sink: &sink, MaxBody: 1 << 20, Redactor: NewRedactor(map[string]string{secret: "$CANARY"})})
			e, err := r.Do(request(t.Context(), t, "GET", url, ""))
			if err != nil || !bytes.Equal(e.Body, c.want) {
				t.Errorf("wanted %d bytes %.40q, got %d bytes %.40q, %v", len(c.want), c.want, len(e.Body), e.Body, err)
			}
			if asked != "" {
				t.Errorf("Accept-Encoding: %s was sent", asked)
			}
			j := sink.last(t).ResponseBody
			if j.Size != int64(len(c.wire)) || j.Truncated != c.truncated {
				t.Errorf("journal: wanted size %d, truncated %t, got %d, %t", len(c.wire), c.truncated, j.Size, j.Truncated)
			}
			if c.name != "a bomb" && (j.Text != c.kept || j.Base64 != "") {
				t.Errorf("journal: wanted %q, got %q %q", c.kept, j.Text, j.Base64)
			}
			// A client on top gets the bytes as they came.
			resp, err := r.RoundTrip(request(t.Context(), t, "GET", url, ""))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if got, _ := io.ReadAll(resp.Body); !bytes.Equal(got, c.wire) {
				t.Errorf("RoundTrip: wanted the %d bytes of the wire, got %d", len(c.wire), len(got))
			}
		})
	}
}

// silent is a server that takes a request and then says no more than it was told to.
type silent struct{ said io.Reader }

func (s silent) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.said == nil {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(io.MultiReader(s.said, hanging{r.Context()}))}, nil
}

type hanging struct{ ctx context.Context }

func (h hanging) Read([]byte) (int, error) {
	<-h.ctx.Done()
	return 0, h.ctx.Err()
}

func TestTimeThatRunsOutIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		base http.RoundTripper
		want []string
	}{
		{"before the answer", silent{}, []string{"waited 3s", "nothing had come", "the limit of this test"}},
		{"within the body", silent{strings.NewReader("abcd")}, []string{"waited 3s for the rest of the answer", "status 200 and 4 bytes of the body had come", "the limit of this test"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), 3*time.Second, errors.New("the limit of this test"))
			defer cancel()
			var sink events
			_, err := NewRecorder(Options{Base: c.base, Sink: &sink}).Do(request(ctx, t, "GET", "http://h/x", ""))
			var f *Failure
			if !errors.As(err, &f) || !f.Timeout() || f.Waited != 3*time.Second {
				t.Fatalf("%s: wanted a timeout after 3 s, got %v", c.name, err)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%s: wanted %q in %q", c.name, part, err)
				}
			}
			if sink.last(t).Error != err.Error() {
				t.Errorf("%s: the journal says %q", c.name, sink.last(t).Error)
			}
		})
	}
}

// Over a real connection: the server takes the request and is silent.
func TestCancellationEndsAnExchangeAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	release := make(chan struct{})
	url := rawServer(t, func(net.Conn) { cancel(errors.New("the user has interrupted the run")); <-release })
	t.Cleanup(func() { close(release) })
	_, err := recorder(t, Options{}).Do(request(ctx, t, "GET", url, ""))
	if err == nil || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the user has interrupted the run") {
		t.Errorf("got %v", err)
	}
}

// A request that changes something must never go out twice, not even when the connection breaks.
func TestAPostIsNeverRepeated(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			return // so that the connection is kept and used again
		}
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.Close()
	})
	r := recorder(t, Options{})
	if _, err := r.Do(request(t.Context(), t, "POST", url, "{}")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Do(request(t.Context(), t, "POST", url, "{}")); err == nil || asked.Load() != 2 {
		t.Errorf("wanted an error after 2 requests, got %v after %d", err, asked.Load())
	}
}

func TestTheCutOfAKeptBodyHitsNeitherSecretNorCharacter(t *testing.T) {
	t.Parallel()
	seal := NewRedactor(map[string]string{"canary-secret": "$C"}).censor(nil, nil)
	if b := keep(seal, []byte("12345canary-secret and more"), 27, false, false, 8); b.Text != "12345$C" || !b.Truncated || b.Size != 27 {
		t.Errorf("within a secret: %+v", b)
	}
	if b := keep(seal, []byte("1234567ü90"), 11, false, false, 8); b.Text != "1234567" || b.Base64 != "" {
		t.Errorf("within a character: %+v", b)
	}
	if b := keep(seal, []byte("\xff\xfecanary-secret"), 15, false, false, 100); b.Text != "" || b.Base64 != "//4kQw==" || b.Truncated {
		t.Errorf("no UTF-8: %+v", b)
	}
}
