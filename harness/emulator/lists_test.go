package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestServersAreListedPageByPage(t *testing.T) {
	l := newLab(t, Config{State: nil})
	var made []string
	for n := range 5 {
		made = append(made, l.add(ServerSpec{Name: fmt.Sprintf("mine-%d", n)}))
	}
	l.add(ServerSpec{Name: "mine-elsewhere", Project: foreignProject})
	var seen []string
	for page := 1; page <= 4; page++ {
		got := l.do("GET", fmt.Sprintf("/v1/%s/cloudservers/detail?name=mine&limit=2&offset=%d", defaultProject, page), "")
		if got.status != http.StatusOK || got.body["count"] != 5.0 {
			t.Fatalf("page %d: %d %s", page, got.status, got.raw)
		}
		for _, s := range got.body["servers"].([]any) {
			seen = append(seen, s.(map[string]any)["id"].(string))
		}
	}
	slices.Sort(made)
	if !slices.Equal(seen, made) {
		t.Errorf("listed %v, made %v", seen, made)
	}
	for _, query := range []string{"limit=0", "limit=1001", "offset=0", "limit=x"} {
		if got := l.do("GET", "/v1/"+defaultProject+"/cloudservers/detail?"+query, ""); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, got.status)
		}
	}
	if got := l.do("GET", "/v1/"+defaultProject+"/cloudservers/detail", "", "X-Auth-Token", "nobody's"); got.status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", got.status)
	}
}

func TestFlavorsAreListedWithTheirSalesStates(t *testing.T) {
	l := newLab(t, Config{})
	got := l.do("GET", "/v1/"+defaultProject+"/cloudservers/flavors", "")
	for _, want := range []string{`"id":"s3.medium.4"`, `"cond:operation:status":"sellout"`} {
		if !strings.Contains(got.raw, want) {
			t.Errorf("wanted %s in %s", want, got.raw)
		}
	}
	if strings.Contains(got.raw, `"id":"s3.xlarge.8"`) {
		t.Error("a flavor that is not listed is")
	}
}

func TestACreatedServerBearsItsTagsAndTheSystemOfItsImage(t *testing.T) {
	l := newLab(t, Config{})
	for system, image := range l.Describe().Images {
		got := l.do("POST", "/v1.1/"+defaultProject+"/cloudservers", `{"server":{"name":"n","imageRef":"`+image+`","flavorRef":"s3.medium.4","vpcid":"v","nics":[{"subnet_id":"s"}],
			"root_volume":{"volumetype":"SSD"},"server_tags":[{"key":"k","value":"v"},{"key":"bare"}]}}`)
		if got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.raw)
		}
		server := l.show(got.body["serverIds"].([]any)[0].(string))
		if tags := fmt.Sprint(server["tags"]); !strings.Contains(tags, "k=v") || !strings.Contains(tags, "bare=") {
			t.Errorf("tags %s", tags)
		}
		if is := server["metadata"].(map[string]any)["os_type"]; is != system {
			t.Errorf("image %s makes a %v server, want %s", image, is, system)
		}
	}
	for _, tags := range []string{`"x"`, `[1]`, `[{"value":"v"}]`, `[{"key":""}]`, `[{"key":1}]`} {
		got := l.do("POST", "/v1.1/"+defaultProject+"/cloudservers", `{"server":{"name":"n","imageRef":"i","flavorRef":"s3.medium.4","vpcid":"v","nics":[{"subnet_id":"s"}],
			"root_volume":{"volumetype":"SSD"},"server_tags":`+tags+`}}`)
		if got.status != http.StatusBadRequest {
			t.Errorf("server_tags %s: %d", tags, got.status)
		}
	}
}
