package target

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/pace"
)

// How fast a server is asked where nothing is said about it. Of real clouds no rate is documented for these operations; observed was a limit of 200 requests in five
// minutes for one operation of one user, and published clients poll every 5 to 10 s. What is on loopback is an emulator, and has no others to think of.
const (
	politeRate       = 10 // requests a second
	politeConcurrent = 4
)

// The words for settings that are usually numbers.
const (
	auto = "auto"
	off  = "off"
)

// rateOf reads "5/s", "200/5m", "600/m". 0: no limit.
func rateOf(text string) (float64, error) {
	wrong := fmt.Errorf("wanted a number of requests in a time, such as 5/s, 300/m or 200/5m, or %s, or %s; got %q", off, auto, text)
	count, per, is := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(count, 64)
	if !is || err != nil || n <= 0 || n > 1e6 || n != n {
		return 0, wrong
	}
	if per != "" && (per[0] < '0' || per[0] > '9') {
		per = "1" + per
	}
	d, err := time.ParseDuration(per)
	if err != nil || d <= 0 {
		return 0, wrong
	}
	return n / d.Seconds(), nil
}

// checkManners looks at what is said about how the server is to be asked.
func (c *Config) checkManners() (problems []string) {
	if c.Rate != "" && c.Rate != auto && c.Rate != off {
		if _, err := rateOf(c.Rate); err != nil {
			problems = append(problems, fmt.Sprintf("rate (%s): %v", c.from("rate"), err))
		}
	}
	if n, err := strconv.Atoi(c.Concurrent); c.Concurrent != "" && c.Concurrent != auto && c.Concurrent != off && (err != nil || n < 1) {
		problems = append(problems, fmt.Sprintf("concurrent (%s): wanted a number from 1, or %s, or %s; got %q", c.from("concurrent"), off, auto, c.Concurrent))
	}
	given := 0
	for _, name := range []string{c.User, c.Domain, c.Password, c.IAMEndpoint} {
		if name != "" {
			given++
		}
	}
	if given > 0 && given < 4 {
		problems = append(problems, "user, domain, password and iam-endpoint belong together: a token is got with all four; give the others, too")
	}
	if c.User != "" && c.Token != "" {
		problems = append(problems, fmt.Sprintf("token (%s) and user (%s): a token is given, and another one is to be got; leave one of them out", c.from("token"), c.from("user")))
	}
	if c.IAMEndpoint != "" {
		u, err := url.Parse(c.IAMEndpoint)
		if err != nil || u.User != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.Fragment != "" {
			problems = append(problems, fmt.Sprintf("iam-endpoint (%s): wanted a URL such as https://iam.REGION.myhuaweicloud.com", c.from("iam-endpoint")))
		}
	}
	return problems
}

// requestTimeouts reads the setting of that name.
func (c *Config) requestTimeouts() (map[ecs.Operation]time.Duration, error) {
	known := []string{
		string(ecs.ResizeServer), string(ecs.ResizePostPaidServer), string(ecs.ShowJob), string(ecs.ListResizeFlavors), string(ecs.ShowServer),
		string(ecs.StartServers), string(ecs.StopServers), string(ecs.CreateServers), string(ecs.DeleteServers),
	}
	limits := map[ecs.Operation]time.Duration{}
	for _, entry := range c.RequestTimeouts {
		name, text, is := strings.Cut(entry, "=")
		d, err := time.ParseDuration(text)
		switch {
		case !is || err != nil || d <= 0:
			return nil, fmt.Errorf("wanted an operation and a duration above zero, such as createServers=90s; got %q", entry)
		case !slices.Contains(known, name):
			return nil, fmt.Errorf("unknown operation %q%s (known: %s)", name, nearest.Hint(name, known), strings.Join(known, ", "))
		}
		if _, twice := limits[ecs.Operation(name)]; twice {
			return nil, errors.New(name + " is given twice")
		}
		limits[ecs.Operation(name)] = d
	}
	return limits, nil
}

// pace is how fast the server is asked.
func (c *Config) pace(server *url.URL, processes int) *pace.Pace {
	config := pace.Config{Pause: min(c.Poll, pace.DefaultPause)}
	if !onLoopback(server.Hostname()) {
		config.Rate, config.Concurrent = politeRate, politeConcurrent
	}
	switch c.Rate {
	case auto, "":
	case off:
		config.Rate = 0
	default:
		config.Rate, _ = rateOf(c.Rate) // checked
	}
	switch c.Concurrent {
	case auto, "":
	case off:
		config.Concurrent = 0
	default:
		config.Concurrent, _ = strconv.Atoi(c.Concurrent) // checked
	}
	// Each of several processes gets its share, and one request at least.
	config.Rate /= float64(processes)
	if config.Concurrent > 0 {
		config.Concurrent = max(1, config.Concurrent/processes)
	}
	return pace.New(config)
}

func onLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// warnings are what a reader of any report has to know before he trusts it.
func (c *Config) warnings() []string {
	var all []string
	if c.Insecure {
		all = append(all, "the server's certificate was not checked (--insecure): nothing shows that "+c.Server+" is who answered, and whoever did has seen the credentials")
	}
	return all
}

// newTrace names a run. It is drawn by chance, so that no two runs share a trace.
func newTrace() string { return rand.Text() }
