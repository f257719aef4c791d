package signature

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Canonical builds the canonical request: what both sides must agree on to the byte.
// The signed headers are taken as given; they should be lower case and sorted, as CanonicalNames makes them.
// Works on requests of both sides: on a server the host is in r.Host, on a client it may be in r.URL.
func Canonical(r *http.Request, signedHeaders []string, payloadHash string, scoped bool) string {
	return strings.Join([]string{
		r.Method,
		canonicalPath(r.URL),
		canonicalQuery(r.URL.RawQuery),
		canonicalHeaders(r, signedHeaders, scoped),
		strings.Join(signedHeaders, ";"),
		payloadHash,
	}, "\n")
}

// CanonicalNames lower-cases, sorts and de-duplicates header names.
func CanonicalNames(names []string) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		if n = strings.ToLower(strings.TrimSpace(n)); n != "" {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// canonicalPath encodes each segment anew and makes the path end with "/". A slash that came encoded stays encoded,
// because it belongs to its segment.
func canonicalPath(u *url.URL) string {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, s := range segments {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
		segments[i] = escape(s)
	}
	path := strings.Join(segments, "/")
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path
}

// canonicalQuery sorts by name, then by value. A parameter without "=" counts as one with an empty value.
func canonicalQuery(raw string) string {
	type pair struct{ name, value string }
	var pairs []pair
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, pair{unescapeQuery(name), unescapeQuery(value)})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	out := make([]string, len(pairs))
	for i, p := range pairs {
		out[i] = escape(p.name) + "=" + escape(p.value)
	}
	return strings.Join(out, "&")
}

func unescapeQuery(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// canonicalHeaders writes one line a value; in the scoped form runs of white space inside a value count as one space,
// because the clients that use it sign them so.
func canonicalHeaders(r *http.Request, names []string, scoped bool) string {
	var b strings.Builder
	for _, name := range names {
		values := slices.Clone(headerValues(r, name))
		slices.Sort(values)
		for _, v := range values {
			v = strings.TrimSpace(v)
			if scoped {
				v = strings.Join(strings.Fields(v), " ")
			}
			b.WriteString(name + ":" + v + "\n")
		}
	}
	return b.String()
}

// headerValues finds a header also where net/http keeps it out of the header map.
func headerValues(r *http.Request, name string) []string {
	if values := r.Header.Values(name); len(values) > 0 {
		return values
	}
	if name == "host" {
		if r.Host != "" {
			return []string{r.Host}
		}
		return []string{r.URL.Host}
	}
	return nil
}

// escape percent-encodes everything but the unreserved characters of RFC 3986, byte by byte.
func escape(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

// payloadHash is what stands in the last line of the canonical request.
func payloadHash(r *http.Request, body []byte) string {
	if sent := r.Header.Get(ContentHashHeader); sent != "" {
		return sent
	}
	return hexHash(body)
}
