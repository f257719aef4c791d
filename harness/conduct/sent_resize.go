package conduct

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/jsonpointer"
)

// The promises about the members of a resize.
const (
	dryRunBeside = "RSZ-CLIENT-003"
	dryRunType   = "RSZ-CLIENT-004"
	autoPayType  = "RSZ-CLIENT-005"
	threadsType  = "RSZ-CLIENT-006"
	asAsked      = "RSZ-CLIENT-007"
	notAsked     = "RSZ-CLIENT-008"
	paysUnasked  = "RSZ-CLIENT-009"
	modeUnasked  = "RSZ-CLIENT-010"
	undocumented = "RSZ-CLIENT-011"
)

// resizing judges the body of one resize.
type resizing struct {
	*breaches
	p    driver.Params
	mode bool // is understood by the service
	id   int64
}

// resizeBody judges the body of a resize by what was asked for.
func (b *breaches) resizeBody(c Call, e *exchange.Exchange) {
	value, is := b.document(e)
	if !is {
		return
	}
	r := resizing{b, c.Asked.Params, c.Mode, e.ID}
	body, _ := value.(map[string]any)
	resize, is := body["resize"].(map[string]any)
	if !is {
		v, there := body["resize"]
		r.breach(asAsked, "/resize", "an object with flavorRef "+strconv.Quote(r.p.FlavorRef), shown(v, there))
		return
	}
	r.dryRun(body, resize)
	r.text(resize, "flavorRef", r.p.FlavorRef)
	r.text(resize, "dedicated_host_id", r.p.DedicatedHostID)
	r.autoPay(resize)
	r.modeOf(resize)
	r.threads(resize)
	r.names(body, "", "resize", "dry_run")
	// What an error's remedy names and no table has (force) is somebody's documentation all the same.
	r.names(resize, "/resize", "flavorRef", "dedicated_host_id", "extendparam", "mode", "cpu_options", "dry_run", "force")
	r.names(resize["extendparam"], "/resize/extendparam", "isAutoPay")
	r.names(resize["cpu_options"], "/resize/cpu_options", "hw:cpu_threads")
}

// breach is one by which the server is asked for something else.
func (r resizing) breach(requirement, pointer, wanted, got string) {
	r.add(Breach{Requirement: requirement, Wanted: wanted, Got: got, Pointer: pointer, Exchange: r.id, Distorts: true})
}

// dryRun may be said to be false where it was not asked for, and need not be said where it was asked to be false: that is what its absence means.
func (r resizing) dryRun(body, resize map[string]any) {
	asked := r.p.DryRun != nil && *r.p.DryRun
	inside, isInside := resize["dry_run"]
	v, is := body["dry_run"]
	if isInside {
		r.add(Breach{
			Requirement: dryRunBeside, Wanted: "dry_run beside resize", Got: "dry_run " + shown(inside, true) + " in it", Pointer: "/resize/dry_run", Exchange: r.id, Distorts: asked && !is,
		})
	}
	said, isBool := v.(bool)
	switch {
	case !is && asked && !isInside:
		r.breach(asAsked, "/dry_run", "true", shown(v, is))
	case !is:
	case v == nil && r.p.DryRun == nil:
		r.breach(notAsked, "/dry_run", "nothing there, or false", "null")
	case !isBool:
		r.breach(dryRunType, "/dry_run", "a boolean", shown(v, is))
	case said != asked && r.p.DryRun == nil:
		r.breach(notAsked, "/dry_run", "nothing there, or false", "true")
	case said != asked:
		r.breach(asAsked, "/dry_run", strconv.FormatBool(asked), strconv.FormatBool(said))
	}
}

// text judges a member whose value is a text that the user gave.
func (r resizing) text(resize map[string]any, name, asked string) {
	v, is := resize[name]
	pointer := "/resize/" + name
	switch {
	case asked != "" && v != asked:
		r.breach(asAsked, pointer, strconv.Quote(asked), shown(v, is))
	case asked == "" && is:
		r.breach(notAsked, pointer, "nothing there", shown(v, is))
	}
}

// modeOf judges mode. Where it is not understood it does nothing, and the server can be judged all the same.
func (r resizing) modeOf(resize map[string]any) {
	if v, is := resize["mode"].(string); is && v != "" && r.p.Mode == "" {
		r.add(Breach{Requirement: modeUnasked, Wanted: "nothing there", Got: strconv.Quote(v), Pointer: "/resize/mode", Exchange: r.id, Distorts: r.mode})
		return
	}
	r.text(resize, "mode", r.p.Mode)
}

// autoPay judges extendparam. An object without members, a blank isAutoPay and "false" mean what absence does.
func (r resizing) autoPay(resize map[string]any) {
	const pointer = "/resize/extendparam/isAutoPay"
	pays := r.p.AutoPay != nil && *r.p.AutoPay
	extend, has := r.object(resize, "extendparam", pays)
	if !has {
		return
	}
	v, is := extend["isAutoPay"]
	said, isText := v.(string)
	switch {
	case !is || v == "":
		if pays {
			r.breach(asAsked, pointer, `"true"`, shown(v, is))
		}
		return
	case v == nil && r.p.AutoPay == nil:
		r.breach(notAsked, pointer, "nothing there", "null")
		return
	case !isText, said != "true" && said != "false":
		r.breach(autoPayType, pointer, `the string "true" or "false"`, shown(v, is))
	}
	switch sense := strings.ToLower(strings.Trim(shown(v, is), `"`)); {
	case (sense == "true" || sense == "1") && !pays:
		r.breach(paysUnasked, pointer, `nothing there, or "false"`, shown(v, is))
	case (sense == "false" || sense == "0") && pays:
		r.breach(asAsked, pointer, `"true"`, shown(v, is))
	}
}

// threads judges cpu_options.
func (r resizing) threads(resize map[string]any) {
	const pointer = "/resize/cpu_options/hw:cpu_threads"
	asked := r.p.CPUThreads
	options, has := r.object(resize, "cpu_options", asked != 0)
	if !has {
		return
	}
	v, is := options["hw:cpu_threads"]
	number, isNumber := v.(json.Number)
	switch {
	case !is && asked != 0:
		r.breach(asAsked, pointer, strconv.Itoa(asked), shown(v, is))
	case !is:
	case asked == 0 && (isNumber || v == nil || v == ""):
		r.breach(notAsked, pointer, "nothing there", shown(v, is))
	case !isNumber:
		r.breach(threadsType, pointer, "a number", shown(v, is))
	default:
		if n, err := number.Float64(); err != nil || n != float64(asked) {
			r.breach(asAsked, pointer, strconv.Itoa(asked), number.String())
		}
	}
}

// object gives the object of a name. Where there is none, that is judged by whether something in it was asked for.
func (r resizing) object(resize map[string]any, name string, asked bool) (map[string]any, bool) {
	v, is := resize[name]
	object, isObject := v.(map[string]any)
	switch {
	case isObject:
	case asked:
		r.breach(asAsked, "/resize/"+name, "an object with what was asked for", shown(v, is))
	case is:
		r.breach(notAsked, "/resize/"+name, "nothing there, or an object", shown(v, is))
	}
	return object, isObject
}

// names judges the names of members: those of all editions are known.
func (r resizing) names(v any, pointer string, known ...string) {
	object, _ := v.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(known, name) {
			r.add(Breach{
				Requirement: undocumented, Wanted: fmt.Sprintf("no member but %s", strings.Join(known, ", ")), Got: shortened(name), Pointer: pointer + "/" + jsonpointer.Escape(name), Exchange: r.id,
			})
			return
		}
	}
}
