package suites

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// accusations collects what the judgement of exchanges says against the server.
type accusations struct {
	mu    sync.Mutex
	found []journal.Violation
}

func (a *accusations) Write(e journal.Event) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e.Exchange != nil {
		for _, v := range e.Exchange.Violations {
			if v.In == "response" && v.Level != journal.May {
				a.found = append(a.found, v)
			}
		}
	}
	return nil
}

// edited changes the JSON object of an answer.
func edited(change func(r *http.Request, body map[string]any)) fault {
	return answersEdited(func(r *http.Request, a *httptest.ResponseRecorder) {
		var body map[string]any
		if json.Unmarshal(a.Body.Bytes(), &body) != nil {
			return
		}
		change(r, body)
		a.Body.Reset()
		_ = json.NewEncoder(a.Body).Encode(body)
	})
}

// A server that makes use of the freedom that the contract leaves is accused of nothing: neither by a scenario nor by the judgement of its answers.
func TestConformingVariantsAreNotAccused(t *testing.T) {
	var shared *contract.Contract
	for _, variant := range []struct {
		name   string
		answer fault
		config func(*emulator.Config)
	}{
		{name: "members in another order, with white space", answer: answersEdited(func(_ *http.Request, a *httptest.ResponseRecorder) {
			var body any
			if json.Unmarshal(a.Body.Bytes(), &body) == nil {
				a.Body.Reset()
				text, _ := json.MarshalIndent(body, "", "\t") // of a map: sorted
				a.Body.Write(append(text, " \r\n"...))
			}
		})},
		{name: "compressed without being asked", answer: answersEdited(func(_ *http.Request, a *httptest.ResponseRecorder) {
			if a.Body.Len() == 0 {
				return
			}
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write(a.Body.Bytes())
			_ = z.Close()
			*a.Body = packed
			a.Header().Set("Content-Encoding", "gzip")
		})},
		{name: "more headers, and a charset", answer: answersEdited(func(_ *http.Request, a *httptest.ResponseRecorder) {
			a.Header().Set("Server", "CloudWAF")
			a.Header().Add("Set-Cookie", "HWWAFSESID=1; path=/")
			a.Header().Set("Strict-Transport-Security", "max-age=31536000")
			if a.Header().Get("Content-Type") != "" {
				a.Header().Set("Content-Type", "application/json; charset=UTF-8")
			}
		})},
		{name: "members that no source knows", answer: edited(func(_ *http.Request, body map[string]any) {
			body["x_new"] = map[string]any{"since": 2027}
			if server, ok := body["server"].(map[string]any); ok {
				server["OS-NEW:thing"] = []any{1, "two", nil}
			}
		})},
		{name: "idle as an empty string", answer: edited(func(_ *http.Request, body map[string]any) {
			if server, ok := body["server"].(map[string]any); ok && server["OS-EXT-STS:task_state"] == nil {
				server["OS-EXT-STS:task_state"] = ""
			}
		})},
		{name: "a job without what it has nothing to say about", answer: edited(func(r *http.Request, body map[string]any) {
			if strings.Contains(r.URL.Path, "/jobs/") {
				for _, name := range []string{"end_time", "error_code", "fail_reason"} {
					if body[name] == nil || body[name] == "" {
						delete(body, name)
					}
				}
			}
		})},
		{name: "numbers of flavors as integers", answer: edited(func(_ *http.Request, body map[string]any) {
			list, _ := body["flavors"].([]any)
			for _, item := range list {
				flavor, _ := item.(map[string]any)
				for _, name := range []string{"vcpus", "disk"} {
					if text, ok := flavor[name].(string); ok {
						flavor[name] = json.Number(text)
					}
				}
			}
		})},
		{name: "a passed dry run without a body", answer: answersEdited(func(r *http.Request, a *httptest.ResponseRecorder) {
			if isResize(r) && a.Code == http.StatusAccepted {
				a.Body.Reset()
				a.Header().Del("Content-Type")
			}
		})},
		{name: "the other of two allowed codes", answer: answersEdited(func(_ *http.Request, a *httptest.ResponseRecorder) {
			if a.Code < 400 {
				return
			}
			text := a.Body.String()
			for one, other := range map[string]string{"Ecs.0114": "Ecs.0614", "Ecs.0009": "Ecs.0810", "Ecs.0018": "Ecs.0319", "Ecs.0029": "Ecs.0019", "APIGW.": "APIG."} {
				if strings.Contains(text, one) {
					text = strings.ReplaceAll(text, one, other)
					break
				}
			}
			a.Body.Reset()
			a.Body.WriteString(text)
		})},
		{name: "job ids with dashes", config: func(c *emulator.Config) {
			c.Seams.NewID = func(faithful emulator.IDMaker) emulator.IDMaker {
				return func(kind emulator.IDKind) string {
					id := faithful(kind)
					if kind == emulator.JobID && len(id) == 32 {
						id = id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
					}
					return id
				}
			}
		}},
		{name: "jobs that are done at once", config: func(c *emulator.Config) { c.JobDuration = time.Nanosecond }},
		{name: "jobs that take a while", config: func(c *emulator.Config) { c.JobDuration = 60 * time.Millisecond }},
		{name: "the error envelope with details", config: func(c *emulator.Config) { c.Envelope = emulator.DetailsEnvelope }},
		{name: "the flat error envelope", config: func(c *emulator.Config) { c.Envelope = emulator.FlatEnvelope }},
	} {
		t.Run(variant.name, func(t *testing.T) {
			var against accusations
			options := []target.Option{target.WithEmulator(func(c *emulator.Config) {
				if variant.config != nil {
					variant.config(c)
				}
				if variant.answer != nil {
					c.Seams.Layers = func(layers []emulator.Layer) []emulator.Layer {
						return append([]emulator.Layer{{Name: "variant", Wrap: variant.answer}}, layers...)
					}
				}
			})}
			if shared != nil {
				options = append(options, target.WithContract(shared))
			}
			tg, err := target.Open(t.Context(), target.Config{}, &against, options...)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := tg.Close(context.WithoutCancel(t.Context())); err != nil {
					t.Error(err)
				}
			}()
			shared = tg.Contract
			for id, r := range performAll(t, tg, packOf(t, tg).Scenarios()) {
				if r.Verdict != journal.Pass && r.Verdict != journal.NotApplicable {
					t.Errorf("%s %s: %s %s", id, r.Title, r.Verdict, r.Reason)
				}
			}
			for i, v := range against.found {
				if i == 5 {
					t.Errorf("and %d more", len(against.found)-i)
					break
				}
				t.Errorf("%s: wanted %s, got %s (%s %s)", v.Requirement, v.Wanted, v.Got, v.Part, v.Pointer)
			}
		})
	}
}
