package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/recording"
)

// How long a played server waits for a client's headers, and for answers under way when it is to end.
const (
	playHeaders = 10 * time.Second
	playEnd     = 5 * time.Second
)

// play serves a fixture until a signal ends it.
func (flags *serveFlags) play(cmd *cobra.Command) error {
	var strange error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "from" && f.Name != "listen" && f.Name != "inventory" && f.Name != "tls-ca" && strange == nil {
			strange = fmt.Errorf("--%s is for the emulator: with --from it is the fixture that says how requests are answered", f.Name)
		}
	})
	if strange != nil {
		return strange
	}
	fixture, err := recording.ReadFixture(flags.from)
	if err != nil {
		return err
	}
	if _, err := contract.Load(cmd.Context(), contract.Source{Profile: fixture.Head.Profile}); err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "conformance: a run with this inventory needs --profile: %s:1: %v\n", flags.from, err)
	}
	host, port, err := net.SplitHostPort(flags.listen)
	if err != nil {
		return fmt.Errorf("--listen: wanted host:port, got %q: %w", flags.listen, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	security, err := flags.tls()
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	said := log.New(cmd.ErrOrStderr(), "", log.LstdFlags)
	player := recording.NewPlayer(fixture, recording.PlayerOptions{Log: said})
	server := &http.Server{
		Handler: player, ReadHeaderTimeout: playHeaders, ErrorLog: said, BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	scheme := "http://"
	if security != nil {
		l, scheme = tls.NewListener(l, security), "https://"
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	if err := flags.handPlayed(cmd, fixture, scheme+l.Addr().String()); err != nil {
		return &harnessError{errors.Join(err, server.Close())}
	}
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), playEnd)
	defer cancel()
	if err = server.Shutdown(closing); errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-served
	t := player.Tally()
	fmt.Fprintf(cmd.ErrOrStderr(), "answered %d as recorded, %d once more, %d by the form of the body, %d from another sequence; %d had no recorded answer\n", t.Exact, t.Again, t.Shape, t.Elsewhere, t.None)
	return err
}

// handPlayed gives out the inventory, and how old the evidence is.
func (flags *serveFlags) handPlayed(cmd *cobra.Command, f *recording.Fixture, baseURL string) error {
	text, err := f.Inventory(baseURL).YAML()
	if err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	what := ""
	if f.Head.Embedded {
		what = ", of an emulator"
	}
	defer fmt.Fprintf(cmd.ErrOrStderr(), "playing %s%s, profile %s, on %s\n", f.AgeText(time.Now()), what, f.Head.Profile, baseURL)
	if flags.inventory == "" {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s...\n", text)
		return err
	}
	if err := os.WriteFile(flags.inventory, text, 0o600); err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "conformance run --inventory %s%s\n", shellWord(flags.inventory), flags.trust())
	return err
}
