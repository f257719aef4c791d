package conduct

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// powerBody judges the body of a start or stop by what was asked for. The order of the servers is free, and SOFT is what absence means.
func (b *breaches) powerBody(c Call, e *exchange.Exchange) {
	value, is := b.document(e)
	if !is {
		return
	}
	breach := func(pointer, wanted, got string) {
		b.add(Breach{Requirement: "RSZ-CLIENT-023", Wanted: wanted, Got: got, Pointer: pointer, Exchange: e.ID, Distorts: true})
	}
	name := "os-stop"
	if c.Asked.Operation == driver.StartServers {
		name = "os-start"
	}
	body, _ := value.(map[string]any)
	action, is := body[name].(map[string]any)
	if !is {
		breach("/"+name, "an object "+name, shown(value, true))
		return
	}
	for _, other := range []string{"os-start", "os-stop", "reboot"} {
		if _, too := body[other]; too && other != name {
			breach("/"+other, name+" alone", other+", too")
		}
	}
	b.servers(c.Asked.Params.ServerIDs, action["servers"], breach, "/"+name+"/servers")
	how, said := action["type"]
	if name == "os-start" || !said && c.Asked.Params.Type != "HARD" {
		return
	}
	switch {
	case c.Asked.Params.Type == "HARD" && how != "HARD":
		breach("/os-stop/type", `"HARD"`, shown(how, said))
	case c.Asked.Params.Type != "HARD" && how != "SOFT" && how != nil && how != "":
		breach("/os-stop/type", `"SOFT", or nothing`, shown(how, said))
	}
}

// servers compares the servers that were named with those that were asked for.
func (b *breaches) servers(asked []string, v any, breach func(pointer, wanted, got string), pointer string) {
	list, is := v.([]any)
	if !is {
		breach(pointer, "a list of servers", shown(v, v != nil))
		return
	}
	named := map[string]bool{}
	for i, item := range list {
		server, _ := item.(map[string]any)
		id, is := server["id"].(string)
		if !is {
			breach(fmt.Sprintf("%s/%d/id", pointer, i), "the id of a server", shown(item, true))
			return
		}
		named[id] = true
	}
	wanted := map[string]bool{}
	for _, id := range asked {
		wanted[id] = true
	}
	if !maps.Equal(named, wanted) {
		breach(pointer, "the servers "+listed(wanted), listed(named))
	}
}

func listed(set map[string]bool) string {
	if len(set) == 0 {
		return "none"
	}
	return shortened(strings.Join(slices.Sorted(maps.Keys(set)), ", "))
}
