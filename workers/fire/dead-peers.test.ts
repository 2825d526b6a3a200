import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import type { Credential } from '../credential.ts'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential } from '../testing/make-certificate.ts'

// Promise 20: a peer that is gone without a word is noticed within a minute. The system asks for it when nothing was heard for 30 s,
// then every second, ten times. That it is told to do so is looked at here; chaos script 20 cuts a real network.

const skip = process.platform === 'linux' ? false : 'needs /proc/net/tcp'
const POLICY = '00000000-0000-7000-8000-000000000400'
const KEEP_ALIVE_TIMER = '02'

let origin: Server
let credential: Credential
let plain: EngineUnderTest
let secure: EngineUnderTest

before(async () => {
  origin = createServer((_request, response) => response.end('ok'))
  new WebSocketServer({ server: origin })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  const targets = [`http://127.0.0.1:${portOf(origin)}`]
  credential = await makeCredential('00000000-0000-7000-8000-000000000500', ['a.test'], await makeAuthority())
  plain = await startEngine({ targets })
  secure = await startEngine({ targets, listener: { protocol: 'https', tlsPolicyId: POLICY }, tlsPolicies: [{ certificateIds: [credential.id] }] })
  secure.engine.useCredentials({ certificates: [credential], fleetKey: null })
})

after(async () => {
  await Promise.all([plain.stop(), secure.stop()])
  origin.closeAllConnections()
  origin.close()
})

const portOf = (server: Server): number => (server.address() as AddressInfo).port
const hex = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`

/** Seconds until the system asks for the peer, of each connection of this process's port `from`, or to port `to`; null where it never will. */
function asksIn({ from, to }: { from?: number; to?: number }): (number | null)[] {
  const ticks = 100
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'latin1').split('\n').slice(1)).flatMap((line) => {
    const [, local = '', remote = '', state, , timer = ''] = line.trim().split(/\s+/)
    if (state !== '01' || (from !== undefined ? !local.endsWith(hex(from)) : !remote.endsWith(hex(to!)))) return []
    const [kind, when = ''] = timer.split(':')
    return [kind === KEEP_ALIVE_TIMER ? Number.parseInt(when, 16) / ticks : null]
  })
}

/** What was just sent has a timer of its own until it is acknowledged. */
async function assertAsked(port: number): Promise<void> {
  for (const place of [{ from: port }, { to: portOf(origin) }]) {
    const isAsked = (waits: (number | null)[]): boolean => waits.length === 1 && waits.every((seconds) => seconds !== null && seconds <= 31)
    await waitUntil(() => isAsked(asksIn(place)), { ms: 5_000, what: `the system to look for the peer of ${JSON.stringify(place)}` })
  }
}

const allGone = (): Promise<void> => waitUntil(() => asksIn({ to: portOf(origin) }).length === 0, { ms: 5_000, what: 'the connection to the origin to go' })

test('the system looks for the peers of a WebSocket, on both sides', { skip }, async () => {
  for (const [scheme, { port }] of [['ws', plain], ['wss', secure]] as const) {
    const socket = new WebSocket(`${scheme}://127.0.0.1:${port}/`, { rejectUnauthorized: false, servername: 'a.test' } as object)
    await once(socket, 'open')
    await assertAsked(port)
    socket.terminate()
    await allGone()
  }
})

test('and for the client of an HTTP/2 connection', { skip }, async () => {
  const session = http2.connect(`https://127.0.0.1:${secure.port}`, { rejectUnauthorized: false, servername: 'a.test' })
  await once(session, 'remoteSettings')
  const stream = session.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':authority': 'a.test', ':path': '/', 'sec-websocket-version': '13' }, { endStream: false })
  await once(stream, 'response')
  await assertAsked(secure.port)
  stream.on('error', () => {})
  session.destroy()
  await allGone()
})
