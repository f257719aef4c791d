package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The fringe is what clients read beside the contract's operations: a Terraform provider that resizes a server looks up the image, the ports and the volumes
// that showServer names. None of it is in the contract and none of it is judged. It is read-only, off by default (Config.Fringe), shows the same world as
// showServer, and lets in whom the operations let in. Its codes and the sizes of its volumes are made up.

// fringeRoutes are apart from the contract's table, so that no seam changes them.
func (e *Emulator) fringeRoutes() []Route {
	get := func(name, pattern string, handle func(*Request) Answer) Route {
		return Route{Operation: "fringe " + name, Method: http.MethodGet, Pattern: pattern, Handle: handle}
	}
	return []Route{
		get("images", "/v2/cloudimages", e.listImages),
		get("ports", "/v1/{project_id}/ports", e.listPorts),
		get("port", "/v1/{project_id}/ports/{thing_id}", e.showPort),
		get("volume", "/v2/{project_id}/cloudvolumes/{thing_id}", e.showVolume),
		get("attachment", "/v1/{project_id}/cloudservers/{server_id}/block_device/{thing_id}", e.showAttachment),
	}
}

func notInFringe(what, id string) Answer {
	return refuse(http.StatusNotFound, "Fringe.0404", "The %s %s could not be found.", what, id).answer()
}

