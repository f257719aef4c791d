package recording

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// naming gives placeholders, to each value one.
type naming struct {
	record *Record
	began  time.Time
	host   string // of the endpoint, with its port
	kinds  map[string]string
	given  map[string]string
	counts map[string]int
	names  map[string]string // that somebody gave -> what stands for them
	quoted []string          // the keys of names, in the order in which they are looked for
}

func newNaming(r *Record) *naming {
	n := &naming{record: r, began: r.Made, kinds: map[string]string{}, given: map[string]string{}, counts: map[string]int{}, names: map[string]string{}}
	n.kinds[bare(r.Project)], n.kinds[bare(r.Foreign)] = "project", "project"
	for _, s := range r.Sequences {
		for _, server := range s.Servers {
			n.kinds[bare(server.ID)] = "server"
		}
		for _, x := range s.Exchanges {
			if u, err := url.Parse(x.URL); err == nil && n.host == "" {
				n.host = u.Host
			}
			for _, id := range ServersNamed(x) {
				n.kinds[bare(id)] = "server"
			}
			for _, id := range idsAt(x.ResponseBody, "serverIds") {
				n.kinds[bare(id)] = "server"
			}
			for _, m := range jobMember.FindAllStringSubmatch(x.ResponseBody.Text, -1) {
				n.kinds[bare(m[1])] = "job"
			}
		}
	}
	return n
}

var jobMember = regexp.MustCompile(`"job_id"\s*:\s*"([^"\\]+)"`)

// text replaces all that is to be replaced.
func (n *naming) text(s string) string {
	if s == "" {
		return s
	}
	s = n.ids(n.members(s))
	if n.host != "" {
		own := strings.TrimPrefix(Endpoint, "http://")
		s = strings.ReplaceAll(s, n.host, own)
		s = strings.ReplaceAll(s, own+n.record.BasePath+"/", own+"/")
	}
	s = mac.ReplaceAllStringFunc(s, n.mac)
	s = ipv4.ReplaceAllStringFunc(s, n.ipv4)
	s = addressMember.ReplaceAllStringFunc(s, n.ipv6)
	s = instant.ReplaceAllStringFunc(s, n.moved)
	return compact.ReplaceAllStringFunc(s, n.movedCompact)
}

// ids replaces ids and the host. It is for requests: the rest of them is the suite's own, and is what the answer depends on.
func (n *naming) ids(s string) string {
	s = webPlace.ReplaceAllStringFunc(s, n.place)
	s = keyMember.ReplaceAllStringFunc(s, func(found string) string {
		m := keyMember.FindStringSubmatch(found)
		return m[1] + `"` + n.nameFor("key", m[2], "key-%d") + `"`
	})
	s = anyUUID.ReplaceAllStringFunc(s, n.id)
	s = hex32.ReplaceAllStringFunc(s, n.id)
	return order.ReplaceAllStringFunc(s, func(id string) string {
		if strings.HasPrefix(id, "CS00000000000000") {
			return id
		}
		return n.numbered("order", id, "CS00000000000000%06d")
	})
}

// keyMember finds the name of a key pair, the one name in requests that is not the suite's.
var keyMember = regexp.MustCompile(`("key_name"\s*:\s*)"((?:[^"\\]|\\.)+)"`)

// numbered gives a value the next number of its kind, or the one that it has.
func (n *naming) numbered(kind, value, form string) string {
	key := kind + "\x00" + value
	if n.given[key] == "" {
		n.counts[kind]++
		n.given[key] = fmt.Sprintf(form, n.counts[kind])
	}
	return n.given[key]
}

// invented begins ids that nobody has and that requests ask for; they say what they are already.
const invented = "00000000-0000-4000-8000-"

// printed is the id of a dedicated host in the vendors' own example of a resize, which the suite sends as it is printed.
const printed = "459a2b9d-804a-4745-ab19-a113bb1b4ddc"

