import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { createNodePlace, type NodePlace, type NodeProcess } from '../testing/data-node-process.ts'
import { holdConnections } from '../testing/held-connections.ts'
import { type NodeApiServer, startNodeApiServer } from '../testing/node-api-server.ts'
import { limitFiles, openFiles } from '../testing/process-facts.ts'
import { portState } from '../testing/steady-load.ts'
import { contentFor, startOrigin, type TestOrigin } from '../testing/test-origin.ts'

const SPARE_FILES = 100
const PRESSING = 300

let origin: TestOrigin
let api: NodeApiServer
let place: NodePlace
let node: NodeProcess

before(async () => {
  ;[origin, api] = await Promise.all([startOrigin('hello'), startNodeApiServer()])
  place = await createNodePlace(api.url)
  node = await place.start()
  await api.publishAndWait(contentFor(origin, [place.ports.from]))
})

after(async () => {
  await place.clear()
  await Promise.all([api.stop(), origin.stop()])
})

/** The body of the answer on a connection of the agent. */
function ask(agent: http.Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ port: place.ports.from, host: '127.0.0.1', agent, timeout: 10_000 }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text)).on('end', () => resolve(body))
    })
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer')))
  })
}

test('out of file descriptors: open connections are served on, new ones again when there are some', async () => {
  const [worker = -1] = node.workers()
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  assert.equal(await ask(agent), 'hello')
  const most = openFiles(worker) + SPARE_FILES
  const lift = limitFiles(worker, SPARE_FILES)
  const held = holdConnections(place.ports.from, '')
  try {
    held.press(PRESSING)
    await waitUntil(() => openFiles(worker) >= most - SPARE_FILES / 2, { ms: 10_000, what: 'file descriptors to be used up' })
    for (let round = 0; round < 50; round++) {
      assert.equal(await ask(agent), 'hello')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    held.close()
    await waitUntil(async () => await portState(place.ports.from) === 'serves', { ms: 10_000, what: 'new connections to be served' })
    assert.deepEqual(node.workers(), [worker], 'the process lived on')
    assert.equal(await place.metric('gateway_thread_restarts_total'), 0)
  } finally {
    held.close()
    lift()
    agent.destroy()
  }
})
