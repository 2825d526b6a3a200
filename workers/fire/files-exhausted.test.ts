import assert from 'node:assert/strict'
import http from 'node:http'
import { after, afterEach, before, test } from 'node:test'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { createNodePlace, type NodePlace, type NodeProcess } from '../testing/data-node-process.ts'
import { holdConnections } from '../testing/held-connections.ts'
import { type NodeApiServer, startNodeApiServer } from '../testing/node-api-server.ts'
import { limitFiles, openFiles } from '../testing/process-facts.ts'
import { portState } from '../testing/steady-load.ts'
import { contentFor, startOrigin, type TestOrigin } from '../testing/test-origin.ts'

const SPARE_FILES = 100
const LIMIT = 200
const PRESSING = 300

let origin: TestOrigin
let api: NodeApiServer
let place: NodePlace
let node: NodeProcess

before(async () => {
  ;[origin, api] = await Promise.all([startOrigin('hello'), startNodeApiServer()])
})

after(async () => {
  await Promise.all([api.stop(), origin.stop()])
})

afterEach(() => place.clear())

/** Starts the node; every request needs a new connection to the origin, so that open ones alone do not do. */
async function start(launcher: readonly string[] = []): Promise<void> {
  place = await createNodePlace(api.url)
  node = await place.start({}, undefined, launcher)
  const content = contentFor(origin, [place.ports.from])
  const upstreams = content.upstreams.map((upstream) => ({ ...upstream, connection: { ...upstream.connection, idleMs: 1 } }))
  await api.publishAndWait({ ...content, upstreams })
}

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

/** 50 requests on one connection within some seconds. */
async function askOn(agent: http.Agent): Promise<string[]> {
  const answers: string[] = []
  for (let round = 0; round < 50; round++) {
    answers.push(await ask(agent))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return answers
}

test('more clients than file descriptors: the first are served on, the others are told, and served when there is room', async () => {
  await start(['prlimit', `--nofile=${LIMIT}:${LIMIT}`])
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  assert.equal(await ask(agent), 'hello')
  const held = holdConnections(place.ports.from, '')
  held.press(PRESSING)
  await waitUntil(async () => await portState(place.ports.from) === 'status 503', { ms: 10_000, what: 'new clients to be refused' })
  assert.deepEqual([...new Set(await askOn(agent))], ['hello'])
  // One that an origin connection has just given back may serve a client in between.
  await waitUntil(async () => await portState(place.ports.from) === 'status 503', { ms: 10_000, what: 'new clients to be refused again' })
  held.close()
  await waitUntil(async () => await portState(place.ports.from) === 'serves', { ms: 10_000, what: 'new connections to be served' })
  agent.destroy()
})

test('file descriptors taken away while it runs: the process lives on and serves when there are some again', async () => {
  await start()
  const [worker = -1] = node.workers()
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  assert.equal(await ask(agent), 'hello')
  const most = openFiles(worker) + SPARE_FILES
  const lift = limitFiles(worker, SPARE_FILES)
  const held = holdConnections(place.ports.from, '')
  try {
    held.press(PRESSING)
    await waitUntil(() => openFiles(worker) >= most - SPARE_FILES / 2, { ms: 10_000, what: 'file descriptors to be used up' })
    for (const answer of await askOn(agent)) assert.match(answer, /hello|out_of_files/)
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
