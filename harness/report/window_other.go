//go:build !unix

package report

import "os"

// windowWidth takes every file for no terminal where there is no ioctl to ask: plain text is right everywhere.
func windowWidth(*os.File) (int, bool) { return 0, false }
