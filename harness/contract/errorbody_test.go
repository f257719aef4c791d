package contract

import (
	"slices"
	"testing"
)

func TestErrorCode(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		name, body    string
		code, message string // both empty: none to be found
		codes         []string
	}{
		{"service", `{"error":{"message":"m","code":"Ecs.0005"}}`, "Ecs.0005", "m", []string{"Ecs.0005"}},
		{"service with details", `{"error":{"message":"m","code":"Ecs.0005","details":[{"code":"Ecs.0057","message":"d"},{"message":"no code"}]}}`,
			"Ecs.0005", "m", []string{"Ecs.0005", "Ecs.0057"}},
		{"details before the code", `{"error":{"details":[{"code":"Ecs.1520","message":"d"}],"code":"Ecs.0304","message":"m"}}`,
			"Ecs.0304", "m", []string{"Ecs.0304", "Ecs.1520"}},
		{"gateway", `{"error_msg":"m","error_code":"APIGW.0301","request_id":"r"}`, "APIGW.0301", "m", []string{"APIGW.0301"}},
		{"gateway without id", `{"error_msg":"m","error_code":"IMG.0001"}`, "IMG.0001", "m", []string{"IMG.0001"}},
		{"bare", `{"code":"Common.0011","message":"m"}`, "Common.0011", "m", []string{"Common.0011"}},
		{"integer code", `{"error":{"message":"m","code":401,"title":"Unauthorized"}}`, "401", "m", []string{"401"}},
		{"JSON in the message", `{"error":{"message":"{\"badRequest\":{\"message\":\"n\",\"code\":400}}","code":"Ecs.1000"}}`,
			"Ecs.1000", `{"badRequest":{"message":"n","code":400}}`, []string{"Ecs.1000", "400"}},
		{"batch", `{"error":{"code":"Ecs.0611","message":"m"},"internalError":[{"id":"i","error_code":"Ecs.0114","error_message":"n"}]}`,
			"Ecs.0611", "m", []string{"Ecs.0611", "Ecs.0114"}},
		{"old gateway", `{"message":"m","request_id":"r"}`, "", "", nil},
		{"policy denial", `{"error":{"code":"Pdp.0001","message":"m"},"encoded_authorization_message":"e"}`, "Pdp.0001", "m", []string{"Pdp.0001"}},
		{"another object around it", `{"badRequest":{"code":400,"message":"m"}}`, "400", "m", []string{"400"}},
		{"top-level error_code before code", `{"code":"a","message":"m","error_code":"b","error_msg":"n"}`, "b", "n", []string{"b", "a"}},
		{"something after it", `{"code":"a","message":"m"} x`, "a", "m", []string{"a"}},
		{"empty code", `{"error":{"code":"","message":"m"}}`, "", "", nil},
		{"blank code", `{"error":{"code":" ","message":"m"}}`, "", "", nil},
		{"empty message", `{"error":{"code":"Ecs.0005","message":""}}`, "", "", []string{"Ecs.0005"}},
		{"null code", `{"error":{"code":null,"message":"m"}}`, "", "", nil},
		{"boolean code", `{"error":{"code":true,"message":"m"}}`, "", "", nil},
		{"code and message apart", `{"code":"a","error":{"message":"m"}}`, "", "", []string{"a"}},
		{"a name written by numbers", `{"error":{"\u0063ode":"Ecs.0005","message":"m"}}`, "Ecs.0005", "m", []string{"Ecs.0005"}},
		{"array", `[{"code":"a","message":"m"}]`, "", "", nil},
		{"HTML", `<html>`, "", "", nil},
		{"empty", ``, "", "", nil},
		{"cut off", `{"error":{"code":"a","mess`, "", "", nil},
	} {
		t.Run(k.name, func(t *testing.T) {
			code, message, ok := ErrorCode([]byte(k.body))
			if code != k.code || message != k.message || ok != (k.code != "") {
				t.Errorf("ErrorCode = %q, %q, %t; want %q, %q", code, message, ok, k.code, k.message)
			}
			if codes := ErrorCodes([]byte(k.body)); !slices.Equal(codes, k.codes) {
				t.Errorf("ErrorCodes = %q, want %q", codes, k.codes)
			}
		})
	}
}

func FuzzErrorCode(f *testing.F) {
	f.Add([]byte(`{"error":{"code":"a","message":"{\"b\":1}"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		code, message, ok := ErrorCode(body)
		if ok != (code != "" && message != "") {
			t.Errorf("ErrorCode = %q, %q, %t", code, message, ok)
		}
		if ok && !slices.Contains(ErrorCodes(body), code) {
			t.Errorf("ErrorCodes lacks %q", code)
		}
	})
}
