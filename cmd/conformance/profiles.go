package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
)

// profile is one edition as `conformance profiles` shows it.
type profile struct {
	Name         string             `json:"name"`
	Title        string             `json:"title"`
	Dated        string             `json:"dated"`
	Sources      []string           `json:"sources"`
	Overlay      string             `json:"overlay,omitempty"` // "" for the base
	Requirements int                `json:"requirements"`      // that the edition makes
	Switches     map[string]any     `json:"switches"`          // x-profile-behaviour
	Differs      []string           `json:"differs"`           // switches that are not as in the base
	Unknown      []contract.Unknown `json:"unknown"`

	order []string
}

func newProfiles() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "profiles [NAME...]",
		Short: "Show the vendor editions and in what they differ",
		Long: `profiles lists the editions of the contract that are built in: where each comes from, how it behaves where editions differ, and what is not
known of it. What is not known is asked of nobody: the switch then has the value that promises least. With names, or the path of an overlay
of your own, it shows all of these.`,
		Example: `  conformance profiles
  conformance profiles swiss hcs
  conformance profiles --json`,
		ValidArgsFunction: completeOtherProfiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			names := args
			if len(names) == 0 {
				names = contract.Profiles()
			}
			base, err := readProfile(cmd, contract.BaseProfile)
			if err != nil {
				return err
			}
			var all []profile
			for _, name := range names {
				p, err := readProfile(cmd, name)
				if err != nil {
					return err
				}
				for _, key := range p.order {
					if !reflect.DeepEqual(p.Switches[key], base.Switches[key]) {
						p.Differs = append(p.Differs, key)
					}
				}
				all = append(all, p)
			}
			out := cmd.OutOrStdout()
			switch {
			case asJSON:
				enc := json.NewEncoder(out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				err = enc.Encode(all)
			case len(args) > 0:
				err = printProfiles(out, all)
			default:
				err = listProfiles(out, all)
			}
			if err != nil {
				return &harnessError{err}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func readProfile(cmd *cobra.Command, name string) (profile, error) {
	c, err := contract.Load(cmd.Context(), contract.Source{Profile: name})
	if err != nil {
		return profile{}, err
	}
	about, behaviour := c.About(), c.Behaviour()
	p := profile{Name: c.Profile, Title: about.Title, Dated: about.Dated, Sources: about.Sources, Overlay: c.Overlay, Requirements: len(c.Requirements()),
		Switches: map[string]any{}, Differs: []string{}, Unknown: c.Unknown(), order: contract.BehaviourSwitches()}
	v := reflect.ValueOf(behaviour)
	for i := range v.NumField() {
		value := v.Field(i).Interface()
		if list, is := value.([]string); is {
			value = slices.Sorted(slices.Values(list))
		}
		p.Switches[v.Type().Field(i).Tag.Get("yaml")] = value
	}
	return p, nil
}

// listProfiles is one line for each edition, with what it is known by at a glance.
func listProfiles(out io.Writer, all []profile) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	columns := []struct{ title, key string }{
		{"versions", "versions"}, {"stopped", "must_be_stopped"}, {"spot", "spot_banned"}, {"windows", "windows_banned"}, {"smaller", "downgrade_banned"}, {"mode", "mode_supported"},
		{"deh", "deh"}, {"orders", "prepaid"}, {"cpu", "cpu_options"}, {"dry_run", "dry_run"}, {"pending", "job_pending_payment"}, {"flow", "flowcontrol_status"},
		{"errors", "error_table"}, {"list", "resize_flavors_path"},
	}
	fmt.Fprint(w, "edition\tdated")
	for _, c := range columns {
		fmt.Fprint(w, "\t", c.title)
	}
	fmt.Fprintln(w)
	for _, p := range all {
		fmt.Fprintf(w, "%s\t%s", p.Name, p.Dated)
		for _, c := range columns {
			text := short(p.Switches[c.key])
			if slices.ContainsFunc(p.Unknown, func(u contract.Unknown) bool { return u.Switch == c.key }) {
				text += "?"
			}
			fmt.Fprint(w, "\t", text)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, `
stopped, spot, windows, smaller: the versions that refuse a running, spot-priced or Windows server, or a smaller flavor. deh, orders, cpu, dry_run: what is taken.
pending: PENDING_PAYMENT is a status of a job. flow: the status of Common.1503. errors: whose table of error codes. list: the version in the path of resize_flavors.
? not known, and asked of nobody. What is behind each of these: conformance profiles NAME
`)
	return w.Flush()
}

// short is the value of a switch in a few letters.
func short(value any) string {
	switch v := value.(type) {
	case bool:
		return map[bool]string{true: "yes", false: "-"}[v]
	case []string:
		if len(v) == 0 {
			return "-"
		}
		return strings.Join(v, ",")
	case string:
		if strings.HasPrefix(v, "/") {
			return strings.Split(v, "/")[1]
		}
	}
	return fmt.Sprint(value)
}

// printProfiles shows all that is known of editions.
func printProfiles(out io.Writer, all []profile) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, p := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s\t%s, %s\n", p.Name, p.Title, p.Dated)
		overlay := p.Overlay
		if overlay == "" {
			overlay = "none: it is the base"
		}
		fmt.Fprintf(w, "  overlay\t%s\n  sources\t%s\n  requirements\t%d\n", overlay, strings.Join(p.Sources, "; "), p.Requirements)
		for _, key := range p.order {
			note := ""
			if slices.Contains(p.Differs, key) {
				note = "\tother than in " + contract.BaseProfile
			}
			text := short(p.Switches[key])
			if path, is := p.Switches[key].(string); is {
				text = path
			}
			fmt.Fprintf(w, "  %s\t%s%s\n", key, text, note)
		}
		for _, u := range p.Unknown {
			fmt.Fprintf(w, "  not known\t%s: %s\n", u.Switch, u.Why)
		}
	}
	return w.Flush()
}
