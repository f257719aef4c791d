package defect

import (
	"encoding/json"
	"net/http"
	"strings"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
)

// clientAddressDefects ask in the wrong place or in the wrong way.
func clientAddressDefects() []ClientDefect {
	return []ClientDefect{
		{Name: "resize-sent-to-v1", Title: "sends the v1.1 resize to v1", Breaks: []string{"RSZ-CLIENT-001"}, Apply: inMessages(func(r driver.Request, m *reference.Message) {
			m.URL.Path = strings.Replace(m.URL.Path, "/v1.1/", "/v1/", 1)
		})},
		{Name: "resize-as-put", Title: "sends the resize with PUT", Breaks: []string{"RSZ-CLIENT-001"}, Apply: inMessages(func(r driver.Request, m *reference.Message) {
			if isResizing(r) {
				m.Method = http.MethodPut
			}
		})},
		{Name: "trailing-slash", Title: "puts a slash behind every path", Breaks: []string{"RSZ-CLIENT-001"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.URL.Path += "/"
			if m.URL.RawPath != "" { // what is escaped stays so
				m.URL.RawPath += "/"
			}
		})},
		{Name: "ids-not-escaped", Title: "puts ids into the path as they are", Breaks: []string{"RSZ-CLIENT-002"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.URL.RawPath = ""
		})},
		{Name: "selector-misnamed", Title: "calls the selector instance_uuid instance_id", Breaks: []string{"RSZ-CLIENT-022"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.URL.RawQuery = strings.Replace(m.URL.RawQuery, "instance_uuid=", "instance_id=", 1)
		})},
		{Name: "empty-selectors", Title: "sends the selectors that were not asked for, too, without a value", Breaks: []string{"RSZ-CLIENT-022"}, Apply: inMessages(func(r driver.Request, m *reference.Message) {
			query := m.URL.Query()
			for _, name := range []string{"sort_key", "marker"} {
				if r.Operation == driver.ListResizeFlavors && !query.Has(name) {
					query.Set(name, "")
				}
			}
			m.URL.RawQuery = query.Encode()
		})},
		{Name: "selectors-twice", Title: "sends every selector twice", Breaks: []string{"RSZ-CLIENT-022"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			if m.URL.RawQuery != "" {
				m.URL.RawQuery += "&" + m.URL.RawQuery
			}
		})},
		{Name: "body-on-get", Title: "sends a body with a query", Breaks: []string{"RSZ-CLIENT-014"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			if m.Method == http.MethodGet {
				m.Body = []byte("{}")
				m.Header.Set("Content-Type", "application/json")
			}
		})},
		{Name: "form-media-type", Title: "calls its JSON application/x-www-form-urlencoded", Breaks: []string{"RSZ-CLIENT-013"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			if m.Body != nil {
				m.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
		})},
		{Name: "no-media-type", Title: "does not say what its body is", Breaks: []string{"RSZ-CLIENT-013"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Del("Content-Type")
		})},
		{Name: "accepts-xml-only", Title: "accepts application/xml and nothing else", Breaks: []string{"RSZ-CLIENT-024"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header.Set("Accept", "application/xml")
		})},
		{Name: "no-user-agent", Title: "does not say who it is", Breaks: []string{"RSZ-CLIENT-025"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Header["User-Agent"] = []string{""} // net/http's way to send none
		})},
	}
}

