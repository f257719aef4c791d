package main

import (
	"strconv"
	"strings"
)

// object is a block of a configuration in Terraform's JSON syntax, which needs no quoting rules of HCL's own. README.md shows the same in HCL.
type object map[string]any

const (
	serverAddress = "huaweicloud_compute_instance.server"
	listAddress   = "data.huaweicloud_compute_resize_flavors.list"
)

// services are those whose endpoint the provider would otherwise look for in the internet.
var services = []string{"ecs", "evs", "vpc", "ims", "iam", "bss", "eps", "kms", "tms", "nat"}

// untouched are the arguments of a server that a resize leaves as they are. Left out of a configuration, some would otherwise be changed: a key pair removed,
// a network replaced together with the server. flavor_id, flavor_name and auto_pay are the others.
var untouched = strings.Fields(`region availability_zone name description image_id image_name admin_pass key_pair private_key security_groups security_group_ids
	network system_disk_type system_disk_size system_disk_kms_key_id system_disk_iops system_disk_throughput system_disk_dss_pool_id data_disks scheduler_hints
	user_data metadata stop_before_destroy enterprise_project_id delete_disks_on_termination delete_eip_on_termination eip_id eip_type bandwidth charging_mode
	period_unit period auto_renew spot_maximum_price spot_duration spot_duration_count user_id agency_name agent_list tags power_action auto_terminate_time`)

// filesOf are the files, by name, of a user who wants the operation; nil when the provider has none for it. Credentials are in the environment.
func filesOf(r request) map[string]object {
	endpoints := object{}
	for _, s := range services {
		endpoints[s] = literal(r.Endpoint)
	}
	c := object{
		"terraform": object{"required_providers": object{"huaweicloud": object{"source": providerSource}}},
		"provider": object{"huaweicloud": object{
			"region": "conformance-1", "project_id": literal(r.ProjectID), "domain_id": strings.Repeat("0", 32), // without a domain it would be asked for
			"insecure": false, "auth_url": literal(r.Endpoint + "/v3"), "skip_check_website_type": true, "skip_check_upgrade": true, "endpoints": endpoints,
		}},
	}
	files := map[string]object{"main.tf.json": c}
	switch r.Operation {
	case "resizeServer":
		arguments := object{"flavor_id": literal(r.Params.FlavorRef)}
		if pay := r.Params.AutoPay; pay == nil {
			c.adopt(r)
		} else {
			arguments["auto_pay"] = strconv.FormatBool(*pay)
			files["terraform.tfstate"] = stateOf(r)
		}
		c.declare(arguments, untouched)
	case "showServer":
		c.adopt(r)
		c.declare(object{}, "all")
		outputs := object{}
		for _, a := range []string{"id", "name", "status", "flavor_id"} {
			outputs[a] = object{"value": "${" + serverAddress + "." + a + "}"}
		}
		c["output"] = outputs
	case "listResizeFlavors":
		list := object{}
		for name, value := range map[string]string{
			"instance_uuid": r.Params.InstanceUUID, "source_flavor_id": r.Params.SourceFlavorID, "source_flavor_name": r.Params.SourceFlavorName,
			"sort_key": r.Params.SortKey, "sort_dir": r.Params.SortDir,
		} {
			if value != "" {
				list[name] = literal(value)
			}
		}
		c["data"] = object{"huaweicloud_compute_resize_flavors": object{"list": list}}
		c["output"] = object{"flavors": object{"value": "${[for f in " + listAddress + ".flavors : {id = f.id, name = f.name, vcpus = f.vcpus, ram = f.ram}]}"}}
	default:
		return nil
	}
	return files
}

// adopt imports the server that there is.
func (c object) adopt(r request) {
	c["import"] = []object{{"to": serverAddress, "id": literal(r.ServerID)}}
}

// declare says what the server is to be. It can never be destroyed by that.
func (c object) declare(arguments object, ignored any) {
	arguments["name"], arguments["network"] = "adopted", []object{{}} // both are required, and ignored
	arguments["lifecycle"] = object{"prevent_destroy": true, "ignore_changes": ignored}
	c["resource"] = object{"huaweicloud_compute_instance": object{"server": arguments}}
}

// stateOf is what a user has who made the server with this auto_pay. To a server that is imported it cannot be given: the provider would replace the server,
// because auto_pay is not read back and a change of it "forces replacement".
func stateOf(r request) object {
	return object{
		"version": 4, "serial": 1, "lineage": "00000000-0000-4000-8000-000000000000", "outputs": object{},
		"resources": []object{{
			"mode": "managed", "type": "huaweicloud_compute_instance", "name": "server", "provider": `provider["` + providerSource + `"]`,
			"instances": []object{{"schema_version": 0, "attributes": object{"id": r.ServerID, "auto_pay": strconv.FormatBool(*r.Params.AutoPay)}}},
		}},
	}
}

// literal keeps Terraform from reading a string as a template.
func literal(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(s)
}
