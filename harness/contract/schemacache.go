package contract

import "github.com/pb33f/libopenapi-validator/cache"

// schemaCache keeps compiled schemas for libopenapi without their text. With the text, the library parses it again as YAML for every body that it finds fault with,
// only to give a line of the schema; that line comes from the contract here (locate.go). A parameter's text it writes anew for every request unless it
// finds one, so there it finds one.
type schemaCache struct{ *cache.DefaultCache }

func newSchemaCache() schemaCache { return schemaCache{cache.NewDefaultCache()} }

// Store implements cache.SchemaCache.
func (c schemaCache) Store(key uint64, value *cache.SchemaCacheEntry) {
	lean := *value
	lean.RenderedInline, lean.RenderedNode, lean.ResourceNodes = nil, nil, nil
	if s := value.Schema; s != nil && s.GoLow() != nil && s.GoLow().Hash() == key { // a parameter's; that of a body has a direction in its key
		lean.RenderedInline = []byte("{}")
	}
	c.DefaultCache.Store(key, &lean)
}
