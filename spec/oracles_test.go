package spec_test

import "testing"

// Both libraries that judge exchanges must read the schemas alike, in every profile. That they find the document and its examples in order is for the linter.
func TestBothOraclesReadTheSchemasAlike(t *testing.T) {
	for _, profile := range profiles(t) {
		t.Run(profile, func(t *testing.T) { newJudges(t, profile).schemasTellGoodFromBad(t) })
	}
}

func (j judges) schemasTellGoodFromBad(t *testing.T) {
	judged := 0
	for _, v := range verdicts() {
		if v.profile != j.profile {
			continue
		}
		judged++
		v.path = concrete(v.path)
		kin, lib := j.judge(t, v.message)
		if (kin == nil) != v.good {
			t.Errorf("%s %s, %s: wanted good=%t\nkin: %v", v.method, v.path, v.what, v.good, kin)
		}
		if (lib == nil) != v.good {
			t.Errorf("%s %s, %s: wanted good=%t\nlibopenapi: %v", v.method, v.path, v.what, v.good, lib)
		}
	}
	if judged == 0 {
		t.Errorf("no message tries what profile %s changes", j.profile)
	}
}
