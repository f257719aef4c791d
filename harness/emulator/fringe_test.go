package emulator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// things are what showServer shows of a server that can be looked up in the fringe.
func (l *lab) things(id string) (image, port, volume string) {
	l.t.Helper()
	server := l.show(id)
	for _, address := range server["addresses"].(map[string]any) {
		port = address.([]any)[0].(map[string]any)["OS-EXT-IPS:port_id"].(string)
	}
	volume = server["os-extended-volumes:volumes_attached"].([]any)[0].(map[string]any)["id"].(string)
	return server["image"].(map[string]any)["id"].(string), port, volume
}

const fringeProject = "/" + defaultProject

// paths of the fringe, for a server.
func (l *lab) fringe(id string) map[string]string {
	image, port, volume := l.things(id)
	return map[string]string{
		"images": "/v2/cloudimages?id=" + image + "&limit=1&enterprise_project_id=all_granted_eps",
		"ports":  "/v1" + fringeProject + "/ports?device_id=" + id + "&limit=100", "port": "/v1" + fringeProject + "/ports/" + port,
		"volume":     "/v2" + fringeProject + "/cloudvolumes/" + volume,
		"attachment": base + id + "/block_device/" + volume,
	}
}

// What the fringe shows is the world that showServer shows.
func TestFringeShowsTheServersWorld(t *testing.T) {
	l := newLab(t, Config{Fringe: true})
	id := l.add(ServerSpec{Status: StatusActive})
	image, port, volume := l.things(id)
	server := l.show(id)
	var first map[string]any
	for _, address := range server["addresses"].(map[string]any) {
		first = address.([]any)[0].(map[string]any)
	}
	group := server["security_groups"].([]any)[0].(map[string]any)["id"]
	paths := l.fringe(id)
	inside := func(name, list string) map[string]any {
		t.Helper()
		got := l.do("GET", paths[name], "")
		if got.status != http.StatusOK {
			t.Fatalf("%s: got %d, want 200\n%s", paths[name], got.status, got.raw)
		}
		if all, is := got.body[list].([]any); is {
			if len(all) != 1 {
				t.Fatalf("%s: got %d %s, want one\n%s", paths[name], len(all), list, got.raw)
			}
			return all[0].(map[string]any)
		}
		return got.body[list].(map[string]any)
	}
	imageView, portView, volumeView, attachment := inside("images", "images"), inside("port", "port"), inside("volume", "volume"), inside("attachment", "volumeAttachment")
	if diff := cmp.Diff(portView, inside("ports", "ports")); diff != "" {
		t.Errorf("a port by its id -, in the list +\n%s", diff)
	}
	for what, pair := range map[string][2]any{
		"image":            {imageView["id"], image},
		"image name":       {imageView["name"], server["metadata"].(map[string]any)["image_name"]},
		"port":             {portView["id"], port},
		"port's device":    {portView["device_id"], id},
		"port's MAC":       {portView["mac_address"], first["OS-EXT-IPS-MAC:mac_addr"]},
		"port's address":   {portView["fixed_ips"].([]any)[0].(map[string]any)["ip_address"], first["addr"]},
		"port's group":     {portView["security_groups"].([]any)[0], group},
		"volume":           {volumeView["id"], volume},
		"volume's server":  {volumeView["attachments"].([]any)[0].(map[string]any)["server_id"], id},
		"volume's zone":    {volumeView["availability_zone"], server["OS-EXT-AZ:availability_zone"]},
		"attached volume":  {attachment["volumeId"], volume},
		"attachment's own": {attachment["serverId"], id},
		"boot index":       {attachment["bootIndex"], 0.0},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: the fringe shows %v, showServer %v", what, pair[0], pair[1])
		}
	}
}

// What does not exist, or is others', is 404 in the usual envelope, or missing in a list.
func TestFringeShowsNothingElse(t *testing.T) {
	l := newLab(t, Config{Fringe: true})
	id, other := l.add(ServerSpec{}), l.add(ServerSpec{})
	foreign := l.add(ServerSpec{Project: foreignProject})
	_, _, volume := l.things(id)
	for _, path := range []string{
		"/v1" + fringeProject + "/ports/" + derivedUUID("port", foreign), "/v1" + fringeProject + "/ports/no-such-port",
		"/v2" + fringeProject + "/cloudvolumes/" + derivedUUID("volume", foreign),
		base + id + "/block_device/no-such-volume", base + other + "/block_device/" + volume, base + "no-such-server/block_device/" + volume,
	} {
		l.wantRefused(l.do("GET", path, ""), http.StatusNotFound, "Fringe.0404")
	}
	for path, list := range map[string]string{"/v2/cloudimages?id=no-such-image": "images", "/v1" + fringeProject + "/ports?device_id=no-such-server": "ports"} {
		if got := l.do("GET", path, ""); got.status != http.StatusOK || fmt.Sprint(got.body[list]) != "[]" {
			t.Errorf("%s: got %d %s, want an empty list", path, got.status, got.raw)
		}
	}
}

