package report

import (
	"io"
	"os"
	"strconv"
)

// Style says how text is laid out. The zero value is 100 columns by 40 lines without colour.
type Style struct {
	Width  int  // columns; 0: 100. Less than 40 is taken as 40.
	Height int  // lines that one failure may take; 0: 40
	Color  bool // ANSI colours
}

// StyleFor is the style that fits a writer: the terminal's own width, in colour unless NO_COLOR is set (no-color.org) or TERM is dumb; plain text
// of 100 columns for everything that is no terminal. COLUMNS, when it is set, is the width in both cases.
func StyleFor(w io.Writer, getenv func(string) string) Style {
	var s Style
	if width, terminal := terminalWidth(w); terminal {
		s.Width = width
		s.Color = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	}
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		s.Width = n
	}
	return s
}

// IsTerminal says whether a progress line may be drawn on a writer.
func IsTerminal(w io.Writer) bool {
	_, terminal := terminalWidth(w)
	return terminal
}

// terminalWidth is the number of columns of the terminal that a writer leads to; 0 when it has no idea of its size.
func terminalWidth(w io.Writer) (int, bool) {
	f, ok := w.(*os.File)
	if !ok {
		return 0, false
	}
	return windowWidth(f)
}

// width in columns. Beyond 120 lines are hard to read, however wide the window is.
func (s Style) width() int {
	if s.Width <= 0 {
		return 100
	}
	return min(max(s.Width, 40), 120)
}

func (s Style) height() int {
	if s.Height <= 0 {
		return 40
	}
	return max(s.Height, 20)
}

// color is an ANSI SGR code.
type color string

const (
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	bold   color = "1"
	faint  color = "2"
)

func (s Style) paint(c color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}
