import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from './support/eventually.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { type Example, type System, createExample, publishAndWait, startSystem } from './support/system.ts'

let system: System
let blue: Origin
let green: Origin
let example: Example
let url: string

const bodyAt = async (address = url) => {
  const response = await fetch(address, { headers: { connection: 'close' } })
  return `${response.status} ${await response.text()}`
}

before(async () => {
  ;[system, blue, green] = await Promise.all([startSystem({ nodes: 2 }), startOrigin('blue'), startOrigin('green')])
  url = `http://127.0.0.1:${system.nodes[0]?.ports.from}/`
})

after(async () => {
  await system?.stop()
  await Promise.all([blue?.stop(), green?.stop()])
})

test('a first publish serves, with proof from every node and thread', async () => {
  example = await createExample(system, [blue.url])
  const { status, body } = await system.api.publish('first')
  assert.equal(status, 201)
  assert.equal(body.revision, 1)
  assert.equal(body.announced, true)
  const nodes = await system.applied(1)
  for (const node of nodes) {
    assert.equal(node.sha256, body.sha256)
    assert.deepEqual(node.threads.map((thread: any) => [thread.thread, thread.result]), [[0, 'applied'], [1, 'applied']])
  }
  assert.equal(await bodyAt(), '200 blue')
})

test('a publish changes where traffic goes', async () => {
  await system.api.patch(`/upstreams/${example.upstream.id}`, { targets: [{ id: 't1', address: green.url }] })
  assert.equal(await bodyAt(), '200 blue', 'a draft changes nothing')
  await publishAndWait(system, 'to green')
  assert.equal(await bodyAt(), '200 green')
})

test('publishing an unchanged draft makes no revision', async () => {
  const { status, body } = await system.api.publish()
  assert.equal(status, 200)
  assert.equal(body.unchanged, true)
  assert.equal(body.revision, 2)
})

test('a bad draft is refused with every issue and the old configuration serves on', async () => {
  const same = await system.api.must('POST', '/routes', { name: 'twin', isGlobal: true, match: { path: { type: 'prefix', value: '/' } }, upstreamId: example.upstream.id })
  const secure = await system.api.must('POST', '/listeners', { name: 'secure', protocol: 'https', port: 8443 })
  const unknown = await system.api.request('POST', '/routes', { name: 'lost', isGlobal: true, upstreamId: '00000000-0000-7000-8000-000000000000' })
  assert.equal(unknown.status, 400, 'an unknown upstream is refused before it is stored')
  assert.ok(unknown.body.error.issues.some((issue: any) => issue.path === '/upstreamId'))
  const { status, body } = await system.api.publish('bad')
  assert.equal(status, 422)
  const codes = new Set(body.error.issues.map((issue: any) => issue.code))
  assert.ok(codes.has('route_conflict'), [...codes].join())
  assert.ok(codes.has('tls_policy_required'), [...codes].join())
  assert.equal(await bodyAt(), '200 green')
  assert.equal((await system.api.must('GET', '/snapshots')).items[0].revision, 2)
  await system.api.must('DELETE', `/routes/${same.id}`, undefined, { 'if-match': '"1"' })
  await system.api.must('DELETE', `/listeners/${secure.id}`, undefined, { 'if-match': '"1"' })
})

test('a rollback serves the old content as a new revision and holds the draft back', async () => {
  const { revision } = await system.api.must('POST', '/config/rollback', { revision: 1, note: 'back to blue' })
  assert.equal(revision, 3)
  await system.applied(3)
  assert.equal(await bodyAt(), '200 blue')
  const held = await system.api.publish('too fast')
  assert.equal(held.status, 409)
  assert.equal(held.body.error.code, 'behind_rollback')
  await system.api.must('POST', '/config/discard', {})
  const upstream = await system.api.must('GET', `/upstreams/${example.upstream.id}`)
  assert.equal(upstream.targets[0].address, blue.url)
  assert.equal((await system.api.publish()).body.unchanged, true)
})

test('of two concurrent publishes one wins and the other gets 409', async () => {
  await system.api.patch(`/upstreams/${example.upstream.id}`, { targets: [{ id: 't1', address: green.url }] })
  const { draftHash, live } = await system.api.must('POST', '/config/validate', {})
  const body = { expectedRevision: live.revision, expectedDraftHash: draftHash, note: 'race' }
  const answers = await Promise.all([1, 2, 3].map(() => system.api.request('POST', '/config/publish', body)))
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409])
  await system.applied(live.revision + 1)
})

test('with Redis away a publish succeeds, says so, and nodes find it by polling', async () => {
  await system.redis.stop()
  await system.api.patch(`/upstreams/${example.upstream.id}`, { targets: [{ id: 't1', address: blue.url }] })
  const { status, body } = await system.api.publish('unannounced')
  assert.equal(status, 201)
  assert.equal(body.announced, false)
  await system.applied(body.revision, 20_000)
  await eventually('traffic moved', async () => (await bodyAt()) === '200 blue')
})
