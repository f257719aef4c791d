// Package spec holds the contract: data only, embedded so that one binary carries it.
package spec

import "embed"

// Contract is spec/openapi.yaml as it stands in the repository: the base edition (intl).
//
//go:embed openapi.yaml
var Contract []byte

// Profiles holds profiles/<name>.yaml, one OpenAPI Overlay per vendor edition.
//
//go:embed profiles
var Profiles embed.FS
