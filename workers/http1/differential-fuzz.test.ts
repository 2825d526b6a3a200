import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'
import { after, before, test } from 'node:test'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw } from '../testing/raw-client.ts'

/*
 * For any input: what we forward is, for Node's own strict parser, exactly one request, the one that we understood.
 * The origin is a node:http server; a request it sees that was not counted, or an error of its parser, is a way to
 * smuggle. Inputs are requests with mutations at random places, from fixed seeds.
 */
const SEEDS = [1, 20260, 777, 4, 5]
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 400)

let origin: http.Server
let gateway: EngineUnderTest
let seen: { method: string; url: string; body: string }[] = []
let parserErrors: string[] = []

before(async () => {
  origin = http.createServer({ insecureHTTPParser: false, requireHostHeader: true }, (request, response) => {
    let body = ''
    request.setEncoding('latin1').on('data', (text: string) => (body += text))
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', body })
      response.end('ok')
    })
    request.on('error', () => {})
  })
  origin.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // A client that ends in the middle of a body aborts its request; the parser then sees an end, not wrong bytes.
    if (error.code?.startsWith('HPE_') && error.code !== 'HPE_INVALID_EOF_STATE') parserErrors.push(error.code)
    socket.destroy()
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
  gateway = await startEngine({ targets: [`http://127.0.0.1:${(origin.address() as net.AddressInfo).port}`], listener: { limits: { headerTimeoutMs: 300 } } })
})

after(async () => {
  await gateway.stop()
  origin.closeAllConnections()
  origin.close()
})

/** Small and seeded, so that a failure can be repeated (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const LINES = ['GET /1 HTTP/1.1', 'POST /2 HTTP/1.1', 'PUT /3?q HTTP/1.0', 'DELETE http://b/4 HTTP/1.1', 'OPTIONS * HTTP/1.1', 'get /5 HTTP/1.1']
const FIELDS = ['Content-Length: 5', 'Content-Length: 05', 'Transfer-Encoding: chunked', 'Transfer-Encoding: Chunked', 'Connection: close', 'Connection: keep-alive, content-length', 'Connection: transfer-encoding', 'X: 1', 'Expect: 100-continue', 'TE: trailers', 'Trailer: X-Sum', 'Upgrade: h2c', 'X-Long: ' + 'a'.repeat(300)]
const BODIES = ['', 'hello', '5\r\nhello\r\n0\r\n\r\n', '0\r\n\r\n', 'GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n', '5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n']
const INSERTS = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ',', 'chunked', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', '\x0b', '\x80', ';', '0', '\r\n\r\n', 'GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n']

function makeInput(random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const fields = ['Host: a.test', ...Array.from({ length: Math.floor(random() * 4) }, () => pick(FIELDS))]
  let text = `${pick(LINES)}\r\n${fields.join('\r\n')}\r\n\r\n${pick(BODIES)}`
  for (let count = Math.floor(random() * 3); count > 0; count--) {
    const at = Math.floor(random() * text.length)
    const cut = random() < 0.3 ? 1 : 0
    text = text.slice(0, at) + (random() < 0.8 ? pick(INSERTS) : '') + text.slice(at + cut)
  }
  return text
}

for (const seed of SEEDS) {
  test(`what is forwarded is one request for a strict parser (seed ${seed})`, async () => {
    const random = randomFrom(seed)
    let forwarded = 0
    for (let round = 0; round < ROUNDS; round++) {
      const input = makeInput(random)
      seen = []
      parserErrors = []
      const requestsBefore = gateway.engine.stats().requests
      const client = await connectRaw(gateway.port)
      const cut = random() < 0.5 ? Math.floor(random() * input.length) : input.length
      client.send(input.slice(0, cut))
      await new Promise((resolve) => setImmediate(resolve))
      client.socket.end(input.slice(cut), 'latin1')
      await client.until('the gateway ends the connection', () => client.hasEnded || client.hasClosed, 10_000)
      client.destroy()
      const understood = gateway.engine.stats().requests - requestsBefore
      // Any token is a method (RFC 9110 section 9.1); Node's parser knows only some.
      const methods = [...input.matchAll(/(?:^|\n)([!-~]+) [!-~]+ HTTP\//g)].map(([, method]) => method ?? '')
      if (!methods.every((method) => http.METHODS.includes(method))) parserErrors = parserErrors.filter((code) => code !== 'HPE_INVALID_METHOD')
      assert.deepEqual(parserErrors, [], `seed ${seed} round ${round}: ${JSON.stringify(input)}`)
      assert.ok(seen.length <= understood, `seed ${seed} round ${round}: ${seen.length} requests at the origin, ${understood} understood: ${JSON.stringify(input)}`)
      forwarded += seen.length
    }
    assert.ok(forwarded > ROUNDS / 20, `the fuzzer must get requests through to mean something: ${forwarded}`)
  })
}
