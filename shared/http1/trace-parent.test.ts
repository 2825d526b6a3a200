import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRequestHead, RequestHead } from './request-head.ts'

const VALID = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

function parse(...fields: string[]): RequestHead {
  const head = new RequestHead()
  const text = ['GET / HTTP/1.1', 'Host: a', ...fields, '', ''].join('\r\n')
  assert.equal(parseRequestHead(text, 0, text.length - 2, 100, head), null)
  return head
}

test('W3C Trace Context 3.2: a valid traceparent is passed on as it came, with its tracestate', () => {
  for (const value of [VALID, `01${VALID.slice(2)}-more`, `cc${VALID.slice(2)}`]) {
    const head = parse(`TraceParent:  ${value}`, 'tracestate: a=1')
    assert.equal(head.traceparent, value)
    assert.equal(head.fields, `TraceParent: ${value}\r\ntracestate: a=1\r\n`)
  }
})

test('W3C Trace Context 4.3: a malformed or repeated one is dropped, and its tracestate too', () => {
  const bad = ['', 'x', VALID.toUpperCase(), `${VALID}-more`, `ff${VALID.slice(2)}`, VALID.slice(0, -1), VALID.replace(/0af[0-9a-f]+/, '0'.repeat(32)), VALID.replace('b7ad6b7169203331', '0'.repeat(16)), `${VALID} , ${VALID}`]
  for (const value of bad) {
    const head = parse('A: 1', `traceparent: ${value}`, 'tracestate: a=1')
    assert.deepEqual([head.traceparent, head.fields], ['', 'A: 1\r\n'], value)
  }
  for (const count of [2, 3, 4]) assert.deepEqual([parse(...Array.from({ length: count }, () => `traceparent: ${VALID}`), 'A: 1').fields], ['A: 1\r\n'])
  assert.equal(parse(...Array.from({ length: 3 }, () => `traceparent: ${VALID}`)).traceparent, '')
})

test('without a traceparent a tracestate is just a field', () => {
  assert.equal(parse('tracestate: a=1').fields, 'tracestate: a=1\r\n')
})
