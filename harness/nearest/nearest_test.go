package nearest

import "testing"

func TestName(t *testing.T) {
	t.Parallel()
	known := []string{"yearly-monthly", "stopped", "running", "intl", "cn", "RSZ-STATE-001", "RSZ-STATE-002"}
	for _, c := range []struct{ got, want string }{
		{"stoped", "stopped"},
		{"yearly-montly", "yearly-monthly"},
		{"Running", "running"},
		{"rnuning", "running"}, // two neighbours swapped are one slip
		{"itnl", "intl"},
		{"RSZ-STATE-01", "RSZ-STATE-001"},
		{"completely-else", ""},
		{"", "cn"}, // two letters away: offered, since the shortest name is the likeliest
	} {
		if got := Name(c.got, known); got != c.want {
			t.Errorf("Name(%q) = %q, want %q", c.got, got, c.want)
		}
	}
	if got := Name("x", nil); got != "" {
		t.Errorf("Name with nothing known = %q, want none", got)
	}
	if got, want := Hint("stoped", known), `; did you mean "stopped"?`; got != want {
		t.Errorf("Hint = %q, want %q", got, want)
	}
}
