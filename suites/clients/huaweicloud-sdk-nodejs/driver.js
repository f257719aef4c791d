// The driver of @huaweicloud/huaweicloud-sdk-ecs. The protocol is in ../examples/README.md, what the SDK cannot be asked for in README.md.
'use strict'
const { createRequire } = require('node:module')
const path = require('node:path')

// The SDK logs to standard output, which belongs to the protocol. Its lines go to standard error.
const write = process.stdout.write.bind(process.stdout)
const say = (line) => write(JSON.stringify(line) + '\n')
process.stdout.write = process.stderr.write.bind(process.stderr)

const installed = createRequire(path.join(__dirname, '.built', 'package.json'))
const { BasicCredentials } = installed('@huaweicloud/huaweicloud-sdk-core')
const ecs = installed('@huaweicloud/huaweicloud-sdk-ecs/v2/public-api')

const OPERATIONS = {
  resizeServer: ['dedicated_host_id', 'auto_pay', 'mode', 'cpu_threads', 'dry_run'],
  resizePostPaidServer: ['mode', 'cpu_threads', 'dry_run'],
  showJob: [],
  showServer: [],
  listResizeFlavors: ['instance_uuid', 'source_flavor_id', 'source_flavor_name', 'sort_key', 'sort_dir', 'limit', 'marker'],
  batchStartServers: ['several'],
  batchStopServers: ['type', 'several']
}

// Told is what the driver itself says: that the SDK cannot be asked for something.
class Told extends Error { constructor (message) { super(message); this.error = { kind: 'unsupported', message } } }

function clientOf (r) {
  const { access_key: ak, secret_key: sk, security_token: temporary } = r.credentials
  if (!ak) throw new Told('credentials other than an access key')
  const credentials = new BasicCredentials().withAk(ak).withSk(sk).withProjectId(r.project_id)
  if (temporary) credentials.withSecurityToken(temporary)
  const builder = ecs.EcsClient.newBuilder().withCredential(credentials).withEndpoint(r.endpoint)
  if (r.timeout_ms) builder.withOptions({ axiosRequestConfig: { timeout: r.timeout_ms } })
  return builder.build()
}

// set calls a setter of the SDK for each parameter that is there, and for no other.
function set (model, params, setters) {
  for (const [name, setter] of Object.entries(setters)) {
    if (name in params) setter(model, params[name])
  }
  return model
}

const resize = {
  dedicated_host_id: (o, v) => o.withDedicatedHostId(v),
  auto_pay: (o, v) => o.withExtendparam(new ecs.ResizeServerExtendParam().withIsAutoPay(String(v))),
  mode: (o, v) => o.withMode(v),
  cpu_threads: (o, v) => o.withCpuOptions(new ecs.CpuOptions().withHwCpuThreads(v))
}

// A result of the SDK is the JSON of the answer: the getters that its types declare are not there when it runs. So its members are taken by their names.
// The protocol has text where the SDK may have given something else.
const text = (v) => (v === null || v === undefined ? undefined : typeof v === 'string' ? v : JSON.stringify(v))

