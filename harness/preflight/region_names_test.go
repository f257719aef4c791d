package preflight

import "testing"

// Names as they were seen: of regions and zones of public clouds, and of projects that tell no region.
func TestRegionsInNames(t *testing.T) {
	for zone, want := range map[string]string{
		"eu-de-01": "eu-de", "eu-nl-03": "eu-nl", "cn-north-4a": "cn-north-4", "ap-southeast-3b": "ap-southeast-3", "eu-west-0a": "eu-west-0", "eu-ch2a": "eu-ch2",
		"my-kualalumpur-1a": "my-kualalumpur-1", "tr-central-201a": "tr-central-201", "local-1a": "local-1",
		"az1.dc1": "", "kvmxen.dc1": "", "nova": "", "": "", "zone-a": "",
	} {
		if got := regionOfZones([]string{zone}, ""); got != want {
			t.Errorf("zone %q: got %q, want %q", zone, got, want)
		}
	}
	for project, want := range map[string]string{
		"eu-de": "eu-de", "eu-de_myproject": "eu-de", "cn-north-4_a_b": "cn-north-4", "my-kualalumpur-1": "my-kualalumpur-1", "eu-ch2_x": "eu-ch2",
		"MOS": "", "my-project": "", "": "", "Eu-de": "", "_x": "",
	} {
		if got := regionOfProject(project); got != want {
			t.Errorf("project %q: got %q, want %q", project, got, want)
		}
	}
}
