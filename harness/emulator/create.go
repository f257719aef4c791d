package emulator

import (
	"bytes"
	"net/http"
	"regexp"
	"time"
)

// createView is the answer to an accepted createServers.
type createView struct {
	OrderID   string   `json:"order_id,omitempty"`
	JobID     string   `json:"job_id"`
	ServerIDs []string `json:"serverIds"`
}

// creation is what createServers was asked for.
type creation struct {
	spec    ServerSpec
	image   string
	tags    []string
	count   int
	autoPay string
	dryRun  bool
}

// createServers answers POST /v1.1/{project_id}/cloudservers, as far as making a server to resize needs it: networks,
// disks, key pairs and the like must be there in form, and are not looked at.
func (e *Emulator) createServers(r *Request) Answer {
	doc, refusal := r.document()
	if refusal != nil {
		return refusal.answer()
	}
	c, refusal := e.readCreation(r, doc)
	if refusal != nil {
		return refusal.answer()
	}
	if c.dryRun {
		return Answer{Status: http.StatusAccepted, Body: object{}}
	}
	token := r.HTTP.Header.Get("X-Client-Token")
	if token == "" {
		return e.create(r, c)
	}
	if answer, seen := e.world.created.repeated(r, token); seen {
		return answer
	}
	answer := e.create(r, c)
	if answer.Refusal == nil {
		e.world.created.remember(r, token, answer)
	}
	return answer
}

func (e *Emulator) readCreation(r *Request, doc map[string]any) (creation, *Refusal) {
	rd := &reader{}
	c := creation{spec: ServerSpec{Project: r.Project, Status: StatusBuild}, count: 1}
	c.dryRun, _ = field[bool](rd, doc, "", "dry_run", false)
	server, _ := field[map[string]any](rd, doc, "", "server", true)
	const base = "/server"
	if server != nil {
		c.image, _ = field[string](rd, server, base, "imageRef", true)
		if c.image == imageOf("Windows") {
			c.spec.OSType = "Windows"
		}
		c.spec.Flavor, _ = field[string](rd, server, base, "flavorRef", true)
		c.spec.Name, _ = field[string](rd, server, base, "name", true)
		field[string](rd, server, base, "vpcid", true)
		if nics, got := field[[]any](rd, server, base, "nics", true); got && len(nics) == 0 {
			rd.complain(base+"/nics", "/server/nics must have at least one entry")
		}
		if volume, got := field[map[string]any](rd, server, base, "root_volume", true); got {
			field[string](rd, volume, base+"/root_volume", "volumetype", true)
		}
		c.spec.Zone, _ = field[string](rd, server, base, "availability_zone", false)
		if n, got := field[number](rd, server, base, "count", false); got {
			if c.count, got = n.whole(); !got || c.count < 1 || c.count > 500 {
				rd.complain(base+"/count", "/server/count must be 1 to 500, got %s", string(n))
			}
		}
		c.tags = readTags(rd, server, base)
		e.readOptions(rd, server, &c)
	}
	if refusal := rd.first(); refusal != nil {
		return c, refusal
	}
	return c, e.checkCreation(&c)
}

// readOptions reads billing, dedicated host and CPU options.
func (e *Emulator) readOptions(rd *reader, server map[string]any, c *creation) {
	const base = "/server"
	c.spec.Billing = PostPaid
	if extend, got := field[map[string]any](rd, server, base, "extendparam", false); got {
		if mode, given := field[string](rd, extend, base+"/extendparam", "chargingMode", false); given {
			c.spec.Billing = mode
			if mode != PostPaid && (mode != PrePaid || !e.behaviour.Prepaid) {
				rd.complain(base+"/extendparam/chargingMode", "chargingMode %q is not offered", mode)
			}
		}
		if market, _ := field[string](rd, extend, base+"/extendparam", "marketType", false); market == Spot {
			c.spec.Billing = Spot
		}
		c.autoPay, _ = field[string](rd, extend, base+"/extendparam", "isAutoPay", false)
	}
	if hints, got := field[map[string]any](rd, server, base, "os:scheduler_hints", false); got {
		c.spec.DedicatedHostID, _ = field[string](rd, hints, base+"/os:scheduler_hints", "dedicated_host_id", false)
	}
	if options, got := field[map[string]any](rd, server, base, "cpu_options", false); got {
		if n, given := field[number](rd, options, base+"/cpu_options", "hw:cpu_threads", false); given {
			c.spec.CPUThreads, got = n.whole()
			if !got || c.spec.CPUThreads < 1 || c.spec.CPUThreads > 2 {
				rd.complain(base+"/cpu_options/hw:cpu_threads", "hw:cpu_threads must be 1 or 2, got %s", string(n))
			}
		}
	}
}

