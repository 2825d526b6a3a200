import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import type { Credential } from '../credential.ts'
import { Signals } from '../state/signals.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential, type TestAuthority } from '../testing/make-certificate.ts'

const DRAIN_MS = 1_500
const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

let authority: TestAuthority
let credential: Credential
let origin: Server
let plain: EngineUnderTest
let secure: EngineUnderTest

before(async () => {
  authority = await makeAuthority()
  credential = await makeCredential(id(500), ['a.test'], authority)
  origin = createServer((_request, response) => void response.end('hello'))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  const targets = [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`]
  plain = await startEngine({ targets })
  secure = await startEngine({ targets, listener: { protocol: 'https', tlsPolicyId: id(400) }, tlsPolicies: [{ certificateIds: [credential.id] }] })
  secure.engine.useCredentials({ certificates: [credential], fleetKey: null })
})

after(async () => {
  await plain.stop()
  await secure.stop()
  origin.closeAllConnections()
  origin.close()
})

/** As the worker process does when a person drains the node. */
const drain = ({ memory }: EngineUnderTest, ms: number) => {
  new Signals(memory.signals).drainMs = ms
}

beforeEach(() => {
  drain(plain, 0)
  drain(secure, 0)
})

async function ask(agent: Agent): Promise<IncomingMessage> {
  const [response] = (await once(get({ port: plain.port, agent }), 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response
}

function connect(): http2.ClientHttp2Session {
  const session = http2.connect(`https://127.0.0.1:${secure.port}`, { ca: authority.pem, servername: 'a.test', checkServerIdentity: () => undefined })
  session.on('error', () => {})
  return session
}

async function status(stream: http2.ClientHttp2Stream): Promise<number | undefined> {
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
  stream.resume()
  await once(stream, 'close')
  return headers[':status']
}

test('a kept connection is told with its next answer; one that asks nothing ends within the time; a new one is served once', async () => {
  const [busy, idle] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })]
  assert.equal((await ask(busy)).headers.connection, undefined)
  const idleRequest = get({ port: plain.port, agent: idle })
  const [socket] = (await once(idleRequest, 'socket')) as [Socket]
  const [response] = (await once(idleRequest, 'response')) as [IncomingMessage]
  response.resume()
  const ended = once(socket, 'close')
  const begin = performance.now()
  drain(plain, DRAIN_MS)
  for (let field: string | undefined = ''; field !== 'close';) field = (await ask(busy)).headers.connection
  assert.equal((await ask(busy)).headers.connection, 'close')
  await ended
  assert.ok(performance.now() - begin < DRAIN_MS + 3_000)
  drain(plain, 0)
  for (let field: string | undefined = 'close'; field === 'close';) field = (await ask(busy)).headers.connection
  busy.destroy()
})

test('HTTP/2 says GOAWAY without a last stream first, serves what was on its way, and then ends; a new connection the same', async () => {
  const session = connect()
  assert.equal(await status(session.request({ ':path': '/' })), 200)
  const goaway = once(session, 'goaway')
  // Begun before the client can have heard of it.
  drain(secure, DRAIN_MS)
  const asked = status(session.request({ ':path': '/' }))
  const [code, lastStream] = await goaway
  assert.deepEqual([code, lastStream], [0, 2 ** 31 - 1])
  assert.equal(await asked, 200)
  await once(session, 'close')
  const late = connect()
  const lateGoaway = once(late, 'goaway')
  assert.equal(await status(late.request({ ':path': '/' })), 200)
  assert.equal((await lateGoaway)[1], 2 ** 31 - 1)
  await once(late, 'close')
})
