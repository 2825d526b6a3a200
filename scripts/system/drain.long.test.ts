import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { eventually } from './support/eventually.ts'
import { startLoad } from './support/load.ts'
import { createExample, type NodeUnderTest, publishAndWait, startSystem, type System } from './support/system.ts'

let system: System
let node: NodeUnderTest
let origin: http.Server

before(async () => {
  origin = http.createServer((_request, response) => void response.end('hello'))
  new WebSocketServer({ server: origin }).on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  system = await startSystem({ nodes: 2 })
  node = system.nodes[0]!
  await createExample(system, [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`])
  await system.api.must('POST', '/listeners', { name: 'other', protocol: 'http', port: system.nodes[1]!.ports.from })
  await publishAndWait(system)
})

after(async () => {
  await system?.stop()
  origin.closeAllConnections()
  origin.close()
})

const url = () => `http://127.0.0.1:${node.ports.from}/`
const ready = async () => (await fetch(`${node.metricsUrl}/readyz`)).status
const drain = (body: object = {}) => system.api.must('POST', '/nodes/node-1/drain', body)
const item = () => system.api.must('GET', '/nodes/node-1')

/** Opens a WebSocket through the node, and has something said on it. */
async function open(): Promise<{ socket: WebSocket; closed: Promise<number> }> {
  const socket = new WebSocket(url().replace('http', 'ws'))
  await once(socket, 'open')
  socket.send('hello')
  await once(socket, 'message')
  return { socket, closed: once(socket, 'close').then(([code]) => code) }
}

/** The Connection field of an answer on a connection that the client would keep. */
async function connectionField(agent: http.Agent): Promise<string | undefined> {
  const [response] = (await once(http.get(url(), { agent }), 'response')) as [http.IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.headers.connection
}

test('a drained node is not ready within a second; requests on kept connections and new ones are served, WebSockets end with 1001', async (t) => {
  const load = startLoad({ url: url(), perSecond: 200 })
  t.after(() => load.stop())
  const sockets = await Promise.all(Array.from({ length: 20 }, open))
  await eventually('the load runs', () => load.report.ok > 100)
  await drain({ reason: 'new kernel' })
  const begin = performance.now()
  await eventually('it is not ready', async () => (await ready()) === 503)
  const notReadyAfter = performance.now() - begin
  const codes = await Promise.all(sockets.map(async ({ closed }) => [await closed, performance.now() - begin] as const))
  assert.ok(codes.every(([code]) => code === 1001), codes.join(' '))
  const times = codes.map(([, ms]) => ms).sort((a, b) => a - b)
  assert.ok(times.at(-1)! - times[0]! > 500, `spread over time: ${times.map(Math.round).join(' ')}`)
  assert.ok(times.at(-1)! < 5_000, `within DRAIN_SECONDS: ${times.at(-1)}`)
  const agent = new http.Agent({ keepAlive: true })
  assert.equal(await connectionField(agent), 'close')
  const late = await open()
  assert.equal(await late.closed, 1001)
  const report = await load.stop()
  assert.equal(report.failed, 0, report.failures.join('\n'))
  assert.ok(notReadyAfter < 1_000, `not ready after ${notReadyAfter} ms`)
  const shown = await eventually('the node says so itself', async () => {
    const found = await item()
    return found.heartbeat.drained === true && found
  })
  assert.deepEqual([shown.drain.reason, shown.drain.closePorts], ['new kernel', false])
  assert.equal((await system.api.must('GET', '/nodes/node-2')).drain, null)
})

test('it stays drained over restarts of the node and of the control plane, and serves as before when that ends', async () => {
  await system.web.stop()
  await node.service.stop()
  await node.start()
  assert.deepEqual(await (await fetch(`${node.metricsUrl}/readyz`)).json().then(({ ready: isReady, reason }: any) => [isReady, reason]), [false, 'drained'])
  await system.startWeb()
  assert.equal((await item()).drain.reason, 'new kernel')
  await eventually('the control plane is asked again', () => node.service.lines.some((line) => /answers again/.test(line)))
  assert.equal(await ready(), 503)
  await system.api.must('POST', '/nodes/node-1/undrain')
  await eventually('it is ready', async () => (await ready()) === 200)
  const agent = new http.Agent({ keepAlive: true })
  assert.equal(await connectionField(agent), undefined)
  agent.destroy()
  const { socket } = await open()
  socket.terminate()
})

test('told to, it closes its ports, and opens them again', async () => {
  const isOpen = async () => {
    const socket = net.connect(node.ports.from, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return true
    } catch {
      return false
    } finally {
      socket.destroy()
    }
  }
  assert.equal(await isOpen(), true)
  await drain({ closePorts: true })
  await eventually('the port refuses', async () => !(await isOpen()))
  await eventually('the node says so', async () => (await item()).heartbeat.ports.every(({ state }: any) => state === 'reserved'))
  await node.service.stop()
  await node.start()
  assert.equal(await isOpen(), false)
  await system.api.must('POST', '/nodes/node-1/undrain')
  await eventually('the port serves', isOpen)
  assert.equal(await (await fetch(url())).text(), 'hello')
})
