package main

import (
	"net/http"
	"os"
	"regexp"
	"testing"
)

// The fringe is there when it is asked for, and only then.
func TestServedFringe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want int
	}{{[]string{"--stock", "1", "--fringe"}, http.StatusOK}, {[]string{"--stock", "1"}, http.StatusNotFound}} {
		text, err := os.ReadFile(serve(t, c.args...))
		found := regexp.MustCompile(`(?ms)^endpoint: (\S+)$.*^ +token: (\S+)$`).FindSubmatch(text)
		if err != nil || found == nil {
			t.Fatalf("wanted an inventory with an endpoint and a token, got (error: %v)\n%s", err, text)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, string(found[1])+"/v2/cloudimages", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Auth-Token", string(found[2]))
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != c.want {
			t.Errorf("serve %q: GET /v2/cloudimages: got %d, want %d", c.args, answer.StatusCode, c.want)
		}
	}
}
