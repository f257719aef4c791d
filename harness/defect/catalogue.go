package defect

import "slices"

// Defects lists every defect, by family, in an order that does not change.
func Defects() []Defect {
	return slices.Concat(stateDefects(), jobDefects(), dryRunDefects(), billingDefects(), v1Defects())
}

// Variants lists every conforming variant, in an order that does not change.
func Variants() []Variant {
	return slices.Concat[[]Variant]()
}
