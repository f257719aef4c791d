package conduct

import (
	"testing"

	"resize-conformance/harness/driver"
)

func TestResizeBodies(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	full := driver.Params{DedicatedHostID: "h", AutoPay: &yes, Mode: "withStopServer", CPUThreads: 2, DryRun: &yes}
	all := `,"dedicated_host_id":"h","extendparam":{"isAutoPay":"true"},"mode":"withStopServer","cpu_options":{"hw:cpu_threads":2}`
	judgeAll(t, []sentCase{
		resizeCase("bare", driver.Params{}, body("", ""), ""),
		resizeCase("with a newline", driver.Params{}, body("", "")+"\n", ""),
		resizeCase("escaped", driver.Params{}, `{"resize":{"flavorRef":"s3\u002elarge.2"}}`, ""),
		resizeCase("everything", full, body(all, `,"dry_run":true`), ""),
		resizeCase("dry_run first", full, `{"dry_run":true,"resize":{"cpu_options":{"hw:cpu_threads":2.0},"extendparam":{"isAutoPay":"true"},"mode":"withStopServer","dedicated_host_id":"h","flavorRef":"s3.large.2"}}`, ""),
		resizeCase("empty objects", driver.Params{}, body(`,"extendparam":{},"cpu_options":{}`, `,"dry_run":false`), ""),
		resizeCase("blank isAutoPay", driver.Params{}, body(`,"extendparam":{"isAutoPay":""}`, ""), ""),
		resizeCase("defaults said", driver.Params{}, body(`,"extendparam":{"isAutoPay":"false"}`, `,"dry_run":false`), ""),
		resizeCase("false left out", driver.Params{AutoPay: &no, DryRun: &no}, body("", ""), ""),
		resizeCase("dry_run inside", driver.Params{DryRun: &yes}, body(`,"dry_run":true`, ""), "003!"),
		resizeCase("dry_run inside, unasked", driver.Params{}, body(`,"dry_run":false`, ""), "003"),
		resizeCase("dry_run a string", driver.Params{DryRun: &yes}, body("", `,"dry_run":"true"`), "004!"),
		resizeCase("dry_run a number", driver.Params{DryRun: &no}, body("", `,"dry_run":0`), "004!"),
		resizeCase("dry_run lost", driver.Params{DryRun: &yes}, body("", ""), "007!"),
		resizeCase("dry_run turned round", driver.Params{DryRun: &yes}, body("", `,"dry_run":false`), "007!"),
		resizeCase("dry_run unasked", driver.Params{}, body("", `,"dry_run":true`), "008!"),
		resizeCase("dry_run null", driver.Params{}, body("", `,"dry_run":null`), "008!"),
		resizeCase("isAutoPay a boolean", driver.Params{AutoPay: &yes}, body(`,"extendparam":{"isAutoPay":true}`, ""), "005!"),
		resizeCase("isAutoPay True", driver.Params{AutoPay: &yes}, body(`,"extendparam":{"isAutoPay":"True"}`, ""), "005!"),
		resizeCase("isAutoPay 1, unasked", driver.Params{}, body(`,"extendparam":{"isAutoPay":1}`, ""), "005! 009!"),
		resizeCase("isAutoPay null", driver.Params{}, body(`,"extendparam":{"isAutoPay":null}`, ""), "008!"),
		resizeCase("pays unasked", driver.Params{}, body(`,"extendparam":{"isAutoPay":"true"}`, ""), "009!"),
		resizeCase("pays although it must not", driver.Params{AutoPay: &no}, body(`,"extendparam":{"isAutoPay":"true"}`, ""), "009!"),
		resizeCase("does not pay", driver.Params{AutoPay: &yes}, body(`,"extendparam":{"isAutoPay":"false"}`, ""), "007!"),
		resizeCase("extendparam lost", driver.Params{AutoPay: &yes}, body(`,"extendparam":null`, ""), "007!"),
		resizeCase("extendparam an array", driver.Params{}, body(`,"extendparam":[]`, ""), "008!"),
		resizeCase("threads a string", driver.Params{CPUThreads: 2}, body(`,"cpu_options":{"hw:cpu_threads":"2"}`, ""), "006!"),
		resizeCase("other threads", driver.Params{CPUThreads: 2}, body(`,"cpu_options":{"hw:cpu_threads":1}`, ""), "007!"),
		resizeCase("no threads", driver.Params{}, body(`,"cpu_options":{"hw:cpu_threads":0}`, ""), "008!"),
		resizeCase("threads misnamed", driver.Params{CPUThreads: 2}, body(`,"cpu_options":{"cpu_threads":2}`, ""), "007! 011"),
		resizeCase("other flavor", driver.Params{}, `{"resize":{"flavorRef":"S3.LARGE.2"}}`, "007!"),
		resizeCase("host empty", driver.Params{}, body(`,"dedicated_host_id":""`, ""), "008!"),
		resizeCase("mode unasked", driver.Params{}, body(`,"mode":"withStopServer"`, ""), "010"),
		resizeCase("mode null", driver.Params{}, body(`,"mode":null`, ""), "008!"),
		resizeCase("unknown member", driver.Params{}, body(`,"flavor/ref":1`, ""), "011"),
		resizeCase("force", driver.Params{}, body(`,"force":true`, ""), ""),
		resizeCase("resize null", driver.Params{}, `{"resize":null}`, "007!"),
		resizeCase("null", driver.Params{}, `null`, "007!"),
		resizeCase("a list", driver.Params{}, `[{}]`, "007!"),
		resizeCase("nothing", driver.Params{}, ``, "012!"),
		resizeCase("twice the name", driver.Params{}, `{"resize":{"flavorRef":"a"},"resize":{"flavorRef":"s3.large.2"}}`, "012!"),
		resizeCase("twice the name, and more", driver.Params{}, `{"resize":{"flavorRef":"s3.large.2"},"resize":{}} {}`, "012!"),
		resizeCase("twice the value", driver.Params{}, body("", "")+body("", ""), "012!"),
		resizeCase("comma", driver.Params{}, `{"resize":{"flavorRef":"s3.large.2"},}`, "012!"),
		resizeCase("Latin-1", driver.Params{}, body(",\"dedicated_host_id\":\"\xe4\"", ""), "008! 012!"),
		resizeCase("half a surrogate", driver.Params{DedicatedHostID: "\ufffd"}, body(`,"dedicated_host_id":"\ud800"`, ""), ""),
		resizeCase("a mark of the order of bytes", driver.Params{}, "\xef\xbb\xbf"+body("", ""), "012!"),
		{"cut off", resizeOf(driver.Params{}), []message{{line: resizeLine, header: headers(), body: `{"resize":{"fla`, cut: true}}, ""},
		{"packed", resizeOf(driver.Params{}), []message{{line: resizeLine, header: headers("Content-Encoding: gzip"), body: "\x1f\x8b", status: 400}}, ""},
	})
}
