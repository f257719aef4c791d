package interop

import "testing"

// TestToken does with a token what TestResize does with an access key. Only golangsdk knows tokens.
func TestToken(t *testing.T) {
	t.Parallel()
	c := serve(t)
	resizeThereAndBack(t, c, connectGolangSDK(t, c, credentials{projectID: c.ProjectID, token: c.Credentials.Token}))
}

// TestBadTokens wants tokens that say nothing, or nothing here, to be refused.
func TestBadTokens(t *testing.T) {
	t.Parallel()
	c := serve(t)
	for _, test := range []struct {
		name, token string
		status      int
		codes       []string
	}{
		{"none", "", 401, []string{"APIGW.0301"}},
		{"garbage", "garbage", 401, []string{"APIGW.0301"}},
		{"expired", c.Credentials.ExpiredToken, 401, []string{"APIGW.0301"}},
		{"of another project", c.Credentials.ForeignToken, 400, []string{"Common.0018", "Ecs.0023"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := connectGolangSDK(t, c, credentials{projectID: c.ProjectID, token: test.token}).server(c.server(t, "stopped"))
			refused(t, err, test.status, test.codes...)
		})
	}
}
