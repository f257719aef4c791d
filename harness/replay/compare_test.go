package replay_test

import (
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/replay"
)

// shows is a look at a server with such a body.
func shows(body string) *journal.Exchange {
	return &journal.Exchange{
		Operation: "showServer", Method: "GET", Status: 200, ResponseHeader: []journal.Header{{Name: "Content-Type", Value: "application/json"}},
		ResponseBody: journal.Body{Text: body, Size: int64(len(body))},
	}
}

// What somebody has given a server says nothing of the service; all else does.
func TestWhatDiffers(t *testing.T) {
	t.Parallel()
	const base = `{"server":{"status":"ACTIVE","tags":["a=1"],"security_groups":[{"name":"x"}],"locked":false,"created":"2024-01-02T03:04:05Z","metadata":{"charging_mode":"0","team":"x"},` +
		`"addresses":{"7c9e6679-7425-40de-944b-e07fc1f90ae7":[{"addr":"10.0.0.1"}]},"os-extended-volumes:volumes_attached":[{"device":"/dev/vda"}]}}`
	for name, c := range map[string]struct{ old, young, want string }{
		"nothing":              {"", "", ""},
		"more tags":            {`["a=1"]`, `["b=1","c=2"]`, ""},
		"no tags":              {`["a=1"]`, `[]`, ""},
		"tags of another kind": {`["a=1"]`, `[1]`, "/server/tags/0"},
		"more groups":          {`[{"name":"x"}]`, `[{"name":"y"},{"name":"z"}]`, ""},
		"a group less told":    {`[{"name":"x"}]`, `[{}]`, "/server/security_groups/0/name"},
		"own metadata":         {`"team":"x"`, `"owner":"y"`, ""},
		"a service's":          {`"charging_mode":"0"`, `"charging_mode":"1"`, "/server/metadata/charging_mode"},
		"a service's lacking":  {`"charging_mode":"0",`, ``, "/server/metadata/charging_mode"},
		"more addresses":       {`[{"addr":"10.0.0.1"}]`, `[{"addr":"10.0.0.1"},{"addr":"10.0.0.2"}]`, ""},
		"another address":      {`"10.0.0.1"`, `"10.9.9.9"`, ""},
		"no address":           {`"10.0.0.1"`, `"nowhere"`, "/server/addresses/"},
		"a time":               {"2024-01-02T03:04:05Z", "2026-01-02T03:04:05Z", ""},
		"a time otherwise":     {"2024-01-02T03:04:05Z", "2024-01-02 03:04:05", "/server/created"},
		"a state":              {"ACTIVE", "SHUTOFF", "/server/status"},
		"a kind":               {`"locked":false`, `"locked":"false"`, "/server/locked"},
		"a member more":        {`"locked":false`, `"locked":false,"new":1`, "/server/new"},
	} {
		got := replay.Compare(shows(base), shows(strings.Replace(base, c.old, c.young, 1)), func(s string) string { return s })
		switch {
		case c.want == "" && len(got) > 0:
			t.Errorf("%s: differs: %v", name, got)
		case c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0].Pointer, c.want)):
			t.Errorf("%s: got %v, want one difference at %s", name, got, c.want)
		}
	}
	header := shows(base)
	header.ResponseHeader = append(header.ResponseHeader, journal.Header{Name: "Retry-After", Value: "1"})
	if got := replay.Compare(shows(base), header, func(s string) string { return s }); len(got) != 1 || got[0].Part != "header" || got[0].Pointer != "Retry-After" {
		t.Errorf("a header more: got %v", got)
	}
	coded := func(code string) *journal.Exchange {
		x := shows(`{"error":{"code":"` + code + `","message":"no"}}`)
		x.Status = 400
		return x
	}
	if got := replay.Compare(coded("Ecs.0005"), coded("Ecs.0006"), func(s string) string { return s }); len(got) != 1 || got[0].Part != "code" || got[0].Wanted != "Ecs.0005" || got[0].Got != "Ecs.0006" {
		t.Errorf("another code: got %v, want it told once", got)
	}
	if got := replay.Compare(coded("Ecs.0005"), shows(`{}`), func(s string) string { return s }); len(got) != 1 || got[0].String() != "status: wanted 400 Ecs.0005, got 200" {
		t.Errorf("another status: got %v", got)
	}
}
