"""A complete driver in Python, standard library only. The client in it is urllib: put yours in its place in call()."""
import http.client, json, sys, time, urllib.error, urllib.parse, urllib.request

RESIZE = ["dedicated_host_id", "auto_pay", "mode", "cpu_threads", "dry_run"]
LIST = ["instance_uuid", "source_flavor_id", "source_flavor_name", "sort_key", "sort_dir", "limit", "marker"]
HELLO = {"protocol": 1, "name": "example-python", "version": "1", "credentials": ["token", "none"], "timeout": True,
         "operations": {"resizeServer": RESIZE, "resizePostPaidServer": RESIZE, "showJob": [], "waitForJob": ["interval_ms"], "showServer": [],
                        "listResizeFlavors": LIST, "batchStartServers": ["type", "several"], "batchStopServers": ["type", "several"]}}
class Stay(urllib.request.HTTPRedirectHandler):
    redirect_request = lambda *_: None  # a redirect is no success, and credentials do not travel
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
def call(r, method, path, body=None, seconds=None):
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if r["credentials"].get("token"):
        headers["X-Auth-Token"] = r["credentials"]["token"]
    request = urllib.request.Request(r["endpoint"] + path, body and json.dumps(body).encode(), headers, method=method)
    with OPENER.open(request, timeout=seconds or r.get("timeout_ms", 30000) / 1000) as answer:
        raw = answer.read()
    value = {} if not raw and answer.status != 200 else json.loads(raw)  # accepted, and nothing more to say
    if not isinstance(value, dict) or "error" in value:  # 202 may come with an error
        raise ValueError("wanted the answer to a request that was accepted, got " + str(value))
    return value

def pick(source, **names):
    return {to: str(source[name]) for to, name in names.items() if source.get(name) is not None}

def perform(r):
    op, p, q = r["op"], r["params"], urllib.parse.quote
    v1 = "/v1/" + q(r["project_id"], safe="")
    if op in ("resizeServer", "resizePostPaidServer"):
        resize = {"flavorRef": p["flavor_ref"], **{k: p[k] for k in ("dedicated_host_id", "mode") if k in p}}
        if "auto_pay" in p:
            resize["extendparam"] = {"isAutoPay": "true" if p["auto_pay"] else "false"}
        if "cpu_threads" in p:
            resize["cpu_options"] = {"hw:cpu_threads": p["cpu_threads"]}
        body = {"resize": resize, **{k: p[k] for k in ("dry_run",) if k in p}}
        base = v1 if op == "resizePostPaidServer" else v1.replace("/v1/", "/v1.1/", 1)
        got = call(r, "POST", base + "/cloudservers/" + q(r["server_id"], safe="") + "/resize", body)
        return pick(got, job_id="job_id", order_id="order_id")
    if op in ("batchStartServers", "batchStopServers"):
        action = {"servers": [{"id": i} for i in p["server_ids"]], **{k: p[k] for k in ("type",) if k in p}}
        return pick(call(r, "POST", v1 + "/cloudservers/action", {"os-start" if "Start" in op else "os-stop": action}), job_id="job_id")
    if op == "showServer":
        s = call(r, "GET", v1 + "/cloudservers/" + q(r["server_id"], safe=""))["server"]
        return {"server": {**pick(s, id="id", name="name", status="status", task_state="OS-EXT-STS:task_state"), **pick(s["flavor"], flavor="id")}}
    if op == "listResizeFlavors":
        got = call(r, "GET", v1 + "/cloudservers/resize_flavors?" + urllib.parse.urlencode({k: p[k] for k in LIST if k in p}))
        return {"flavors": [{**pick(f, id="id", name="name", vcpus="vcpus"), "ram": f.get("ram")} for f in got["flavors"]]}
    end = time.monotonic() + r.get("timeout_ms", 30000) / 1000
    while True:
        j = call(r, "GET", v1 + "/jobs/" + q(r["job_id"], safe=""), seconds=max(0.001, end - time.monotonic()))
        if op == "showJob" or j["status"] in ("SUCCESS", "FAIL"):
            return {"job": pick(j, id="job_id", type="job_type", status="status", error_code="error_code", fail_reason="fail_reason")}
        if time.monotonic() >= end:
            raise TimeoutError("the job goes on")
        time.sleep(min(p.get("interval_ms", 5000) / 1000, max(0, end - time.monotonic())))

def told(e):
    if isinstance(e, urllib.error.HTTPError):
        try:
            body = json.load(e)
            inner = body.get("error", body)
            return {"kind": "api", "status": e.code, **pick(inner, code="error_code", message="error_msg"), **pick(inner, code="code", message="message")}
        except Exception:
            return {"kind": "api", "status": e.code, "message": str(e.reason)}
    late = isinstance(e, TimeoutError) or isinstance(getattr(e, "reason", None), TimeoutError)
    kind = "timeout" if late else "network" if isinstance(e, (OSError, http.client.HTTPException)) else "decode"
    return {"kind": kind, "message": str(e)}

print(json.dumps(HELLO), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        response = {"result": perform(request)}
    except Exception as error:
        response = {"error": told(error)}
    print(json.dumps({"id": request["id"], **response}), flush=True)
