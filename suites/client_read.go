package suites

import (
	"context"
	"fmt"
	"slices"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
)

// stoppedServer is a server as it comes.
const stoppedServer = `{"id":"616fb98f-46ca-475e-917e-2563e5a8cd19","name":"web-1","status":"SHUTOFF","flavor":{"id":"s3.medium.2","name":"s3.medium.2","vcpus":"1","ram":"2048","disk":"0"}}`

// unresized is a server that no scenario resizes.
const unresized = "616fb98f-46ca-475e-917e-2563e5a8cd19"

// jobAnswer is a job with a status and the members that follow it. It is as full as the published example, so that what a client cannot do without is missing only
// where a scenario leaves it out.
func jobAnswer(status, rest string) string {
	const sub = `{"status":"RUNNING","entities":{"server_id":"616fb98f-46ca-475e-917e-2563e5a8cd19"},"job_id":"ff80808288d41e1b018990260955686b","job_type":"resizeServer","begin_time":"2026-01-01T00:00:00.000Z"}`
	return fmt.Sprintf(`{"status":%q,"entities":{"sub_jobs_total":1,"sub_jobs":[%s]},"job_id":%q,"job_type":"resizeServer","begin_time":"2026-01-01T00:00:00.000Z"%s}`, status, sub, someJob, rest)
}

// serverAnswer is a server with a status and a flavor.
func serverAnswer(status, flavor string) string {
	return fmt.Sprintf(`{"server":{"id":%q,"name":"web-1","status":%q,"flavor":{"id":%q,"name":%q,"vcpus":"1","ram":"2048","disk":"0"}}}`, nobody, status, flavor, flavor)
}

// clientRead is what a client tells of the jobs, servers and flavors that it is shown.
func clientRead(w *writer) {
	w.scenario("RSZ-CLIENT-115", "a job that runs can be read, however its empty members look", func(ctx context.Context, x *Exercise) {
		for _, rest := range []string{
			`,"end_time":"","error_code":null,"fail_reason":null`, `,"end_time":null,"error_code":null,"fail_reason":null`, `,"end_time":"","error_code":"","fail_reason":""`, `,"end_time":""`, ``,
		} {
			c := x.Told(ctx, showingJob(), director.JSON(200, jobAnswer("RUNNING", rest)))
			x.Reads(c, fmt.Sprintf("a running job to be read that ends with %q", rest), showsJob)
		}
	})
	w.scenario("RSZ-CLIENT-137", "a job without sub_jobs can be read", func(ctx context.Context, x *Exercise) {
		for _, entities := range []string{`{"server_id":"616fb98f-46ca-475e-917e-2563e5a8cd19"}`, `{}`} {
			body := fmt.Sprintf(`{"status":"SUCCESS","entities":%s,"job_id":%q,"job_type":"resizeServer","begin_time":"2026-01-01T00:00:00.000Z","end_time":"2026-01-01T00:00:38.500Z"}`, entities, someJob)
			x.Reads(x.Told(ctx, showingJob(), director.JSON(200, body)), "a job to be read whose entities are "+entities, showsJob)
		}
	})
	w.scenario("RSZ-CLIENT-142", "status, code and reason of a job are told as they came", func(ctx context.Context, x *Exercise) {
		for _, status := range []string{"INIT", "RUNNING", "SUCCESS", "PENDING_PAYMENT"} {
			c := x.Told(ctx, showingJob(), director.JSON(200, jobAnswer(status, `,"end_time":""`)))
			x.Reads(c, "a job to be told as "+status, hasStatus(status))
		}
		const code, reason = "Ecs.0207", "no host with the wanted capacity"
		c := x.Told(ctx, showingJob(), director.JSON(200, jobAnswer("FAIL", `,"end_time":"2026-01-01T00:00:38.500Z","error_code":"`+code+`","fail_reason":"`+reason+`"`)))
		shown := c.Told.Result != nil && c.Told.Result.Job != nil && is(c.Told.Result.Job.Status, "FAIL") && is(c.Told.Result.Job.ErrorCode, code) && is(c.Told.Result.Job.FailReason, reason)
		// A client may make an error of a job that failed.
		x.Tells(c, fmt.Sprintf("a job to be told as FAIL with %s, %s", code, reason), shown || c.Told.Error != nil && tellsCode(c.Told.Error, code) && tellsMessage(c.Told.Error, reason))
	})
	w.scenario("RSZ-CLIENT-135", "status and flavor of a server are told as they came", func(ctx context.Context, x *Exercise) {
		for _, s := range [][2]string{{"SHUTOFF", "s3.medium.2"}, {"ACTIVE", "c3.15xlarge.2"}, {"RESIZE", "s3.medium.2"}, {"VERIFY_RESIZE", "2"}, {"ERROR", "s3.large.2"}} {
			r := showingServer()
			r.ask = func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) { return c.ShowServer(ctx, unresized) }
			c := x.Told(ctx, r, director.JSON(200, serverAnswer(s[0], s[1])))
			x.Reads(c, fmt.Sprintf("the server to be told as %s with flavor %q", s[0], s[1]), shows(s[0], s[1]))
		}
	})
	// One user, one client: the server is shown before, the resize is accepted, its job succeeds, and the server is what it was. It is to be told like before.
	w.scenario("RSZ-CLIENT-144", "a server that was not resized is told with its old flavor", func(ctx context.Context, x *Exercise) {
		if x.whole() {
			x.NotApplicable("a client that looks first would look for a server that is not there")
		}
		// A server of its own: what a client has been told of it, it has been told here.
		const unresized = "00000000-0000-4000-8000-000000000144"
		unchanged := director.JSON(200, serverAnswer("SHUTOFF", "s3.medium.2"))
		shown, resized := showingServer(), x.resizingOnce()
		shown.ask = func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) { return c.ShowServer(ctx, unresized) }
		resized.ask = func(ctx context.Context, c *ecs.Client) (*ecs.Answer, error) {
			return c.Resize(ctx, unresized, ecs.Resize{FlavorRef: someFlavor}, x.version()...)
		}
		before := x.Told(ctx, shown, unchanged)
		for _, r := range x.whichever(resized, showingJob()) {
			body := accepted
			if r.operation == driver.ShowJob {
				body = jobAnswer(ecs.JobSuccess, `,"end_time":"2026-01-01T00:00:38.500Z"`)
			}
			x.Told(ctx, r, director.JSON(200, body))
		}
		c := x.Told(ctx, shown, unchanged)
		x.Tells(c, "the server to be told as before the resize, of which it shows nothing: "+told(before.Answer), told(c.Answer) == told(before.Answer))
	})
	w.scenario("RSZ-CLIENT-145", "a list is read whose vcpus are numbers", func(ctx context.Context, x *Exercise) {
		x.readsFlavors(ctx, ``)
	})
	w.scenario("RSZ-CLIENT-136", "all flavors of a list are told, and an empty list is no error", func(ctx context.Context, x *Exercise) {
		x.readsFlavors(ctx, `"`)
		c := x.Told(ctx, listingFlavors(), director.JSON(200, `{"flavors":[]}`))
		x.Reads(c, "an empty list to be told as one, and not as an error", func(r *driver.Result) bool { return len(r.Flavors) == 0 })
	})
	w.scenario("RSZ-CLIENT-139", "no secret stands in an error", func(ctx context.Context, x *Exercise) {
		made := map[driver.CredentialKind]ecs.Credentials{
			driver.WithToken:         {Token: "made-up-token-of-a-scenario", MadeUp: true},
			driver.WithAccessKey:     {AccessKey: "MADEUPACCESSKEY00000", SecretKey: "made-up-secret-key-of-a-scenario", MadeUp: true},
			driver.WithSecurityToken: {AccessKey: "MADEUPACCESSKEY00000", SecretKey: "made-up-secret-key-of-a-scenario", SecurityToken: "made-up-security-token-of-a-scenario", MadeUp: true},
		}
		x.needsClient()
		if x.whole() {
			x.NotApplicable("a client that looks first is refused with credentials that were made up, before it resizes")
		}
		for _, kind := range driver.CredentialKinds() {
			k, is := made[kind]
			if !is || !x.env.Target.Under.Driver.Hello().Takes(kind) {
				continue
			}
			for _, trouble := range []director.Act{
				director.Say(director.JSON(401, `{"error_msg":"Incorrect IAM authentication information","error_code":"APIGW.0301","request_id":"0123456789abcdef0123456789abcdef"}`)),
				director.Say(director.JSON(200, `{"job_id":`)), director.Reset(),
			} {
				x.Keeps(x.Call(ctx, []director.Step{{Operation: x.resizeOperation(), Onwards: true, Act: trouble}}, x.resizing(ecs.As(k))))
			}
		}
	})
}

