// Package manifests looks whether the manifests beside it are what Kubernetes and Sonobuoy take, and does with their scripts what those would do: it runs them with the
// variables that a pod is given, one process a pod, and looks at what is left for the next.
//
// It is a module of its own, so that the product does not depend on the types of Kubernetes, and it imports nothing of the product.
package manifests
