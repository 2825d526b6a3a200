import { once } from 'node:events'
import http from 'node:http'
import http2, { type ClientHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import { WebSocket, WebSocketServer } from 'ws'
import { makeAuthority, makeCredential, type TestAuthority } from '../../workers/testing/make-certificate.ts'
import { pem } from '../../workers/testing/seal-certificate.ts'
import { freePort } from '../services/free-port.ts'
import { waitUntil } from '../services/wait-until.ts'
import { createExample, publishAndWait, startSystem, type System } from '../system/support/system.ts'
import type { ChaosPromise } from './chaos-promise.ts'
import { percentile } from './percentile.ts'
import type { Stand } from './stand.ts'

const SWAPS = 20
const WITHIN_MS = 1_000
const WEB_SOCKETS = 50
const STREAMS = 20
const EVERY_MS = 50
/** Handshakes at once, so that every thread is met. */
const HANDSHAKES = 12
const NAME = 'shop.test'
/** Well formed, and OpenSSL shows it to nobody. */
const WEAK = { certificatePem: pem('weak.pem'), privateKeyPem: pem('weak.key') }

export const promise: ChaosPromise = {
  title: 'certificates swapped with WebSockets and HTTP/2 streams open; invalid ones; a rollback',
  seconds: 300,
  async run(stand) {
    const authority = await makeAuthority()
    const origin = await startOrigin(stand)
    const port = await freePort()
    const system = await startSystem({ nodeEnv: { HTTPS_PORT_RANGE: `${port}-${port}` } })
    stand.atEnd(() => system.stop())
    const { route } = await createExample(system, [origin])
    const certificate = await system.api.must('POST', '/certificates', { name: 'shop', ...(await pair(authority, 'first')) })
    const policy = await system.api.must('POST', '/tls-policies', { name: 'public', certificateIds: [certificate.id] })
    await system.api.must('POST', '/listeners', { name: 'secure', protocol: 'https', port, tlsPolicyId: policy.id })
    await system.api.patch(`/routes/${route.id}`, { listenerIds: [] })
    const revision = await publishAndWait(system)
    const client = { host: '127.0.0.1', port, ca: authority.pem, servername: NAME }
    const open = await openAll(stand, client)
    const path = `/certificates/${certificate.id}`
    const times: number[] = []
    let wrong = 0
    for (let swap = 0; swap < SWAPS; swap++) {
      await system.api.patch(path, await pair(authority, `swap ${swap}`))
      const from = performance.now()
      await waitUntil(async () => await shown(client) === `swap ${swap}`, { ms: 10_000, what: 'the new certificate on every thread', everyMs: 5 })
      times.push(performance.now() - from)
      if (!await areRefused(system, path, authority) || await shown(client) !== `swap ${swap}`) wrong++
    }
    const median = percentile(times.toSorted((a, b) => a - b), 0.5)
    stand.check('new handshakes on every thread see the new one within 1 s', median <= WITHIN_MS, `median ${median.toFixed(0)} ms of ${times.length}, longest ${Math.max(...times).toFixed(0)} ms`)
    stand.check('an invalid one is refused, and the old one stays', wrong === 0, `${SWAPS} x another key, rubbish, none, a key of 1024 bits: ${wrong} wrong`)
    await system.api.patch(`/tls-policies/${policy.id}`, { minVersion: 'TLSv1.3' })
    await publishAndWait(system)
    const { revision: back } = await system.api.must('POST', '/config/rollback', { revision })
    await system.applied(back)
    const after = await shown(client)
    stand.check('a rollback brings no old one back', after === `swap ${SWAPS - 1}`, after)
    checkOpen(stand, open)
  }
}

/** Echoes WebSockets; answers requests with a byte every 50 ms, for ever. */
async function startOrigin(stand: Stand): Promise<string> {
  const origin = http.createServer((_request, response) => {
    const timer = setInterval(() => response.write('.'), EVERY_MS)
    response.once('close', () => clearInterval(timer))
  })
  new WebSocketServer({ server: origin }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  stand.atEnd(() => {
    origin.closeAllConnections()
    origin.close()
  })
  return `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
}

async function pair(authority: TestAuthority, subject: string): Promise<{ certificatePem: string; privateKeyPem: string }> {
  const { certificatePem, privateKeyPem } = await makeCredential('', [NAME], authority, subject)
  return { certificatePem, privateKeyPem }
}

async function areRefused(system: System, path: string, authority: TestAuthority): Promise<boolean> {
  const [good, other] = [await pair(authority, 'invalid'), await pair(authority, 'other')]
  const { version } = await system.api.must('GET', path)
  for (const given of [{ ...good, privateKeyPem: other.privateKeyPem }, { ...good, certificatePem: good.certificatePem.replace(/[A-Z]/g, 'A') }, { ...good, certificatePem: 'none' }, WEAK]) {
    const { status } = await system.api.request('PATCH', path, given, { 'if-match': `"${version}"` })
    if (status !== 400) return false
  }
  return true
}

/** Whose certificate every thread shows. */
async function shown(client: tls.ConnectionOptions): Promise<string> {
  const names = await Promise.all(Array.from({ length: HANDSHAKES }, async () => {
    const socket = tls.connect(client)
    await once(socket, 'secureConnect')
    const { subject } = socket.getPeerCertificate()
    socket.destroy()
    return String(subject.CN)
  }))
  return [...new Set(names)].join()
}

interface Open {
  webSockets: { socket: WebSocket; sent: number; got: number }[]
  streams: { stream: ClientHttp2Stream; bytes: number }[]
}

async function openAll(stand: Stand, client: tls.ConnectionOptions & { port: number }): Promise<Open> {
  const url = `127.0.0.1:${client.port}/`
  const webSockets = await Promise.all(Array.from({ length: WEB_SOCKETS }, async () => {
    const socket = new WebSocket(`wss://${url}`, client as object)
    await once(socket, 'open')
    const one = { socket, sent: 0, got: 0 }
    socket.on('error', () => {}).on('message', () => one.got++)
    return one
  }))
  const session = http2.connect(`https://${url}`, client as object)
  session.on('error', () => {})
  const streams = Array.from({ length: STREAMS }, () => {
    const one = { stream: session.request({ ':authority': NAME }), bytes: 0 }
    one.stream.on('error', () => {}).on('data', (data: Buffer) => (one.bytes += data.length))
    return one
  })
  const timer = setInterval(() => {
    for (const one of webSockets) if (one.socket.readyState === WebSocket.OPEN) one.socket.send(String(one.sent++))
  }, EVERY_MS)
  stand.atEnd(() => {
    clearInterval(timer)
    for (const { socket } of webSockets) socket.terminate()
    session.destroy()
  })
  return { webSockets, streams }
}

function checkOpen(stand: Stand, { webSockets, streams }: Open): void {
  const alive = webSockets.filter(({ socket, sent, got }) => socket.readyState === WebSocket.OPEN && got > 0 && sent - got < 100)
  stand.check('open WebSockets notice nothing', alive.length === WEB_SOCKETS, `${alive.length} of ${WEB_SOCKETS} open, ${webSockets.reduce((sum, { got }) => sum + got, 0)} messages came back`)
  const flowing = streams.filter(({ stream, bytes }) => !stream.destroyed && bytes > 0)
  stand.check('HTTP/2 streams notice nothing', flowing.length === STREAMS, `${flowing.length} of ${STREAMS} open, ${streams.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`)
}
