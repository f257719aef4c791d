package replay

import (
	"maps"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// translation has ids of the target for those of the record.
type translation struct {
	now    map[string]string
	told   []Mapping
	orders map[string]string // job of the target -> order that it waits for
	cached *strings.Replacer
}

func newTranslation() *translation {
	return &translation{now: map[string]string{}, orders: map[string]string{}}
}

// add has something stand in for something; what stands in for it already stays.
func (t *translation) add(what, then, now string) {
	if then == "" || now == "" || t.now[then] != "" {
		return
	}
	t.now[then], t.cached = now, nil
	if then != now {
		t.told = append(t.told, Mapping{what, then, now})
	}
}

// apply puts what the target has in place of what the record had.
func (t *translation) apply(text string) string {
	if t.cached == nil {
		keys := slices.SortedFunc(maps.Keys(t.now), func(a, b string) int { // the longer first: one may begin with another
			if len(a) != len(b) {
				return len(b) - len(a)
			}
			return strings.Compare(a, b)
		})
		var pairs []string
		for _, k := range keys {
			pairs = append(pairs, k, t.now[k])
		}
		t.cached = strings.NewReplacer(pairs...)
	}
	return t.cached.Replace(text)
}

func (t *translation) orderOf(job string) string { return t.orders[job] }

// learned are the members in which an answer hands out ids.
var learned = map[string]string{"job_id": "job", "order_id": "order", "serverIds": "server that was made", "server_id": "server"}

// learn takes the ids that the target handed out where the record has others.
func (p *play) learn(then *journal.Exchange, a *ecs.Answer) {
	old, young := recording.Document(then.ResponseBody), recording.ParseDocument(a.Body)
	p.pairUp("", old.Value(), young.Value())
	if order := young.At("order_id").Text(); order != "" {
		p.ids.orders[young.At("job_id").Text()] = order
	}
}

func (p *play) pairUp(member string, old, young any) {
	switch o := old.(type) {
	case map[string]any:
		if y, same := young.(map[string]any); same {
			for _, name := range slices.Sorted(maps.Keys(o)) {
				p.pairUp(name, o[name], y[name])
			}
		}
	case []any:
		if y, same := young.([]any); same {
			for i := range min(len(o), len(y)) {
				p.pairUp(member, o[i], y[i])
			}
		}
	case string:
		y, same := young.(string)
		if what := learned[member]; same && what != "" && len(o) >= 8 && len(y) >= 8 && !p.known(y) {
			p.ids.add(what, o, y)
		}
	}
}

// known says that an id of the target stands in for something already.
func (p *play) known(now string) bool {
	for _, known := range p.ids.now {
		if known == now {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
