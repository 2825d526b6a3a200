import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTakenOut } from './field-kind.ts'
import { parseRequestHead, RequestHead } from './request-head.ts'
import { REFUSALS } from './refusal.ts'

const parse = (text: string, maxFields = 100) => {
  const head = new RequestHead()
  return { refusal: parseRequestHead(text, 0, text.length - 2, maxFields, head), head }
}
const request = (line: string, ...fields: string[]) => `${line}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
const get = (...fields: string[]) => request('GET / HTTP/1.1', 'Host: a.test', ...fields)

const refused: [string, string, keyof typeof REFUSALS][] = [
  ['RFC 9112 3: no target', request('GET HTTP/1.1', 'Host: a'), 'badRequestLine'],
  ['RFC 9112 3: two spaces', request('GET  / HTTP/1.1', 'Host: a'), 'badRequestLine'],
  ['RFC 9112 3: space at the end', request('GET / HTTP/1.1 ', 'Host: a'), 'badRequestLine'],
  ['RFC 9112 3: tab instead of space', request('GET\t/ HTTP/1.1', 'Host: a'), 'badRequestLine'],
  ['RFC 9112 3: method is no token', request('GE(T / HTTP/1.1', 'Host: a'), 'badRequestLine'],
  ['RFC 9112 2.3: HTTP/2.0', request('GET / HTTP/2.0', 'Host: a'), 'badVersion'],
  ['RFC 9112 2.3: HTTP/1.2', request('GET / HTTP/1.2', 'Host: a'), 'badVersion'],
  ['RFC 9112 2.3: lower case', request('GET / http/1.1', 'Host: a'), 'badRequestLine'],
  ['RFC 9112 2.3: HTTP/1.10', request('GET / HTTP/1.10', 'Host: a'), 'badRequestLine'],
  ['RFC 9112 3.2: fragment', request('GET /a#b HTTP/1.1', 'Host: a'), 'badTarget'],
  ['RFC 9112 3.2: byte above 127', request('GET /\xe4 HTTP/1.1', 'Host: a'), 'badTarget'],
  ['RFC 9112 3.2: no slash', request('GET a HTTP/1.1', 'Host: a'), 'badTarget'],
  ['RFC 9112 3.2: other scheme', request('GET ftp://a/ HTTP/1.1', 'Host: a'), 'badTarget'],
  ['RFC 9112 3.2.4: asterisk for GET', request('GET * HTTP/1.1', 'Host: a'), 'badTarget'],
  ['RFC 9110 9.3.6: CONNECT', request('CONNECT a:1 HTTP/1.1', 'Host: a:1'), 'methodNotAllowed'],
  ['RFC 9110 9.3.8: TRACE', request('TRACE / HTTP/1.1', 'Host: a'), 'methodNotAllowed'],
  ['RFC 9112 3.2: no Host', request('GET / HTTP/1.1'), 'badHost'],
  ['RFC 9112 3.2: two Hosts', get('Host: a.test'), 'badHost'],
  ['RFC 9112 3.2: empty Host', request('GET / HTTP/1.1', 'Host:'), 'badHost'],
  ['RFC 9112 3.2: Host with userinfo', request('GET / HTTP/1.1', 'Host: u@a'), 'badHost'],
  ['RFC 9112 3.2: Host with path', request('GET / HTTP/1.1', 'Host: a/b'), 'badHost'],
  ['RFC 9112 3.2: Host with a list', request('GET / HTTP/1.1', 'Host: a b'), 'badHost'],
  ['RFC 9112 3.2: port 0', request('GET / HTTP/1.1', 'Host: a:0'), 'badHost'],
  ['RFC 9112 3.2: port 65536', request('GET / HTTP/1.1', 'Host: a:65536'), 'badHost'],
  ['RFC 9112 3.2.2: absolute target, bad Host', request('GET http://a/ HTTP/1.1', 'Host: b c'), 'badHost'],
  ['RFC 9112 5: no colon', get('X'), 'badField'],
  ['RFC 9112 5.1: space before the colon', get('X : 1'), 'badField'],
  ['RFC 9112 5.1: empty name', get(': 1'), 'badField'],
  ['RFC 9112 5.2: folding', get('X: 1\r\n 2'), 'badField'],
  ['RFC 9112 5.2: line starts with a tab', get('\tX: 1'), 'badField'],
  ['RFC 9112 2.2: bare CR in a value', get('X: 1\r2'), 'badField'],
  ['RFC 9112 2.2: bare LF in a value', get('X: 1\n2'), 'badField'],
  ['RFC 9110 5.5: NUL', get('X: \0'), 'badField'],
  ['RFC 9110 5.5: DEL', get('X: \x7f'), 'badField'],
  ['RFC 9110 5.6.2: byte above 127 in a name', get('X\xe4: 1'), 'badField'],
  ['RFC 9112 6.3: both framings', get('Content-Length: 1', 'Transfer-Encoding: chunked'), 'badTransferEncoding'],
  ['RFC 9112 6.3: both framings, other order', get('Transfer-Encoding: chunked', 'Content-Length: 1'), 'badTransferEncoding'],
  ['RFC 9112 6.3: differing lengths', get('Content-Length: 1', 'Content-Length: 2'), 'badContentLength'],
  ['RFC 9112 6.3: length list', get('Content-Length: 1, 1'), 'badContentLength'],
  ['RFC 9112 6.2: plus', get('Content-Length: +1'), 'badContentLength'],
  ['RFC 9112 6.2: hex', get('Content-Length: 0x1'), 'badContentLength'],
  ['RFC 9112 6.2: minus', get('Content-Length: -1'), 'badContentLength'],
  ['RFC 9112 6.2: empty', get('Content-Length:'), 'badContentLength'],
  ['RFC 9112 6.2: over 2^53', get('Content-Length: 9007199254740993'), 'badContentLength'],
  ['RFC 9112 6.1: chunked twice', get('Transfer-Encoding: chunked, chunked'), 'badTransferEncoding'],
  ['RFC 9112 6.1: two fields', get('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'), 'badTransferEncoding'],
  ['RFC 9112 6.1: chunked not last', get('Transfer-Encoding: chunked, gzip'), 'badTransferEncoding'],
  ['RFC 9112 6.1: unknown coding', get('Transfer-Encoding: gzip, chunked'), 'unknownCoding'],
  ['RFC 9112 6.1: identity', get('Transfer-Encoding: identity'), 'unknownCoding'],
  ['RFC 9112 6.1: vertical tab', get('Transfer-Encoding: \x0bchunked'), 'badField'],
  ['RFC 9112 6.1: HTTP/1.0 with chunked', request('POST / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked'), 'badTransferEncoding'],
  ['RFC 9110 10.1.1: other expectation', get('Expect: gold'), 'badExpect'],
  ['RFC 9110 7.6.1: malformed Connection', get('Connection: a b'), 'badField']
]

for (const [name, text, expected] of refused) {
  test(`refused: ${name}`, () => assert.equal(parse(text).refusal, REFUSALS[expected]))
}

test('more fields than allowed are refused, whatever they are', () => {
  const fields = Array.from({ length: 99 }, (_, index) => `X-${index}: 1`)
  assert.equal(parse(get(...fields)).refusal, null)
  assert.equal(parse(get(...fields, 'Content-Length: 5')).refusal, REFUSALS.tooManyFields)
})

test('a plain request is understood', () => {
  const { refusal, head } = parse(request('GET /a/b?c=d HTTP/1.1', 'Host: A.Test:8080', 'Accept: */*', 'X-Thing: 1'))
  assert.equal(refusal, null)
  assert.deepEqual(
    [head.method, head.rawPath, head.query, head.host, head.hostPort, head.keepAlive, head.fields],
    ['GET', '/a/b', '?c=d', 'a.test', 8080, true, 'Accept: */*\r\nX-Thing: 1\r\n']
  )
})

test('fields are written anew: one space, no space at the end', () => {
  assert.equal(parse(get('A:1', 'B:  2', 'C: 3 \t', 'D: 4', 'E:')).head.fields, 'A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: \r\n')
})

test('hop-by-hop fields, those named by Connection, and what a client says about forwarding are dropped', () => {
  const { head } = parse(
    get('Connection: X-Private, close', 'x-private: 1', 'Keep-Alive: 1', 'Proxy-Authorization: x', 'TE: gzip', 'Upgrade: h2c', 'HTTP2-Settings: x', 'X-Forwarded-For: 6.6.6.6', 'x-forwarded-anything: 1', 'Forwarded: for=6', 'X-Request-Id: mine', 'X-Kept: 1')
  )
  assert.equal(head.fields, 'X-Kept: 1\r\n')
  // Known by how their names begin, however long these are.
  for (let length = 1; length < 20; length++) for (const name of [`Proxy-${'x'.repeat(length)}`, `X-Forwarded-${'x'.repeat(length)}`]) assert.equal(parse(get(`${name}: 1`)).head.fields, '', name)
  assert.equal(head.keepAlive, false)
})

test('what is said never to be seen by routes is in nothing that they are matched with, and all else is', () => {
  const values: Record<string, string> = { 'Content-Length': '1', 'Transfer-Encoding': 'chunked', Expect: '100-continue', Connection: 'close', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00` }
  for (const name of [...Object.keys(values), 'Keep-Alive', 'TE', 'Upgrade', 'Upgrade-Insecure-Requests', 'Proxy-Authorization', 'Proxy-Connection', 'Proxy-X', 'Proxy', 'HTTP2-Settings', 'Alt-Svc', 'ALPN', 'Close', 'Security-Scheme', 'Trailer', 'Accept', 'Cookie', 'X-A', 'X-Request-Id', 'X-Tenant-Code', 'X-Tenant-Source', 'X-Forwarded-For', 'Forwarded']) {
    const { refusal, head } = parse(get(`${name}: ${values[name] ?? 'x'}`))
    assert.equal(refusal, null, name)
    assert.equal(isTakenOut(name), !`${head.fields}${head.forwarding}`.includes(`${name}: `), name)
  }
})

