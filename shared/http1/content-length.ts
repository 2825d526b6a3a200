/** The number in a Content-Length value, or -1 when it is not 1 to 16 digits of a safe integer (RFC 9112 section 6.3). */
export function parseContentLength(text: string, start: number, end: number): number {
  const digits = end - start
  if (digits < 1 || digits > 16) return -1
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : -1
}
