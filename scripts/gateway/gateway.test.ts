import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { freePort } from '../services/free-port.ts'
import { eventually } from '../system/support/eventually.ts'
import { startOrigin, type Origin } from '../system/support/origin.ts'
import { spawnService } from '../system/support/service.ts'
import { startSystem, type System } from '../system/support/system.ts'
import { type Outcome, runCommandLine } from './testing/run-command-line.ts'
import { runHere } from './testing/run-here.ts'

let system: System
let origin: Origin
let folder: string
let file: string
let port: number

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gateway-cli-'))
  ;[system, origin] = await Promise.all([startSystem(), startOrigin('from the origin')])
  port = system.nodes[0]!.ports.from
  file = path.join(folder, 'gateway.yaml')
  fs.writeFileSync(file, fileText(origin.url))
})

after(async () => {
  await system?.stop()
  await origin?.stop()
  fs.rmSync(folder, { recursive: true, force: true })
})

function fileText(target: string, path_ = '/'): string {
  return [
    'format: open-gateway/1',
    `listeners: [{ name: web, protocol: http, port: ${port} }]`,
    `upstreams: [{ name: app, targets: [{ id: a, address: "${target}" }] }]`,
    `routes: [{ name: all, isGlobal: true, upstream: app, match: { path: { type: prefix, value: ${path_} } } }]`,
    ''
  ].join('\n')
}

async function run(words: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<Outcome> {
  return runHere(words, { ...options, env: { GATEWAY_URL: system.baseUrl, GATEWAY_TOKEN: system.webEnv['ADMIN_TOKEN']!, ...options.env } })
}

async function done(words: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<string> {
  const outcome = await run(words, options)
  assert.equal(outcome.exitCode, 0, `gateway ${words.join(' ')}\n${outcome.stdout}\n${outcome.stderr}`)
  return outcome.stdout
}

async function json(words: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<any> {
  return JSON.parse(await done([...words, '--json'], options))
}

test('apply --publish --wait serves when it ends, and the whole way back', async () => {
  assert.match(await done(['validate', '-f', file]), /^valid/)
  assert.match(await done(['apply', '-f', file, '--dry-run']), /created\s+listeners\s+web[\s\S]*3 would change/)
  assert.match(await done(['diff']), /^$/)
  const { stdout, stderr, exitCode } = await runCommandLine(['apply', '-f', '-', '--publish', '--wait', '--note', 'first'], { env: { GATEWAY_URL: system.baseUrl, GATEWAY_TOKEN: system.webEnv['ADMIN_TOKEN']! }, input: fileText(origin.url) })
  assert.equal(exitCode, 0, stderr)
  assert.match(stdout, /published revision 1/)
  assert.match(stderr, /node-1: applied \(1 of 1\)/)
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'from the origin')
  assert.match(await done(['publish', '--wait']), /unchanged: revision 1 is live already/)

  await done(['routes', 'disable', 'ALL'])
  assert.match(await done(['diff']), /~ routes all\n {4}\/enabled: true -> false/)
  assert.equal((await run(['diff', '--exit-code'])).exitCode, 1)
  const published = await json(['publish', '--wait', '--note', 'off'])
  assert.equal(published.revision, 2)
  assert.equal(published.rollout[0].state, 'applied')
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 404)

  assert.match(await done(['rollback', '1', '--wait']), /published revision 3/)
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200)
  const behind = await run(['publish'])
  assert.equal(behind.exitCode, 1)
  assert.match(behind.stderr, /gateway discard, or publish it with --acknowledge-rollback/)
  assert.match(await done(['discard']), /the draft is what is live: 1 resource was set back/)
  assert.match(await done(['discard']), /is what is live already/)
  assert.match(await done(['publish']), /unchanged: revision 3/)
})