test('RFC 9112 3.2.2: the authority of an absolute target wins over Host', () => {
  const { refusal, head } = parse(request('GET http://B.test:81/x?y HTTP/1.1', 'Host: a.test'))
  assert.equal(refusal, null)
  assert.deepEqual([head.host, head.hostPort, head.authority, head.rawPath, head.query], ['b.test', 81, 'B.test:81', '/x', '?y'])
})

test('IPv6, trailing dot and empty port of a Host', () => {
  assert.equal(parse(request('GET / HTTP/1.1', 'Host: [::1]:81')).head.host, '[::1]')
  assert.equal(parse(request('GET / HTTP/1.1', 'Host: a.test.')).head.host, 'a.test')
  assert.equal(parse(request('GET / HTTP/1.1', 'Host: a.test:')).head.hostPort, 80)
  for (const host of ['[::1', '::1', '[::1]x', '[zz]', '[', ']']) assert.equal(parse(request('GET / HTTP/1.1', `Host: ${host}`)).refusal, REFUSALS.badHost, host)
})

test('HTTP/1.0 keeps the connection only when it asks', () => {
  assert.equal(parse(request('GET / HTTP/1.0', 'Host: a')).head.keepAlive, false)
  assert.equal(parse(request('GET / HTTP/1.0', 'Host: a', 'Connection: keep-alive')).head.keepAlive, true)
})

test('a WebSocket upgrade is known only with Connection: upgrade', () => {
  assert.equal(parse(get('Upgrade: websocket', 'Connection: Upgrade')).head.isWebSocketUpgrade, true)
  assert.equal(parse(get('Upgrade: websocket')).head.isWebSocketUpgrade, false)
})

test('nothing is left from the request before', () => {
  const head = new RequestHead()
  const first = request('POST http://b/ HTTP/1.0', 'Host: a', 'Content-Length: 3', 'Accept: x', 'Connection: close', 'Expect: 100-continue')
  const second = get()
  assert.equal(parseRequestHead(first, 0, first.length - 2, 100, head), null)
  assert.equal(parseRequestHead(second, 0, second.length - 2, 100, head), null)
  const fresh = parse(second).head
  assert.deepEqual({ ...head }, { ...fresh })
})
