import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalChunks } from './canonical-chunks.ts'
import { CHUNKED, ChunkedReader } from './chunked-reader.ts'

/** Reads `text` in pieces of `size` bytes; the data written anew as chunks, and what ended it. */
function read(text: string, size: number, bare = false) {
  const reader = new ChunkedReader()
  const bytes = Buffer.from(text, 'latin1')
  let output = ''
  let event: number = CHUNKED.more
  let at = 0
  while (at < bytes.length && event === CHUNKED.more) {
    const piece = Buffer.from(bytes.subarray(at, at + size))
    reader.at = 0
    const { output: part, event: found } = canonicalChunks(reader, piece, piece.length, bare)
    if (part !== null) output += part.toString('latin1')
    event = found
    at += reader.at
  }
  return { output, event, at }
}

const taken: [string, string, string][] = [
  ['RFC 9112 7.1: one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['RFC 9112 7.1: two chunks', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n', 'hello'],
  ['RFC 9112 7.1: empty', '0\r\n\r\n', ''],
  ['RFC 9112 7.1: upper-case hex and leading zeros', '0005\r\nhello\r\n00\r\n\r\n', 'hello'],
  ['RFC 9112 7.1.1: extensions are dropped', '5;a=b;c="d"\r\nhello\r\n0;x\r\n\r\n', 'hello'],
  ['RFC 9112 7.1: data that looks like chunks', '7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n', '0\r\n\r\n0\r']
]

for (const [name, text, data] of taken) {
  test(`taken in any pieces: ${name}`, () => {
    for (let size = 1; size <= text.length; size++) {
      const { output, event, at } = read(text, size, true)
      assert.equal(event, CHUNKED.end)
      assert.equal(output, data)
      assert.equal(at, text.length)
    }
  })
}

const refused: [string, string, number][] = [
  ['RFC 9112 7.1: size is not hex', 'x\r\n', CHUNKED.badChunk],
  ['RFC 9112 7.1: no size', '\r\n', CHUNKED.badChunk],
  ['RFC 9112 7.1: negative', '-1\r\n', CHUNKED.badChunk],
  ['RFC 9112 7.1: 0x', '0x5\r\nhello\r\n', CHUNKED.badChunk],
  ['RFC 9112 7.1: over 2^53', '20000000000000\r\n', CHUNKED.badChunk],
  ['RFC 9112 2.2: bare LF behind the size', '5\nhello\r\n', CHUNKED.badChunk],
  ['RFC 9112 2.2: bare CR behind the size', '5\rhello\r\n', CHUNKED.badChunk],
  ['RFC 9112 7.1: data longer than its size', '5\r\nhello!\r\n', CHUNKED.badChunk],
  ['RFC 9112 2.2: bare LF behind the data', '5\r\nhello\n0\r\n\r\n', CHUNKED.badChunk],
  ['RFC 9112 7.1.1: control byte in an extension', '5;\x01\r\n', CHUNKED.badChunk],
  ['RFC 9112 7.1.1: bare LF in an extension', '5;a\nhello', CHUNKED.badChunk],
  ['RFC 9112 7.1.1: endless extension', `5;${'a'.repeat(5000)}\r\n`, CHUNKED.badChunk],
  ['RFC 9112 7.1.2: trailer without colon', '0\r\nX\r\n\r\n', CHUNKED.badTrailer],
  ['RFC 9112 7.1.2: bare LF in the trailer', '0\r\nX: 1\n\r\n', CHUNKED.badTrailer],
  ['RFC 9112 7.1.2: trailer too large', `0\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, CHUNKED.badTrailer]
]

for (const [name, text, expected] of refused) {
  test(`refused in any pieces: ${name}`, () => {
    for (const size of [1, 2, 3, 7, text.length]) assert.equal(read(text, size).event, expected)
  })
}

test('chunks and trailer are written anew; fields that must not be in a trailer are dropped', () => {
  const { output } = read('2;x\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum:  1 \r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: x\r\nSet-Cookie: a\r\n\r\n', 1000)
  assert.equal(output, '5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n')
})

test('bytes behind the end are left', () => {
  assert.equal(read('0\r\n\r\nGET', 100).at, 5)
})
