// Package contracttest gives tests the contract. Loading takes a third of a second, most of it for the oracles, so that a test binary loads each edition once and
// its tests share it; a contract is not changed once it is loaded.
package contracttest

import (
	"cmp"
	"sync"
	"testing"

	"resize-conformance/harness/contract"
)

// loaded has a loader for each edition that was asked for.
var loaded sync.Map // of profile to func() (*contract.Contract, error)

// Base is the embedded contract in its base edition.
func Base(tb testing.TB) *contract.Contract {
	tb.Helper()
	return Profile(tb, contract.BaseProfile)
}

// Profile is the embedded contract in one of its editions; "" is the base.
func Profile(tb testing.TB, profile string) *contract.Contract {
	tb.Helper()
	load, _ := loaded.LoadOrStore(cmp.Or(profile, contract.BaseProfile), sync.OnceValues(func() (*contract.Contract, error) {
		return contract.Load(tb.Context(), contract.Source{Profile: profile})
	}))
	c, err := load.(func() (*contract.Contract, error))()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
