package recording_test

import (
	"strings"
	"testing"

	"resize-conformance/harness/recording"
)

func TestWhatIsNoFixture(t *testing.T) {
	t.Parallel()
	good := text(t, recording.Normalise(runOf()))
	head, rest, _ := strings.Cut(good, "\n")
	for name, c := range map[string]struct{ data, want string }{
		"a journal":         {`{"seq":1,"type":"run-start"}`, "1: not a line of a fixture: a fixture begins with its fixture_version"},
		"a later one":       {strings.Replace(good, `"fixture_version":1`, `"fixture_version":9`, 1), "fixture_version is 9, this program reads 1"},
		"no day":            {strings.Replace(good, `"recorded":"2026-03-04"`, `"recorded":"yesterday"`, 1), `got "yesterday"`},
		"an exchange first": {head + "\n" + strings.SplitN(rest, "\n", 2)[1], "2: not a line of a fixture: an exchange stands before"},
		"a broken line":     {strings.Replace(good, "\n", "\n{\n", 1), "2: not a line of a fixture: unexpected EOF"},
		"a torn one":        {good + `{"exchange":{"id"`, "the file ends in the middle of the line; copy it again, or record it again"},
		"nothing":           {"", "1: not a line of a fixture: the file is empty; `conformance record"},
		"a head alone":      {head + "\n", "1: the fixture ends without an exchange of a scenario"},
		"two in a line":     {strings.TrimSuffix(good, "\n") + "{}\n", "not a line of a fixture: something stands after the end"},
		"neither":           {good + "{}\n", "wanted a sequence or an exchange"},
		"no status of HTTP": {strings.Replace(good, `"status":200`, `"status":7`, 1), "3: not a line of a fixture: status: wanted one of HTTP"},
	} {
		if _, err := recording.ParseFixture([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// A fixture that a version control system has given other ends of lines is the same.
func TestEndsOfLines(t *testing.T) {
	t.Parallel()
	good := text(t, recording.Normalise(runOf()))
	f, err := recording.ParseFixture([]byte(strings.ReplaceAll(good, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, f); got != good {
		t.Errorf("got %s, want %s", got, good)
	}
}

func TestHowOldEvidenceIs(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"2026-03-04": "today", "2026-03-03": "a day ago", "2025-01-28": "400 days ago", "2026-03-05": "has not come yet"} {
		f := recording.Fixture{Head: recording.Head{Recorded: day}}
		if got := f.AgeText(began); !strings.HasPrefix(got, "recorded "+day+", ") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", day, got, want)
		}
	}
}
