import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { freePort } from '../../scripts/services/free-port.ts'
import { waitUntil } from '../../scripts/services/wait-until.ts'
import { type EngineUnderTest, startEngine, type TestConfiguration } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { answering, ok, type OriginPeer, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origin: ScriptedOrigin
let gateway: EngineUnderTest
let client: RawClient

async function start(onPeer?: (peer: OriginPeer, index: number) => void, configuration: Partial<TestConfiguration> = {}) {
  origin = await startScriptedOrigin(onPeer)
  gateway = await startEngine({ targets: [origin.url], ...configuration })
  client = await connectRaw(gateway.port)
}

afterEach(async () => {
  client.destroy()
  await gateway.stop()
  await origin.stop()
})

const get = (path = '/') => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

async function answerTo(response: string, options: { end?: boolean; method?: string } = {}) {
  await start((peer) => {
    peer.socket.once('data', () => {
      peer.send(response)
      if (options.end) peer.socket.end()
    })
  })
  client.send(get().replace('GET', options.method ?? 'GET'))
  return client.response(options.method)
}

const malformed: [string, string][] = [
  ['not HTTP', 'hello\r\n\r\n'],
  ['both framings', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['differing lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ['bad length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'],
  ['bad status', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['NUL in a field', 'HTTP/1.1 200 OK\r\nX: \0\r\n\r\n'],
  ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`],
  ['101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
  ['interim responses without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50)],
  ['a malformed first chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n']
]

for (const [name, response] of malformed) {
  test(`502 and the origin connection closed: ${name}`, async () => {
    await start((peer) => {
      peer.socket.once('data', () => peer.send(response))
    })
    client.send(get())
    await client.until('an answer', () => client.received.includes('bad_response'))
    assert.match(client.received.replaceAll('HTTP/1.1 103 Early Hints\r\n\r\n', ''), /^HTTP\/1\.1 502 /)
    await (await origin.peer(0)).closed()
  })
}

const cut: [string, string][] = [
  ['Content-Length not reached', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'],
  ['no last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n']
]

for (const [name, response] of cut) {
  test(`a cut body never ends cleanly: ${name}`, async () => {
    const { body, isWhole } = await answerTo(response, { end: true })
    assert.deepEqual([body, isWhole], ['half', false])
    await client.closed()
    await waitUntil(() => gateway.engine.stats().connections === 0, { ms: 5_000, what: 'the end of the connection' })
    assert.equal(gateway.engine.stats().inFlight, 0)
  })
}

test('a chunked body that turns bad cuts the connection', async () => {
  await start((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n'))
  })
  client.send(get())
  await client.until('the first chunk', () => client.received.includes('good'))
  ;(await origin.peer(0)).send('zz\r\n')
  assert.equal((await client.response()).isWhole, false)
})

test('a body that ends with the connection is whole, and chunked for the client', async () => {
  const { body, isWhole, headers } = await answerTo('HTTP/1.1 200 OK\r\n\r\nuntil the end', { end: true })
  assert.deepEqual([body, isWhole, headers.get('transfer-encoding')], ['until the end', true, 'chunked'])
  client.send(get())
  await origin.peer(1)
})

test('chunks and trailer of a response are written anew', async () => {
  await start((peer) => {
    peer.socket.once('data', () => peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5;x=1\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n\r\n'))
  })
  client.send(get())
  await client.until('the trailer', () => client.received.endsWith('\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n'))
})

test('HEAD, 204 and 304 have no body, whatever the origin says', async () => {
  let status = '200 OK'
  await start(answering(() => `HTTP/1.1 ${status}\r\nContent-Length: 5\r\n\r\n`))
  client.send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal((await client.response('HEAD')).headers.get('content-length'), '5')
  status = '304 Not Modified'
  client.send(get())
  assert.equal((await client.response()).status, 304)
  status = '204 No Content'
  client.send(get())
  assert.equal((await client.response()).headers.has('content-length'), false)
  assert.equal(client.received, '')
  assert.equal(origin.peers.length, 1, 'one origin connection for all')
})

test('100 is swallowed, 103 passed on', async () => {
  await start((peer) => {
    peer.socket.once('data', () => peer.send(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${ok('final')}`))
  })
  client.send(get())
  await client.until('everything', () => client.received.endsWith('final'))
  assert.match(client.received, /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/x>\r\n\r\nHTTP\/1\.1 200 OK/)
})

test('bytes behind a response never reach another request (response-queue poisoning)', async () => {
  await start((peer, index) => {
    peer.socket.once('data', () => peer.send(ok(`answer ${index}`) + (index === 0 ? ok('poison') : '')))
  })
  client.send(get())
  assert.equal((await client.response()).body, 'answer 0')
  client.send(get())
  assert.equal((await client.response()).body, 'answer 1')
})

test('bytes on an idle connection destroy it', async () => {
  await start((peer, index) => {
    peer.socket.once('data', () => peer.send(ok(`answer ${index}`)))
  })
  client.send(get())
  await client.response()
  const first = await origin.peer(0)
  first.send(ok('unasked'))
  await first.closed()
  client.send(get())
  assert.equal((await client.response()).body, 'answer 1')
})

