import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { eventually } from './support/eventually.ts'
import { type Origin, startOrigin } from './support/origin.ts'
import { spawnService } from './support/service.ts'
import { type System, createExample, publishAndWait, startSystem } from './support/system.ts'

let system: System
let origin: Origin

before(async () => {
  ;[system, origin] = await Promise.all([startSystem(), startOrigin('hello')])
  await createExample(system, [origin.url])
  await publishAndWait(system)
})

after(async () => {
  await system?.stop()
  await origin?.stop()
})

/** 'serves' when a request is answered, else the code of the socket's error. A hang is an error too. */
async function portState(port: number): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5_000) })
    return (await response.text()) === 'hello' ? 'serves' : `status ${response.status}`
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined
    return cause?.code ?? String(error)
  }
}

const firstPort = () => system.nodes[0]?.ports.from ?? 0

test('a port of the range: refuses, serves after a publish, refuses when disabled, serves when enabled again', async () => {
  const port = firstPort() + 1
  assert.equal(await portState(port), 'ECONNREFUSED', 'reserved only')
  const listener = await system.api.must('POST', '/listeners', { name: 'second', protocol: 'http', port })
  assert.equal(await portState(port), 'ECONNREFUSED', 'a draft opens nothing')
  await publishAndWait(system)
  assert.equal(await portState(port), 'serves')
  for (const enabled of [false, true, false, true]) {
    await system.api.patch(`/listeners/${listener.id}`, { enabled })
    await publishAndWait(system)
    assert.equal(await portState(port), enabled ? 'serves' : 'ECONNREFUSED', `enabled: ${enabled}`)
    assert.equal(await portState(firstPort()), 'serves', 'the other port is not touched')
  }
})

test('a port taken by a foreign program is reported, the rest applies, and it serves once it is free', async () => {
  const foreign = net.createServer().listen(0, '0.0.0.0')
  await once(foreign, 'listening')
  const { port } = foreign.address() as net.AddressInfo
  const taken = await system.api.must('POST', '/listeners', { name: 'taken', protocol: 'http', port })
  const free = await system.api.must('POST', '/listeners', { name: 'free', protocol: 'http', port: firstPort() + 2 })
  const { body } = await system.api.publish()
  const [node] = await system.applied(body.revision)
  assert.equal(node.state, 'applied_with_issues')
  const issue = node.issues.find((entry: any) => entry.code === 'port_in_use')
  assert.ok(issue, JSON.stringify(node.issues))
  assert.match(issue.message, new RegExp(String(port)))
  assert.equal(await portState(free.port), 'serves')
  foreign.close()
  await once(foreign, 'close')
  await eventually('the port serves once it is free', async () => (await portState(port)) === 'serves', 20_000, 200)
  await system.api.must('DELETE', `/listeners/${taken.id}`, undefined, { 'if-match': '"1"' })
  await publishAndWait(system)
  assert.equal(await portState(port), 'ECONNREFUSED')
})

test('a second node with the same port range refuses to start and says why', async () => {
  const first = system.nodes[0]
  const env = await system.nodeEnvironment('intruder', { HTTP_PORT_RANGE: first?.env.HTTP_PORT_RANGE ?? '' })
  const second = spawnService('workers/main.ts', env)
  assert.equal(await second.exited, 1)
  const said = second.lines.join('\n')
  assert.match(said, new RegExp(String(firstPort())))
  assert.match(said, new RegExp(String(first?.service.pid)))
  assert.equal(await portState(firstPort()), 'serves')
})
