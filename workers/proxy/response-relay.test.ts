import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { type EngineUnderTest, startEngine } from '../testing/engine-under-test.ts'
import { connectRaw, type RawClient } from '../testing/raw-client.ts'
import { ok, type ScriptedOrigin, startScriptedOrigin } from '../testing/scripted-origin.ts'

let origin: ScriptedOrigin
let gateway: EngineUnderTest

afterEach(async () => {
  await gateway.stop()
  await origin.stop()
})

/** An origin that answers a first request so, and closes behind it where `closes`; every other request gets "after". */
async function start(answer: string, closes: boolean): Promise<RawClient> {
  let isFirst = true
  origin = await startScriptedOrigin((peer) => {
    peer.socket.on('data', () => {
      if (!peer.received.includes('\r\n\r\n')) return
      peer.received = ''
      peer.send(isFirst ? answer : ok('after'))
      if (isFirst && closes) peer.socket.end()
      isFirst = false
    })
  })
  gateway = await startEngine({ targets: [origin.url] })
  return connectRaw(gateway.port)
}

const AFTER = 'GET /after HTTP/1.1\r\nHost: a\r\n\r\n'
const chunked = (body: string): string => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`

interface Row {
  rule: string
  /** GET / HTTP/1.1 by default. */
  method?: string
  version?: string
  answer: string
  /** The origin closes behind its answer. */
  closes?: boolean
  /** In what the client gets. */
  has: RegExp
  hasNot?: RegExp
  /** The next request on the connection is answered; false: the connection ends. */
  goesOn: boolean
}

const rows: Row[] = [
  { rule: 'RFC 9110 15.2: 103 goes to the client before the response', answer: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\n\r\n${ok('x')}`, has: /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a>\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*x$/, goesOn: true },
  { rule: 'RFC 9110 6.6.1: an answer without Date gets one', answer: ok('x'), has: /\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/, goesOn: true },
  { rule: 'RFC 9110 6.6.1: the Date of the origin stays as it is', answer: ok('x', 'date: Tue, 15 Nov 1994 08:12:31 GMT\r\n'), has: /\r\ndate: Tue, 15 Nov 1994 08:12:31 GMT\r\n/, hasNot: /Date: /, goesOn: true },
  { rule: 'RFC 9110 6.6.1: an answer of the gateway itself has a Date', answer: 'no HTTP at all\r\n\r\n', has: /^HTTP\/1\.1 502 [^]*\r\nDate: \w{3}, /, goesOn: true },
  { rule: 'RFC 9110 15.2: an HTTP/1.0 client gets no 1xx', version: 'HTTP/1.0', answer: `HTTP/1.1 103 Early Hints\r\n\r\n${ok('x')}`, has: /^HTTP\/1\.1 200 OK/, goesOn: false },
  { rule: 'RFC 9110 15.2.1: a 100 that nobody asked for is not passed on', answer: `HTTP/1.1 100 Continue\r\n\r\n${ok('x')}`, has: /^HTTP\/1\.1 200 OK/, goesOn: true },
  { rule: 'RFC 9110 15.2.2: 101 that nobody asked for is 502', answer: 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', has: /^HTTP\/1\.1 502 /, goesOn: true },
  { rule: 'RFC 9112 6.3: the answer to HEAD has a length and no body', method: 'HEAD', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', has: /Content-Length: 5\r\n[^]*\r\n$/, goesOn: true },
  { rule: 'RFC 9110 9.3.2: a body that answers HEAD is not passed on', method: 'HEAD', answer: ok('hello'), has: /Content-Length: 5\r\n[^]*\r\n$/, hasNot: /hello/, goesOn: true },
  { rule: 'RFC 9110 15.3.5: 204 has no body and no length', answer: 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello', has: /^HTTP\/1\.1 204 No Content\r\n/, hasNot: /hello|Content-Length/i, goesOn: true },
  { rule: 'RFC 9110 15.4.5: 304 has no body', answer: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "x"\r\n\r\nhello', has: /^HTTP\/1\.1 304 Not Modified\r\n[^]*ETag: "x"\r\n/, hasNot: /hello/, goesOn: true },
  { rule: 'RFC 9112 6.3: bytes behind a complete response are not passed on', answer: `${ok('x')}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`, has: /x$/, hasNot: /evil/, goesOn: true },
  { rule: 'RFC 9112 6.3: a body without length ends with the connection, and is chunked for the client', answer: 'HTTP/1.1 200 OK\r\n\r\nhello', closes: true, has: /Transfer-Encoding: chunked\r\n[^]*hello\r\n0\r\n\r\n$/, goesOn: true },
  { rule: 'RFC 9112 6.3: for an HTTP/1.0 client it ends with the connection, too', version: 'HTTP/1.0', answer: 'HTTP/1.1 200 OK\r\n\r\nhello', closes: true, has: /\r\n\r\nhello$/, hasNot: /Transfer-Encoding/i, goesOn: false },
  { rule: 'RFC 9112 7.1: a chunked body has one framing for the client', answer: chunked('5\r\nhello\r\n0\r\n\r\n'), has: /Transfer-Encoding: chunked\r\n[^]*hello\r\n0\r\n\r\n$/, hasNot: /Content-Length/i, goesOn: true },
  { rule: 'RFC 9112 7.1: an HTTP/1.0 client gets it without chunks', version: 'HTTP/1.0', answer: chunked('5\r\nhello\r\n0\r\n\r\n'), has: /\r\n\r\nhello$/, hasNot: /Transfer-Encoding/i, goesOn: false },
  { rule: 'RFC 9110 6.5: trailers are passed on, but none about framing, connection or routing', answer: chunked('0\r\nX-Sum: 1\r\nContent-Length: 9\r\nTransfer-Encoding: gzip\r\nConnection: close\r\nHost: x\r\n\r\n'), has: /0\r\nX-Sum: 1\r\n\r\n$/, hasNot: /Content-Length|gzip|Host/i, goesOn: true },
  { rule: 'RFC 9112 8: a length that is not reached cuts the client, too', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', closes: true, has: /hello$/, goesOn: false },
  { rule: 'RFC 9112 8: a missing last chunk cuts the client, too', answer: chunked('5\r\nhello\r\n'), closes: true, has: /hello\r\n$/, hasNot: /\r\n0\r\n/, goesOn: false },
  { rule: 'RFC 9112 7.1: a chunk that is wrong is 502 while nothing was sent', answer: chunked('5\r\nhello\r\nx\r\n'), has: /^HTTP\/1\.1 502 /, hasNot: /hello/, goesOn: true },
  { rule: 'RFC 9110 7.6.1: hop-by-hop fields stay on their hop, with those that Connection names', answer: ok('x', 'Connection: x-own, keep-alive\r\nX-Own: 1\r\nKeep-Alive: timeout=9\r\nProxy-Connection: close\r\nUpgrade: h2c\r\n'), has: /^HTTP\/1\.1 200 OK/, hasNot: /X-Own|Keep-Alive|Proxy-Connection|Upgrade/i, goesOn: true },
  { rule: "RFC 9112 9.6: the origin's close is not the client's", answer: ok('x', 'Connection: close\r\n'), closes: true, has: /x$/, hasNot: /Connection: close/i, goesOn: true },
  { rule: 'RFC 9112 2.3: the answer of an HTTP/1.0 origin is one of HTTP/1.1', answer: 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx', closes: true, has: /^HTTP\/1\.1 200 OK\r\n[^]*x$/, goesOn: true },
  { rule: 'RFC 9112 6.1: an HTTP/1.0 response with a coding is 502', answer: 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', has: /^HTTP\/1\.1 502 /, goesOn: true },
  { rule: 'RFC 9112 6.3: both framings are 502', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', has: /^HTTP\/1\.1 502 /, goesOn: true },
  { rule: 'RFC 9112 5.2: a folded field is 502', answer: 'HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\nContent-Length: 0\r\n\r\n', has: /^HTTP\/1\.1 502 /, goesOn: true },
  { rule: 'RFC 9110 5.5: NUL in a field is 502', answer: 'HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 0\r\n\r\n', has: /^HTTP\/1\.1 502 /, goesOn: true },
  { rule: 'RFC 9112 2.2: bare line feeds are 502', answer: 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', closes: true, has: /^HTTP\/1\.1 502 /, goesOn: true }
]

describe('what a client gets of a response', () => {
  for (const { rule, method = 'GET', version = 'HTTP/1.1', answer, closes = false, has, hasNot, goesOn } of rows) {
    test(rule, async () => {
      const client = await start(answer, closes)
      client.send(`${method} / ${version}\r\nHost: a\r\n\r\n`)
      await client.until('the response, or the end', () => client.hasClosed || client.hasEnded || has.test(client.received))
      if (goesOn) {
        const first = client.received
        client.received = ''
        client.send(AFTER)
        assert.equal((await client.response()).body, 'after')
        client.received = first
      } else await client.until('the end', () => client.hasClosed || client.hasEnded)
      assert.match(client.received, has)
      if (hasNot !== undefined) assert.doesNotMatch(client.received, hasNot)
      client.destroy()
    })
  }
})

test('RFC 9112 9.3.2: twenty requests in one piece are answered in their order', async () => {
  origin = await startScriptedOrigin((peer) => {
    let unanswered = ''
    peer.socket.on('data', () => {
      unanswered += peer.received
      peer.received = ''
      for (let found = /POST \/(\d+)[^]*?\r\n\r\nbody\1/.exec(unanswered); found !== null; found = /POST \/(\d+)[^]*?\r\n\r\nbody\1/.exec(unanswered)) {
        unanswered = unanswered.slice(found.index + found[0].length)
        peer.send(ok(`answer ${found[1]}`))
      }
    })
  })
  gateway = await startEngine({ targets: [origin.url] })
  const client = await connectRaw(gateway.port)
  client.send(Array.from({ length: 20 }, (_, index) => `POST /${10 + index} HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nbody${10 + index}`).join(''))
  for (let index = 10; index < 30; index++) assert.equal((await client.response()).body, `answer ${index}`)
  client.destroy()
})
