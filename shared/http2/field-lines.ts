/** Adds the fields of `lines` (each with CR LF) to a raw list of names and values, names in lower case (RFC 9113 section 8.2). */
export function addRawFields(raw: string[], lines: string): void {
  for (let at = 0; at < lines.length;) {
    const colon = lines.indexOf(':', at)
    const end = lines.indexOf('\r\n', colon)
    raw.push(lines.slice(at, colon).toLowerCase(), valueOf(lines, colon + 1, end))
    at = end + 2
  }
}

/** Without space and tab at its ends. No other character is white there: in latin1, 0xA0 is a byte of some letter of UTF-8. */
function valueOf(lines: string, start: number, end: number): string {
  let from = start
  let to = end
  while (isBlank(lines.charCodeAt(from))) from++
  while (to > from && isBlank(lines.charCodeAt(to - 1))) to--
  return lines.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

/**
 * A raw list of names and values as field lines, without pseudo fields and the fields in `except`. Null when they are longer than
 * `maxBytes` (a few bytes may stand for very many), or a name or value would not stay one: CR, LF and NUL have no place in HTTP/1.1 either.
 */
export function fieldLinesOf(raw: readonly string[], except: ReadonlySet<string>, maxBytes: number): string | null {
  let lines = ''
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!
    const value = raw[index + 1]!
    if (name.charCodeAt(0) === COLON || except.has(name)) continue
    if (lines.length + name.length + value.length > maxBytes || BREAKS.test(name) || BREAKS.test(value)) return null
    lines += `${name}: ${value}\r\n`
  }
  return lines
}

const COLON = 0x3a
const SPACE = 0x20
const TAB = 0x09
const BREAKS = /[\r\n\0]/
