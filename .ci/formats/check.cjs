// Gives the reports of a run to programs from npm that read them. Usage: node check.cjs REPORTS TOOLS, with NODE_PATH set to TOOLS/node_modules.
'use strict'
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const [dir, tools] = process.argv.slice(2)
const at = (name) => path.join(dir, name)
const read = (name) => fs.readFileSync(at(name), 'utf8')
const version = (name) => JSON.parse(fs.readFileSync(path.join(tools, 'node_modules', name, 'package.json'))).version
const results = JSON.parse(read('results.json'))
const want = { tests: results.results.length, failed: 0, passed: 0 }
for (const r of results.results) {
	if (['FAIL', 'NOT_TESTABLE', 'XPASS', 'HARNESS_ERROR'].includes(r.verdict)) want.failed++
	if (['PASS', 'WARN'].includes(r.verdict)) want.passed++
}

let bad = 0
const tell = (name, format, problems, said) => {
	bad += problems.length
	console.log(`  ${problems.length ? 'NOT OK' : 'ok    '}  ${format}: ${name} ${version(name)}${said ? `: ${said}` : ''}`)
	for (const p of problems.slice(0, 10)) console.log(`          ${p}`)
}
const counts = (summary) => ['tests', 'failed', 'passed'].filter((k) => summary[k] !== want[k]).map((k) => `${k}: ${summary[k]}, wanted ${want[k]}`)
const multitool = (...args) => spawnSync(path.join(tools, 'node_modules', '@microsoft', `sarif-multitool-${process.platform}`, 'Sarif.Multitool'), args, { encoding: 'utf8' })

async function main() {
	const har = JSON.parse(read('exchanges.har'))
	await require('har-validator').har(har).then(
		() => tell('har-validator', 'HAR', [], `${har.log.entries.length} entries`),
		(e) => tell('har-validator', 'HAR', e.errors.map((one) => `${one.dataPath} ${one.message}`)),
	)

	Object.assign(globalThis, { self: globalThis, window: globalThis, location: { search: '', href: 'http://127.0.0.1/' } }) // what the panel finds in a browser
	const { Format, Importer } = await import(path.join(tools, 'panel.mjs'))
	const shown = Importer.Importer.requestsFromHARLog(new Format.HARRoot(har).log)
	const odd = shown.length === har.log.entries.length ? [] : [`it shows ${shown.length} of ${har.log.entries.length} entries`]
	for (const [i, request] of odd.length ? [] : shown.entries()) {
		const { request: sent, response: got, time } = har.log.entries[i]
		const body = got.content.text && !got.content.encoding ? (await request.requestContentData()).text : got.content.text
		if (request.requestMethod !== sent.method || request.url() !== sent.url || request.statusCode !== got.status || body !== got.content.text || Math.abs(request.duration * 1000 - time) > 0.01)
			odd.push(`entry ${i} is shown as ${request.requestMethod} ${request.url()} ${request.statusCode}, ${request.duration} s, with ${body}`)
	}
	tell('chrome-devtools-frontend', 'HAR', odd, `${shown.length} requests in Chrome's network panel`)

	// Its own command passes arguments through a shell; and its validation says nothing of a file that it cannot read, so that it is asked what it read, too.
	const sarif = JSON.parse(read('conformance.sarif')).runs[0].results
	const problems = []
	const queried = multitool('query', at('conformance.sarif'), '--expression', "Level == 'Error' || Level == 'Warning' || Level == 'Note'")
	if (!queried.stdout.includes(`Found ${sarif.length} of ${sarif.length} results`)) problems.push(`it does not read ${sarif.length} results: ${queried.stdout}${queried.stderr}`)
	const validated = multitool('validate', at('conformance.sarif'), '--rule-kind', 'Sarif;Gh;Ghas', '--output', at('validated.sarif'), '--log', 'ForceOverwrite')
	let remarks = []
	if (validated.status !== 0) {
		problems.push(`exit code ${validated.status}: ${validated.stdout}${validated.stderr}${validated.error || ''}`)
	} else {
		remarks = JSON.parse(fs.readFileSync(at('validated.sarif'), 'utf8').replace(/^\uFEFF/, '')).runs[0].results || []
		problems.push(...remarks.filter((r) => r.level === 'error').map((r) => `${r.ruleId} ${JSON.stringify(r.message)}`))
	}
	if (sarif.length < want.failed) problems.push(`${sarif.length} results for ${want.failed} failures`)
	tell('@microsoft/sarif-multitool', 'SARIF', problems, `${sarif.length} results; warnings: ${[...new Set(remarks.map((r) => r.ruleId))].join(' ') || 'none'}`)

	const ctrf = require('ctrf')
	const parsed = ctrf.parse(read('ctrf.json'))
	const valid = ctrf.validate(parsed)
	tell('ctrf', 'CTRF', [...(valid.valid ? [] : valid.errors.map((e) => JSON.stringify(e))), ...counts(parsed.results.summary), ...counts(ctrf.calculateSummary(parsed.results.tests))], `${parsed.results.tests.length} tests`)

	for (const file of ['junit.xml', 'junit-jenkins.xml', 'junit-gitlab.xml']) {
		const converted = await require('junit-to-ctrf').convertJUnitToCTRFReport(at(file))
		tell('junit-to-ctrf', file, counts(converted.results.summary), `${converted.results.summary.tests} tests`)
	}

	const badge = JSON.parse(read('badge.json'))
	const { makeBadge } = require('badge-maker') // what shields.io draws badges with
	const drawn = makeBadge({ label: badge.label, message: badge.message, color: badge.color })
	const said = `aria-label="${badge.label}: ${badge.message}"`
	tell('badge-maker', 'badge', [drawn, read('badge.svg')].filter((svg) => !svg.includes(said)).map((svg) => `it does not say ${said}: ${svg.slice(0, 200)}`), badge.message)
}
main().then(() => process.exit(bad ? 1 : 0), (e) => { console.error(e); process.exit(1) })
