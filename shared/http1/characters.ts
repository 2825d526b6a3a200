/** Classes of bytes, looked up by code (0 to 255). Heads are read as latin1, so every code is a byte. */
const TOKEN = 1
const FIELD_VALUE = 2
const TARGET = 4
const HOST = 8

const classes = new Uint8Array(256)
for (let code = 0; code < 256; code++) {
  const character = String.fromCharCode(code)
  let bits = 0
  if (/[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character)) bits |= TOKEN
  if (code === 0x09 || (code >= 0x20 && code !== 0x7f)) bits |= FIELD_VALUE
  if (code > 0x20 && code < 0x7f && character !== '#') bits |= TARGET
  if (/[A-Za-z0-9\-._~!$&'()*+,;=%[\]:]/.test(character)) bits |= HOST
  classes[code] = bits
}

/** RFC 9110 section 5.6.2. */
export function isToken(code: number): boolean {
  return (classes[code]! & TOKEN) !== 0
}

/** What a field value may hold (RFC 9110 section 5.5): visible characters, space, tab and bytes above 127. */
export function isFieldValue(code: number): boolean {
  return (classes[code]! & FIELD_VALUE) !== 0
}

/** What a request target may hold: visible ASCII without "#". */
export function isTarget(code: number): boolean {
  return (classes[code]! & TARGET) !== 0
}

/** What host and port may hold (RFC 3986 section 3.2.2). */
export function isHost(code: number): boolean {
  return (classes[code]! & HOST) !== 0
}

/** Whether text[start, end) equals `lower`, letter case ignored. `lower` must be lower-case letters, digits and "-". */
export function equalsIgnoringCase(text: string, start: number, end: number, lower: string): boolean {
  if (end - start !== lower.length) return false
  for (let index = 0; index < lower.length; index++) {
    if ((text.charCodeAt(start + index) | 0x20) !== lower.charCodeAt(index)) return false
  }
  return true
}
