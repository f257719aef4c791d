package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// apart is the argument of a driver that carries out one request and ends.
const apart = "one-request"

// performApart performs a request in a process of its own. The SDK waits in a goroutine of its own, and a panic there cannot be caught: it ends the program.
func performApart(r request) object {
	failed := func(message string) object { return object{"error": object{"kind": "other", "message": message}} }
	line, err := json.Marshal(r)
	if err != nil {
		return failed(err.Error())
	}
	program, err := os.Executable()
	if err != nil {
		return failed(err.Error())
	}
	var out, diagnostics bytes.Buffer
	process := exec.Command(program, apart)
	process.Stdin, process.Stdout, process.Stderr = bytes.NewReader(line), &out, &diagnostics
	err = process.Run()
	_, _ = os.Stderr.Write(diagnostics.Bytes())
	if err != nil {
		message, _, _ := strings.Cut(diagnostics.String(), "\n")
		return failed(fmt.Sprintf("%s (%v)", message, err))
	}
	answer := object{}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		return failed(err.Error())
	}
	return answer
}

// serveOne is the other side of performApart.
func serveOne(in io.Reader, out io.Writer) error {
	os.Stdout = os.Stderr
	var r request
	if err := json.NewDecoder(in).Decode(&r); err != nil {
		return fmt.Errorf("a request: %w", err)
	}
	return json.NewEncoder(out).Encode(perform(r, call))
}
