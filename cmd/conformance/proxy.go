package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/proxy"
	"resize-conformance/harness/target"
)

// proxyVariable is where a command that the proxy starts finds the proxy's address.
const proxyVariable = "CONFORMANCE_PROXY"

type proxyFlags struct {
	watch  watchFlags
	server target.Config // of it the URL and the TLS settings
	listen string
	host   string
}

const longProxy = `proxy stands between a client and a server, passes everything on as it was sent, and judges both: the client by its requests, the server by its answers.
Point a client's own tests at it. Nothing is altered, retried or substituted; where the server breaks off, so does the proxy.

Its first line on stdout is "endpoint: URL", what to give to the client. With a COMMAND after "--" the command is run with that URL in $` + proxyVariable + `, and the
proxy ends when the command does; how the command ended stands in the reports. Without one, a signal (SIGINT, SIGTERM) ends it. Then come the reports and
the exit code of "conformance run"; if nothing passed that could be judged, that is never 0.

The Host line stays as the client wrote it, so that signatures over it hold: it names the proxy. A server that goes by its own name needs --upstream-host;
then the signature of a client that signs host does not hold, those of the others do. Requests that the contract does not describe pass as well, are counted
and not judged.`

func newProxy() *cobra.Command {
	var flags proxyFlags
	cmd := &cobra.Command{
		Use:   "proxy --upstream URL [-- COMMAND...]",
		Short: "Stand between a client and a server, and judge both by what passes",
		Long:  longProxy,
		Example: `  conformance proxy --upstream http://127.0.0.1:9000 -- go test ./...
  conformance proxy --upstream https://ecs.eu-de.example.com --upstream-host ecs.eu-de.example.com --listen 127.0.0.1:8080`,
		Args: func(cmd *cobra.Command, args []string) error {
			if at := cmd.ArgsLenAtDash(); len(args) > 0 && at != 0 {
				return fmt.Errorf("%q: a command to run stands after \"--\"", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&flags.server.Server, "upstream", "", "base URL of the server, http or https")
	f.StringVar(&flags.listen, "listen", "127.0.0.1:0", "address to listen on; port 0 is any free one")
	f.StringVar(&flags.host, "upstream-host", "", "what to write in the Host line in place of what the client wrote; signatures over host then do not hold")
	f.StringVar(&flags.server.CAFile, "ca-file", "", "PEM file with the certificate authorities to trust")
	f.StringVar(&flags.server.ClientCert, "client-cert", "", "PEM file with a certificate to show to the server")
	f.StringVar(&flags.server.ClientKey, "client-key", "", "PEM file with the key of that certificate")
	f.BoolVar(&flags.server.Insecure, "insecure", false, "accept any certificate of the server")
	flags.watch.bind(cmd)
	return cmd
}

func (flags *proxyFlags) run(cmd *cobra.Command, command []string) error {
	upstream, err := url.Parse(flags.server.Server)
	if err != nil || upstream.Scheme != "http" && upstream.Scheme != "https" || upstream.Host == "" || upstream.User != nil || upstream.RawQuery != "" {
		return errors.New("--upstream: wanted the base URL of the server, such as http://127.0.0.1:9000 (`conformance serve` has one to try)")
	}
	if strings.ContainsAny(flags.host, " \r\n/") {
		return fmt.Errorf("--upstream-host: wanted a host, perhaps with a port, got %q", flags.host)
	}
	if (flags.server.ClientCert == "") != (flags.server.ClientKey == "") {
		return errors.New("--client-cert and --client-key belong together")
	}
	if len(command) > 0 {
		if command[0], err = exec.LookPath(command[0]); err != nil {
			return fmt.Errorf("the command after \"--\": %w", err)
		}
	}
	tlsConfig, err := flags.server.TLSConfig()
	if err != nil {
		return err
	}
	if err := flags.server.Reach(cmd.Context()); err != nil {
		return err
	}
	client := "whoever came to the proxy"
	if len(command) > 0 {
		client = filepath.Base(command[0])
	}
	settings := map[string]string{"upstream": flags.server.Server, "upstream-host": flags.host}
	return flags.watch.watch(cmd, flags.server.Server, strings.TrimSuffix(upstream.EscapedPath(), "/"), client, settings, func(recorder *exchange.Recorder) (string, []string, error) {
		p, err := proxy.New(proxy.Config{Upstream: flags.server.Server, Recorder: recorder, TLS: tlsConfig, Host: flags.host})
		if err != nil {
			return "", nil, &notRecorded{err}
		}
		defer p.Close()
		port, err := p.Open(cmd.Context(), proxy.Listen(flags.listen))
		if err != nil {
			return "", nil, &notRecorded{fmt.Errorf("--listen: %w", err)}
		}
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "endpoint: %s\n", port.Endpoint()); err != nil {
			return "", nil, &harnessError{fmt.Errorf("the address could not be told: %w", err)}
		}
		interrupted, notes := "", []string(nil)
		if len(command) > 0 {
			interrupted, notes = accompany(cmd, command, port.Endpoint())
		} else {
			<-cmd.Context().Done()
		}
		// What the client has asked for may still be on its way back.
		settling, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), settleTime)
		defer cancel()
		if port.Settle(settling) != nil {
			notes = append(notes, fmt.Sprintf("what was not answered within %s after the end was cut off", settleTime))
		}
		return interrupted, notes, p.Close()
	})
}

// settleTime is how long the end of a proxy waits for answers that are still to come.
const settleTime = 2 * time.Second

// accompany runs a command and says how it ended.
func accompany(cmd *cobra.Command, command []string, endpoint string) (interrupted string, notes []string) {
	child := exec.CommandContext(cmd.Context(), command[0], command[1:]...)
	child.Env = append(os.Environ(), proxyVariable+"="+endpoint)
	child.Stdin, child.Stdout, child.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	child.Cancel = func() error { return child.Process.Signal(syscall.SIGTERM) }
	child.WaitDelay = 5 * time.Second
	err := child.Run()
	name := filepath.Base(command[0])
	if cmd.Context().Err() != nil {
		interrupted = "a signal ended it before " + name + " had"
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		notes = append(notes, name+" ended with exit code 0")
	case errors.As(err, &exit) && exit.Exited():
		notes = append(notes, fmt.Sprintf("%s ended with exit code %d", name, exit.ExitCode()))
	default:
		notes = append(notes, fmt.Sprintf("%s: %v", name, err))
	}
	return interrupted, notes
}
