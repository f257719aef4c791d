package main

import (
	"fmt"
	"strconv"
)

// exploreFlag reads how many sequences to explore. Not given is something else than 0: the target decides then (suites.Env.Explore).
type exploreFlag struct{ number int }

func (f *exploreFlag) String() string {
	switch {
	case f == nil || f.number == 0:
		return ""
	case f.number < 0:
		return "0"
	}
	return strconv.Itoa(f.number)
}

func (f *exploreFlag) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > mostExplored {
		return fmt.Errorf("wanted a number from 0 to %d, got %q", mostExplored, text)
	}
	if f.number = n; n == 0 {
		f.number = -1
	}
	return nil
}

func (f *exploreFlag) Type() string { return "N" }

// mostExplored bounds what one run explores: all that is drawn is kept in memory, and other seeds draw other sequences.
const mostExplored = 100_000
