import { once } from 'node:events'
import tls from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { makeAuthority, makeCredential } from '../../workers/testing/make-certificate.ts'
import { freePort } from '../services/free-port.ts'
import { ensurePebble, type PebbleOptions, startPebble } from '../services/pebble.ts'
import { waitUntil } from '../services/wait-until.ts'
import { startAuthorityProxy } from '../system/support/authority-proxy.ts'
import { startService } from '../system/support/service.ts'
import { createExample, publishAndWait, startSystem, type System } from '../system/support/system.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import type { Stand } from './stand.ts'

const MOST_ORDERS = 5
const ISSUED_MS = 60_000
const LOOK_EVERY_MS = 100
const BLOCKED = 'blocked.test'

export const promise: ChaosPromise = {
  title: 'a certificate authority that fails: bad nonces, refusals, 429, away; an empty Redis',
  seconds: 400,
  async run(stand) {
    if (!ensurePebble((line) => console.error(line))) throw new Error('Pebble is not there: install the package pebble')
    const authority = await makeAuthority()
    const credential = { ...(await makeCredential('', ['localhost'], authority)), caPem: authority.pem }
    const port = await freePort()
    const system = await startSystem({ nodeEnv: { HTTPS_PORT_RANGE: `${port}-${port}` } })
    stand.atEnd(() => system.stop())
    const options: PebbleOptions = { httpPort: system.nodes[0]!.ports.from, badNonces: 50, blocked: [BLOCKED], credential, port: await freePort() }
    let pebble = await startPebble(options)
    stand.atEnd(() => pebble.stop())
    const proxy = await startAuthorityProxy(options.port!, credential)
    stand.atEnd(() => proxy.stop())
    // Two processes that both may order.
    const env = { ...system.webEnv, ACME_ENABLED: 'true', ACME_DIRECTORY_URL: proxy.directoryUrl, NODE_EXTRA_CA_CERTS: pebble.caFile }
    for (const job of await Promise.all([1, 2].map(() => startService('server/jobs.ts', env)))) stand.atEnd(async () => void await job.stop())
    await createExample(system, ['http://127.0.0.1:9'])
    const policy = await system.api.must('POST', '/tls-policies', { name: 'automatic', acme: { enabled: true, domains: ['one.test'] } })
    await system.api.must('POST', '/listeners', { name: 'secure', protocol: 'https', port, tlsPolicyId: policy.id })
    const names: string[] = []
    const want = async (name: string): Promise<void> => {
      names.push(name)
      await system.api.patch(`/tls-policies/${policy.id}`, { acme: { enabled: true, domains: names } })
      await publishAndWait(system, name)
    }
    const isIssued = (name: string): Promise<boolean> => holds(async () => /Pebble/.test(await issuer(port, name)), ISSUED_MS)
    const isWaiting = (name: string): Promise<boolean> => holds(async () => (await stateOf(system, name)).lastError !== null, ISSUED_MS)

    await want('one.test')
    stand.check('half of all nonces refused: issued', await isIssued('one.test'), `${ordersOf(proxy.orders, 'one.test')} orders`)
    const watch = watchName(port, 'one.test')
    await want(BLOCKED)
    stand.check('a name that is refused for good ends as failed', await holds(async () => (await stateOf(system, BLOCKED)).status === 'failed', ISSUED_MS), String((await stateOf(system, BLOCKED)).lastError).slice(0, 80))
    proxy.refuseOrders(1)
    await want('two.test')
    const isPatient = await isWaiting('two.test')
    stand.check('429: waits as long as Retry-After says', isPatient && secondsTo((await stateOf(system, 'two.test')).nextAt) > 100, `in ${secondsTo((await stateOf(system, 'two.test')).nextAt).toFixed(0)} s again`)
    await pebble.stop()
    await want('three.test')
    stand.check('away: waits, and says so', await isWaiting('three.test'), String((await stateOf(system, 'three.test')).lastError).slice(0, 80))
    pebble = await startPebble({ ...options, badNonces: 20 })
    await orderUntilIssued(system, 'three.test', isIssued, stand)
    const redis = new Redis(system.redis.url)
    await redis.flushall()
    redis.disconnect()
    await want('four.test')
    stand.check('an empty Redis: issued', await isIssued('four.test'), `${ordersOf(proxy.orders, 'four.test')} orders`)
    const { looks, without } = await watch()
    stand.check('a valid certificate is never replaced by nothing', without === 0 && looks > 0, `${without} of ${looks} handshakes without it`)
    const counts = names.map((name) => `${name} ${ordersOf(proxy.orders, name)}`)
    stand.check(`at most ${MOST_ORDERS} orders a name, never by two processes for one need`, names.every((name) => ordersOf(proxy.orders, name) <= (name === 'three.test' ? MOST_ORDERS : 1)), counts.join(', '))
  }
}

/** After an outage a person asks; the authority has forgotten the account meanwhile. */
async function orderUntilIssued(system: System, name: string, isIssued: (name: string) => Promise<boolean>, stand: Stand): Promise<void> {
  for (let count = 0; count < 2; count++) {
    await system.api.must('POST', `/acme/${name}/order`)
    await holds(async () => (await stateOf(system, name)).status === 'issued' || /account/i.test((await stateOf(system, name)).lastError ?? ''), 20_000)
    if ((await stateOf(system, name)).status === 'issued') break
  }
  stand.check('back, without its memory: issued', await isIssued(name), String((await stateOf(system, name)).status))
}

/** What the API says of a name. */
interface NameState {
  name: string
  status: string
  lastError: string | null
  nextAt: string | null
}

async function stateOf(system: System, name: string): Promise<NameState> {
  const { items } = await system.api.must<{ items: NameState[] }>('GET', '/acme')
  return items.find((item) => item.name === name) ?? { name, status: 'unknown', lastError: null, nextAt: null }
}

const ordersOf = (orders: readonly string[], name: string): number => orders.filter((ordered) => ordered === name).length
const secondsTo = (time: string | null): number => (Date.parse(time ?? '') - Date.now()) / 1000

async function holds(condition: () => Promise<boolean>, ms: number): Promise<boolean> {
  const quiet = (): Promise<boolean> => condition().catch(() => false)
  return waitUntil(quiet, { ms, what: '', everyMs: 200 }).then(() => true, () => false)
}

async function issuer(port: number, servername: string): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { issuer: by } = socket.getPeerCertificate()
  socket.destroy()
  return String(by.CN)
}

/** Looks all the time, from now on, whether the name has a certificate of the authority. */
function watchName(port: number, name: string): () => Promise<{ looks: number; without: number }> {
  const seen = { looks: 0, without: 0 }
  let isOver = false
  const watching = (async () => {
    for (; !isOver; await sleep(LOOK_EVERY_MS)) {
      const by = await issuer(port, name).catch(() => '')
      seen.looks++
      if (!/Pebble/.test(by)) seen.without++
    }
  })()
  return async () => {
    isOver = true
    await watching
    return seen
  }
}
