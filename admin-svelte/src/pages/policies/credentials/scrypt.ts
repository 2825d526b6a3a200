import { hmacSha256, joined } from './sha-256.ts'

const WORDS_PER_BLOCK = 16
/** How much is done at a time; the page stays alive in between. */
const ROUNDS_AT_A_TIME = 4096

export interface ScryptCost {
  /** N is two to the power of this. */
  readonly log2N: number
  readonly r: number
}

/** scrypt (RFC 7914) with p = 1, which no browser brings along. */
export async function scrypt(password: Uint8Array, salt: Uint8Array, { log2N, r }: ScryptCost, length: number): Promise<Uint8Array> {
  const derived = pbkdf2(password, salt, 128 * r)
  const mixed = await mixThroughMemory(toWords(derived), 2 ** log2N, r)
  return pbkdf2(password, toBytes(mixed), length)
}

/** PBKDF2 with HMAC-SHA256 and one iteration (RFC 8018 section 5.2). */
function pbkdf2(password: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let index = 1; parts.length * 32 < length; index++) {
    const counter = new DataView(new ArrayBuffer(4))
    counter.setUint32(0, index)
    parts.push(hmacSha256(password, joined(salt, new Uint8Array(counter.buffer))))
  }
  return joined(...parts).slice(0, length)
}

/** scryptROMix (section 5). */
async function mixThroughMemory(start: Uint32Array, n: number, r: number): Promise<Uint32Array> {
  const size = start.length
  const memory = new Uint32Array(n * size)
  let current: Uint32Array = start
  let next: Uint32Array = new Uint32Array(size)
  for (let round = 0; round < 2 * n; round++) {
    if (round % ROUNDS_AT_A_TIME === 0) await new Promise((resolve) => setTimeout(resolve))
    if (round < n) memory.set(current, round * size)
    else {
      // The first word of the last block, in the order of the bytes, says which row.
      const row = (current[size - WORDS_PER_BLOCK]! & (n - 1)) * size
      for (let index = 0; index < size; index++) current[index]! ^= memory[row + index]!
    }
    mixBlocks(current, next, r)
    ;[current, next] = [next, current]
  }
  return current
}

/** scryptBlockMix (section 4): even blocks go to the first half, odd ones to the second. */
function mixBlocks(from: Uint32Array, to: Uint32Array, r: number): void {
  const state = from.slice(from.length - WORDS_PER_BLOCK)
  for (let block = 0; block < 2 * r; block++) {
    for (let index = 0; index < WORDS_PER_BLOCK; index++) state[index]! ^= from[block * WORDS_PER_BLOCK + index]!
    salsa(state)
    to.set(state, ((block >> 1) + (block % 2) * r) * WORDS_PER_BLOCK)
  }
}

/** What each quarter round takes, columns and then rows. */
const QUARTERS = [[0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11], [0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14]] as const
const scratch = new Uint32Array(WORDS_PER_BLOCK)

/** Salsa20/8 (section 3). */
function salsa(state: Uint32Array): void {
  scratch.set(state)
  for (let round = 0; round < 4; round++) for (const [a, b, c, d] of QUARTERS) quarter(scratch, a, b, c, d)
  for (let index = 0; index < WORDS_PER_BLOCK; index++) state[index]! += scratch[index]!
}

function quarter(x: Uint32Array, a: number, b: number, c: number, d: number): void {
  x[b]! ^= turned(x[a]! + x[d]!, 7)
  x[c]! ^= turned(x[b]! + x[a]!, 9)
  x[d]! ^= turned(x[c]! + x[b]!, 13)
  x[a]! ^= turned(x[d]! + x[c]!, 18)
}

function turned(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

function toWords(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4, true))
}

function toBytes(words: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4))
  words.forEach((word, index) => view.setUint32(index * 4, word, true))
  return new Uint8Array(view.buffer)
}
