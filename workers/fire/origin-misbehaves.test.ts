import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { freePort } from '../../scripts/services/free-port.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { DRIPPING, type Misbehaviour, MISBEHAVIOURS, problemWith } from '../testing/misbehaviours.ts'
import { connectRaw } from '../testing/raw-client.ts'
import { answering, ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

const ACTIVITY_MS = 300
/** Ten times what the promise allows. */
const DEADLINE_MS = 10 * ACTIVITY_MS

let bad: ScriptedOrigin | null = null
let good: ScriptedOrigin
let gateway: EngineUnderTest

afterEach(async () => {
  await gateway.stop()
  await Promise.all([bad?.stop(), good.stop()])
  bad = null
})

/** The faulty origin behind "/", another one that is well behind "/good". */
async function start({ play }: Misbehaviour, connection: object = {}, activityMs = ACTIVITY_MS): Promise<void> {
  good = await startScriptedOrigin(answering(ok('good')))
  bad = play === null ? null : await startScriptedOrigin(play)
  gateway = await startEngine({
    targets: [bad?.url ?? `http://127.0.0.1:${await freePort()}`],
    route: { timeouts: { activityMs } },
    upstream: { healthCheck: { passive: { enabled: false } }, connection },
    upstreams: [{ targets: [{ id: 'good', address: good.url }] }],
    routes: [{ match: { path: { type: 'prefix', value: '/good' } }, upstreamId: '00000000-0000-7000-8000-000000000200' }]
  })
}

async function send(text: string, ms = DEADLINE_MS): Promise<string> {
  const client = await connectRaw(gateway.port)
  client.send(text)
  await client.until('the connection is closed', () => client.hasEnded || client.hasClosed, ms)
  client.destroy()
  return client.received
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody'

for (const item of MISBEHAVIOURS) {
  test(`an origin that ${item.name}: a GET is answered or cut, others go on`, async () => {
    await start(item)
    const received = await send(get('/'))
    assert.equal(problemWith(item, received), null)
    if (bad !== null) assert.equal(bad.peers.length, item.attempts, 'attempts')
    assert.match(await send(get('/good')), /^HTTP\/1\.1 200 /, 'other routes are served')
    assert.equal(gateway.engine.stats().inFlight, 0)
  })

  test(`an origin that ${item.name}: POST is not sent twice`, async () => {
    await start(item)
    const received = await send(POST)
    assert.equal(problemWith(item, received), null)
    assert.ok((bad?.peers ?? []).filter((peer) => peer.received !== '').length <= 1)
  })
}

test('an origin that drips a body below minResponseBytesPerSecond is cut', async () => {
  await start(DRIPPING, { minResponseBytesPerSecond: 100 }, 60_000)
  const from = performance.now()
  assert.equal(problemWith(DRIPPING, await send(get('/'), 30_000)), null)
  assert.ok(performance.now() - from >= 4_500, 'after 5 s, not before')
})
