package contract

import "testing"

// embedded is the embedded contract in its base profile.
func embedded(tb testing.TB) *Contract {
	tb.Helper()
	return load(tb, Source{})
}

func load(tb testing.TB, src Source) *Contract {
	tb.Helper()
	c, err := Load(tb.Context(), src)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
