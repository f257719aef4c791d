package driver

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// actor is the environment variable that makes the test program a driver: its value is the part it plays.
const actor = "DRIVER_TEST_PART"

const goodHello = `{"protocol":1,"name":"c","version":"1","operations":{"showJob":[]},"credentials":["token"],"in_flight":8,"later":{"unknown":true}}`

func TestMain(m *testing.M) {
	if part := os.Getenv(actor); part != "" {
		play(part)
		return
	}
	os.Exit(m.Run())
}

// play is a driver that plays one part, good or bad.
func play(part string) {
	say := func(line string) { fmt.Println(line) }
	complain := func(text string) { fmt.Fprintln(os.Stderr, text) }
	in := bufio.NewReader(os.Stdin)
	ask := func() (r Request, ok bool) {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return r, false
		}
		return r, json.Unmarshal(line, &r) == nil
	}
	switch part { // what happens instead of a hello
	case "dies at once":
		complain("cannot load its library")
		os.Exit(7)
	case "mute":
		forever()
	case "child of a driver":
		if _, err := net.Dial("tcp", os.Getenv(actor+"_AT")); err != nil {
			complain(err.Error())
		}
		forever()
	case "banner":
		say("Welcome to the client 1.0")
	case "bad hello":
		say(`{"protocol":2,"name":"","version":"1","operations":{"showjob":[],"showServer":["dry_run"]},"credentials":["tokens"],"in_flight":-1}`)
	case "hello of another kind":
		say(`{"protocol":"1"}`)
	case "in order":
		say(strings.Replace(goodHello, `"in_flight":8`, `"in_flight":1`, 1))
	case "long hello":
		for {
			fmt.Print(strings.Repeat("x", 1<<16))
		}
	default:
		say(goodHello)
	}
	if part == "unasked" {
		say(`{"id":"77","result":{}}`)
	}
	if part == "deaf" {
		forever()
	}
	for {
		r, ok := ask()
		if !ok {
			break
		}
		good := fmt.Sprintf(`{"id":%s,"result":{"job":{"status":%q}},"note":1}`, inJSON(r.ID), r.JobID)
		switch part {
		case "crash":
			complain("first")
			complain("panic: with the secret s3cr3t-key-of-the-run")
			os.Exit(3)
		case "garbage":
			say(`connected with s3cr3t-key-of-the-run`)
		case "two values":
			say(good + good)
		case "half":
			fmt.Print(good[:20])
			os.Exit(0)
		case "too long":
			say(`{"id":"` + r.ID + `","result":{"job_id":"` + strings.Repeat("x", 1<<20) + `"}}`)
		case "endless line":
			for {
				fmt.Print(strings.Repeat("x", 1<<16))
			}
		case "empty lines":
			for {
				fmt.Print(strings.Repeat("\n", 1<<12))
			}
		case "flood":
			for i := 0; ; i++ {
				say(fmt.Sprintf(`{"id":"flood-%d","result":{}}`, i))
			}
		case "noise":
			for i := range 20000 {
				complain(fmt.Sprintf("noise %d %s", i, strings.Repeat("y", 80)))
			}
			complain(strings.Repeat("z", 1<<20) + "s3cr3t-key-of-the-run")
			complain("the end")
			say(good)
		case "hang":
		case "hang at first":
			if r.JobID != "late" {
				say(good)
				break
			}
			next, _ := ask()
			say(good)
			say(fmt.Sprintf(`{"id":%q,"result":{}}`, next.ID))
		case "twice":
			say(good)
			say(good)
		case "neither":
			say(fmt.Sprintf(`{"id":%s,"result":null}`, inJSON(r.ID)))
		case "wrong type":
			say(fmt.Sprintf(`{"id":%q,"error":{"kind":"api","status":"400"}}`, r.ID))
		case "wrong kind":
			say(fmt.Sprintf(`{"id":%q,"error":{"kind":"http"}}`, r.ID))
		case "refuses":
			say(fmt.Sprintf(`{"id":%s,"error":{"kind":"unsupported","message":"no jobs here"}}`, inJSON(r.ID)))
		case "is strict":
			say(fmt.Sprintf(`{"id":%s,"error":{"kind":"validation","message":"no"}}`, inJSON(r.ID)))
		case "tells secrets":
			complain("sending " + r.Credentials.Token)
			say(good)
		case "number id":
			say(fmt.Sprintf(`{"id":%s,"result":{}}`, r.ID))
		case "closes output":
			_ = os.Stdout.Close()
		case "child":
			c := exec.Command(os.Args[0])
			c.Env = append(os.Environ(), actor+"=child of a driver", actor+"_AT="+r.JobID)
			c.Stdout, c.Stderr = os.Stdout, os.Stderr
			if err := c.Start(); err != nil {
				complain(err.Error())
			}
			say(good)
		case "backwards":
			next, _ := ask()
			say(fmt.Sprintf("\n{\"id\":%q,\"error\":{\"kind\":\"api\",\"status\":404,\"code\":%q}}\r", next.ID, next.JobID))
			say(good)
		default:
			say(good)
		}
	}
	_, _ = io.Copy(io.Discard, in)
	switch part {
	case "stays":
		forever()
	case "ends badly":
		os.Exit(5)
	case "says goodbye":
		say("bye")
	}
}

func inJSON(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// forever is without end, and no deadlock that the runtime would see.
func forever() { time.Sleep(time.Hour) }

// start starts the test program in a part.
func start(t *testing.T, part string, o Options) (*Process, error) {
	t.Helper()
	o.Env = append(o.Env, actor+"="+part)
	if o.EndWithin == 0 {
		o.EndWithin = 5 * time.Second
	}
	p, err := Start(t.Context(), quoted(os.Args[0]), o)
	if err == nil {
		t.Cleanup(func() { _ = p.Close() })
	}
	return p, err
}

// quoted writes a path as one word of a command line.
func quoted(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return "'" + path + "'"
}
