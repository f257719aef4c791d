package recording

import (
	"regexp"
	"slices"
	"strings"
)

// named are the members whose text is a name that somebody gave, with what it is a name of.
var named = map[string]string{
	"name": "name", "server_name": "name", "OS-EXT-SRV-ATTR:hostname": "name", "hostname": "name", "OS-EXT-SRV-ATTR:host": "host", "OS-EXT-SRV-ATTR:hypervisor_hostname": "hypervisor",
	"OS-EXT-SRV-ATTR:instance_name": "instance", "OS-EXT-SRV-ATTR:reservation_id": "reservation", "image_name": "image", "description": "description",
	"encoded_authorization_message": "encoded", "enterprise_project_id": "enterprise", "hostId": "hostid", "user_id": "user",
	"agency_name": "agency",
}

var (
	namedMember    = regexp.MustCompile(`"((?:OS-EXT-SRV-ATTR:)?[A-Za-z_]+)"(\s*:\s*)"((?:[^"\\]|\\.)+)"`)
	flavorID       = regexp.MustCompile(`"(?:id|flavorRef)"\s*:\s*"([^"\\]+)"`)
	tagList        = regexp.MustCompile(`"tags"\s*:\s*\[([^\[\]]*)\]`)
	quoted         = regexp.MustCompile(`"((?:[^"\\]|\\.)+)"`)
	metadata       = regexp.MustCompile(`"metadata"\s*:\s*\{([^{}]*)\}`)
	metadataMember = regexp.MustCompile(`("(?:[^"\\]|\\.)+"\s*:\s*)"((?:[^"\\]|\\.)+)"`)
)

// documented begin the names of metadata that a service writes by itself; their values say how a server is billed and what it runs on.
var documented = []string{
	"charging_mode", "metering.", "vpc_id", "os_bit", "os_type", "image_name", "EcmResStatus", "cascaded.", "__", "virtual_env_type", "op_svc_userid", "server_expiry", "lockCheckEndpoint", "lockSource",
}

// DocumentedMetadata says that metadata of this name is a service's own, and not what somebody has given a server.
func DocumentedMetadata(name string) bool {
	return slices.ContainsFunc(documented, func(begin string) bool { return strings.HasPrefix(name, begin) })
}

// members replaces what stands in members that hold names.
func (n *naming) members(s string) string {
	if !strings.Contains(s, `"`) {
		return s
	}
	var flavors []string
	for _, m := range flavorID.FindAllStringSubmatch(s, -1) {
		flavors = append(flavors, m[1])
	}
	s = namedMember.ReplaceAllStringFunc(s, func(found string) string {
		m := namedMember.FindStringSubmatch(found)
		kind := named[m[1]]
		switch {
		case kind == "", m[1] == "name" && slices.Contains(flavors, m[3]), m[1] == "enterprise_project_id" && m[3] == "0", strings.HasPrefix(m[3], "$"):
			return found
		case uuid.MatchString(m[3]) && len(m[3]) == 36, m[1] == "user_id" && hex32.MatchString(m[3]):
			return found
		}
		return `"` + m[1] + `"` + m[2] + `"` + n.nameFor(kind, m[3], kind+"-%d") + `"`
	})
	s = tagList.ReplaceAllStringFunc(s, func(list string) string {
		open := strings.IndexByte(list, '[')
		return list[:open] + quoted.ReplaceAllStringFunc(list[open:], func(tag string) string {
			return `"` + n.nameFor("tag", quoted.FindStringSubmatch(tag)[1], "tag-%d=value") + `"`
		})
	})
	return metadata.ReplaceAllStringFunc(s, func(object string) string {
		open := strings.IndexByte(object, '{')
		return object[:open] + metadataMember.ReplaceAllStringFunc(object[open:], func(pair string) string {
			m := metadataMember.FindStringSubmatch(pair)
			if DocumentedMetadata(strings.TrimPrefix(m[1], `"`)) {
				return pair
			}
			return m[1] + `"` + n.numbered("metadata", m[2], "metadata-%d") + `"`
		})
	})
}

// nameFor is numbered for what somebody has given as a name, which what is told of an exchange may quote.
func (n *naming) nameFor(kind, value, form string) string {
	n.names[value] = n.numbered(kind, value, form)
	return n.names[value]
}