test('what the API knows as tables and as JSON', async () => {
  assert.match(await done(['snapshots']), /^REVISION +AT +BY +NOTE +CONTENT OF +PINNED +SHA256\n3 .* 1 +- +[0-9a-f]{12}\n2 .*off.*\n1 .*first/)
  assert.equal((await json(['snapshots', 'list', '--limit', '1'])).length, 1)
  assert.match(await done(['snapshots', 'show', '1']), /routes +all/)
  assert.match(await done(['snapshots', 'pin', '1', '--note', 'the first']), /kept for ever/)
  assert.match(await done(['snapshots']), /1 .*first +- +yes/)
  assert.match(await done(['snapshots', 'pin', '1', '--remove']), /no more/)
  assert.match(await done(['snapshots', 'rollout', '3', '--wait']), /node-1 +applied +2/)
  // A node tells what it serves every 5 s.
  await eventually('the node is known to serve it', async () => /node-1 +in sync +3 +3/.test(await done(['nodes'])), 20_000, 250)
  assert.match(await done(['nodes', 'show', 'node-1']), new RegExp(`${port} +http +listening`))
  assert.match(await done(['routes']), /all +yes +- +- +prefix \/ +-/)
  assert.equal(JSON.parse(await done(['routes', 'show', 'all'])).name, 'all')
  const route = (await json(['routes']))[0]
  assert.match(await done(['snapshots', 'restore', '1', 'routes', route.id, '--version', String(route.version)]), /all was updated in the draft/)
  assert.match(await done(['export', '--of', 'live']), /^format: open-gateway\/1\n/)
  assert.ok(JSON.parse(await done(['export', '--format', 'yarp'])).ReverseProxy)
  const lines = (await done(['audit', 'export'])).trim().split('\n').map((line) => JSON.parse(line))
  assert.equal(lines.filter(({ action }) => action === 'config.publish').length, 2)
  assert.match(await done(['audit', 'list', '--action', 'config.rollback']), /config\.rollback/)
})

test('a drained node is not ready until it is undrained', async () => {
  const ready = async () => (await fetch(`${system.nodes[0]!.metricsUrl}/readyz`)).status
  assert.match(await done(['nodes', 'drain', 'node-1', '--reason', 'new disk']), /node-1 is draining/)
  await eventually('it is not ready', async () => (await ready()) === 503)
  assert.match(await done(['nodes', 'list']), /node-1 +in sync, drained/)
  assert.match(await done(['nodes', 'show', 'node-1']), /drained +by .* at .*: new disk/)
  await done(['nodes', 'undrain', 'node-1'])
  await eventually('it is ready', async () => (await ready()) === 200)
})

test('a publish that goes back by itself unless it is confirmed', async () => {
  await system.api.patch(`/routes/${(await json(['routes']))[0].id}`, { description: 'to be confirmed' })
  assert.equal((await run(['publish', '--hold', '5'])).exitCode, 64, '--hold is about a canary')
  const { stdout, stderr, exitCode } = await run(['publish', '--confirm-within', '600', '--wait', '--acknowledge-rollback', '--json'])
  assert.equal(exitCode, 0, stderr)
  const { revision } = JSON.parse(stdout)
  assert.match(stderr, new RegExp(`unless: gateway confirm ${revision}`))
  assert.match(await done(['canary', 'show']), new RegExp(`revision ${revision} by [\\s\\S]*gateway confirm ${revision}`))
  assert.match(await done(['confirm', String(revision)]), /is kept/)
  assert.equal((await run(['canary', 'promote'])).exitCode, 1)
})

