type Slice = (this: Buffer, start: number, end: number) => string

// Every Node has it and its own HTTP client calls it, though the manual leaves it out: toString() takes half as long again to find it.
const slice: Slice = (Buffer.prototype as { latin1Slice?: Slice }).latin1Slice ?? function (this: Buffer, start, end) {
  return this.toString('latin1', start, end)
}

/** The bytes [start, end) as text, each byte a character. */
export function latin1Text(buffer: Buffer, start: number, end: number): string {
  return slice.call(buffer, start, end)
}
