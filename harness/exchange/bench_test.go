package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/journal"
)

// line is a sink that does what the journal's writer does, without a disk.
type line struct{}

func (line) Write(e journal.Event) error { return json.NewEncoder(io.Discard).Encode(e) }

const (
	benchProject = "0123456789abcdef0123456789abcdef"
	benchServer  = "616fb98f-46ca-475e-917e-2563e5a8cd19"
)

// shape is one kind of exchange.
type shape struct{ name, method, path, body, answer string }

func shapes() []shape {
	base := "/v1.1/" + benchProject + "/cloudservers/" + benchServer
	return []shape{
		{"resize", "POST", base + "/resize", `{"resize":{"flavorRef":"s3.large.2","extendparam":{"isAutoPay":"false"}},"dry_run":false}`, `{"job_id":"ff80808288d41e1b018990260955686a"}`},
		{
			"showJob", "GET", "/v1/" + benchProject + "/jobs/ff80808288d41e1b018990260955686a", "",
			`{"status":"RUNNING","entities":{"server_id":"` + benchServer + `"},"job_id":"ff80808288d41e1b018990260955686a","job_type":"resizeServer","begin_time":"2026-01-01T00:00:00.000Z","end_time":"","error_code":null,"fail_reason":null}`,
		},
		{"showServer", "GET", strings.Replace(base, "v1.1", "v1", 1), "", benchServerAnswer},
	}
}

const benchServerAnswer = `{"server":{"id":"` + benchServer + `","name":"ecs-1","tenant_id":"` + benchProject + `","user_id":"05498fe56b8010d41f7fc01e280b6666","status":"SHUTOFF",
"OS-EXT-STS:vm_state":"stopped","OS-EXT-STS:task_state":null,"OS-EXT-STS:power_state":4,"OS-DCF:diskConfig":"MANUAL","OS-EXT-AZ:availability_zone":"az1",
"OS-EXT-SRV-ATTR:host":"h","OS-EXT-SRV-ATTR:hostname":"ecs-1","OS-EXT-SRV-ATTR:hypervisor_hostname":"hh","OS-EXT-SRV-ATTR:instance_name":"instance-1","OS-EXT-SRV-ATTR:kernel_id":"",
"OS-EXT-SRV-ATTR:launch_index":0,"OS-EXT-SRV-ATTR:ramdisk_id":"","OS-EXT-SRV-ATTR:root_device_name":"/dev/vda","OS-SRV-USG:launched_at":"2026-01-01T00:00:00.000000","OS-SRV-USG:terminated_at":null,
"accessIPv4":"","accessIPv6":"","addresses":{"0dae26c9-9a70-4392-93f3-87d53115d171":[{"addr":"192.168.1.2","version":"4","OS-EXT-IPS:type":"fixed","OS-EXT-IPS-MAC:mac_addr":"fa:16:3e:1b:35:78","OS-EXT-IPS:port_id":"14ac66b9-7a9f-45d6-8f5f-d1d2a8a5b0b1"}]},
"config_drive":"","created":"2026-01-01T00:00:00Z","updated":"2026-01-01T00:00:00Z","description":"","enterprise_project_id":"0","flavor":{"id":"s3.large.2","name":"s3.large.2","disk":"0","vcpus":"2","ram":"4096","gpus":[],"asic_accelerators":[]},
"hostId":"c7145889b2e3202cd295ceddb1742ff8941b827b586861fd0acedf64","host_status":"UP","image":{"id":"1189efbf-d48b-46ad-a823-94b942e2a000"},"key_name":null,"locked":false,
"metadata":{"charging_mode":"0","metering.image_id":"1189efbf-d48b-46ad-a823-94b942e2a000","metering.imagetype":"gold","metering.resourcespeccode":"s3.large.2.linux","metering.resourcetype":"1","os_type":"Linux","os_bit":"64","image_name":"x","vpc_id":"0dae26c9-9a70-4392-93f3-87d53115d171"},
"os-extended-volumes:volumes_attached":[{"id":"9a8d3b5e-2a3d-4d3e-8a43-8b1b2a6c1d11","delete_on_termination":"true","bootIndex":"0","device":"/dev/vda"}],"os:scheduler_hints":{},"security_groups":[{"name":"default","id":"f2b4b2a1-4a77-45a3-8d5c-1a1a2b3c4d5e"}],"sys_tags":[],"tags":[],"auto_terminate_time":"","cpu_options":{"hw:cpu_threads":null}}}`

// BenchmarkExchange tells what recording costs: the same request to the same handler over loopback, by the transport alone and by recorders that do more and
// more, in turns within one run. "ratio" is the whole recorder against the transport; the rest is µs an exchange, and what each layer adds.
func BenchmarkExchange(b *testing.B) {
	c := contracttest.Base(b)
	for _, s := range shapes() {
		b.Run(s.name, func(b *testing.B) { benchmarkShape(b, c, s) })
	}
}

// rig is a server that gives one answer, and the ways to exchange something with it.
type rig struct {
	b        *testing.B
	shape    shape
	url      string
	base     *http.Transport
	redactor *Redactor
	token    string
}

