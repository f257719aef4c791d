package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/director"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/target"
)

type serveFlags struct {
	listen    string
	profile   string
	state     string
	inventory string
	auth      string
	job       time.Duration
	latency   time.Duration
	stock     int
	mode      bool
	lockAfter int
	envelope  string
	fringe    bool
	flow      flowFlags
	caOut     string
	faults    int
	quota     emulator.Quota
	from      string // fixture that is played in place of the emulator; "" for none
}

type flowFlags struct {
	limit int
	per   time.Duration
	level string
	hint  bool
}

const longServe = `serve runs the reference emulator by itself, for clients and for another conformance process.

It prints, on stdout, an inventory in YAML: the endpoint, credentials, flavors, and servers in every state. "conformance run --inventory FILE" reads it
back; with --inventory it is written to that file instead, once the server can be reached. All credentials in it are made up and open nothing else.

With --from it plays recorded behaviour in place of the emulator: the fixture that "conformance record" has made. It says how old the evidence is. A request is answered as the
same one was: method, path, query, media type, credentials, body; clients that name the scenario in User-Agent, as this suite does, are led through that scenario's answers.
Every answer says in X-Recorded where it is from. What the fixture has no answer to is answered 501 with the code Recording.NoEvidence, and told on stderr. The inventory has the
servers that the scenarios were given; one run is led through it once. Before another, POST to /recorded/restart, which makes it as it was in the beginning.

A signal ends it: requests under way are answered first.`

func newServe() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the reference emulator, and print an inventory of its servers",
		Long:  longServe,
		Example: `  conformance serve --inventory servers.yaml &
  conformance run --inventory servers.yaml

  conformance serve --listen 127.0.0.1:9000 --profile cn --job-duration 40s --auth aksk
  conformance serve --state world.yaml
  conformance serve --envelope details
  conformance serve --fringe
  conformance serve --flow-limit 10 --flow-per 1s --flow-level service
  conformance serve --latency 100ms --faults 50 --quota-servers 20
  conformance serve --from real.fixture --inventory servers.yaml
  conformance serve --tls-ca emulator-ca.pem     # https; the file is written, for run --ca-file`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.serve(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.listen, "listen", "127.0.0.1:0", "address to listen on; port 0 is any free one, no host is loopback")
	f.StringVar(&flags.profile, "profile", contract.BaseProfile, "vendor edition whose behaviour is kept; 'conformance profiles' lists them")
	f.StringVar(&flags.state, "state", "", "file with the projects, credentials, flavors, hosts and servers to begin with (YAML or JSON)")
	f.StringVar(&flags.inventory, "inventory", "", "write the inventory to this file instead of stdout")
	f.StringVar(&flags.auth, "auth", string(emulator.AuthBoth), "credentials that are asked for: both, token, aksk, none")
	f.DurationVar(&flags.job, "job-duration", 12*time.Millisecond, "how long a resize takes; starting and stopping take half of it")
	f.DurationVar(&flags.latency, "latency", 0, "what is added to every answer")
	f.IntVar(&flags.stock, "stock", 12, "servers made in every state that the edition has, beside those of the state file")
	f.BoolVar(&flags.mode, "mode", false, `whether mode "withStopServer" is understood (default: as the edition has it)`)
	f.IntVar(&flags.lockAfter, "lock-after", 0, "wrong signatures in a row that lock an access key for five minutes; 0: never (the real gateway: 5)")
	f.StringVar(&flags.envelope, "envelope", string(emulator.ServiceEnvelope), "envelope that errors are in: "+list(emulator.Envelopes()))
	f.BoolVar(&flags.fringe, "fringe", false, "answer also what a Terraform provider reads beside the contract's operations: images, ports, volumes, attachments")
	f.IntVar(&flags.flow.limit, "flow-limit", 0, "requests of a project in each --flow-per; more are refused as flow control. 0: no limit")
	f.DurationVar(&flags.flow.per, "flow-per", time.Minute, "what --flow-limit counts in")
	f.StringVar(&flags.flow.level, "flow-level", string(emulator.FlowGateway), "who refuses what is over --flow-limit, and how: "+list(emulator.FlowLevels()))
	f.BoolVar(&flags.flow.hint, "flow-retry-after", true, "whether those refusals say when to come back (Retry-After)")
	f.StringVar(&flags.caOut, "tls-ca", "", "serve https, and write the certificate of the authority that vouches for it, made for this, to this file")
	f.IntVar(&flags.faults, "faults", 0, "each so manieth good answer to showServer and showJob is a failure (502, 503, 504, 500 in turns) instead; 0: none")
	f.IntVar(&flags.quota.Servers, "quota-servers", 0, "how many servers a project may have; 0: no limit")
	f.IntVar(&flags.quota.VCPUs, "quota-vcpus", 0, "how many vCPUs a project may have; 0: no limit")
	f.IntVar(&flags.quota.RAM, "quota-ram", 0, "how much memory a project may have, in MiB; 0: no limit")
	f.StringVar(&flags.from, "from", "", "play this fixture (see 'conformance record') in place of the emulator; of the other flags only --listen, --inventory and --tls-ca are for it")
	return cmd
}

