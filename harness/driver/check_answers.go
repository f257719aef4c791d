package driver

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// What a check asks with.
const (
	checkProject = "0123456789abcdef0123456789abcdef"
	checkServer  = "616fb98f-46ca-475e-917e-2563e5a8cd19"
	checkJob     = "ff80808288d41e1b018990260955686a"
)

// bareRequest asks for an operation without options.
func bareRequest(o Operation) Request {
	r := Request{Operation: o, ProjectID: checkProject}
	switch o {
	case ResizeServer, ResizePostPaidServer:
		r.ServerID, r.Params.FlavorRef = checkServer, "s3.large.4" // not what the canned server has: a client that looks first would not send it
	case ShowServer:
		r.ServerID = checkServer
	case ShowJob, WaitForJob:
		r.JobID = checkJob
	case StartServers, StopServers:
		r.Params.ServerIDs = []string{checkServer}
	}
	return r
}

// setOption asks for one option as well.
func setOption(r *Request, o Option) {
	yes, p := true, &r.Params
	switch o {
	case OptionDedicatedHost:
		p.DedicatedHostID = "459a2b9d-804a-4745-ab19-a113bb1b4ddc"
	case OptionAutoPay:
		p.AutoPay = &yes
	case OptionMode:
		p.Mode = "withStopServer"
	case OptionCPUThreads:
		p.CPUThreads = 1
	case OptionDryRun:
		p.DryRun = &yes
	case OptionType:
		p.Type = "SOFT"
	case OptionSeveral:
		p.ServerIDs = append(p.ServerIDs, "4f8b8c1e-2d6a-4c9b-8e3f-0a1b2c3d4e5f")
	case OptionInstance:
		p.InstanceUUID = checkServer
	case OptionSourceFlavorID:
		p.SourceFlavorID = "s3.medium.2"
	case OptionSourceFlavorName:
		p.SourceFlavorName = "s3.medium.2"
	case OptionSortKey:
		p.SortKey = "vcpus"
	case OptionSortDir:
		p.SortDir = "asc"
	case OptionLimit:
		p.Limit = 10
	case OptionMarker:
		p.Marker = "s3.small.1"
	case OptionInterval:
		p.IntervalMS = 10
	}
}

// credentialsOf makes up credentials of a kind.
func credentialsOf(k CredentialKind) Credentials {
	switch k {
	case WithToken:
		return Credentials{Token: checkToken}
	case WithAccessKey:
		return Credentials{AccessKey: checkAccessKey, SecretKey: checkSecretKey}
	case WithSecurityToken:
		return Credentials{AccessKey: checkAccessKey, SecretKey: checkSecretKey, SecurityToken: checkSecurity}
	}
	return Credentials{}
}

// told says what a result of the operation lacks of the canned answer.
func told(o Operation) func(*Result) string {
	is := func(p *string, want string) bool { return p != nil && *p == want }
	return func(r *Result) string {
		switch o {
		case ShowJob, WaitForJob:
			if r.Job == nil || !is(r.Job.Status, "SUCCESS") {
				return "has no job.status SUCCESS"
			}
		case ShowServer:
			if r.Server == nil || !is(r.Server.Status, "SHUTOFF") || !is(r.Server.Flavor, "s3.large.2") {
				return "has no server.status SHUTOFF, or no server.flavor s3.large.2"
			}
		case ListResizeFlavors:
			if len(r.Flavors) != 1 || r.Flavors[0].ID != "s3.large.2" {
				return "has not the one flavor s3.large.2"
			}
		default:
			if !is(r.JobID, checkJob) {
				return "has not the job_id that was answered"
			}
		}
		return ""
	}
}

// manner is how a canned server answers.
type manner int

const (
	good   manner = iota
	refuse        // 400 with a code of the service
	stall         // never
	meet          // as good, when two requests are there at a time, or a fifth of the patience has gone by
)

// canned is a server on loopback with prepared answers.
type canned struct {
	endpoint string
	manner   manner
	alone    time.Duration // how long one waits for another, to meet
	http     http.Server
	serving  sync.WaitGroup
	closing  chan struct{}
	two      chan struct{}

	mu   sync.Mutex
	sent []string
}

func (c *check) serve(ctx context.Context, m manner) (*canned, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &canned{endpoint: "http://" + listener.Addr().String(), manner: m, alone: c.patience / 5, closing: make(chan struct{}), two: make(chan struct{})}
	s.http.Handler, s.http.ReadHeaderTimeout = s, DefaultPatience
	s.serving.Go(func() { _ = s.http.Serve(listener) })
	return s, nil
}

func (s *canned) close() {
	close(s.closing)
	_ = s.http.Close()
	s.serving.Wait()
}

// requests are the request lines that came.
func (s *canned) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.sent...)
}

// met says whether two requests were there at a time.
func (s *canned) met() bool {
	select {
	case <-s.two:
		return true
	default:
		return false
	}
}

func (s *canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 1<<20))
	line := r.Method + " " + r.URL.RequestURI()
	s.mu.Lock()
	s.sent = append(s.sent, shortly(line))
	second := len(s.sent) == 2
	s.mu.Unlock()
	status, body := http.StatusOK, answerTo(r.URL)
	switch s.manner {
	case refuse:
		status, body = http.StatusBadRequest, `{"error":{"code":"Ecs.0005","message":"a parameter is wrong"}}`
	case stall:
		select {
		case <-s.closing:
		case <-r.Context().Done():
		}
		return
	case meet:
		if second && r.Context().Err() == nil {
			close(s.two)
		}
		select {
		case <-s.two:
		case <-s.closing:
		case <-time.After(s.alone):
			s.mu.Lock()
			s.sent = append(s.sent, "") // whoever comes now comes alone
			s.mu.Unlock()
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// answerTo is a good answer to whatever operation a URL is of. After the one flavor of the list there is none: a client that reads page by page comes to an end.
func answerTo(u *url.URL) string {
	path := u.Path
	switch {
	case strings.HasSuffix(path, "/resize_flavors") && u.Query().Get("marker") == "s3.large.2":
		return `{"flavors":[]}`
	case strings.Contains(path, "/jobs/"):
		return `{"status":"SUCCESS","entities":{"server_id":"` + checkServer + `"},"job_id":"` + checkJob + `","job_type":"resizeServer",` +
			`"begin_time":"2026-01-31T12:34:56.789Z","end_time":"2026-01-31T12:35:34.120Z","error_code":null,"fail_reason":null}`
	case strings.HasSuffix(path, "/resize_flavors"):
		return `{"flavors":[{"id":"s3.large.2","name":"s3.large.2","vcpus":"2","ram":4096,"disk":"0","swap":"","links":[],"OS-FLV-EXT-DATA:ephemeral":0,` +
			`"rxtx_factor":1.0,"OS-FLV-DISABLED:disabled":false,"os-flavor-access:is_public":true,"extra_specs":{}}]}`
	case strings.HasSuffix(path, "/resize"), strings.HasSuffix(path, "/action"):
		return `{"job_id":"` + checkJob + `"}`
	default:
		return `{"server":{"id":"` + checkServer + `","name":"ecs","status":"SHUTOFF","tenant_id":"` + checkProject + `","OS-EXT-STS:vm_state":"stopped",` +
			`"OS-EXT-STS:task_state":null,"flavor":{"id":"s3.large.2","name":"s3.large.2","vcpus":"2","ram":"4096","disk":"0"},"addresses":{},` +
			`"metadata":{"charging_mode":"0","os_type":"Linux"}}}`
	}
}
