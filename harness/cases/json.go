package cases

import (
	"bytes"
	"encoding/json"
	"slices"
)

// value is a JSON value to be written: raw, array or *object.
type value interface{ write(*bytes.Buffer) }

// raw is a value as it is written.
type raw string

// array is an array.
type array []value

// object is an object whose members keep their order.
type object struct{ members []member }

type member struct {
	name  string
	value value
}

func (r raw) write(b *bytes.Buffer) { b.WriteString(string(r)) }

func (a array) write(b *bytes.Buffer) {
	b.WriteByte('[')
	for i, v := range a {
		if i > 0 {
			b.WriteByte(',')
		}
		v.write(b)
	}
	b.WriteByte(']')
}

func (o *object) write(b *bytes.Buffer) {
	b.WriteByte('{')
	for i, m := range o.members {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(text(m.name)))
		b.WriteByte(':')
		m.value.write(b)
	}
	b.WriteByte('}')
}

// with is a copy with a member set, in its place when it is there, else at the end.
func (o *object) with(name string, v value) *object {
	out := &object{slices.Clone(o.members)}
	for i := range out.members {
		if out.members[i].name == name {
			out.members[i].value = v
			return out
		}
	}
	out.members = append(out.members, member{name, v})
	return out
}

// renamed is a copy in which a member has another name.
func (o *object) renamed(name, other string) *object {
	out := &object{slices.Clone(o.members)}
	for i := range out.members {
		if out.members[i].name == name {
			out.members[i].name = other
		}
	}
	return out
}

// without is a copy without a member.
func (o *object) without(name string) *object {
	return &object{slices.DeleteFunc(slices.Clone(o.members), func(m member) bool { return m.name == name })}
}

// text is a string as JSON writes it; no more is escaped than must be.
func text(s string) raw {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string can always be written
	return raw(bytes.TrimRight(b.Bytes(), "\n"))
}

func render(v value) []byte {
	var b bytes.Buffer
	v.write(&b)
	return b.Bytes()
}
