import http2, { type ClientHttp2Session } from 'node:http2'
import { after, before, describe, test } from 'node:test'
import v8 from 'node:v8'
import { WebSocket as Client, WebSocketServer } from 'ws'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import type { Credential } from '../credential.ts'
import { startEngine } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential } from '../testing/make-certificate.ts'
import { ask } from '../testing/raw-client.ts'
import { startOrigin, type TestOrigin } from '../testing/test-origin.ts'
import { WebSocket } from '../websocket/web-socket.ts'
import { ClientConnection } from './client-connection.ts'
import { Http2Client } from './http2-client.ts'
import { MirroredRequest } from './mirrored-request.ts'

const ID = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const MANY = 200
/** The last ones may still be on their way out. */
const LEFT = 10

let origin: TestOrigin

before(async () => {
  origin = await startOrigin('hello')
})

after(() => origin.stop())

/** How many there still are after a collection of the whole heap. */
function countOf(kind: new (...given: never[]) => object): number {
  return v8.queryObjects(kind as never, { format: 'count' }) as unknown as number
}

/** Far less than the shortest timeout, after which they would be gone anyway. */
function waitForFew(kind: new (...given: never[]) => object): Promise<unknown> {
  return waitUntil(() => countOf(kind) <= LEFT, { ms: 3_000, what: `${kind.name} to be let go of`, everyMs: 50 })
}

describe('long before its timeout, nothing is held of', () => {
  test('connections that ended', async (t) => {
    const gateway = await startEngine({ targets: [origin.address] })
    t.after(() => gateway.stop())
    for (let count = 0; count < MANY; count++) await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n')
    await waitForFew(ClientConnection)
  })

  test('copies of requests', async (t) => {
    const gateway = await startEngine({ targets: [origin.address], upstreams: [{ id: ID(2), name: 'copies', targets: [{ id: 'a', address: origin.address }] }], route: { mirror: { upstreamId: ID(2) } } })
    t.after(() => gateway.stop())
    for (let count = 0; count < MANY; count++) await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n')
    await waitForFew(MirroredRequest)
  })

  test('WebSockets that closed', async (t) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await new Promise((resolve) => server.once('listening', resolve))
    const gateway = await startEngine({ targets: [`http://127.0.0.1:${(server.address() as { port: number }).port}`] })
    t.after(async () => {
      server.close()
      await gateway.stop()
    })
    for (let count = 0; count < MANY; count++) {
      const client = new Client(`ws://127.0.0.1:${gateway.port}/`)
      await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject))
      client.close()
      await new Promise((resolve) => client.once('close', resolve))
    }
    await waitForFew(WebSocket)
  })

  describe('streams of a connection that stays', () => {
    let credential: Credential
    let authorityPem: string

    before(async () => {
      const authority = await makeAuthority()
      authorityPem = authority.pem
      credential = await makeCredential(ID(500), ['a.test'], authority)
    })

    for (const http2Engine of ['direct', 'http2-proxy'] as const) {
      test(`with the engine ${http2Engine}`, async (t) => {
        const gateway = await startEngine({ targets: [origin.address], listener: { protocol: 'https', tlsPolicyId: ID(400), http2Engine }, tlsPolicies: [{ certificateIds: [credential.id] }] })
        gateway.engine.useCredentials({ certificates: [credential], fleetKey: null })
        const session = http2.connect(`https://127.0.0.1:${gateway.port}`, { ca: authorityPem, servername: 'a.test', checkServerIdentity: () => undefined })
        t.after(async () => {
          session.destroy()
          await gateway.stop()
        })
        for (let count = 0; count < MANY; count++) await get(session)
        await waitForFew(Http2Client)
      })
    }
  })
})

function get(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/' })
    stream.on('error', reject).on('end', resolve).resume()
  })
}
