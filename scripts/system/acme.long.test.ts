import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import { makeAuthority, makeCredential } from '../../workers/testing/make-certificate.ts'
import { freePort } from '../services/free-port.ts'
import { ensurePebble, type Pebble, type PebbleOptions, startPebble } from '../services/pebble.ts'
import { eventually } from './support/eventually.ts'
import { type Service, startService } from './support/service.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

const isThere = ensurePebble((line) => process.stderr.write(`${line}\n`))
const skip = isThere ? false : 'Pebble is not there: install the package pebble'

let system: System
let origin: http.Server
let pebble: Pebble
let port: number
let credential: PebbleOptions['credential']
const jobs: Service[] = []

before(async () => {
  if (!isThere) return
  const authority = await makeAuthority()
  credential = { ...(await makeCredential('', ['localhost'], authority)), caPem: authority.pem }
  origin = http.createServer((_request, response) => response.end('hello'))
  new WebSocketServer({ server: origin }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  port = await freePort()
  system = await startSystem({ nodeEnv: { HTTPS_PORT_RANGE: `${port}-${port}` } })
  pebble = await startPebble({ httpPort: system.nodes[0]!.ports.from, badNonces: 20, blocked: ['refused.test'], validitySeconds: 24, credential })
  // Two processes that both may order.
  const env = { ...system.webEnv, ACME_ENABLED: 'true', ACME_DIRECTORY_URL: pebble.directoryUrl, ACME_CONTACT_EMAIL: 'ops@example.test', NODE_EXTRA_CA_CERTS: pebble.caFile }
  jobs.push(...await Promise.all([1, 2].map(() => startService('server/jobs.ts', env))))
}, { timeout: 60_000 })

after(async () => {
  await Promise.all(jobs.map((job) => job.stop()))
  await system?.stop()
  await pebble?.stop()
  origin?.closeAllConnections()
  origin?.close()
})

/** Who signed the certificate that is shown for this name, and which one it is. */
async function shown(servername: string): Promise<{ issuer: string; fingerprint: string }> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { issuer, fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return { issuer: String(issuer.CN), fingerprint: fingerprint256 }
}

const nameOf = async (name: string) => (await system.api.must('GET', '/acme')).items.find((item: { name: string }) => item.name === name)

test('a name of a policy and a host of a route get certificates; a refused one gets the authority\'s words; renewals happen while a WebSocket stays open', { skip, timeout: 120_000 }, async () => {
  const { route } = await createExample(system, [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`])
  const policy = await system.api.must('POST', '/tls-policies', { name: 'automatic', acme: { enabled: true, domains: ['named.test', 'refused.test'], fromRoutes: true } })
  await system.api.must('POST', '/listeners', { name: 'secure', protocol: 'https', port, tlsPolicyId: policy.id })
  await system.api.must('POST', '/routes', { name: 'shop', isGlobal: true, match: { hosts: ['shop.test', '*.shop.test'] }, upstreamId: route.upstreamId })
  await publishAndWait(system, 'automatic certificates')
  await eventually('a certificate of our own making serves at first, or the real one already', async () => (await shown('shop.test')).issuer !== '', 10_000)
  for (const name of ['named.test', 'shop.test']) await eventually(`${name} is issued`, async () => /Pebble/.test((await shown(name)).issuer), 40_000)
  const refused = await eventually('the refused one has failed for good', async () => {
    const item = await nameOf('refused.test')
    return item?.status === 'failed' && item
  }, 40_000)
  assert.match(refused.lastError, /blocklist|policy|refused|not.*allowed/i)
  assert.equal(refused.nextAt, null)
  assert.equal((await shown('refused.test')).issuer, 'refused.test')

  assert.match((await nameOf('shop.test')).selfCheck, /^seen at node /)
  const certificates = await system.api.must('GET', '/certificates')
  assert.deepEqual(certificates.items.map(({ name, source, status }: Record<string, string>) => `${name} ${source} ${status}`), ['acme named.test acme valid', 'acme refused.test acme waiting', 'acme shop.test acme valid'].sort())

  const webSocket = new WebSocket(`wss://127.0.0.1:${port}/`, { servername: 'shop.test', rejectUnauthorized: false } as object)
  await once(webSocket, 'open')
  const first = await shown('shop.test')
  // Two thirds of 24 s are over after 16 s; the look for names that are due comes every minute, and when a person asks.
  await system.api.must('POST', '/acme/shop.test/order')
  await eventually('it is renewed', async () => (await shown('shop.test')).fingerprint !== first.fingerprint, 75_000)
  webSocket.send('still open')
  assert.equal(((await once(webSocket, 'message')) as [Buffer])[0].toString(), 'still open')
  webSocket.close()

  const orders = pebble.lines.filter((line) => /There are now \d+ orders in the db/.test(line)).length
  assert.ok(orders <= 8, `${orders} orders were made`)
})
