package explore

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"resize-conformance/harness/fixture"
)

func everything() Offers {
	return Offers{V1: true, AutoPay: true, CPUOptions: true, YearlyMonthly: true, SoldOut: true, Unreachable: true, Other: true}
}

// A seed stands for the same sequences always; another one for others.
func TestASeedDecidesWhatIsDrawn(t *testing.T) {
	all := func(seed int64) (drawn []string) {
		c := Config{Seed: seed, Offers: everything()}
		for _, s := range tour(c.Offers, c.seed(-1)) {
			drawn = append(drawn, s.key())
		}
		for i := range 20 {
			drawn = append(drawn, sequences(c.Offers).Example(int(c.seed(i))).key(), rounds(c.Offers).Example(int(c.seed(i))).key())
		}
		return drawn
	}
	if !slices.Equal(all(7), all(7)) {
		t.Error("the same seed gives other sequences")
	}
	if !slices.Equal(all(0), all(1)) {
		t.Error("no seed is not the same as always")
	}
	if slices.Equal(all(7), all(8)) {
		t.Error("another seed gives the same sequences")
	}
}

func TestATourHasEveryPairOfKinds(t *testing.T) {
	for _, o := range []Offers{{}, everything()} {
		kinds := o.turns()
		for seed := range uint64(5) {
			seen := map[[2]int]bool{}
			for _, s := range tour(o, seed) {
				rest, before := s.Steps[1:], -1
				for len(rest) > 0 {
					// The longest kind that fits is the one: a resize that overlaps begins like no other.
					kind := -1
					for i, k := range kinds {
						if len(k) <= len(rest) && reflect.DeepEqual(k, rest[:len(k)]) && (kind < 0 || len(k) > len(kinds[kind])) {
							kind = i
						}
					}
					if kind < 0 {
						t.Fatalf("%+v is no kind", rest)
					}
					if before >= 0 {
						seen[[2]int{before, kind}] = true
					}
					before, rest = kind, rest[len(kinds[kind]):]
				}
			}
			if want := len(kinds) * len(kinds); len(seen) != want {
				t.Errorf("seed %d: wanted %d pairs, got %d", seed, want, len(seen))
			}
		}
	}
}

// What has to be there for a failure stays, and nothing else does.
func TestWhatFailsIsMadeAsShortAsCanBe(t *testing.T) {
	long := Sequence{On: fixture.Running, Steps: []Step{
		{Do: ListFlavors}, {Do: Resize, To: ToOther, Option: OverV1, Overlap: true}, {Do: DryRun, To: ToFirst, Option: AutoPayed}, {Do: Stop, Overlap: true}, {Do: Start}, {Do: LookAtJob, Back: 2},
	}}
	runs := 0
	carryOut := func(_ context.Context, s Sequence) ([]Done, error) {
		runs++
		at := slices.IndexFunc(s.Steps, func(s Step) bool { return s.Do == Resize })
		if at >= 0 && slices.ContainsFunc(s.Steps[at:], func(s Step) bool { return s.Do == Start }) {
			return make([]Done, len(s.Steps)), &Violation{Check: "made up"}
		}
		return nil, nil
	}
	for most, want := range map[int]int{0: 6, 3: 0, 30: 2} {
		runs = 0
		f := &Failure{Steps: make([]Done, 6)}
		shorten(t.Context(), &Config{Shorten: most, ShortenTime: time.Minute}, long, f, carryOut)
		if runs > most {
			t.Errorf("%d tries, more than %d", runs, most)
		}
		if want > 0 && len(f.Steps) != want {
			t.Errorf("with %d tries: wanted %d steps, got %d", most, want, len(f.Steps))
		}
		if most == 30 && f.Server != string(fixture.Stopped) {
			t.Errorf("wanted the simplest server, got %s", f.Server)
		}
	}
}

// Of several that fail it is always the first that is reported, whatever the number of workers.
func TestTheFirstThatFailsIsReported(t *testing.T) {
	for _, workers := range []int{1, 4, 30} {
		c := Config{Number: 30, Workers: workers, Offers: everything()}
		var failing []string
		for i := range c.Number {
			failing = append(failing, sequences(c.Offers).Example(int(c.seed(i))).key())
		}
		r, err := explore(t.Context(), &c, nil, sequences(c.Offers), func(_ context.Context, s Sequence) ([]Done, error) {
			if i := slices.Index(failing, s.key()); i >= 11 {
				return nil, &Violation{Check: "made up"}
			}
			return nil, errSilent
		})
		if err != nil || r.Failure == nil || r.Failure.Index != 12 {
			t.Errorf("%d workers: wanted number 12, got %+v, %v", workers, r.Failure, err)
		}
	}
}

func TestTroubleAndPanicsAreNoFindings(t *testing.T) {
	c := Config{Number: 3, Workers: 2}
	for name, carryOut := range map[string]func(context.Context, Round) ([]Done, error){
		"trouble": func(context.Context, Round) ([]Done, error) { return nil, &Trouble{context.Canceled} },
		"panic":   func(context.Context, Round) ([]Done, error) { panic("made up") },
	} {
		if r, err := explore(t.Context(), &c, nil, rounds(Offers{}), carryOut); err == nil || r.Failure != nil {
			t.Errorf("%s: wanted an error and no finding, got %v, %+v", name, err, r.Failure)
		}
	}
}
