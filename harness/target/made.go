package target

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
)

// registrar stands at the very end of the way to a server URL. It notes every creation of servers before the request is sent, whoever sends it, and lets no deletion
// out of a server that the run has not made.
type registrar struct {
	http.RoundTripper
	registry *fixture.Registry
}

func (g *registrar) RoundTrip(req *http.Request) (*http.Response, error) {
	last := strings.ToLower(lastSegment(req.URL.Path))
	deletes := last == "delete" || req.Method == http.MethodDelete && last != "resize" // which asks for what no API has, and names a server that is to stay
	if !changes(req) || last != "cloudservers" && !deletes {
		return g.RoundTripper.RoundTrip(req)
	}
	again, body, err := withBody(req)
	if err != nil {
		return nil, err
	}
	if !deletes {
		return g.create(again, body)
	}
	for _, id := range append(idsIn(body), idsIn([]byte(req.URL.Path))...) {
		if !g.registry.Mine(id) && !strings.HasPrefix(id, madeUp) && !isProject(req.URL.Path, id) {
			return nil, &exchange.Withheld{Why: fmt.Sprintf("the deletion of server %s is not sent: this run has not made it", id)}
		}
	}
	return g.RoundTripper.RoundTrip(again)
}

// madeUp begins the ids of servers that nobody has and that the suite asks for; no service hands such an id out.
const madeUp = "00000000-0000-4000-8000-"

// Nobody makes up the id of a server that nobody has: another one each time, so that no target can know it.
func Nobody() string {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails, says crypto/rand
	return madeUp + hex.EncodeToString(b)
}

// anID finds what may be read as the id of a server, also in a body that is no whole JSON.
var anID = regexp.MustCompile(`(?i)"id"\s*:\s*"([^"]*)"|\b([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})\b`)

func idsIn(text []byte) []string {
	var ids []string
	for _, m := range anID.FindAllSubmatch(unescaped(text), -1) {
		if id := string(m[1]) + string(m[2]); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// isProject tells the project in the path, which may look like a server's id.
func isProject(path, id string) bool {
	segments := strings.Split(path, "/")
	i := slices.Index(segments, "cloudservers")
	return i > 0 && segments[i-1] == id
}

// mostOfAnAnswer is how much is read of an answer to a creation: it names five hundred servers at most.
const mostOfAnAnswer = 1 << 20

func (g *registrar) create(req *http.Request, body []byte) (*http.Response, error) {
	if dryRun(body) {
		return g.RoundTripper.RoundTrip(req)
	}
	var asked struct {
		Server struct {
			Name string `json:"name"`
		} `json:"server"`
	}
	_ = json.Unmarshal(body, &asked) // one that is malformed on purpose has no name that could be relied on
	creation, err := g.registry.Creating(asked.Server.Name)
	if err != nil {
		return nil, err
	}
	resp, err := g.RoundTripper.RoundTrip(req)
	if err != nil {
		return resp, err // nobody knows
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, mostOfAnAnswer))
	resp.Body = &rest{Reader: io.MultiReader(bytes.NewReader(head), broken(resp.Body, err)), Closer: resp.Body}
	var told struct {
		ServerIDs []string `json:"serverIds"`
		Job       string   `json:"job_id"`
	}
	_ = json.Unmarshal(head, &told) // what cannot be read tells no id
	switch {
	case len(told.ServerIDs) > 0:
		creation.Made(told.ServerIDs...)
	case resp.StatusCode >= 400 && resp.StatusCode < 500 && told.Job == "":
		creation.Refused()
	}
	return resp, nil
}

// rest is a body of which the beginning was read before.
type rest struct {
	io.Reader
	io.Closer
}

// broken is what follows in a body: the error in which reading it ended, where there was one.
func broken(body io.Reader, err error) io.Reader {
	if err == nil {
		return body
	}
	return failing{err}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
