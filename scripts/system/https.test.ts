import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import tls from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import { makeAuthority, makeCredential, type TestAuthority } from '../../workers/testing/make-certificate.ts'
import { freePort } from '../services/free-port.ts'
import { eventually } from './support/eventually.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
let origin: http.Server
let port: number
let authority: TestAuthority

before(async () => {
  authority = await makeAuthority()
  origin = http.createServer((_request, response) => response.end('hello'))
  new WebSocketServer({ server: origin }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  port = await freePort()
  system = await startSystem({ nodeEnv: { HTTPS_PORT_RANGE: `${port}-${port}` } })
})

after(async () => {
  await system?.stop()
  origin.closeAllConnections()
  origin.close()
})

const client = () => ({ host: '127.0.0.1', port, ca: authority.pem, servername: 'shop.test', checkServerIdentity: () => undefined })
const pair = async (subject: string) => {
  const { certificatePem, privateKeyPem } = await makeCredential('', ['shop.test'], authority, subject)
  return { certificatePem, privateKeyPem }
}

/** Who is shown to a client that asks for this name. */
async function shown(servername = 'shop.test'): Promise<string> {
  const socket = tls.connect({ ...client(), servername })
  const opened = once(socket, 'secureConnect')
  await opened
  const { subject } = socket.getPeerCertificate()
  socket.destroy()
  return String(subject.CN)
}

/** As many handshakes as meet every thread. */
const shownOnAllThreads = async (): Promise<string> => [...new Set(await Promise.all(Array.from({ length: 12 }, () => shown())))].join()

test('promise 15: HTTPS end to end; a certificate is swapped within a second, nobody who is connected notices, and no rollback brings it back', async () => {
  const { route } = await createExample(system, [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`])
  const certificate = await system.api.must('POST', '/certificates', { name: 'shop', ...(await pair('first')) })
  const policy = await system.api.must('POST', '/tls-policies', { name: 'public', certificateIds: [certificate.id], defaultCertificateId: certificate.id })
  await system.api.must('POST', '/listeners', { name: 'secure', protocol: 'https', port, tlsPolicyId: policy.id })
  await system.api.patch(`/routes/${route.id}`, { listenerIds: [] })
  const revision = await publishAndWait(system, 'https')
  assert.equal(await shownOnAllThreads(), 'first')

  const session = http2.connect(`https://127.0.0.1:${port}`, client())
  const stream = session.request({ ':authority': 'shop.test' })
  assert.equal((await buffer(stream)).toString(), 'hello')
  const webSocket = new WebSocket(`wss://127.0.0.1:${port}/`, client() as object)
  await once(webSocket, 'open')

  await system.api.patch(`/certificates/${certificate.id}`, await pair('second'))
  await eventually('every thread shows the new one', async () => (await shownOnAllThreads()) === 'second', 1_000)
  const mismatched = { ...(await pair('third')), privateKeyPem: (await pair('other')).privateKeyPem }
  const { version } = await system.api.must('GET', `/certificates/${certificate.id}`)
  const refused = await system.api.request('PATCH', `/certificates/${certificate.id}`, mismatched, { 'if-match': `"${version}"` })
  assert.deepEqual([refused.status, refused.body.error.issues[0].code], [400, 'key_mismatch'])
  assert.equal(await shownOnAllThreads(), 'second')

  await system.api.patch(`/tls-policies/${policy.id}`, { minVersion: 'TLSv1.3' })
  await publishAndWait(system, 'newer TLS alone')
  await assert.rejects(once(tls.connect({ ...client(), maxVersion: 'TLSv1.2' }), 'secureConnect'))
  const { revision: back } = await system.api.must('POST', '/config/rollback', { revision: revision })
  await system.applied(back)
  assert.equal(await shownOnAllThreads(), 'second')

  const again = session.request({ ':authority': 'shop.test' })
  assert.equal((await buffer(again)).toString(), 'hello')
  webSocket.send('still open')
  assert.equal(((await once(webSocket, 'message')) as [Buffer])[0].toString(), 'still open')
  session.close()
  webSocket.close()

  const listeners = await system.api.must('GET', '/listeners')
  const removed = await system.api.request('DELETE', `/tls-policies/${policy.id}`, undefined, { 'if-match': '"1"' })
  assert.ok([409, 412].includes(removed.status), `${removed.status}`)
  assert.equal(listeners.items.filter((listener: { protocol: string }) => listener.protocol === 'https').length, 1)
})

test('a node says itself which certificate its threads show for a name, by SNI or as the default', async () => {
  const { items } = await system.api.must('GET', `/nodes/node-1/certificate?name=SHOP.test&port=${port}`)
  assert.equal(items.length, 1, 'all threads agree')
  const [{ by, certificate, threads, listener }] = items
  const socket = tls.connect(client())
  await once(socket, 'secureConnect')
  const peer = socket.getPeerCertificate()
  socket.destroy()
  assert.deepEqual([by, listener, threads], ['name', 'secure', 2])
  assert.deepEqual([certificate.fingerprint256, certificate.names], [peer.fingerprint256.replaceAll(':', '').toLowerCase(), ['shop.test']])
  assert.equal(Date.parse(certificate.notAfter), Date.parse(peer.valid_to))
  assert.equal((await system.api.must('GET', '/nodes/node-1/certificate?name=other.test')).items[0].by, 'default')
  assert.equal((await system.api.must('GET', '/nodes/node-1/certificate')).items[0].by, 'default')
  assert.deepEqual((await system.api.must('GET', '/nodes/node-1/certificate?port=1')).items, [])
  assert.equal((await system.api.request('GET', '/nodes/nobody/certificate')).status, 404)
})

test('a node that restarts without the control plane serves HTTPS from its disk, and sessions go on', async () => {
  const node = system.nodes[0]!
  const socket = tls.connect(client())
  await once(socket, 'secureConnect')
  socket.write('GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n')
  const [[ticket]] = (await Promise.all([once(socket, 'session'), once(socket, 'data')])) as [[Buffer], unknown]
  socket.destroy()
  await system.web.stop()
  await node.service.stop()
  await node.start()
  await eventually('it is served', async () => (await shownOnAllThreads()) === 'second')
  const resumed = tls.connect({ ...client(), session: ticket })
  await once(resumed, 'secureConnect')
  assert.equal(resumed.isSessionReused(), true)
  resumed.destroy()
})
