package contract

import (
	"net/http"
	"net/url"
	"testing"
)

// typicalResize is the exchange that a run makes most: an accepted resize, with everything in order.
func typicalResize() *Message {
	return &Message{
		Method: http.MethodPost,
		Path:   "/v1.1/0605767d5a00d5762fcbc00c5cb1f8ae/cloudservers/70a599e0-31e7-49b7-b260-868f441e862b/resize",
		RequestHeader: http.Header{"Content-Type": {"application/json;charset=utf-8"}, "X-Auth-Token": {"t"},
			"X-Sdk-Date": {"20261123T061500Z"}},
		RequestBody:    []byte(`{"resize":{"flavorRef":"s3.large.2","extendparam":{"isAutoPay":"true"},"cpu_options":{"hw:cpu_threads":2}},"dry_run":false}`),
		Status:         http.StatusOK,
		ResponseHeader: http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"9c0f6f3d5d6b4f0f8d8f3c1f5a1b2c3d"}},
		ResponseBody:   []byte(`{"job_id":"ff80808288d41e1b018990260955686a"}`),
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(b.Context(), Source{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	c := embedded(b)
	m := typicalResize()
	b.ReportAllocs()
	for b.Loop() {
		if j := c.Judge(b.Context(), m); len(j.Request)+len(j.Response) > 0 {
			b.Fatal(j)
		}
	}
}

// BenchmarkJudgeBroken judges a request that breaks its schema: half of the requests of a run do.
func BenchmarkJudgeBroken(b *testing.B) {
	c := embedded(b)
	m := typicalResize()
	m.RequestBody = []byte(`{"resize":{"flavorRef":7},"dry_run":false}`)
	b.ReportAllocs()
	for b.Loop() {
		if j := c.Judge(b.Context(), m); len(j.Request) != 1 {
			b.Fatal(j)
		}
	}
}

func BenchmarkJudgeParallel(b *testing.B) {
	c := embedded(b)
	m := typicalResize()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Judge(b.Context(), m)
		}
	})
}

// BenchmarkLayer tells where the time of one judgement goes.
func BenchmarkLayer(b *testing.B) {
	c := embedded(b)
	m := typicalResize()
	op, params, _ := c.route(m.Method, m.Path)
	if op == nil {
		b.Fatal("the typical resize matches no operation")
	}
	declared := op.response(m.Status)
	contentType := m.RequestHeader.Get(headerContentType)
	layers := []struct {
		name string
		run  func()
	}{
		{"route", func() { c.route(m.Method, m.Path) }},
		{"strict", func() {
			strictQuery(op, m.Query)
			strictBody(op.body, op.bodyRequired, contentType, m.RequestBody)
			strictBody(declared.content, true, contentType, m.ResponseBody)
		}},
		{"kin-request", func() { c.kin.request(b.Context(), op, m, params, url.Values{}, wholeBody) }},
		{"kin-response", func() { c.kin.response(b.Context(), op, m, wholeBody) }},
		{"lib-request", func() { c.lib.request(b.Context(), op, m, wholeBody) }},
		{"lib-response", func() { c.lib.response(b.Context(), op, m, wholeBody) }},
		{"undeclared", func() { c.undeclared(declared.content.types[0].schema, m.ResponseBody) }},
	}
	for _, layer := range layers {
		b.Run(layer.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				layer.run()
			}
		})
	}
}
