package preflight

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/target"
)

// claim is what something says the region is.
type claim struct {
	region string
	by     string // "the project's name eu-de_myproject"
}

// region holds what speaks of the region against each other. None of it is promised by the contract, so that a difference is a warning: a gateway of one's own may have
// any name, and a project, too.
func (c *check) region(ctx context.Context) {
	u, err := url.Parse(c.t.URL)
	if err != nil {
		return // cannot be: the configuration was checked
	}
	c.signedIn(u)
	zones := c.zones(ctx)
	if ctx.Err() != nil {
		return
	}
	var claims []claim
	own, by := c.t.Region, "--region"
	if host := target.RegionOf(c.t.URL); host != "" {
		if host == own && c.t.Settings["region"] == "" {
			by = "the name of the host"
		}
		claims = append(claims, claim{host, "the name of the host"})
	}
	if in := c.t.SignedIn; in != nil {
		if region := regionOfProject(in.ProjectName); region != "" {
			claims = append(claims, claim{region, "the project's name " + in.ProjectName})
		}
		for _, e := range in.Catalog {
			if sameHost(e.URL, u) && e.Region != "" {
				claims = append(claims, claim{e.Region, "the catalog of the identity service"})
			}
		}
	}
	if region := regionOfZones(zones, own); region != "" {
		claims = append(claims, claim{region, "the zones " + strings.Join(zones[:min(len(zones), mostZones)], ", ")})
	}
	c.regionOf(own, by, u.Hostname(), claims)
	c.zone()
	c.scope(ctx, own)
}

// regionOf says what the claims come to, beside what the run takes for the region: own, as by tells; "" for none.
func (c *check) regionOf(own, by, host string, claims []claim) {
	if own == "" {
		c.regionUnknown(host, claims)
		return
	}
	fits := []string{by}
	var against []string
	for _, of := range claims {
		switch {
		case of.region != own:
			against = append(against, of.region+" by "+of.by)
		case !strings.HasSuffix(by, of.by):
			fits = append(fits, of.by)
		}
	}
	if len(against) > 0 {
		c.say(Warning, "region", "is --server the endpoint of the project's region, and --region its name?", "it is %s by %s, but %s", own, strings.Join(fits, ", "), strings.Join(against, ", "))
		return
	}
	c.say(OK, "region", "", "%s, by %s", own, strings.Join(fits, ", "))
}

// regionUnknown is regionOf where neither a setting nor the host tells a region.
func (c *check) regionUnknown(host string, claims []claim) {
	var regions, by []string
	for _, of := range claims {
		regions, by = append(regions, of.region), append(by, of.region+" by "+of.by)
	}
	slices.Sort(regions)
	signs := c.t.Keys != (ecs.Credentials{}) && !loopback(host)
	const scope = "a signature in the form Credential= has none in its scope"
	switch regions = slices.Compact(regions); {
	case len(regions) > 1:
		c.say(Warning, "region", "is --server the endpoint of the project's region? give --region", "none is given, and what tells it does not fit together: %s", strings.Join(by, ", "))
	case signs && len(regions) == 0:
		c.say(Warning, "region", "give --region", "none is given, and nothing tells it: %s", scope)
	case signs:
		c.say(Warning, "region", "give --region "+regions[0], "none is given (%s): %s", strings.Join(by, ", "), scope)
	case len(regions) == 0:
		c.say(OK, "region", "", "none is given, and nothing tells it")
	default:
		c.say(OK, "region", "", "none is given; it is %s", strings.Join(by, ", "))
	}
}

// signedIn looks whether the token that the run was given fits the settings.
func (c *check) signedIn(server *url.URL) {
	in := c.t.SignedIn
	if in == nil {
		return
	}
	if in.ProjectID != "" && in.ProjectID != c.t.ProjectID {
		c.say(Warning, "project", "give the id of the project that the servers are in", "the identity service gave a token of project %s, and --project-id is %s", in.ProjectID, c.t.ProjectID)
	}
	var listed []string
	for _, e := range in.Catalog {
		if u, err := url.Parse(e.URL); err == nil && u.Host != "" {
			listed = append(listed, u.Host)
		}
		if sameHost(e.URL, server) {
			return
		}
	}
	if len(listed) > 0 && !loopback(server.Hostname()) {
		c.say(Warning, "region", "is --server the endpoint of ECS in the region of the project?", "the catalog of the identity service lists ECS at %s, and not at %s", strings.Join(listed[:min(len(listed), mostZones)], ", "), server.Host)
	}
}

