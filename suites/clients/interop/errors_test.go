package interop

import "testing"

// TestErrors wants the two usual envelopes to be decoded into code and message: {"error":{"code","message"}} of the service,
// {"error_code","error_msg","request_id"} of the gateway. Where sources name several codes, each will do; where they name none, any.
func TestErrors(t *testing.T) {
	const nowhere = "00000000-0000-4000-8000-000000000000"
	eachClient(t, func(t *testing.T, connect connector) {
		c := serve(t)
		me, id := connect(t, c, c.accessKey()), c.server(t, "stopped")
		before := mustShow(t, me, id)
		resize := func(id, flavor string) func() error {
			return func() error { _, err := me.resize("v1.1", id, flavor, options{}); return err }
		}
		show := func(me client) func() error { return func() error { _, err := me.server(id); return err } }
		foreign := credentials{projectID: c.ProjectID, accessKey: c.Credentials.ForeignAccessKey, secretKey: c.Credentials.ForeignSecretKey}
		unknown := credentials{projectID: c.ProjectID, accessKey: "UNKNOWNACCESSKEY", secretKey: "any"}
		for _, test := range []struct {
			name   string
			call   func() error
			status int
			codes  []string
		}{
			{"service/unknown server", resize(nowhere, c.Flavors.Target), 404, []string{"Ecs.0114", "Ecs.0614"}},
			{"service/same flavor", resize(id, before.flavor), 400, []string{"Ecs.0009", "Ecs.0810"}},
			{"service/unknown flavor", resize(id, "no.such.flavor"), 400, []string{"Ecs.0029", "Ecs.0019"}},
			{"service/running server", resize(c.server(t, "running"), c.Flavors.Target), 400, []string{"Ecs.0100"}},
			{"service/unknown job", func() error { _, err := me.job("no-such-job"); return err }, 400, []string{"Common.0011"}},
			{"service/credentials of another project", show(connect(t, c, foreign)), 400, []string{"Common.0018", "Ecs.0023"}},
			{"service/yearly-monthly server through v1", func() error {
				_, err := me.resize("v1", c.server(t, "yearly-monthly"), c.Flavors.Target, options{})
				return err
			}, 400, nil}, // no source names a code
			{"gateway/unpublished operation", me.unpublished, 404, []string{"APIGW.0101"}},
			{"gateway/unknown access key", show(connect(t, c, unknown)), 401, []string{"APIGW.0301"}},
		} {
			t.Run(test.name, func(t *testing.T) { refused(t, test.call(), test.status, test.codes...) })
		}
		if after := mustShow(t, me, id); after != before {
			t.Errorf("after refusals: wanted the server as it was, %+v, got %+v", before, after)
		}
	})
}
