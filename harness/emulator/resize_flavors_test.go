package emulator

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
)

// list returns the ids of a page.
func (l *lab) list(query string) []string {
	l.t.Helper()
	got := l.do("GET", base+"resize_flavors?"+query, "")
	if got.status != 200 {
		l.t.Fatalf("%s: %d %s", query, got.status, got.raw)
	}
	ids := []string{}
	for _, f := range got.body["flavors"].([]any) {
		ids = append(ids, f.(map[string]any)["id"].(string))
	}
	return ids
}

func TestEveryListedFlavorPassesADryRunAndNoOther(t *testing.T) {
	for _, profile := range []string{"intl", "cn", "ae-ad-1"} {
		for _, spec := range []ServerSpec{{}, {Zone: "local-1b"}, {Billing: PrePaid}, {Flavor: "s3.large.4"}, {Flavor: "m3.large.8"}} {
			l := newLab(t, Config{Profile: profile})
			id := l.add(spec)
			listed := l.list("instance_uuid=" + id)
			for _, f := range l.state.Flavors {
				got := l.resize(id, `{"resize":{"flavorRef":"`+f.ID+`"},"dry_run":true}`)
				if f.Unlisted {
					continue
				}
				if slices.Contains(listed, f.ID) != (got.status == 202) {
					t.Errorf("%s %+v: %s listed %v, dry run %d %s", profile, spec, f.ID, slices.Contains(listed, f.ID), got.status, got.raw)
				}
			}
		}
	}
}

func TestListing(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	all := l.list("instance_uuid=" + id)
	if !sort.StringsAreSorted(all) || len(all) < 10 || slices.Contains(all, "s3.medium.4") {
		t.Fatalf("%v", all)
	}
	var pages []string
	marker := ""
	for range len(all) {
		page := l.list(fmt.Sprintf("instance_uuid=%s&limit=3%s", id, marker))
		if len(page) == 0 {
			break
		}
		pages, marker = append(pages, page...), "&marker="+page[len(page)-1]
	}
	if !slices.Equal(pages, all) {
		t.Errorf("the pages give %v, the list is %v", pages, all)
	}
	desc := l.list("instance_uuid=" + id + "&sort_dir=desc")
	slices.Reverse(desc)
	if !slices.Equal(desc, all) {
		t.Errorf("%v", desc)
	}
	for _, key := range []string{"flavorid", "name", "memory_mb", "vcpus", "root_gb"} {
		got := l.list("instance_uuid=" + id + "&sort_key=" + key)
		sorted := slices.IsSortedFunc(got, func(a, b string) int {
			fa, fb := l.world.flavors[a], l.world.flavors[b]
			return map[string]int{"memory_mb": fa.RAM - fb.RAM, "vcpus": fa.VCPUs - fb.VCPUs, "root_gb": 0,
				"flavorid": strings.Compare(a, b), "name": strings.Compare(a, b)}[key]
		})
		if !sorted || len(got) != len(all) {
			t.Errorf("%s: %v", key, got)
		}
	}
	if got := l.list("instance_uuid=" + id + "&limit=0"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestSelectors(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	byServer, byFlavor := l.list("instance_uuid="+id), l.list("source_flavor_id=m3.large.8")
	if slices.Equal(byServer, byFlavor) || !slices.Equal(byFlavor, []string{"m3.xlarge.8"}) {
		t.Fatalf("%v %v", byServer, byFlavor)
	}
	for query, want := range map[string][]string{
		"instance_uuid=" + id + "&source_flavor_id=m3.large.8&source_flavor_name=nothing": byServer,
		"source_flavor_id=m3.large.8&source_flavor_name=s3.medium.4":                      byFlavor,
		"source_flavor_name=m3.large.8":                                                   byFlavor,
	} {
		if got := l.list(query); !slices.Equal(got, want) {
			t.Errorf("%s: %v", query, got)
		}
	}
	for query, code := range map[string]string{
		"": "400 Ecs.0005", "limit=3": "400 Ecs.0005", "instance_uuid=": "400 Ecs.0005", "instance_uuid=x": "404 Ecs.0114",
		"source_flavor_id=x": "400 Ecs.0029", "source_flavor_name=x": "400 Ecs.0029",
		"instance_uuid=" + id + "&limit=x": "400 Ecs.0005", "instance_uuid=" + id + "&limit=-1": "400 Ecs.0005",
		"instance_uuid=" + id + "&marker=x": "400 Ecs.0005", "instance_uuid=" + id + "&sort_key=x": "400 Ecs.0005",
		"instance_uuid=" + id + "&sort_dir=x":                         "400 Ecs.0005",
		"instance_uuid=" + l.add(ServerSpec{Project: foreignProject}): "404 Ecs.0114",
	} {
		got := l.do("GET", base+"resize_flavors?"+query, "")
		if have := fmt.Sprint(got.status, " ", got.code()); have != code {
			t.Errorf("%q: got %s, want %s", query, have, code)
		}
	}
}

func TestListedFlavorLooksAsDocumented(t *testing.T) {
	l := newLab(t, Config{})
	got := l.do("GET", base+"resize_flavors?source_flavor_id=m3.large.8", "")
	want := `{"flavors":[{"id":"m3.xlarge.8","name":"m3.xlarge.8","vcpus":"4","ram":32768,"disk":"0","swap":"","OS-FLV-EXT-DATA:ephemeral":0,` +
		`"OS-FLV-DISABLED:disabled":false,"rxtx_factor":1,"rxtx_quota":null,"rxtx_cap":null,"os-flavor-access:is_public":true,` +
		`"links":[{"rel":"self","href":"http://example.com/v2.1/` + defaultProject + `/flavors/m3.xlarge.8","type":null}],` +
		`"extra_specs":{"cond:operation:status":"normal","ecs:performancetype":"highmem","ecs:virtualization_env_types":"CloudCompute","hw:numa_nodes":"1","resource_type":"IOoptimized_1"},` +
		`"instance_quota":{}}]}`
	if got.raw != want {
		t.Errorf("got\n%s\nwant\n%s", got.raw, want)
	}
}

func TestZoneStates(t *testing.T) {
	f := Flavor{ExtraSpecs: map[string]string{keyStatus: "sellout", keyZones: "a(normal), b(obt),c(obt_sellout)"}}
	for zone, want := range map[string]string{"a": "normal", "b": "obt", "c": "obt_sellout", "d": "sellout", "": "sellout"} {
		if got := f.SaleState(zone); got != want {
			t.Errorf("%q: %s", zone, got)
		}
	}
	for _, bad := range []string{"a", "a(", "a(x)", "a(normal"} {
		if _, err := parseZoneStates(bad); err == nil {
			t.Errorf("%q was understood", bad)
		}
	}
}
