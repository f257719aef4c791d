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

// StyleFor is the style that fits a writer: the terminal's own width, in colour; plain text of 100 columns for everything that is no terminal. COLUMNS, when it is set,
// is the width in both cases. No colour is shown where NO_COLOR is set (no-color.org), whatever else is; else CLICOLOR_FORCE asks for it everywhere, but with 0;
// and no terminal has any whose TERM is dumb, which CLICOLOR=0 does not want any from, or which takes no control sequences.
func StyleFor(w io.Writer, getenv func(string) string) Style {
	var s Style
	if found, terminal := terminalOf(w); terminal {
		s.Width = found.columns
		s.Color = found.controls && getenv("TERM") != "dumb" && getenv("CLICOLOR") != "0"
	}
	if force := getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		s.Color = true
	}
	if getenv("NO_COLOR") != "" {
		s.Color = false
	}
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		s.Width = n
	}
	return s
}

// IsTerminal says whether somebody may be reading along what is written.
func IsTerminal(w io.Writer) bool {
	_, terminal := terminalOf(w)
	return terminal
}

// Redraws says whether a line on a writer may be drawn again and again: a terminal that takes control sequences.
func Redraws(w io.Writer, getenv func(string) string) bool {
	found, terminal := terminalOf(w)
	return terminal && found.controls && getenv("TERM") != "dumb"
}

// window is a terminal as it was found.
type window struct {
	columns  int  // 0 when it has no idea of its size
	controls bool // it takes control sequences
}

func terminalOf(w io.Writer) (window, bool) {
	f, ok := w.(*os.File)
	if !ok {
		return window{}, false
	}
	return windowOf(f)
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
