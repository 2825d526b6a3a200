import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { freePort } from '../../scripts/services/free-port.ts'
import type { PortState } from '../../shared/schema/node-api.ts'
import type { ApiCall } from '../testing/api-client.ts'
import { type ControlPlane, startControlPlane } from '../testing/control-plane.ts'
import { enrolNode, heartbeatOf } from '../testing/node.ts'
import { seeChallenge } from './see-challenge.ts'

const TOKEN = 'token'
const ANSWER = 'token.thumbprint'

let plane: ControlPlane
let node: ApiCall
let listener: http.Server
let body: string
const asked: (string | undefined)[][] = []

before(async () => {
  plane = await startControlPlane()
  node = await enrolNode(plane, 'node-1')
  listener = http.createServer((request, response) => {
    asked.push([request.headers.host, request.url])
    response.end(body)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
})

after(async () => {
  listener.close()
  listener.closeAllConnections()
  await plane.stop()
})

const look = (): Promise<string> => seeChallenge(plane.db, 'shop.test', TOKEN, ANSWER, 300)
const openPort = (port: number, more: Partial<PortState> = {}): PortState => ({ address: '0.0.0.0', port, protocol: 'http', state: 'listening', ...more })

test('the answer is looked for on the http ports of nodes that are there, at the address that their heartbeats come from', async () => {
  const port = (listener.address() as AddressInfo).port
  const unused = await freePort()
  const beat = (...ports: PortState[]) => node('POST', '/node/heartbeat', heartbeatOf(null, { ports }))
  body = ANSWER
  assert.match(await look(), /^not seen: no node/)
  await beat(openPort(port, { protocol: 'https' }), openPort(port, { state: 'reserved' }))
  assert.match(await look(), /^not seen: no node/)
  // Where else a node says that it listens counts for nothing.
  await beat(openPort(unused), openPort(port, { address: '192.0.2.1' }))
  assert.equal(await look(), `seen at node node-1, port ${port}`)
  assert.deepEqual(asked.at(-1), ['shop.test', '/.well-known/acme-challenge/token'])
  body = 'something else'
  assert.match(await look(), /^not seen from control-jobs: .*port \d+: another answer \(status 200\)/)
  body = 'x'.repeat(5_000)
  assert.match(await look(), /the answer is too long/)
  await beat(openPort(unused))
  assert.match(await look(), /ECONNREFUSED/)
  await plane.db.nodes.update({ lastHeartbeatAt: new Date(Date.now() - 60_000) }, { where: { id: 'node-1' } })
  assert.match(await look(), /^not seen: no node/)
})
