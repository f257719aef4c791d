package target_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/target"
)

func TestHowFastAServerIsAsked(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	server, _ := tlsServer(t)
	for _, c := range []struct {
		name, rate string
		want       float64
	}{
		{"loopback", "", 0}, {"loopback", "off", 0}, {"loopback", "5/s", 5}, {"loopback", "300/m", 5}, {"loopback", "200/5m", 200.0 / 300}, {"loopback", "7200/h", 2}, {"loopback", "0.5/s", 0.5},
	} {
		args := []string{"--server", server.URL, "--insecure", "--inventory", inventory}
		if c.rate != "" {
			args = append(args, "--rate", c.rate)
		}
		tg := open(t, resolve(t, args...), nil)
		if got := tg.Pace.Limit(); got < c.want*0.999 || got > c.want*1.001 {
			t.Errorf("%s, rate %q: %v a second, want %v", c.name, c.rate, got, c.want)
		}
		if len(tg.Warnings) != 1 || !strings.Contains(tg.Warnings[0], "--insecure") || tg.Trace == "" {
			t.Errorf("warnings %q, trace %q", tg.Warnings, tg.Trace)
		}
	}
	if open(t, resolve(t), nil).Pace != nil {
		t.Error("the embedded emulator is asked no faster than a pace allows")
	}
}

func TestMannersThatAreWrong(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--rate", "fast"}, "rate (--rate): wanted a number of requests in a time"},
		{[]string{"--rate", "0/s"}, "rate (--rate)"}, {[]string{"--rate", "5"}, "rate (--rate)"}, {[]string{"--rate", "NaN/s"}, "rate (--rate)"}, {[]string{"--rate", "5/"}, "rate (--rate)"},
		{[]string{"--concurrent", "0"}, "concurrent (--concurrent): wanted a number from 1"}, {[]string{"--concurrent", "x"}, "concurrent (--concurrent)"},
		{[]string{"--request-timeouts", "showJobs=5s"}, `unknown operation "showJobs"; did you mean "showJob"?`},
		{[]string{"--request-timeouts", "showJob"}, "wanted an operation and a duration"}, {[]string{"--request-timeouts", "showJob=-1s"}, "wanted an operation and a duration"},
		{[]string{"--request-timeouts", "showJob=1s,showJob=2s"}, "showJob is given twice"},
		{[]string{"--user", "u"}, "user, domain, password and iam-endpoint belong together"},
		{[]string{"--user", "u", "--domain", "d", "--password", "p", "--iam-endpoint", "iam.example.com"}, "iam-endpoint (--iam-endpoint): wanted a URL"},
		{[]string{"--user", "u", "--domain", "d", "--password", "p", "--iam-endpoint", "https://h", "--token", "t"}, "leave one of them out"},
	} {
		_, err := target.Resolve(flags(t, append([]string{"--server", "http://127.0.0.1:9", "--inventory", inventory}, c.args...)...), nil)
		var e *target.ConfigError
		if !errors.As(err, &e) || !strings.Contains(e.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.args, err, c.want)
		}
	}
}

// The one table of timeouts reaches the client, each setting in its place.
func TestTimeoutsAreTaken(t *testing.T) {
	inventory := write(t, "i.yaml", minimal)
	server, _ := tlsServer(t)
	common := []string{"--server", server.URL, "--insecure", "--inventory", inventory}
	tg := open(t, resolve(t, append(common, "--request-timeout", "1s", "--job-timeout", "2s", "--power-timeout", "3s", "--create-timeout", "4s", "--delete-timeout", "5s",
		"--status-timeout", "6s", "--poll", "7s", "--poll-max", "8s", "--request-timeouts", "showJob=9s,createServers=10s")...), nil)
	got := tg.Client.Timeouts()
	for i, d := range []time.Duration{
		got.Request, got.Job, got.Power, got.Create, got.Delete, got.Status, got.Poll, got.PollMax, got.RequestOf(ecs.ShowJob), got.RequestOf(ecs.CreateServers),
	} {
		if want := time.Duration(i+1) * time.Second; d != want {
			t.Errorf("timeout %d is %s, want %s", i+1, d, want)
		}
	}
	if got.RequestOf(ecs.ShowServer) != time.Second {
		t.Errorf("showServer may take %s", got.RequestOf(ecs.ShowServer))
	}
	if d, want := open(t, resolve(t, common...), nil).Client.Timeouts(), ecs.DefaultTimeouts(); d.Delete != want.Delete || d.Status != want.Status || d.PollMax != want.PollMax || d.Create != want.Create {
		t.Errorf("the defaults are %+v, want those of the documented table, %+v", d, want)
	}
	if d := open(t, resolve(t, append(common, "--poll", "10ms")...), nil).Client.Timeouts(); d.PollMax != 80*time.Millisecond {
		t.Errorf("the longest pause is %s, want 8 times the first", d.PollMax)
	}
}
