import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { CHANNELS } from '../../shared/schema/channels.ts'
import { residentBytes } from '../../workers/testing/process-facts.ts'
import { eventually } from '../system/support/eventually.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { type ControlStand, startControlStand } from './control-stand.ts'

/** A publish waits for at most some commands of a second each. */
const PUBLISH_MS = 4_000
/** By polling each 2 s. */
const APPLY_MS = 5_000
const RECONNECT_MS = 5_000
/** Silence is noticed by a ping each 3 s that waits for 1 s. */
const AWAY_MS = 6_000
const GROWTH_BYTES = 64 * 1024 * 1024
/** Questions to the API while Redis says nothing. */
const QUESTIONS = 40

type Fault = [name: string, begin: (stand: ControlStand) => Promise<void>, end: (stand: ControlStand) => Promise<void>]

const FAULTS: readonly Fault[] = [
  ['stopped', async ({ redis }) => redis.pause(), async ({ redis }) => redis.resume()],
  ['killed, back empty', ({ redis }) => redis.kill(), ({ redis }) => redis.restart()],
  ['blackholed', ({ redis }) => redis.blackhole(), ({ redis }) => redis.open()]
]

interface Findings { publishMs: number; applyMs: number; answerMs: number; reconnectMs: number; announced: number; wentBack: number }

export const promise: ChaosPromise = {
  title: 'Redis is stopped, killed and back empty, or blackholed under load',
  seconds: 420,
  async run(stand) {
    const control = await startControlStand(stand)
    const found: Findings = { publishMs: 0, applyMs: 0, answerMs: 0, reconnectMs: 0, announced: 0, wentBack: 0 }
    const before = residentBytes(control.system.web.pid)
    const watch = watchRevision(control, found)
    await stand.underWatch(async (round) => {
      const fault = FAULTS[round % FAULTS.length]
      if (fault !== undefined) await suffer(control, fault, found)
    })
    await watch.stop()
    const grown = residentBytes(control.system.web.pid) - before
    stand.check('a publish succeeds without Redis, soon', found.publishMs < PUBLISH_MS * stand.slack && found.announced === 0, `at most ${found.publishMs.toFixed(0)} ms, ${found.announced} said to be announced`)
    stand.check('the node finds it by asking', found.applyMs < APPLY_MS * stand.slack, `at most ${found.applyMs.toFixed(0)} ms`)
    stand.check('the API answers meanwhile, and nothing piles up', found.answerMs < PUBLISH_MS * stand.slack && grown < GROWTH_BYTES, `${QUESTIONS} at once in at most ${found.answerMs.toFixed(0)} ms, control-web grew by ${(grown / 1_048_576).toFixed(0)} MiB`)
    stand.check('node and control plane are connected again within 5 s', found.reconnectMs < RECONNECT_MS * stand.slack, `at most ${found.reconnectMs.toFixed(0)} ms`)
    stand.check('the revision never goes back', found.wentBack === 0, `${watch.seen} looks`)
  }
}

async function suffer(control: ControlStand, [, begin, end]: Fault, found: Findings): Promise<void> {
  await begin(control)
  const since = performance.now()
  await control.edit()
  const revision = await timed(found, 'publishMs', async () => {
    const { status, body } = await control.system.api.publish('without Redis') as { status: number; body: { revision: number; announced: boolean } }
    if (status !== 201) throw new Error(`publish answered ${status}: ${JSON.stringify(body)}`)
    if (body.announced) found.announced++
    return body.revision
  })
  await timed(found, 'applyMs', () => control.system.applied(revision, 30_000))
  await timed(found, 'answerMs', () => Promise.all(Array.from({ length: QUESTIONS }, () => control.system.api.must('GET', '/routes'))))
  await sleep(Math.max(0, AWAY_MS - (performance.now() - since)))
  await end(control)
  await timed(found, 'reconnectMs', () => eventually('both are connected', async () => (await control.metric('gateway_redis_up')) === 1 && await listeners(control) > 0 && await isWebConnected(control), 60_000))
}

async function timed<T>(found: Findings, what: keyof Findings, work: () => Promise<T>): Promise<T> {
  const from = performance.now()
  const result = await work()
  found[what] = Math.max(found[what], performance.now() - from)
  return result
}

/** How many hear hints, as the new Redis itself says. */
async function listeners({ redis }: ControlStand): Promise<number> {
  const client = new Redis(redis.directUrl, { lazyConnect: true, connectTimeout: 1_000, commandTimeout: 1_000, retryStrategy: () => null })
  client.on('error', () => {})
  try {
    await client.connect()
    const [, count] = await client.pubsub('NUMSUB', CHANNELS.config) as [string, number]
    return count
  } finally {
    client.disconnect()
  }
}

async function isWebConnected({ system }: ControlStand): Promise<boolean> {
  const { redis } = await (await fetch(`${system.baseUrl}/readyz`)).json() as { redis: string }
  return redis === 'ok'
}

function watchRevision(control: ControlStand, found: Findings): { seen: number; stop(): Promise<void> } {
  let latest = 0
  let isStopped = false
  const watch = { seen: 0, stop: async () => {
    isStopped = true
    await looking
  } }
  const looking = (async () => {
    while (!isStopped) {
      const revision = await control.metric('gateway_config_revision')
      if (revision < latest) found.wentBack++
      latest = Math.max(latest, revision)
      watch.seen++
      await sleep(200)
    }
  })()
  return watch
}
