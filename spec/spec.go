// Package spec holds the contract: data only, embedded so that one binary carries it.
//
// openapi.yaml is the base edition, intl, and describes at its head how a row of the register of promises is written.
// profiles/<name>.yaml is an OpenAPI Overlay for each other edition; an action that changes nothing is a mistake. The tests of
// this package hold the data to its own rules: valid for both libraries that judge exchanges, every promise of the page it was
// written from in a row, every contradiction between sources decided once, no row lost by an overlay.
package spec

import "embed"

// Contract is spec/openapi.yaml as it stands in the repository: the base edition (intl).
//
//go:embed openapi.yaml
var Contract []byte

// Profiles holds profiles/<name>.yaml, one OpenAPI Overlay per vendor edition. The base edition has none.
//
//go:embed profiles
var Profiles embed.FS
