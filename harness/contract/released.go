package contract

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/spec"
)

// Unreleased stands for the version of a requirement that no released version has.
const Unreleased = "the next release"

// Releases lists the released suite versions whose sets of requirements are known, oldest first.
func Releases() []string {
	files, err := spec.Released.ReadDir("released")
	if err != nil {
		return nil // they are part of the program; its tests see that they are there
	}
	var versions []string
	for _, f := range files {
		if name, is := strings.CutSuffix(f.Name(), ".txt"); is {
			versions = append(versions, name)
		}
	}
	slices.SortFunc(versions, compareVersions)
	return versions
}

// Released is the set of requirements, by id, that a released suite version had, in all its profiles. It never changes. known is false when there is no such version.
func Released(version string) (set map[string]bool, known bool) {
	if !slices.Contains(Releases(), version) {
		return nil, false
	}
	data, err := spec.Released.ReadFile(path.Join("released", version+".txt"))
	if err != nil {
		return nil, false
	}
	set = map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if id := strings.TrimSpace(line); id != "" && !strings.HasPrefix(id, "#") {
			set[id] = true
		}
	}
	return set, true
}

// Since is the suite version since which there is a requirement, Unreleased when no released one has it.
func Since(id string) string {
	for _, version := range Releases() {
		if set, _ := Released(version); set[id] {
			return version
		}
	}
	return Unreleased
}

// compareVersions orders versions by their numbers; what is no number comes as text.
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, errX := strconv.Atoi(as[i])
		y, errY := strconv.Atoi(bs[i])
		order := cmp.Compare(x, y)
		if errX != nil || errY != nil {
			order = cmp.Compare(as[i], bs[i])
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(as), len(bs))
}
