package emulator

import "net/http"

const maxBatch = 1000 // servers of one batch operation

// startOrStop answers POST …/cloudservers/action. As observed, it accepts servers that do not exist: what goes wrong with
// one of them shows in its sub-job only.
func (e *Emulator) startOrStop(r *Request) Answer {
	doc, refusal := r.document()
	if refusal != nil {
		return refusal.answer()
	}
	rd := &reader{}
	kind, name := OrderStop, "os-stop"
	_, isStop := doc[name]
	if _, isStart := doc["os-start"]; isStart == isStop {
		return illegalBody("wanted exactly one of os-start and os-stop").answer()
	} else if isStart {
		kind, name = OrderStart, "os-start"
	}
	var ids []string
	if action, got := field[map[string]any](rd, doc, "", name, true); got {
		ids = serverIDs(rd, action, "/"+name)
		if how, given := field[string](rd, action, "/"+name, "type", false); given && kind == OrderStop && how != "SOFT" && how != "HARD" {
			rd.complain("/"+name+"/type", "/os-stop/type must be SOFT or HARD, got %q", how)
		}
	}
	if refusal := rd.first(); refusal != nil {
		return refusal.answer()
	}
	return e.batch(r, jobAction, jobActionSub, kind, ids)
}

// deleteServers answers POST …/cloudservers/delete. Yearly/monthly servers have to be unsubscribed instead.
func (e *Emulator) deleteServers(r *Request) Answer {
	doc, refusal := r.document()
	if refusal != nil {
		return refusal.answer()
	}
	rd := &reader{}
	ids := serverIDs(rd, doc, "")
	field[bool](rd, doc, "", "delete_publicip", false)
	field[bool](rd, doc, "", "delete_volume", false)
	if refusal := rd.first(); refusal != nil {
		return refusal.answer()
	}
	for _, id := range ids {
		if s := e.world.server(r.Project, id); s != nil && s.Billing == PrePaid {
			return refuse(http.StatusBadRequest, "Ecs.0513", "The yearly/monthly ECS %s cannot be deleted, unsubscribe from it.", id).answer()
		}
	}
	return e.batch(r, jobDelete, jobDeleteSub, OrderDelete, ids)
}

// serverIDs reads "servers": [{"id": …}].
func serverIDs(rd *reader, parent map[string]any, base string) []string {
	list, got := field[[]any](rd, parent, base, "servers", true)
	if !got {
		return nil
	}
	pointer := base + "/servers"
	if len(list) == 0 || len(list) > maxBatch {
		rd.complain(pointer, "%s must have 1 to %d entries, got %d", pointer, maxBatch, len(list))
	}
	var ids []string
	for _, item := range list {
		entry, isObject := item.(map[string]any)
		if !isObject {
			rd.complain(pointer, "%s: an entry must be an object, got %s", pointer, kindOf(item))
			continue
		}
		id, _ := field[string](rd, entry, pointer, "id", true)
		ids = append(ids, id)
	}
	return ids
}

// batch begins one job with a sub-job for each server.
func (e *Emulator) batch(r *Request, kind, subKind string, what OrderKind, ids []string) Answer {
	if !e.world.admit(len(ids), e.maxTasks) {
		return e.overloaded().answer()
	}
	orders := make([]Order, len(ids))
	for i, id := range ids {
		orders[i] = Order{Kind: what, ServerID: id}
		s := e.world.server(r.Project, id)
		switch {
		case s == nil:
			// An id of another project is as good as none; it must not reach that project's server.
			orders[i].Refused = &Failure{"Ecs.0114", "Instance[" + id + "] could not be found."}
		case s.Locked:
			orders[i].Refused = &Failure{"Ecs.0605", "the server is locked"}
		case what != OrderDelete && s.Status != StatusActive && s.Status != StatusShutoff:
			orders[i].Refused = &Failure{"Ecs.0100", "the server is " + s.Status}
		}
	}
	return ok(acceptedView{JobID: e.newJob(r.Project, kind, subKind, r.Now, nil, orders...).id})
}
