import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../shared/testing/seeded-random.ts'
import { parseResponseHead, ResponseHead } from './response-head.ts'

const parse = (text: string) => {
  const head = new ResponseHead()
  return { taken: parseResponseHead(text, 0, text.length - 2, head), head }
}
const response = (line: string, ...fields: string[]) => `${line}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`

const refused: [string, string][] = [
  ['RFC 9112 4: no version', response('200 OK')],
  ['RFC 9112 2.3: HTTP/2', response('HTTP/2 200 OK')],
  ['RFC 9112 4: two-digit status', response('HTTP/1.1 20 OK')],
  ['RFC 9110 15: status 99', response('HTTP/1.1 099 OK')],
  ['RFC 9110 15: status 600', response('HTTP/1.1 600 OK')],
  ['RFC 9112 4: status with letters', response('HTTP/1.1 2OO OK')],
  ['RFC 9112 4: no space before the reason', response('HTTP/1.1 200OK')],
  ['RFC 9112 4: control byte in the reason', response('HTTP/1.1 200 O\x01K')],
  ['RFC 9112 2.2: bare CR in the reason', response('HTTP/1.1 200 O\rK')],
  ['RFC 9112 6.3: both framings', response('HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked')],
  ['RFC 9112 6.3: two lengths', response('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2')],
  ['RFC 9112 6.3: length list', response('HTTP/1.1 200 OK', 'Content-Length: 1,1')],
  ['RFC 9110 8.6: negative length', response('HTTP/1.1 200 OK', 'Content-Length: -1')],
  ['RFC 9112 6.1: unknown coding', response('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked')],
  ['RFC 9112 6.1: HTTP/1.0 with chunked', response('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked')],
  ['RFC 9112 5.2: folding', response('HTTP/1.1 200 OK', 'X: 1\r\n 2')],
  ['RFC 9112 2.2: bare LF', response('HTTP/1.1 200 OK', 'X: 1\n2')],
  ['RFC 9110 5.5: NUL', response('HTTP/1.1 200 OK', 'X: \0')],
  ['RFC 9112 5.1: space before the colon', response('HTTP/1.1 200 OK', 'X : 1')],
  ['RFC 9110 5.4: too many fields', response('HTTP/1.1 200 OK', ...Array.from({ length: 257 }, () => 'X: 1'))]
]

for (const [name, text] of refused) test(`refused: ${name}`, () => assert.equal(parse(text).taken, false))

test('a plain response is understood', () => {
  const { taken, head } = parse(response('HTTP/1.1 404 Not Found', 'Content-Length: 5', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'Keep-Alive: timeout=5, max=9'))
  assert.equal(taken, true)
  assert.deepEqual([head.status, head.statusText, head.contentLength, head.keepAlive, head.keepAliveSeconds, head.fields], [404, '404 Not Found', 5, true, 5, 'Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n'])
})

test('hop-by-hop fields and those named by Connection are dropped', () => {
  const { head } = parse(response('HTTP/1.1 200 OK', 'Connection: close, X-Private', 'X-Private: 1', 'Proxy-Authenticate: x', 'Alt-Svc: h3', 'Upgrade: x', 'ETag: "1"'))
  assert.equal(head.fields, 'ETag: "1"\r\n')
  assert.equal(head.keepAlive, false)
})

test('a missing reason is let pass', () => {
  assert.equal(parse(response('HTTP/1.1 200')).head.statusText, '200 ')
  assert.equal(parse(response('HTTP/1.1 200 ')).head.statusText, '200 ')
})

test('HTTP/1.0 closes unless it says keep-alive', () => {
  assert.equal(parse(response('HTTP/1.0 200 OK')).head.keepAlive, false)
  assert.equal(parse(response('HTTP/1.0 200 OK', 'Connection: keep-alive')).head.keepAlive, true)
})

test('a head that is filled again understands every response as a new one does', () => {
  const pick = seededRandom(3)
  const lines = ['HTTP/1.1 200 OK', 'HTTP/1.0 200 OK', 'HTTP/1.1 404 Not Found', 'HTTP/2 200']
  const fields = ['Content-Length: 3', 'Transfer-Encoding: chunked', 'Connection: close', 'Connection: keep-alive', 'Keep-Alive: timeout=7', 'Connection: X-One', 'X-One: 1', 'X-Two:2', 'Upgrade: websocket', 'Connection: upgrade', 'DATE: x', 'bad']
  const blocks = Array.from({ length: 40 }, () => Array.from({ length: pick.below(4) }, () => pick.one(fields)))
  const again = new ResponseHead()
  let understood = 0
  for (let round = 0; round < 4_000; round++) {
    const text = response(pick.one(lines), ...pick.one(blocks.slice(0, 4 + (round >> 6))))
    const fresh = parse(text)
    assert.equal(parseResponseHead(text, 0, text.length - 2, again), fresh.taken, text)
    if (!fresh.taken) continue
    understood++
    assert.deepEqual({ ...again }, { ...fresh.head }, text)
  }
  assert.ok(understood > 1_000, `${understood} responses were understood`)
})