// id replaces a UUID or 32 hexadecimal digits, whose beginning then says what it is the id of.
func (n *naming) id(value string) string {
	plain := bare(value)
	if strings.HasPrefix(plain, bare(invented)) || strings.Trim(plain, "0") == "" || value == printed || placed.MatchString(value) {
		return value
	}
	// An id is the same in any case of letters and with or without dashes: what a client makes of that is for the contract to say.
	kind := n.kinds[plain]
	form := map[string]string{
		"project": "a0000000000000000000000000%06d", "server": "5e000000-0000-4000-8000-000000%06d", "job": "ff808000000000000000000000%06d", "": "0d000000-0000-4000-8000-000000%06d",
	}[kind]
	dashes := strings.Contains(value, "-")
	made := n.numbered("id "+kind, plain, form)
	switch {
	case dashes && !strings.Contains(made, "-"):
		made = made[:8] + "-" + made[8:12] + "-" + made[12:16] + "-" + made[16:20] + "-" + made[20:]
	case !dashes:
		made = strings.ReplaceAll(made, "-", "")
	}
	if strings.ToUpper(value) == value && strings.ToLower(value) != value {
		return strings.ToUpper(made)
	}
	return made
}

// bare is an id in small letters and without dashes.
func bare(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }

// placed are placeholders, which are not replaced again.
var placed = regexp.MustCompile(`^(?:(?:5e|0d)000000-?0000-?4000-?8000-?000000[0-9]{6}|a0000000-?0000-?0000-?0000-?000000[0-9]{6}|ff808000-?0000-?0000-?0000-?000000[0-9]{6})$`)

// place replaces scheme and host of a URL.
func (n *naming) place(found string) string {
	scheme, host, slashes := "http:", found, "//"
	for _, s := range []string{`http:\/\/`, `https:\/\/`, "http://", "https://"} {
		if rest, ok := strings.CutPrefix(found, s); ok {
			host = rest
			if strings.Contains(s, `\`) {
				slashes = `\/\/`
			}
		}
	}
	if host == n.host || strings.HasSuffix(host, ".example") {
		if host == n.host {
			host = strings.TrimPrefix(Endpoint, "http://")
		}
		return scheme + slashes + host
	}
	return scheme + slashes + n.numbered("host", host, "host-%d.example")
}

func (n *naming) mac(value string) string {
	if strings.HasPrefix(value, "02:00:00:00:") {
		return value
	}
	key := "mac\x00" + value
	if n.given[key] == "" {
		n.counts["mac"]++
		c := n.counts["mac"]
		n.given[key] = fmt.Sprintf("02:00:00:00:%02x:%02x", c>>8&0xff, c&0xff)
	}
	return n.given[key]
}

// ipv4 replaces an address by one of 198.18.0.0/15, which is for tests (RFC 2544): the blocks for documentation are too small.
func (n *naming) ipv4(value string) string {
	if strings.HasPrefix(value, "198.18.") || strings.HasPrefix(value, "127.") || value == "0.0.0.0" {
		return value
	}
	key := "ipv4\x00" + value
	if n.given[key] == "" {
		n.counts["ipv4"]++
		c := n.counts["ipv4"]
		n.given[key] = fmt.Sprintf("198.18.%d.%d", c>>8&0xff, c&0xff)
	}
	return n.given[key]
}

// addressMember finds the members that hold an address. Elsewhere an IPv6 address is not told from a time of day.
var addressMember = regexp.MustCompile(`"(?:addr|accessIPv6)"\s*:\s*"[0-9a-fA-F:]+"`)

func (n *naming) ipv6(member string) string {
	return ipv6.ReplaceAllStringFunc(member, func(value string) string {
		if strings.HasPrefix(value, "2001:db8::") && strings.HasPrefix(value, "2001:db8::f0") {
			return value
		}
		return n.numbered("ipv6", value, "2001:db8::%x")
	})
}

// moved moves a time by as much as the run's beginning is moved, and keeps its form.
func (n *naming) moved(value string) string {
	layout := "2006-01-02T15:04:05"
	if _, fraction, has := strings.Cut(value, "."); has {
		layout += "." + strings.Repeat("0", len(fraction))
	}
	at, err := time.Parse(layout, value)
	if err != nil {
		return value
	}
	return at.Add(epoch.Sub(n.began)).Format(layout)
}

func (n *naming) movedCompact(value string) string {
	const layout = "20060102T150405Z"
	at, err := time.Parse(layout, value)
	if err != nil {
		return value
	}
	return at.Add(epoch.Sub(n.began)).Format(layout)
}
