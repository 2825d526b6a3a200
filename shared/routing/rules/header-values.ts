import { startsFoldedAt } from './fold-case.ts'

const COLON = 0x3a
const SPACE = 0x20
const TAB = 0x09

/** Where the first line of the field at or behind the line start `from` begins; -1 when there is none. `name` is in lower case. */
export function findHeader(fields: string, name: string, from: number): number {
  for (let at = from; at < fields.length; at = lineEnd(fields, at) + 2) {
    if (fields.charCodeAt(at + name.length) === COLON && startsFoldedAt(fields, at, name)) return at
  }
  return -1
}

/**
 * Calls `visit` with the value of each line of the field from the one at `first` on, white space around it taken off; stops
 * when it returns true. `fields` are lines of `Name: value` CR LF; `name` is in lower case; `first` is of findHeader().
 * @returns whether a visit returned true
 */
export function someHeaderValue(fields: string, name: string, first: number, visit: (value: string) => boolean): boolean {
  for (let at = first; at !== -1;) {
    const end = lineEnd(fields, at)
    if (visit(trimmed(fields, at + name.length + 1, end))) return true
    at = findHeader(fields, name, end + 2)
  }
  return false
}

function lineEnd(fields: string, at: number): number {
  const end = fields.indexOf('\r\n', at)
  return end === -1 ? fields.length : end
}

/** Without the white space of RFC 9110 section 5.6.3. String.trim() takes A0 too, a byte that ends characters of UTF-8. */
function trimmed(fields: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isWhite(fields.charCodeAt(start))) start++
  while (end > start && isWhite(fields.charCodeAt(end - 1))) end--
  return fields.slice(start, end)
}

function isWhite(code: number): boolean {
  return code === SPACE || code === TAB
}

/**
 * The parts of a header value between separators outside of quotes. Spaces before each are taken off, those behind it
 * are not, and then one pair of quotes around it (YARP HeaderMatcherPolicy.cs).
 */
export function splitHeaderValue(value: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let from = 0
  let isQuoted = false
  for (let index = 0; index <= value.length; index++) {
    const character = value[index]
    if (character === '"') isQuoted = !isQuoted
    else if (index === value.length || (character === separator && !isQuoted)) {
      parts.push(partOf(value, from, index))
      from = index + 1
    }
  }
  return parts
}

/** splitHeaderValue() would give the value as it is. It has no white space around it. */
export function isOnePart(value: string, separator: ',' | ';'): boolean {
  return !value.includes(separator) && !value.includes('"')
}

function partOf(value: string, from: number, end: number): string {
  let start = from
  while (start < end && value.charCodeAt(start) === SPACE) start++
  const isInQuotes = end - start >= 2 && value[start] === '"' && value[end - 1] === '"'
  return isInQuotes ? value.slice(start + 1, end - 1) : value.slice(start, end)
}
