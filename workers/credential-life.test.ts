import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs from 'node:fs'
import https from 'node:https'
import type net from 'node:net'
import path from 'node:path'
import tls, { type TLSSocket } from 'node:tls'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { contentOf } from '../shared/testing/content.ts'
import { waitUntil } from '../scripts/services/wait-until.ts'
import { createNodePlace, isThere, type NodePlace } from './testing/data-node-process.ts'
import { type NodeApiServer, startNodeApiServer } from './testing/node-api-server.ts'
import { pem } from './testing/seal-certificate.ts'

const POLICY = '00000000-0000-7000-8000-000000000001'
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

test('a default certificate that cannot be served costs no thread: the old one stays, other ports serve, and the report names it, also after a restart', async () => {
  const ports = { http: place.ports.from, https: place.ports.from + 1 }
  const env = { HTTP_PORT_RANGE: `${ports.http}`, HTTPS_PORT_RANGE: `${ports.https}` }
  const content = contentOf({
    listeners: [{ port: ports.http }, { protocol: 'https', port: ports.https, tlsPolicyId: POLICY }],
    tlsPolicies: [{ certificateIds: [CERTIFICATE], defaultCertificateId: CERTIFICATE }],
    upstreams: [{ targets: [{ id: 'a', address: 'http://127.0.0.1:9' }] }],
    routes: [{ match: { path: { type: 'prefix', value: '/' } } }]
  })
  const shown = async (): Promise<string> => {
    const socket = tls.connect({ port: ports.https, host: '127.0.0.1', rejectUnauthorized: false })
    await Promise.race([once(socket, 'secureConnect'), once(socket, 'error'), once(socket, 'close')]).catch(() => {})
    const { subject } = socket.getPeerCertificate() ?? {}
    socket.destroy()
    return String(subject?.CN)
  }
  const reported = (...codes: string[]) => waitUntil(() => JSON.stringify(api.acks.at(-1)?.issues.map(({ code, path: at }) => `${at} ${code}`)) === JSON.stringify(codes), { ms: 15_000, what: `a report of [${codes.join()}]` })
  const both = (code: string) => [`/tlsPolicies/0/certificateIds/0 ${code}`, `/tlsPolicies/0/defaultCertificateId ${code}`]
  api.setCertificates({ [CERTIFICATE]: 'origin' })
  let node = await place.start(env)
  assert.equal((await api.publishAndWait(content)).result, 'applied')
  assert.equal(await shown(), 'origin.test')
  api.setCertificates({ [CERTIFICATE]: 'weak' })
  await reported(...both('certificate_unusable'))
  assert.equal(api.acks.at(-1)?.result, 'applied_with_issues')
  assert.match(api.acks.at(-1)?.issues[0]?.message ?? '', /key too small/)
  assert.equal(await place.metric('gateway_certificates_unusable'), 2)
  assert.deepEqual([await shown(), await ask(), await place.metric('gateway_thread_restarts_total')], ['origin.test', '502 connect_failed', 0])
  await node.stop()
  node = await place.start(env)
  await reported(...both('certificate_unusable'))
  assert.deepEqual([await shown(), await ask(), await place.metric('gateway_thread_restarts_total')], ['undefined', '502 connect_failed', 0])
  api.setCertificates({})
  await reported(...both('certificate_missing'))
  api.setCertificates({ [CERTIFICATE]: 'origin' })
  await reported()
  assert.deepEqual([api.acks.at(-1)?.result, await shown()], ['applied', 'origin.test'])
})

test('what a certificate authority asks for and no thread has is asked for from the control plane', async () => {
  const token = 'a-token-of-an-authority-0000000000'
  const content = contentOf({
    listeners: [{ port: place.ports.from }, { protocol: 'https', port: place.ports.from + 1, tlsPolicyId: POLICY }],
    tlsPolicies: [{ acme: { enabled: true, domains: ['shop.test'] } }]
  })
  api.challenges.set(token, `${token}.thumbprint`)
  await place.start({ HTTP_PORT_RANGE: `${place.ports.from}`, HTTPS_PORT_RANGE: `${place.ports.from + 1}` })
  await api.publishAndWait(content)
  const answer = async (wanted: string): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${place.ports.from}/.well-known/acme-challenge/${wanted}`, { headers: { connection: 'close' } })
    return [response.status, response.status === 200 ? await response.text() : '']
  }
  assert.deepEqual(await Promise.all(Array.from({ length: 8 }, () => answer(token))), Array.from({ length: 8 }, () => [200, `${token}.thumbprint`]))
  assert.deepEqual(await answer('another-token-00000000000000'), [404, ''])
  assert.deepEqual(api.askedTokens, [token, 'another-token-00000000000000'])
})