// servedUser is who may sign in at a served emulator. It is made up and opens nothing else.
func servedUser() emulator.User {
	return emulator.User{Name: "conformance", Domain: "emulator", Password: "emulator-password-of-the-user"}
}

// list writes names for the help of a flag.
func list[T ~string](names []T) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(name))
	}
	return b.String()
}

// control is the flow control that the flags ask for. Asking how without asking how much would change nothing, and nobody would notice.
func (flags *flowFlags) control(given func(name string) bool) (emulator.FlowControl, error) {
	for _, name := range []string{"flow-per", "flow-level", "flow-retry-after"} {
		if given(name) && flags.limit == 0 {
			return emulator.FlowControl{}, fmt.Errorf("--%s says nothing without --flow-limit: give the number of requests, such as --flow-limit 10", name)
		}
	}
	if given("flow-per") && flags.per <= 0 {
		return emulator.FlowControl{}, fmt.Errorf("--flow-per: wanted more than 0, got %s", flags.per)
	}
	return emulator.FlowControl{Limit: flags.limit, Per: flags.per, Level: emulator.FlowLevel(flags.level), RetryAfter: flags.hint}, nil
}

func (flags *serveFlags) serve(cmd *cobra.Command) error {
	if flags.from != "" {
		return flags.play(cmd)
	}
	config := emulator.Config{
		Profile: flags.profile, JobDuration: flags.job, Latency: flags.latency, Auth: emulator.AuthMode(flags.auth), LockAfter: flags.lockAfter, Payments: true,
		Envelope: emulator.Envelope(flags.envelope), Fringe: flags.fringe, ErrorLog: log.New(cmd.ErrOrStderr(), "", log.LstdFlags),
		Account: true, Users: []emulator.User{servedUser()}, Quota: flags.quota, Faults: flags.faults,
	}
	var err error
	if config.TLS, err = flags.tls(); err != nil {
		return err
	}
	if config.Flow, err = flags.flow.control(cmd.Flags().Changed); err != nil {
		return err
	}
	if cmd.Flags().Changed("mode") {
		config.Mode = &flags.mode
	}
	if flags.state != "" {
		state, err := emulator.LoadState(flags.state)
		if err != nil {
			return err
		}
		config.State = state
	}
	e, err := emulator.New(config)
	if err != nil {
		return err
	}
	// Whoever waits for the inventory finds a server that answers; when the inventory cannot be given, serving ends at once.
	ctx, end := context.WithCancelCause(cmd.Context())
	defer end(nil)
	err = e.Listen(ctx, flags.listen, func(baseURL string) {
		if err := flags.hand(cmd, e, baseURL); err != nil {
			end(&harnessError{err})
		}
	})
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// tls makes the certificate that is asked for, and writes its authority's; nil when none is.
func (flags *serveFlags) tls() (*tls.Config, error) {
	if flags.caOut == "" {
		return nil, nil
	}
	authority, err := director.NewAuthority(nil)
	if err != nil {
		return nil, &harnessError{err}
	}
	hosts := []string{"127.0.0.1", "::1", "localhost"}
	if host, _, err := net.SplitHostPort(flags.listen); err == nil && host != "" && !slices.Contains(hosts, host) {
		hosts = append(hosts, host)
	}
	config, err := authority.ServeHosts(hosts...)
	if err != nil {
		return nil, &harnessError{err}
	}
	if err := os.WriteFile(flags.caOut, authority.PEM(), 0o644); err != nil {
		return nil, fmt.Errorf("--tls-ca: %w", err)
	}
	return config, nil
}

// pollsPerJob is how often a run is to look at a job of a served emulator, about: often enough to see it run, seldom enough to let it.
const pollsPerJob = 6

// hand stocks the emulator and gives its inventory out.
func (flags *serveFlags) hand(cmd *cobra.Command, e *emulator.Emulator, baseURL string) error {
	if err := target.Stock(e, flags.stock); err != nil {
		return err
	}
	inventory, err := target.InventoryOf(e, baseURL)
	if err != nil {
		return err
	}
	inventory.PayOrder = baseURL + emulator.PaymentPath
	inventory.Poll = max(time.Millisecond, flags.job/pollsPerJob)
	text, err := inventory.YAML()
	if err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	project := e.Describe().Projects[0].ID
	who := servedUser()
	defer fmt.Fprintf(cmd.ErrOrStderr(), "identity service: POST %s%s, user %s, domain %s, password %s\n", baseURL, emulator.SignInPath, who.Name, who.Domain, who.Password)
	if flags.inventory == "" {
		// The mark tells a program that reads the pipe that the document is whole.
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s...\n", text); err != nil {
			return fmt.Errorf("inventory: %w", err)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "serving profile %s on %s, project %s; the inventory is on stdout\n", e.Describe().Profile, baseURL, project)
		return nil
	}
	if err := os.WriteFile(flags.inventory, text, 0o600); err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "serving profile %s on %s, project %s\n", e.Describe().Profile, baseURL, project)
	fmt.Fprintf(cmd.OutOrStdout(), "conformance run --inventory %s%s\n", shellWord(flags.inventory), flags.trust())
	return nil
}

// trust is what a run needs besides the inventory, to trust the certificate.
func (flags *serveFlags) trust() string {
	if flags.caOut == "" {
		return ""
	}
	return " --ca-file " + shellWord(flags.caOut)
}
