import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '../services/wait-until.ts'
import { startOrigin } from '../../workers/testing/test-origin.ts'
import { holdConnections } from '../../workers/testing/held-connections.ts'
import { limitFiles, openFiles, residentBytes } from '../../workers/testing/process-facts.ts'
import { type LoadReport, portState, startLoad } from '../../workers/testing/steady-load.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import type { GoodReport } from './good-client-thread.ts'
import { checkLeftovers } from './leftovers.ts'
import type { FaultyRoute, Stand } from './stand.ts'

const IDLE = 10_000
const SPARE_FILES = 200
/** Of the node's processes in the other try. */
const FILES = 400
const PRESSING = 600
const EXHAUSTED_MS = 5_000
const RECOVER_MS = 1_000
/** The folder of the node is a file system of its own of so much, in the node's own mount name space. */
const DISK = '256k'
const REQUEST = 'GET /idle HTTP/1.1\r\nHost: a\r\n\r\n'

export const promise: ChaosPromise = {
  title: 'connections, file descriptors and the disk run out',
  seconds: 420,
  async run(stand) {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('needs root on Linux: prlimit and a mount name space')
    const origin = await startOrigin('hello')
    stand.atEnd(() => origin.stop())
    const routes: FaultyRoute[] = [{ path: '/idle', targets: [origin.address] }, { path: '/fresh', targets: [origin.address], upstream: { connection: { idleMs: 1 } } }]
    await stand.start({}, ['unshare', '-m', 'sh', '-c', `mkdir -p "$DATA_DIR" && mount -t tmpfs -o size=${DISK} none "$DATA_DIR" && exec "$@"`, 'sh'])
    await stand.publish(routes, { idleTimeoutMs: 600_000 })
    await holdIdle(stand)
    await takeFiles(stand)
    await fillDisk(stand, routes)
    await exceedFiles(stand, routes)
  }
}

async function holdIdle(stand: Stand): Promise<void> {
  const filesBefore = openFiles(stand.worker)
  const memoryBefore = residentBytes(stand.worker)
  const held = holdConnections(stand.port, REQUEST)
  stand.atEnd(() => held.close())
  let answered = 0
  let memory = 0
  await stand.underWatch(async (round) => {
    if (round > 0) return sleep(200)
    await held.add(IDLE, 100)
    memory = residentBytes(stand.worker) - memoryBefore
    await sleep(30_000)
    answered = await held.askAll(20)
  })
  stand.check('10,000 idle connections are held', held.open === IDLE && answered === IDLE, `${held.open} open, ${answered} served again, ${(memory / IDLE / 1024).toFixed(1)} KiB each`)
  held.close()
  await checkLeftovers(stand, filesBefore)
}

/** The limit is known from the start: clients beyond it are told, and files are left for the origins. */
async function exceedFiles(stand: Stand, routes: readonly FaultyRoute[]): Promise<void> {
  await stand.node.stop()
  await stand.start({}, ['prlimit', `--nofile=${FILES}:${FILES}`])
  await stand.publish(routes)
  const { report, fresh, recoveredMs } = await pressFiles(stand, () => {})
  const others = Object.keys(report.errors).filter((error) => error !== 'new 503 out_of_files')
  stand.check('more clients than files: open connections are served on, the others told', others.length === 0, `${report.samples} samples, ${JSON.stringify(report.errors)}`)
  stand.check('more clients than files: origins can be reached', Object.keys(fresh.failures).length === 0, `${fresh.sent} requests on one connection, failed: ${JSON.stringify(fresh.failures)}`)
  stand.check('more clients than files: it recovers', recoveredMs < RECOVER_MS, `${recoveredMs.toFixed(0)} ms behind the end of the shortage`)
}

/** The files go while it runs, as when the whole machine has no more: accept pauses and recovers. */
async function takeFiles(stand: Stand): Promise<void> {
  const { worker } = stand
  const { report, fresh, recoveredMs } = await pressFiles(stand, () => limitFiles(worker, SPARE_FILES))
  const survived = stand.worker === worker && await stand.place.metric('gateway_thread_restarts_total') === 0
  const isServed = errorsOf(report, 'kept') === 0 && Object.keys(fresh.failures).every((failure) => failure === 'status 503')
  stand.check('files taken away: open connections are served on', survived && isServed, `${report.samples} samples, ${JSON.stringify(report.errors)}; ${fresh.sent} that needed a new origin connection, failed: ${JSON.stringify(fresh.failures)}; the process ${survived ? 'lived on' : 'died'}`)
  stand.check('files taken away: accept recovers', recoveredMs < RECOVER_MS, `${recoveredMs.toFixed(0)} ms behind the end of the shortage`)
}

interface Pressed {
  report: GoodReport
  fresh: LoadReport
  recoveredMs: number
}

/** More connections than there are files for, during some seconds; `limit` is called first and may return what lifts it. */
async function pressFiles(stand: Stand, limit: () => (() => void) | void): Promise<Pressed> {
  const held = holdConnections(stand.port, '')
  stand.atEnd(() => held.close())
  // On one connection, and each request needs a new one to the origin.
  const fresh = startLoad(`http://127.0.0.1:${stand.port}/fresh`, { kept: 1 })
  let recoveredMs = NaN
  const report = await stand.observe(async () => {
    await sleep(1_000)
    const lift = limit()
    held.press(PRESSING)
    await sleep(EXHAUSTED_MS)
    const from = performance.now()
    held.close()
    await waitUntil(async () => await portState(stand.port) === 'status 404', { ms: 10_000, what: 'new connections to be served' })
    recoveredMs = performance.now() - from
    await sleep(1_000)
    lift?.()
  })
  return { report, fresh: await fresh.stop(), recoveredMs }
}

async function fillDisk(stand: Stand, routes: readonly FaultyRoute[]): Promise<void> {
  const many = (count: number): FaultyRoute[] => [...routes, ...Array.from({ length: count }, (_, index) => ({ path: `/big-${index}`, targets: ['http://127.0.0.1:1'], route: { description: 'x'.repeat(900) } }))]
  const before = await stand.publish(routes)
  let full = before
  let served = ''
  let after = before
  const report = await stand.observe(async () => {
    full = await stand.publish(many(300))
    served = await portState(stand.port)
    await sleep(2_000)
    after = await stand.publish(routes)
  })
  const errors = errorsOf(report, '')
  stand.check('disk full: serving goes on, the publish says "not persisted"', before.persisted && full.result === 'applied' && !full.persisted && served === 'status 404' && errors === 0, `published before: ${said(before.persisted)}, full: ${full.result}, ${said(full.persisted)}, good client: ${report.samples} samples, ${errors} errors`)
  stand.check('a publish that fits again is stored', after.persisted, said(after.persisted))
}

function said(persisted: boolean): string {
  return persisted ? 'persisted' : 'not persisted'
}

function errorsOf({ errors }: GoodReport, kind: string): number {
  return Object.entries(errors).reduce((sum, [error, count]) => sum + (error.startsWith(kind) ? count : 0), 0)
}
