package director

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/proxy"
)

// Act is what a client meets.
type Act struct {
	Name   string // "reset after the request was read"
	passes bool   // the server answers
	do     func(*play)
	greet  func(net.Conn)
}

// play is one act on stage.
type play struct {
	*proxy.Turn
	d   *Director
	cut float64 // where an answer is cut, from 0 to 1
}

// Answer is a canned answer. Content-Length is added unless the header has it, or Transfer-Encoding.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// JSON is a canned answer of application/json.
func JSON(status int, body string) Answer {
	return Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}

// head is the status line and the header, with the empty line that ends them.
func (a Answer) head(length int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	h := a.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	bodyless := a.Status < 200 || a.Status == http.StatusNoContent || a.Status == http.StatusNotModified
	if h.Get("Content-Length") == "" && h.Get("Transfer-Encoding") == "" && !bodyless {
		h.Set("Content-Length", strconv.Itoa(length))
	}
	_ = h.Write(&b) // a strings.Builder takes everything
	return b.String() + "\r\n"
}

// PassOn lets the server answer: a step that only counts.
func PassOn() Act { return Act{Name: "the server's own answer", passes: true, do: func(*play) {}} }

// Say gives canned answers; more than one are interim answers (1xx) and the final one. The server is not asked.
func Say(answers ...Answer) Act {
	names := make([]string, len(answers))
	var all strings.Builder
	for i, a := range answers {
		names[i] = strconv.Itoa(a.Status)
		all.WriteString(a.head(len(a.Body)) + a.Body)
	}
	return SayRaw("answer "+strings.Join(names, ", "), all.String())
}

// SayRaw answers with these bytes, whatever they are. The server is not asked.
func SayRaw(name, bytes string) Act {
	return Act{Name: name, do: func(p *play) {
		if _, err := p.ReadBody(); err == nil {
			_, _ = io.WriteString(p, bytes)
		}
	}}
}

// Reset breaks the connection off when the request has been read. The server does not get it.
func Reset() Act {
	return Act{Name: "reset after the request was read, not carried out", do: func(p *play) {
		_, _ = p.ReadBody()
		p.Reset()
	}}
}

// ResetAfterwards breaks the connection off when the server has carried the request out and answered. The client cannot tell this from Reset.
func ResetAfterwards() Act {
	return Act{Name: "reset after the request was carried out", do: func(p *play) {
		_, _ = p.Fetch()
		p.Reset()
	}}
}

// Close ends the connection when the request has been read. The server does not get it.
func Close() Act {
	return Act{Name: "closed without an answer", do: func(p *play) {
		_, _ = p.ReadBody()
		p.Turn.Close()
	}}
}

// HalfClose says that nothing more comes, and keeps its own ear open until the client goes.
func HalfClose() Act {
	return Act{Name: "half-closed without an answer", do: func(p *play) {
		_, _ = p.ReadBody()
		p.CloseWrite()
		p.Stall()
	}}
}

// Stall reads the request and says nothing until the client goes. The server does not get it.
func Stall() Act {
	return Act{Name: "no answer", do: func(p *play) {
		_, _ = p.ReadBody()
		p.Turn.Stall()
	}}
}

// StallAfterwards is Stall, when the server has carried the request out.
func StallAfterwards() Act {
	return Act{Name: "no answer after the request was carried out", do: func(p *play) {
		_, _ = p.Fetch()
		p.Turn.Stall()
	}}
}

// source is the answer that a fault spoils: a canned one, or the server's when there is none.
func (p *play) source(canned []Answer) (Answer, bool) {
	if len(canned) > 0 {
		_, err := p.ReadBody()
		return canned[0], err == nil
	}
	wire, err := p.Fetch()
	if err != nil {
		return Answer{}, false
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(wire)), &http.Request{Method: p.Request.Method})
	if err != nil {
		return Answer{}, false
	}
	body, err := io.ReadAll(resp.Body)
	header := resp.Header.Clone()
	header.Del("Content-Length")
	return Answer{Status: resp.StatusCode, Header: header, Body: string(body)}, err == nil
}

