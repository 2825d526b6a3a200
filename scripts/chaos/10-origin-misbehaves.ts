import { freePort } from '../services/free-port.ts'
import { DRIPPING, type Misbehaviour, MISBEHAVIOURS, problemWith } from '../../workers/testing/misbehaviours.ts'
import { connectRaw } from '../../workers/testing/raw-client.ts'
import { type ScriptedOrigin, startScriptedOrigin } from '../../workers/testing/scripted-origin.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import type { Stand } from './stand.ts'

const ACTIVITY_MS = 1_000
const LEAST_BYTES_PER_SECOND = 100
/** minResponseBytesPerSecond is looked at every 5 s. */
const DRIP_MS = 10_000
const LATE_MS = 1_000
const BURST = 8

interface Fault {
  readonly item: Misbehaviour
  readonly path: string
  readonly origin: ScriptedOrigin | null
}

interface Findings {
  requests: number
  problems: string[]
  /** Of the gateway's answers at the limit, in milliseconds behind it. */
  latest: number
}

export const promise: ChaosPromise = {
  title: 'an origin misbehaves in every way there is',
  seconds: 300,
  async run(stand) {
    const faults: Fault[] = []
    const targets: string[] = []
    for (const [index, item] of [...MISBEHAVIOURS, DRIPPING].entries()) {
      const origin = item.play === null ? null : await startScriptedOrigin(item.play)
      if (origin !== null) stand.atEnd(() => origin.stop())
      targets.push(origin?.url ?? `http://127.0.0.1:${await freePort()}`)
      faults.push({ item, path: `/bad-${index}`, origin })
    }
    await stand.start()
    await stand.publish(faults.map(({ path, item }, index) => ({
      path,
      targets: [targets[index]!],
      upstream: { connection: { minResponseBytesPerSecond: LEAST_BYTES_PER_SECOND } },
      route: { timeouts: { activityMs: item === DRIPPING ? 60_000 : ACTIVITY_MS } }
    })))
    const found: Findings = { requests: 0, problems: [], latest: 0 }
    await stand.underWatch(async () => {
      await Promise.all(faults.map((fault) => tryFault(stand, fault, found)))
    })
    const measured = `${found.requests} requests at ${faults.length} faults, ${found.problems.length === 0 ? 'none wrong' : `${found.problems.length} wrong: ${[...new Set(found.problems)].slice(0, 5).join(' | ')}`}`
    stand.check('502, 504 or a cut at the limit, one retry where allowed', found.problems.length === 0, `${measured}; timeouts at most ${found.latest.toFixed(0)} ms late`)
  }
}

/** First one request of each kind whose attempts are counted, then several at once. */
async function tryFault(stand: Stand, fault: Fault, found: Findings): Promise<void> {
  const before = fault.origin?.peers.length ?? 0
  await tryOnce(stand, fault, 'GET', found)
  const attempts = (fault.origin?.peers.length ?? 0) - before
  if (fault.origin !== null && attempts !== fault.item.attempts) found.problems.push(`${fault.item.name}: ${attempts} attempts of a GET`)
  await tryOnce(stand, fault, 'POST', found)
  const posts = fault.origin?.peers.slice(before + attempts).filter((peer) => peer.received !== '').length ?? 0
  if (posts > 1) found.problems.push(`${fault.item.name}: ${posts} attempts of a POST`)
  await Promise.all(Array.from({ length: BURST }, () => tryOnce(stand, fault, 'GET', found)))
}

async function tryOnce(stand: Stand, { item, path }: Fault, method: string, found: Findings): Promise<void> {
  const from = performance.now()
  const limitMs = item === DRIPPING ? DRIP_MS : ACTIVITY_MS
  found.requests++
  try {
    const client = await connectRaw(stand.port)
    client.send(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${method === 'POST' ? 'Content-Length: 4\r\n' : ''}\r\n${method === 'POST' ? 'body' : ''}`)
    await client.until('the connection is closed', () => client.hasEnded || client.hasClosed, limitMs + 10_000)
    client.destroy()
    const problem = problemWith(item, client.received)
    if (problem !== null) found.problems.push(`${item.name}: ${problem}`)
  } catch (error) {
    found.problems.push(`${item.name}: ${(error as Error).message}`)
  }
  const late = performance.now() - from - limitMs
  found.latest = Math.max(found.latest, late)
  if (late > LATE_MS) found.problems.push(`${item.name}: ${late.toFixed(0)} ms behind the limit`)
}
