//go:build unix

package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// dirLock is an flock on the lock file: the kernel gives it free when its process dies, however it dies, so no run can leave one behind.
type dirLock struct{ file *os.File }

func lockDir(dir string) (*dirLock, error) {
	path := filepath.Join(dir, LockName)
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, fmt.Errorf("journal: lock the report directory: %w", err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			defer f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, &InUseError{Dir: dir, Holder: readHolder(f)}
			}
			return nil, fmt.Errorf("journal: lock %s: %w", path, err)
		}
		// Between open and flock the former holder may have removed the file; a lock on a removed file guards nothing.
		mine, errMine := f.Stat()
		there, errThere := os.Stat(path)
		if errMine == nil && errThere == nil && os.SameFile(mine, there) {
			writeHolder(f)
			return &dirLock{file: f}, nil
		}
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("journal: lock %s: %w", path, err)
		}
	}
}

func (l *dirLock) release() error {
	removed := os.Remove(l.file.Name())
	if errors.Is(removed, fs.ErrNotExist) {
		removed = nil // somebody cleared the directory during the run
	}
	if err := errors.Join(removed, l.file.Close()); err != nil {
		return fmt.Errorf("journal: give the report directory free: %w", err)
	}
	return nil
}
