// Package report renders the journal of a run: report.html for people, results.json for programs, junit.xml for CI systems,
// and text for a terminal.
//
// It reads journals and nothing else, so that every report can be made again afterwards, also from the journal of a run that was killed. What the
// reports say of a run is journal.Run.Rows: planned results that are missing are in it as harness errors and so in every report.
package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"resize-conformance/harness/journal"
)

// The names of the reports in a run's directory.
const (
	ResultsFile     = "results.json"
	JUnitFile       = "junit.xml"
	JenkinsFile     = "junit-jenkins.xml"
	GitLabFile      = "junit-gitlab.xml"
	HARFile         = "exchanges.har"
	SARIFFile       = "conformance.sarif"
	CTRFFile        = "ctrf.json"
	SummaryFile     = "summary.md"
	AnnotationsFile = "annotations.txt"
	BadgeFile       = "badge.json"
	BadgeSVGFile    = "badge.svg"
)

// Options of the written reports. The zero value makes the rich JUnit dialect.
type Options struct {
	Formats      []Format // what is written; empty: html, json and junit
	Strict       bool     // a WARN is a failure
	JUnit        Dialect  // empty: Rich
	HTMLLimit    int      // bytes of exchanges that report.html shows before those of further rows are left out of it; 0: DefaultHTMLLimit
	Attachments  string   // the directory of the reports as GitLab is to be told it: relative to the root of the project
	SummaryLimit int      // bytes that the Markdown summary may have; 0: SummaryLimit
	JUnitLimit   int      // bytes that junit.xml may have before the exchanges of further failures are left out of it, and texts are cut; 0: DefaultJUnitLimit

	SARIFLimit       int // results that conformance.sarif may have; 0: DefaultSARIFLimit
	AttachmentsLimit int // bytes that the attachments of junit-gitlab.xml may have together; 0: DefaultAttachmentsLimit

	attached map[string]string // Result.Name -> file in AttachmentsDir
}

// WriteError says which report could not be written. It is exit code 4: a run whose reports are missing is not green.
type WriteError struct {
	File string
	Err  error
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("report %s could not be written: %v", e.File, e.Err)
}

// Unwrap gives the cause.
func (e *WriteError) Unwrap() error { return e.Err }

// Write renders the chosen reports of a run into dir, which is made when it is not there. Each file appears whole or not at all; an earlier one of that name
// is gone in both cases. When one cannot be written the others still are; the error then joins one *WriteError for each that failed.
func Write(dir string, run *journal.Run, o Options) error {
	return write(dir, run, o, diskFile)
}

// Paths names the files that a run leaves in dir, as far as they are there, in the order in which a reader wants them.
func Paths(dir string) []string {
	var there []string
	for _, name := range append(files(), journal.FileName) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			there = append(there, path)
		}
	}
	return there
}

// files names every file that may be written, for people first and for programs last.
func files() []string {
	names := []string{HTMLFile}
	for _, r := range renderings() {
		if r.file != HTMLFile && r.file != ResultsFile {
			names = append(names, r.file)
		}
	}
	return append(names, ResultsFile)
}

// Clear removes the reports of an earlier run from dir, of whatever format. A run calls it before it begins, so that a run that is killed cannot leave behind the green
// reports of the one before it. Neither a missing directory nor a missing report is an error.
func Clear(dir string) error {
	var errs []error
	if err := os.RemoveAll(filepath.Join(dir, AttachmentsDir)); err != nil {
		errs = append(errs, fmt.Errorf("an earlier report is in the way: %w", err))
	}
	for _, name := range files() {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("an earlier report is in the way: %w", err))
		}
	}
	return errors.Join(errs...)
}

// temporary is a file that becomes a report when it is whole.
type temporary interface {
	io.WriteCloser
	Name() string
	Sync() error
}

// diskFile makes a temporary file in dir. It is hidden, so that a CI system that collects *.xml does not take half a report.
func diskFile(dir, name string) (temporary, error) {
	return os.CreateTemp(dir, "."+name+".*")
}

func write(dir string, run *journal.Run, o Options, create func(dir, name string) (temporary, error)) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &WriteError{dir, err}
	}
	chosen := o.Formats
	if len(chosen) == 0 {
		chosen = defaultFormats()
	}
	var errs []error
	for _, r := range renderings() {
		if !slices.Contains(chosen, r.format) {
			continue
		}
		path := filepath.Join(dir, r.file)
		o := o
		if r.format == GitLab {
			attached, err := attach(dir, run, o)
			if err != nil {
				_ = os.Remove(path)
				errs = append(errs, &WriteError{filepath.Join(dir, AttachmentsDir), err})
				continue
			}
			o.attached = attached
		}
		if err := replace(path, func(out io.Writer) error { return r.render(out, run, o) }, create); err != nil {
			// What an earlier run left under this name would be taken for this run's report.
			_ = os.Remove(path)
			errs = append(errs, &WriteError{path, err})
		}
	}
	return errors.Join(errs...)
}

// replace puts what is rendered at path in one step. It is not held in memory on the way: some reports are as large as the journal.
func replace(path string, render func(io.Writer) error, create func(dir, name string) (temporary, error)) (err error) {
	f, err := create(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	out := bufio.NewWriterSize(f, 1<<16)
	err = render(out)
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = f.Sync() // a full disk may not say so before this
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil { // temporary files are made for their owner only; CI often reads as another user
		return err
	}
	return os.Rename(f.Name(), path)
}
