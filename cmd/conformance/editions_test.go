package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/editions"
	"resize-conformance/harness/racedetector"
	"resize-conformance/suites"
)

// Every edition's emulator, judged by every edition's contract, breaks what the differences of the two contracts explain, each difference shows, and nothing else is
// broken: the table of the README. Its own contract each of them keeps whole.
//
// Scenarios that send bytes of their own are about HTTP and JSON, and in another edition's contract only tried where the two differ in what they send.
func TestWholeRunsByEveryContract(t *testing.T) {
	racedetector.LeaveOut(t)
	contracts := allEditions(t)
	own := make([]*editions.Trial, len(contracts))
	everyone := func(try func(i int) error) {
		var group errgroup.Group
		group.SetLimit(2 * runtime.NumCPU()) // a trial waits about as long as it works
		for i := range len(contracts) * len(contracts) {
			group.Go(func() error { return try(i) })
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	everyone(func(i int) (err error) {
		if i < len(contracts) {
			own[i], err = editions.Try(t.Context(), contracts[i].Profile, contracts[i], nil)
		}
		return err
	})
	for i, trial := range own {
		if red, amiss := trial.Red(), trial.Amiss(); len(red) > 0 || len(amiss) > 0 {
			t.Errorf("%s by its own contract: breaks %v, and %d results are amiss", contracts[i].Profile, red, len(amiss))
		}
	}
	found := make([][]string, len(contracts)*len(contracts))
	everyone(func(i int) error {
		server, judge := contracts[i/len(contracts)], contracts[i%len(contracts)]
		if server == judge {
			return nil
		}
		by := own[i%len(contracts)]
		trial, err := editions.Try(t.Context(), server.Profile, judge, func(s suites.Scenario) bool {
			return !s.Raw || len(by.Explains(server, s.Requirement.ID)) > 0
		})
		if err != nil {
			return err
		}
		found[i] = unexpected(trial, by, server)
		return nil
	})
	for i, problems := range found {
		for _, problem := range problems {
			t.Errorf("a server of %s by the contract of %s: %s", contracts[i/len(contracts)].Profile, contracts[i%len(contracts)].Profile, problem)
		}
	}
}

// unexpected lists what a trial shows that the differences of the two contracts do not explain, and differences that it does not show.
func unexpected(trial, own *editions.Trial, server *contract.Contract) (problems []string) {
	letters := editions.Between(server, trial.Judge)
	shown := map[string]bool{}
	for _, id := range trial.Red() {
		explained := own.Explains(server, id)
		if len(explained) == 0 {
			problems = append(problems, id+" is broken, and no difference of the contracts explains it")
		}
		for _, letter := range explained {
			shown[letter] = true
			if !slices.Contains(letters, letter) {
				problems = append(problems, fmt.Sprintf("%s is broken because of %s, which the table does not have: %s", id, letter, strings.Join(letters, "")))
			}
		}
	}
	for _, letter := range letters {
		if !shown[letter] {
			problems = append(problems, "the difference "+letter+" breaks nothing")
		}
	}
	for _, r := range trial.Amiss() {
		problems = append(problems, fmt.Sprintf("%s: %s: %s", r.Requirement, r.Verdict, r.Reason))
	}
	return problems
}
