import assert from 'node:assert/strict'
import { once } from 'node:events'
import type net from 'node:net'
import tls from 'node:tls'
import { after, afterEach, before, test } from 'node:test'
import type { Credential } from '../credential.ts'
import { ReadBuffers } from '../http1/read-buffer.ts'
import { pem } from '../testing/seal-certificate.ts'
import type { OriginUser } from './origin.ts'
import { OriginConnection } from './origin-connection.ts'
import { OriginTls } from './origin-tls.ts'

let server: tls.Server
let port: number
const open: OriginConnection[] = []

before(async () => {
  server = tls.createServer({ cert: pem('origin.pem'), key: pem('origin.key'), ca: pem('ca.pem'), requestCert: true, rejectUnauthorized: true }, (socket) => {
    socket.on('error', () => {})
    // Tells whom it takes the other side for, whenever it is asked.
    socket.on('data', () => void socket.write(socket.getPeerCertificate().subject.CN as string))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as net.AddressInfo).port
})

afterEach(() => {
  for (const connection of open.splice(0)) connection.destroy()
})

after(async () => {
  server.close()
  await once(server, 'close')
})

const credential = (name: string): Credential => ({ id: 'c', fingerprint256: name, certificatePem: pem(`${name}.pem`), privateKeyPem: pem(`${name}.key`) }) as Credential
const showing = (client: () => Credential | null): OriginTls => new OriginTls({ verify: true, name: 'origin.test', caPem: pem('ca.pem'), client })

/** Connects, and resolves with what the server says; '' when it ends the connection. */
function greet(origin: OriginTls): Promise<{ name: string; connection: OriginConnection }> {
  assert.equal(origin.isReady, true)
  return new Promise((resolve, reject) => {
    const user: OriginUser = {
      onOriginConnect: () => connection.write('who am I?'),
      onOriginData(buffer, length) {
        resolve({ name: buffer.toString('latin1', 0, length), connection })
        return true
      },
      onOriginEnd: () => connection.socket.end(),
      onOriginClose: () => resolve({ name: '', connection }),
      onOriginDrain() {},
      onDefect: reject
    }
    const connection = new OriginConnection(new ReadBuffers(), '127.0.0.1', port, origin, user)
    open.push(connection)
  })
}

test('the certificate is shown to a target that asks for one; without it there is no connection', async () => {
  assert.equal((await greet(showing(() => credential('client')))).name, 'gateway client')
  const none = new OriginTls({ verify: true, name: 'origin.test', caPem: pem('ca.pem') })
  assert.equal((await greet(none)).name, '')
})

test('a certificate that is not there, or that cannot be read: not ready', () => {
  assert.equal(showing(() => null).isReady, false)
  assert.equal(showing(() => ({ ...credential('client'), privateKeyPem: pem('other.key') })).isReady, false)
  assert.equal(showing(() => credential('client')).isReady, true)
})

test('a certificate that was stored anew is shown from the next connection on; open ones stay', async () => {
  let current: Credential | null = credential('client')
  const origin = showing(() => current)
  assert.equal(origin.isReady, true)
  const { connection } = await greet(origin)
  current = credential('other')
  assert.equal(origin.isReady, true)
  assert.equal((await greet(origin)).name, 'gateway other', 'also no session of the old one is resumed')
  assert.equal(connection.socket.destroyed, false)
  current = null
  assert.equal(origin.isReady, false)
})

test('authorities that cannot be read are told at once', () => {
  for (const caPem of ['nonsense', '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----']) {
    assert.throws(() => new OriginTls({ verify: true, name: 'origin.test', caPem }))
  }
})
