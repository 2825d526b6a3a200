/** Adds the fields of `lines` (each with CR LF) to a raw list of names and values, names in lower case (RFC 9113 section 8.2). */
export function addRawFields(raw: string[], lines: string): void {
  for (let at = 0; at < lines.length;) {
    const colon = lines.indexOf(':', at)
    const end = lines.indexOf('\r\n', colon)
    raw.push(lines.slice(at, colon).toLowerCase(), lines.slice(colon + 1, end).trim())
    at = end + 2
  }
}

/**
 * A raw list of names and values as field lines, without pseudo fields and the fields in `except`. Null when a name or value would not stay
 * one: CR, LF and NUL have no place in HTTP/1.1 either.
 */
export function fieldLinesOf(raw: readonly string[], except: ReadonlySet<string>): string | null {
  let lines = ''
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!
    const value = raw[index + 1]!
    if (name.charCodeAt(0) === COLON || except.has(name)) continue
    if (BREAKS.test(name) || BREAKS.test(value)) return null
    lines += `${name}: ${value}\r\n`
  }
  return lines
}

const COLON = 0x3a
const BREAKS = /[\r\n\0]/
