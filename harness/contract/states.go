package contract

import (
	"errors"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/jsonpointer"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/yamltree"
)

// ServerState is a row of the table of ECS statuses (x-documented-states of the schema Server): the vm_states and task_states that stand beside a status. The
// task state of an idle ECS is "".
type ServerState struct {
	Status     string
	VMStates   []string
	TaskStates []string
}

// ServerStates is the table of ECS statuses; empty when the document has none. The caller owns the copy.
func (c *Contract) ServerStates() []ServerState {
	out := slices.Clone(c.states)
	for i := range out {
		out[i].VMStates, out[i].TaskStates = slices.Clone(out[i].VMStates), slices.Clone(out[i].TaskStates)
	}
	return out
}

const statesAt = "/components/schemas/Server/x-documented-states"

// readStates reads the table strictly: a row that is not understood would silently forbid what it allows.
func (c *Contract) readStates() error {
	list, ok := c.effective.find(statesAt)
	if !ok {
		return nil
	}
	if list.Kind != yaml.SequenceNode {
		return c.flawf(RuleStates, statesAt, "x-documented-states: %v of {status, vm_state, task_state}, got %s", errNotList, kindName(list))
	}
	var flaws []error
	known := []string{"status", "vm_state", "task_state"}
	for i, row := range list.Content {
		at := statesAt + "/" + strconv.Itoa(i)
		for key := range yamltree.Pairs(row) {
			if !slices.Contains(known, key) {
				flaws = append(flaws, c.flawf(RuleStates, at+"/"+jsonpointer.Escape(key), "x-documented-states: unknown key %q%s", key, nearest.Hint(key, known)))
			}
		}
		s := ServerState{Status: yamltree.Text(row, "status"), VMStates: words(yamltree.Child(row, "vm_state")), TaskStates: words(yamltree.Child(row, "task_state"))}
		if s.Status == "" || len(s.VMStates) == 0 || len(s.TaskStates) == 0 {
			flaws = append(flaws, c.flawf(RuleStates, at, "x-documented-states: want a status, a list of vm_state and a list of task_state"))
		}
		c.states = append(c.states, s)
	}
	return errors.Join(flaws...)
}

// words are the scalars of a list; null is "".
func words(n *yaml.Node) []string {
	var out []string
	for _, item := range yamltree.Items(n) {
		if item.Tag == "!!null" {
			out = append(out, "")
			continue
		}
		out = append(out, item.Value)
	}
	return out
}

// AnswerHeaders names the headers that the contract describes for some answer of some operation, each once.
func (c *Contract) AnswerHeaders() []string {
	var out []string
	for _, op := range c.routes {
		for _, r := range op.responses {
			headers, _ := c.effective.find(r.pointer + "/headers")
			for name := range yamltree.Pairs(headers) {
				if !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}
