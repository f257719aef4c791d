// Command terraform drives Terraform, or OpenTofu, with the provider huaweicloud as a client under test. It speaks the protocol of
// suites/clients/examples/README.md: it writes a configuration, has it applied, and tells what the user would be told.
//
// It decides nothing and repairs nothing: requests, repetitions, waiting and words are the provider's.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
)

// inFlight is how many configurations are applied at a time: each costs over a second of processor time and some 260 MB, and then mostly waits.
const inFlight = 4

// request is one line of input. What the provider cannot be asked for is not in it.
type request struct {
	ID          string `json:"id"`
	Operation   string `json:"op"`
	Endpoint    string `json:"endpoint"`
	Credentials struct {
		AccessKey     string `json:"access_key"`
		SecretKey     string `json:"secret_key"`
		SecurityToken string `json:"security_token"`
	} `json:"credentials"`
	ProjectID string `json:"project_id"`
	ServerID  string `json:"server_id"`
	Params    struct {
		FlavorRef        string `json:"flavor_ref"`
		AutoPay          *bool  `json:"auto_pay"`
		InstanceUUID     string `json:"instance_uuid"`
		SourceFlavorID   string `json:"source_flavor_id"`
		SourceFlavorName string `json:"source_flavor_name"`
		SortKey          string `json:"sort_key"`
		SortDir          string `json:"sort_dir"`
	} `json:"params"`
}

// response is one line of output.
type response struct {
	ID     string  `json:"id"`
	Result *result `json:"result,omitempty"`
	Error  *told   `json:"error,omitempty"`
}

// result has what the provider shows. It has no job_id and no order_id: the provider keeps both for itself.
type result struct {
	Server  *server  `json:"server,omitempty"`
	Flavors []flavor `json:"flavors,omitzero"`
}

type server struct {
	ID     *string `json:"id,omitempty"`
	Name   *string `json:"name,omitempty"`
	Status *string `json:"status,omitempty"`
	Flavor *string `json:"flavor,omitempty"`
}

type flavor struct {
	ID    string  `json:"id"`
	Name  *string `json:"name,omitempty"`
	VCPUs *string `json:"vcpus,omitempty"`
	RAM   *int64  `json:"ram,omitempty"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	self, err := os.Executable()
	if err == nil {
		err = run(ctx, filepath.Dir(self), os.Stdin, os.Stdout)
	}
	stop()
	var missing *missingError
	switch {
	case errors.As(err, &missing):
		fmt.Fprintln(os.Stderr, "terraform driver:", err)
		os.Exit(3)
	case err != nil:
		fmt.Fprintln(os.Stderr, "terraform driver:", err)
		os.Exit(1)
	}
}

// run says hello and answers requests until the input ends, with the provider in folder. What is under way then is finished; ctx ends it at once.
func run(ctx context.Context, folder string, in io.Reader, out io.Writer) error {
	c, err := findClient(ctx, folder)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "terraform-driver-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := c.settle(scratch); err != nil {
		return err
	}
	w := &writer{to: json.NewEncoder(out)}
	w.write(map[string]any{
		"protocol": 1, "name": "terraform-provider-huaweicloud", "version": c.version(),
		"operations": map[string][]string{
			"resizeServer":      {"auto_pay"},
			"showServer":        {},
			"listResizeFlavors": {"instance_uuid", "source_flavor_id", "source_flavor_name", "sort_key", "sort_dir"},
		},
		"credentials": []string{"access_key", "security_token"}, "timeout": false, "whole": true, "in_flight": inFlight,
	})
	lines := make(chan []byte)
	var reading error
	go func() {
		defer close(lines)
		for s := bufio.NewReader(in); ; {
			line, err := s.ReadBytes('\n')
			if len(line) > 0 {
				lines <- line
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					reading = err
				}
				return
			}
		}
	}()
	var all sync.WaitGroup
	defer all.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case line, more := <-lines:
			if !more {
				return errors.Join(reading, w.failure())
			}
			var r request
			if err := json.Unmarshal(line, &r); err != nil {
				return fmt.Errorf("wanted one request a line, got %.80q: %w", line, err)
			}
			all.Go(func() {
				answer := c.perform(ctx, r)
				if ctx.Err() == nil {
					w.write(answer)
				}
			})
		}
	}
}

// writer writes lines, one at a time.
type writer struct {
	mu  sync.Mutex
	to  *json.Encoder
	err error
}

func (w *writer) write(line any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = errors.Join(w.err, w.to.Encode(line))
}

func (w *writer) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
