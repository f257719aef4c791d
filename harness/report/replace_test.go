package report

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"resize-conformance/harness/journal"
)

// failing is a file that fails at one step.
type failing struct {
	*os.File
	at string
}

var errDisk = errors.New("disk trouble")

func (f failing) Write(p []byte) (int, error) {
	if f.at == "write" {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, errDisk
	}
	return f.File.Write(p)
}

func (f failing) Sync() error {
	if f.at == "sync" {
		return errDisk
	}
	return f.File.Sync()
}

func (f failing) Close() error {
	err := f.File.Close()
	if f.at == "close" {
		return errDisk
	}
	return err
}

func TestEveryStepOfWritingCanFail(t *testing.T) {
	for _, step := range []string{"create", "write", "sync", "close"} {
		for _, name := range []string{ResultsFile, JUnitFile, HTMLFile} {
			t.Run(step+" "+name, func(t *testing.T) {
				dir := t.TempDir()
				old := filepath.Join(dir, name)
				if err := os.WriteFile(old, []byte("of an earlier run"), 0o644); err != nil {
					t.Fatal(err)
				}
				err := write(dir, journal.NewRun(), Options{}, func(dir, report string) (temporary, error) {
					if report != name {
						return diskFile(dir, report)
					}
					if step == "create" {
						return nil, errDisk
					}
					f, err := os.CreateTemp(dir, "half*")
					return failing{f, step}, err
				})
				var writeErr *WriteError
				if !errors.As(err, &writeErr) || !errors.Is(err, errDisk) || writeErr.File != old {
					t.Fatalf("got %v, want a WriteError for %s", err, name)
				}
				entries, err := os.ReadDir(dir)
				if err != nil {
					t.Fatal(err)
				}
				if len(entries) != 2 || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == name }) {
					t.Errorf("the directory has %v, want only the other reports", entries)
				}
			})
		}
	}
}
