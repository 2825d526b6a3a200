import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFrom } from '../testing/fuzz/random.ts'
import { closeFrame } from './close-frame.ts'
import { FrameReader } from './frame-reader.ts'

function frame(opcode: number, length: number, isMasked: boolean, isFinal = true): Buffer {
  const lengthBytes = length < 126 ? Buffer.from([length]) : length < 65_536 ? Buffer.from([126, length >> 8, length & 0xff]) : Buffer.concat([Buffer.from([127, 0, 0, 0, 0]), Buffer.from([length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff])])
  lengthBytes[0]! |= isMasked ? 0x80 : 0
  return Buffer.concat([Buffer.from([(isFinal ? 0x80 : 0) | opcode]), lengthBytes, isMasked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0), Buffer.alloc(length, 0x81)])
}

test('frames of every length end where they end, in any pieces', () => {
  const random = randomFrom(7)
  for (const isMasked of [false, true]) {
    const frames = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000, 0].map((length, index) => frame(index % 2 === 0 ? 1 : 2, length, isMasked))
    const ends = frames.reduce<number[]>((all, { length }) => [...all, (all.at(-1) ?? 0) + length], [])
    const bytes = Buffer.concat(frames)
    for (let round = 0; round < 50; round++) {
      const reader = new FrameReader()
      const found: number[] = []
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + 1 + Math.floor(random() * (round < 25 ? 10_000 : 100_000)))
        while (at < end) {
          at = reader.read(bytes, at, end, true)
          if (reader.isAtBoundary) found.push(at)
        }
      }
      assert.deepEqual(found, ends)
      assert.equal(reader.messages, frames.length)
    }
  }
})

test('messages are counted by their first frame; control frames are none', () => {
  const reader = new FrameReader()
  const bytes = Buffer.concat([frame(1, 3, true, false), frame(9, 0, true), frame(0, 3, true, false), frame(0, 3, true), frame(10, 2, true), frame(2, 1, true)])
  reader.read(bytes, 0, bytes.length, false)
  assert.deepEqual([reader.messages, reader.closeCode, reader.isAtBoundary], [2, 0, true])
})

test('the code of a Close frame is read, masked or not, byte by byte or at once; without one it is 1005', () => {
  for (const bytes of [closeFrame(1012, 'bye', true), closeFrame(1012, '', false), Buffer.concat([closeFrame(1012, 'first', true), closeFrame(1001, 'second', true)])]) {
    const whole = new FrameReader()
    whole.read(bytes, 0, bytes.length, false)
    const pieces = new FrameReader()
    for (let at = 0; at < bytes.length; at++) pieces.read(bytes, at, at + 1, false)
    assert.deepEqual([whole.closeCode, pieces.closeCode], [1012, 1012])
  }
  const empty = new FrameReader()
  empty.read(Buffer.from([0x88, 0]), 0, 2, false)
  assert.equal(empty.closeCode, 1005)
})
