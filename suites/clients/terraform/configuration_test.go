package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func asked(t *testing.T, line string) request {
	t.Helper()
	var r request
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func text(t *testing.T, content any) string {
	t.Helper()
	b, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const question = `{"id":"1","op":"OP","endpoint":"http://127.0.0.1:1","credentials":{"access_key":"AK-1","secret_key":"SK-1","security_token":"ST-1"},
	"project_id":"p","server_id":"s","params":PARAMS}`

func TestConfigurations(t *testing.T) {
	for _, c := range []struct{ op, params, file, has, hasNot string }{
		{"resizeServer", `{"flavor_ref":"f"}`, "main.tf.json", `"flavor_id":"f"`, "auto_pay"},
		{"resizeServer", `{"flavor_ref":"f"}`, "main.tf.json", `"import":[{"id":"s","to":"huaweicloud_compute_instance.server"}]`, `"all"`},
		{"resizeServer", `{"flavor_ref":"f","auto_pay":false}`, "main.tf.json", `"auto_pay":"false"`, "import"},
		{"resizeServer", `{"flavor_ref":"f","auto_pay":true}`, "terraform.tfstate", `"attributes":{"auto_pay":"true","id":"s"}`, "flavor"},
		{"resizeServer", `{"flavor_ref":"${file(\"/etc/passwd\")}%{x}"}`, "main.tf.json", `"$${file(\"/etc/passwd\")}%%{x}"`, `"${file`},
		{"showServer", `{}`, "main.tf.json", `"ignore_changes":"all"`, "flavor_id\":\"f"},
		{"listResizeFlavors", `{"source_flavor_id":"f"}`, "main.tf.json", `"source_flavor_id":"f"`, "sort_key"},
		{"listResizeFlavors", `{"source_flavor_id":"f"}`, "main.tf.json", `"ecs":"http://127.0.0.1:1"`, "huaweicloud_compute_instance"},
	} {
		files := filesOf(asked(t, strings.NewReplacer("OP", c.op, "PARAMS", c.params).Replace(question)))
		got := text(t, files[c.file])
		if !strings.Contains(got, c.has) || strings.Contains(got, c.hasNot) {
			t.Errorf("%s %s, %s: wanted %s and no %s, got\n%s", c.op, c.params, c.file, c.has, c.hasNot, got)
		}
		for _, secret := range []string{"AK-1", "SK-1", "ST-1"} {
			if all := text(t, files); strings.Contains(all, secret) {
				t.Errorf("%s stands in a file: %s", secret, all)
			}
		}
	}
	if files := filesOf(asked(t, strings.NewReplacer("OP", "showJob", "PARAMS", "{}").Replace(question))); files != nil {
		t.Errorf("showJob: got %v, want nothing: the provider shows no job", files)
	}
}

// A server that is not the test's own may be behind an endpoint.
func TestNothingIsDestroyed(t *testing.T) {
	for _, op := range []string{"resizeServer", "showServer"} {
		got := text(t, filesOf(asked(t, strings.NewReplacer("OP", op, "PARAMS", `{"flavor_ref":"f"}`).Replace(question))))
		if !strings.Contains(got, `"prevent_destroy":true`) {
			t.Errorf("%s: a server could be destroyed by\n%s", op, got)
		}
	}
}
