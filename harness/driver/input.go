package driver

// write hands lines to the driver, and ends its input at the end.
func (p *Process) write() {
	defer func() { _ = p.stdin.Close() }()
	for {
		select {
		case line := <-p.lines:
			p.taking.Store(true)
			_, err := p.stdin.Write(line)
			p.taking.Store(false)
			if err != nil {
				return // reading tells what happened to the driver
			}
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
