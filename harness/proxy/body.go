package proxy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// capture keeps what a body carries, as far as its limit, while it passes.
type capture struct {
	mu    sync.Mutex
	limit int64
	data  []byte
	size  int64
	whole bool // it has come to its end
	fault error
}

func (c *capture) add(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size += int64(len(p))
	if room := c.limit - int64(len(c.data)); room > 0 {
		c.data = append(c.data, p[:min(int64(len(p)), room)]...)
	}
}

func (c *capture) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.whole = true
}

// kept is what there is so far; cut says that it is not all.
func (c *capture) kept() (data []byte, cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.data[:len(c.data):len(c.data)], !c.whole || c.size > int64(len(c.data))
}

func (c *capture) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.whole
}

// breakOff says why the body is not whole.
func (c *capture) breakOff(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = why
}

func (c *capture) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fault
}

// writeError marks an error of the side that is written to.
type writeError struct{ error }

func (e writeError) Unwrap() error { return e.error }

// pump passes a body on just as it is on the wire, and keeps what it carries. It keeps a piece before it passes it on, so that whoever has the whole body can
// rely on its being kept.
type pump struct {
	in   *bufio.Reader
	out  *bufio.Writer
	kept *capture
}

// run passes a whole body on. An error of out is a writeError, every other one is that of in.
func (p *pump) run(f framing) error {
	err := p.body(f)
	if flushed := p.out.Flush(); flushed != nil && err == nil {
		err = writeError{flushed}
	}
	return err
}

func (p *pump) body(f framing) error {
	switch f.kind {
	case byLength:
		return p.exactly(f.length, true)
	case chunked:
		return p.chunks()
	case untilClose:
		return p.untilClose()
	}
	p.kept.end()
	return nil
}

const piece = 32 << 10

// exactly passes n bytes of content on.
func (p *pump) exactly(n int64, last bool) error {
	if n == 0 && last {
		p.kept.end()
		return nil
	}
	buffer := make([]byte, min(n, piece))
	for n > 0 {
		got, err := p.in.Read(buffer[:min(n, piece)])
		p.kept.add(buffer[:got])
		if n -= int64(got); n == 0 && last {
			p.kept.end()
		}
		if got > 0 {
			if err := p.write(buffer[:got]); err != nil {
				return err
			}
		}
		if err != nil && n > 0 {
			return broken(err)
		}
	}
	return nil
}

func broken(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// write passes bytes on, at once when no more of them are there already.
func (p *pump) write(b []byte) error {
	_, err := p.out.Write(b)
	if err == nil && p.in.Buffered() == 0 {
		err = p.out.Flush()
	}
	if err != nil {
		return writeError{err}
	}
	return nil
}

// untilClose passes everything on; the end of the connection is the end of the body.
func (p *pump) untilClose() error {
	buffer := make([]byte, piece)
	for {
		got, err := p.in.Read(buffer)
		p.kept.add(buffer[:got])
		if err == io.EOF {
			p.kept.end()
		}
		if got > 0 {
			if err := p.write(buffer[:got]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// chunkError says that what should be chunks is none. What came of it has been passed on.
type chunkError struct{ what string }

func (e *chunkError) Error() string { return "the chunked coding is broken: " + e.what }

// maxLine is how long the line before a chunk, or one of the trailer, may be.
const maxLine = 64 << 10

func (p *pump) chunks() error {
	for {
		line, err := p.line()
		if err != nil {
			return err
		}
		size, err := chunkSize(line)
		if err != nil {
			return errors.Join(p.write(line), err)
		}
		if size == 0 {
			return p.trailer(line)
		}
		if err := p.write(line); err != nil {
			return err
		}
		if err := p.exactly(size, false); err != nil {
			return err
		}
		end, err := p.line()
		if err != nil {
			return err
		}
		if text := strings.TrimRight(string(end), "\r\n"); text != "" {
			return errors.Join(p.write(end), &chunkError{fmt.Sprintf("after a chunk, wanted the end of the line, got %q", abbreviated(text))})
		}
		if err := p.write(end); err != nil {
			return err
		}
	}
}

// trailer passes the last chunk on, with the lines that follow it, and the empty one.
func (p *pump) trailer(held []byte) error {
	held = append([]byte(nil), held...)
	for {
		line, err := p.line()
		if err != nil {
			return errors.Join(p.write(held), err)
		}
		if held = append(held, line...); len(held) > maxHead {
			return errors.Join(p.write(held), &chunkError{"its trailer has no end"})
		}
		if strings.TrimRight(string(line), "\r\n") == "" {
			p.kept.end() // before the last bytes are passed on
			return p.write(held)
		}
	}
}

// line reads to the end of a line. What had come before an error is passed on.
func (p *pump) line() ([]byte, error) {
	var line []byte
	for {
		part, err := p.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, errors.Join(p.write(line), broken(err))
		case len(line) > maxLine:
			return nil, errors.Join(p.write(line), &chunkError{"a line has no end"})
		}
	}
}

// chunkSize reads the line before a chunk: a size in hex, and perhaps extensions.
func chunkSize(line []byte) (int64, error) {
	text, _, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), ";")
	text = strings.TrimRight(text, " \t")
	n, err := strconv.ParseInt(text, 16, 63)
	if err != nil || n < 0 || text[0] == '+' {
		return 0, &chunkError{fmt.Sprintf("wanted the size of a chunk, got %q", abbreviated(text))}
	}
	return n, nil
}
