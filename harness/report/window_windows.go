package report

import (
	"os"

	"golang.org/x/sys/windows"
)

// windowOf asks the console, and has it take control sequences, which older ones do not and newer ones only when they are asked to.
func windowOf(f *os.File) (window, bool) {
	console := windows.Handle(f.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return window{}, false
	}
	const sequences = windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	w := window{controls: mode&sequences == sequences || windows.SetConsoleMode(console, mode|sequences) == nil}
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(console, &info) == nil {
		w.columns = int(info.Window.Right) - int(info.Window.Left) + 1
	}
	return w, true
}
