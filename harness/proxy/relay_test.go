package proxy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"resize-conformance/harness/journal"
)

// What is sent arrives as it was sent, whatever it is.
func TestBytesPassAsTheyAre(t *testing.T) {
	gzipped := "\x1f\x8b\x08\x00not really\xff\x00"
	for name, c := range map[string]struct {
		request, answer string
		status          int
		broken          string // in the error of the exchange
	}{
		"odd names and order":             {request: post(""), answer: good, status: 200},
		"the answer has chunks":           {request: post(""), answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n2d;ext=1\r\n" + told + "\r\n0\r\nX-Trailer: t\r\n\r\n", status: 200},
		"the request has chunks":          {request: strings.Replace(post(""), "Content-Length: 37\r\n\r\n"+asked, "transfer-encoding: chunked\r\n\r\n5\r\n{\"res\r\n20\r\nize\":{\"flavorRef\":\"s3.large.2\"}}\r\n0\r\n\r\n", 1), answer: good, status: 200},
		"until the end of the connection": {request: post(""), answer: "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + told, status: 200},
		"HTTP/1.0":                        {request: "GET /v1/" + project + "/jobs/ff8 HTTP/1.0\r\n\r\n", answer: "HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n", status: 404},
		"HEAD":                            {request: "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", answer: "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", status: 200},
		"compressed":                      {request: post("Accept-Encoding: gzip\r\n"), answer: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 16\r\n\r\n" + gzipped, status: 200},
		"informational answers":           {request: post(""), answer: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + good, status: 200},
		"bare line feeds":                 {request: strings.ReplaceAll(post(""), "\r\n", "\n"), answer: strings.ReplaceAll(good, "\r\n", "\n"), status: 200},
		"a folded line":                   {request: post("X-Folded: a\r\n b\r\n"), answer: good, status: 200},
		"a body cut off":                  {request: post(""), answer: good[:len(good)-5], status: 200, broken: "within the body"},
		"no answer":                       {request: post(""), answer: "", broken: "without an answer"},
		"half a head":                     {request: post(""), answer: "HTTP/1.1 200 OK\r\nConte", broken: "without an answer"},
		"no HTTP at all":                  {request: post(""), answer: "hello\r\n", broken: "no HTTP answer"},
		"two lengths":                     {request: post(""), answer: strings.Replace(good, "X-Second: 2", "Content-Length: 46", 1), broken: "no HTTP answer"},
		"a wrong size of a chunk":         {request: post(""), answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nXX\r\nworld\r\n0\r\n\r\n", status: 200, broken: "chunked coding"},
		"a chunk cut off":                 {request: post(""), answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhello", status: 200, broken: "within the body"},
		"a protocol switched":             {request: "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", answer: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nwhatever\x00", status: 101},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, answering(c.answer))
			l := newLab(t, Config{Upstream: u.url})
			answer, err := l.send(c.request)
			if err != nil || answer != c.answer {
				t.Errorf("the client got %q, %v; want %q", answer, err, c.answer)
			}
			if got := u.received(); got != c.request {
				t.Errorf("the server got %q; want %q", got, c.request)
			}
			e, _ := l.one()
			if e.Status != c.status || (e.Err != nil) != (c.broken != "") || e.Err != nil && !strings.Contains(e.Err.Error(), c.broken) {
				t.Errorf("recorded status %d and %v; want %d and an error with %q", e.Status, e.Err, c.status, c.broken)
			}
		})
	}
}

// The record has the bytes, the order and the case, and no secret.
func TestTheRecordShowsTheWire(t *testing.T) {
	u := newUpstream(t, answering(good))
	l := newLab(t, Config{Upstream: u.url})
	if _, err := l.send(post("")); err != nil {
		t.Fatal(err)
	}
	e, x := l.one()
	if string(e.RequestBody) != asked || string(e.Body) != told || !e.External || e.Substitute != "" || e.Judgement.Operation != "resizeServer" {
		t.Errorf("got %+v", e)
	}
	var names []string
	for _, h := range append(x.RequestHeader, x.ResponseHeader...) {
		names = append(names, h.Name)
	}
	if got, want := strings.Join(names, " "), "x-odd-CASE Host Content-Type X-Auth-Token Content-Length content-TYPE X-Second Content-Length"; got != want {
		t.Errorf("got the headers %s, want %s", got, want)
	}
	if text := fmt.Sprint(x); strings.Contains(text, "a-token-of-nobody") {
		t.Errorf("the token stands in %s", text)
	}
	for _, v := range x.Violations {
		if v.Level == journal.Must {
			t.Errorf("got %+v, want no violation", v)
		}
	}
}

// A connection that lives on is used on, and one that the server gives up is given up.
func TestConnectionsBelongTogether(t *testing.T) {
	u := newUpstream(t, func(in *bufio.Reader, conn *net.TCPConn) {
		for range 2 {
			readRequest(in)
			_, _ = io.WriteString(conn, good)
		}
	})
	l := newLab(t, Config{Upstream: u.url})
	conn := l.dial()
	in := bufio.NewReader(conn)
	for range 2 {
		_, _ = io.WriteString(conn, post(""))
		got := make([]byte, len(good))
		if _, err := io.ReadFull(in, got); err != nil || string(got) != good {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if _, err := in.ReadByte(); err != io.EOF {
		t.Errorf("got %v, want the end of the connection that the server closed", err)
	}
	if err := l.port.Settle(t.Context()); err != nil || len(l.port.Exchanges()) != 2 || l.port.Connections() != 1 {
		t.Errorf("got %d exchanges on %d connections, %v; want 2 on 1", len(l.port.Exchanges()), l.port.Connections(), err)
	}
}

// Requests that do not wait for their answers are passed on at once, and answered in their order.
func TestPipelining(t *testing.T) {
	u := newUpstream(t, func(in *bufio.Reader, conn *net.TCPConn) {
		readRequest(in)
		readRequest(in)
		_, _ = io.WriteString(conn, good+strings.Replace(good, "200 OK", "202 Accepted", 1))
	})
	l := newLab(t, Config{Upstream: u.url})
	answer, err := l.send(post("") + post(""))
	if err != nil || strings.Count(answer, "HTTP/1.1 20") != 2 {
		t.Fatalf("got %q, %v", answer, err)
	}
	if err := l.port.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := l.port.Exchanges(); len(all) != 2 || all[0].Status != 200 || all[1].Status != 202 {
		t.Errorf("got %d exchanges", len(all))
	}
}

// A client that is told to wait before it sends the body is told so by the server, and by nobody else.
func TestExpectContinue(t *testing.T) {
	u := newUpstream(t, func(in *bufio.Reader, conn *net.TCPConn) {
		if _, err := readHead(in, looksLikeRequest); err != nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
		_, _ = io.CopyN(io.Discard, in, int64(len(asked)))
		_, _ = io.WriteString(conn, good)
	})
	l := newLab(t, Config{Upstream: u.url})
	conn := l.dial()
	request := post("Expect: 100-continue\r\n")
	_, _ = io.WriteString(conn, request[:len(request)-len(asked)])
	told := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	if _, err := io.ReadFull(conn, told); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, asked)
	if answer, err := io.ReadAll(conn); err != nil || string(answer) != good {
		t.Errorf("got %q, %v", answer, err)
	}
	if e, _ := l.one(); string(e.RequestBody) != asked {
		t.Errorf("recorded the body %q", e.RequestBody)
	}
}

// A server that answers before it has the whole request is heard while the client still sends.
func TestEarlyAnswer(t *testing.T) {
	refusal := "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	u := newUpstream(t, func(in *bufio.Reader, conn *net.TCPConn) {
		_, _ = readHead(in, looksLikeRequest)
		_, _ = io.WriteString(conn, refusal)
		_ = conn.CloseWrite()
		_, _ = io.Copy(io.Discard, in)
	})
	l := newLab(t, Config{Upstream: u.url})
	conn := l.dial()
	_, _ = io.WriteString(conn, "POST "+resize+" HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{\"res")
	if answer, err := io.ReadAll(conn); err != nil || string(answer) != refusal {
		t.Fatalf("got %q, %v", answer, err)
	}
	_ = conn.Close()
	e, x := l.one()
	if e.Status != 413 || !x.RequestBody.Truncated {
		t.Errorf("got status %d, truncated %v; want 413 and a request that is not whole", e.Status, x.RequestBody.Truncated)
	}
	for _, v := range x.Violations {
		if v.In == "request" {
			t.Errorf("a body that is not whole is judged: %+v", v)
		}
	}
}

// A reset stays a reset, on both sides, and nothing is invented in its place.
func TestResets(t *testing.T) {
	t.Run("by the server", func(t *testing.T) {
		u := newUpstream(t, func(in *bufio.Reader, conn *net.TCPConn) {
			readRequest(in)
			_ = conn.SetLinger(0)
		})
		l := newLab(t, Config{Upstream: u.url})
		if answer, err := l.send(post("")); answer != "" || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %q, %v; want a reset", answer, err)
		}
		if e, _ := l.one(); e.Status != 0 || !errors.Is(e.Err, syscall.ECONNRESET) {
			t.Errorf("recorded %d, %v", e.Status, e.Err)
		}
	})
	t.Run("no server", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = listener.Close()
		l := newLab(t, Config{Upstream: "http://" + listener.Addr().String()})
		if answer, err := l.send(post("")); answer != "" || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %q, %v; want a reset", answer, err)
		}
		if e, _ := l.one(); !errors.Is(e.Err, syscall.ECONNREFUSED) || !strings.Contains(e.Err.Error(), "cannot be reached") {
			t.Errorf("recorded %v", e.Err)
		}
	})
	t.Run("by the client", func(t *testing.T) {
		came := make(chan struct{})
		ended := make(chan error, 1)
		u := newUpstream(t, func(in *bufio.Reader, _ *net.TCPConn) {
			readRequest(in)
			close(came)
			_, err := in.ReadByte()
			ended <- err
		})
		l := newLab(t, Config{Upstream: u.url})
		conn := l.dial()
		_, _ = io.WriteString(conn, post(""))
		<-came
		_ = conn.SetLinger(0)
		_ = conn.Close()
		if err := <-ended; err == nil {
			t.Error("the server's connection goes on")
		}
		if e, _ := l.one(); e.Status != 0 || e.Err == nil || !strings.Contains(e.Err.Error(), "client ended the connection") {
			t.Errorf("recorded %d, %v", e.Status, e.Err)
		}
	})
}