// clientBodyDefects put something else into the body than what was asked for, or write it otherwise.
func clientBodyDefects() []ClientDefect {
	return []ClientDefect{
		{Name: "dry-run-inside-resize", Title: "puts dry_run into resize", Breaks: []string{"RSZ-CLIENT-003"}, Apply: inResizeBodies(func(_ driver.Request, body, resize map[string]any) {
			if v, ok := body["dry_run"]; ok {
				resize["dry_run"] = v
				delete(body, "dry_run")
			}
		})},
		{Name: "sends-dry-run-as-string", Title: "writes dry_run as a string", Breaks: []string{"RSZ-CLIENT-004"}, Apply: inResizeBodies(func(_ driver.Request, body, _ map[string]any) {
			if v, ok := body["dry_run"].(bool); ok {
				body["dry_run"] = map[bool]string{true: "true", false: "false"}[v]
			}
		})},
		{Name: "sends-dry-run-as-number", Title: "writes dry_run as 1 or 0", Breaks: []string{"RSZ-CLIENT-004"}, Apply: inResizeBodies(func(_ driver.Request, body, _ map[string]any) {
			if v, ok := body["dry_run"].(bool); ok {
				body["dry_run"] = map[bool]int{true: 1, false: 0}[v]
			}
		})},
		{Name: "dry-run-dropped", Title: "resizes when only a check was asked for", Breaks: []string{"RSZ-CLIENT-007"}, Apply: inResizeBodies(func(_ driver.Request, body, _ map[string]any) {
			delete(body, "dry_run")
		})},
		{Name: "auto-pay-as-boolean", Title: "writes isAutoPay as a boolean", Breaks: []string{"RSZ-CLIENT-005"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			if extend, ok := resize["extendparam"].(map[string]any); ok {
				extend["isAutoPay"] = extend["isAutoPay"] == "true"
			}
		})},
		{Name: "auto-pay-in-capitals", Title: "writes isAutoPay as True", Breaks: []string{"RSZ-CLIENT-005"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			if extend, ok := resize["extendparam"].(map[string]any); ok && extend["isAutoPay"] == "true" {
				extend["isAutoPay"] = "True"
			}
		})},
		{Name: "pays-unasked", Title: "has orders paid for that it was not told to pay", Breaks: []string{"RSZ-CLIENT-009"}, Apply: inResizeBodies(func(r driver.Request, _, resize map[string]any) {
			if r.Operation == driver.ResizeServer && r.Params.AutoPay == nil {
				resize["extendparam"] = map[string]any{"isAutoPay": "true"}
			}
		})},
		{Name: "does-not-pay", Title: "loses that an order is to be paid", Breaks: []string{"RSZ-CLIENT-007"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			delete(resize, "extendparam")
		})},
		{Name: "mode-unasked", Title: "has running servers stopped without having been told to", Profile: "cn", Breaks: []string{"RSZ-CLIENT-010"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			resize["mode"] = "withStopServer"
		})},
		{Name: "sends-threads-as-string", Title: "writes hw:cpu_threads as a string", Breaks: []string{"RSZ-CLIENT-006"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			if options, ok := resize["cpu_options"].(map[string]any); ok {
				options["hw:cpu_threads"] = string(encoded(options["hw:cpu_threads"]))
			}
		})},
		{Name: "threads-misnamed", Title: "calls hw:cpu_threads cpu_threads", Breaks: []string{"RSZ-CLIENT-007", "RSZ-CLIENT-011"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			if options, ok := resize["cpu_options"].(map[string]any); ok {
				resize["cpu_options"] = map[string]any{"cpu_threads": options["hw:cpu_threads"]}
			}
		})},
		{Name: "host-dropped", Title: "loses the dedicated host", Breaks: []string{"RSZ-CLIENT-007"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			delete(resize, "dedicated_host_id")
		})},
		{Name: "flavor-in-capitals", Title: "writes the flavor in capitals", Breaks: []string{"RSZ-CLIENT-007"}, Apply: inResizeBodies(func(r driver.Request, _, resize map[string]any) {
			resize["flavorRef"] = strings.ToUpper(r.Params.FlavorRef)
		})},
		{Name: "unset-as-null", Title: "sends null for what was not asked for", Breaks: []string{"RSZ-CLIENT-008"}, Apply: inResizeBodies(func(_ driver.Request, body, resize map[string]any) {
			for _, name := range []string{"dedicated_host_id", "extendparam", "cpu_options"} {
				if _, there := resize[name]; !there {
					resize[name] = nil
				}
			}
		})},
		{Name: "unset-as-empty", Title: `sends "" for a dedicated host that was not asked for`, Breaks: []string{"RSZ-CLIENT-008"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			if _, there := resize["dedicated_host_id"]; !there {
				resize["dedicated_host_id"] = ""
			}
		})},
		{Name: "unset-as-zero", Title: "sends 0 threads when none were asked for", Breaks: []string{"RSZ-CLIENT-008"}, Apply: inResizeBodies(func(_ driver.Request, _, resize map[string]any) {
			if _, there := resize["cpu_options"]; !there {
				resize["cpu_options"] = map[string]any{"hw:cpu_threads": 0}
			}
		})},
		{Name: "unknown-member", Title: "sends a member that no edition knows", Breaks: []string{"RSZ-CLIENT-011"}, Apply: inResizeBodies(func(r driver.Request, _, resize map[string]any) {
			resize["flavor_ref"] = r.Params.FlavorRef
		})},
		{Name: "members-twice", Title: "writes resize twice", Breaks: []string{"RSZ-CLIENT-012"}, Apply: inMessages(func(r driver.Request, m *reference.Message) {
			var body struct {
				Resize json.RawMessage `json:"resize"`
			}
			if isResizing(r) && json.Unmarshal(m.Body, &body) == nil {
				m.Body = []byte(`{"resize":` + string(body.Resize) + "," + strings.TrimPrefix(string(m.Body), "{"))
			}
		})},
		{Name: "trailing-comma", Title: "leaves a comma after the last member", Breaks: []string{"RSZ-CLIENT-012"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			if m.Body != nil {
				m.Body = []byte(strings.TrimSuffix(string(m.Body), "}") + ",}")
			}
		})},
		{Name: "body-sent-twice-over", Title: "writes its JSON twice into one body", Breaks: []string{"RSZ-CLIENT-012"}, Apply: inMessages(func(_ driver.Request, m *reference.Message) {
			m.Body = append(m.Body, m.Body...)
		})},
		{Name: "first-server-only", Title: "starts and stops only the first of several servers", Breaks: []string{"RSZ-CLIENT-023"}, Apply: inRequestBodies(func(_ driver.Request, body map[string]any) {
			for _, name := range []string{"os-start", "os-stop"} {
				if action, ok := body[name].(map[string]any); ok {
					action["servers"] = action["servers"].([]any)[:1]
				}
			}
		})},
		{Name: "stops-hard", Title: "cuts the power when it was not told how to stop", Breaks: []string{"RSZ-CLIENT-023"}, Apply: inRequestBodies(func(r driver.Request, body map[string]any) {
			if action, ok := body["os-stop"].(map[string]any); ok && r.Params.Type == "" {
				action["type"] = "HARD"
			}
		})},
	}
}
