package target_test

import (
	"strings"
	"testing"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/target"
)

func TestWhatARunMayMakeAndSpendIsChecked(t *testing.T) {
	file, _ := serve(t, emulator.Config{})
	bare := []string{"--server", "http://127.0.0.1:9", "--project-id", "p", "--token", "t"}
	own := append(bare, "--provision-image", "i", "--provision-vpc", "v", "--provision-subnet", "s")
	for _, c := range []struct {
		name  string
		wants string // "" when it is in order
		args  []string
	}{
		{"no inventory, servers of its own", "", append(own, "--provision", "stopped")},
		{"neither", "--provision to have it make its own", bare},
		{"from what the inventory says", "", []string{"--inventory", file, "--provision", "stopped,windows", "--budget", "servers=4,orders=0,requests=2000,minutes=30"}},
		{"a state that nobody knows", `did you mean "stopped"`, append(own, "--provision", "stoped")},
		{"a state that cannot be made", "a locked server cannot be made", append(own, "--provision", "locked")},
		{"nor a host", "a dedicated-host server cannot be made", append(own, "--provision", "dedicated-host")},
		{"yearly/monthly without a maximum", "--budget orders=4", append(own, "--provision", "yearly-monthly", "--allow-orders")},
		{"yearly/monthly without permission", "--allow-orders", append(own, "--provision", "yearly-monthly", "--budget", "orders=1")},
		{"yearly/monthly with both", "", append(own, "--provision", "yearly-monthly", "--budget", "orders=1", "--allow-orders")},
		{"no image", "give --provision-image", append(bare, "--provision", "stopped")},
		{"no Windows image", "give --provision-windows-image", append(own, "--provision", "windows")},
		{"what it is made of without it", "give --provision, too", append(own, "--inventory", file)},
		{"read-only and its own", "read-only", append(own, "--provision", "stopped", "--read-only")},
		{"read-only and orders", "contradict", []string{"--inventory", file, "--read-only", "--allow-orders"}},
		{"read-only and a client", "cannot be held back", []string{"--inventory", file, "--read-only", "--client", "reference"}},
		{"an unknown budget", `did you mean "servers"`, []string{"--inventory", file, "--budget", "server=4"}},
		{"a budget of nothing", "servers=NUMBER", []string{"--inventory", file, "--budget", "servers"}},
		{"a negative budget", "whole number from 0", []string{"--inventory", file, "--budget", "servers=-1"}},
		{"a budget twice", "given twice", []string{"--inventory", file, "--budget", "servers=1,servers=2"}},
		{"a prefix that is no name", "wanted a letter", append(own, "--provision", "stopped", "--prefix", "a b c d")},
		{"embedded", "is for a server URL", []string{"--budget", "servers=1"}},
	} {
		_, err := target.Resolve(flags(t, c.args...), nil)
		switch {
		case c.wants == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.wants != "" && (err == nil || !strings.Contains(err.Error(), c.wants)):
			t.Errorf("%s: got %v, want %q in it", c.name, err, c.wants)
		}
	}
	if _, err := target.ResolveBare(flags(t, bare...), nil); err != nil {
		t.Errorf("for who leases nothing: %v", err)
	}
}
