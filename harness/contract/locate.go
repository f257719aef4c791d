package contract

import "strconv"

// Locate says where in the files the thing stands that a JSON pointer into the effective document names: "spec/openapi.yaml:123". That is
// the line in the base file when the pointer exists there, else the line of the overlay that adds it. A pointer that names nothing is
// located at its nearest existing parent.
func (c *Contract) Locate(specPointer string) string {
	file, line := c.locate(specPointer)
	return file + ":" + strconv.Itoa(line)
}

func (c *Contract) locate(pointer string) (file string, line int) {
	tokens := splitPointer(pointer)
	for n := len(tokens); n > 0; n-- {
		p := joinPointer(tokens[:n])
		if line, ok := c.base.keyLine(p); ok {
			return c.base.file, line
		}
		if c.overlay == nil {
			continue
		}
		if _, ok := c.effective.keyLine(p); !ok {
			continue
		}
		if line, ok := c.overlay.line(p); ok {
			return c.overlay.file, line
		}
	}
	return c.base.file, 1
}
