package contract

import (
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/racedetector"
)

func TestTheTableOfStatesIsRead(t *testing.T) {
	racedetector.LeaveOut(t)
	everyProfile(t, func(t *testing.T, c *Contract) {
		states := c.ServerStates()
		if len(states) < 14 {
			t.Fatalf("%d rows; the published table has 14", len(states))
		}
		for _, s := range states {
			if s.Status == "SHUTOFF" && (!slices.Equal(s.VMStates, []string{"stopped"}) || !slices.Equal(s.TaskStates, []string{"", "powering-on", "deleting"})) {
				t.Errorf("SHUTOFF is read as %+v", s)
			}
		}
		states[0].TaskStates[0] = "changed"
		if c.ServerStates()[0].TaskStates[0] == "changed" {
			t.Error("the caller can change the contract's table")
		}
		if !slices.Contains(c.AnswerHeaders(), "X-Request-Id") {
			t.Errorf("X-Request-Id is not among %v", c.AnswerHeaders())
		}
	})
}

func TestATableOfStatesThatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ table, says string }{
		{"x-documented-states: 1", "want a list"},
		{"x-documented-states: [{status: ACTIVE, vm_state: [active], task_sate: [null]}]", `unknown key "task_sate"; did you mean "task_state"?`},
		{"x-documented-states: [{status: ACTIVE, vm_state: active, task_state: [null]}]", "want a status"},
	} {
		d, err := parseDocument("a.yaml", []byte("components: {schemas: {Server: {"+strings.ReplaceAll(tc.table, "\n", " ")+"}}}"))
		if err != nil {
			t.Fatal(err)
		}
		c := &Contract{base: d, effective: d}
		if err := c.readStates(); err == nil || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), "a.yaml:1") {
			t.Errorf("%s: %v; want it to say %q and where", tc.table, err, tc.says)
		}
	}
}
