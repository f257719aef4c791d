package driver

import "sync/atomic"

// input is a line for the driver.
type input struct {
	line  []byte
	taken atomic.Bool // the whole line was handed over
}

// write hands lines to the driver, and ends its input at the end.
func (p *Process) write() {
	defer func() { _ = p.stdin.Close() }()
	for {
		select {
		case in := <-p.lines:
			if _, err := p.stdin.Write(in.line); err != nil {
				return // reading tells what happened to the driver
			}
			in.taken.Store(true)
		case <-p.ending:
			return
		}
	}
}

// kill ends the program and what it started.
func (p *Process) kill() {
	select {
	case <-p.exited: // and the group with it
	default:
		killGroup(p.cmd)
	}
}
