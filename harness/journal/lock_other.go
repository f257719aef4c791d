//go:build !unix

package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// dirLock is a lock file that must not exist yet. Where there is no flock a killed run leaves it behind; the error then names the file.
type dirLock struct{ file *os.File }

func lockDir(dir string) (*dirLock, error) {
	path := filepath.Join(dir, LockName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if errors.Is(err, fs.ErrExist) {
		inUse := &InUseError{Dir: dir}
		if held, err := os.Open(path); err == nil {
			inUse.Holder = readHolder(held)
			held.Close()
		}
		return nil, fmt.Errorf("%w (or remove %s if that run is dead)", inUse, path)
	}
	if err != nil {
		return nil, fmt.Errorf("journal: lock the report directory: %w", err)
	}
	writeHolder(f)
	return &dirLock{file: f}, nil
}

func (l *dirLock) release() error {
	if err := errors.Join(l.file.Close(), os.Remove(l.file.Name())); err != nil {
		return fmt.Errorf("journal: give the report directory free: %w", err)
	}
	return nil
}
