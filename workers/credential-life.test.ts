import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs from 'node:fs'
import https from 'node:https'
import type net from 'node:net'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { contentOf } from '../shared/testing/content.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { createNodePlace, isThere, type NodePlace } from './testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from './testing/node-api-server.ts'
import { pem } from './testing/seal-certificate.ts'

const CERTIFICATE = '00000000-0000-7000-8000-00000000c001'

/** An origin that wants a certificate of the test authority and answers with the name in it. */
let origin: https.Server
let api: NodeApiServer
let place: NodePlace

before(async () => {
  origin = https.createServer({ cert: pem('origin.pem'), key: pem('origin.key'), ca: pem('ca.pem'), requestCert: true, rejectUnauthorized: true }, (request, response) => {
    response.setHeader('connection', 'close')
    response.end(String((request.socket as TLSSocket).getPeerCertificate().subject.CN))
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
})

after(() => {
  origin.close()
  origin.closeAllConnections()
})

beforeEach(async () => {
  api = await startNodeApiServer()
  place = await createNodePlace(api.url)
  api.publish(contentOf({
    listeners: [{ port: place.ports.from }],
    upstreams: [{
      targets: [{ id: 'a', address: `https://127.0.0.1:${(origin.address() as net.AddressInfo).port}` }],
      connection: { tls: { caPem: pem('ca.pem'), clientCertificateId: CERTIFICATE } }
    }],
    routes: [{ match: { path: { type: 'prefix', value: '/' } } }]
  }))
})

afterEach(async () => {
  await place.clear()
  await api.stop()
})

async function ask(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${place.ports.from}/`)
  return response.ok ? response.text() : `${response.status} ${response.headers.get('x-gateway-error')}`
}

const asked = (answer: string) => waitUntil(async () => await ask() === answer, { ms: 15_000, what: `the answer ${answer}` })

test('a client certificate reaches every thread without a publish, is exchanged in place, and is there after a restart without control plane', async () => {
  let node = await place.start()
  await waitUntil(() => api.acks.length > 0, { ms: 10_000, what: 'the first report' })
  assert.equal(await ask(), '503 certificate_missing', 'never a connection without the certificate')
  api.setCertificates({ [CERTIFICATE]: 'client' })
  await asked('gateway client')
  api.setCertificates({ [CERTIFICATE]: 'other' })
  await asked('gateway other')
  const [old = 0] = node.workers()
  node.signal('SIGHUP')
  await waitUntil(() => !isThere(old) && node.workers().length === 1, { ms: 20_000, what: 'the old worker process to end' })
  for (let count = 0; count < 8; count++) assert.equal(await ask(), 'gateway other')
  const stored = fs.readFileSync(path.join(place.dataDir, 'credentials.json'), 'utf8')
  assert.doesNotMatch(stored, /PRIVATE KEY|BEGIN/)
  for (const file of ['credentials.json', 'node-key.pem']) assert.equal(fs.statSync(path.join(place.dataDir, file)).mode & 0o777, 0o600)
  await node.stop()
  node = await place.start({ CONTROL_PLANE_URL: 'http://127.0.0.1:9' })
  await asked('gateway other')
})
