package recording

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"

	"resize-conformance/harness/journal"
)

// asked is what of a request decides on its answer.
type asked struct {
	method, path, query string
	media               string // type of the body
	who                 string // whose credentials
	body                string
	cut                 int64  // of a recorded body that was not kept: its length
	scenario            string // that the client names; ""
	invented            string // the first id in it that nobody has; ""
}

var scenarioNamed = regexp.MustCompile(`\(([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+)\)$`)

// asked reads a request that has come.
func (p *Player) asked(r *http.Request, body []byte) asked {
	a := asked{method: r.Method, body: string(body), media: mediaType(r.Header.Get("Content-Type"))}
	a.path, a.query, _ = strings.Cut(r.RequestURI, "?")
	if _, rest, absolute := strings.Cut(a.path, "://"); absolute {
		_, rest, _ = strings.Cut(rest, "/")
		a.path = "/" + rest
	}
	if m := scenarioNamed.FindStringSubmatch(r.UserAgent()); m != nil {
		a.scenario = m[1]
	}
	token, key := r.Header.Get("X-Auth-Token"), r.Header.Get("Authorization")
	if name := p.secrets[token]; name != "" {
		token = name
	}
	if m := accessKey.FindStringSubmatch(key); m != nil {
		if name := p.secrets[m[1]]; name != "" {
			key = strings.Replace(key, m[1], name, 1)
		}
	}
	a.who = whoIs(token, key)
	return a.nobodys()
}

// recorded reads a request of a fixture.
func recorded(x *journal.Exchange) asked {
	body, _ := x.RequestBody.Bytes()
	a := asked{method: x.Method, body: string(body), media: mediaType(Sent(x, "Content-Type"))}
	if x.RequestBody.Truncated {
		a.body, a.cut = "", x.RequestBody.Size
	}
	a.path, a.query, _ = strings.Cut(TargetOf(x.URL), "?")
	a.who = whoIs(Sent(x, "X-Auth-Token"), Sent(x, "Authorization"))
	return a.nobodys()
}

// inventedID is an id that nobody has, as the suite draws them: another one in each run.
var inventedID = regexp.MustCompile(invented + `[0-9a-f]{12}`)

// nobodys is the request with one id for all that nobody has: which of them it is decides nothing.
func (a asked) nobodys() asked {
	a.invented = inventedID.FindString(a.path + " " + a.query + " " + a.body)
	for _, part := range []*string{&a.path, &a.query, &a.body} {
		*part = inventedID.ReplaceAllString(*part, invented+"000000000000")
	}
	return a
}

var accessKey = regexp.MustCompile(`(?:Access|Credential)=([^,/\s]+)`)

// whoIs names the caller. A token and a key of the same caller are the same; that a signature was a wrong one the order of the sequence tells.
func whoIs(token, authorization string) string {
	name := ""
	if m := accessKey.FindStringSubmatch(authorization); m != nil {
		name = m[1]
	} else if authorization != "" {
		name = "other authorization"
	}
	if token != "" {
		name = token
	}
	switch name {
	case "$CONFORMANCE_TOKEN", "$CONFORMANCE_ACCESS_KEY", "$OS_AUTH_TOKEN", "$HUAWEICLOUD_SDK_AK":
		return "own"
	case "$CONFORMANCE_FOREIGN_TOKEN", "$CONFORMANCE_FOREIGN_ACCESS_KEY":
		return "foreign"
	}
	return name
}

func mediaType(value string) string {
	kind, _, _ := strings.Cut(strings.ToLower(value), ";")
	return strings.TrimSpace(kind)
}

// in is the request in the words of a session's sequence.
func (a asked) in(s *session) asked {
	a.path, a.query, a.body = s.recorded(a.path), s.recorded(a.query), s.recorded(a.body)
	return a
}

// masked is what two requests have in common that differ in nothing but ids and bodies.
func (a asked) masked() string {
	return a.method + " " + hex32.ReplaceAllString(uuid.ReplaceAllString(a.path, "id"), "id") + " " + a.who + " " + a.media
}

// sameLine says that two requests differ in nothing but their bodies.
func sameLine(a, b asked) bool {
	return a.method == b.method && a.path == b.path && a.who == b.who && a.media == b.media && sameQuery(a.query, b.query)
}

// sameQuery compares queries whose parameters may stand in any order.
func sameQuery(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := url.ParseQuery(a)
	y, errY := url.ParseQuery(b)
	return errX == nil && errY == nil && x.Encode() == y.Encode()
}

// comparable is the length up to which bodies are compared as JSON; what is longer is nothing that a client sends in other words.
const comparable = 64 << 10

// sameBody compares a recorded body with one that was sent: as JSON where they are, else byte for byte. Of one that was not kept the length is compared.
func sameBody(was, is asked) bool {
	switch {
	case was.cut > 0:
		return was.cut == int64(len(is.body))
	case was.body == is.body:
		return true
	case len(was.body) > comparable, len(is.body) > comparable, !sameLetters(was.body, is.body):
		return false
	}
	x, errX := canonical(was.body)
	y, errY := canonical(is.body)
	return errX == nil && errY == nil && x == y
}

// sameLetters says that two texts have the same characters but for blanks, in whatever order: what does not is not the same JSON, or is written in a way that no client of
// this API uses. It is for not having to read what cannot be the same.
func sameLetters(a, b string) bool {
	var count [256]int
	for i := range len(a) {
		count[a[i]]++
	}
	for i := range len(b) {
		count[b[i]]--
	}
	for c, n := range count {
		if n != 0 && c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// canonical is a JSON text with its members in order. A name that stands twice makes it none: which of them counts is what such a body asks.
func canonical(s string) (string, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	if strings.Count(s, `":`) > strings.Count(b.String(), `":`) {
		return "", errTwice
	}
	return b.String(), nil
}

// sameShape says that bodies have the same members, of the same types, and the same that are empty.
func sameShape(was, is asked) bool {
	if was.cut > 0 || len(was.body) > comparable || len(is.body) > comparable {
		return false
	}
	x, y := shapeOf(was.body), shapeOf(is.body)
	return x != nil && slices.Equal(x, y)
}

func shapeOf(s string) []string {
	doc := ParseDocument([]byte(s))
	if !doc.Present() {
		return nil
	}
	var all []string
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			all = append(all, path+" object")
			for name, inner := range v {
				walk(path+"/"+name, inner)
			}
		case []any:
			all = append(all, path+" list")
			for _, inner := range v {
				walk(path+"/-", inner)
			}
		case string:
			switch {
			case v == "":
				all = append(all, path+" empty")
			case strings.EqualFold(v, "true"), strings.EqualFold(v, "false"):
				all = append(all, path+" "+v)
			default:
				all = append(all, path+" text")
			}
		case bool:
			all = append(all, path+" "+map[bool]string{true: "true", false: "false"}[v])
		case nil:
			all = append(all, path+" null")
		default:
			all = append(all, path+" number")
		}
	}
	walk("", doc.Value())
	sort.Strings(all)
	return all
}