func sameHost(listed string, server *url.URL) bool {
	u, err := url.Parse(listed)
	return err == nil && u.Host != "" && strings.EqualFold(u.Hostname(), server.Hostname())
}

// mostZones is how many are named.
const mostZones = 3

// zones are the availability zones that the target has, as far as they can be known: those of servers that were looked at; and, when it is to be thorough, those of the list
// (GET /v2.1/{project_id}/os-availability-zone), which the contract does not describe and not every target has.
func (c *check) zones(ctx context.Context) []string {
	var zones []string
	add := func(zone string) {
		if zone != "" && !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	for _, s := range c.seen {
		add(s.AvailabilityZone)
	}
	c.listedZones = nil
	if c.o.Thorough || c.plansZone() != "" {
		a, err := c.t.Client.Raw(ctx, http.MethodGet, "/v2.1/"+url.PathEscape(c.t.ProjectID)+"/os-availability-zone", ecs.Outside(), ecs.Patient())
		var told struct {
			Zones []struct {
				Name string `json:"zoneName"`
			} `json:"availabilityZoneInfo"`
		}
		if err == nil && a.Status == http.StatusOK && json.Unmarshal(a.Body, &told) == nil {
			for _, z := range told.Zones {
				add(z.Name)
				c.listedZones = append(c.listedZones, z.Name)
			}
		}
	}
	slices.Sort(zones)
	return zones
}

// plansZone is the zone in which the run's own servers are to be; "" where they are none, or in any.
func (c *check) plansZone() string {
	if len(c.t.Makes) == 0 {
		return ""
	}
	return c.t.Settings["provision-zone"]
}

// zone looks whether there is the zone that the run's own servers are to be in.
func (c *check) zone() {
	wanted := c.plansZone()
	if wanted == "" || len(c.listedZones) == 0 || slices.Contains(c.listedZones, wanted) {
		return
	}
	c.say(Stop, "creates", "name one of them with --provision-zone, or none", "the servers that --provision asks for cannot be made in zone %s: there are %s", wanted, strings.Join(c.listedZones, ", "))
}

// scope looks whether a signature is taken whose scope names the region, where one without a scope is.
func (c *check) scope(ctx context.Context, region string) {
	if !c.o.Thorough || region == "" || c.t.Keys == (ecs.Credentials{}) {
		return
	}
	plain, err := c.t.Client.ListServers(ctx, 1, ecs.As(c.t.Keys), ecs.Patient())
	if err != nil || plain.Status >= 300 {
		return // told before
	}
	scoped, err := c.t.Client.ListServers(ctx, 1, ecs.As(c.t.Keys), ecs.ScopedCredential(region, "ecs"))
	if err == nil && refused(scoped) {
		c.say(Warning, "region", "is that the region's name? then the target does not take this form", "a signature whose scope is %s/ecs is refused (%s), and one without a scope is taken", region, scoped.Summary())
	}
}

// aRegion is the form of a region's name: eu-de, cn-north-4, my-kualalumpur-1, eu-ch2. A project may have any name; one of this form in front of _ is the region's.
var aRegion = regexp.MustCompile(`^(?:[a-z]{2}-[a-z]{2}|[a-z]+(?:-[a-z]+)*-?[0-9]+)$`)

// regionOfProject reads the region from a project's name: that of a region's first project is the region's, a further one's is the region's with _ and a name of its own.
func regionOfProject(name string) string {
	region, _, _ := strings.Cut(name, "_")
	if !aRegion.MatchString(region) {
		return ""
	}
	return region
}

// aZone is a zone whose name begins with its region's: eu-de-01, cn-north-4a, eu-ch2a. Others, such as az1.dc1, tell no region.
var aZone = regexp.MustCompile(`^(.+[0-9])[a-z]$|^(.+-.+)-[0-9]{2}$`)

// regionOfZones is the region whose name the zones begin with: own where one of them fits it, as there may be zones apart; "" where none tells.
func regionOfZones(zones []string, own string) (region string) {
	for _, zone := range zones {
		if own != "" && strings.HasPrefix(zone, own) {
			return own
		}
		if m := aZone.FindStringSubmatch(zone); m != nil && region == "" && aRegion.MatchString(m[1]+m[2]) {
			region = m[1] + m[2]
		}
	}
	return region
}
