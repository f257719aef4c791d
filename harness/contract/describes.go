package contract

import "strings"

// Describes says which operation a request of a client that this suite did not write asks for. Such a client may ask for more than this contract describes, so
// that only what cannot be anything else is taken: ok is false where no operation has the path and the method, and where the last segment of the path stands in
// the place of an id and is a word without a digit (/v1/{project_id}/cloudservers/detail), because that is how this API names its other operations, while ids
// have digits. A path that has slashes too many and would otherwise fit is described (ok) and has no operation.
func (c *Contract) Describes(method, path string) (operation string, ok bool) {
	op, params, _ := c.route(method, path)
	if op == nil {
		near, params, _ := c.route(method, canonicalPath(path))
		return "", near != nil && !near.endsInWord(params)
	}
	if op.endsInWord(params) {
		return "", false
	}
	return op.id, true
}

// endsInWord says that a word stands where the path ends in an id.
func (o *operation) endsInWord(params map[string]string) bool {
	last := o.segments[len(o.segments)-1]
	return last.param != "" && !strings.ContainsAny(params[last.param], "0123456789")
}
