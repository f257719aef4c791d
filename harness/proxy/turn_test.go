package proxy

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// script answers the requests of a port one after the other; nil, and what comes after the last, is passed on.
type script []func(t *Turn)

func (s script) Answer(t *Turn) *Act {
	if t.N > len(s) || s[t.N-1] == nil {
		return nil
	}
	return &Act{Name: "script: " + t.Operation, Do: s[t.N-1]}
}

// handler is a server in this process that does its duty.
func handler(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, told)
}

// What somebody answers in the server's place is recorded as that, and never judged as the server's.
func TestAnAnswerInTheServersPlace(t *testing.T) {
	const nonsense = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{]"
	var seen string
	l := newLab(t, Config{Handler: http.HandlerFunc(handler)}, AnsweredBy(script{func(turn *Turn) {
		body, _ := turn.ReadBody()
		seen = string(body)
		_, _ = io.WriteString(turn, nonsense)
	}}))
	conn := l.dial()
	_, _ = io.WriteString(conn, post(""))
	got := make([]byte, len(nonsense))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != nonsense || seen != asked {
		t.Fatalf("the client got %q, %v; the act saw %q", got, err, seen)
	}
	// The connection goes on, and the next request is passed on.
	in := bufio.NewReader(conn)
	_, _ = io.WriteString(conn, post("Connection: close\r\n"))
	if rest, err := io.ReadAll(in); err != nil || !strings.HasSuffix(string(rest), told) {
		t.Fatalf("then got %q, %v", rest, err)
	}
	if err := l.port.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := l.port.Exchanges()
	if len(all) != 2 {
		t.Fatalf("got %d exchanges, want 2", len(all))
	}
	if e := all[0]; e.Substitute != "script: resizeServer" || e.Status != 200 || string(e.Body) != "{]" || string(e.RequestBody) != asked || len(e.Judgement.Response) > 0 || e.Err != nil {
		t.Errorf("recorded %+v", e)
	}
	if e := all[1]; e.Substitute != "" || string(e.Body) != told || len(e.Judgement.Response) == 0 { // it lacks a request id
		t.Errorf("then recorded %+v", e)
	}
}

// What the server really answered can be had first, and then be lost on the way.
// An interim answer is none: the record has the one that follows. A client that wants to be told the end of the answer by that of the connection is.
func TestInterimAnswersAndTheEnd(t *testing.T) {
	l := newLab(t, Config{Handler: http.HandlerFunc(handler)}, AnsweredBy(script{func(turn *Turn) {
		_, _ = turn.ReadBody()
		_, _ = io.WriteString(turn, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}")
	}}))
	conn := l.dial()
	_, _ = io.WriteString(conn, post("Connection: close\r\n"))
	got, err := io.ReadAll(conn)
	if err != nil || !strings.HasSuffix(string(got), "\r\n\r\n{}") {
		t.Errorf("the client got %q, %v", got, err)
	}
	if e, _ := l.one(); e.Status != http.StatusAccepted || string(e.Body) != "{}" || e.Err != nil {
		t.Errorf("wanted the answer after the interim ones in the record, got %d %q, %v", e.Status, e.Body, e.Err)
	}
}

func TestALostAnswer(t *testing.T) {
	served := 0
	l := newLab(t, Config{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { served++; handler(w, r) })}, AnsweredBy(script{func(turn *Turn) {
		answer, err := turn.Fetch()
		if err != nil || !strings.HasSuffix(string(answer), told) {
			t.Errorf("got %q, %v", answer, err)
		}
		_, _ = turn.Write(answer[:len(answer)-10])
		turn.Reset()
	}}))
	if answer, err := l.send(post("")); !errors.Is(err, syscall.ECONNRESET) || strings.Contains(answer, told) {
		t.Errorf("got %q, %v; want a reset", answer, err)
	}
	e, x := l.one()
	if served != 1 || e.Status != 200 || !e.Truncated || string(e.RequestBody) != asked || x.Substitute == "" {
		t.Errorf("served %d, recorded %+v", served, e)
	}
}

func TestFaultsOnTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		act    func(*Turn)
		answer string
		reset  bool
		status int
	}{
		"reset before the request is read": {act: (*Turn).Reset, reset: true},
		"reset after it":                   {act: func(t *Turn) { _, _ = t.ReadBody(); t.Reset() }, reset: true},
		"closed without an answer":         {act: func(t *Turn) { _, _ = t.ReadBody(); t.Close() }},
		"half an answer":                   {act: func(t *Turn) { _, _ = t.ReadBody(); _, _ = io.WriteString(t, good[:len(good)-5]); t.Close() }, answer: good[:len(good)-5], status: 200},
		"answered without being read":      {act: func(t *Turn) { _, _ = io.WriteString(t, good) }, answer: good, status: 200},
		"passed on":                        {act: func(t *Turn) { _ = t.PassOn() }, answer: good, status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, answering(good))
			l := newLab(t, Config{Upstream: u.url}, AnsweredBy(script{c.act}))
			answer, err := l.send(post(""))
			if answer != c.answer || errors.Is(err, syscall.ECONNRESET) != c.reset {
				t.Errorf("got %q, %v", answer, err)
			}
			e, _ := l.one()
			if e.Status != c.status || (e.Substitute == "") != (name == "passed on") {
				t.Errorf("recorded status %d by %q, want %d", e.Status, e.Substitute, c.status)
			}
		})
	}
}

func TestStallEndsWithTheClient(t *testing.T) {
	stalled := make(chan struct{})
	l := newLab(t, Config{Handler: http.HandlerFunc(handler)}, AnsweredBy(script{func(turn *Turn) {
		_, _ = turn.ReadBody()
		close(stalled)
		turn.Stall()
	}}))
	conn := l.dial()
	_, _ = io.WriteString(conn, post(""))
	<-stalled
	_ = conn.Close()
	if e, _ := l.one(); e.Status != 0 || e.Err == nil {
		t.Errorf("recorded %d, %v", e.Status, e.Err)
	}
}

type rude struct{ script }

func (rude) Greet(_ *Port, n int) func(net.Conn) {
	if n > 1 {
		return nil
	}
	return reset
}

// A connection can be taken over before anything is read from it; the next one is served.
func TestGreeter(t *testing.T) {
	l := newLab(t, Config{Handler: http.HandlerFunc(handler)}, AnsweredBy(rude{}))
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", l.port.Address())
	if err == nil {
		_, err = conn.Read(make([]byte, 1))
		_ = conn.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, want a reset", err)
	}
	if answer, err := l.send(post("Connection: close\r\n")); err != nil || !strings.HasSuffix(answer, told) {
		t.Errorf("then got %q, %v", answer, err)
	}
	if l.port.Connections() != 2 {
		t.Errorf("got %d connections, want 2", l.port.Connections())
	}
	l.one()
}

func TestStopListening(t *testing.T) {
	l := newLab(t, Config{Handler: http.HandlerFunc(handler)})
	if err := l.port.StopListening(); err != nil {
		t.Fatal(err)
	}
	var d net.Dialer
	if _, err := d.DialContext(t.Context(), "tcp", l.port.Address()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("got %v, want the connection refused", err)
	}
}