// Lists are taken page by page, each of a page once.
func TestFringeLists(t *testing.T) {
	l := newLab(t, Config{Fringe: true})
	for range 5 {
		l.add(ServerSpec{})
	}
	ids := func(query string) (all []string) {
		t.Helper()
		got := l.do("GET", "/v1"+fringeProject+"/ports"+query, "")
		ports, is := got.body["ports"].([]any)
		if !is {
			t.Fatalf("%s: got %d %s", query, got.status, got.raw)
		}
		for _, p := range ports {
			all = append(all, p.(map[string]any)["id"].(string))
		}
		return all
	}
	whole := ids("")
	var pages []string
	for marker := ""; ; marker = "&marker=" + pages[len(pages)-1] {
		page := ids("?limit=2" + marker)
		pages = append(pages, page...)
		if len(page) < 2 {
			break
		}
	}
	if len(whole) < 5 || strings.Join(whole, " ") != strings.Join(pages, " ") {
		t.Errorf("whole and in pages of two:\n%q\n%q", whole, pages)
	}
	l.wantRefused(l.do("GET", "/v1"+fringeProject+"/ports?limit=many", ""), http.StatusBadRequest, "Fringe.0400")
}

// Off, which is the default, the fringe is what it was before there was one: nothing.
func TestFringeIsOffByDefault(t *testing.T) {
	l := newLab(t, Config{})
	for _, path := range l.fringe(l.add(ServerSpec{})) {
		l.wantRefused(l.do("GET", path, ""), http.StatusNotFound, "APIGW.0101")
	}
}

// The fringe lets in whom the operations let in, and only to read.
func TestFringeLetsInWhomTheOperationsLetIn(t *testing.T) {
	l := newLab(t, Config{Fringe: true})
	for _, path := range l.fringe(l.add(ServerSpec{})) {
		l.wantRefused(l.do("GET", path, "", "X-Auth-Token", ""), http.StatusUnauthorized, "APIGW.0301")
		l.wantRefused(l.do("GET", path, "", "X-Auth-Token", "no-such-token"), http.StatusUnauthorized, "APIGW.0301")
		l.wantRefused(l.do("GET", path, "", "X-Project-Id", foreignProject), http.StatusBadRequest, "Common.0018")
		if strings.Contains(path, defaultProject) {
			l.wantRefused(l.do("GET", strings.Replace(path, defaultProject, foreignProject, 1), ""), http.StatusBadRequest, "Common.0018")
		}
		for _, method := range []string{"POST", "PUT", "DELETE"} {
			l.wantRefused(l.do(method, path, ""), http.StatusNotFound, "APIGW.0101")
		}
	}
	open := newLab(t, Config{Fringe: true, Auth: AuthNone})
	for _, path := range open.fringe(open.add(ServerSpec{})) {
		if got := open.do("GET", path, "", "X-Auth-Token", ""); got.status != http.StatusOK {
			t.Errorf("without authentication, %s: got %d, want 200\n%s", path, got.status, got.raw)
		}
	}
}

// No seam sees the fringe: defects and variants are of the contract.
func TestFringeIsBeyondTheSeams(t *testing.T) {
	var seen []string
	l := newLab(t, Config{Fringe: true, Seams: Seams{Routes: func(rs []Route) []Route {
		for _, r := range rs {
			seen = append(seen, r.Operation)
		}
		return rs
	}}})
	if all := strings.Join(seen, " "); strings.Contains(all, "fringe") || !strings.Contains(all, "showServer") {
		t.Errorf("the seam of the routes was given %s", all)
	}
	if got := l.do("GET", l.fringe(l.add(ServerSpec{}))["port"], ""); got.status != http.StatusOK {
		t.Errorf("got %d, want 200\n%s", got.status, got.raw)
	}
}