func newRig(b *testing.B, s shape) *rig {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-Id", "00112233445566778899aabbccddeeff")
		_, _ = io.WriteString(w, s.answer)
	}))
	base := Transport(nil)
	b.Cleanup(func() { base.CloseIdleConnections(); server.Close() })
	token := strings.Repeat("MIIC-token-of-the-run", 60) // real tokens have 1 to 2 KB
	return &rig{b: b, shape: s, url: server.URL, base: base, token: token, redactor: NewRedactor(map[string]string{
		token: "$OS_AUTH_TOKEN", "AKEXAMPLE0123456789": "$HUAWEICLOUD_SDK_AK", "sk-example-0123456789-0123456789-0123456789": "$HUAWEICLOUD_SDK_SK",
	})}
}

func (r *rig) ask(ctx context.Context) *http.Request {
	var body io.Reader
	if r.shape.body != "" {
		body = strings.NewReader(r.shape.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.shape.method, r.url+r.shape.path, body)
	if err != nil {
		r.b.Error(err)
	}
	req.Header.Set("X-Auth-Token", r.token)
	req.Header.Set("Accept", "application/json")
	if r.shape.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// raw makes an exchange by the transport alone.
func (r *rig) raw(ctx context.Context) {
	resp, err := r.base.RoundTrip(r.ask(ctx))
	if err != nil {
		r.b.Error(err)
		return
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		r.b.Error(err)
	}
	_ = resp.Body.Close()
}

// by makes exchanges by a recorder.
func (r *rig) by(o Options) func(context.Context) {
	o.Base = r.base
	recorder := NewRecorder(o)
	return func(ctx context.Context) {
		if _, err := recorder.Do(r.ask(WithScope(ctx, &Scope{Scenario: "RSZ-X-001 bench"}))); err != nil {
			r.b.Error(err)
		}
	}
}

// BenchmarkThroughput tells how many exchanges a second are made with everything on, by one worker and by eight, and by the transport alone in the same run: blocks
// of both in turns, so that a machine that is busy for a while is busy for both. "ratio" is the one against the other.
func BenchmarkThroughput(b *testing.B) {
	c := contracttest.Base(b)
	for _, workers := range []int{1, 8} {
		b.Run(fmt.Sprintf("workers-%d", workers), func(b *testing.B) {
			var raw, whole []func(context.Context)
			for _, s := range shapes() { // a third each: about what a run makes
				r := newRig(b, s)
				raw, whole = append(raw, r.raw), append(whole, r.by(Options{Redactor: r.redactor, Sink: line{}, Contract: c}))
			}
			const block = 240
			var took [2]time.Duration
			blocks := 0
			for b.Loop() {
				for i, ways := range [2][]func(context.Context){raw, whole} {
					began := time.Now()
					var group sync.WaitGroup
					for w := range workers {
						group.Go(func() {
							for k := w; k < block; k += workers {
								ways[k%len(ways)](b.Context())
							}
						})
					}
					group.Wait()
					took[i] += time.Since(began)
				}
				blocks++
			}
			b.ReportMetric(0, "ns/op") // of two blocks: says nothing
			b.ReportMetric(float64(block*blocks)/took[0].Seconds(), "raw/s")
			b.ReportMetric(float64(block*blocks)/took[1].Seconds(), "judged/s")
			b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "ratio")
		})
	}
}

func benchmarkShape(b *testing.B, c *contract.Contract, s shape) {
	r := newRig(b, s)
	layers := []struct {
		name string
		do   func(context.Context)
	}{
		{"raw", r.raw},
		{"capture", r.by(Options{Redactor: r.redactor})},
		{"redact+curl", r.by(Options{Redactor: r.redactor, Sink: &discard{}})},
		{"journal", r.by(Options{Redactor: r.redactor, Sink: line{}})},
		{"judge", r.by(Options{Redactor: r.redactor, Sink: line{}, Contract: c})},
	}
	took := make([][]time.Duration, len(layers))
	for _, l := range layers {
		l.do(b.Context()) // connections, pools
	}
	order := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		for _, i := range order.Perm(len(layers)) { // each finds the caches as the one before left them
			start := time.Now()
			layers[i].do(b.Context())
			took[i] = append(took[i], time.Since(start))
		}
	}
	// Medians: a machine that does other things as well spoils every mean.
	median := make([]float64, len(layers))
	for i := range took {
		slices.Sort(took[i])
		median[i] = float64(took[i][len(took[i])/2].Nanoseconds()) / 1000
	}
	last := len(layers) - 1
	b.ReportMetric(0, "ns/op") // of five exchanges in one: says nothing
	b.ReportMetric(median[0], "µs-raw")
	b.ReportMetric(median[last], "µs-all")
	for i := 1; i < len(layers); i++ {
		b.ReportMetric(median[i]-median[i-1], "µs+"+layers[i].name)
	}
	b.ReportMetric(median[last]/median[0], "ratio")
}

type discard struct{}

func (*discard) Write(journal.Event) error { return nil }

// BenchmarkRedactor tells what looking for secrets costs, where there are none to find.
func BenchmarkRedactor(b *testing.B) {
	r := NewRedactor(map[string]string{strings.Repeat("MIIC-token-of-the-run", 60): "$T", "AKEXAMPLE0123456789": "$AK", "sk-example-0123456789-0123456789-0123456789": "$SK"})
	b.SetBytes(int64(len(benchServerAnswer)))
	for b.Loop() {
		_ = r.String(benchServerAnswer)
	}
}
