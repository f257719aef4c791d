module resize-conformance-golangsdk

go 1.26.0

require (
	github.com/chnsz/golangsdk v0.0.0-20260514121205-83ad1d270e52
	go.yaml.in/yaml/v3 v3.0.6
)

require (
	github.com/tjfoc/gmsm v1.4.1 // indirect
	go.mongodb.org/mongo-driver v1.17.2 // indirect
	golang.org/x/crypto v0.26.0 // indirect
)