// readTags reads server_tags; they are shown as "key=value".
func readTags(rd *reader, server map[string]any, base string) (tags []string) {
	pointer := base + "/server_tags"
	list, _ := field[[]any](rd, server, base, "server_tags", false)
	for _, item := range list {
		tag, isObject := item.(map[string]any)
		if !isObject {
			rd.complain(pointer, "%s: an entry must be an object, got %s", pointer, kindOf(item))
			continue
		}
		key, _ := field[string](rd, tag, pointer, "key", true)
		value, _ := field[string](rd, tag, pointer, "value", false)
		if key == "" {
			rd.complain(pointer+"/key", "%s/key must not be empty", pointer)
		}
		tags = append(tags, key+"="+value)
	}
	return tags
}

// checkCreation looks at what the world has to say about it.
func (e *Emulator) checkCreation(c *creation) *Refusal {
	if f := e.world.flavors[c.spec.Flavor]; f == nil {
		return refuse(http.StatusBadRequest, "Ecs.0029", "The flavor %s does not exist.", c.spec.Flavor)
	} else if zone := c.spec.Zone; !f.onSale(zone) {
		return refuse(http.StatusBadRequest, "Ecs.0319", "The flavor %s cannot be had at present.", f.ID)
	} else if c.spec.CPUThreads != 0 && !f.allowsThreads(c.spec.CPUThreads) {
		return illegalBody("the flavor %s does not allow hw:cpu_threads %d", f.ID, c.spec.CPUThreads)
	}
	if err := e.checkSpec(&c.spec); err != nil {
		return illegalBody("%v", err)
	}
	if f := e.world.flavors[c.spec.Flavor]; f != nil {
		if refusal := e.exceeds(c.spec.Project, c.count, c.count*f.VCPUs, c.count*f.RAM); refusal != nil {
			return refusal
		}
	}
	if len(e.world.servers)+c.count > e.maxServers {
		return refuse(http.StatusBadRequest, "Ecs.0001", "The ECS quota is %d.", e.maxServers)
	}
	if !e.world.admit(c.count, e.maxTasks) {
		return e.overloaded()
	}
	return nil
}

func (e *Emulator) create(r *Request, c creation) Answer {
	var bought *order
	if c.spec.Billing == PrePaid {
		bought = e.newOrder(c.autoPay)
	}
	orders, ids := make([]Order, c.count), make([]string, c.count)
	for i := range orders {
		s := e.newServer(c.spec, r.Now)
		s.Image, s.Tags = c.image, c.tags
		ids[i], orders[i] = s.ID, Order{Kind: OrderCreate, ServerID: s.ID}
	}
	j := e.newJob(r.Project, jobCreate, jobCreateSub, r.Now, bought, orders...)
	return ok(createView{OrderID: j.orderID, JobID: j.id, ServerIDs: ids})
}

// creations remembers requests by their X-Client-Token, which makes createServers idempotent: the same request again gets
// the same answer, for eight hours.
type creations struct {
	byToken map[string]remembered
	order   []string // oldest first
}

type remembered struct {
	body   []byte
	at     time.Time
	answer Answer
}

const (
	clientTokenValid = 8 * time.Hour
	maxClientTokens  = 1000 // remembered at most; each holds its request body
)

func (c *creations) repeated(r *Request, token string) (Answer, bool) {
	if !regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString(token) {
		return refuse(http.StatusBadRequest, "Ecs.0123", "X-Client-Token must be a UUID.").answer(), true
	}
	m, seen := c.byToken[r.Project+"/"+token]
	switch {
	case !seen:
		return Answer{}, false
	case r.Now.Sub(m.at) > clientTokenValid:
		return refuse(http.StatusBadRequest, "Ecs.0124", "X-Client-Token has expired.").answer(), true
	case !bytes.Equal(m.body, r.Body):
		return refuse(http.StatusBadRequest, "Ecs.0122", "X-Client-Token was used with other parameters.").answer(), true
	}
	return m.answer, true
}

func (c *creations) remember(r *Request, token string, a Answer) {
	if c.byToken == nil {
		c.byToken = map[string]remembered{}
	}
	for len(c.order) >= maxClientTokens {
		delete(c.byToken, c.order[0])
		c.order = c.order[1:]
	}
	key := r.Project + "/" + token
	c.byToken[key] = remembered{r.Body, r.Now, a}
	c.order = append(c.order, key)
}
