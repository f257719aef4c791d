package report

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// exchange shows an exchange in so many lines, or a few more where that is less than what each of its parts needs.
func (s *screen) exchange(x *journal.Exchange, row journal.Result, note string, room int) {
	facts := []string{fmt.Sprintf("exchange %d", x.ID), note, x.Recording, x.Operation}
	if x.Lacks(journal.LostTimes) {
		facts = append(facts, "at an unknown time")
	} else {
		facts = append(facts, x.Start.UTC().Format("15:04:05.000")+" UTC")
		if x.FirstByte > 0 {
			facts = append(facts, "first byte "+millis(x.FirstByte))
		}
		facts = append(facts, millis(x.Duration)+" in all")
	}
	facts = slices.DeleteFunc(facts, func(f string) bool { return f == "" })
	s.add(s.paint(faint, cut(oneLine(strings.Join(facts, " · "), 1000), s.width())))
	room--
	if x.Malformed != "" {
		s.add(s.paint(faint, cut(oneLine("the request is wrong on purpose: "+x.Malformed, 1000), s.width())))
		room--
	}

	in, _ := sideOf(x, row)
	parts := partsOf(x, row, s.width()-2)
	evidence := 3
	if in == "request" {
		evidence = 1
	}
	for i, n := range share(room, parts, evidence) {
		lead := "> "
		if i >= 2 {
			lead = "< "
		}
		if i%2 == 1 && len(parts[i].lines) > 0 {
			s.add(s.paint(faint, strings.TrimSpace(lead)))
		}
		var folded shown
		if i%2 == 0 {
			folded = parts[i].foldHead(n)
		} else {
			folded = parts[i].fold(n)
		}
		for k, line := range folded.lines {
			if k == folded.mark {
				line = s.paint(red, line)
			}
			s.add(s.paint(faint, lead) + line)
		}
	}
}

// partsOf lays out the head and the body of the request and of the answer, in lines of so many columns, with what the row's finding points at marked.
func partsOf(x *journal.Exchange, row journal.Result, width int) []shown {
	in, part := sideOf(x, row)
	pointer := func(side string) string {
		if row.Finding == nil || in != side || part != "" && part != "body" || !strings.HasPrefix(row.Finding.Pointer, "/") {
			return ""
		}
		return row.Finding.Pointer
	}
	header := func(side string) (name string, expected bool) {
		switch {
		case row.Finding == nil || in != side || strings.HasPrefix(row.Finding.Pointer, "/"):
			return "", false
		case part == "media-type":
			return "Content-Type", true
		}
		return row.Finding.Pointer, part == "header"
	}
	head := func(first string, lines []journal.Header, side string, width int) shown {
		name, expected := header(side)
		return showHead(first, lines, name, expected, width)
	}
	return []shown{
		head(requestLine(x, width), x.RequestHeader, "request", width),
		showBody(x.RequestBody, pointer("request"), width),
		head(answer(x), x.ResponseHeader, "response", width),
		showBody(x.ResponseBody, pointer("response"), width),
	}
}

// requestLine leaves the protocol out when it would push the end of the path off the screen.
func requestLine(x *journal.Exchange, width int) string {
	line := x.Method + " " + x.URL
	if x.Proto != "" && len(line)+1+len(x.Proto) <= width {
		line += " " + x.Proto
	}
	return line
}

// answer is the status line, or why there is none.
func answer(x *journal.Exchange) string {
	status := ""
	if x.Status != 0 {
		status = strings.TrimSpace(fmt.Sprintf("%s %d", x.Proto, x.Status))
	}
	switch {
	case x.Error == "":
		return status
	case status == "":
		return "(no answer: " + x.Error + ")"
	}
	return status + " (broken off: " + x.Error + ")"
}

// showHead lays out a first line and the header lines; the one called mark is marked, or its absence when it is expected.
func showHead(first string, header []journal.Header, mark string, expected bool, width int) shown {
	s := shown{lines: []string{cut(oneLine(first, 4*width), width)}, mark: -1}
	missing := mark != "" && expected
	for _, h := range header {
		line := cut(oneLine(h.Name+": "+h.Value, 4*width), width)
		if mark != "" && strings.EqualFold(h.Name, mark) {
			s.mark = len(s.lines)
			missing = false
			line = cut(line, width-8) + "   <-- "
		}
		s.lines = append(s.lines, strings.TrimRight(line, " "))
	}
	if missing {
		s.mark = len(s.lines)
		s.lines = append(s.lines, cut("(no "+oneLine(mark, width)+")", width-8)+"   <--")
	}
	return s
}

// telling are the header names that are kept when not all fit.
func telling() []string {
	return []string{"Content-Type", "X-Request-Id", "X-Auth-Token", "Authorization", "X-Sdk-Date", "X-Project-Id", "Location", "Retry-After", "Content-Length"}
}

// foldHead keeps the first line, the marked one and those that tell most.
func (s shown) foldHead(n int) shown {
	if len(s.lines) <= n {
		return s
	}
	keep := map[int]bool{0: true}
	if s.mark >= 0 {
		keep[s.mark] = true
	}
	for _, name := range telling() {
		for i, line := range s.lines {
			if len(keep) < n-1 && i > 0 && len(line) > len(name) && strings.EqualFold(line[:len(name)+1], name+":") {
				keep[i] = true
			}
		}
	}
	for i := range s.lines {
		if len(keep) < n-1 {
			keep[i] = true
		}
	}
	folded := shown{mark: -1}
	for i, line := range s.lines {
		if !keep[i] {
			continue
		}
		if i == s.mark {
			folded.mark = len(folded.lines)
		}
		folded.lines = append(folded.lines, line)
	}
	folded.lines = append(folded.lines, fmt.Sprintf("… %d more header lines", len(s.lines)-len(keep)))
	return folded
}

// share deals room lines out to the four parts of an exchange: to each a few, so that none vanishes, then what is left to the body that the finding is
// in, then to the others.
func share(room int, parts []shown, evidence int) [4]int {
	least := [4]int{3, 3, 3, 3}
	least[evidence] = 6
	var given [4]int
	for i, p := range parts {
		given[i] = min(len(p.lines), least[i])
		room -= given[i]
		if i%2 == 1 && len(p.lines) > 0 {
			room-- // the empty line above a body
		}
	}
	for _, i := range []int{evidence, 1, 3, 2, 0} {
		more := min(max(room, 0), len(parts[i].lines)-given[i])
		given[i] += more
		room -= more
	}
	return given
}
