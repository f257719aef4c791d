package emulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
)

const (
	throttledToken = "emulator-token-whose-requests-are-throttled"
	failingToken   = "emulator-token-whose-requests-meet-failures"
)

// A token's troubles come one after the other and then again, for each operation by itself; what is refused is not done, and nobody else notices.
func TestTroublesTakeTurns(t *testing.T) {
	l := newJudged(t, contracttest.Base(t), Config{})
	for _, c := range []struct {
		token string
		want  []string
	}{
		{throttledToken, []string{"429 APIGW.0308", "503 Common.1503", "202 Common.0024", "501 Ecs.0603", "202 "}},
		{failingToken, []string{"500 Common.0001", "502 APIGW.0201", "504 APIGW.0201", "401 401"}},
	} {
		for range 2 {
			var resized, shown []string
			id := l.add(ServerSpec{})
			for _, want := range c.want {
				got := l.judged("POST", base11+id+"/resize", to("s3.large.2"), "X-Auth-Token", c.token)
				resized = append(resized, fmt.Sprint(got.status, " ", errorCode(got)))
				if delayed := want == "202 "; !strings.HasPrefix(l.condition(id), "SHUTOFF/") && !delayed {
					t.Errorf("%s: the server is %s", want, l.condition(id))
				} else if delayed && !strings.Contains(got.raw, `"job_id":"`) {
					t.Errorf("a delayed resize has no job: %s", got.raw)
				}
				l.wantStatus(l.judged("GET", base+id, ""), 200)
				got = l.judged("GET", base+id, "", "X-Auth-Token", c.token)
				shown = append(shown, fmt.Sprint(got.status, " ", errorCode(got)))
			}
			if !slices.Equal(resized, c.want) {
				t.Errorf("resize met %q, want %q", resized, c.want)
			}
			// Nothing is set going by showServer, so that it cannot be delayed.
			want := slices.Clone(c.want)
			if last := len(want) - 1; want[last] == "202 " {
				want[last] = "200 "
			}
			if !slices.Equal(shown, want) {
				t.Errorf("showServer met %q, want %q", shown, want)
			}
		}
	}
}

func (l *lab) wantStatus(got reply, status int) {
	l.t.Helper()
	if got.status != status {
		l.t.Errorf("got %d, want %d\n%s", got.status, status, got.raw)
	}
}

func errorCode(r reply) string { return strings.Join(contract.ErrorCodes([]byte(r.raw)), " ") }
