/*
 * Header fields as they travel through the proxy: text of lines, each `Name: value` with CR LF. `name` is given in lower case.
 * The text is not taken apart into a map: most requests change one or two of some ten fields. No value holds CR or LF, so the
 * end of a line is found by its LF: looking for one character is quicker than for two.
 */

const COLON = 0x3a

/** The first line of the field at or after `from`; -1 when there is none. */
function findField(lines: string, name: string, from: number): number {
  for (let at = from; at < lines.length; at = lines.indexOf('\n', at) + 1) if (isNamed(lines, at, name)) return at
  return -1
}

function isNamed(lines: string, at: number, name: string): boolean {
  if (lines.charCodeAt(at + name.length) !== COLON) return false
  for (let index = 0; index < name.length; index++) if (foldCase(lines.charCodeAt(at + index)) !== name.charCodeAt(index)) return false
  return true
}

function foldCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
}

/** The values of all lines of the field, joined by ", " (RFC 9110 section 5.3), or by what cookies are joined by; null when there is none. */
export function fieldValue(lines: string, name: string, separator: ', ' | '; ' = ', '): string | null {
  let value: string | null = null
  for (let at = findField(lines, name, 0); at !== -1;) {
    const end = lines.indexOf('\n', at) - 1
    const one = lines.slice(at + name.length + 1, end).trim()
    value = value === null ? one : `${value}${separator}${one}`
    at = findField(lines, name, end + 2)
  }
  return value
}

/** The lines without this field. */
export function withoutField(lines: string, name: string): string {
  let rest = lines
  for (let at = findField(rest, name, 0); at !== -1; at = findField(rest, name, at)) {
    rest = rest.slice(0, at) + rest.slice(rest.indexOf('\n', at) + 1)
  }
  return rest
}

/** Names of fields in lower case, listed or described. */
export type FieldNames = Pick<ReadonlySet<string>, 'has'>

/** Only the lines of the fields whose lower-case names are in `names`. */
export function onlyFields(lines: string, names: FieldNames): string {
  let kept = ''
  for (let at = 0; at < lines.length;) {
    const next = lines.indexOf('\n', at) + 1
    if (names.has(lines.slice(at, lines.indexOf(':', at)).toLowerCase())) kept += lines.slice(at, next)
    at = next
  }
  return kept
}

/** The lines with one more. `name` as it is to be written; the value must be fit for a header. */
export function withField(lines: string, name: string, value: string): string {
  return `${lines}${name}: ${value}\r\n`
}
