"""The driver of huaweicloudsdkecs. The protocol is in ../examples/README.md, what the SDK cannot be asked for in README.md."""
import importlib.metadata
import json
import os
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import requests.exceptions
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions import exceptions
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkecs.v2 import EcsClient, model as ecs

OPERATIONS = {
    "resizeServer": ["dedicated_host_id", "auto_pay", "mode", "cpu_threads", "dry_run"],
    "resizePostPaidServer": ["mode", "cpu_threads", "dry_run"],
    "showJob": [],
    "showServer": [],
    "listResizeFlavors": ["instance_uuid", "source_flavor_id", "source_flavor_name", "sort_key", "sort_dir", "limit", "marker"],
    "batchStartServers": ["several"],
    "batchStopServers": ["type", "several"],
}
IN_FLIGHT = 8
HELLO = {
    "protocol": 1,
    "name": "huaweicloud-sdk-python",
    "version": importlib.metadata.version("huaweicloudsdkecs"),
    "credentials": ["access_key", "security_token"],
    "timeout": True,
    "in_flight": IN_FLIGHT,
    "operations": OPERATIONS,
}


class Unsupported(Exception):
    """What the SDK cannot be asked for."""


def client_of(r):
    keys = r["credentials"]
    if not keys.get("access_key"):
        raise Unsupported("credentials other than an access key")
    credentials = BasicCredentials(keys["access_key"], keys.get("secret_key"), r["project_id"])
    if keys.get("security_token"):
        credentials = credentials.with_security_token(keys["security_token"])
    config = HttpConfig.get_default_config()
    if r.get("timeout_ms"):
        config.timeout = r["timeout_ms"] / 1000
    if os.environ.get("CONFORMANCE_CA_FILE"):
        config.ssl_ca_cert = os.environ["CONFORMANCE_CA_FILE"]
    return EcsClient.new_builder().with_http_config(config).with_credentials(credentials).with_endpoint(r["endpoint"]).build()


def given(p, **names):
    """The keyword arguments for the parameters that are there, and no others."""
    return {to: p[name] for to, name in names.items() if name in p}


def resize_of(option, p):
    members = given(p, flavor_ref="flavor_ref", dedicated_host_id="dedicated_host_id", mode="mode")
    if "auto_pay" in p:
        members["extendparam"] = ecs.ResizeServerExtendParam(is_auto_pay="true" if p["auto_pay"] else "false")
    if "cpu_threads" in p:
        members["cpu_options"] = ecs.CpuOptions(hwcpu_threads=p["cpu_threads"])
    return option(**members)


def shown(source, **names):
    """What the SDK shows, as the text that the protocol has. None means that it shows nothing."""
    values = {to: getattr(source, name) for to, name in names.items()}
    return {to: v if isinstance(v, str) else json.dumps(v, default=str) for to, v in values.items() if v is not None}


def resize_server(client, r, p):
    body = ecs.ResizeServerRequestBody(resize=resize_of(ecs.ResizePrePaidServerOption, p), **given(p, dry_run="dry_run"))
    return shown(client.resize_server(ecs.ResizeServerRequest(server_id=r["server_id"], body=body)), job_id="job_id", order_id="order_id")


def resize_post_paid_server(client, r, p):
    body = ecs.ResizePostPaidServerRequestBody(resize=resize_of(ecs.ResizePostPaidServerOption, p), **given(p, dry_run="dry_run"))
    return shown(client.resize_post_paid_server(ecs.ResizePostPaidServerRequest(server_id=r["server_id"], body=body)), job_id="job_id")


def show_job(client, r, p):
    got = client.show_job(ecs.ShowJobRequest(job_id=r["job_id"]))
    job = shown(got, id="job_id", type="job_type", status="status", error_code="error_code", fail_reason="fail_reason")
    if got.entities is not None:
        subs = [sub.entities for sub in got.entities.sub_jobs or [] if sub is not None and sub.entities is not None]
        ids = [e.server_id for e in [got.entities, *subs] if e.server_id is not None]
        if ids:
            job["server_id"] = ids[0]
    return {"job": job}


