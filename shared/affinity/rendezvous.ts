import { xxhash64 } from './xxhash64.ts'

const encoder = new TextEncoder()
const scratch = new Uint8Array(1024)

/** A hash as two numbers, so that targets are compared without BigInt. */
export interface KeyHash {
  readonly high: number
  readonly low: number
}

export function keyHashOf(text: string): KeyHash {
  if (text.length <= scratch.length && fillFromAscii(text)) return xxhash64(scratch, text.length)
  // A character is three bytes at most.
  if (text.length * 3 > scratch.length) return xxhash64(encoder.encode(text))
  return xxhash64(scratch, encoder.encodeInto(text, scratch).written)
}

/** Most keys are ASCII, and short: for those the encoder is a long way round. */
function fillFromAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return false
    scratch[index] = code
  }
  return true
}

/** Something that keys are bound to. */
export interface Seat {
  readonly weight: number
  readonly idHash: KeyHash
}

/**
 * How strongly the key is drawn to the seat: the highest wins (weighted rendezvous hashing). It depends on nothing but key,
 * id and weight, so every node and thread finds the same seat, and when one goes away only its keys move.
 */
export function drawOf(key: KeyHash, { idHash, weight }: Seat): number {
  const high = mixed(key.high ^ idHash.high, idHash.low)
  const low = mixed(key.low ^ idHash.low, high)
  // 52 bits, above 0 and below 1.
  const fraction = ((high >>> 0) * 2 ** 20 + ((low >>> 0) >>> 12) + 0.5) / 2 ** 52
  return -weight / Math.log(fraction)
}

function mixed(value: number, salt: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b) ^ salt
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return hash ^ (hash >>> 15)
}
