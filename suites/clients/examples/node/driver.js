// A complete driver for Node 20 or newer, nothing but its own library. The client in it is fetch: put yours in its place in call().
'use strict'
const RESIZE = ['dedicated_host_id', 'auto_pay', 'mode', 'cpu_threads', 'dry_run']
const LIST = ['instance_uuid', 'source_flavor_id', 'source_flavor_name', 'sort_key', 'sort_dir', 'limit', 'marker']
const POWER = ['type', 'several']
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n')
const text = (v) => (v === null || v === undefined ? undefined : String(v)) // JSON leaves undefined out
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

class Told extends Error { constructor (error) { super(error.message); this.error = error } }

async function call (r, method, path, body, ms = r.timeout_ms || 30000) {
  const headers = { Accept: 'application/json' }
  if (body) headers['Content-Type'] = 'application/json'
  if (r.credentials.token) headers['X-Auth-Token'] = r.credentials.token
  const answer = await fetch(r.endpoint + path, { method, headers, body: body && JSON.stringify(body), redirect: 'manual', signal: AbortSignal.timeout(ms) })
  const raw = await answer.text()
  if (answer.ok && answer.status !== 200 && !raw) return {} // accepted, and nothing more to say
  let value
  try { value = JSON.parse(raw) } catch (e) { if (answer.ok) throw new Told({ kind: 'decode', message: e.message }) }
  if (!answer.ok || (value && value.error)) { // 202 may come with an error
    const e = (value && value.error) || value || {}
    throw new Told({ kind: 'api', status: answer.status, code: text(e.code ?? e.error_code), message: text(e.message ?? e.error_msg) })
  }
  if (value === null || typeof value !== 'object') throw new Told({ kind: 'decode', message: 'wanted an object' })
  return value
}

async function perform (r) {
  const p = r.params
  const path = (version, rest) => `/${version}/${encodeURIComponent(r.project_id)}/${rest}`
  if (r.op === 'resizeServer' || r.op === 'resizePostPaidServer') {
    const body = { resize: { flavorRef: p.flavor_ref, dedicated_host_id: p.dedicated_host_id, mode: p.mode }, dry_run: p.dry_run }
    if (p.auto_pay !== undefined) body.resize.extendparam = { isAutoPay: String(p.auto_pay) }
    if (p.cpu_threads !== undefined) body.resize.cpu_options = { 'hw:cpu_threads': p.cpu_threads }
    const got = await call(r, 'POST', path(r.op === 'resizeServer' ? 'v1.1' : 'v1', `cloudservers/${encodeURIComponent(r.server_id)}/resize`), body)
    return { job_id: text(got.job_id), order_id: text(got.order_id) }
  }
  if (r.op === 'batchStartServers' || r.op === 'batchStopServers') {
    const action = { servers: p.server_ids.map((id) => ({ id })), type: p.type }
    const got = await call(r, 'POST', path('v1', 'cloudservers/action'), { [r.op === 'batchStartServers' ? 'os-start' : 'os-stop']: action })
    return { job_id: text(got.job_id) }
  }
  if (r.op === 'showServer') {
    const { server: s } = await call(r, 'GET', path('v1', `cloudservers/${encodeURIComponent(r.server_id)}`))
    return { server: { id: text(s.id), name: text(s.name), status: text(s.status), task_state: text(s['OS-EXT-STS:task_state']), flavor: text(s.flavor.id) } }
  }
  if (r.op === 'listResizeFlavors') {
    const query = new URLSearchParams(LIST.filter((k) => p[k] !== undefined).map((k) => [k, String(p[k])]))
    const got = await call(r, 'GET', path('v1', `cloudservers/resize_flavors?${query}`))
    return { flavors: got.flavors.map((f) => ({ id: f.id, name: text(f.name), vcpus: text(f.vcpus), ram: f.ram })) }
  }
  const end = Date.now() + (r.timeout_ms || 30000)
  for (;;) {
    const j = await call(r, 'GET', path('v1', `jobs/${encodeURIComponent(r.job_id)}`), undefined, Math.max(1, end - Date.now()))
    if (r.op === 'showJob' || j.status === 'SUCCESS' || j.status === 'FAIL') {
      return { job: { id: text(j.job_id), type: text(j.job_type), status: text(j.status), error_code: text(j.error_code), fail_reason: text(j.fail_reason) } }
    }
    await sleep(Math.min(p.interval_ms || 5000, Math.max(0, end - Date.now())))
    if (Date.now() >= end) throw new Told({ kind: 'timeout', message: 'the job goes on' })
  }
}

async function answer (r) {
  try { say({ id: r.id, result: await perform(r) }) } catch (e) {
    const kind = e.name === 'TimeoutError' ? 'timeout' : e.cause ? 'network' : 'decode'
    say({ id: r.id, error: e.error || { kind, message: String(e.cause || e.message) } })
  }
}

say({ protocol: 1, name: 'example-node', version: '1', credentials: ['token', 'none'], timeout: true, in_flight: 16,
  operations: { resizeServer: RESIZE, resizePostPaidServer: RESIZE, showJob: [], waitForJob: ['interval_ms'], showServer: [], listResizeFlavors: LIST, batchStartServers: POWER, batchStopServers: POWER } })
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => answer(JSON.parse(line)))
