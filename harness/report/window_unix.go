//go:build unix

package report

import (
	"os"

	"golang.org/x/sys/unix"
)

// windowOf asks the terminal; what cannot answer is no terminal (/dev/null is a character device too).
func windowOf(f *os.File) (window, bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return window{}, false
	}
	return window{columns: int(size.Col), controls: true}, true
}
