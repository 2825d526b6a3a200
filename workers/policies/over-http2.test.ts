import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import http2, { type ClientHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import zlib from 'node:zlib'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { makeAuthority, makeCredential } from '../testing/make-certificate.ts'

const ID = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const TEXT = 'the same words again and again. '.repeat(2_000)

let origin: Server
let gateway: EngineUnderTest
let session: ClientHttp2Session
const seen: string[] = []
const trailers: string[] = []

async function start(http2Engine: string): Promise<void> {
  const authority = await makeAuthority()
  const credential = await makeCredential(ID(500), ['a.test'], authority)
  gateway = await startEngine({
    targets: [`http://127.0.0.1:${(origin.address() as AddressInfo).port}`],
    listener: { protocol: 'https', tlsPolicyId: ID(400), http2Engine },
    tlsPolicies: [{ certificateIds: [credential.id] }],
    policies: [
      { name: 'keys', authorization: { apiKey: { header: 'x-key', keys: [{ name: 'a', hash: createHash('sha256').update('one').digest('hex') }] } } },
      { name: 'often', rateLimiter: { limit: 7, windowSeconds: 3600 } },
      { name: 'shop', cors: { origins: ['https://shop.example'] } },
      { name: 'small', compression: {} }
    ],
    route: { authorizationPolicy: 'keys', rateLimiterPolicy: 'often', corsPolicy: 'shop', compressionPolicy: 'small' }
  })
  gateway.engine.useCredentials({ certificates: [credential], fleetKey: null })
  session = http2.connect(`https://127.0.0.1:${gateway.port}`, { ca: authority.pem, servername: 'a.test', checkServerIdentity: () => undefined })
  session.on('error', () => {})
}

before(async () => {
  origin = createServer((request, response) => {
    seen.push(JSON.stringify(request.rawHeaders))
    request.resume().on('end', () => trailers.push(request.rawTrailers.join(' ')))
    response.writeHead(200, { 'content-type': 'text/plain' }).end(TEXT)
  })
  origin.listen(0, '127.0.0.1')
  await once(origin, 'listening')
})

after(() => {
  origin.closeAllConnections()
  origin.close()
})

async function ask(headers: http2.OutgoingHttpHeaders) {
  const stream = session.request({ ':path': '/', ...headers })
  const [answer] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
  const raw = await buffer(stream)
  return { status: answer[':status'], headers: answer, raw }
}

for (const engine of ['direct', 'http2-proxy']) {
  test(`policies hold over HTTP/2 as over HTTP/1.1: ${engine}`, async () => {
    await start(engine)
    try {
      const refused = await ask({ origin: 'https://shop.example' })
      assert.deepEqual([refused.status, refused.headers['www-authenticate'], refused.headers['access-control-allow-origin']], [401, 'ApiKey realm="gateway"', 'https://shop.example'])
      const preflight = await ask({ ':method': 'OPTIONS', origin: 'https://shop.example', 'access-control-request-method': 'GET' })
      assert.deepEqual([preflight.status, preflight.headers['access-control-allow-origin']], [204, 'https://shop.example'])
      for (const [accept, decode] of [['gzip', zlib.gunzipSync], ['br', zlib.brotliDecompressSync], ['zstd', zlib.zstdDecompressSync]] as const) {
        const { status, headers, raw } = await ask({ 'x-key': 'one', 'accept-encoding': accept })
        assert.deepEqual([status, headers['content-encoding'], headers['content-length'], headers['transfer-encoding']], [200, accept, undefined, undefined])
        assert.equal(decode(raw).toString(), TEXT)
      }
      assert.ok(seen.slice(-3).every((head) => !/x-key/i.test(head)))
      const stream = session.request({ ':path': '/', ':method': 'POST', 'x-key': 'one' }, { endStream: false, waitForTrailers: true } as never)
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-key': 'one', 'x-sum': '3' }))
      stream.end('abc')
      await buffer(stream)
      assert.equal(trailers.at(-1), 'x-sum 3')
      const statuses = await Promise.all(Array.from({ length: 4 }, async () => (await ask({ 'x-key': 'one' })).status))
      assert.deepEqual(statuses.toSorted(), [200, 200, 429, 429])
    } finally {
      session.destroy()
      await gateway.stop()
    }
  })
}