test('a canary is shown with its figures, promoted, and another one aborted', async () => {
  const change = async (description: string) => system.api.patch(`/routes/${(await json(['routes']))[0].id}`, { description })
  const canary = async (...options: string[]) => json(['publish', '--canary', 'node-1', '--hold', '600', ...options])
  const contentOf = async (revision: number) => (await json(['snapshots', 'list', '--limit', '100'])).find((one: { revision: number }) => one.revision === revision)?.sha256
  await system.startJobs()
  await change('a canary that sings')
  const first = await canary()
  assert.deepEqual(first.canary, { nodes: ['node-1'], holdSeconds: 600 })
  await eventually('the node serves it and is compared', async () => (await json(['canary', 'show'])).canary.holdUntil !== null, 20_000)
  assert.match(await done(['canary', 'show']), new RegExp(`revision ${first.revision} by .*; else the content of ${first.revision - 1} comes back\ncompared until \\S+\nNODE .*\nnode-1 +yes +\\d+ requests, \\d+ errors, p99 .*`))
  const blocked = await run(['rollback', '1'])
  assert.equal(blocked.exitCode, 1)
  assert.match(blocked.stderr, /canary/)
  assert.match(await done(['canary', 'promote', '--reason', 'it sings']), /every node gets it now/)
  assert.equal(await json(['canary', 'show']), null)

  await change('a canary that is silent')
  const second = await canary()
  assert.notEqual(await contentOf(second.revision), await contentOf(first.revision))
  assert.match(await done(['canary', 'abort', '--reason', 'it is silent']), /what was there before/)
  assert.match(await done(['canary', 'show']), /nothing is held/)
  assert.equal(await contentOf(second.revision + 1), await contentOf(first.revision), 'the content before, as a new revision')
  assert.equal((await run(['canary', 'abort'])).exitCode, 1)
  for (const [action, reason] of [['config.canary_promote', 'it sings'], ['config.canary_roll_back', 'it is silent']]) {
    const { items } = await system.api.must('GET', `/audit?action=${action}`)
    assert.deepEqual(items.map(({ after: told }: { after: { reason: string } }) => told.reason), [reason])
  }
  await system.jobs?.stop()
  system.jobs = null
})

test('explain says where a request goes, and ends with 1 where it is refused', async () => {
  const text = await done(['explain', 'GET', `http://shop.example:${port}/cart`, '-H', 'X-One: 1'])
  assert.match(text, /listener +web\nroute +all\nupstream +app \(chosen\)/)
  assert.match(text, /GET \/cart HTTP\/1\.1/)
  assert.equal((await json(['explain', 'GET', `http://shop.example:${port}/`, '--against', '1'])).route.name, 'all')
  const refused = await run(['explain', 'GET', `http://shop.example:${port}/`, '--against', '2'])
  assert.equal(refused.exitCode, 1)
  assert.match(refused.stdout, /404 no_route/)
})

test('errors of a file have their place in it; nothing changes', async () => {
  const { exitCode, stderr, stdout } = await run(['apply', '-f', '-', '--json'], { input: fileText(origin.url, 'no-slash') })
  assert.equal(exitCode, 1)
  assert.match(stderr, /error \/routes\/0\/match\/path/)
  assert.equal(JSON.parse(stdout).error.code, 'config_invalid')
  assert.equal((await run(['validate', '-f', '/nonexistent.yaml'])).exitCode, 64)
})

test('certificates and secrets: a value is read from standard input and shown nowhere', async () => {
  assert.match(await done(['certificates', 'self-signed', 'dev', '--domain', 'localhost']), /dev +valid/)
  assert.match(await done(['certificates']), /dev +valid +\S+ +localhost +selfSigned/)
  const unknown = await run(['certificates', 'issue', 'shop.example'])
  assert.equal(unknown.exitCode, 1)
  assert.match(await done(['secrets', 'set', 'shop-token'], { input: 'first value\n' }), /is stored/)
  assert.match(await done(['secrets', 'set', 'shop-token'], { input: 'second value' }), /is changed/)
  const listed = JSON.stringify([await json(['secrets']), await done(['audit', 'export'])])
  assert.match(listed, /shop-token/)
  assert.doesNotMatch(listed, /first value|second value/)
  assert.equal((await run(['secrets', 'set', 'empty'])).exitCode, 64)
})

test('import yarp tells what it read otherwise', async () => {
  const settings = JSON.stringify({ ReverseProxy: { Routes: { r: { ClusterId: 'c', Match: { Path: '/y/{**rest}' } } }, Clusters: { c: { Destinations: { d: { Address: origin.url } } } } } })
  assert.match(await done(['import', 'yarp', '-', '--dry-run'], { input: settings }), /created +routes +r/)
})

