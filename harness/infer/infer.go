// Package infer finds out which vendor edition an endpoint resembles, without changing anything there: it reads, sends requests that cannot be carried out because
// they are about a server that nobody has, and asks by dry runs where it has seen before that the endpoint knows them.
//
// What a probe is answered is held against every edition's contract. An edition that does not know how it behaves in some respect is not ruled out by that respect.
package infer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// Nobody is the id of a server that no project has. Whatever is asked for it cannot be carried out.
const Nobody = "00000000-0000-4000-8000-00000000c0de"

// Config says whom to ask, and about which servers dry runs may ask.
type Config struct {
	Client    *ecs.Client
	Inventory *fixture.Inventory // nil: nothing is asked about servers that are there
	Editions  []*contract.Contract
}

// Probe is one thing that was asked, and what the answer says.
type Probe struct {
	Asked    string   `json:"asked"`    // the request, in short
	Answered string   `json:"answered"` // "404 Ecs.0114"
	Says     string   `json:"says"`     // what follows from it
	Fits     []string `json:"fits"`     // editions that answer so
	// Open lists editions of which it is not known how they answer.
	Open []string `json:"open,omitempty"`
	// Tells says whether the answer speaks for some editions and against others.
	Tells bool `json:"tells"`
}

// Result is what came of all probes.
type Result struct {
	Probes []Probe `json:"probes"`
	// Editions are those whose contract has every answer as it came. Several cannot be told apart by these probes.
	Editions []string `json:"editions"`
	// NotRuledOut are further ones that only differ where it is not known how they behave.
	NotRuledOut []string `json:"not_ruled_out"`
	// Nearest is the edition that the fewest answers speak against, and Against what does, where no edition has them all.
	Nearest string   `json:"nearest,omitempty"`
	Against []string `json:"against,omitempty"`
	// Untried lists what could not be asked, and why.
	Untried []string `json:"untried,omitempty"`
}

// asking is the probing under way.
type asking struct {
	c      Config
	result *Result
	facts  []fact
	served []string // versions
	dry    []string // versions in which dry_run is known to be understood
}

// fact is what an answer says of the endpoint, and how editions are held against it.
type fact struct {
	probe  Probe
	toggle string // the switch of x-profile-behaviour that it is about; "" when every edition knows
	fits   func(contract.Behaviour) bool
}

// Ask probes an endpoint. An error says that it could not be asked at all, or that it did something it must not: *Acted.
func Ask(ctx context.Context, c Config) (*Result, error) {
	a := &asking{c: c, result: &Result{}}
	for _, step := range []func(context.Context) error{a.versions, a.fields, a.list, a.rules} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	a.conclude()
	return a.result, nil
}

// Acted is the error of an endpoint that carried a dry run out although it knows the word: nothing further is asked.
type Acted struct{ Asked, Answered string }

func (e *Acted) Error() string {
	return fmt.Sprintf("%s was answered %s, as if it had been carried out; nothing further is asked. Look after that server", e.Asked, e.Answered)
}

// answer is what came back.
type answer struct {
	status int
	codes  []string
	job    bool
}

func (a answer) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, strings.Join(a.codes, ", ")))
}

// absent says whether nobody is there: the gateway knows no such operation.
func (a answer) absent() bool {
	return a.status == http.StatusNotFound && !a.ofService() || a.status == http.StatusMethodNotAllowed
}

// ofService says whether the service itself answered, and not a gateway before it.
func (a answer) ofService() bool {
	return slices.ContainsFunc(a.codes, func(code string) bool {
		return !strings.HasPrefix(strings.ToUpper(code), "APIG")
	})
}

// send sends a request. Its body breaks some editions' contracts, and keeps others': it is declared to be malformed, and judged by nobody.
func (a *asking) send(ctx context.Context, method, path, query, body string) (answer, error) {
	how := []ecs.Option{ecs.Malformed("a probe")}
	if query != "" {
		how = append(how, ecs.RawQuery(query))
	}
	if body != "" {
		how = append(how, ecs.Body([]byte(body)), ecs.ContentType("application/json"))
	}
	got, err := a.c.Client.Raw(ctx, method, path, how...)
	if err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	job, _ := got.JobID()
	seen := answer{got.Status, got.ErrorCodes(), got.Status < 300 && job != ""}
	switch {
	case seen.status == http.StatusUnauthorized || seen.status == http.StatusForbidden:
		return seen, fmt.Errorf("%s %s was answered %s: the credentials open nothing there, and nothing can be told", method, path, seen)
	case seen.status == http.StatusTooManyRequests || seen.status == http.StatusServiceUnavailable:
		return seen, fmt.Errorf("%s %s was answered %s: the endpoint is throttled or not well; ask again later", method, path, seen)
	}
	return seen, nil
}

