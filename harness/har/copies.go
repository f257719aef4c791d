package har

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// copies tells entries that are one exchange: a recording was saved twice, or two tools recorded the same. Within a file times tell exchanges apart that look the
// same; between files, whose clocks differ, the id that the server gave the request does.
type copies struct {
	exact  map[[sha256.Size]byte]bool
	across map[[sha256.Size]byte][]*Entry
}

func newCopies() *copies {
	return &copies{map[[sha256.Size]byte]bool{}, map[[sha256.Size]byte][]*Entry{}}
}

func (c *copies) seen(e *Entry) bool {
	o := &e.Observed
	id, _ := value(o.Received, "X-Request-Id")
	path, _, _ := strings.Cut(o.Target, "?")
	start := ""
	if !o.Start.IsZero() {
		start = o.Start.Format(time.RFC3339Nano)
	}
	exact := sum256(start, o.Method, o.Server, o.Target, string(o.Body), strconv.Itoa(o.Status), id, string(o.Answer))
	if start != "" || id != "" {
		if c.exact[exact] {
			return true
		}
		c.exact[exact] = true
	}
	if id == "" {
		return false
	}
	same := sum256(o.Method, path, strconv.Itoa(o.Status), id)
	for _, other := range c.across[same] {
		if other.File != e.File && alike(other, e, journal.LostRequestBody, string(other.Observed.Body), string(o.Body)) &&
			alike(other, e, journal.LostAnswerBody, string(other.Observed.Answer), string(o.Answer)) {
			return true
		}
	}
	if len(c.across[same]) < mostNamed {
		c.across[same] = append(c.across[same], e)
	}
	return false
}

// alike says that two bodies are the same, or may be.
func alike(a, b *Entry, part journal.Lost, x, y string) bool {
	return x == y || a.lost(part) || b.lost(part)
}

// thin takes the bodies from what is not judged: a page has many and long ones. What may have changed something keeps that of the request, which may name servers.
func (e *Entry) thin() {
	o := &e.Observed
	if len(o.Answer) > 0 {
		o.Answer, o.Lost = nil, append(o.Lost, journal.LostAnswerBody)
	}
}

func sum256(parts ...string) [sha256.Size]byte {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
