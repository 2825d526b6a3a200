import { Word64 } from './word64.ts'

const P1 = new Word64(0x9e3779b1, 0x85ebca87)
const P2 = new Word64(0xc2b2ae3d, 0x27d4eb4f)
const P3 = new Word64(0x165667b1, 0x9e3779f9)
const P4 = new Word64(0x85ebca77, 0xc2b2ae63)
const P5 = new Word64(0x27d4eb2f, 0x165667c5)

// Scratch: a hash is made in one go, and nothing of it is kept.
const hash = new Word64()
const input = new Word64()
const lane = new Word64()
const lanes = [new Word64(), new Word64(), new Word64(), new Word64()]

/** XXH64 with seed 0 of bytes[0, length) as two unsigned halves (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
export function xxhash64(bytes: Uint8Array, length = bytes.length): { high: number; low: number } {
  let at = 0
  if (length >= 32) {
    at = hashStripes(bytes, length)
    for (let index = 0; index < 4; index++) hash.xor(round(lane.set(0, 0), input.copy(lanes[index]!))).multiply(P1).add(P4)
  } else hash.copy(P5)
  hash.add(input.set(0, length))
  for (; at + 8 <= length; at += 8) hash.xor(round(lane.set(0, 0), readWord(bytes, at))).rotateLeft(27).multiply(P1).add(P4)
  if (at + 4 <= length) {
    hash.xor(input.set(0, readHalf(bytes, at)).multiply(P1)).rotateLeft(23).multiply(P2).add(P3)
    at += 4
  }
  for (; at < length; at++) hash.xor(input.set(0, bytes[at]!).multiply(P5)).rotateLeft(11).multiply(P1)
  hash.xorShiftRight(33).multiply(P2).xorShiftRight(29).multiply(P3).xorShiftRight(32)
  return { high: hash.high >>> 0, low: hash.low >>> 0 }
}

/** The stripes of 32 bytes; the hash begins with what they give. Returns where they end. */
function hashStripes(bytes: Uint8Array, length: number): number {
  lanes[0]!.copy(P1).add(P2)
  lanes[1]!.copy(P2)
  lanes[2]!.set(0, 0)
  // 0 - P1, modulo 2^64.
  lanes[3]!.set(~P1.high, ~P1.low).add(lane.set(0, 1))
  let at = 0
  for (; at + 32 <= length; at += 32) for (let index = 0; index < 4; index++) round(lanes[index]!, readWord(bytes, at + index * 8))
  hash.copy(lane.copy(lanes[0]!).rotateLeft(1))
  hash.add(lane.copy(lanes[1]!).rotateLeft(7))
  hash.add(lane.copy(lanes[2]!).rotateLeft(12))
  hash.add(lane.copy(lanes[3]!).rotateLeft(18))
  return at
}

/** Mixes a word into a lane; the word is used up. */
function round(into: Word64, word: Word64): Word64 {
  return into.add(word.multiply(P2)).rotateLeft(31).multiply(P1)
}

function readWord(bytes: Uint8Array, at: number): Word64 {
  return input.set(readHalf(bytes, at + 4), readHalf(bytes, at))
}

function readHalf(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}
