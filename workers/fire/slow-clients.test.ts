import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { startAbortedOrigin } from '../testing/aborts.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { type LargeOrigin, startLargeOrigin } from '../testing/large-origin.ts'
import { readSlowly, sendSlowly } from '../testing/slow-clients.ts'

const COUNT = 50
/** More than the buffers of the system between origin and client can take in. */
const SIZE = 32 * 1024 * 1024
const TIMEOUT_MS = 1_000
/** The pace of a body is looked at every 5 s. */
const PACE_MS = 5_000
const DEADLINE_MS = 20_000

let origin: LargeOrigin
let gateway: EngineUnderTest

async function start(configuration: object = {}): Promise<void> {
  origin = await startLargeOrigin(SIZE)
  gateway = await startEngine({ targets: [origin.address], ...configuration })
}

afterEach(async () => {
  await gateway.stop()
  await origin.stop()
})

const gone = () => waitUntil(() => gateway.engine.stats().connections + gateway.engine.stats().originConnections === 0, { ms: DEADLINE_MS, what: 'nothing to be left' })

for (const [name, bytesPerSecond] of [['do not read', 0], ['read too slowly', 2_000]] as const) {
  test(`${COUNT} clients that ${name} hold little of 32 MiB each, are cut at the timeout and never see a clean end`, async () => {
    await start({ route: { timeouts: { activityMs: TIMEOUT_MS } } })
    const before = process.memoryUsage().rss
    const readers = await readSlowly(gateway.port, COUNT, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', bytesPerSecond)
    await waitUntil(() => origin.cut === COUNT, { ms: DEADLINE_MS, what: 'all to be cut' })
    // The test's own clients and origin are in the same process: 1 MiB for all three.
    const held = (process.memoryUsage().rss - before) / COUNT
    assert.ok(held < 1024 * 1024, `${Math.round(held / 1024)} KiB each`)
    for (const bytes of await readers.finish()) assert.ok(bytes < SIZE)
    await gone()
  })
}

test(`${COUNT} clients that send a head slowly are answered 408 and closed at headerTimeoutMs`, async () => {
  await start({ listener: { limits: { headerTimeoutMs: TIMEOUT_MS } } })
  for (const { ms, received } of await sendSlowly(gateway.port, COUNT, 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ', 'x', 100)) {
    assert.match(received, /^HTTP\/1\.1 408 /)
    assert.ok(ms > TIMEOUT_MS * 0.9 && ms < DEADLINE_MS, `${ms} ms`)
  }
  await gone()
})

test(`${COUNT} clients that send a body slowly are answered 408 and closed`, async () => {
  const patient = await startAbortedOrigin()
  await start({ targets: [patient.address], listener: { limits: { minBodyBytesPerSecond: 240 } } })
  for (const { ms, received } of await sendSlowly(gateway.port, COUNT, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n', 'x', 100)) {
    assert.match(received, /^HTTP\/1\.1 (408) /)
    assert.ok(ms > PACE_MS * 0.9 && ms < DEADLINE_MS, `${ms} ms`)
  }
  await gone()
  assert.equal(patient.open, 0)
  await patient.stop()
})
