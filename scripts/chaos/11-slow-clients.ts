import { waitUntil } from '../services/wait-until.ts'
import { startAbortedOrigin } from '../../workers/testing/aborts.ts'
import { type LargeOrigin, startLargeOrigin } from '../../workers/testing/large-origin.ts'
import { openFiles, residentBytes } from '../../workers/testing/process-facts.ts'
import { readSlowly, sendSlowly, type SlowOutcome } from '../../workers/testing/slow-clients.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { checkLeftovers } from './leftovers.ts'
import type { Stand } from './stand.ts'

const MIB = 1024 * 1024
const SIZE = 10 * MIB
const ACTIVITY_MS = 10_000
const SENDERS_OVER_MS = 3_000
/** A new one this often: they are to be slow, not a flood. */
const READER_EVERY_MS = 10
/** To the end are read so many of them: all would be gigabytes at once. */
const READ_TO_END = 50
/** A reader that takes a little now and then still makes progress while buffers of the kernel move on. */
const READ_BY_MS = 60_000
const HEADER_MS = 3_000
const PACE_MS = 5_000
const LATE_MS = 2_000
/** 256 KiB may wait for the client, and one piece of 64 KiB more; the origin's connection has a buffer of 64 KiB. */
const BOUND_EACH = 384 * 1024
/** What the program needs besides, garbage that was not collected yet included. */
const BOUND_BESIDES = 64 * MIB

const LIMITS = { headerTimeoutMs: HEADER_MS, minBodyBytesPerSecond: 240 }
const HEAD = 'GET /patient HTTP/1.1\r\nHost: a\r\nX-Slow: '
const BODY = 'POST /patient HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n'

export const promise: ChaosPromise = {
  title: 'slow readers of 10 MB x 500; slowloris head, body and read x 1,000',
  seconds: 420,
  async run(stand) {
    const large = await startLargeOrigin(SIZE)
    const patient = await startAbortedOrigin()
    stand.atEnd(() => large.stop())
    stand.atEnd(() => patient.stop())
    await stand.start()
    await stand.publish([
      { path: '/large', targets: [large.address], route: { timeouts: { activityMs: ACTIVITY_MS } } },
      { path: '/patient', targets: [patient.address] }
    ], LIMITS)
    const filesBefore = openFiles(stand.worker)
    const found: Findings = { heads: [], bodies: [], readers: [] }
    await stand.underWatch(async () => {
      found.heads.push(...await sendSlowly(stand.port, 1_000, HEAD, 'x', 500, SENDERS_OVER_MS))
      found.bodies.push(...await sendSlowly(stand.port, 1_000, BODY, 'x', 500, SENDERS_OVER_MS))
      found.readers.push(await tryReaders(stand, large, 500, 0), await tryReaders(stand, large, 1_000, 2_000))
    })
    checkSenders(stand, 'slow heads are answered 408 and closed at the timeout', found.heads, HEADER_MS, HEADER_MS)
    checkSenders(stand, 'slow bodies are answered 408 and closed', found.bodies, PACE_MS, 2 * PACE_MS)
    checkReaders(stand, found.readers)
    await checkLeftovers(stand, filesBefore)
  }
}

interface Readers {
  count: number
  /** Most memory beyond what the process had before. */
  bytes: number
  /** From the first request to the last cut. */
  ms: number
  /** That received the whole body. */
  whole: number
}

interface Findings {
  heads: SlowOutcome[]
  bodies: SlowOutcome[]
  readers: Readers[]
}

async function tryReaders(stand: Stand, origin: LargeOrigin, count: number, bytesPerSecond: number): Promise<Readers> {
  const before = residentBytes(stand.worker)
  const askedBefore = origin.asked
  let most = 0
  const watch = setInterval(() => (most = Math.max(most, residentBytes(stand.worker) - before)), 50)
  const from = performance.now()
  const readers = await readSlowly(stand.port, count, 'GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', bytesPerSecond, count * READER_EVERY_MS)
  stand.atEnd(() => readers.close())
  await waitUntil(() => origin.asked - askedBefore >= count && origin.open === 0, { ms: READ_BY_MS, what: `the cut of ${count} readers` })
  const ms = performance.now() - from
  clearInterval(watch)
  // What the kernel holds for them is still to be read: less than the whole.
  const received = await readers.finish(READ_TO_END)
  readers.close()
  return { count, bytes: most, ms, whole: received.filter((bytes) => bytes >= SIZE).length }
}

function checkSenders(stand: Stand, what: string, outcomes: readonly SlowOutcome[], leastMs: number, mostMs: number): void {
  const times = outcomes.map(({ ms }) => ms).sort((a, b) => a - b)
  const others = outcomes.filter(({ received }) => !received.startsWith('HTTP/1.1 408 ') || !/\r\nX-Gateway-Error: /.test(received))
  const [first = NaN, last = NaN] = [times[0], times.at(-1)]
  const isMet = others.length === 0 && first >= leastMs * 0.9 && last <= mostMs + LATE_MS
  stand.check(what, isMet, `${outcomes.length} clients, closed after ${first.toFixed(0)} to ${last.toFixed(0)} ms, ${others.length} without a 408${others.length > 0 ? ` (${JSON.stringify(others[0]?.received.slice(0, 80))})` : ''}`)
}

function checkReaders(stand: Stand, readers: readonly Readers[]): void {
  for (const count of new Set(readers.map((one) => one.count))) {
    const rounds = readers.filter((one) => one.count === count)
    const bound = count * BOUND_EACH + BOUND_BESIDES
    const most = Math.max(...rounds.map(({ bytes }) => bytes))
    const longest = Math.max(...rounds.map(({ ms }) => ms))
    const whole = rounds.reduce((sum, one) => sum + one.whole, 0)
    stand.check(`${count} readers are cut, with bounded memory`, most <= bound && whole === 0, `${rounds.length} rounds, at most ${(most / MIB).toFixed(0)} MiB (bound ${(bound / MIB).toFixed(0)}: 384 KiB each and 64 MiB), all cut ${longest.toFixed(0)} ms after the first request, ${whole} of those read to the end received all`)
  }
}
