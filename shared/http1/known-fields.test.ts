import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../testing/seeded-random.ts'
import { KnownFields } from './known-fields.ts'
import { parseNextHead } from './parse-next-head.ts'
import { parseRequestHead, RequestHead } from './request-head.ts'

const LINES = ['GET /a HTTP/1.1', 'POST /b?c=1 HTTP/1.1', 'GET /a HTTP/1.0', 'GET http://other.test/x HTTP/1.1', 'OPTIONS * HTTP/1.1']
const FIELDS = [
  'Host: a.test', 'Host: b.test:8080', 'Connection: close', 'Connection: keep-alive', 'Connection: X-One', 'X-One: 1', 'X-One:  2 ', 'Content-Length: 5', 'Transfer-Encoding: chunked',
  'Accept: text/html', 'X-Tenant-Code: one', 'X-Forwarded-For: 1.2.3.4', 'Expect: 100-continue', 'Upgrade: websocket', 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
]

test('a connection that knows its fields understands every head as one that reads it anew', () => {
  const pick = seededRandom(7)
  let served = 0
  for (let connection = 0; connection < 400; connection++) {
    const known = new KnownFields()
    const head = new RequestHead()
    // A few blocks in turn, so that many are the very lines of the request before, under another line and other limits.
    const blocks = Array.from({ length: 3 }, () => Array.from({ length: 1 + pick.below(4) }, () => `${pick.one(FIELDS)}\r\n`).join(''))
    for (let request = 0; request < 12; request++) {
      const text = `${pick.one(LINES)}\r\n${pick.below(3) === 0 ? '' : 'Host: a.test\r\n'}${pick.one(blocks)}`
      const most = pick.one([3, 100])
      const fresh = new RequestHead()
      const expected = parseRequestHead(text, 0, text.length, most, fresh)
      assert.equal(parseNextHead(`${text}\r\nbody`, text.length, most, head, known), expected, text)
      if (expected !== null) continue
      assert.deepEqual({ ...head }, { ...fresh }, text)
      served++
      // What the gateway takes out of one request is there again in the next.
      head.fields = ''
      head.keepAlive = false
    }
  }
  assert.ok(served > 1_000, `${served} heads were understood`)
})
