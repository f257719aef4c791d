package defect

import "slices"

// Defects lists every defect, by family, in an order that does not change.
func Defects() []Defect {
	return slices.Concat(
		uriDefects(),
		bodyBytesDefects(),
		bodyShapeDefects(),
		answerDefects(),
		errorDefects(),
		stateDefects(),
		flavorDefects(),
		flavorListDefects(),
		hostDefects(),
		billingDefects(),
		cpuDefects(),
		dryRunDefects(),
		jobDefects(),
		overlapDefects(),
		sequenceDefects(),
		watchedDefects(),
		v1Defects(),
		credentialDefects(),
		operationDefects(),
		setUpDefects(),
		malformedDefects(),
		sometimesDefects(),
	)
}

// Variants lists every conforming variant, in an order that does not change.
func Variants() []Variant {
	return slices.Concat(wireVariants(), bodyVariants(), serviceVariants(), catalogueVariants())
}
