package journal

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// LockName is the file that marks a report directory as in use by a live run.
const LockName = FileName + ".lock"

// Holder says who uses a report directory.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
	Command string    `json:"command"` // program name and subcommand; no further arguments, they may hold secrets
}

// InUseError says that another live run writes into the same directory.
type InUseError struct {
	Dir    string
	Holder Holder // zero when the other run could not be asked
}

func (e *InUseError) Error() string {
	who := "another run"
	if e.Holder.PID != 0 {
		who = fmt.Sprintf("process %d on %s (%s, since %s)", e.Holder.PID, e.Holder.Host, e.Holder.Command, e.Holder.Since.UTC().Format(time.RFC3339))
	}
	return fmt.Sprintf("the report directory %s is in use by %s", e.Dir, who)
}

// writeHolder puts this process into the lock file. It is a courtesy to whom the lock turns away, so a full disk here is no reason to stop.
func writeHolder(f *os.File) {
	host, _ := os.Hostname()
	command := filepath.Base(os.Args[0])
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		command += " " + os.Args[1]
	}
	line, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Since: time.Now().UTC().Truncate(time.Second), Command: command})
	if err != nil {
		return
	}
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt(append(line, '\n'), 0)
	}
}

// readHolder reads who wrote the lock file; zero when that cannot be told.
func readHolder(f *os.File) Holder {
	var h Holder
	if b, err := io.ReadAll(io.LimitReader(io.NewSectionReader(f, 0, 4096), 4096)); err != nil || json.Unmarshal(b, &h) != nil {
		return Holder{}
	}
	return h
}
