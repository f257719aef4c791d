package contract

import (
	"reflect"
	"testing"
)

// What comes after an answer that was clean is judged as if it were the first, in whatever it differs from that one.
func TestACleanBodyExcusesNothingElse(t *testing.T) {
	t.Parallel()
	fresh := func() *Contract { return load(t, Source{File: "testdata/things.yaml"}) }
	noID := func(m *Message) { m.ResponseHeader.Del("X-Request-Id") }
	clean := fresh()
	if j := clean.Judge(t.Context(), goodExchange()); len(j.Response)+len(j.Information)+len(j.Disagreements) > 0 {
		t.Fatalf("the good exchange is not clean: %+v", j)
	}
	if len(clean.clean.young) != 1 {
		t.Fatalf("wanted one body remembered, got %d", len(clean.clean.young))
	}
	good := string(goodExchange().ResponseBody)
	for name, m := range map[string]*Message{
		"the same":               goodExchange(),
		"without a header":       changed(noID),
		"with an empty header":   changed(answersHeader("X-Request-Id", "")),
		"of another status":      changed(answers(202, good)),
		"of an undocumented one": changed(answers(206, good)),
		"of an error":            changed(answers(404, good)),
		"of another media type":  changed(answersHeader("Content-Type", "text/plain")),
		"of another operation":   changed(sendTo(thingPath + "/")),
		"truncated":              changed(func(m *Message) { m.ResponseTruncated = true }),
		"another body":           changed(answers(200, good+"{}")),
		"a request that is not":  changed(sendQuery("mode=other")),
	} {
		want, got := fresh().Judge(t.Context(), m), clean.Judge(t.Context(), m)
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s: wanted %+v, got %+v", name, want, got)
		}
	}
}

// What was not clean is told each time.
func TestAViolationIsNotRemembered(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	for name, m := range map[string]*Message{
		"a body that breaks its schema": changed(answers(200, `{"id":[1,2]}`)),
		"a member that nobody declared": changed(answers(200, `{"id":"x","extra":1}`)),
		"a name twice":                  changed(answers(200, `{"id":"x","id":"y"}`)),
		"an error without an envelope":  changed(answers(404, `{}`)),
		"a header that is missing":      changed(func(m *Message) { m.ResponseHeader.Del("X-Request-Id") }),
	} {
		first, second := c.Judge(t.Context(), m), c.Judge(t.Context(), m)
		if len(first.Response)+len(first.Information) == 0 || !reflect.DeepEqual(first, second) {
			t.Errorf("%s: first %+v, then %+v", name, first, second)
		}
	}
	if n := len(c.clean.young); n != 0 {
		t.Errorf("%d bodies are remembered as clean", n)
	}
}

func TestFewBodiesAreRemembered(t *testing.T) {
	t.Parallel()
	var c cleanBodies
	of := func(i int) (key bodyKey) {
		key[0], key[1] = byte(i), byte(i>>8)
		return key
	}
	for i := range 3 * generation {
		c.add(of(i))
		if !c.has(of(0)) {
			t.Fatalf("what comes again is forgotten after %d others", i)
		}
	}
	if got := len(c.young) + len(c.aged); got > 2*generation {
		t.Errorf("wanted at most %d remembered, got %d", 2*generation, got)
	}
	if c.has(of(generation / 2)) {
		t.Error("what did not come again is remembered for good")
	}
}
