import { startsFoldedAt } from './fold-case.ts'

const COLON = 0x3a

/**
 * Calls `visit` with the value of each line of the field, white space around it taken off; stops when it returns true.
 * `fields` are lines of `Name: value` CR LF; `name` is in lower case.
 * @returns whether a visit returned true
 */
export function someHeaderValue(fields: string, name: string, visit: (value: string) => boolean): boolean {
  for (let at = 0; at < fields.length;) {
    const end = fields.indexOf('\r\n', at)
    const stop = end === -1 ? fields.length : end
    if (fields.charCodeAt(at + name.length) === COLON && startsFoldedAt(fields, at, name) && visit(fields.slice(at + name.length + 1, stop).trim())) return true
    at = stop + 2
  }
  return false
}

/**
 * The parts of a header value between separators outside of quotes: spaces before each are taken off, and one pair of
 * quotes around it (aspnetcore HeaderMatcherPolicy.cs).
 */
export function splitHeaderValue(value: string, separator: ',' | ';'): string[] {
  const parts: string[] = []
  let from = 0
  let isQuoted = false
  for (let index = 0; index <= value.length; index++) {
    const character = value[index]
    if (character === '"') isQuoted = !isQuoted
    else if (index === value.length || (character === separator && !isQuoted)) {
      parts.push(withoutQuotes(value.slice(from, index).trim()))
      from = index + 1
    }
  }
  return parts
}

function withoutQuotes(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}