func showsJob(r *driver.Result) bool { return r.Job != nil && r.Job.Status != nil }

func hasStatus(status string) func(*driver.Result) bool {
	return func(r *driver.Result) bool { return r.Job != nil && is(r.Job.Status, status) }
}

func shows(status, flavor string) func(*driver.Result) bool {
	return func(r *driver.Result) bool {
		return r.Server != nil && is(r.Server.Status, status) && is(r.Server.Flavor, flavor)
	}
}

// readsFlavors asserts that a list of flavors is told, whose vcpus and disk stand between such quotes.
func (x *Exercise) readsFlavors(ctx context.Context, quote string) {
	want := []string{"s3.large.2", "s3.xlarge.2", "c3.15xlarge.2"}
	list := fmt.Sprintf(`{"flavors":[{"id":"s3.large.2","name":"s3.large.2","vcpus":%[1]s2%[1]s,"ram":4096,"disk":%[1]s0%[1]s},{"id":"s3.xlarge.2","name":"s3.xlarge.2","vcpus":%[1]s4%[1]s,"ram":8192,"disk":%[1]s0%[1]s},`+
		`{"id":"c3.15xlarge.2","name":"c3.15xlarge.2","vcpus":%[1]s60%[1]s,"ram":262144,"disk":%[1]s0%[1]s}]}`, quote)
	// A client that asks for the next page until one is empty is to find an end.
	pages := then(string(ecs.ListResizeFlavors), director.Say(director.JSON(200, list)), director.JSON(200, `{"flavors":[]}`))
	c := x.Call(ctx, pages, listingFlavors().ask)
	x.Reads(c, fmt.Sprintf("all flavors of the list to be told, %v, with vcpus written as %s2%s", want, quote, quote), func(r *driver.Result) bool {
		var ids []string
		for _, f := range r.Flavors {
			ids = append(ids, f.ID)
		}
		return len(ids) == len(want) && !slices.ContainsFunc(want, func(id string) bool { return !slices.Contains(ids, id) })
	})
}
