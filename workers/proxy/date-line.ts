let second = 0
let line = ''

/** The Date of an answer that has none: that of now (RFC 9110 section 6.6.1); '' where `fields` have one. */
export function dateLine(fields: string): string {
  if (/^date:/im.test(fields)) return ''
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) line = `Date: ${new Date(now * 1000).toUTCString()}\r\n`
  second = now
  return line
}
