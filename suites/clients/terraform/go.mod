module resize-conformance-terraform

go 1.26.0
