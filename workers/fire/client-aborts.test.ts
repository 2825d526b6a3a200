import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { ABORTS, type AbortedOrigin, abortRequest, startAbortedOrigin } from '../testing/aborts.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'

const EACH = 84
const AT_ONCE = 12
/** Ten times the promise. */
const DEADLINE_MS = 10_000

let origin: AbortedOrigin
let gateway: EngineUnderTest

before(async () => {
  origin = await startAbortedOrigin()
  gateway = await startEngine({ targets: [origin.address] })
})

after(async () => {
  await gateway.stop()
  await origin.stop()
})

for (const kind of ABORTS) {
  test(`${EACH} clients give up ${kind}: the origin hears of each, nothing is left`, async () => {
    let longest = 0
    for (let done = 0; done < EACH; done += AT_ONCE) {
      const times = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => abortRequest(gateway.port, '/', kind, `${kind.replaceAll(' ', '-')}-${done + index}`, origin)))
      longest = Math.max(longest, ...times)
    }
    assert.ok(longest < DEADLINE_MS, `${longest} ms`)
    await waitUntil(() => {
      const { connections, inFlight, originConnections } = gateway.engine.stats()
      return connections + inFlight + originConnections + origin.open === 0
    }, { ms: DEADLINE_MS, what: 'every connection to be gone' })
  })
}