// A client that closes only its sending side still gets its answer.
func TestHalfClose(t *testing.T) {
	u := newUpstream(t, func(in *bufio.Reader, conn *net.TCPConn) {
		readRequest(in)
		if _, err := in.ReadByte(); err == io.EOF {
			_, _ = io.WriteString(conn, good)
		}
	})
	l := newLab(t, Config{Upstream: u.url})
	conn := l.dial()
	_, _ = io.WriteString(conn, post(""))
	_ = conn.CloseWrite()
	if answer, err := io.ReadAll(conn); err != nil || string(answer) != good {
		t.Errorf("got %q, %v", answer, err)
	}
	if e, _ := l.one(); e.Status != 200 || e.Err != nil {
		t.Errorf("recorded %d, %v", e.Status, e.Err)
	}
}

// What is no HTTP goes to the server as well, and is recorded as far as it is seen.
func TestWhatIsNoHTTP(t *testing.T) {
	for name, c := range map[string]struct {
		request string
		blamed  bool
	}{
		"a space in the path": {"GET /v1/a b HTTP/1.1\r\nHost: h\r\n\r\n", true},
		"two lengths":         {strings.Replace(post(""), "x-odd-CASE: 1", "Content-Length: 38", 1), true},
		"no name":             {"GET / HTTP/1.1\r\nHost: h\r\nno colon here\r\n\r\n", true},
		"half a head":         {"GET / HTTP/1.1\r\nHo", true},
		"TLS":                 {"\x16\x03\x01\x00\x05hello", false},
		"HTTP/2":              {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			const refusal = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
			u := newUpstream(t, func(in *bufio.Reader, conn *net.TCPConn) {
				_, _ = io.CopyN(io.Discard, in, int64(len(c.request)))
				_, _ = io.WriteString(conn, refusal)
			})
			l := newLab(t, Config{Upstream: u.url})
			conn := l.dial()
			_, _ = io.WriteString(conn, c.request)
			_ = conn.CloseWrite()
			answer, err := io.ReadAll(conn)
			if err != nil || answer == nil || string(answer) != refusal || u.received() != c.request {
				t.Errorf("the client got %q, %v; the server %q", answer, err, u.received())
			}
			_, x := l.one()
			blamed := len(x.Violations) == 1 && x.Violations[0].Blame == journal.Client && x.Violations[0].In == "request"
			if x.Error == "" || blamed != c.blamed || !c.blamed && len(x.Violations) > 0 {
				t.Errorf("recorded %q and %+v; want the client blamed: %v", x.Error, x.Violations, c.blamed)
			}
		})
	}
}

// Closing a port ends what is under way, and keeps what came of it.
func TestCloseKeepsWhatCame(t *testing.T) {
	came := make(chan struct{})
	u := newUpstream(t, func(in *bufio.Reader, _ *net.TCPConn) {
		readRequest(in)
		close(came)
		_, _ = in.ReadByte()
	})
	l := newLab(t, Config{Upstream: u.url})
	_, _ = io.WriteString(l.dial(), post(""))
	<-came
	if err := l.port.Close(); err != nil {
		t.Fatal(err)
	}
	if all := l.port.Exchanges(); len(all) != 1 || string(all[0].RequestBody) != asked || !errors.Is(all[0].Err, errCut) {
		t.Errorf("got %d exchanges", len(all))
	}
}
