import assert from 'node:assert/strict'
import { once } from 'node:events'
import fs from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { after, before, test } from 'node:test'
import { eventually } from './support/eventually.ts'
import { createExample, publishAndWait, startSystem, type System } from './support/system.ts'

const pem = (name: string): string => fs.readFileSync(new URL(`../../workers/testing/certificates/${name}`, import.meta.url), 'utf8')
const pair = (name: string) => ({ certificatePem: pem(`${name}.pem`), privateKeyPem: pem(`${name}.key`) })

let system: System
/** Lets in who shows a certificate of the test authority, and answers with the name in it. */
let origin: https.Server

before(async () => {
  origin = https.createServer({ cert: pem('origin.pem'), key: pem('origin.key'), ca: pem('ca.pem'), requestCert: true, rejectUnauthorized: true }, (request, response) => {
    response.setHeader('connection', 'close')
    response.end(String((request.socket as TLSSocket).getPeerCertificate().subject.CN))
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  system = await startSystem()
})

after(async () => {
  await system?.stop()
  origin.close()
  origin.closeAllConnections()
})

test('a client certificate: uploaded, shown to the origin, replaced without a publish, served from the disk', async () => {
  const { id } = await system.api.must('POST', '/certificates', { name: 'for the origin', ...pair('client') })
  const { upstream } = await createExample(system, [`https://127.0.0.1:${(origin.address() as AddressInfo).port}`])
  await system.api.patch(`/upstreams/${upstream.id}`, { connection: { tls: { caPem: pem('ca.pem'), clientCertificateId: id } } })
  await publishAndWait(system, 'with a client certificate')
  const node = system.nodes[0]!
  const name = async (): Promise<string> => (await fetch(`http://127.0.0.1:${node.ports.from}/`, { headers: { connection: 'close' } })).text()
  assert.equal(await name(), 'gateway client')
  await system.api.patch(`/certificates/${id}`, pair('other'))
  await eventually('the new one is shown within a second', async () => (await name()) === 'gateway other', 1_000)
  await system.web.stop()
  await node.service.stop()
  await node.start()
  await eventually('it is there without the control plane', async () => (await name()) === 'gateway other')
  for (const file of fs.readdirSync(node.dataDir, { recursive: true, withFileTypes: true })) {
    if (file.isFile() && file.name !== 'node-key.pem') assert.doesNotMatch(fs.readFileSync(`${file.parentPath}/${file.name}`, 'latin1'), /PRIVATE KEY-----(\n|\\n)/, file.name)
  }
})