// spoil makes an act of what is done to an answer. Without a canned one the server's is taken.
func spoil(name string, canned []Answer, do func(p *play, a Answer)) Act {
	canned = slices.Clone(canned)
	return Act{Name: name, do: func(p *play) {
		a, ok := p.source(canned)
		if !ok {
			p.Reset() // there is nothing to spoil
			return
		}
		do(p, a)
	}}
}

// within is a place in a text of n bytes, neither its beginning nor its end if it has a middle.
func (p *play) within(n int) int {
	if n < 2 {
		return 0
	}
	return 1 + int(p.cut*float64(n-1))
}

// StallInBody sends an answer as far as the middle of its body, and then nothing until the client goes.
func StallInBody(canned ...Answer) Act {
	return spoil("stalled within the body", canned, func(p *play, a Answer) {
		_, _ = io.WriteString(p, a.head(len(a.Body))+a.Body[:p.within(len(a.Body))])
		p.Stall()
	})
}

// SlowHeader sends the status line and the header in pieces, with a pause before each.
func SlowHeader(pieces int, pause time.Duration, canned ...Answer) Act {
	return spoil("slow header", canned, func(p *play, a Answer) {
		if p.slowly(a.head(len(a.Body)), pieces, pause) {
			_, _ = io.WriteString(p, a.Body)
		}
	})
}

// SlowBody sends the body in pieces, with a pause before each.
func SlowBody(pieces int, pause time.Duration, canned ...Answer) Act {
	return spoil("slow body", canned, func(p *play, a Answer) {
		if _, err := io.WriteString(p, a.head(len(a.Body))); err == nil {
			p.slowly(a.Body, pieces, pause)
		}
	})
}

func (p *play) slowly(text string, pieces int, pause time.Duration) bool {
	size := max(1, (len(text)+pieces-1)/max(1, pieces))
	for len(text) > 0 {
		if p.d.o.Pause(p.Context(), pause) != nil {
			p.Turn.Close()
			return false
		}
		n := min(size, len(text))
		if _, err := io.WriteString(p, text[:n]); err != nil {
			p.Turn.Close()
			return false
		}
		text = text[n:]
	}
	return true
}

// Short announces more than comes, and ends the connection. The body that comes may be whole JSON.
func Short(canned ...Answer) Act {
	return spoil("shorter than Content-Length", canned, func(p *play, a Answer) {
		_, _ = io.WriteString(p, a.head(len(a.Body)+64)+a.Body)
		p.Turn.Close()
	})
}

// CutOff announces the whole body, sends a part, and ends the connection.
func CutOff(canned ...Answer) Act {
	return spoil("cut off within the body", canned, func(p *play, a Answer) {
		_, _ = io.WriteString(p, a.head(len(a.Body))+a.Body[:p.within(len(a.Body))])
		p.Turn.Close()
	})
}

// Long sends more than it announces, and ends the connection. What is announced is whole.
func Long(surplus string, canned ...Answer) Act {
	return spoil("longer than Content-Length", canned, func(p *play, a Answer) {
		_, _ = io.WriteString(p, closing(a).head(len(a.Body))+a.Body+surplus)
		p.Turn.Close()
	})
}

// ChunkLost sends the body in a chunk, and ends the connection without the last, empty one.
func ChunkLost(canned ...Answer) Act {
	return spoil("without the last chunk", canned, func(p *play, a Answer) {
		_, _ = fmt.Fprintf(p, "%s%x\r\n%s\r\n", chunked(a).head(0), len(a.Body), a.Body)
		p.Turn.Close()
	})
}

// BadChunk sends a chunk and then a size that is none.
func BadChunk(canned ...Answer) Act {
	return spoil("a chunk size that is none", canned, func(p *play, a Answer) {
		_, _ = fmt.Fprintf(p, "%s%x\r\n%s\r\nxyz\r\n", chunked(a).head(0), len(a.Body), a.Body)
		p.Turn.Close()
	})
}

func chunked(a Answer) Answer {
	return withHeader(a, "Transfer-Encoding", "chunked")
}

func closing(a Answer) Answer { return withHeader(a, "Connection", "close") }

func withHeader(a Answer, name, value string) Answer {
	h := a.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(name, value)
	a.Header = h
	return a
}
