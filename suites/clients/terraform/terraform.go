package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// providerSource is the provider's address, the same for Terraform and OpenTofu. No registry is asked for it, because of dev_overrides.
const providerSource = "registry.terraform.io/huaweicloud/huaweicloud"

// endsWithin is how long Terraform may take to end when the driver is told to.
const endsWithin = 2 * time.Second

const (
	providerName   = "terraform-provider-huaweicloud"
	providerModule = "github.com/huaweicloud/" + providerName
)

// client is a Terraform program with the provider that was built for it.
type client struct {
	program  string // terraform or tofu
	versions string // of the program, as it says itself: "Terraform v1.11.4"
	folder   string // where the provider is
	provider string // its version
	settings string // the CLI configuration
	home     string // so that nothing of this machine's user is read
	scratch  string
}

// missingError says that something has not been built or installed.
type missingError struct{ what string }

func (e *missingError) Error() string { return e.what }

// findClient finds the provider in folder, and the Terraform that goes with it.
func findClient(ctx context.Context, folder string) (*client, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	c := &client{folder: folder}
	info, err := buildinfo.ReadFile(filepath.Join(c.folder, providerName))
	if err != nil {
		return nil, &missingError{fmt.Sprintf("no provider %s: run suites/clients/terraform/build", filepath.Join(c.folder, providerName))}
	}
	if info.Main.Path != providerModule {
		return nil, fmt.Errorf("%s: wanted the module %s, got %s", filepath.Join(c.folder, providerName), providerModule, info.Main.Path)
	}
	c.provider = strings.TrimPrefix(info.Main.Version, "v")
	if c.program, err = findProgram(c.folder); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, c.program, "version", "-json")
	cmd.Env = []string{"HOME=" + c.folder, "CHECKPOINT_DISABLE=1"}
	out, err := cmd.Output()
	var version struct {
		Terraform string `json:"terraform_version"`
	}
	if err == nil {
		err = json.Unmarshal(out, &version)
	}
	if err != nil {
		return nil, fmt.Errorf("%s version -json: %w", c.program, err)
	}
	c.versions = map[bool]string{true: "OpenTofu ", false: "Terraform "}[filepath.Base(c.program) == "tofu"] + version.Terraform
	return c, nil
}

// findProgram takes what CONFORMANCE_TERRAFORM names, else what was built here, else what is in PATH.
func findProgram(folder string) (string, error) {
	if named := os.Getenv("CONFORMANCE_TERRAFORM"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", &missingError{"CONFORMANCE_TERRAFORM: " + err.Error()}
		}
		return filepath.Abs(path)
	}
	if built := filepath.Join(folder, "tofu"); isFile(built) {
		return built, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return filepath.Abs(path)
		}
	}
	return "", &missingError{"no terraform or tofu in PATH: see https://developer.hashicorp.com/terraform/install, or run suites/clients/terraform/build --opentofu"}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// version is that of the provider first: it is the client, Terraform has it work.
func (c *client) version() string { return c.provider + " (" + c.versions + ")" }

// settle writes the CLI configuration: the provider is the one that was built, and no registry is asked for any other.
func (c *client) settle(scratch string) error {
	c.scratch, c.home, c.settings = scratch, filepath.Join(scratch, "home"), filepath.Join(scratch, "cli.tfrc")
	folder, err := json.Marshal(c.folder)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  dev_overrides {\n    %q = %s\n  }\n}\n", providerSource, folder)
	return errors.Join(os.Mkdir(c.home, 0o700), os.WriteFile(c.settings, []byte(text), 0o600))
}

// perform applies the configuration of a request in a directory of its own, and says what the user would be told.
func (c *client) perform(ctx context.Context, r request) response {
	files := filesOf(r)
	if files == nil {
		return response{ID: r.ID, Error: &told{Kind: "unsupported", Message: "the provider has no " + r.Operation}}
	}
	dir, err := os.MkdirTemp(c.scratch, "call-")
	if err == nil {
		defer os.RemoveAll(dir)
	}
	for name, content := range files {
		var text []byte
		if err == nil {
			text, err = json.MarshalIndent(content, "", "  ")
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
	}
	if err != nil {
		return response{ID: r.ID, Error: &told{Kind: "other", Message: "the driver: " + err.Error()}}
	}
	cmd := exec.CommandContext(ctx, c.program, "apply", "-auto-approve", "-input=false", "-no-color", "-json")
	cmd.Dir = dir
	// Secrets are in the environment, where Terraform's users are told to put them, and so in no file. Nothing of the driver's own environment counts.
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.home, "TMPDIR=" + dir, "TF_CLI_CONFIG_FILE=" + c.settings, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
		"HW_ACCESS_KEY=" + r.Credentials.AccessKey, "HW_SECRET_KEY=" + r.Credentials.SecretKey,
	}
	if r.Credentials.SecurityToken != "" {
		cmd.Env = append(cmd.Env, "HW_SECURITY_TOKEN="+r.Credentials.SecurityToken)
	}
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	cmd.Cancel = func() error {
		// Terraform would wait for the provider's request, and killed it would leave the provider behind: it goes first.
		_ = exec.Command("pkill", "-KILL", "-P", strconv.Itoa(cmd.Process.Pid)).Run()
		return cmd.Process.Signal(os.Interrupt)
	}
	cmd.WaitDelay = endsWithin
	failed := cmd.Run()
	answer, err := tell(r, &out)
	answer.ID = r.ID
	if failed != nil && answer.Error == nil || err != nil {
		answer.Result = nil
		answer.Error = &told{Kind: "other", Message: strings.TrimSpace(fmt.Sprintf("%v: %s", errors.Join(failed, err), complaints.String()))}
	}
	return answer
}