func (a *asking) resizePath(version, server string) string {
	return "/" + version + "/" + a.c.Client.ProjectID() + "/cloudservers/" + server + "/resize"
}

// learn keeps what an answer says.
func (a *asking) learn(toggle, asked string, got answer, says string, fits func(contract.Behaviour) bool) {
	a.facts = append(a.facts, fact{Probe{Asked: asked, Answered: got.String(), Says: says}, toggle, fits})
}

func (a *asking) untried(format string, args ...any) {
	a.result.Untried = append(a.result.Untried, fmt.Sprintf(format, args...))
}

// versions asks which versions of the resize are served, for a server that nobody has.
func (a *asking) versions(ctx context.Context) error {
	for _, version := range []string{"v1.1", "v1"} {
		path := a.resizePath(version, Nobody)
		got, err := a.send(ctx, http.MethodPost, path, "", `{"resize":{"flavorRef":"conformance"},"dry_run":true}`)
		if err != nil {
			return err
		}
		served := !got.absent()
		says := version + " is served"
		if served {
			a.served = append(a.served, version)
		} else {
			says = version + " is not served"
		}
		toggle := "versions"
		if version == "v1.1" {
			toggle = "" // every edition says whether it has it; what some do not know is v1
		}
		a.learn(toggle, "a resize of a server that nobody has: POST "+path, got, says, func(b contract.Behaviour) bool {
			return slices.Contains(b.Versions, version) == served
		})
	}
	if len(a.served) == 0 {
		return errors.New("neither version of the resize is served: is this an ECS endpoint, and is the project right?")
	}
	return nil
}

// fields asks which members a version knows: one that it knows and that has another JSON type is refused for that, one that it does not know is not looked at, and the
// server that nobody has is what is missing.
func (a *asking) fields(ctx context.Context) error {
	for _, version := range a.served {
		path := a.resizePath(version, Nobody)
		control, err := a.send(ctx, http.MethodPost, path, "", `{"resize":{"flavorRef":7}}`)
		if err != nil {
			return err
		}
		if control.status != http.StatusBadRequest {
			a.untried("which members %s knows: it answers %s to a flavorRef that is a number, so that it looks for the server before it looks at the members", version, control)
			continue
		}
		for _, f := range []struct {
			toggle, name, body string
			has                func(contract.Behaviour) bool
		}{
			{"dry_run", "dry_run", `{"resize":{"flavorRef":"conformance"},"dry_run":"x"}`, func(b contract.Behaviour) bool { return slices.Contains(b.DryRun, version) }},
			{"mode_supported", "mode", `{"resize":{"flavorRef":"conformance","mode":7}}`, func(b contract.Behaviour) bool { return b.ModeSupported }},
			{"cpu_options", "cpu_options", `{"resize":{"flavorRef":"conformance","cpu_options":7}}`, func(b contract.Behaviour) bool { return slices.Contains(b.CPUOptions, version) }},
			{"deh", "dedicated_host_id", `{"resize":{"flavorRef":"conformance","dedicated_host_id":7}}`, func(b contract.Behaviour) bool { return b.DeH && version != "v1" }},
			{"prepaid", "extendparam", `{"resize":{"flavorRef":"conformance","extendparam":7}}`, func(b contract.Behaviour) bool { return b.Prepaid && version != "v1" }},
		} {
			got, err := a.send(ctx, http.MethodPost, path, "", f.body)
			if err != nil {
				return err
			}
			known := got.status == http.StatusBadRequest
			says := version + " knows " + f.name
			if !known {
				says = version + " does not know " + f.name
			} else if f.name == "dry_run" {
				a.dry = append(a.dry, version)
			}
			a.learn(f.toggle, f.name+" of another JSON type, for a server that nobody has: POST "+path, got, says, func(b contract.Behaviour) bool {
				return !slices.Contains(b.Versions, version) || f.has(b) == known
			})
		}
	}
	return nil
}

// list asks where the list of target flavors is.
func (a *asking) list(ctx context.Context) error {
	var paths []string
	for _, e := range a.c.Editions {
		if p := e.Behaviour().ResizeFlavorsPath; !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	for _, template := range paths {
		path := strings.ReplaceAll(template, "{project_id}", a.c.Client.ProjectID())
		got, err := a.send(ctx, http.MethodGet, path, "", "")
		if err != nil {
			return err
		}
		// Where it is not, one of the two paths is that of the details of a server, of which nobody has one with such an id.
		served := got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed
		says := "the list of target flavors is there"
		if !served {
			says = "the list of target flavors is not there"
		}
		a.learn("resize_flavors_path", "the target flavors of nothing: GET "+path, got, says, func(b contract.Behaviour) bool {
			return (b.ResizeFlavorsPath == template) == served
		})
	}
	return nil
}
