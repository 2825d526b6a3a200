import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../services/free-port.ts'
import { waitUntil } from '../services/wait-until.ts'
import { type OpenLoad, type Outcomes, startOpenLoad } from '../../workers/testing/open-load.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { type NameServer, startNameServer } from './name-server.ts'
import type { Stand } from './stand.ts'

/** Loopback addresses of the name server and of the origins before and behind a change. */
const SERVER = '127.0.0.53'
const BEFORE = '127.0.1.1'
const BEHIND = '127.0.1.2'
const TTL_SECONDS = 2
const LATE_MS = 5_000
/** As hosts files: no time to live is known, so it is looked up every 10 s. */
const HOSTS_SECONDS = 10
const PER_SECOND = 20
/** Slower than any resolver waits. */
const SLOW_MS = 30_000
/** For each of two attempts. */
const CONNECT_MS = 2_000

export const promise: ChaosPromise = {
  title: 'names of targets: unknown, changed, slow',
  seconds: 420,
  async run(stand) {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error('needs root on Linux: a mount name space and port 53')
    const server = await startNameServer(SERVER)
    stand.atEnd(() => server.stop())
    const port = await startTwins(stand)
    const hosts = await startNode(stand)
    for (const name of ['moves.test', 'vanishes.test', 'steady.test']) server.names.set(name, { address: BEFORE, ttlSeconds: TTL_SECONDS })
    for (const name of SLOW) server.names.set(name, { address: BEFORE, delayMs: SLOW_MS })
    hosts.set('hosted.test', BEFORE)
    await stand.publish(NAMES.map((name) => ({ path: `/${name}`, targets: [`http://${name}:${port}`], upstream: { connection: { connectTimeoutMs: CONNECT_MS } } })))
    const loads = new Map(NAMES.map((name) => [name, startOpenLoad(`http://127.0.0.1:${stand.port}/${name}`, PER_SECOND)]))
    const moved: number[] = []
    const hosted: number[] = []
    await stand.underWatch(async (round) => {
      await sleep(2_000)
      const [from, to] = round % 2 === 0 ? [BEFORE, BEHIND] : [BEHIND, BEFORE]
      server.names.set('moves.test', { address: to, ttlSeconds: TTL_SECONDS })
      server.names.delete('vanishes.test')
      hosts.set('hosted.test', to)
      await Promise.all([arrival('moves.test', from).then((ms) => moved.push(ms)), arrival('hosted.test', from).then((ms) => hosted.push(ms))])
    })
    checkArrivals(stand, 'a changed address is used within TTL + 5 s', moved, TTL_SECONDS * 1000 + LATE_MS)
    checkArrivals(stand, 'a changed hosts file is noticed within 10 + 5 s', hosted, HOSTS_SECONDS * 1000 + LATE_MS)
    await checkOutcomes(stand, loads, server)
  }
}

const SLOW = Array.from({ length: 6 }, (_, index) => `slow-${index + 1}.test`)
const NAMES = ['moves.test', 'vanishes.test', 'steady.test', 'hosted.test', 'unknown.test', ...SLOW]

/** When an origin had the last request, by route and address. */
const seenAt = new Map<string, number>()

/** Two origins on one port, one for each address; they note who asked where. */
async function startTwins(stand: Stand): Promise<number> {
  const port = await freePort()
  for (const address of [BEFORE, BEHIND]) {
    const server = http.createServer((request, response) => {
      seenAt.set(`${request.url?.slice(1)} ${address}`, performance.now())
      response.end(address)
    })
    server.keepAliveTimeout = 60_000
    server.listen(port, address)
    await once(server, 'listening')
    stand.atEnd(() => {
      server.close()
      server.closeAllConnections()
    })
  }
  return port
}

/** A node with a hosts file and a resolv.conf of its own. The returned object changes the hosts file. */
async function startNode(stand: Stand): Promise<{ set(name: string, address: string): void }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gateway-names-'))
  stand.atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string): string => path.join(folder, name)
  // As it comes: a question waits 5 s, twice.
  writeFileSync(file('resolv.conf'), `nameserver ${SERVER}\n`)
  writeFileSync(file('hosts'), '127.0.0.1 localhost\n')
  const mount = `mount --bind ${file('resolv.conf')} /etc/resolv.conf && mount --bind ${file('hosts')} /etc/hosts && exec "$@"`
  await stand.start({}, ['unshare', '-m', 'sh', '-c', mount, 'sh'])
  return { set: (name, address) => writeFileSync(file('hosts'), `127.0.0.1 localhost\n${address} ${name}\n`) }
}

/** How long after now the last request of the name's route comes to the address that it had. */
async function arrival(name: string, from: string): Promise<number> {
  const start = performance.now()
  const last = (): number => seenAt.get(`${name} ${from}`) ?? start
  await waitUntil(() => performance.now() - Math.max(last(), start) > 1_000 && seenAt.size > 0, { ms: 30_000, what: `${name} to move` }).catch(() => {})
  return Math.max(0, last() - start)
}

function checkArrivals(stand: Stand, what: string, times: readonly number[], mostMs: number): void {
  const longest = Math.max(...times)
  stand.check(what, times.length > 0 && longest > 0 && longest <= mostMs, `${times.length} changes under ${PER_SECOND} requests/s, the last request at the old address at most ${longest.toFixed(0)} ms later (bound ${mostMs})`)
}

/** Which outcomes a route may have. */
const ALLOWED: readonly [RegExp, RegExp][] = [
  [/^(moves|steady|hosted)/, /^200$/],
  // The last good answer is kept.
  [/^vanishes/, /^200$/],
  [/^unknown/, /^502 name_not_resolved$/],
  [/^slow/, /^(200|502 name_not_resolved)$/]
]

async function checkOutcomes(stand: Stand, loads: ReadonlyMap<string, OpenLoad>, server: NameServer): Promise<void> {
  for (const [name, load] of loads) {
    const { counts, longestMs }: Outcomes = await load.stop()
    const allowed = ALLOWED.find(([pattern]) => pattern.test(name))![1]
    const isMet = Object.keys(counts).every((outcome) => allowed.test(outcome)) && longestMs < 2 * CONNECT_MS + 1_000
    stand.check(`${name} answers as it should`, isMet, `${JSON.stringify(counts)}, longest ${longestMs.toFixed(0)} ms, ${server.asked.get(name) ?? 0} questions`)
  }
}
