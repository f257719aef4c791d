package har

import (
	"strings"
	"testing"
)

// endless is an entry that does not end.
type endless struct{ begun bool }

func (r *endless) Read(p []byte) (int, error) {
	if !r.begun {
		r.begun = true
		return copy(p, `{"log": {"entries": [{"comment": "`), nil
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestAnEntryWithoutEnd(t *testing.T) {
	t.Parallel()
	if _, err := readWithin(&endless{}, "x.har", 1<<20); err == nil || !strings.Contains(err.Error(), "at /log/entries/0/comment: this value is longer than 1 MiB") {
		t.Errorf("got %v", err)
	}
	short := `{"log": {"entries": [` + strings.Repeat(`{"comment": "`+strings.Repeat("x", 1<<19)+`"},`, 4) + `{}]}}`
	if f, err := readWithin(strings.NewReader(short), "x.har", 1<<20); err != nil || len(f.Entries) != 5 {
		t.Errorf("entries that are long together: %v", err)
	}
}
