// Package spec holds the contract: data only, embedded so that one binary carries it.
//
// openapi.yaml is the base edition, intl, and describes at its head how a row of the register of promises is written.
// profiles/<name>.yaml is an OpenAPI Overlay for each other edition. The rules that both keep are those of harness/lint, which
// "conformance spec lint" checks; the tests of this package add what only this contract can be asked: that every promise of the
// page it was written from has a row, and that both libraries which judge exchanges read its schemas alike.
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

// Released holds released/<version>.txt, the ids of all requirements that a released suite version had, one a line. A file that is there never changes.
//
//go:embed released
var Released embed.FS
