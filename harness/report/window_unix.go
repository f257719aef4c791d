//go:build unix

package report

import (
	"os"

	"golang.org/x/sys/unix"
)

// windowWidth asks the terminal; what cannot answer is no terminal (/dev/null is a character device too).
func windowWidth(f *os.File) (int, bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, false
	}
	return int(size.Col), true
}