test('an origin that closes after each answer fails no request', async () => {
  await start((peer, index) => {
    peer.socket.once('data', () => peer.socket.end(ok(`answer ${index}`), 'latin1'))
  })
  for (let index = 0; index < 5; index++) {
    client.send(get())
    assert.equal((await client.response()).status, 200)
  }
})

test('a reused connection that closes before a byte: GET is sent again, POST is 502 stale_connection', async () => {
  await start((peer, index) => {
    peer.socket.once('data', () => {
      peer.send(ok(`answer ${index}`))
      peer.socket.once('data', () => peer.destroy())
    })
  })
  client.send(get())
  assert.equal((await client.response()).body, 'answer 0')
  client.send(get())
  assert.equal((await client.response()).body, 'answer 1')
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx')
  const { status, headers } = await client.response()
  assert.deepEqual([status, headers.get('x-gateway-error')], [502, 'stale_connection'])
})

test('a fresh connection that closes before a byte: GET is sent once more, POST is not', async () => {
  await start((peer) => {
    peer.socket.once('data', () => peer.destroy())
  })
  client.send(get())
  assert.equal((await client.response()).headers.get('x-gateway-error'), 'origin_closed')
  assert.equal(origin.peers.length, 2)
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx')
  assert.equal((await client.response()).headers.get('x-gateway-error'), 'origin_closed')
  assert.equal(origin.peers.length, 3)
})

test('a target that refuses: the other one is tried; with none it is 502 without a word about the target', async () => {
  await start(answering(ok('fine')))
  const closed = `http://127.0.0.1:${await freePort()}`
  gateway.apply({ targets: [closed, origin.url], upstream: { retry: { budgetPercent: 100 } } })
  for (let index = 0; index < 10; index++) {
    client.send(get())
    assert.equal((await client.response()).body, 'fine')
  }
  gateway.apply({ targets: [closed] })
  client.send(get())
  const { status, headers, body } = await client.response()
  assert.deepEqual([status, headers.get('x-gateway-error')], [502, 'connect_failed'])
  assert.doesNotMatch(body, /127\.0\.0\.1/)
})

test('no target is 503', async () => {
  await start()
  gateway.apply({ targets: [] })
  client.send(get())
  assert.equal((await client.response()).headers.get('x-gateway-error'), 'no_available_target')
})

test('a target by name is found; one whose name is unknown is 502', async () => {
  await start(answering(ok('by name')))
  gateway.apply({ targets: [`http://localhost:${origin.port}`] })
  client.send(get())
  assert.equal((await client.response()).body, 'by name')
  gateway.apply({ targets: ['http://name.invalid:80'] })
  client.send(get())
  assert.equal((await client.response()).headers.get('x-gateway-error'), 'name_not_resolved')
})

test('an origin that never answers is 504 after activityMs; one that stops in the middle is cut', async () => {
  await start(
    (peer, index) => {
      peer.socket.once('data', () => {
        if (index > 0) peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
      })
    },
    { route: { timeouts: { activityMs: 300 } } }
  )
  client.send(get())
  assert.equal((await client.response()).headers.get('x-gateway-error'), 'response_timeout')
  await (await origin.peer(0)).closed()
  client.send(get())
  assert.equal((await client.response()).isWhole, false)
})

test('totalMs ends a request that is active all the time', async () => {
  const timers: NodeJS.Timeout[] = []
  await start(
    (peer) => {
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      timers.push(setInterval(() => peer.send('1\r\nx\r\n'), 50))
    },
    { route: { timeouts: { totalMs: 400 } } }
  )
  client.send(get())
  assert.equal((await client.response()).isWhole, false)
  for (const timer of timers) clearInterval(timer)
})

test('idle origin connections are closed after idleMs, or a second before the origin would', async () => {
  await start(answering(() => ok('x', 'Keep-Alive: timeout=1\r\n')), {})
  client.send(get())
  await client.response()
  await (await origin.peer(0)).closed()
  gateway.apply({ targets: [origin.url], upstream: { connection: { idleMs: 200 } } })
  client.send(get())
  await client.response()
  await (await origin.peer(1)).closed()
})

test('a change of configuration keeps the connections of targets that stay, and closes those of targets that go', async () => {
  await start(answering(ok('x')))
  client.send(get())
  await client.response()
  gateway.apply({ targets: [origin.url], route: { priority: 5 } })
  client.send(get())
  await client.response()
  assert.equal(origin.peers.length, 1)
  gateway.apply({ targets: ['http://127.0.0.1:1'] })
  await (await origin.peer(0)).closed()
})

test('a request that is under way when its target goes away is finished', async () => {
  await start()
  client.send(get())
  const peer = await origin.peer(0)
  gateway.apply({ targets: ['http://127.0.0.1:1'] })
  peer.send(ok('finished'))
  assert.equal((await client.response()).body, 'finished')
  await peer.closed()
  assert.equal(gateway.engine.stats().inFlight, 0)
})
