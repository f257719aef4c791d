package main

import (
	"strings"
	"testing"
)

// What the provider's users read, and what of it the protocol has a word for.
func TestErrorsAreToldAsFarAsTheyAreShown(t *testing.T) {
	const at = "error resizing server: "
	const request = "[POST http://127.0.0.1:1/v1.1/p/cloudservers/s/resize], request_id: r, error message: "
	for text, want := range map[string]told{
		at + "Bad request with: " + request + `{"error":{"message":"m","code":"Ecs.0029"}}`:                                                                                  {Kind: "api", Status: 400, Code: "Ecs.0029"},
		at + "Bad request with: " + request + `{"error_msg":"m","error_code":"APIGW.0201","request_id":"r"}`:                                                                 {Kind: "api", Status: 400, Code: "APIGW.0201"},
		at + "Resource not found: " + request + `{"code":"Common.0011","message":"m"}`:                                                                                       {Kind: "api", Status: 404, Code: "Common.0011"},
		at + "Action forbidden: " + request + `{"error":{"message":"m","code":403}}`:                                                                                         {Kind: "api", Status: 403, Code: "403"},
		at + "Internal Server Error: " + request + `<html>no JSON</html>`:                                                                                                    {Kind: "api", Status: 500},
		at + "Too many requests: " + request:                                                                                                                                 {Kind: "api", Status: 429},
		"compute instance: Authentication failed":                                                                                                                            {Kind: "api", Status: 401},
		at + "The request could not be processed due to conflict in the request":                                                                                             {Kind: "api", Status: 409},
		at + "The service is currently unable to handle the request due to a temporary overloading":                                                                          {Kind: "api", Status: 503},
		at + "Expected HTTP response code [200] when accessing [POST http://h/p], but got 202 instead.\n" + `request_id: r, error message: {"error":{"code":"Common.0024"}}`: {Kind: "api", Status: 202, Code: "Common.0024"},
		"error waiting for instance (s) to be resized: Job failed with code Ecs.0217: the resize failed":                                                                     {Kind: "job", Code: "Ecs.0217"},
		"error waiting for instance (s) to be resized: Job failed with code : ":                                                                                              {Kind: "job"},
		"error waiting for instance (s) to be resized: A timeout occurred":                                                                                                   {Kind: "timeout"},
		`Get "http://127.0.0.1:1/": connection error, retries exhausted. Aborting. Last error was: dial tcp …`:                                                               {Kind: "network"},
		`Post "http://127.0.0.1:1/": EOF`:                                                                                                                                    {Kind: "network"},
		at + "invalid character '<' looking for beginning of value":                                                                                                          {Kind: "decode"},
		"error getting flavor: missing required argument: the `flavor_id` must be specified":                                                                                 {Kind: "validation"},
		"Import returned no resources":                                                                                                                                       {Kind: "other"},
	} {
		want.Message = text
		if got := *errorOf(text); got != want {
			t.Errorf("%s\ngot  %+v\nwant %+v", text, got, want)
		}
	}
}

// Results come from the outputs of the apply, and never from those that a plan announces.
func TestOutputsAreTold(t *testing.T) {
	out := `{"type":"outputs","outputs":{"id":{"action":"create"},"status":{"action":"create"}}}
{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Provider development overrides are in effect"}}
{"type":"outputs","outputs":{"id":{"value":"a"},"name":{"value":null},"status":{"value":"SHUTOFF"},"flavor_id":{"value":"s3.large.2"}}}
`
	got, err := tell(request{Operation: "showServer"}, strings.NewReader(out))
	if err != nil || got.Error != nil || got.Result == nil {
		t.Fatalf("got %+v, %v", got, err)
	}
	s := got.Result.Server
	if s.ID == nil || *s.ID != "a" || s.Name != nil || s.Status == nil || *s.Status != "SHUTOFF" || s.Flavor == nil || *s.Flavor != "s3.large.2" {
		t.Errorf("got %+v", s)
	}
	if _, err := tell(request{}, strings.NewReader("panic: no JSON")); err == nil {
		t.Error("an output that is no JSON is taken for a success")
	}
}