test('--wait: 3 for a port in use, 2 when a node does not answer, and what a node is enrolled with', async () => {
  const taken = await freePort()
  const holder = net.createServer().listen(taken, '0.0.0.0')
  await once(holder, 'listening')
  await system.api.must('POST', '/listeners', { name: 'taken', protocol: 'http', port: taken })
  const withIssues = await run(['publish', '--wait', '--acknowledge-rollback'])
  assert.equal(withIssues.exitCode, 3, withIssues.stderr)
  assert.match(withIssues.stderr, /port_in_use/)
  holder.close()

  const token = (await done(['nodes', 'enroll', 'silent', '--label', 'zone=a'])).trim()
  assert.match(token, /^gwn_/)
  assert.notEqual((await json(['nodes', 'enroll', 'silent', '--new-token'])).token, token)
  await system.api.patch(`/routes/${(await json(['routes']))[0].id}`, { description: 'again' })
  const late = await run(['publish', '--wait', '--timeout', '2'])
  assert.equal(late.exitCode, 2, late.stderr)
  assert.match(late.stderr, /no answer in time of silent/)
  assert.match(await done(['nodes', 'revoke', 'silent']), /revoked/)
})

test('who is limited to a tenant publishes, waits, confirms, and hears of what is its own', async (context) => {
  const listener = (await system.api.must('GET', '/listeners')).items.find(({ name }: { name: string }) => name === 'web')
  await system.api.must('POST', '/grants', { tenantCode: 'acme', listenerIds: [listener.id], hostSuffixes: ['acme.example'], priority: { min: 0, max: 9 } })
  const upstream = await system.api.must('POST', '/upstreams', { name: 'acme-app', tenantCode: 'acme', targets: [{ id: 'a', address: origin.url }] })
  await system.api.must('POST', '/routes', { name: 'acme', tenantCode: 'acme', listenerIds: [listener.id], upstreamId: upstream.id, match: { hosts: ['acme.example'] } })
  const { token } = await system.api.must('POST', '/tokens', { name: 'of acme', role: 'publisher', tenants: ['acme'] })
  const env = { GATEWAY_TOKEN: token }
  const published = await run(['publish', '--confirm-within', '600', '--wait'], { env })
  assert.equal(published.exitCode, 0, published.stderr)
  assert.match(published.stderr, /node-1: applied \(1 of 1\)/)
  const revision = /published revision (\d+)/.exec(published.stdout)?.[1] ?? ''
  assert.match(await done(['snapshots', 'rollout', revision], { env }), /node-1 +applied/)
  assert.match(await done(['canary', 'show'], { env }), new RegExp(`revision ${revision} by token:of acme[\\s\\S]*gateway confirm ${revision}`))
  await done(['confirm', revision], { env })

  const taken = await freePort()
  const holder = net.createServer().listen(taken, '0.0.0.0')
  context.after(() => holder.close())
  await once(holder, 'listening')
  await system.api.must('POST', '/listeners', { name: 'hidden', protocol: 'http', port: taken })
  const whole = await run(['publish', '--confirm-within', '600', '--wait'])
  assert.match(whole.stderr, new RegExp(`${taken} is in use .*port_in_use`))
  const shown = await done(['canary', 'show'], { env })
  assert.match(shown, /others decide about it/)
  assert.doesNotMatch(shown, / by |gateway confirm/)
  const foreign = await run(['confirm', JSON.parse(await done(['canary', 'show', '--json'])).revision.toString()], { env })
  assert.equal(foreign.exitCode, 77)
  assert.match(foreign.stderr, /concerns more than your tenants/)
  await done(['confirm', JSON.parse(await done(['canary', 'show', '--json'])).revision.toString()])

  await system.api.patch(`/upstreams/${upstream.id}`, { description: 'again' })
  const withIssues = await run(['publish', '--wait'], { env })
  assert.equal(withIssues.exitCode, 3, withIssues.stderr)
  assert.match(withIssues.stderr, /1 issue outside of your tenants/)
  assert.doesNotMatch(withIssues.stderr, new RegExp(`hidden|${taken}`))
})

test('tokens and addresses that are wrong end with a code of their own', async () => {
  assert.equal((await run(['nodes'], { env: { GATEWAY_TOKEN: '' } })).exitCode, 77)
  assert.equal((await run(['nodes'], { env: { GATEWAY_TOKEN: 'wrong' } })).exitCode, 77)
  const away = await run(['nodes', '--url', `http://127.0.0.1:${await freePort()}`])
  assert.equal(away.exitCode, 69)
  assert.match(away.stderr, /cannot be reached \(ECONNREFUSED\).*GATEWAY_URL/)
  assert.equal((await run(['nodes', '--url', 'nonsense'])).exitCode, 64)
  const { token } = await system.api.must('POST', '/tokens', { name: 'viewer', role: 'viewer' })
  assert.equal((await run(['routes'], { env: { GATEWAY_TOKEN: token } })).exitCode, 0)
  assert.equal((await run(['nodes', 'revoke', 'node-1'], { env: { GATEWAY_TOKEN: token } })).exitCode, 77)
})

