package browser_test

import (
	"os"
	"testing"

	"resize-conformance/harness/journal"
)

func TestLook(t *testing.T) {
	path := os.Getenv("LOOK")
	if path == "" {
		t.Skip()
	}
	run, err := journal.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	address := write(t, run)
	hash := os.Getenv("HASH")
	p := open(t, address+hash, size(1280, 1500))
	p.shot("light")
	p = open(t, address+hash, dark(), size(1280, 1500))
	p.shot("dark")
	p = open(t, address+hash, size(390, 1500))
	p.shot("narrow")
	p.quiet()
}