const calls = {
  async resizeServer (client, r, p) {
    const body = new ecs.ResizeServerRequestBody(set(new ecs.ResizePrePaidServerOption(p.flavor_ref), p, resize))
    set(body, p, { dry_run: (o, v) => o.withDryRun(v) })
    const got = await client.resizeServer(new ecs.ResizeServerRequest(r.server_id).withBody(body))
    return { job_id: text(got.job_id), order_id: text(got.order_id) }
  },
  async resizePostPaidServer (client, r, p) {
    const body = new ecs.ResizePostPaidServerRequestBody(set(new ecs.ResizePostPaidServerOption(p.flavor_ref), p, resize))
    set(body, p, { dry_run: (o, v) => o.withDryRun(v) })
    const got = await client.resizePostPaidServer(new ecs.ResizePostPaidServerRequest(r.server_id).withBody(body))
    return { job_id: text(got.job_id) }
  },
  async showJob (client, r) {
    const j = await client.showJob(new ecs.ShowJobRequest(r.job_id))
    const sub = Array.isArray(j.entities?.sub_jobs) ? j.entities.sub_jobs.map((s) => s?.entities?.server_id) : []
    return {
      job: {
        id: text(j.job_id),
        type: text(j.job_type),
        status: text(j.status),
        error_code: text(j.error_code),
        fail_reason: text(j.fail_reason),
        server_id: text([j.entities?.server_id, ...sub].find((id) => id !== null && id !== undefined))
      }
    }
  },
  async showServer (client, r) {
    const { server: s } = await client.showServer(new ecs.ShowServerRequest(r.server_id))
    if (s === null || s === undefined) return {}
    return { server: { id: text(s.id), name: text(s.name), status: text(s.status), task_state: text(s['OS-EXT-STS:task_state']), flavor: text(s.flavor?.id) } }
  },
  async listResizeFlavors (client, r, p) {
    const got = await client.listResizeFlavors(set(new ecs.ListResizeFlavorsRequest(), p, {
      instance_uuid: (o, v) => o.withInstanceUuid(v),
      source_flavor_id: (o, v) => o.withSourceFlavorId(v),
      source_flavor_name: (o, v) => o.withSourceFlavorName(v),
      sort_key: (o, v) => o.withSortKey(v),
      sort_dir: (o, v) => o.withSortDir(v),
      limit: (o, v) => o.withLimit(v),
      marker: (o, v) => o.withMarker(v)
    }))
    if (!Array.isArray(got.flavors)) return {}
    return { flavors: got.flavors.map((f) => ({ id: text(f?.id) ?? '', name: text(f?.name), vcpus: text(f?.vcpus), ram: Number.isInteger(f?.ram) ? f.ram : undefined })) }
  },
  async batchStartServers (client, r, p) {
    const option = new ecs.BatchStartServersOption(p.server_ids.map((id) => new ecs.ServerId(id)))
    const got = await client.batchStartServers(new ecs.BatchStartServersRequest().withBody(new ecs.BatchStartServersRequestBody(option)))
    return { job_id: text(got.job_id) }
  },
  async batchStopServers (client, r, p) {
    const option = set(new ecs.BatchStopServersOption(p.server_ids.map((id) => new ecs.ServerId(id))), p, { type: (o, v) => o.withType(v) })
    const got = await client.batchStopServers(new ecs.BatchStopServersRequest().withBody(new ecs.BatchStopServersRequestBody(option)))
    return { job_id: text(got.job_id) }
  }
}

async function perform (r) {
  const options = OPERATIONS[r.op]
  const missing = options ? Object.keys(r.params).filter((name) => !['flavor_ref', 'server_ids', ...options].includes(name)) : [r.op]
  if (missing.length > 0) throw new Told('no ' + missing.join(', '))
  return calls[r.op](clientOf(r), r, r.params)
}

// told is what the SDK says of an error. It makes no difference between a broken connection, a time limit and an answer that it could not use: all are a
// ServiceResponseException without a status.
function told (e) {
  if (e instanceof Told) return e.error
  if (/ResponseException$|RequestException$/.test(e?.name)) {
    return { kind: e.httpStatusCode ? 'api' : 'other', status: e.httpStatusCode, code: text(e.errorCode), message: text(e.errorMsg) }
  }
  if (e?.name === 'RequiredError') return { kind: 'validation', message: e.message || text(e.field) }
  console.error(e)
  return { kind: 'other', message: String(e?.message ?? e) }
}

async function answer (r) {
  try { say({ id: r.id, result: await perform(r) }) } catch (e) { say({ id: r.id, error: told(e) }) }
}

say({
  protocol: 1,
  name: 'huaweicloud-sdk-nodejs',
  version: `${installed('@huaweicloud/huaweicloud-sdk-ecs/package.json').version} (core ${installed('@huaweicloud/huaweicloud-sdk-core/package.json').version})`,
  credentials: ['access_key', 'security_token'],
  timeout: true,
  in_flight: 16,
  operations: OPERATIONS
})
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)))