test('what needs the database itself: the audit is verified, SECRETS_KEY exchanged, an epoch begun', async () => {
  const env = { DATABASE_URL: system.databaseUrl, SECRETS_KEY: system.webEnv['SECRETS_KEY']!, NEW_SECRETS_KEY: randomBytes(32).toString('base64') }
  const verified = await runCommandLine(['audit', 'verify'], { env })
  assert.equal(verified.exitCode, 0, verified.stderr)
  assert.equal(JSON.parse(verified.stdout).ok, true)
  assert.equal((await json(['audit', 'verify'])).ok, true)
  assert.equal((await runCommandLine(['recover'], { env })).exitCode, 64)

  await system.web.stop()
  const wrong = await runCommandLine(['secrets', 'rotate'], { env: { ...env, SECRETS_KEY: randomBytes(32).toString('base64') } })
  assert.equal(wrong.exitCode, 1)
  assert.match(wrong.stderr, /Nothing was changed: .*sealed with the key whose id is/)
  const rotated = await runCommandLine(['secrets', 'rotate'], { env })
  assert.deepEqual([rotated.exitCode, JSON.parse(rotated.stdout)], [0, { certificates: 1, secrets: 1, acmeAccounts: 0, webhooks: 0 }], rotated.stderr)
  const refused = spawnService('server/web.ts', system.webEnv)
  assert.equal(await refused.exited, 78, 'the old key opens nothing any more')
  system.webEnv['SECRETS_KEY'] = env.NEW_SECRETS_KEY
  const recovered = await runCommandLine(['recover', '--new-epoch'], { env })
  assert.equal(recovered.exitCode, 0, recovered.stderr)
  await system.startWeb()
  assert.equal((await json(['secrets']))[0].name, 'shop-token')
  await done(['publish', '--wait', '--note', 'in the new epoch'])
})

test('a program of this machine is asked whether it lives and serves', async () => {
  const metrics = { METRICS_ADDR: new URL(system.nodes[0]!.metricsUrl).host }
  assert.equal(await done(['health', 'data-node'], { env: metrics }), 'data-node lives\n')
  assert.equal(await done(['health', 'data-node', '--ready'], { env: metrics }), 'data-node is ready\n')
  for (const [words, env, exitCode, message] of [
    [['data-node'], { METRICS_ADDR: '0.0.0.0:1' }, 69, /http:\/\/127\.0\.0\.1:1\/healthz cannot be reached/],
    [['data-node'], { METRICS_ADDR: 'nowhere/at/all' }, 64, /METRICS_ADDR must be address:port/],
    [['control-jobs'], {}, 64, /"control-jobs" is none of control-web, data-node/]
  ] as const) {
    const outcome = await run(['health', ...words], { env })
    assert.equal(outcome.exitCode, exitCode, outcome.stderr)
    assert.match(outcome.stderr, message)
  }
})

test('the doctor finds what is well and what is not', async () => {
  const range = `${port}-${port + 1}`
  const well: any[] = await json(['doctor'], { env: { DATABASE_URL: system.databaseUrl, REDIS_URL: system.redis.url, HTTP_PORT_RANGE: range, NODE_TOKEN: 'gwn_something' } })
  const of = (what: string) => well.find((finding) => finding.what === what)
  for (const what of ['control plane', 'clock', 'database', 'Redis']) assert.equal(of(what)?.state, 'ok', JSON.stringify(of(what)))
  assert.match(of('ports').found, new RegExp(`in use: ${port}`))
  assert.match(of('Redis user').found, /may do anything/)
  const ill = await run(['doctor'], { env: { DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1', HTTP_PORT_RANGE: '1-0' } })
  assert.equal(ill.exitCode, 1)
  assert.match(ill.stdout, /error +database[\s\S]*error +Redis[\s\S]*error +HTTP_PORT_RANGE/)
})
