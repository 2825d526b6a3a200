/** A 64-bit number as two of 32, changed in place: BigInt costs too much for every request. `high` and `low` are signed or not. */
export class Word64 {
  high: number
  low: number

  constructor(high = 0, low = 0) {
    this.high = high
    this.low = low
  }

  set(high: number, low: number): this {
    this.high = high
    this.low = low
    return this
  }

  copy({ high, low }: Word64): this {
    return this.set(high, low)
  }

  add({ high, low }: Word64): this {
    const sum = (this.low >>> 0) + (low >>> 0)
    this.low = sum | 0
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) | 0
    return this
  }

  /** Modulo 2^64, from products of 16 bits, which are exact. */
  multiply({ high, low }: Word64): this {
    const a0 = this.low & 0xffff
    const a1 = this.low >>> 16
    const b0 = low & 0xffff
    const b1 = low >>> 16
    const p00 = a0 * b0
    const p01 = a0 * b1
    const p10 = a1 * b0
    const middle = (p00 >>> 16) + (p01 & 0xffff) + (p10 & 0xffff)
    const top = a1 * b1 + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16)
    this.high = (top + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0
    this.low = ((middle & 0xffff) << 16) | (p00 & 0xffff)
    return this
  }

  xor({ high, low }: Word64): this {
    this.high ^= high
    this.low ^= low
    return this
  }

  /** By 1 to 31 bits. */
  rotateLeft(bits: number): this {
    const { high, low } = this
    this.high = (high << bits) | (low >>> (32 - bits))
    this.low = (low << bits) | (high >>> (32 - bits))
    return this
  }

  /** XOR with itself shifted right; by 1 to 63 bits. */
  xorShiftRight(bits: number): this {
    const { high, low } = this
    if (bits >= 32) this.low ^= high >>> (bits - 32)
    else {
      this.low ^= (low >>> bits) | (high << (32 - bits))
      this.high ^= high >>> bits
    }
    return this
  }
}