def show_server(client, r, p):
    got = client.show_server(ecs.ShowServerRequest(server_id=r["server_id"])).server
    if got is None:
        return {}
    server = shown(got, id="id", name="name", status="status", task_state="os_ext_st_stask_state")
    if got.flavor is not None:
        server.update(shown(got.flavor, flavor="id"))
    return {"server": server}


def list_resize_flavors(client, r, p):
    names = {name: name for name in OPERATIONS["listResizeFlavors"]}
    got = client.list_resize_flavors(ecs.ListResizeFlavorsRequest(**given(p, **names))).flavors
    if got is None:
        return {}
    return {"flavors": [{"id": "", **shown(f, id="id", name="name", vcpus="vcpus"), "ram": f.ram} for f in got if f is not None]}


def batch_start_servers(client, r, p):
    option = ecs.BatchStartServersOption(servers=[ecs.ServerId(id=i) for i in p["server_ids"]])
    request = ecs.BatchStartServersRequest(body=ecs.BatchStartServersRequestBody(os_start=option))
    return shown(client.batch_start_servers(request), job_id="job_id")


def batch_stop_servers(client, r, p):
    option = ecs.BatchStopServersOption(servers=[ecs.ServerId(id=i) for i in p["server_ids"]], **given(p, type="type"))
    request = ecs.BatchStopServersRequest(body=ecs.BatchStopServersRequestBody(os_stop=option))
    return shown(client.batch_stop_servers(request), job_id="job_id")


CALLS = {
    "resizeServer": resize_server,
    "resizePostPaidServer": resize_post_paid_server,
    "showJob": show_job,
    "showServer": show_server,
    "listResizeFlavors": list_resize_flavors,
    "batchStartServers": batch_start_servers,
    "batchStopServers": batch_stop_servers,
}


def perform(r):
    op, p = r["op"], r["params"]
    if op not in CALLS:
        raise Unsupported("no " + op)
    missing = [name for name in p if name not in ("flavor_ref", "server_ids", *OPERATIONS[op])]
    if missing:
        raise Unsupported("no " + ", ".join(missing))
    client = client_of(r)
    try:
        return CALLS[op](client, r, p)
    finally:
        client.close()


# The kinds that the classes of the SDK's exceptions name, and those of the HTTP library that it lets through. The first that fits counts.
KINDS = [
    (exceptions.RequestTimeoutException, "timeout"),
    (exceptions.ConnectionException, "network"),
    (requests.exceptions.Timeout, "timeout"),
    (requests.exceptions.ContentDecodingError, "decode"),
    (requests.exceptions.ConnectionError, "network"),
    (requests.exceptions.ChunkedEncodingError, "network"),
]


def told(e):
    if isinstance(e, Unsupported):
        return {"kind": "unsupported", "message": str(e)}
    if isinstance(e, exceptions.ServiceResponseException):
        return {"kind": "api", "status": e.status_code, **shown(e, code="error_code", message="error_msg")}
    if not isinstance(e, exceptions.SdkException):
        traceback.print_exception(e)
    kind = next((kind for kinds, kind in KINDS if isinstance(e, kinds)), "other")
    return {"kind": kind, "message": str(e)}


writing = threading.Lock()


def say(line):
    with writing:
        print(json.dumps(line), file=protocol, flush=True)


def answer(r):
    try:
        response = {"result": perform(r)}
    except Exception as e:
        response = {"error": told(e)}
    say({"id": r["id"], **response})


# Whatever else writes to standard output writes to standard error: the protocol is alone there.
protocol, sys.stdout = sys.stdout, sys.stderr
say(HELLO)
with ThreadPoolExecutor(IN_FLIGHT) as pool:
    for line in sys.stdin:
        pool.submit(answer, json.loads(line))
