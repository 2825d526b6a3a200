import { setTimeout as sleep } from 'node:timers/promises'
import { testId } from '../../shared/testing/content.ts'
import { floodHttp2, HTTP2_FLOODS } from '../../workers/testing/http2-floods.ts'
import { makeAuthority, makeCredential } from '../../workers/testing/make-certificate.ts'
import { openFiles, residentBytes } from '../../workers/testing/process-facts.ts'
import { startOrigin } from '../../workers/testing/test-origin.ts'
import { freePort } from '../services/free-port.ts'
import { waitUntil } from '../services/wait-until.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { checkLeftovers } from './leftovers.ts'
import { percentile } from './percentile.ts'
import type { Stand } from './stand.ts'

const FLOOD_MS = 30_000
/** Flooding clients at a time; each comes back when it was cut off. */
const CLIENTS = 2
const CLOSED_WITHIN_MS = 1_000
const MEMORY_SHARE = 1.1
const MEMORY_PATIENCE_MS = 60_000

export const promise: ChaosPromise = {
  title: 'HTTP/2 floods',
  seconds: 420,
  async run(stand) {
    const origin = await startOrigin('hello')
    stand.atEnd(() => origin.stop())
    const authority = await makeAuthority()
    const credential = await makeCredential('', ['a.test'], authority)
    const port = await freePort()
    stand.api.setCertificates({ [testId(1)]: credential })
    await stand.start({ HTTPS_PORT_RANGE: `${port}-${port}` })
    await stand.publish([{ path: '/', targets: [origin.address] }], {}, { listeners: [{ port, protocol: 'https', tlsPolicyId: testId(1) }], tlsPolicies: [{}] })
    const target = { port, ca: authority.pem }
    // What is made once and kept, like code and pools, is no leak.
    await floodAll(target, 2_000)
    await sleep(2_000)
    const [memory, files] = [residentBytes(stand.worker), openFiles(stand.worker)]
    let lives = new Map<string, number[]>()
    await stand.underWatch(async (round) => {
      if (round > 0) return sleep(200)
      lives = await floodAll(target, FLOOD_MS)
    })
    checkClosed(stand, lives)
    await checkLeftovers(stand, files)
    await checkMemory(stand, memory)
  }
}

/** All floods one after the other, as often as the time allows, by clients that read and clients that do not. @returns how long connections lived, by flood */
async function floodAll(target: { port: number; ca: string }, ms: number): Promise<Map<string, number[]>> {
  const floods = Object.entries(HTTP2_FLOODS).map(([name, make]) => [name, make()] as const)
  const lives = new Map<string, number[]>(floods.map(([name]) => [name, []]))
  const end = performance.now() + ms
  await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
    for (let turn = client; performance.now() < end || turn < floods.length; turn++) {
      const [name, flood] = floods[turn % floods.length]!
      lives.get(name)!.push(await floodHttp2(target, flood, (turn + client) % 2 === 0))
    }
  }))
  return lives
}

function checkClosed(stand: Stand, lives: ReadonlyMap<string, number[]>): void {
  for (const [name, times] of lives) {
    const median = percentile(times.toSorted((a, b) => a - b), 0.5)
    stand.check(`${name}: closed within ${CLOSED_WITHIN_MS} ms`, times.length > 0 && median <= CLOSED_WITHIN_MS, `median ${median.toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms of ${times.length}`)
  }
}

async function checkMemory(stand: Stand, before: number): Promise<void> {
  const now = (): number => residentBytes(stand.worker)
  await waitUntil(() => now() <= before * MEMORY_SHARE, { ms: MEMORY_PATIENCE_MS, what: 'the memory', everyMs: 500 }).catch(() => {})
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`
  stand.check('memory is back within 10 %', now() <= before * MEMORY_SHARE, `${megabytes(before)} before, ${megabytes(now())} after`)
}
