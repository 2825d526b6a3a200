import { mutated, pick } from './random.ts'

const LINES = ['GET /1 HTTP/1.1', 'POST /2 HTTP/1.1', 'PUT /3?q HTTP/1.0', 'DELETE http://b/4 HTTP/1.1', 'OPTIONS * HTTP/1.1', 'PATCH /5 HTTP/1.1', 'GET //a/../b%2e HTTP/1.1', 'HEAD /6 HTTP/1.1']
const FRAMING = ['Content-Length: 5', 'Content-Length: 05', 'Content-Length: 0', 'Content-Length: 5, 5', 'Content-Length: +5', 'Content-Length: 0x5', 'Transfer-Encoding: chunked', 'Transfer-Encoding: Chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: chunked, identity', 'Transfer-Encoding:\tchunked']
const FIELDS = ['Connection: close', 'Connection: keep-alive, content-length', 'Connection: transfer-encoding', 'Connection: host, x', 'X: 1', 'Expect: 100-continue', 'TE: trailers', 'Trailer: X-Sum', 'Upgrade: h2c', `X-Long: ${'a'.repeat(300)}`, 'X-High: \xe4\xff', 'Host: other.test', 'X-Forwarded-For: 1.1.1.1', 'Cookie: a=b', 'traceparent: x']
const BODIES = ['', 'hello', '5\r\nhello\r\n0\r\n\r\n', '0\r\n\r\n', 'GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n', '5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n', '5;a="b\r\nhello\r\n0\r\n\r\n', '5;a=b\r\nhello\r\n0;c\r\n\r\n', '05\r\nhello\r\n000\r\n\r\n', '0\r\nContent-Length: 5\r\n\r\nhello', '3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n']
const INSERTS = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ',', 'chunked', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', '\x0b', '\x80', ';', '0', '\r\n\r\n', 'GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n', '\r\n ', '\x7f', 'Host: x\r\n']

/** Bytes that a client might send: one or more requests, most of them nearly right. */
export function requestInput(random: () => number): string {
  let text = ''
  const count = random() < 0.2 ? 2 : 1
  for (let index = 0; index < count; index++) {
    const fields = ['Host: a.test', ...Array.from({ length: Math.floor(random() * 4) }, () => pick(random, random() < 0.5 ? FRAMING : FIELDS))]
    if (random() < 0.02) fields.push(...Array.from({ length: 110 }, (_, place) => `X-${place}: 1`))
    text += `${pick(random, LINES)}\r\n${fields.join('\r\n')}\r\n\r\n${pick(random, BODIES)}`
  }
  return mutated(random, text, INSERTS, 3)
}

const STATUSES = ['HTTP/1.1 200 OK', 'HTTP/1.1 200', 'HTTP/1.0 200 OK', 'HTTP/1.1 204 No Content', 'HTTP/1.1 304 Not Modified', 'HTTP/1.1 404 Not Found', 'HTTP/1.1 500 Oops', 'HTTP/1.1 100 Continue', 'HTTP/1.1 103 Early Hints', 'HTTP/1.1 299 \xe4', 'HTTP/1.1 101 Switching Protocols', 'HTTP/2.0 200 OK']
const ANSWER_FIELDS = ['Connection: close', 'Connection: keep-alive', 'Keep-Alive: timeout=5', 'X: 1', 'Set-Cookie: a=b', 'Set-Cookie: c=d', 'Trailer: X-Sum', `X-Long: ${'a'.repeat(300)}`, 'Server:', 'X-High: \xe4', 'Upgrade: websocket', 'Content-Type: text/plain']
const ANSWER_INSERTS = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', 'chunked', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', '\x80', ';', '0', '\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison', '\r\n ', '\x7f']

/** Bytes that an origin might send. */
export function responseInput(random: () => number): string {
  const fields = Array.from({ length: Math.floor(random() * 4) }, () => pick(random, random() < 0.5 ? FRAMING : ANSWER_FIELDS))
  const interim = random() < 0.15 ? `${pick(random, ['HTTP/1.1 100 Continue', 'HTTP/1.1 103 Early Hints\r\nLink: </a>'])}\r\n\r\n` : ''
  return mutated(random, `${interim}${pick(random, STATUSES)}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n${pick(random, BODIES)}`, ANSWER_INSERTS, 3)
}