// serversOf are a project's servers, always in the same order.
func (w *world) serversOf(project string) []*Server {
	var all []*Server
	for _, s := range w.servers {
		if s.Project == project {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *Server) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// owner is the server of a project that has the thing, such as the "port", of that id.
func (w *world) owner(project, what, id string) *Server {
	for _, s := range w.servers {
		if s.Project == project && derivedUUID(what, s.ID) == id {
			return s
		}
	}
	return nil
}

// pageOf takes from a list what marker and limit ask for, as the services' lists do.
func pageOf(r *Request, all []object) ([]object, *Refusal) {
	query := r.HTTP.URL.Query()
	if marker := query.Get("marker"); marker != "" {
		at := slices.IndexFunc(all, func(o object) bool { return o["id"] == marker })
		all = all[at+1:] // an unknown marker begins at the beginning
	}
	if limit := query.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 0 {
			return nil, refuse(http.StatusBadRequest, "Fringe.0400", "The limit %q is not a number from 0.", limit)
		}
		all = all[:min(n, len(all))]
	}
	return all, nil
}

// listImages answers GET /v2/cloudimages: the images of which the caller's project has servers.
func (e *Emulator) listImages(r *Request) Answer {
	query := r.HTTP.URL.Query()
	images, seen := []object{}, map[string]bool{}
	for _, s := range e.world.serversOf(r.Project) {
		name := s.OS + " image"
		began := s.Created.UTC().Format(time.RFC3339)
		if seen[s.Image] || query.Has("id") && query.Get("id") != s.Image || query.Has("name") && query.Get("name") != name {
			continue
		}
		seen[s.Image] = true
		images = append(images, object{
			"id": s.Image, "name": name, "status": "active", "visibility": "public", "owner": derivedUUID("image-owner", ""), "protected": true,
			"container_format": "bare", "disk_format": "zvhd2", "min_disk": volumeSize, "min_ram": 0, "size": 0, "tags": []string{}, "deleted": false,
			"created_at": began, "updated_at": began, "virtual_env_type": "FusionCompute",
			"enterprise_project_id": "0", "self": "/v2/images/" + s.Image, "file": "/v2/images/" + s.Image + "/file", "schema": "/v2/schemas/image",
			"__os_type": s.OS, "__os_bit": "64", "__imagetype": "gold", "__isregistered": "true", "__platform": s.OS,
		})
	}
	images, refusal := pageOf(r, images)
	if refusal != nil {
		return refusal.answer()
	}
	return ok(object{"images": images})
}

// listPorts answers GET /v1/{project_id}/ports.
func (e *Emulator) listPorts(r *Request) Answer {
	query := r.HTTP.URL.Query()
	ports := []object{}
	for _, s := range e.world.serversOf(r.Project) {
		if !query.Has("device_id") || query.Get("device_id") == s.ID {
			ports = append(ports, portView(s))
		}
	}
	ports, refusal := pageOf(r, ports)
	if refusal != nil {
		return refusal.answer()
	}
	return ok(object{"ports": ports})
}

// showPort answers GET /v1/{project_id}/ports/{port_id}.
func (e *Emulator) showPort(r *Request) Answer {
	s := e.world.owner(r.Project, "port", r.ThingID)
	if s == nil {
		return notInFringe("port", r.ThingID)
	}
	return ok(object{"port": portView(s)})
}

// portView is the one port that a server has.
func portView(s *Server) object {
	subnet := derivedUUID("subnet", s.Project)
	return object{
		"id": derivedUUID("port", s.ID), "name": "", "status": map[bool]string{true: "ACTIVE", false: "DOWN"}[s.Status == StatusActive],
		"admin_state_up": true, "device_id": s.ID, "device_owner": "compute:" + s.Zone, "tenant_id": s.Project,
		"network_id": derivedUUID("network", s.Project), "mac_address": macOf(s),
		"fixed_ips":       []object{{"subnet_id": subnet, "ip_address": ipv4Of(s)}, {"subnet_id": subnet, "ip_address": ipv6Of(s)}},
		"security_groups": []string{derivedUUID("security-group", s.Project)}, "allowed_address_pairs": []object{}, "extra_dhcp_opts": []object{},
		"binding:vnic_type": "normal", "binding:vif_details": object{"primary_interface": true}, "binding:profile": object{},
		"dns_name": "", "dns_assignment": []object{}, "port_security_enabled": true, "zone_id": s.Zone,
	}
}

// Of every volume; showServer says nothing of its size.
const (
	volumeSize = 40 // GiB
	volumeType = "GPSSD"
)

// showVolume answers GET /v2/{project_id}/cloudvolumes/{volume_id}.
func (e *Emulator) showVolume(r *Request) Answer {
	s := e.world.owner(r.Project, "volume", r.ThingID)
	if s == nil {
		return notInFringe("volume", r.ThingID)
	}
	created := s.Created.UTC().Format("2006-01-02T15:04:05.000000")
	return ok(object{"volume": object{
		"id": r.ThingID, "name": s.Name + "-volume-0000", "description": "", "status": "in-use", "size": volumeSize, "volume_type": volumeType,
		"bootable": "true", "encrypted": false, "multiattach": false, "shareable": false, "availability_zone": s.Zone,
		"os-vol-tenant-attr:tenant_id": s.Project, "user_id": "emulator-user", "service_type": "EVS", "enterprise_project_id": "0",
		"attachments": []object{{
			"id": r.ThingID, "attachment_id": derivedUUID("attachment", s.ID), "volume_id": r.ThingID, "server_id": s.ID, "device": "/dev/vda",
			"host_name": nil, "attached_at": created,
		}},
		"metadata": object{"hw:passthrough": "false"}, "volume_image_metadata": object{"image_id": s.Image}, "tags": object{}, "links": []object{},
		"created_at": created, "updated_at": created, "wwn": fmt.Sprintf("6888603%025x", hash(s.ID)),
	}})
}

// showAttachment answers GET /v1/{project_id}/cloudservers/{server_id}/block_device/{volume_id}.
func (e *Emulator) showAttachment(r *Request) Answer {
	s := e.world.server(r.Project, r.ServerID)
	if s == nil || derivedUUID("volume", s.ID) != r.ThingID {
		return notInFringe("volume", r.ThingID+" of the server "+r.ServerID)
	}
	return ok(object{"volumeAttachment": object{
		"id": r.ThingID, "volumeId": r.ThingID, "serverId": s.ID, "device": "/dev/vda", "pciAddress": "0000:02:01.0", "bootIndex": 0, "size": volumeSize, "bus": "virtio",
	}})
}
