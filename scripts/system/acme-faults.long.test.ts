import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { makeAuthority, makeCredential } from '../../workers/testing/make-certificate.ts'
import { freePort } from '../services/free-port.ts'
import { ensurePebble, type Pebble, type PebbleOptions, startPebble } from '../services/pebble.ts'
import { type AuthorityProxy, startAuthorityProxy } from './support/authority-proxy.ts'
import { eventually } from './support/eventually.ts'
import { type Service, startService } from './support/service.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

const isThere = ensurePebble((line) => process.stderr.write(`${line}\n`))
const skip = isThere ? false : 'Pebble is not there: install the package pebble'

let system: System
let pebble: Pebble
let proxy: AuthorityProxy
let options: PebbleOptions
let port: number
let policy: any
const names: string[] = []
const jobs: Service[] = []

before(async () => {
  if (!isThere) return
  const authority = await makeAuthority()
  const credential = { ...(await makeCredential('', ['localhost'], authority)), caPem: authority.pem }
  port = await freePort()
  system = await startSystem({ nodeEnv: { HTTPS_PORT_RANGE: `${port}-${port}` } })
  options = { httpPort: system.nodes[0]!.ports.from, badNonces: 50, credential, port: await freePort() }
  pebble = await startPebble(options)
  proxy = await startAuthorityProxy(options.port!, credential)
  const env = { ...system.webEnv, ACME_ENABLED: 'true', ACME_DIRECTORY_URL: proxy.directoryUrl, NODE_EXTRA_CA_CERTS: pebble.caFile }
  jobs.push(...await Promise.all([1, 2].map(() => startService('server/jobs.ts', env))))
  await createExample(system, ['http://127.0.0.1:9'])
  policy = await system.api.must('POST', '/tls-policies', { name: 'automatic', acme: { enabled: true, domains: ['first.test'] } })
  await system.api.must('POST', '/listeners', { name: 'secure', protocol: 'https', port, tlsPolicyId: policy.id })
}, { timeout: 60_000 })

after(async () => {
  await Promise.all(jobs.map((job) => job.stop()))
  await system?.stop()
  await proxy?.stop()
  await pebble?.stop()
})

/** Publishes a policy that also wants this name. */
async function want(name: string): Promise<void> {
  names.push(name)
  await system.api.patch(`/tls-policies/${policy.id}`, { acme: { enabled: true, domains: names } })
  await publishAndWait(system, name)
}

async function issuer(servername: string): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { issuer: by } = socket.getPeerCertificate()
  socket.destroy()
  return String(by.CN)
}

const isIssued = (name: string) => eventually(`${name} is issued`, async () => /Pebble/.test(await issuer(name)), 40_000)
const nameOf = async (name: string) => (await system.api.must('GET', '/acme')).items.find((item: { name: string }) => item.name === name)
const waits = (name: string) => eventually(`${name} waits with a reason`, async () => {
  const item = await nameOf(name)
  return item?.status === 'waiting' && item.lastError !== null && item
}, 40_000)

test('half of all nonces refused: one order is enough', { skip, timeout: 60_000 }, async () => {
  await want('first.test')
  await isIssued('first.test')
  assert.deepEqual(proxy.orders, ['first.test'])
})

test('429: the authority is left in peace, in its own words, until its Retry-After is over', { skip, timeout: 60_000 }, async () => {
  proxy.refuseOrders(1)
  await want('second.test')
  const { lastError, nextAt } = await waits('second.test')
  assert.match(lastError, /too many orders/)
  const seconds = (Date.parse(nextAt) - Date.now()) / 1000
  assert.ok(seconds > 100 && seconds < 130, `${seconds} s`)
  await eventually('a certificate of our own making serves meanwhile', async () => await issuer('second.test') === 'second.test', 10_000)
  assert.ok(!proxy.orders.includes('second.test'))
  await system.api.must('POST', '/acme/second.test/order')
  await isIssued('second.test')
})

test('with the authority away what is there stays; when it is back, without its memory, the order is made', { skip, timeout: 120_000 }, async () => {
  await pebble.stop()
  await want('third.test')
  await waits('third.test')
  assert.match(await issuer('first.test'), /Pebble/)
  // As often as an authority would take orders in a day, and more: none of these is one.
  for (let count = 0; count < 6; count++) {
    const before = (await nameOf('third.test')).updatedAt
    await system.api.must('POST', '/acme/third.test/order')
    await eventually('the attempt has failed', async () => {
      const { status, updatedAt, nextAt } = await nameOf('third.test')
      return status === 'waiting' && updatedAt > before && Date.parse(nextAt) > Date.now() + 30_000
    }, 20_000)
  }
  pebble = await startPebble({ ...options, badNonces: 0 })
  await system.api.must('POST', '/acme/third.test/order')
  const failed = await eventually('the authority has said that it does not know us, or has issued', async () => {
    const item = await nameOf('third.test')
    return (item.status === 'issued' || /account/i.test(item.lastError)) && item
  }, 20_000)
  if (failed.status !== 'issued') await system.api.must('POST', '/acme/third.test/order')
  await isIssued('third.test')
})

test('with Redis emptied the schedules come back, and orders are made', { skip, timeout: 60_000 }, async () => {
  const redis = new Redis(system.redis.url)
  await redis.flushall()
  redis.disconnect()
  await want('fourth.test')
  await isIssued('fourth.test')
})

test('the authority decides when a certificate is renewed (RFC 9773)', { skip, timeout: 100_000 }, async () => {
  proxy.renewalWindow = { start: new Date(Date.now() - 20_000), end: new Date(Date.now() - 10_000) }
  await want('fifth.test')
  await eventually('the window is asked for, and the certificate renewed', async () => proxy.orders.filter((name) => name === 'fifth.test').length >= 2, 90_000)
  assert.ok(proxy.asked.length >= 1)
  proxy.renewalWindow = { start: new Date(Date.now() + 3_600_000), end: new Date(Date.now() + 7_200_000) }
})

test('no name was ordered more than five times, and by one process at a time', { skip }, () => {
  for (const name of names) {
    const count = proxy.orders.filter((ordered) => ordered === name).length
    assert.ok(count >= 1 && count <= 5, `${name}: ${count} orders`)
  }
})
